/**
 * The Runs tree: task → steps → subtasks, each with its state, agent, time, cost, and why it waits.
 * Owns: those rows. Refuses: anything that the run view does not say.
 */
import { clockTime } from '../../protocol/clockTime.ts';
import type { RunView, StepView } from '../../protocol/runView.ts';
import { branchName, elapsed, line, money, short, spent, tokens } from '../figures.ts';
import { markdownText, plain } from '../plain.ts';
import { t } from '../words.ts';
import { runIcon, stepIcon } from './icons.ts';
import type { Row } from './row.ts';
import { evidenceLine, isOver, runWord, stepWord } from './stateWords.ts';
import { detailWords } from './verdictWords.ts';

/** Newest first; what is over stands below what is not. */
export function runRows(views: readonly RunView[], now: number): readonly Row[] {
  return [...views]
    .sort((left, right) => Number(isOver(left.state)) - Number(isOver(right.state)) || right.startedAt - left.startedAt || (left.task < right.task ? -1 : 1))
    .map((view) => runRow(view, now));
}

function runRow(view: RunView, now: number): Row {
  const label = plain(view.title, 100);
  const top = view.steps.filter((step) => step.parent === null);
  const done = top.filter((step) => step.state === 'done').length;
  const over = isOver(view.state);
  const time = elapsed((over ? view.updatedAt : now) - view.startedAt);
  const progress = over || view.state === 'failed' ? '' : t('step {0} of {1}', Math.min(done + 1, top.length), top.length);
  const description = line(runWord(view), progress, time, spent(view.usage, view.costUsd));
  return {
    id: `run/${view.task}`, label, description, tooltip: runTooltip(view, time),
    accessible: line(label, runWord(view), progress, time, view.waiting ? plain(detailWords(view.waiting.why)) : '', spent(view.usage, view.costUsd)),
    icon: runIcon(view), context: `run.${over ? 'over' : view.state}${view.worktrees.length > 0 ? '.worktree' : ''}`, opens: null, expanded: !over,
    children: top.map((step) => stepRow(view, step, now)),
    about: { task: view.task, at: null, checkpoint: null, commit: null },
  };
}

function runTooltip(view: RunView, time: string): string {
  const spendings = line(view.costUsd === null && view.countedUsd > 0 ? t('about {0} by estimate', money(view.countedUsd)) : money(view.costUsd), tokens(view.usage), view.usage.calls > 0 ? t('{0} model calls', view.usage.calls) : '');
  return [
    `**${markdownText(view.title)}**`,
    t('{0} from {1} {2} to {3}', markdownText(view.workflow), markdownText(branchName(view.base.ref)), short(view.base.commit), markdownText(branchName(view.target))),
    dependsText(view),
    view.waiting ? `${markdownText(detailWords(view.waiting.why))} ${markdownText(view.waiting.next)}` : '',
    ...view.failures.map(({ at, why }) => t('{0}: {1}', markdownText(at), markdownText(detailWords(why)))),
    evidenceLine(view.evidence) ? t('Gates: {0}', markdownText(evidenceLine(view.evidence))) : '',
    line(time, spendings),
    ...view.unpriced.map(({ agent, countedAs }) => t('The price of {0} is not known; the limit counts its tokens at that of {1}.', markdownText(agent), markdownText(countedAs))),
    ...view.notes.map((note) => markdownText(note)),
    view.sameProvider ? t('The review runs on the same provider as the work.') : '',
    t('Task {0}', markdownText(view.task)),
  ].filter(Boolean).join('\n\n');
}

function dependsText({ dependsOn }: RunView): string {
  if (!dependsOn) return '';
  const task = markdownText(dependsOn.task);
  const said = dependsOn.how === 'after' ? t('Starts after task {0}.', task) : t('Stands on task {0} and lands after it.', task);
  switch (dependsOn.state) {
    case 'waiting': return said;
    case 'landed': return t('{0} That has landed.', said);
    case 'lost': return t('{0} That {1}.', said, markdownText(dependsOn.why ?? ''));
    case 'released': return t('{0} Goes on without it.', said);
  }
}

