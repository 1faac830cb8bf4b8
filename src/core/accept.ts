/**
 * (state, what a person asks) → events, or a refusal that says why and what next.
 * Owns: who may decide what, when. Refuses: decisions on what is over, and to guess which of several open checkpoints is meant.
 * What an approval needs is in `approve.ts`.
 */
import { approve, findCheckpoint, no, openNames, unknownCheckpoint } from './approve.ts';
import type { Ask, Refusal } from './approve.ts';
import { letsFail, stepOf, stepStateOf } from './change.ts';
import type { RunEvent } from './event.ts';
import { reworkOf } from './evolveCheckpoint.ts';
import { documentLimit } from './outcome.ts';
import { planMistakes } from './plan.ts';
import { ok } from './result.ts';
import type { Result } from './result.ts';
import { canSendBack } from './sendBack.ts';
import { rerunnable, staleUnits } from './staleSpecs.ts';
import type { Checkpoint, RunState } from './state.ts';
import { openCheckpoints } from './state.ts';

export type { Ask, Refusal } from './approve.ts';

export function accept(state: RunState, ask: Ask): Result<readonly RunEvent[], Refusal> {
  if (state.end) return no('ended', `task ${state.task} is over: ${state.end.kind}`, 'Start a new task.');
  switch (ask.kind) {
    case 'approve': return approve(state, ask);
    case 'request-changes': return requestChanges(state, ask);
    case 'edit': return edit(state, ask);
    case 'reject': {
      if (ask.reason.trim() === '') return no('empty', 'no reason was given', 'Say why, for example with --reason.');
      const open = openCheckpoints(state);
      const named = ask.checkpoint === null ? open.length === 1 ? open[0] : undefined : open.find((checkpoint) => checkpoint.id === ask.checkpoint || checkpoint.step === ask.checkpoint);
      if (ask.checkpoint !== null && !named) return unknownCheckpoint(state, ask.checkpoint);
      // Whoever means a proposal must not end the task by it.
      if (ask.checkpoint === null && !named && open.some((checkpoint) => checkpoint.about === 'amendment')) return no('ambiguous', `${open.length} checkpoints are open: ${openNames(state)}`, 'Say which one: --checkpoint ID. To end the task: cancel it.');
      // With several open, or none, it is the task that is rejected.
      return ok([{ type: 'CheckpointRejected', checkpoint: named?.id ?? '', reason: ask.reason, by: ask.by }]);
    }
    case 'retry': {
      const retryable = retryTargets(state);
      const named = ask.at === null ? retryable : retryable.filter((target) => target === ask.at || target.startsWith(`${ask.at}/`));
      const stale = ask.fresh === true ? rerunOf(state, ask.at, named) : [];
      if (named.length === 0 && stale.length === 0) return no('nothing-to-retry', ask.at === null ? 'nothing is stopped' : `"${ask.at}" is neither stopped nor stale`, whatToRetry(retryable, rerunnable(state)));
      const events: RunEvent[] = [];
      if (stale.length > 0) events.push({ type: 'RerunRequested', units: [...stale], by: ask.by });
      if (named.length > 0) events.push({ type: 'RetryRequested', at: ask.at, by: ask.by, budget: ask.budget });
      return ok(events);
    }
    case 'cancel': return ok([{ type: 'TaskCancelled', by: ask.by }]);
  }
}

/** Stale work that is named, to be done again, and what stopped and goes on under the new specifications. */
function rerunOf(state: RunState, at: string | null, stopped: readonly string[]): readonly string[] {
  const meant = (unit: string): boolean => at !== null && (unit === at || unit.startsWith(`${at}/`));
  const stale = new Set(staleUnits(state).map(({ unit }) => unit));
  return [...rerunnable(state).filter(meant), ...stopped.filter((unit) => stale.has(unit))];
}

function whatToRetry(stopped: readonly string[], stale: readonly string[]): string {
  const words = [...(stopped.length > 0 ? [`Stopped: ${stopped.join(', ')}.`] : []), ...(stale.length > 0 ? [`Stale, to be named: ${stale.join(', ')}.`] : [])];
  return words.length > 0 ? words.join(' ') : 'Look at the run with: treeline show.';
}

