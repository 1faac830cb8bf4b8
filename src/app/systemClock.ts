/** Time and ids from the machine: the ports `Clock` and `IdSource`. Owns: deadlines that do not follow a clock that is set. */
import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock, IdSource } from '../ports/system.ts';

const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: async (ms, signal) => {
    try {
      for (let left = ms; left > 0; left -= longest) await after(Math.min(left, longest), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

/** `<time in base 36><chance>`: sorts by time, lower-case, safe in a ref name and in a path. `clock` gives the time. */
export function createIds(clock: Clock): IdSource {
  let last = 0;
  return {
    task: () => {
      // Two within a millisecond, or after a clock was set back, still sort as they came.
      last = Math.max(clock.now(), last + 1);
      return `${last.toString(36).padStart(9, '0')}${randomBytes(3).toString('hex').slice(0, 5)}`;
    },
  };
}