function stepRow(view: RunView, step: StepView, now: number): Row {
  const children = view.steps.filter((child) => child.parent === step.id).map((child) => stepRow(view, child, now));
  const label = plain(step.parent === null ? step.id : step.title, 100);
  const attempt = step.attempts.at(-1);
  const detail = plain(detailWords(step.detail), 140);
  const time = step.startedAt === null || children.length > 0 ? '' : elapsed((step.finishedAt ?? (step.state === 'done' ? step.startedAt : now)) - step.startedAt);
  const took = step.kind === 'checkpoint' || step.kind === 'merge' ? '' : time;
  const attempts = step.attempts.length > 1 ? t('attempt {0}', step.attempts.length) : '';
  const stale = step.stale === null ? '' : t('stale: {0}', plain(step.stale, 80));
  const resumes = step.notBefore !== null && step.notBefore > now ? t('goes on at {0}', clockTime(step.notBefore, now)) : '';
  const parts = [attempt ? plain(attempt.agent, 40) : '', detail, resumes, stale, attempts, took, spent(step.usage, step.costUsd)];
  const open = view.checkpoints.find((checkpoint) => checkpoint.step === step.id && checkpoint.state === 'open');
  const last = view.checkpoints.findLast((checkpoint) => checkpoint.step === step.id);
  const hasLog = step.logs.length > 0;
  return {
    // A fan-out gets its parts when the plan is approved: a row of that id is drawn open, the editor would keep the childless one closed.
    id: `${children.length > 0 ? 'steps' : 'step'}/${view.task}/${step.id}`, label, description: line(...(detail ? parts : [stepWord(step.state), ...parts])),
    tooltip: stepTooltip(step), accessible: line(label, stepWord(step.state), ...parts), icon: stepIcon(step),
    context: open ? `checkpoint.${open.kind}` : `step.${step.state}${step.attempts.some((one) => one.commit !== null) ? '.changes' : ''}${step.stale === null ? '' : '.stale'}${isJudged(view, step) ? '.proof' : ''}${hasLog ? '.log' : ''}`,
    opens: open ? 'treeline.review.open' : hasLog ? 'treeline.run.log' : null,
    expanded: step.state !== 'done', children,
    about: { task: view.task, at: step.id, checkpoint: open?.id ?? null, commit: (open ?? last)?.commit ?? null },
  };
}

/** Whether there is evidence of its own, or of what would land, to be shown at its row. */
function isJudged(view: RunView, step: StepView): boolean {
  const ofCandidate = step.kind === 'gate' || step.kind === 'merge' || view.checkpoints.some((checkpoint) => checkpoint.step === step.id && checkpoint.kind === 'merge');
  return step.attempts.some((attempt) => attempt.evidence !== null) || (ofCandidate && view.evidence !== null && step.state !== 'pending' && step.state !== 'skipped');
}

function stepTooltip(step: StepView): string {
  const last = step.attempts.at(-1);
  return [
    `**${markdownText(step.title)}** · ${stepWord(step.state)}`,
    markdownText(detailWords(step.detail)),
    step.stale === null ? '' : t('Its specifications are not what they were: {0}. Nothing is done again by itself.', markdownText(step.stale)),
    step.needs.length > 0 ? t('After {0}', markdownText(step.needs.join(', '))) : '',
    ...step.attempts.map((attempt) => line(t('Attempt {0}', attempt.n), markdownText(attempt.agent), markdownText(attempt.outcome), money(attempt.costUsd), tokens(attempt.usage))),
    last?.message ? markdownText(last.message) : '',
    last?.evidence ? t('Gates: {0}', markdownText(evidenceLine(last.evidence))) : '',
  ].filter(Boolean).join('\n\n');
}
