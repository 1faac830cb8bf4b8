/**
 * Worktrees of agents. Owns: making them (one at a time in a repository), giving them again, setting them back after a snapshot.
 * W1 nothing in a worktree is overwritten before a snapshot or the trash has it. W2 a worktree that was repointed is never used.
 * W3 branches are made by compare-and-swap and never track. Refuses: to delete what it did not make.
 */
import { access, constants, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GitError } from '../ports/archive.ts';
import type { Worktree } from '../ports/archive.ts';
import { makeAgentGitDir } from './agentGitDir.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { bringAlong } from './bringAlong.ts';
import { ignoreMissing, makeGitDir } from './gitDirs.ts';
import { staysLocked } from './lockFile.ts';
import { freeBranch, safeSegment, unitFolder } from './names.ts';
import { isAncestor, listRefs, readRef, swapRef, treeOf } from './refs.ts';
import { records } from './runGit.ts';
import { retryWhileLocked } from './serialize.ts';
import { keepBranch, takeSnapshot } from './snapshots.ts';
import { moveToTrash } from './trash.ts';
import { checkOut, ignoredFiles, openWorkTree, type WorkTree } from './workTree.ts';
import { listWorktrees } from './worktreeList.ts';
import { guardedFiles, isThere, readRecord, recordFolder, tampering, writeRecord, type WorktreeRecord } from './worktreeRecords.ts';

export interface OpenRequest { readonly task: string; readonly unit: string; readonly start: string; readonly keep: boolean }

/** See Archive.openWorktree. */
export async function openWorktree(context: ArchiveContext, request: OpenRequest): Promise<Worktree> {
  return context.turns.of(`${request.task}/${request.unit}`)(async () => {
    await refuseUnwritable(context);
    const known = await readRecord(context, request.task, request.unit);
    const there = known?.phase === 'ready' && await isThere(known.path) ? known : null;
    const record = there ? await reopen(context, there, request) : await make(context, known, request);
    const mounts = await makeAgentGitDir(context, record, join(privateGitDir(context, record), 'index'));
    return { path: record.path, branch: record.branch.slice('refs/heads/'.length), mounts };
  });
}

/** The work tree of a record, seen through our own git dir for it. */
export async function workTreeOf(context: ArchiveContext, record: WorktreeRecord): Promise<WorkTree> {
  const gitDir = privateGitDir(context, record);
  await freeOwnLock(context, join(gitDir, 'index.lock'));
  return openWorkTree(context, record.path, gitDir, context.objects);
}

/** A lock in a git dir of ours is of a git of ours. One that outlived the process that started it gets time to end; what is left then was killed. */
async function freeOwnLock(context: ArchiveContext, lock: string): Promise<void> {
  if (!await staysLocked(context.clock, lock)) return;
  context.log.warn(`${lock} was left by a git that was killed; it is taken away.`);
  await rm(lock, { force: true });
}

function privateGitDir(context: ArchiveContext, record: WorktreeRecord): string {
  return join(recordFolder(context, record.task, record.unit), 'git');
}

/** Throws `tampered`, with the files kept under a private ref, when the worktree's way to git was changed (W2). */
export async function refuseTampered(context: ArchiveContext, record: WorktreeRecord): Promise<void> {
  const changed = await tampering(record);
  if (changed === null) return;
  const { ref } = await takeSnapshot(context, record, await workTreeOf(context, record));
  throw new GitError('tampered', `the worktree ${record.path} is not the one that was made: ${changed} was changed or removed. Its files are kept ${ref === null ? `as they are (nothing differs from ${record.head})` : `under ${ref}`}`,
    `Look at what did that, then delete the folder ${record.path}: it is made anew on the next attempt`);
}

async function reopen(context: ArchiveContext, record: WorktreeRecord, { start, keep }: OpenRequest): Promise<WorktreeRecord> {
  await refuseTampered(context, record);
  if (keep && await isAncestor(context, start, record.head)) return record;
  const workTree = await workTreeOf(context, record);
  const { captured: { tree, differences } } = await takeSnapshot(context, record, workTree);
  await moveToTrash(context, record.task, record.unit, record.path, [...differences.nested, ...await ignoredInTheWay(context, workTree, start)]);
  if (tree !== await treeOf(context, start)) await checkOut(workTree, start);
  return bringAlong(context, record, start, workTree);
}

