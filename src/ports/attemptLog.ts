/** Progress that is worth showing and not worth an fsync: one log per attempt or gate run, beside the journal. */
import type { TranscriptPart } from './workers.ts';

export interface AttemptLog {
  /** `key` is a command id; writes are buffered and may be lost with the process. */
  write(task: string, key: string, part: TranscriptPart): void;
}
