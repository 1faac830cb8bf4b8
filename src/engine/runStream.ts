/**
 * One run as the engine holds it: its stream and the fold of it.
 * Owns: that changes of a run happen one after another, each decided on the state that the last one left, that those which come
 * while the disk is at work share the next fsync, and that nobody hears of an event before its fsync (I1). Refuses: to decide anything itself.
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

interface Waiting {
  readonly change: (state: RunState | undefined) => readonly RunEvent[];
  readonly resolve: (records: readonly Recorded<RunEvent>[]) => void;
  readonly reject: (error: unknown) => void;
}

const diskFullPauseMs = 5_000;

export function openRunStream(stream: Stream<RunEvent>, clock: Clock, onRecorded: (records: readonly Recorded<RunEvent>[], state: RunState) => void, onTrouble: (message: string) => void): RunStream {
  let state = stream.records.reduce<RunState | undefined>(evolve, undefined);
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  function mutate(change: Waiting['change']): Promise<readonly Recorded<RunEvent>[]> {
    return new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      writing ??= Promise.resolve().then(writeAll);
    });
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) await writeGroup(waiting.splice(0));
    writing = undefined;
  }

  /** What came while the last group was written is decided in turn, each on what those before it will leave, and written by one fsync. */
  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    const at = clock.now();
    const asked: { readonly one: Waiting; readonly events: readonly RunEvent[] }[] = [];
    let ahead = state, folded = 0;
    for (const one of group) {
      for (; folded < asked.length; folded += 1) for (const event of asked[folded]?.events ?? []) ahead = evolve(ahead, { seq: (ahead?.seq ?? 0) + 1, epoch: 0, at, event });
      try {
        asked.push({ one, events: one.change(ahead) });
      } catch (error) {
        one.reject(error);
      }
    }
    const events = asked.flatMap((each) => each.events);
    if (events.length === 0) return asked.forEach(({ one }) => { one.resolve([]); });
    try {
      const records = await stream.append(events, at);
      state = records.reduce<RunState | undefined>(evolve, state);
      if (state) onRecorded(records, state);
      let from = 0;
      for (const { one, events: own } of asked) one.resolve(records.slice(from, from += own.length));
    } catch (error) {
      // None of the group happened; whoever wrote nothing may have decided on what did not happen, and is told the same.
      for (const { one } of asked) one.reject(error);
    }
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

  return { state: () => state, mutate, record, close: async () => { await writing; await stream.close(); } };
}
