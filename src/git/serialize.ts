/**
 * Order in time: what must not run at once, what may run a few at a time, what is tried again while somebody holds a lock.
 * Owns: waiting by the injected clock. Refuses: to delete a lock.
 */
import { GitError } from '../ports/archive.ts';
import type { Clock } from '../ports/system.ts';

export type Turn = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** At most `width` pieces of work at once, in the order in which they came. */
export function createTurns(width: number): Turn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= width) await new Promise<void>((go) => { waiting.push(go); });
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** One at a time for each key. */
export function createTurnsByKey(): (key: string) => Turn {
  const turns = new Map<string, Turn>();
  return (key) => {
    const known = turns.get(key) ?? createTurns(1);
    turns.set(key, known);
    return known;
  };
}

const waitsMs = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000];
const never = new AbortController().signal;

/** Tries again while another process holds a lock, for about 11 s in all; the last `locked` failure is thrown. */
export async function retryWhileLocked<Value>(clock: Clock, work: () => Promise<Value>, signal: AbortSignal = never): Promise<Value> {
  for (const wait of waitsMs) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitError) || error.reason !== 'locked') throw error;
      await clock.after(wait, signal);
    }
  }
  return work();
}
