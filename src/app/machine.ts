/**
 * How busy the machine is: its cores, its memory, and the disk that holds the repository.
 * Owns: how each is measured, and that asking often costs nothing. Refuses: to say what is too much (`core/load.ts`).
 */
import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { unmeasured } from '../core/load.ts';
import type { Load } from '../core/load.ts';
import type { Machine } from '../ports/machine.ts';

interface Times { readonly idle: number; readonly all: number }

const oldestMs = 1_000;

/** `folder`: on the disk that is looked at. */
export function createMachine(folder: string): Machine {
  let last: { readonly load: Load; readonly times: Times; readonly at: number } = { load: unmeasured, times: timesNow(), at: performance.now() };
  return {
    load: () => {
      const at = performance.now();
      if (at - last.at < oldestMs) return last.load;
      const times = timesNow();
      last = { load: { cpu: usedShare(last.times, times), queue: queueNow(), memory: freeMemory(), disk: freeDisk(folder) }, times, at };
      return last.load;
    },
  };
}

function timesNow(): Times {
  return cpus().reduce<Times>((sum, { times }) => ({ idle: sum.idle + times.idle, all: sum.all + times.user + times.nice + times.sys + times.idle + times.irq }), { idle: 0, all: 0 });
}

/** Null where the system counts nothing, or nothing has passed. */
export function usedShare(before: Times, after: Times): number | null {
  const all = after.all - before.all;
  return all > 0 ? Math.min(1, Math.max(0, 1 - (after.idle - before.idle) / all)) : null;
}

/** Windows has no such figure and says 0. */
function queueNow(): number | null {
  return process.platform === 'win32' ? null : (loadavg()[0] ?? 0) / availableParallelism();
}

/** Of what this process may have: a container may have less than the machine. */
function freeMemory(): number | null {
  const limit = process.constrainedMemory();
  const most = limit > 0 && limit < totalmem() ? limit : totalmem();
  return most > 0 ? Math.min(1, process.availableMemory() / most) : null;
}

function freeDisk(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
