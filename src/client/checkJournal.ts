/** `treeline journal verify`: is every line of a repository's journals what was written? */

export interface JournalCheck {
  /** File name under `<common>/treeline`: `runs/<task>.jsonl`, `queue.jsonl`. */
  readonly file: string;
  readonly entries: number;
  /** The first bad entry, or null: line from 1, and what is wrong with it. */
  readonly bad: { readonly line: number; readonly why: string } | null;
}

/** `task` null: all. Rejects with a TreelineError (`unknown-task`, `not-a-repository`). */
export declare function checkJournal(directory: string, task: string | null): Promise<readonly JournalCheck[]>;
