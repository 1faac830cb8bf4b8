/**
 * How much work waits behind each unit: the longest chain that begins with it, in minutes as far as the plan estimates them. Pure.
 * Known once for each number of units and version of the plan, kept beside the run's first event: needs and estimates change only with those.
 */
import type { TaskAccepted } from './event.ts';
import type { RunState, Unit } from './state.ts';

export type Weights = ReadonlyMap<string, number>;

const known = new WeakMap<TaskAccepted, { readonly units: number; readonly plan: number; readonly weights: Weights }>();

/** By unit: its own minutes and those of the longest chain behind it. A unit without an estimate counts as the mean of those that have one, or 1. */
export function weightsOf(state: RunState): Weights {
  const before = known.get(state.accepted);
  if (before?.units === state.units.length && before.plan === state.planVersion) return before.weights;
  const weights = chains(state.units);
  known.set(state.accepted, { units: state.units.length, plan: state.planVersion, weights });
  return weights;
}

/** Work that is not ready, but will be as soon as what is landing now has landed. `until`: it is waited for so long, ms since 1970. */
export interface Coming { readonly task: string; readonly weight: number; readonly until: number }

/** So long a slot is kept for more urgent work: a gate is often faster; one that is not costs no more than this. */
const patienceMs = 30_000;

export function comingOf(state: RunState, now: number): readonly Coming[] {
  const landing = new Map<string, number>();
  for (const { id, phase: { kind }, finishedAt } of state.units) if (kind === 'integrating' || kind === 'judging' || kind === 'advancing') landing.set(id, (finishedAt ?? 0) + patienceMs);
  const landed = new Set(state.units.flatMap((unit) => (unit.phase.kind === 'landed' ? [unit.id] : [])));
  const weights = weightsOf(state);
  return state.units.flatMap((unit): Coming[] => {
    const missing = unit.phase.kind === 'pending' ? unit.needs.filter((need) => !landed.has(need)) : [];
    const until = Math.min(...missing.map((need) => landing.get(need) ?? 0));
    return missing.length > 0 && until > now ? [{ task: state.task, weight: weights.get(unit.id) ?? 0, until }] : [];
  });
}

function chains(units: readonly Unit[]): Weights {
  const estimates = units.flatMap((unit) => unit.subtask?.estimate ?? []);
  const usual = estimates.length === 0 ? 1 : estimates.reduce((sum, minutes) => sum + minutes, 0) / estimates.length;
  const own = new Map(units.map((unit) => [unit.id, unit.subtask?.estimate ?? usual]));
  const dependants = new Map<string, string[]>();
  for (const unit of units) {
    for (const need of unit.needs) {
      const others = dependants.get(need);
      if (others) others.push(unit.id); else dependants.set(need, [unit.id]);
    }
  }
  const weights = new Map<string, number>();
  const of = (id: string): number => {
    const there = weights.get(id);
    if (there !== undefined) return there;
    // Plans with a circle are refused before; should one come all the same, it ends here.
    weights.set(id, 0);
    const weight = (own.get(id) ?? usual) + Math.max(0, ...(dependants.get(id) ?? []).map(of));
    weights.set(id, weight);
    return weight;
  };
  for (const unit of units) of(unit.id);
  return weights;
}
