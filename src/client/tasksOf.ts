/** The tasks of a repository, for whoever reads it without an engine. Owns: what is said where that folder is not this person's to read. */
import { tasksIn } from '../journal/journalFolder.ts';
import { JournalError } from '../ports/journal.ts';
import { TreelineError } from './treelineError.ts';

/** See `tasksIn`. Rejects with a TreelineError: `unwritable`. */
export async function tasksOf(folder: string): Promise<readonly string[]> {
  return tasksIn(folder).catch((error: unknown) => {
    if (!(error instanceof JournalError)) throw error;
    throw new TreelineError('unwritable', error.message, `It has to belong to you: ${folder} is made by whoever first works here with Treeline ("ls -ld" shows who). Use a clone of your own, or have it given to you.`, { cause: error });
  });
}
