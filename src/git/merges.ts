/**
 * Merges without a working tree and without a branch. Owns: the exact tree that would land, as one commit with a single parent.
 * Refuses: merge drivers (git's own text merge only), and to leave a conflict unnamed.
 */
import type { Archive, Merged } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { pathText } from './bytePath.ts';
import { writeCommit } from './commits.ts';
import { privateRef } from './names.ts';
import { commitOf, isAncestor, setPrivateRef, treeOf } from './refs.ts';
import { line, records } from './runGit.ts';
import { GitError } from '../ports/archive.ts';

type MergedTree = { readonly kind: 'clean'; readonly tree: string } | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** See Archive.integrate. */
export async function integrate(context: ArchiveContext, request: Parameters<Archive['integrate']>[0]): Promise<Merged> {
  const { task, unit, commit, onto, also = [], message, at } = request;
  const base = await nearestBase(context, commit, [onto, ...also]);
  if (base === null) throw new GitError('failed', `${commit} and ${onto} have no common history`, 'If the clone is shallow, deepen it (git fetch --unshallow); otherwise start the task again from the branch as it is now');
  const merged = await mergeTrees(context, base, onto, commit);
  return finish(context, merged, { task, ref: ['integrated', unit], onto, message, at });
}

/** All merge bases lie in `commit`'s history: the nearest is the one that has the others behind it. */
async function nearestBase(context: ArchiveContext, commit: string, others: readonly string[]): Promise<string | null> {
  let nearest: string | null = null;
  for (const other of new Set(others)) {
    const bases = await context.plumbing({ args: ['merge-base', commit, other], accept: [0, 1] });
    const base = bases.code === 0 ? line(bases) : null;
    if (base !== null && (nearest === null || await isAncestor(context, nearest, base))) nearest = base;
  }
  return nearest;
}

/** See Archive.makeCandidate. `base` is the merge base whatever the history says: exactly the task's own change lands, also after the target was rewritten. */
export async function makeCandidate(context: ArchiveContext, request: Parameters<Archive['makeCandidate']>[0]): Promise<Merged> {
  const { task, head, base, target, message, at } = request;
  const onto = await commitOf(context, target);
  if (onto === null) throw new GitError('unknown-ref', `the branch ${target} that the task was to land on is gone`, 'Make it again, or start the task again with another --base; the work is kept under refs/treeline');
  return finish(context, await mergeTrees(context, base, onto, head), { task, ref: ['candidates'], onto, message, at });
}

async function finish(context: ArchiveContext, merged: MergedTree, about: { task: string; ref: readonly string[]; onto: string; message: string; at: number }): Promise<Merged> {
  if (merged.kind === 'conflict') return { ...merged, onto: about.onto };
  const commit = await writeCommit(context, { tree: merged.tree, parents: [about.onto], message: about.message, at: about.at });
  await setPrivateRef(context, privateRef(about.task, ...about.ref, commit.slice(0, 12)), commit);
  return { kind: 'clean', commit, tree: merged.tree, onto: about.onto };
}

/** The tree of `ours` with what changed from `base` to `theirs`. */
async function mergeTrees(context: ArchiveContext, base: string, ours: string, theirs: string): Promise<MergedTree> {
  const [baseTree, ourTree, theirTree] = [await treeOf(context, base), await treeOf(context, ours), await treeOf(context, theirs)];
  if (ourTree === baseTree || ourTree === theirTree) return { kind: 'clean', tree: theirTree };
  if (theirTree === baseTree) return { kind: 'clean', tree: ourTree };
  // git < 2.40 cannot be told the merge base: three commits that nothing refers to give it one.
  const root = await writeCommit(context, { tree: baseTree, parents: [], message: 'base', at: 0 });
  const [left, right] = [await writeCommit(context, { tree: ourTree, parents: [root], message: 'ours', at: 0 }), await writeCommit(context, { tree: theirTree, parents: [root], message: 'theirs', at: 0 })];
  return mergeCommits(context, left, right);
}

/** As git merges two commits, by its own text merge. */
export async function mergeCommits(context: ArchiveContext, ours: string, theirs: string): Promise<MergedTree> {
  const { code, stdout } = await context.plumbing({ args: ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs], accept: [0, 1] });
  // Where a file cannot keep its name git lists it as `<name>~<commit>`.
  const [tree = '', ...paths] = records(stdout);
  return code === 0 ? { kind: 'clean', tree } : { kind: 'conflict', files: [...new Set(paths.map((path) => path.replace(/~[0-9a-f]{40,64}$/, '')))].sort().map(pathText) };
}
