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
