/**
 * The live mirror of a run: two views, one after the other → the lines that say what changed between them. Pure.
 * Owns: which changes are worth a line, and its form: mark, step, who, what. Refuses: agents' own text (see --verbose).
 */
import type { Evidence } from '../../core/gate.ts';
import { reviewVerdict } from '../../core/plan.ts';
import type { CheckpointView, RunView, StepView } from '../../protocol/runView.ts';
import { gateMark, gateWords } from './evidence.ts';
import { branchName, count, elapsed, money, parts, short, tokens } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';
import { resumesText, stepMark } from './stepWords.ts';

/** `before` null: the run is seen for the first time; how each step stands is told, not the way it came there, nor what has not begun. */
export function changeLines(before: RunView | null, after: RunView, paint: Paint): string[] {
  // Subtasks come later, and their ids are long: the column is ready for them.
  const width = Math.min(32, Math.max(24, ...after.steps.map((step) => step.id.length)));
  const line: Line = (mark, id, ...cells) => [mark, id.padEnd(width), ...cells.filter(Boolean)].join('  ').trimEnd();
  const candidate = after.evidence && after.evidence.id !== before?.evidence?.id ? after.evidence : null;
  const gateStep = after.steps.find((step) => step.kind === 'gate')?.id ?? 'gate';
  const checkpoints = (open: boolean): string[] => after.checkpoints.filter((checkpoint) => (checkpoint.state === 'open') === open && (open || before !== null))
    .flatMap((checkpoint) => checkpointLines(before?.checkpoints.find((one) => one.id === checkpoint.id), checkpoint, line, paint));
  return [
    ...checkpoints(false),
    ...childrenFirst(after.steps).flatMap((step) => [
      ...(before ? attemptLines(before.steps.find((one) => one.id === step.id), step, line, paint) : []),
      ...stepLines(before?.steps.find((one) => one.id === step.id), step, after, line, paint),
    ]),
    ...evidenceRows(gateStep, candidate, line, paint),
    ...checkpoints(true),
  ];
}

/** A fan-out is over because its subtasks are: they are told before it. */
function childrenFirst(steps: readonly StepView[]): readonly StepView[] {
  const whole = (step: StepView): StepView[] => [...steps.filter((child) => child.parent === step.id), step];
  return steps.flatMap((step) => (step.parent === null ? whole(step) : []));
}

type Line = (mark: string, id: string, ...cells: string[]) => string;

/** What came of attempts: gates' evidence, and agents that could not go on. */
function attemptLines(was: StepView | undefined, step: StepView, line: Line, paint: Paint): string[] {
  const judged = step.attempts.flatMap((attempt, at) => evidenceRows(step.id, attempt.evidence && attempt.evidence.id !== was?.attempts[at]?.evidence?.id ? attempt.evidence : null, line, paint));
  const failed = step.attempts.flatMap((attempt, at) => (attempt.outcome.startsWith('failed') && attempt.outcome !== was?.attempts[at]?.outcome
    ? [line(paint.bad('✗'), step.id, plain(attempt.agent, 60), plain(`${attempt.outcome}${attempt.message === null ? '' : `: ${attempt.message}`}`, 240))] : []));
  return [...failed, ...judged];
}

function stepLines(was: StepView | undefined, step: StepView, view: RunView, line: Line, paint: Paint): string[] {
  if (step.kind === 'checkpoint') return [];
  if (step.stale !== null && step.stale !== was?.stale && was?.state === step.state) return [line(paint.notice('!'), step.id, plain(`works under older specifications: ${step.stale}`, 240))];
  const changed = was?.state !== step.state || was.attempts.length !== step.attempts.length || (step.state === 'waiting' && was.detail !== step.detail);
  return changed ? standing(step, view, line, paint) : [];
}

function standing(step: StepView, view: RunView, line: Line, paint: Paint): string[] {
  const agent = plain(step.attempts.at(-1)?.agent ?? '', 60);
  const detail = plain(step.detail, 240);
  const mark = stepMark(step.state, paint);
  const whole = view.steps.some((child) => child.parent === step.id);
  if (whole && step.state !== 'done') return [];
  switch (step.state) {
    case 'pending': return [];
    case 'ready': return detail === '' || detail.startsWith('waits for a free slot') ? [] : [line(mark, step.id, paint.quiet(parts(detail, resumesText(step, view.updatedAt))))];
    case 'working': return [line(step.attempts.length > 1 ? '↻' : mark, step.id, agent, detail)];
    case 'gating': return [line(mark, step.id, step.kind === 'gate' ? detail : 'gate running')];
    case 'landing': return step.kind === 'merge' ? [line(mark, step.id, detail)] : [];
    case 'waiting': return [line(mark, step.id, detail)];
    case 'failed': return [line(mark, step.id, detail)];
    case 'skipped': return [line(mark, step.id, paint.quiet(detail))];
    case 'done': {
      if (step.kind === 'gate') return [];
      if (step.kind === 'merge') return [line(mark, step.id, `onto ${branchName(view.target)} as ${short(view.merge?.commit ?? '')}`)];
      const spent = parts(duration(step), money(step.costUsd) || tokens(step.usage));
      return [line(mark, step.id, agent, whole ? detail : given(step, view), paint.quiet(spent))];
    }
  }
}

/** What an agent's step gave, in a few words. */
function given(step: StepView, view: RunView): string {
  const last = step.attempts.at(-1);
  if (last?.outcome === 'plan' && view.plan) return count(view.plan.subtasks.length, 'subtask');
  const review = last?.outcome === 'review' ? view.reviews.find(({ at }) => at === step.id)?.review : undefined;
  if (review) return `${reviewVerdict(review) === 'changes' ? 'asks for changes, ' : ''}${review.findings.length === 0 ? 'no findings' : count(review.findings.length, 'finding')}`;
  return plain(last?.message ?? '', 80);
}

function duration(step: StepView): string {
  return step.startedAt === null || step.finishedAt === null ? '' : elapsed(step.finishedAt - step.startedAt);
}

function evidenceRows(id: string, evidence: Evidence | null, line: Line, paint: Paint): string[] {
  if (!evidence) return [];
  if (evidence.gates.length === 0) return [line(paint.notice('?'), id, `no gate is defined: ${evidence.verdict}, ${evidence.reason}`)];
  return evidence.gates.map((gate) => line(gateMark(gate.verdict, paint), id, `gate ${gateWords(gate)}`));
}

function checkpointLines(was: CheckpointView | undefined, checkpoint: CheckpointView, line: Line, paint: Paint): string[] {
  if (was?.state === checkpoint.state) return [];
  const by = plain(checkpoint.by ?? 'nobody', 60);
  switch (checkpoint.state) {
    case 'open': return [line(paint.notice('●'), checkpoint.step, checkpoint.kind === 'amendment' ? `waits for you: is this change of the plan right? ${plain(checkpoint.amendment?.why ?? '', 160)}` : `waits for you: is the ${checkpoint.kind} right?`)];
    case 'approved': return [line(paint.good('✓'), checkpoint.step, `approved by ${by}`)];
    case 'changes-requested': return [line('↻', checkpoint.step, `changes requested by ${by}: ${count(checkpoint.comments.length, 'comment')}`)];
    case 'rejected': return [line(paint.bad('✗'), checkpoint.step, `rejected by ${by}: ${plain(checkpoint.reason ?? '', 160)}`)];
    case 'void': return [line('↻', checkpoint.step, `no longer valid${checkpoint.reason === null ? '' : `: ${plain(checkpoint.reason, 160)}`}`)];
  }
}
