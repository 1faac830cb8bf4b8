/**
 * Which of the ready commands start now, and why the others wait. Pure. Agents share the slots; gates have their own, so that a finished
 * attempt never waits behind one that only begins; what costs nothing (git) starts at once.
 * Within a task the longest remaining chain goes first; between tasks the one with the fewest at work, then the one whose turn is longest
 * ago, then the oldest: none starves. A gate that ran out of time under load runs alone. Nothing here stops what is running already.
 */
import { weightsOf } from './criticalPath.ts';
import type { Coming } from './criticalPath.ts';
import { decide } from './decide.ts';
import type { Command } from './decide.ts';
import { inTheWay, leaseFor } from './lease.ts';
import type { Lease } from './lease.ts';
import type { Throttle } from './load.ts';
import { passing } from './policy.ts';
import { openCheckpoints, unitOf } from './state.ts';
import type { RunState } from './state.ts';

export interface Slots {
  readonly agents: number;
  readonly gates: number;
  /** Agents at work at once, by provider (what stands before ":" in an agent's name); `*`: of each that is not named. */
  readonly perProvider: Readonly<Record<string, number>>;
  /** So many checkpoints may wait for a person before no new subtask begins. */
  readonly waitingReviews: number;
}

export type Lane = 'agent' | 'gate' | 'free';

export interface Ready {
  readonly task: string;
  /** When its task began, ms since 1970. */
  readonly since: number;
  readonly command: Command;
  /** See `weightsOf`. */
  readonly weight: number;
  /** The first attempt at a subtask. */
  readonly fresh: boolean;
  /** Its attempt is written down as begun: it goes on. Also of what is no agent's work: only new work is kept waiting. */
  readonly begun: boolean;
  /** What it holds while it is at work, and has to be free before. */
  readonly lease: Lease | null;
  readonly provider: string | null;
}

export interface Situation {
  readonly running: readonly Ready[];
  /** Held by others than those that run. */
  readonly leases: readonly Lease[];
  /** More urgent work that is about to be ready. */
  readonly coming: readonly Coming[];
  readonly slots: Slots;
  /** How many of the agents' slots are open on the machine as it is now, and why not all. */
  readonly throttle: Pick<Throttle, 'agents' | 'why'>;
  /** Checkpoints that wait for a person, of all runs. */
  readonly waitingReviews: number;
  /** When a task last got a slot of this kind: greater is later; 0: never. */
  readonly served: (lane: Lane, task: string) => number;
  /** ms since 1970 */
  readonly now: number;
}

/** `unit`: or the step, of what would land. */
export interface Held { readonly task: string; readonly unit: string; readonly why: string; /** It may start then all the same, ms since 1970. */ readonly until?: number }
export interface Choice { readonly starts: readonly Ready[]; /** Of those that a free slot does not help. */ readonly held: readonly Held[]; /** When to look again though nothing happened, ms since 1970; null: no need. */ readonly again: number | null }

export function laneOf(command: Command): Lane {
  switch (command.kind) {
    case 'work': return 'agent';
    case 'judge-unit': case 'judge-candidate': return 'gate';
    default: return 'free';
  }
}

/** The unit or step that the command is about. */
export function placeOf(command: Command): string {
  return 'unit' in command ? command.unit : command.step;
}

/** What stands before ":" in an agent's name: `anthropic` of `anthropic:MODEL`. */
export function providerOf(agent: string): string {
  return agent.split(':', 1)[0] ?? agent;
}

/** All that the run wants to be running now. `provider`: who would be asked to do this unit's work. */
export function readyOf(state: RunState, provider: (unit: string) => string | null): readonly Ready[] {
  const weights = weightsOf(state);
  return decide(state).map((command): Ready => {
    const own = { task: state.task, since: state.startedAt, command, weight: ('unit' in command ? weights.get(command.unit) : undefined) ?? 0, fresh: false, begun: true, lease: null, provider: null };
    const unit = command.kind === 'work' ? unitOf(state, command.unit) : undefined;
    if (!unit) return own;
    return { ...own, fresh: unit.subtask !== null && unit.attempts.length === 0, begun: unit.phase.kind === 'working', lease: leaseFor(state, unit), provider: provider(unit.id) };
  });
}

/** Checkpoints of the run that wait for a person: not one that `--yes` or the policy is about to let pass. */
export function waitingReviews(state: RunState): number {
  if (state.end) return 0;
  return openCheckpoints(state).length - (passing(state) ? 1 : 0);
}

/** `ready`: what is wanted and not running yet. */
export function schedule(ready: readonly Ready[], situation: Situation): Choice {
  const due = ready.filter(({ command }) => command.kind !== 'work' || command.notBefore <= situation.now);
  const starts = due.filter(({ command }) => laneOf(command) === 'free');
  const alone = [...situation.running, ...due].find(({ command }) => 'alone' in command);
  if (alone) return besides(alone, due, starts, situation);
  const held: Held[] = [];
  for (const lane of ['gate', 'agent'] as const) starts.push(...fill(lane, due.filter(({ command }) => laneOf(command) === lane), situation, held));
  const again = held.flatMap(({ until }) => until ?? []);
  return { starts, held, again: again.length > 0 ? Math.min(...again) : null };
}

