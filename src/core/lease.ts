/**
 * File scopes as leases: two units whose scopes meet are not worked on at once, of whatever run. Pure.
 * Held from the start of an attempt until its work has landed, failed, or waits for a person: a wait holds nobody up who needs nothing of it.
 * Owns: who holds which files. Refuses: to hold them for work that only looks, or for candidates of which one is chosen.
 */
import { isMoving, stepStateOf } from './change.ts';
import { scopesMeet } from './pathScope.ts';
import type { RunState, Unit } from './state.ts';

export interface Lease { readonly task: string; readonly unit: string; readonly scope: readonly string[] }

/** What the unit holds while it is worked on; null: nothing. */
export function leaseFor(state: RunState, unit: Unit): Lease | null {
  if (unit.gives !== 'tree' || unit.landing === 'choice' || unit.subtask === null) return null;
  return { task: state.task, unit: unit.id, scope: unit.subtask.scope };
}

/** Leases of units whose work is on its way to the integration branch. Those at work now are known to who started them. */
export function landingLeases(state: RunState): readonly Lease[] {
  const leases: Lease[] = [];
  for (const unit of state.units) {
    const { kind } = unit.phase;
    // A tip that is not known lets nobody land until a person has looked.
    if (kind === 'stuck' && isMoving(unit)) return [];
    if (kind !== 'integrating' && kind !== 'judging' && kind !== 'advancing') continue;
    const status = stepStateOf(state, unit.step)?.status;
    const lease = status === 'active' || status === 'done' ? leaseFor(state, unit) : null;
    if (lease) leases.push(lease);
  }
  return state.end ? [] : leases;
}

/** The first of `held` that stands in the way of `wanted`. */
export function inTheWay(wanted: Lease, held: readonly Lease[]): Lease | undefined {
  return held.find((lease) => (lease.task !== wanted.task || lease.unit !== wanted.unit) && scopesMeet(lease.scope, wanted.scope));
}