/** Ignored files that lie where `commit` has files. */
async function ignoredInTheWay(context: ArchiveContext, workTree: WorkTree, commit: string): Promise<readonly string[]> {
  const ignored = await ignoredFiles(workTree);
  if (ignored.length === 0) return [];
  const paths = records((await context.plumbing({ args: ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit] })).stdout);
  return ignored.filter((entry) => {
    const path = entry.replace(/\/$/, '');
    return paths.some((wanted) => wanted === path || wanted.startsWith(`${path}/`) || path.startsWith(`${wanted}/`));
  });
}

async function make(context: ArchiveContext, known: WorktreeRecord | null, request: OpenRequest): Promise<WorktreeRecord> {
  const { task, start } = request;
  if (known?.phase === 'ready') context.log.warn(`The worktree ${known.path} is gone; it is made anew at ${start}. Earlier states are under refs/treeline/${safeSegment(task)}.`);
  const record = await context.turns.addWorktree(() => add(context, known, request));
  const gitDir = privateGitDir(context, record);
  await rm(gitDir, { recursive: true, force: true });
  await makeGitDir(context.inheritance, { directory: gitDir, head: null, borrowsFrom: null, bare: false, filters: true, person: null });
  const workTree = await workTreeOf(context, record);
  await context.turns.checkOut(() => checkOut(workTree, start));
  await bringAlong(context, record, start, workTree);
  const ready: WorktreeRecord = { ...record, phase: 'ready', guarded: await guardedFiles(record.path, record.admin) };
  await writeRecord(context, ready);
  return ready;
}

async function add(context: ArchiveContext, known: WorktreeRecord | null, { task, unit, start }: OpenRequest): Promise<WorktreeRecord> {
  if (known) await clearRemains(context, known);
  const branches = [...(await listRefs(context, 'refs/heads/')).keys()];
  const inUse = (await listWorktrees(context)).map((worktree) => worktree.branch);
  const again = known !== null && branches.includes(known.branch) && !inUse.includes(known.branch);
  const branch = again ? known.branch : freeBranch(branches, task, unit);
  const path = await freeFolder(join(context.worktreesRoot, safeSegment(task), unitFolder(unit)));
  const record: WorktreeRecord = { task, unit, path, branch, phase: 'adding', head: start, admin: '', guarded: {} };
  await writeRecord(context, record);
  if (again) await keepBranch(context, known);
  if (!await swapRef(context, branch, again ? await readRef(context, branch) : null, start)) throw new GitError('locked', `the branch ${branch} was made or moved by something else meanwhile`, 'Retry');
  await mkdir(dirname(path), { recursive: true });
  await retryWhileLocked(context.clock, () => context.real({
    args: ['worktree', 'add', '--no-checkout', '--lock', '--reason', `treeline task ${safeSegment(task)}`, '--', path, branch.slice('refs/heads/'.length)],
  }));
  const pointer = await readFile(join(path, '.git'), 'utf8');
  const admin = await realpath(pointer.replace(/^gitdir: /, '').replace(/\n$/, ''));
  const made = { ...record, admin };
  await writeRecord(context, made);
  return made;
}

/** What an add that was cut off, or a worktree whose folder was deleted, left behind: only ever ours. */
async function clearRemains(context: ArchiveContext, record: WorktreeRecord): Promise<void> {
  const pointer = await readFile(join(record.path, '.git'), 'utf8').catch(() => '');
  const ours = record.phase === 'adding' && pointer.startsWith(`gitdir: ${join(context.facts.commonDir, 'worktrees')}`);
  if (ours) await rm(record.path, { recursive: true, force: true });
  if (!await isThere(record.path)) await forgetWorktree(context, record.path);
}

/** Takes git's own entry of a worktree away whose folder is gone; entries of others stay. */
export async function forgetWorktree(context: ArchiveContext, path: string): Promise<void> {
  const listed = (await listWorktrees(context)).some((worktree) => worktree.path === path);
  if (listed) await retryWhileLocked(context.clock, () => context.real({ args: ['worktree', 'remove', '--force', '--force', '--', path] }));
}

async function freeFolder(wanted: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    const entries = await readdir(path).catch((error: unknown) => { if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return ['']; ignoreMissing(error); return []; });
    if (entries.length === 0) return path;
  }
}

async function refuseUnwritable(context: ArchiveContext): Promise<void> {
  for (const path of [context.facts.commonDir, context.objects, join(context.facts.commonDir, 'refs')]) {
    await access(path, constants.W_OK).catch((cause: unknown) => {
      throw new GitError('unwritable', `${path} cannot be written`, `Make ${path} writable for this user, then retry`, { cause });
    });
  }
}
