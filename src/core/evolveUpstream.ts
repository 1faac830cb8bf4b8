/**
 * What news of the task that this one depends on mean: it starts, its base moves, it goes on against the target, or a person is asked.
 * Owns: how stacked work is laid on a new tip of the branch below: by one unit, through the usual integrate, judge, advance.
 * Pure; part of `evolve`.
 */
import { chainFor, newUnit } from './begin.ts';
import { beginsOver, isMoving, relaid, replaceUnit, stepStateOf, workOf } from './change.ts';
import type { RunEvent } from './event.ts';
import { voidCandidate } from './sendBack.ts';
import type { RunState, Unit, Upstream } from './state.ts';
import { restacking, stackedOn } from './upstream.ts';

export type UpstreamEvent = Extract<RunEvent, { type: 'UpstreamAtWork' | 'UpstreamLanded' | 'UpstreamLost' }>;

export function evolveUpstream(state: RunState, event: UpstreamEvent, at: number): RunState {
  const { upstream } = state;
  if (upstream?.task !== event.task || upstream.standing === 'landed' || upstream.standing === 'released') return state;
  switch (event.type) {
    case 'UpstreamLost': return { ...state, upstream: { ...upstream, standing: 'lost', why: event.why } };
    case 'UpstreamAtWork': {
      const next: RunState = { ...state, upstream: { ...upstream, standing: 'open', why: null, head: event.head, tree: event.tree } };
      return upstream.how === 'on' && event.head !== upstream.head ? voidCandidate(next, at) : next;
    }
    case 'UpstreamLanded': return letGo(state, { ...upstream, standing: 'landed', why: null }, event.base, at);
  }
}

/** A person lets a task go on without the one that it was to wait for: from its own base, or with its own change alone. */
export function released(state: RunState, at: number): RunState {
  return state.upstream?.standing === 'lost' ? letGo(state, { ...state.upstream, standing: 'released' }, null, at) : state;
}

/** Stacked work is laid on the target from now on; what was to start afterwards starts from what has landed. */
function letGo(state: RunState, upstream: Upstream, base: { readonly commit: string; readonly tree: string } | null, at: number): RunState {
  const next: RunState = { ...state, upstream };
  if (upstream.how === 'on') return voidCandidate(next, at);
  return base === null ? next : { ...next, accepted: { ...state.accepted, base: { ...state.accepted.base, ...base } }, head: base.commit, headTree: base.tree, base: base.commit };
}

/** After an event: stacked work that does not stand on the tip of the branch below begins to be laid on it. Changes nothing where it does, or where that is under way. */
export function restacked(state: RunState, at: number): RunState {
  if (state.upstream?.how !== 'on' || state.end) return state;
  const stacked = stackedOn(state), below = stacked?.standing === 'open' ? stacked : null;
  const moving = restacking(state);
  if (moving) return overtaken(state, moving, below?.head ?? moving.rebase?.onto ?? state.base, at);
  if (below === null || below.head === state.base) return state;
  // A tip that is about to move, or may have moved, is not moved under it.
  if (state.units.some((unit) => unit.landing !== 'choice' && (unit.phase.kind === 'judging' || isMoving(unit)))) return state;
  if (state.head === state.base) return { ...state, head: below.head, headTree: below.tree, base: below.head, replaced: [...state.replaced, state.head] };
  // Where a failure is an outcome, it is not tried twice: what would land is made on the new tip all the same.
  const unit = state.units.some(({ phase, rebase }) => phase.kind === 'failed' && rebase?.onto === below.head) ? undefined : carrier(state, below);
  return unit ? replaceUnit(state, { ...relaid(unit, state.head), rebase: { onto: below.head, head: state.head }, finishedAt: at }) : state;
}

/** What had not met a conflict is simply laid anew on the newest tip; what an agent brought together is done again with what landed meanwhile. */
function overtaken(state: RunState, unit: Unit, onto: string, at: number): RunState {
  const { phase, rebase } = unit;
  if (!rebase || phase.kind !== 'integrating' || (rebase.head === state.head && (rebase.onto === onto || phase.commit !== rebase.head))) return state;
  return replaceUnit(state, phase.commit === rebase.head ? { ...relaid(unit, state.head), start: null, rebase: { onto, head: state.head } } : beginsOver(unit, rebase, state.head, at));
}

/** Who carries the whole work over, and mends it where it meets a conflict or a red gate: whose work landed last. Undefined: nobody can; then only what would land is made on the new tip. */
function carrier(state: RunState, below: Upstream): Unit | undefined {
  const last = state.units.findLast((unit) => {
    const status = stepStateOf(state, unit.step)?.status;
    return unit.gives === 'tree' && unit.phase.kind === 'landed' && (status === 'active' || status === 'done');
  });
  const step = last && workOf(state, last);
  if (!last || !step) return undefined;
  if (step.forEach === undefined) return { ...last, start: null, feedback: [], from: last.attempts.length, repairs: { ...last.repairs, used: last.rebase === null ? 0 : last.repairs.used } };
  const count = state.units.filter((unit) => unit.id.startsWith(`${step.id}/restack-`)).length + 1;
  const row = { id: `${step.id}/restack-${count}`, title: `Bring the work onto task ${below.task}`, subtask: null, item: null, needs: [], agents: chainFor(state, step) };
  return { ...newUnit(step, row), landing: step.kind !== 'tool' && step.landing === 'direct' ? 'direct' : 'gated' };
}
