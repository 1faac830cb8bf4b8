/**
 * One agent first: agents that begin at once with the same prompt would each pay for writing it to the provider's cache; when the first
 * has begun to be answered, the others read it there. Owns: who waits for whom. Refuses: to hold anybody longer than the first one's
 * own start, or than `patienceMs`: a slow provider must not make work that could go on at once wait in a row.
 */

import type { Clock } from '../ports/system.ts';

/** Resolves when this one may begin; what it gives is called once it is being answered, or has ended (calling it again does nothing). */
export type HeadStart = (key: string, signal: AbortSignal) => Promise<() => void>;

const patienceMs = 1_500;

export function createHeadStart(clock: Pick<Clock, 'after'>): HeadStart {
  const first = new Map<string, Promise<void>>();
  return async (key, signal) => {
    const ahead = first.get(key);
    if (ahead) {
      const over = new AbortController();
      const patience = clock.after(patienceMs, AbortSignal.any([signal, over.signal])).catch(() => undefined);
      await Promise.race([ahead, patience]);
      over.abort();
      signal.throwIfAborted();
      return () => undefined;
    }
    let resolve = (): void => undefined;
    const own = new Promise<void>((given) => {
      resolve = given;
    });
    first.set(key, own);
    return () => {
      if (first.get(key) === own) first.delete(key);
      resolve();
    };
  };
}
