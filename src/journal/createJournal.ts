/**
 * The engine's memory on disk: one stream for each run, one for the merge queue.
 * Owns: `<folder>/runs/<task>.jsonl` and `<folder>/queue.jsonl`. Refuses: to be opened by anyone but the holder of the lock.
 */
import { join } from 'node:path';
import { runEventSchema } from '../core/event.ts';
import type { RunEvent } from '../core/event.ts';
import { queueEventSchema } from '../core/queue.ts';
import type { QueueEvent } from '../core/queue.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/system.ts';
import { openJournalFile, openOnDisk } from './journalFile.ts';
import type { OpenFile } from './journalFile.ts';
import { makeFolder, queueFile, runFile, tasksIn } from './journalFolder.ts';
import { createReserve } from './reserve.ts';

export interface JournalOptions {
  /** `<git common dir>/treeline`. */
  readonly folder: string;
  /** Of the lock: written into every entry. */
  readonly epoch: number;
  readonly log: Log;
  readonly openFile?: OpenFile;
}

export function createJournal({ folder, epoch, log, openFile = openOnDisk }: JournalOptions): Journal<RunEvent, QueueEvent> {
  const reserve = createReserve(folder);
  return {
    tasks: () => tasksIn(folder),
    run: async (task) => {
      await makeFolder(join(folder, 'runs'));
      return openJournalFile({ path: runFile(folder, task), epoch, schema: runEventSchema, reserve, log, openFile });
    },
    queue: async () => {
      await makeFolder(folder);
      return openJournalFile({ path: queueFile(folder), epoch, schema: queueEventSchema, reserve, log, openFile });
    },
  };
}
