/**
 * The engine's commit of an agent's work. Owns: that only the worktree's tree is taken, whatever the agent did with git, and that it is kept
 * under a private ref at once. Refuses: nested repositories, changed submodules and ignored files (listed, never committed).
 */
import { GitError } from '../ports/archive.ts';
import type { Archive, Committed } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { bringAlong } from './bringAlong.ts';
import { pathText } from './bytePath.ts';
import { writeCommit } from './commits.ts';
import { privateRef } from './names.ts';
import { setPrivateRef, treeOf } from './refs.ts';
import { records } from './runGit.ts';
import { capture, filledSubmodules, ignoredFiles } from './workTree.ts';
import { isThere, readRecord } from './worktreeRecords.ts';
import { refuseTampered, workTreeOf } from './worktrees.ts';

export type CommitRequest = Parameters<Archive['commitWorktree']>[0];

/** See Archive.commitWorktree. */
export async function commitWorktree(context: ArchiveContext, request: CommitRequest): Promise<Committed | null> {
  const { task, unit, n, parent, message, at } = request;
  return context.turns.of(`${task}/${unit}`)(async () => {
    const record = await readRecord(context, task, unit);
    if (record?.phase !== 'ready' || !await isThere(record.path)) {
      throw new GitError('failed', `the worktree of ${unit} is gone${record ? ` (${record.path})` : ''}, and what was not committed with it`, 'Retry the step: the worktree is made anew');
    }
    await refuseTampered(context, record);
    const workTree = await workTreeOf(context, record);
    const { tree, differences } = await capture(context, workTree, 'refuse');
    if (tree === await treeOf(context, parent)) return null;
    const commit = await writeCommit(context, { tree, parents: [parent], message, at });
    await setPrivateRef(context, privateRef(task, 'attempts', unit, n), commit);
    await bringAlong(context, record, commit, workTree);
    const files = records((await context.plumbing({ args: ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--ignore-submodules=none', parent, commit, '--'] })).stdout);
    const hidden = new Set([...await ignoredFiles(workTree), ...differences.nested, ...await filledSubmodules(workTree)]);
    return { commit, tree, files: files.map(pathText), hidden: [...hidden].sort().map(pathText) };
  });
}
