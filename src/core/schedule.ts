/**
 * Which of the ready commands start now, given slots. Pure. Agents share the slots; gates have their own, so that a finished
 * attempt never waits behind one that only begins; what costs nothing (git) starts at once. Longest remaining path first.
 */
import type { Command } from './decide.ts';
import type { RunState } from './state.ts';

export interface Slots { readonly agents: number; readonly gates: number }
export interface Ready { readonly task: string; readonly command: Command; /** Length of the longest chain of units that waits behind it. */ readonly depth: number }

export function lane(command: Command): 'agent' | 'gate' | 'free' {
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

/** How many units stand in the longest chain that begins with this command's unit. */
export function depth(state: RunState, command: Command): number {
  if (!('unit' in command)) return 1;
  const of = (id: string, seen: ReadonlySet<string>): number => {
    if (seen.has(id)) return 0;
    const dependants = state.units.filter((unit) => unit.needs.includes(id));
    return 1 + Math.max(0, ...dependants.map((unit) => of(unit.id, new Set([...seen, id]))));
  };
  return of(command.unit, new Set());
}
