/**
 * Scratch checkouts: exactly a commit's files, with a git of their own, in a folder that only we may enter. Owns: that nothing of the person's
 * configuration, index or untracked files is in one, and that what ran there is judged by an index it cannot reach. Refuses: the user's store but to read.
 */
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile, copyFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GitError } from '../ports/archive.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { pathText } from './bytePath.ts';
import { copyDependencies } from './copyDependencies.ts';
import { ignoreMissing, makeGitDir } from './gitDirs.ts';
import { checkOut, differences, openWorkTree } from './workTree.ts';

/** @param root folder for the checkouts; the system's temporary one unless a test says otherwise */
export function createScratchCheckouts(context: ArchiveContext, root: string = tmpdir()): ScratchCheckouts {
  return {
    open: (commit) => open(context, root, commit),
    copyDependencies: (checkout, commit, lockFile, folder) => copyDependencies(context, checkout, commit, lockFile, folder),
  };
}

async function open(context: ArchiveContext, root: string, commit: string): Promise<ScratchCheckout> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new GitError('unknown-ref', `"${commit}" is not a commit id`, 'Resolve it first');
  const folder = await mkdtemp(join(await realpath(root), `treeline-scratch-${process.pid}-`));
  try {
    await register(context, folder);
    const [path, judge] = [join(folder, basename(context.facts.topLevel).replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[-.]+/, '') || 'checkout'), join(folder, 'judge')];
    await mkdir(path, { mode: 0o700 });
    await makeGitDir(context.inheritance, { directory: judge, head: null, borrowsFrom: context.objectFolders, bare: false, filters: true, person: null });
    const workTree = openWorkTree(context, path, judge, null);
    await context.turns.checkOut(() => checkOut(workTree, commit));
    await makeGitDir(context.inheritance, {
      directory: join(path, '.git'), head: { branch: null, commit }, borrowsFrom: context.objectFolders, bare: false, filters: false, person: { name: 'Treeline', email: 'treeline@localhost' },
    });
    await copyFile(join(judge, 'index'), join(path, '.git/index'));
    return {
      path, mounts: { readable: context.objectFolders, writable: [], bind: [] },
      changed: async () => {
        const { modified, removed, added, nested } = await differences(workTree);
        return { modified: [...modified, ...removed].sort().map(pathText), added: [...added, ...nested].sort().map(pathText) };
      },
      close: () => remove(context, folder),
    };
  } catch (error) {
    await remove(context, folder);
    throw error;
  }
}

async function remove(context: ArchiveContext, folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // What ran there may have taken its own right to write away.
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700).catch(ignoreMissing);
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  await rm(join(registerOf(context), basename(folder)), { force: true });
}

function registerOf(context: ArchiveContext): string {
  return join(context.state, 'scratch');
}

/** Where scratch checkouts are, so that those of a killed process are found again. A repository that cannot be written has no register. */
async function register(context: ArchiveContext, folder: string): Promise<void> {
  try {
    await mkdir(registerOf(context), { recursive: true, mode: 0o700 });
    await writeFile(join(registerOf(context), basename(folder)), folder, { mode: 0o600 });
  } catch (error) {
    context.log.debug(`${folder} is not registered: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Removes scratch checkouts whose process has ended without closing them. */
export async function sweepScratch(context: ArchiveContext): Promise<void> {
  const names = await readdir(registerOf(context)).catch((error: unknown) => { ignoreMissing(error); return []; });
  for (const name of names) {
    const pid = Number(/^treeline-scratch-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid === 0 || await isAlive(pid)) continue;
    const folder = await readFile(join(registerOf(context), name), 'utf8').catch(() => '');
    const ours = basename(folder) === name && await stat(folder).then((stats) => process.getuid === undefined || stats.uid === process.getuid(), () => true);
    if (ours) await remove(context, folder).catch((error: unknown) => { context.log.warn(`${folder} could not be removed: ${String(error)}`); });
  }
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    // A killed process that nobody has waited for yet still has its number (Linux).
    return !(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).includes(') Z ');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
