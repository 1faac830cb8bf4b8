/**
 * Looks whether specifications change on the targets of runs while those go on: after each piece of work, and every half a minute.
 * Owns: when it is looked, one look at a time. Refuses: to judge what a change means (core/staleSpecs.ts).
 */
import type { Engine } from '../engine/enginePorts.ts';
import type { Archive } from '../ports/archive.ts';
import type { Clock, Log } from '../ports/system.ts';

export interface SpecWatch { close(): Promise<void> }

const everyMs = 30_000;

export function watchSpecs({ engine, archive, clock, log }: { readonly engine: Pick<Engine, 'states' | 'subscribe' | 'lookAtSpecs'>; readonly archive: Pick<Archive, 'tip'>; readonly clock: Clock; readonly log: Log }): SpecWatch {
  const closing = new AbortController();
  /** By task: the tip that was looked at last. */
  const looked = new Map<string, string>();
  let last: Promise<void> = Promise.resolve();
  let asked = false;

  async function look(): Promise<void> {
    asked = false;
    const tips = new Map<string, string | null>();
    for (const state of engine.states()) {
      if (closing.signal.aborted) return;
      if (state.end || state.landed) continue;
      const { target } = state.accepted;
      if (!tips.has(target)) tips.set(target, await archive.tip(target));
      const tip = tips.get(target) ?? null;
      if (tip === null || looked.get(state.task) === tip) continue;
      await engine.lookAtSpecs(state.task, tip);
      looked.set(state.task, tip);
    }
  }

  /** Many reasons to look at one moment are one look. */
  function soon(): void {
    if (asked || closing.signal.aborted) return;
    asked = true;
    last = last.then(look).catch((error: unknown) => { if (!closing.signal.aborted) log.warn(`specifications could not be looked at: ${String(error)}`); });
  }

  async function everySoOften(): Promise<void> {
    for (;;) {
      soon();
      await clock.after(everyMs, closing.signal);
    }
  }

  const stop = engine.subscribe(({ records }) => { if (records.some(({ event }) => event.type === 'AttemptFinished' || event.type === 'UnitLanded')) soon(); });
  const watching = everySoOften().catch(() => undefined);
  return {
    close: async () => {
      stop();
      closing.abort(new Error('the engine is closing'));
      await watching;
      await last;
    },
  };
}
