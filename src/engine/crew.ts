/**
 * Who is at work: starts what core decided and the schedule chose, once each; stops what is not wanted any more.
 * Owns: the running commands, why others are held back, and the timers of those that begin later. Refuses: to look at outcomes.
 */
import { decide } from '../core/decide.ts';
import type { Command } from '../core/decide.ts';
import { comingOf } from '../core/criticalPath.ts';
import { landingLeases } from '../core/lease.ts';
import { throttled } from '../core/load.ts';
import type { Load, Throttle } from '../core/load.ts';
import { laneOf, placeOf, readyOf, schedule, waitingReviews } from '../core/schedule.ts';
import type { Held, Lane, Ready, Slots } from '../core/schedule.ts';
import type { RunState } from '../core/state.ts';
import { status } from '../core/status.ts';
import type { Clock, Log } from '../ports/system.ts';

export interface Activity { readonly task: string; readonly command: Command; readonly signal: AbortSignal }

export interface Crew {
  /** Looks at what should be running now, starts and stops accordingly. */
  pump(): void;
  /** Aborts running commands of a kind and resolves when they have ended; none of that kind begins until the answer is called. */
  hold(task: string, kind: Command['kind']): Promise<() => void>;
  /** Resolves when nothing of the task (null: nothing at all) runs any more. */
  settled(task: string | null): Promise<void>;
  idle(): boolean;
  /** By unit: why its work does not start though it is ready, where a free slot alone does not help. */
  held(task: string): Readonly<Record<string, string>>;
}

interface Running { readonly task: string; readonly command: Command; readonly ready: Ready; readonly controller: AbortController; done: Promise<void> }

export interface CrewOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly slots: () => Slots;
  /** Of the machine, as it is now. */
  readonly load: () => Load;
  readonly states: () => readonly RunState[];
  /** Who would be asked to do the work of this unit. */
  readonly provider: (state: RunState, unit: string) => string | null;
  readonly carryOut: (activity: Activity) => Promise<void>;
  /** What `held` answers for the task has changed. */
  readonly onHeld: (task: string) => void;
  readonly signal: AbortSignal;
}

