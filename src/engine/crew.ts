/**
 * Who is at work: starts what core decided and the schedule chose, once each; stops what is not wanted any more.
 * Owns: the running commands and the timers of those that begin later. Refuses: to look at outcomes.
 */
import { decide } from '../core/decide.ts';
import type { Command } from '../core/decide.ts';
import { depths, schedule } from '../core/schedule.ts';
import type { Ready, Slots } from '../core/schedule.ts';
import type { RunState } from '../core/state.ts';
import { status } from '../core/status.ts';
import type { Clock, Log } from '../ports/system.ts';

function placeOf(command: Command): string {
  return 'unit' in command ? command.unit : command.step;
}

export interface Activity { readonly task: string; readonly command: Command; readonly signal: AbortSignal }

export interface Crew {
  /** Looks at what should be running now, starts and stops accordingly. */
  pump(): void;
  /** Aborts running commands of a kind and resolves when they have ended; none of that kind begins until the answer is called. */
  hold(task: string, kind: Command['kind']): Promise<() => void>;
  /** Resolves when nothing of the task (null: nothing at all) runs any more. */
  settled(task: string | null): Promise<void>;
  idle(): boolean;
}

interface Running { readonly task: string; readonly command: Command; readonly controller: AbortController; done: Promise<void> }

export function createCrew(options: { readonly clock: Clock; readonly log: Log; readonly slots: Slots; readonly states: () => readonly RunState[]; readonly carryOut: (activity: Activity) => Promise<void>; readonly signal: AbortSignal }): Crew {
  const { clock, log, slots } = options;
  const running = new Map<string, Running>();
  const held = new Set<string>();
  /** Commands that ended without an outcome and are still wanted: begun again later, never in a hot loop. */
  const cooling = new Map<string, { readonly until: number; readonly count: number }>();
  let alarm: { readonly at: number; readonly controller: AbortController } | undefined;

  const keyOf = (task: string, command: Command): string => `${task}/${command.id}`;

  function pump(): void {
    if (options.signal.aborted) return;
    const wanted = options.states().flatMap(readyOf);
    const keys = new Set(wanted.map((ready) => keyOf(ready.task, ready.command)));
    for (const [key, entry] of running) if (!keys.has(key)) entry.controller.abort(new Error('superseded'));
    for (const key of cooling.keys()) if (!keys.has(key)) cooling.delete(key);
    const ready = wanted.flatMap((candidate): Ready[] => {
      const key = keyOf(candidate.task, candidate.command);
      // A superseded command is let end before the next one at its place begins: two never share a worktree.
      const occupied = ofTask(candidate.task).some((entry) => placeOf(entry.command) === placeOf(candidate.command));
      return running.has(key) || occupied || held.has(`${candidate.task} ${candidate.command.kind}`) ? [] : [candidate];
    });
    const now = clock.now();
    const rested = ready.filter((candidate) => (cooling.get(keyOf(candidate.task, candidate.command))?.until ?? 0) <= now);
    for (const { task, command } of schedule(rested, [...running.values()].map((entry) => entry.command), slots, now)) start(task, command);
    setAlarm(ready);
  }

  function readyOf(state: RunState): readonly Ready[] {
    const commands = decide(state);
    if (commands.length === 0) return [];
    const depth = depths(state);
    return commands.map((command) => ({ task: state.task, command, depth: 'unit' in command ? depth.get(command.unit) ?? 1 : 1 }));
  }

  function start(task: string, command: Command): void {
    const controller = new AbortController();
    const stop = (): void => controller.abort(options.signal.reason);
    options.signal.addEventListener('abort', stop, { once: true });
    const entry: Running = { task, command, controller, done: Promise.resolve() };
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
  function setAlarm(ready: readonly Ready[]): void {
    const now = clock.now();
    const next = Math.min(...ready.flatMap(({ task, command }) => {
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
      held.add(`${task} ${kind}`);
      const concerned = ofTask(task).filter((entry) => entry.command.kind === kind);
      for (const entry of concerned) entry.controller.abort(new Error('stopped'));
      await Promise.all(concerned.map((entry) => entry.done));
      return () => { held.delete(`${task} ${kind}`); pump(); };
    },
    settled: async (task) => {
      for (let concerned = ofTask(task); concerned.length > 0; concerned = ofTask(task)) await Promise.all(concerned.map((entry) => entry.done));
    },
    // A landing that waits for the person's checkout is watched only while somebody is there to see it.
    idle: () => options.states().every((state) => status(state) !== 'running'),
  };
}
