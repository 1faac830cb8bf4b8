/**
 * Snapshots: the state of a worktree under a private ref, before anything in it is overwritten or removed (I8).
 * Owns: that nothing an agent, a person or a crash left in a worktree or on its branch is lost. Refuses: to fail over what it finds there.
 */
import type { ArchiveContext } from './archiveContext.ts';
import { writeCommit } from './commits.ts';
import { privateRef } from './names.ts';
import { readRef, setPrivateRef, treeOf } from './refs.ts';
import { capture, type Captured, type WorkTree } from './workTree.ts';
import type { WorktreeRecord } from './worktreeRecords.ts';

/** @returns `ref`: keeps the files; null when they are those of the commit that the branch is on */
export async function takeSnapshot(context: ArchiveContext, record: WorktreeRecord, workTree: WorkTree): Promise<{ readonly ref: string | null; readonly captured: Captured }> {
  const captured = await capture(context, workTree, 'raw');
  if (captured.tree === await treeOf(context, record.head)) return { ref: null, captured };
  const commit = await writeCommit(context, { tree: captured.tree, parents: [record.head], message: `State of ${record.unit} before it was set back\n\nMade by Treeline; nothing else refers to it.`, at: context.clock.now() });
  const ref = privateRef(record.task, 'snapshots', record.unit, commit.slice(0, 12));
  await setPrivateRef(context, ref, commit);
  return { ref, captured };
}

/** Keeps the tip of the unit's branch when somebody else put it there: an agent that committed without walls, or a person. */
export async function keepBranch(context: ArchiveContext, record: WorktreeRecord): Promise<string | null> {
  const tip = await readRef(context, record.branch);
  if (tip !== null && tip !== record.head) await keepForeign(context, record, tip);
  return tip;
}

export async function keepForeign(context: ArchiveContext, record: WorktreeRecord, commit: string): Promise<void> {
  const ref = privateRef(record.task, 'foreign', record.unit, commit.slice(0, 12));
  await setPrivateRef(context, ref, commit);
  context.log.warn(`Something else committed in the worktree of ${record.unit}: ${commit} is kept under ${ref}. Only the files of the worktree are taken.`);
}