export function createCrew(options: CrewOptions): Crew {
  const { clock, log } = options;
  const running = new Map<string, Running>();
  const stopped = new Set<string>();
  /** When each task last got a slot, by lane: turns are counted. */
  const served = new Map<string, number>();
  let turns = 0;
  let throttle: Throttle | null = null;
  let holding = new Map<string, Readonly<Record<string, string>>>();
  /** Commands that ended without an outcome and are still wanted: begun again later, never in a hot loop. */
  const cooling = new Map<string, { readonly until: number; readonly count: number }>();
  let alarm: { readonly at: number; readonly controller: AbortController } | undefined;

  const keyOf = (task: string, command: Command): string => `${task}/${command.id}`;

  /** Many things that ask at once (a group of outcomes, commands that end) are one look. */
  let asked = false;
  function pump(): void {
    if (asked) return;
    asked = true;
    queueMicrotask(() => { asked = false; look(); });
  }

  function look(): void {
    if (options.signal.aborted) return;
    const states = options.states();
    const wanted = states.flatMap((state) => readyOf(state, (unit) => options.provider(state, unit)));
    const keys = new Set(wanted.map((ready) => keyOf(ready.task, ready.command)));
    for (const [key, entry] of running) if (!keys.has(key)) entry.controller.abort(new Error('superseded'));
    for (const key of cooling.keys()) if (!keys.has(key)) cooling.delete(key);
    // A superseded command is let end before the next one at its place begins: two never share a worktree.
    const occupied = new Set([...running.values()].map((entry) => `${entry.task} ${placeOf(entry.command)}`));
    const ready = wanted.filter(({ task, command }) => !running.has(keyOf(task, command)) && !occupied.has(`${task} ${placeOf(command)}`) && !stopped.has(`${task} ${command.kind}`));
    const now = clock.now();
    const rested = ready.filter((candidate) => (cooling.get(keyOf(candidate.task, candidate.command))?.until ?? 0) <= now);
    const slots = options.slots();
    throttle = throttled(throttle, { most: slots.agents, atWork: [...running.values()].filter(({ command }) => laneOf(command) === 'agent').length, load: options.load(), now });
    const { starts, held, again } = schedule(rested, {
      running: [...running.values()].map((entry) => entry.ready), leases: states.flatMap(landingLeases), coming: states.flatMap((state) => comingOf(state, now)), slots, throttle,
      waitingReviews: states.reduce((sum, state) => sum + waitingReviews(state), 0), served: (lane, task) => served.get(`${lane} ${task}`) ?? 0, now,
    });
    for (const chosen of starts) start(chosen);
    holdBack(held);
    setAlarm(ready, again);
  }

  function holdBack(held: readonly Held[]): void {
    const before = holding;
    holding = new Map();
    for (const { task, unit, why } of held) holding.set(task, { ...holding.get(task), [unit]: why });
    for (const task of new Set([...before.keys(), ...holding.keys()])) if (JSON.stringify(before.get(task)) !== JSON.stringify(holding.get(task))) options.onHeld(task);
  }

  function start(ready: Ready): void {
    const { task, command } = ready;
    const lane: Lane = laneOf(command);
    if (lane !== 'free') served.set(`${lane} ${task}`, ++turns);
    const controller = new AbortController();
    const stop = (): void => controller.abort(options.signal.reason);
    options.signal.addEventListener('abort', stop, { once: true });
    const entry: Running = { task, command, ready, controller, done: Promise.resolve() };
    running.set(keyOf(task, command), entry);
    entry.done = Promise.resolve()
      .then(() => options.carryOut({ task, command, signal: controller.signal }))
      .catch((error: unknown) => { if (!controller.signal.aborted) log.error(`${task}: ${command.id} broke`, error); })
      .finally(() => {
        options.signal.removeEventListener('abort', stop);
        running.delete(keyOf(task, command));
        cool(task, command);
        pump();
      });
  }

  function cool(task: string, command: Command): void {
    const key = keyOf(task, command);
    const state = options.states().find((candidate) => candidate.task === task);
    if (!state || !decide(state).some((wanted) => wanted.id === command.id)) return;
    const count = (cooling.get(key)?.count ?? 0) + 1;
    cooling.set(key, { until: clock.now() + Math.min(60_000, 1_000 * 2 ** Math.min(count, 6)), count });
  }

  /** Commands that may only begin later (back-off, rate limits) are looked at again when the first of them may. */
  function setAlarm(ready: readonly Ready[], again: number | null): void {
    const now = clock.now();
    const next = Math.min(again ?? Number.POSITIVE_INFINITY, ...ready.flatMap(({ task, command }) => {
      const begins = Math.max(command.kind === 'work' ? command.notBefore : 0, cooling.get(keyOf(task, command))?.until ?? 0);
      return begins > now ? [begins] : [];
    }));
    if (!Number.isFinite(next) || alarm?.at === next) return;
    alarm?.controller.abort();
    const controller = new AbortController();
    alarm = { at: next, controller };
    clock.after(next - now, AbortSignal.any([controller.signal, options.signal])).then(() => { alarm = undefined; pump(); }, () => undefined);
  }

  const ofTask = (task: string | null): Running[] => [...running.values()].filter((entry) => task === null || entry.task === task);

  return {
    pump,
    hold: async (task, kind) => {
      stopped.add(`${task} ${kind}`);
      const concerned = ofTask(task).filter((entry) => entry.command.kind === kind);
      for (const entry of concerned) entry.controller.abort(new Error('stopped'));
      await Promise.all(concerned.map((entry) => entry.done));
      return () => { stopped.delete(`${task} ${kind}`); pump(); };
    },
    settled: async (task) => {
      for (let concerned = ofTask(task); concerned.length > 0; concerned = ofTask(task)) await Promise.all(concerned.map((entry) => entry.done));
    },
    // A landing that waits for the person's checkout is watched only while somebody is there to see it.
    idle: () => options.states().every((state) => status(state) !== 'running'),
    held: (task) => holding.get(task) ?? {},
  };
}
