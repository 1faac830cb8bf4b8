/** Time that moves only when the simulation says so. Timers of a crashed engine never ring. */
import type { Clock } from '../../src/ports/system.ts';

export class VirtualTime {
  now = 1_700_000_000_000;
  #timers: { at: number; order: number; ring: () => void; generation: number }[] = [];
  #order = 0;

  clock(generation: number): Clock {
    return {
      now: () => this.now,
      after: (milliseconds, signal) => new Promise((resolve, reject) => {
        if (signal.aborted) { reject(signal.reason as Error); return; }
        const timer = { at: this.now + Math.max(0, milliseconds), order: this.#order++, ring: resolve, generation };
        signal.addEventListener('abort', () => { this.#timers = this.#timers.filter((candidate) => candidate !== timer); reject(signal.reason as Error); }, { once: true });
        this.#timers.push(timer);
      }),
    };
  }

  /** When the next timer rings, ms since 1970; infinite: none. */
  next(): number {
    return Math.min(...this.#timers.map((timer) => timer.at));
  }

  /** Rings the next timer, moving time to it. False: nothing waits. */
  step(): boolean {
    const [next] = this.#timers.sort((left, right) => left.at - right.at || left.order - right.order);
    if (!next) return false;
    this.#timers.shift();
    this.now = Math.max(this.now, next.at);
    next.ring();
    return true;
  }

  forget(generation: number): void {
    this.#timers = this.#timers.filter((timer) => timer.generation !== generation);
  }
}

/** Lets everything that can go on without time go on. */
export function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
