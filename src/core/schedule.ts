/**
 * Which of the ready commands start now, given slots. Pure. Agents share the slots; gates have their own, so that a finished
 * attempt never waits behind one that only begins; what costs nothing (git) starts at once. Longest remaining path first.
 */
import type { Command } from './decide.ts';
import type { RunState } from './state.ts';

export interface Slots { readonly agents: number; readonly gates: number }
export interface Ready { readonly task: string; readonly command: Command; /** Length of the longest chain of units that waits behind it. */ readonly depth: number }

function lane(command: Command): 'agent' | 'gate' | 'free' {
  switch (command.kind) {
    case 'work': return 'agent';
    case 'judge-unit': case 'judge-candidate': return 'gate';
    default: return 'free';
  }
}

/** The commands of `ready` to start, in order. `running`: what occupies slots already; `now`: ms since 1970. */
export function schedule(ready: readonly Ready[], running: readonly Command[], slots: Slots, now: number): readonly Ready[] {
  const free = { agent: slots.agents - running.filter((command) => lane(command) === 'agent').length, gate: slots.gates - running.filter((command) => lane(command) === 'gate').length };
  const chosen: Ready[] = [];
  for (const candidate of [...ready].sort((left, right) => right.depth - left.depth)) {
    const { command } = candidate;
    if (command.kind === 'work' && command.notBefore > now) continue;
    const where = lane(command);
    if (where !== 'free') {
      if (free[where] <= 0) continue;
      free[where] -= 1;
    }
    chosen.push(candidate);
  }
  return chosen;
}

/** For each unit of the run: how many units stand in the longest chain that begins with it. Linear in units and needs. */
export function depths(state: RunState): ReadonlyMap<string, number> {
  const dependants = new Map<string, string[]>();
  for (const unit of state.units) for (const need of unit.needs) dependants.set(need, [...(dependants.get(need) ?? []), unit.id]);
  const known = new Map<string, number>();
  const of = (id: string): number => {
    const there = known.get(id);
    if (there !== undefined) return there;
    // Plans with a circle are refused before; should one come all the same, it ends here.
    known.set(id, 1);
    const depth = 1 + Math.max(0, ...(dependants.get(id) ?? []).map(of));
    known.set(id, depth);
    return depth;
  };
  for (const unit of state.units) of(unit.id);
  return known;
}
