/**
 * Scratch checkouts: everything that must be exact runs in one. Own git dir with the user's objects as read-only alternates, clean
 * configuration, own index, HEAD detached at the commit; nothing ignored or untracked in it; nothing leaves it but results.
 */
import type { Mounts } from './sandbox.ts';

export interface ScratchCheckout {
  readonly path: string;
  /** What a confined process needs to see so that git works in there. */
  readonly mounts: Mounts;
  /** Tracked files that differ from the commit, and new files that are not ignored. */
  changed(): Promise<{ readonly modified: readonly string[]; readonly added: readonly string[] }>;
  /** What lies there and is not of the commit, ignored things too; a folder with nothing else in it as one name. Absent: a place where others left things. */
  made?(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ScratchCheckouts {
  /** Lies outside the repository and its worktrees, in a folder only we may enter. Who opens, closes. @param begun called when its files are being written: what else there is to do fits in there */
  open(commit: string, begun?: () => void): Promise<ScratchCheckout>;
  /** Closes one while work goes on: nobody waits for thousands of files to go. What cannot be removed is said in the log, and left for the next process. */
  discard(checkout: ScratchCheckout): void;
  /** When all that was discarded is gone. */
  settled(): Promise<void>;
  /**
   * Brings an installed dependency tree of the user's checkout in, when the lock file there is the commit's, byte for byte
   * (a copy, never a link). Null: there is none, or it differs. Else words for the evidence. `checkout` may be a worktree, too:
   * what is brought in is not part of its tree. Workspaces' own folders of that name come along.
   */
  copyDependencies(checkout: { readonly path: string }, commit: string, lockFile: string, folder: string): Promise<string | null>;
}
