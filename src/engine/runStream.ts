/**
 * One run as the engine holds it: its stream and the fold of it.
 * Owns: that changes of a run happen one after another, each decided on the state that the last one left, and that nobody
 * hears of an event before its fsync (I1). Refuses: to decide anything itself.
 */
import { evolve } from '../core/evolve.ts';
import type { Recorded, RunEvent } from '../core/event.ts';
import type { RunState } from '../core/state.ts';
import type { Stream } from '../ports/journal.ts';
import { JournalError } from '../ports/journal.ts';
import type { Clock } from '../ports/system.ts';

export interface RunStream {
  state(): RunState | undefined;
  /** Asks `change` for events on the newest state, writes them, folds them. Answers what was recorded; rejects with the journal's error. */
  mutate(change: (state: RunState | undefined) => readonly RunEvent[]): Promise<readonly Recorded<RunEvent>[]>;
  /** The same for facts that must not be lost (outcomes): a full disk is waited out, each time on the newest state. */
  record(change: (state: RunState | undefined) => readonly RunEvent[], signal: AbortSignal): Promise<readonly Recorded<RunEvent>[]>;
  close(): Promise<void>;
}

const diskFullPauseMs = 5_000;

export function openRunStream(stream: Stream<RunEvent>, clock: Clock, onRecorded: (records: readonly Recorded<RunEvent>[], state: RunState) => void, onTrouble: (message: string) => void): RunStream {
  let state = stream.records.reduce<RunState | undefined>(evolve, undefined);
  let last: Promise<unknown> = Promise.resolve();

  function mutate(change: (current: RunState | undefined) => readonly RunEvent[]): Promise<readonly Recorded<RunEvent>[]> {
    const mine = last.then(async () => {
      const events = change(state);
      if (events.length === 0) return [];
      const records = await stream.append(events, clock.now());
      state = records.reduce<RunState | undefined>(evolve, state);
      if (state) onRecorded(records, state);
      return records;
    });
    last = mine.catch(() => undefined);
    return mine;
  }

  async function record(change: (current: RunState | undefined) => readonly RunEvent[], signal: AbortSignal): Promise<readonly Recorded<RunEvent>[]> {
    for (;;) {
      try {
        return await mutate(change);
      } catch (error) {
        if (!(error instanceof JournalError) || error.reason !== 'disk-full') throw error;
        onTrouble(error.message);
        await clock.after(diskFullPauseMs, signal);
      }
    }
  }

  return { state: () => state, mutate, record, close: async () => { await last; await stream.close(); } };
}
