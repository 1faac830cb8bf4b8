/** What a failed write or read of the journal means to the engine. Owns: system error → JournalError. */
import { JournalError } from '../ports/journal.ts';
import type { JournalFailure } from '../ports/journal.ts';

const full = new Set(['ENOSPC', 'EDQUOT']);

export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && full.has(error.code);
}

/** `what` says what was tried, with the path. */
export function failureOf(error: unknown, what: string): JournalError {
  if (error instanceof JournalError) return error;
  const reason: JournalFailure = isDiskFull(error) ? 'disk-full' : 'unwritable';
  return new JournalError(reason, `${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
