/**
 * A task that depends on another one: it starts after that has landed (`after`), or is stacked on its integration branch (`on`). Pure.
 * Owns: what may not begin while the other task is not landed, and what the run says it waits for. Refuses: to look at the other task
 * (see `upstreamNews.ts`): a run knows what its own journal tells of it.
 */
import { letsFail, stepStateOf } from './change.ts';
import { joinOf } from './join.ts';
import type { RunState, Unit, Upstream } from './state.ts';
import type { Step } from './workflow.ts';

/** Nothing has begun, and nothing begins before the other task has landed, or a person lets it. */
export function notStarted({ upstream, end }: RunState): boolean {
  return end === null && upstream?.how === 'after' && waitsFor(upstream);
}

/** The task below, while this one stands on its branch and not on the target; else null. */
export function stackedOn({ upstream }: RunState): Upstream | null {
  return upstream?.how === 'on' && waitsFor(upstream) ? upstream : null;
}

function waitsFor(upstream: Upstream): boolean {
  return upstream.standing === 'open' || upstream.standing === 'lost';
}

/** What is asked and done for the target begins only when the task below has landed: an approval before would be for another base. */
export function isHeld(state: RunState, step: Step): boolean {
  return stackedOn(state) !== null && (step.kind === 'merge' || (step.kind === 'checkpoint' && step.about === 'merge'));
}

/** The first step that would begin now if the task below had landed. */
export function heldStep(state: RunState): string | null {
  const held = stackedOn(state) === null ? undefined : state.workflow.steps.find((step) => isHeld(state, step) && stepStateOf(state, step.id)?.status === 'pending'
    && (step.within === null || stepStateOf(state, step.within)?.status === 'active') && joinOf(state, step) === 'holds');
  return held?.id ?? null;
}

/** The unit that lays the work on a new base, while that is under way, or waits for a person. */
export function restacking(state: RunState): Unit | undefined {
  return state.upstream === null ? undefined : state.units.find((unit) => unit.rebase !== null && unit.phase.kind !== 'landed' && unit.phase.kind !== 'given' && unit.phase.kind !== 'skipped' && unit.phase.kind !== 'candidate' && (unit.phase.kind !== 'failed' || !letsFail(state, unit)));
}

/** What stops the whole run: the other task has not landed yet, or will not. Null: nothing of that. */
export function stoppedByTask(state: RunState) {
  const { upstream } = state;
  if (upstream?.standing === 'lost') {
    return {
      for: 'task', at: upstream.task, why: `task ${upstream.task} ${upstream.why ?? 'is lost'}, and this one ${upstream.how === 'after' ? 'was to start after it' : 'stands on it'}`,
      next: `Retry this task to go on without ${upstream.task}, or cancel it.`,
    } as const;
  }
  return upstream && notStarted(state) ? { for: 'task', at: upstream.task, why: `it starts when task ${upstream.task} has landed`, next: nothingToDo(upstream.task) } as const : null;
}

/** What is left is to land, and the task below has to land before. Null: something else is left, or nothing below. */
export function landsAfterTask(state: RunState) {
  const below = stackedOn(state);
  return below && heldStep(state) !== null ? { for: 'task', at: below.task, why: `it can be merged when task ${below.task} has landed, which it stands on`, next: nothingToDo(below.task) } as const : null;
}

function nothingToDo(task: string): string {
  return `Nothing to do here: it goes on by itself. How that task stands: treeline show ${task}.`;
}
