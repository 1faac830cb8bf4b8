/**
 * Waiting for what the outside world (a window, a process) will come to, without a sleep of guessed length.
 *
 * Owns: the interval and the limit. Refuses: to assert; callers compare what they get.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** Limit of every wait in a real VS Code, in ms: 50 s from page to extension, and 80 s of work of three agents, were measured on a loaded machine. */
export const patience = 120_000;

/**
 * Reads until the value is wanted.
 * @param what the wait, as the end of "waited for …", for the error
 * @returns the first wanted value
 * @throws when the limit passes: what was waited for and the last value (or error) seen
 */
export async function until<T>(what: string, read: () => Promise<T> | T, isWanted: (value: T) => boolean = Boolean, limit = patience): Promise<T> {
  const deadline = performance.now() + limit;
  let seen: string;
  do {
    try {
      const value = await read();
      if (isWanted(value)) return value;
      seen = JSON.stringify(value);
    } catch (error) {
      seen = String(error);
    }
    await pause(50);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${limit / 1000} s for ${what}; last seen: ${seen}`);
}
