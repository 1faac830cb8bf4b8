/**
 * What the engine needs from git. Commits, trees and refs are full object ids and full ref names.
 * Every method may be repeated with the same arguments after a crash and comes to the same end (same ids: dates come from `at`).
 */

import type { Mounts } from './sandbox.ts';

export interface Base {
  /** As the person said it, resolved. */
  readonly ref: string; readonly commit: string; readonly tree: string;
  /** Full name of the branch to land on: the one `ref` names, else the one checked out, else an error. */
  readonly target: string;
  /** Paths of the person's checkout that are modified or untracked: agents do not see them. */
  readonly dirty: readonly string[];
}

export interface Worktree { readonly path: string; readonly branch: string; /** What an agent's confined command sees so that git works in there and nothing of the real git dir does. */ readonly mounts: Mounts }

export interface Committed {
  readonly commit: string; readonly tree: string;
  readonly files: readonly string[];
  /** Ignored files lying in the worktree that are new since it was made: listed, never committed. */
  readonly hidden: readonly string[];
}

export type Merged = { readonly kind: 'clean'; readonly commit: string; readonly tree: string; readonly onto: string } | { readonly kind: 'conflict'; readonly files: readonly string[]; readonly onto: string };

export type Landing = { readonly kind: 'landed'; readonly commit: string; readonly tree: string } | { readonly kind: 'moved'; readonly tip: string; readonly why: string };

export interface ChangedFile { readonly path: string; readonly previous: string | null; readonly status: 'added' | 'modified' | 'deleted' | 'renamed'; readonly added: number | null; readonly removed: number | null; /** `protected`, `attributes`, `symlink`, `mode`, `binary`, `invisible-characters`… */ readonly marks: readonly string[] }

export interface Archive {
  resolveBase(ref: string | null): Promise<Base>;
  /**
   * The unit's worktree, checked out at `start` on its own branch `treeline/<task>/<unit>`. One that is there already at `start`, or above it
   * with this unit's unfinished work, is given as it is when `keep`; otherwise its state is snapshotted to a private ref first and it is reset.
   */
  openWorktree(request: { readonly task: string; readonly unit: string; readonly start: string; readonly keep: boolean }): Promise<Worktree>;
  /** The worktree's tree as one commit on `parent`, through a private git dir; null when its tree is `parent`'s. Also kept under refs/treeline. */
  commitWorktree(request: { readonly task: string; readonly unit: string; readonly n: number; readonly parent: string; readonly message: string; readonly at: number }): Promise<Committed | null>;
  /**
   * `commit` merged onto `onto` as one commit with the single parent `onto`; touches no working tree and no branch. `also`: other commits that
   * it may stand on; of all merge bases the one that is nearest to `commit` counts.
   */
  integrate(request: { readonly task: string; readonly unit: string; readonly commit: string; readonly onto: string; readonly also?: readonly string[]; readonly message: string; readonly at: number }): Promise<Merged>;
  /** Moves the task's integration branch by compare-and-swap; already at `to` counts as moved. Creates it for the first time. */
  advance(request: { readonly task: string; readonly from: string; readonly to: string }): Promise<void>;
  /** What would land: `head` merged onto the target's tip as one commit (squash) with that tip as its parent. `target`: full ref name, or a commit. */
  makeCandidate(request: { readonly task: string; readonly head: string; readonly base: string; readonly target: string; readonly message: string; readonly at: number }): Promise<Merged>;
  /** The target's tip, or null when it is gone. */
  tip(target: string): Promise<string | null>;
  /**
   * Lands `commit` (whose parent is `onto`) on the target: fast-forward in the clean checkout that has it, compare-and-swap elsewhere.
   * While a checkout is dirty, detached in a rebase and the like it calls `blocked` with reasons (each time they change) and waits.
   */
  land(request: { readonly target: string; readonly onto: string; readonly commit: string; readonly tree: string }, blocked: (reasons: readonly string[]) => void, signal: AbortSignal): Promise<Landing>;
  /** Why `land` would wait now, looked at without landing; empty when it would come to an end: it would land, or the target is not at `onto` any more. */
  landingBlockers(request: { readonly target: string; readonly onto: string; readonly commit: string }): Promise<readonly string[]>;
  changes(from: string, to: string): Promise<readonly ChangedFile[]>;
  /** Unified text diff, honest (no textconv, no replace refs), cut at `limit` characters with a line that says so. */
  diff(from: string, to: string, limit: number): Promise<string>;
  readFile(commit: string, path: string): Promise<Uint8Array | null>;
  listFiles(commit: string): Promise<readonly string[]>;
  /**
   * Ends a task's presence: worktrees and branches `treeline/<task>/**` are removed after a rescue copy exists under
   * refs/treeline/<task>/** (ignored files go to the trash folder). Idempotent.
   */
  cleanUp(task: string): Promise<void>;
  worktrees(task: string): Promise<readonly { readonly unit: string; readonly path: string; readonly branch: string }[]>;
}

export type GitFailure = 'git-missing' | 'git-too-old' | 'not-a-repository' | 'no-commits' | 'bare' | 'unknown-ref' | 'no-target' | 'unsupported-filter' | 'tampered' | 'locked' | 'unwritable' | 'disk-full' | 'aborted' | 'failed';
export class GitError extends Error {
  readonly reason: GitFailure;
  readonly next: string;
  constructor(reason: GitFailure, message: string, next: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GitError';
    this.reason = reason;
    this.next = next;
  }
}
