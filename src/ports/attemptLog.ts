/** Progress that is worth showing and not worth an fsync: one log per attempt or gate run, beside the journal. */
import type { Spend } from '../core/usage.ts';
import type { TranscriptPart } from './workers.ts';

/** `heardAt`: when that was said, ms since 1970. */
export interface LastSpend { readonly spend: Spend; readonly heardAt: number }

export interface AttemptLog {
  /** `key` is a command id; writes are buffered and may be lost with the process. */
  write(task: string, key: string, part: TranscriptPart): void;
  /** The last `spent` part of an attempt, of an earlier process too. Null: there is none that can be read. Never rejects. */
  lastSpend(task: string, key: string): Promise<LastSpend | null>;
}
