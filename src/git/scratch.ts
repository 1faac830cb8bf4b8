/**
 * Scratch checkouts: exactly a commit's files, with a git of their own, in a folder that only we may enter. Owns: that nothing of the person's
 * configuration, index or untracked files is in one, and that what ran there is judged by an index it cannot reach. Refuses: the user's store but to read.
 */
import { copyFile, mkdir, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GitError } from '../ports/archive.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { pathText } from './bytePath.ts';
import { copyDependencies } from './copyDependencies.ts';
import { makeGitDir } from './gitDirs.ts';
import { openOwnFolders, type OwnFolders } from './ownFolders.ts';
import { records } from './runGit.ts';
import { watchCheckout } from './touched.ts';
import { checkOut, openWorkTree, untracked } from './workTree.ts';

/** How many may be on their way out at once. */
const goingAtMost = 4;

/** @param root folder for the checkouts; the system's temporary one unless a test says otherwise */
export function createScratchCheckouts(context: ArchiveContext, root: string = tmpdir()): ScratchCheckouts {
  const going = new Set<Promise<void>>();
  return {
    open: async (commit, begun) => {
      // Whoever makes them faster than they go would fill the disk.
      while (going.size >= goingAtMost) await Promise.race(going);
      return open(context, root, commit, begun);
    },
    discard: (checkout) => {
      const gone: Promise<void> = checkout.close().catch((error: unknown) => { context.log.warn(`${checkout.path} could not be removed: ${String(error)}`); }).finally(() => going.delete(gone));
      going.add(gone);
    },
    settled: async () => { await Promise.all(going); },
    copyDependencies: (checkout, commit, lockFile, folder) => copyDependencies(context, checkout, commit, lockFile, folder),
  };
}

async function open(context: ArchiveContext, root: string, commit: string, begun?: () => void): Promise<ScratchCheckout> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new GitError('unknown-ref', `"${commit}" is not a commit id`, 'Resolve it first');
  const folders = foldersOf(context);
  const folder = await folders.make(root);
  try {
    const [path, judge] = [join(folder, basename(context.facts.topLevel).replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[-.]+/, '') || 'checkout'), join(folder, 'judge')];
    await mkdir(path, { mode: 0o700 });
    await makeGitDir(context.inheritance, { directory: judge, head: null, borrowsFrom: context.objectFolders, bare: false, filters: true, person: null });
    const workTree = openWorkTree(context, path, judge, null);
    const ownGit = makeGitDir(context.inheritance, {
      directory: join(path, '.git'), head: { branch: null, commit }, borrowsFrom: context.objectFolders, bare: false, filters: false, person: { name: 'Treeline', email: 'treeline@localhost' },
    });
    const listed = Promise.withResolvers<readonly string[]>();
    // Told to who looks.
    void listed.promise.catch(() => undefined);
    await bothDone(ownGit, context.turns.checkOut(() => checkOut(workTree, commit, () => {
      // While there is only to wait.
      begun?.();
      listed.resolve(workTree.git({ args: ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit] }).then(({ stdout }) => records(stdout)));
    })));
    const [look] = await Promise.all([watchCheckout(workTree, listed.promise), giveIndex(join(judge, 'index'), join(path, '.git/index'))]);
    return {
      path, mounts: { readable: context.objectFolders, writable: [], bind: [] },
      changed: async () => {
        const { modified, removed, added, nested } = await look();
        return { modified: [...modified, ...removed].sort().map(pathText), added: [...added, ...nested].sort().map(pathText) };
      },
      made: async () => (await untracked(workTree)).map((name) => pathText(name).replace(/\/$/, '')),
      close: () => folders.remove(folder),
    };
  } catch (error) {
    await folders.remove(folder);
    throw error;
  }
}

/** Nothing is still written when one has failed. */
async function bothDone(one: Promise<void>, other: Promise<void>): Promise<void> {
  const [first, second] = await Promise.allSettled([one, other]);
  for (const ended of [first, second]) if (ended.status === 'rejected') throw ended.reason;
}

/** With its time, by which git knows which files it has to read. */
async function giveIndex(from: string, to: string): Promise<void> {
  const { atime, mtime } = await stat(from);
  await copyFile(from, to);
  await utimes(to, atime, mtime);
}

/** Temporary folders of ours: what a killed process left in them is swept. */
export function foldersOf(context: ArchiveContext): OwnFolders {
  return openOwnFolders(join(context.state, 'scratch'), 'treeline-scratch', context.log);
}

/** Removes scratch checkouts whose process has ended without closing them. */
export async function sweepScratch(context: ArchiveContext): Promise<void> {
  await foldersOf(context).sweep();
}