/** While a gate is to run alone nothing begins but what only git does, and it begins when all that is at work has ended. */
function besides(alone: Ready, due: readonly Ready[], free: readonly Ready[], { running }: Situation): Choice {
  const atWork = running.filter(({ command }) => laneOf(command) !== 'free');
  const held = due.filter((other) => other !== alone && laneOf(other.command) !== 'free')
    .map(({ task, command }): Held => ({ task, unit: placeOf(command), why: `waits for the gate of ${placeOf(alone.command)}, which runs alone: it ran out of time under load` }));
  if (atWork.length === 0) return { starts: [...free, alone], held, again: null };
  const waits = running.includes(alone) ? [] : [{ task: alone.task, unit: placeOf(alone.command), why: `its gate ran out of time under load; waits to run alone: ${atWork.length} at work` }];
  return { starts: free, held: [...waits, ...held], again: null };
}

/** A number that load holds down is looked at again after a while, though nothing happened. */
const againMs = 10_000;

function fill(lane: 'agent' | 'gate', candidates: readonly Ready[], situation: Situation, held: Held[]): readonly Ready[] {
  const { slots, throttle, now } = situation;
  const taken = situation.running.filter(({ command }) => laneOf(command) === lane);
  let free = (lane === 'agent' ? Math.min(slots.agents, throttle.agents) : slots.gates) - taken.length;
  const chosen: Ready[] = [];
  const lines = linesOf(candidates);
  while (free > 0) {
    const atWork = [...taken, ...chosen];
    const [line] = lines.filter(({ waiting }) => waiting.length > 0).sort((left, right) => turn(left, right, lane, atWork, situation, chosen));
    const next = line?.waiting.shift();
    if (!next) break;
    const place = { task: next.task, unit: placeOf(next.command) };
    const why = obstacle(next, atWork, situation), until = why === null ? keptFor(next, free, situation) : null;
    if (why !== null) held.push({ ...place, why });
    else if (until !== null) held.push({ ...place, why: 'waits for more urgent work that is landing', until });
    else { chosen.push(next); free -= 1; }
  }
  if (lane === 'agent' && throttle.why !== null && taken.length + chosen.length < slots.agents) {
    const why = `waits for a slot: ${throttle.agents} of ${slots.agents} ${throttle.agents === 1 ? 'is' : 'are'} open, since ${throttle.why}`;
    for (const { task, command } of lines.flatMap(({ waiting }) => waiting)) held.push({ task, unit: placeOf(command), why, until: now + againMs });
  }
  return chosen;
}

/** The candidates of a task, the most urgent first. */
interface Line { readonly task: string; readonly since: number; readonly waiting: Ready[] }

function linesOf(candidates: readonly Ready[]): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const candidate of candidates) {
    const line = lines.get(candidate.task);
    if (line) line.waiting.push(candidate); else lines.set(candidate.task, { task: candidate.task, since: candidate.since, waiting: [candidate] });
  }
  // What has begun before goes on before something new begins, where both are as urgent.
  for (const { waiting } of lines.values()) waiting.sort((left, right) => right.weight - left.weight || Number(left.fresh) - Number(right.fresh));
  return [...lines.values()];
}

function turn(mine: Line, theirs: Line, lane: Lane, atWork: readonly Ready[], { served }: Situation, chosen: readonly Ready[]): number {
  const share = (task: string): number => atWork.filter((other) => other.task === task).length;
  const last = (task: string): number => (chosen.some((other) => other.task === task) ? Number.MAX_SAFE_INTEGER : served(lane, task));
  return share(mine.task) - share(theirs.task) || last(mine.task) - last(theirs.task) || mine.since - theirs.since;
}

/** Why no free slot helps this work to start; null: it may. */
function obstacle(candidate: Ready, atWork: readonly Ready[], { slots, leases, waitingReviews: waiting }: Situation): string | null {
  if (candidate.fresh && waiting >= slots.waitingReviews) return `waits until you decide: ${waiting} checkpoint${waiting === 1 ? ' is' : 's are'} open`;
  const lease = candidate.lease && !candidate.begun && inTheWay(candidate.lease, [...atWork.flatMap((other) => other.lease ?? []), ...leases]);
  if (lease) return `waits for files of ${lease.unit}${lease.task === candidate.task ? '' : ` of task ${lease.task}`}`;
  const { provider } = candidate;
  if (provider === null) return null;
  const most = slots.perProvider[provider] ?? slots.perProvider['*'] ?? Number.POSITIVE_INFINITY;
  const of = atWork.filter((other) => other.provider === provider).length;
  return of >= most ? `waits for ${provider}: ${of} of its agents ${of === 1 ? 'is' : 'are'} at work` : null;
}

/** Until when the last free slots are kept for work of the same task that has more behind it and is about to be ready; null: they are not. */
function keptFor(candidate: Ready, free: number, { coming }: Situation): number | null {
  if (candidate.begun) return null;
  const before = coming.filter((other) => other.task === candidate.task && other.weight > candidate.weight);
  return before.length >= free ? Math.min(...before.map((other) => other.until)) : null;
}
