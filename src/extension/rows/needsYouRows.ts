/**
 * The inbox: what waits for a person, longest first.
 * Owns: which runs are in it, their order, their rows. Refuses: routine; a run that works on its own is not here.
 */
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { branchName, elapsed, line, short, spent } from '../figures.ts';
import { markdownText, plain } from '../plain.ts';
import { t } from '../words.ts';
import { checkpointIcon, failureIcon, waitIcon } from './icons.ts';
import type { Row } from './row.ts';
import { aboutWord, amendmentLine, candidatesLine, evidenceLine, isOver, waitWord } from './stateWords.ts';
import { detailWords } from './verdictWords.ts';

export type Need =
  | { readonly kind: 'checkpoint'; readonly view: RunView; readonly checkpoint: CheckpointView; readonly since: number }
  | { readonly kind: 'wait'; readonly view: RunView; readonly waiting: NonNullable<RunView['waiting']>; readonly since: number }
  | { readonly kind: 'failure'; readonly view: RunView; readonly at: string; readonly why: string; readonly since: number };

export function needs(views: readonly RunView[]): readonly Need[] {
  return views.flatMap(needsOf).sort((left, right) => left.since - right.since || (left.view.task < right.view.task ? -1 : 1));
}

function needsOf(view: RunView): Need[] {
  if (isOver(view.state)) return [];
  const found: Need[] = [];
  const open = view.checkpoints.filter((checkpoint) => checkpoint.state === 'open');
  for (const checkpoint of open) found.push({ kind: 'checkpoint', view, checkpoint, since: checkpoint.openedAt });
  if (open.length === 0 && view.waiting && !waitsForTask(view)) found.push({ kind: 'wait', view, waiting: view.waiting, since: stoppedAt(view, view.waiting.at) });
  const [failure] = view.failures;
  if (failure) found.push({ kind: 'failure', view, ...failure, since: stoppedAt(view, failure.at) });
  return found;
}

/** It goes on by itself. */
const waitsForTask = (view: RunView): boolean => view.waiting?.for === 'task' && view.dependsOn?.state === 'waiting';

function stoppedAt(view: RunView, at: string): number {
  const step = view.steps.find((candidate) => candidate.id === at);
  return step?.attempts.at(-1)?.finishedAt ?? step?.startedAt ?? view.updatedAt;
}

export function needsYouRows(views: readonly RunView[], now: number): readonly Row[] {
  return needs(views).map((need) => {
    switch (need.kind) {
      case 'checkpoint': return checkpointRow(need.view, need.checkpoint, now);
      case 'wait': return waitRow(need.view, need.waiting, now - need.since);
      case 'failure': return failureRow(need.view, need, now - need.since);
    }
  });
}

function checkpointRow(view: RunView, checkpoint: CheckpointView, now: number): Row {
  const title = plain(view.title, 80);
  const target = branchName(view.target);
  const waits = elapsed(now - checkpoint.openedAt);
  const merges = checkpoint.kind === 'merge';
  const proof = !merges ? matterOf(view, checkpoint) : checkpoint.needsWaiver.length > 0 ? t('not proven: {0}', plain(checkpoint.needsWaiver.join(', '), 60)) : evidenceLine(view.evidence);
  const label = `${aboutWord(checkpoint)} · ${title}`;
  const lands = merges ? `→ ${plain(target, 40)}` : '';
  const facts = [
    `**${markdownText(view.title)}**`,
    checkpoint.kind === 'plan' ? t('The plan is ready: {0}.', markdownText(subtasks(view))) : !merges ? markdownText(proof) : t('{0} would land on {1}, now at {2}.', short(checkpoint.commit), markdownText(target), short(checkpoint.base)),
    merges ? markdownText(proof) : '',
    view.waiting ? markdownText(view.waiting.why) : '',
    t('Waits for {0}.', waits),
  ];
  return {
    id: `need/${view.task}/${checkpoint.id}`, label, description: line(lands, proof, waits), tooltip: paragraphs(facts),
    accessible: line(label, merges ? t('onto {0}', plain(target, 40)) : '', proof, t('waits for {0}', waits), t('press Enter to open the review')),
    icon: checkpointIcon(checkpoint.kind), context: `checkpoint.${checkpoint.kind}`, opens: 'treeline.review.open', expanded: false, children: [],
    about: { task: view.task, at: checkpoint.step, checkpoint: checkpoint.id, commit: checkpoint.commit },
  };
}

function matterOf(view: RunView, checkpoint: CheckpointView): string {
  return checkpoint.kind === 'plan' ? subtasks(view) : checkpoint.kind === 'choice' ? candidatesLine(checkpoint) : checkpoint.kind === 'amendment' ? amendmentLine(checkpoint) : '';
}

function waitRow(view: RunView, waiting: NonNullable<RunView['waiting']>, since: number): Row {
  const label = t('{0} · {1}', waitWord(waiting.for), plain(view.title, 80));
  const description = line(plain(detailWords(waiting.why), 120), elapsed(since));
  return {
    id: `need/${view.task}/${waiting.at}`, label, description,
    tooltip: paragraphs([`**${markdownText(view.title)}**`, markdownText(detailWords(waiting.why)), markdownText(waiting.next)]),
    accessible: line(label, description, plain(waiting.next)), icon: waitIcon(waiting.for), context: `wait.${waiting.for}`,
    opens: waiting.for === 'key' ? 'treeline.keys.set' : waiting.for === 'task' ? null : 'treeline.run.log', expanded: false, children: [],
    about: { task: view.task, at: waiting.at, checkpoint: null, commit: null },
  };
}

function failureRow(view: RunView, failure: { readonly at: string; readonly why: string }, since: number): Row {
  const label = t('Failed · {0}', plain(view.title, 80));
  const description = line(plain(failure.at, 40), plain(detailWords(failure.why), 120), elapsed(since));
  return {
    id: `need/${view.task}/failed`, label, description,
    tooltip: paragraphs([`**${markdownText(view.title)}**`, ...view.failures.map(({ at, why }) => t('{0}: {1}', markdownText(at), markdownText(detailWords(why)))), t('Retry it, waive the gate with a reason, or cancel the task.')]),
    accessible: line(label, description), icon: failureIcon, context: 'failure', opens: 'treeline.run.log', expanded: false, children: [],
    about: { task: view.task, at: failure.at, checkpoint: null, commit: null },
  };
}

function subtasks(view: RunView): string {
  const count = view.plan?.subtasks.length ?? 0;
  return line(count === 1 ? t('1 subtask') : t('{0} subtasks', count), spent(view.usage, view.costUsd));
}

const paragraphs = (parts: readonly string[]): string => parts.filter(Boolean).join('\n\n');