function requestChanges(state: RunState, ask: Extract<Ask, { kind: 'request-changes' }>): Result<readonly RunEvent[], Refusal> {
  const open = findCheckpoint(state, ask.checkpoint);
  if (!open.ok) return open;
  if (ask.comments.length === 0) return no('empty', 'no comment was given', 'Say what should change.');
  if (open.value.about === 'amendment') return no('not-here', `a change of the plan is approved or rejected as it is`, 'Approve it, or reject it with a reason: the task goes on with the plan that it has.');
  const step = stepOf(state, open.value.step);
  if (step?.kind !== 'checkpoint' || !canSendBack(state, reworkOf(step))) return no('not-here', `no agent can be asked for changes at ${open.value.id}`, 'Approve it, or reject the task.');
  return ok([{ type: 'ChangesRequested', checkpoint: open.value.id, comments: [...ask.comments], by: ask.by }]);
}

function edit(state: RunState, ask: Extract<Ask, { kind: 'edit' }>): Result<readonly RunEvent[], Refusal> {
  const open = findCheckpoint(state, ask.checkpoint);
  if (!open.ok) return open;
  const { id, about, subject } = open.value;
  if (about === 'plan') return editPlan(state, id, ask);
  if (about !== 'document' || subject === null) return no('not-here', `checkpoint ${id} is about ${about === 'document' ? 'no document that is there' : `a ${about}`}`, `Documents and plans can be edited where one is to be approved. Open: ${openNames(state)}.`);
  if (ask.text.trim() === '') return no('empty', 'the text is empty', 'Give the whole document as it shall be.');
  if (ask.text.length > documentLimit) return no('too-long', `the text has ${ask.text.length} characters; ${documentLimit} is the most`, 'Shorten it.');
  if (state.artifacts[subject]?.at(-1)?.text === ask.text) return no('empty', 'the text is the one that is there', 'Approve it as it is.');
  return ok([{ type: 'ArtifactEdited', checkpoint: id, name: subject, text: ask.text, by: ask.by }]);
}

/** Nobody is shown, and no agent gets, a plan that cannot be carried out. */
function editPlan(state: RunState, id: string, { plan, by }: Extract<Ask, { kind: 'edit' }>): Result<readonly RunEvent[], Refusal> {
  if (!plan) return no('invalid-plan', 'the text is no plan', 'Give the plan as it shall be, in the form in which it is shown.');
  const found = planMistakes(plan);
  if (found.length > 0) return no('invalid-plan', `the plan cannot be carried out: ${found.join('; ')}`, 'Mend these, then save again.');
  if (JSON.stringify(plan) === JSON.stringify(state.plan)) return no('empty', 'the plan is the one that is there', 'Approve it as it is.');
  return ok([{ type: 'PlanEdited', checkpoint: id, plan, by }]);
}

/** Ids of units and steps that stand still until somebody retries them. */
function retryTargets(state: RunState): readonly string[] {
  return [
    ...(state.upstream?.standing === 'lost' ? [state.upstream.task] : []),
    ...state.units.filter((unit) => unit.phase.kind === 'stuck' || (unit.phase.kind === 'failed' && !letsFail(state, unit) && stepStateOf(state, unit.step)?.status !== 'pending')).map((unit) => unit.id),
    ...state.steps.filter((step) => step.stopped !== null || step.gate?.kind === 'stuck' || step.gate?.kind === 'failed' || step.land?.kind === 'stuck').map((step) => step.id),
  ];
}

/** Whether it is about a plan that leaves something undone: nobody but a person lets that pass. */
export function givesUp(state: RunState, checkpoint: Checkpoint): boolean {
  return checkpoint.about === 'amendment' && state.amendments.find(({ n }) => n === checkpoint.amendment)?.dropped.length !== 0;
}

/** What `--yes` approves now, or null. It never waives a gate and never ticks a finding. */
export function approvedByYes(state: RunState): Ask | null {
  if (state.settings.yes.length === 0) return null;
  for (const open of openCheckpoints(state)) {
    if (!state.settings.yes.includes(open.about) || givesUp(state, open)) continue;
    const ask: Ask = { kind: 'approve', checkpoint: open.id, commit: null, waivers: [], ticks: [], by: '--yes', tip: null };
    if (accept(state, ask).ok) return ask;
  }
  return null;
}
