/** The memory of the engine: append-only streams. An append resolves only after its fsync (I1). */
import type { Recorded } from '../core/event.ts';

export interface Stream<Event> {
  /** Everything acknowledged so far, in order. */
  readonly records: readonly Recorded<Event>[];
  /** Appends all or, after a crash, a prefix of them. Resolves when they are on disk; rejects with a JournalError whose `reason` is closed. */
  append(events: readonly Event[], at: number): Promise<readonly Recorded<Event>[]>;
  close(): Promise<void>;
}

/** One kind of stream: how its events are parsed when read back. Codec objects live beside the adapters. */
export interface Journal<RunEvent, QueueEvent> {
  /** Task ids that have a stream, oldest first. */
  tasks(): Promise<readonly string[]>;
  run(task: string): Promise<Stream<RunEvent>>;
  queue(): Promise<Stream<QueueEvent>>;
}

export type JournalFailure = 'disk-full' | 'unwritable' | 'corrupt' | 'newer-version' | 'closed';
export class JournalError extends Error {
  readonly reason: JournalFailure;
  constructor(reason: JournalFailure, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'JournalError';
    this.reason = reason;
  }
}
