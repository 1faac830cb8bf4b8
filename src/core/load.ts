/**
 * How many agents may be at work on a machine that is under load. Pure: it is told what was measured.
 * Owns: the marks, and that the number moves by one at a time, with a pause between, so that it does not swing.
 * Refuses: less than one, more than the person's own setting, and to stop what is at work.
 */

/** As measured now; null: this cannot be told here. */
export interface Load {
  /** Share of the cores' time that was used since it was measured last, 0 to 1. */
  readonly cpu: number | null;
  /** Programs that wanted a core, on average of the last minute, for each core. */
  readonly queue: number | null;
  /** Shares of the memory, 0 to 1, and bytes of the disk where work is written, that are free. */
  readonly memory: number | null;
  readonly disk: number | null;
}

export const unmeasured: Load = { cpu: null, queue: null, memory: null, disk: null };

/** `agents`: so many may be at work. `why`: what keeps it below the person's number; null: nothing does. */
export interface Throttle { readonly agents: number; readonly why: string | null; /** When it was last moved, ms since 1970. */ readonly movedAt: number }

export interface LoadSituation { readonly most: number; readonly atWork: number; readonly load: Load; readonly now: number }

/** What a move does to the load is seen only after a while. */
const pauseMs = 10_000;
const gigabyte = 1_000_000_000;

/** Cores that are busy are what they are there for; only when others have to wait for them as well is it too much. */
const marks = {
  cpu: { high: 0.95, low: 0.85 }, queue: { high: 2, low: 1.25 },
  memory: { short: 0.08, enough: 0.15 }, disk: { short: gigabyte, enough: 2 * gigabyte },
};

/** `before`: null when nothing was measured yet. */
export function throttled(before: Throttle | null, { most, atWork, load, now }: LoadSituation): Throttle {
  const known = before ?? { agents: most, why: null, movedAt: Number.NEGATIVE_INFINITY };
  const agents = Math.min(known.agents, most);
  const stays: Throttle = { agents, why: agents < most ? known.why : null, movedAt: known.movedAt };
  const trouble = troubleOf(load);
  // Counted from those that are at work: a number that nobody uses would have to come down for minutes before it meant anything.
  if (trouble !== null) {
    const wanted = Math.max(1, Math.min(agents, atWork) - 1);
    if (now - stays.movedAt < pauseMs || wanted >= agents) return agents < most ? { ...stays, why: trouble } : stays;
    return { agents: wanted, why: trouble, movedAt: now };
  }
  if (agents >= most || !isCalm(load) || now - stays.movedAt < pauseMs) return stays;
  return { agents: agents + 1, why: agents + 1 < most ? stays.why : null, movedAt: now };
}

function troubleOf({ cpu, queue, memory, disk }: Load): string | null {
  if (disk !== null && disk < marks.disk.short) return `the disk is nearly full (${(disk / gigabyte).toFixed(1)} GB free)`;
  if (memory !== null && memory < marks.memory.short) return `memory is short (${percent(memory)} free)`;
  if (cpu === null || cpu < marks.cpu.high || (queue !== null && queue < marks.queue.high)) return null;
  return `the machine is busy (CPU ${percent(cpu)}${queue === null ? '' : `, load ${queue.toFixed(1)} per core`})`;
}

function isCalm({ cpu, queue, memory, disk }: Load): boolean {
  const cores = (cpu ?? 0) < marks.cpu.low || (queue ?? Infinity) < marks.queue.low;
  return cores && (memory ?? 1) >= marks.memory.enough && (disk ?? Infinity) >= marks.disk.enough;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
