/**
 * The end of a task's presence. Owns: that everything of it is kept (tips and unfinished states under refs/treeline, ignored files in the trash)
 * before a folder or a branch goes (I8), and that it may be cut off anywhere and done again. Refuses: branches that a person has checked out,
 * worktrees that are not ours, `worktree prune`.
 */
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ArchiveContext } from './archiveContext.ts';
import { privateRef, safeSegment } from './names.ts';
import { listRefs, setPrivateRef, swapRef } from './refs.ts';
import { takeSnapshot } from './snapshots.ts';
import { sweepScratch } from './scratch.ts';
import { moveToTrash, removeIfEmpty, sweepTrash } from './trash.ts';
import { filledSubmodules, ignoredFiles } from './workTree.ts';
import { listWorktrees } from './worktreeList.ts';
import { dropRecord, isThere, listRecords, type WorktreeRecord } from './worktreeRecords.ts';
import { forgetWorktree, workTreeOf } from './worktrees.ts';

/** See Archive.cleanUp. */
export async function cleanUp(context: ArchiveContext, task: string): Promise<void> {
  // A killed engine may have been on its way out when its successor looked: the end of a task is a second look.
  await sweepScratch(context);
  const records = await listRecords(context, task);
  for (const record of records) await context.turns.of(`${record.task}/${record.unit}`)(() => removeWorktree(context, record));
  await removeBranches(context, task);
  await removeIfEmpty(join(context.worktreesRoot, safeSegment(task)));
  await removeIfEmpty(context.worktreesRoot);
  // Last, because whoever looks after a crash whether something is left looks at the records.
  for (const record of records) await context.turns.of(`${record.task}/${record.unit}`)(() => dropRecord(context, record));
  await removeIfEmpty(join(context.state, 'tasks', safeSegment(task)));
  await sweepTrash(context);
}

async function removeWorktree(context: ArchiveContext, record: WorktreeRecord): Promise<void> {
  const there = await isThere(record.path);
  if (record.phase === 'ready' && there) {
    const workTree = await workTreeOf(context, record);
    const { captured } = await takeSnapshot(context, record, workTree);
    const kept = await moveToTrash(context, record.task, record.unit, record.path, [...await ignoredFiles(workTree), ...captured.differences.nested, ...await filledSubmodules(workTree)]);
    if (kept !== null) context.log.info(`Ignored files of ${record.unit} are in ${kept} for 14 days.`);
  }
  // Only a folder that lies where we put it, and that git lists or that we never handed out, is deleted.
  if (there && basename(dirname(record.path)) === safeSegment(record.task)) await rm(record.path, { recursive: true, force: true, maxRetries: 3 });
  await context.turns.addWorktree(() => forgetWorktree(context, record.path));
}

async function removeBranches(context: ArchiveContext, task: string): Promise<void> {
  const segment = safeSegment(task);
  const inUse = new Map((await listWorktrees(context)).map((worktree) => [worktree.branch, worktree.path]));
  for (const [branch, tip] of await listRefs(context, `refs/heads/treeline/${segment}/`, `refs/heads/treeline-/${segment}/`)) {
    const holder = inUse.get(branch);
    if (holder !== undefined) {
      context.log.warn(`The branch ${branch} stays: it is checked out in ${holder}.`);
      continue;
    }
    const name = branch.slice(branch.indexOf(`/${segment}/`) + segment.length + 2);
    await setPrivateRef(context, `${privateRef(task, 'branches')}/${name.replaceAll('/', '__')}`, tip);
    await swapRef(context, branch, tip, null);
  }
}
