/**
 * After the engine moved a unit on: branch, HEAD and index of its worktree follow, so that a person who opens it finds it clean.
 * Owns: that what an agent did to them without walls is kept before. Refuses: to take a lock of the index away.
 */
import { copyFile, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { staysLocked } from './lockFile.ts';
import { swapRef } from './refs.ts';
import { keepBranch, keepForeign } from './snapshots.ts';
import type { WorkTree } from './workTree.ts';
import { writeRecord, type WorktreeRecord } from './worktreeRecords.ts';

/** Puts branch, HEAD and index on `commit`, whose tree the files and the private index are. */
export async function bringAlong(context: ArchiveContext, record: WorktreeRecord, commit: string, workTree: WorkTree): Promise<WorktreeRecord> {
  const tip = await keepBranch(context, record);
  if (!await swapRef(context, record.branch, tip, commit)) throw new GitError('failed', `the branch ${record.branch} is being moved by something else`, `Look for another program that works in ${record.path}, then retry`);
  const head = (await readFile(join(record.admin, 'HEAD'), 'utf8')).trim();
  if (head !== `ref: ${record.branch}`) {
    if (/^[0-9a-f]{40,64}$/.test(head) && head !== commit) await keepForeign(context, record, head);
    await context.real({ args: ['symbolic-ref', 'HEAD', record.branch], environment: { GIT_DIR: record.admin, GIT_WORK_TREE: record.path } });
  }
  await bringIndex(context, record, join(workTree.gitDir, 'index'));
  const moved = { ...record, head: commit };
  await writeRecord(context, moved);
  return moved;
}

/** A worktree whose index stays locked keeps its old index: only what `git status` says there is behind, nothing that is taken or landed. */
async function bringIndex(context: ArchiveContext, record: WorktreeRecord, index: string): Promise<void> {
  const lock = join(record.admin, 'index.lock');
  if (await staysLocked(context.clock, lock)) {
    context.log.warn(`The index of ${record.path} is left as it was: ${lock} is there. Wait for the git command that runs there; if none does, remove that file yourself.`);
    return;
  }
  const next = join(record.admin, 'index.treeline');
  await copyFile(index, next);
  await rename(next, join(record.admin, 'index'));
}
