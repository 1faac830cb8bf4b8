/**
 * What an agent's confined shell has for git: a git dir of its own, bound over the worktree's pointer. Owns: making it anew for each attempt.
 * Nothing in it is ever read back: an agent may commit, rewrite and switch as it likes, only its files are taken.
 */
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mounts } from '../ports/sandbox.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { ignoreMissing, makeGitDir, replaceFile } from './gitDirs.ts';
import { recordFolder, type WorktreeRecord } from './worktreeRecords.ts';

/**
 * @param index index file that matches the worktree's files
 * @returns mounts that show the git dir as a sibling of the worktree, a pointer to it in the worktree, and the person's objects, read-only
 */
export async function makeAgentGitDir(context: ArchiveContext, record: WorktreeRecord, index: string): Promise<Mounts> {
  const folder = recordFolder(context, record.task, record.unit);
  const [directory, pointer] = [join(folder, 'agent'), join(folder, 'pointer')];
  await rm(directory, { recursive: true, force: true });
  await makeGitDir(context.inheritance, {
    directory, head: { branch: record.branch, commit: record.head }, borrowsFrom: context.objectFolders, bare: false, filters: false,
    person: { name: 'Treeline agent', email: 'agent@localhost' },
  });
  await copyFile(index, join(directory, 'index')).catch(ignoreMissing);
  const inside = `${record.path}.git`;
  await replaceFile(pointer, `gitdir: ${inside}\n`);
  return { readable: context.objectFolders, writable: [], bind: [{ from: directory, to: inside, write: true }, { from: pointer, to: join(record.path, '.git'), write: false }] };
}
