/**
 * Journals read as plain files, beside a running engine or without one.
 * Owns: a tolerant look (an entry that is being written is not there yet). Refuses: to write anything.
 */
import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { runEventSchema } from '../core/event.ts';
import type { Recorded, RunEvent } from '../core/event.ts';
import { queueEventSchema } from '../core/queue.ts';
import { decodeLines } from './codec.ts';
import { queueFile, runFile } from './journalFolder.ts';

/** Rejects with the system's error when the file cannot be read. `problem`: why the rest is missing, in words. */
export async function readRunJournal(folder: string, task: string): Promise<{ readonly records: readonly Recorded<RunEvent>[]; readonly problem: string | null }> {
  const { records, bad } = decodeLines(await readFile(runFile(folder, task)), runEventSchema);
  return { records, problem: bad && `line ${bad.line}: ${bad.why}` };
}

export interface Verified {
  /** Entries that are good, from the first. */
  readonly entries: number;
  /** The first bad entry. */
  readonly bad: { readonly line: number; readonly why: string } | null;
}

/** Checks every line's checksum and its chain to the one before. `task` null: the merge queue's journal. Null: there is no such file. */
export async function verifyJournal(folder: string, task: string | null): Promise<Verified | null> {
  const path = task === null ? queueFile(folder) : runFile(folder, task);
  const schema: z.ZodType<unknown> = task === null ? queueEventSchema : runEventSchema;
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (!bytes) return null;
  const { records, bad, torn } = decodeLines(bytes, schema);
  const cut = torn > 0 ? { line: records.length + 1, why: `the last entry is unfinished (${torn} bytes)` } : null;
  return { entries: records.length, bad: bad ? { line: bad.line, why: bad.why } : cut };
}
