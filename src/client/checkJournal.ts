/** `treeline journal verify`: is every line of a repository's journals what was written? Owns: which files are looked at. Writes nothing. */
import { journalFolder } from '../journal/journalFolder.ts';
import { verifyJournal } from '../journal/readJournal.ts';
import { findTask } from './readRuns.ts';
import { findCommonDir } from './repository.ts';
import { tasksOf } from './tasksOf.ts';

export interface JournalCheck {
  /** File name under `<common>/treeline`: `runs/<task>.jsonl`, `queue.jsonl`. */
  readonly file: string;
  readonly entries: number;
  /** The first bad entry, or null: line from 1, and what is wrong with it. */
  readonly bad: { readonly line: number; readonly why: string } | null;
}

/** `task` null: all. Rejects with a TreelineError (`unknown-task`, `not-a-repository`). */
export async function checkJournal(directory: string, task: string | null): Promise<readonly JournalCheck[]> {
  const folder = journalFolder(await findCommonDir(directory));
  const tasks = await tasksOf(folder);
  const chosen: readonly (string | null)[] = task === null ? [...tasks, null] : [findTask(tasks, task)];
  const checks = await Promise.all(chosen.map(async (id): Promise<JournalCheck[]> => {
    const verified = await verifyJournal(folder, id);
    return verified ? [{ file: id === null ? 'queue.jsonl' : `runs/${id}.jsonl`, ...verified }] : [];
  }));
  return checks.flat();
}
