/**
 * Why a landing cannot go into a checkout of the person's now. Owns: the whole list of reasons, in words that say what to do.
 * Refuses: to change anything: no stash, no reset, no lock removed (principle 5).
 */
import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ArchiveContext } from './archiveContext.ts';
import { onDisk, pathText } from './bytePath.ts';
import { driversOff } from './drivers.ts';
import { realEnvironment } from './repository.ts';
import { records } from './runGit.ts';
import { checkoutStatus } from './simpleGit.ts';

export interface Checkout { readonly path: string; readonly gitDir: string }

const inProgress: readonly { readonly file: string; readonly name: string; readonly end: string }[] = [
  { file: 'rebase-merge', name: 'a rebase', end: 'git rebase --continue or --abort' }, { file: 'rebase-apply', name: 'a rebase or "git am"', end: 'git rebase --continue or --abort' },
  { file: 'MERGE_HEAD', name: 'a merge', end: 'git merge --continue or --abort' }, { file: 'CHERRY_PICK_HEAD', name: 'a cherry-pick', end: 'git cherry-pick --continue or --abort' },
  { file: 'REVERT_HEAD', name: 'a revert', end: 'git revert --continue or --abort' }, { file: 'BISECT_LOG', name: 'a bisect', end: 'git bisect reset' },
];

/** What git has begun in a checkout and not ended, each with the commands that end it. */
export async function unfinished(gitDir: string): Promise<readonly { readonly name: string; readonly end: string }[]> {
  const found = await Promise.all(inProgress.map(async (one) => (await exists(join(gitDir, one.file)) ? [one] : [])));
  return found.flat();
}

/** Reasons that lie in the checkout itself, whatever would land. */
export async function busyReasons(context: Pick<ArchiveContext, 'clock'>, checkout: Checkout): Promise<readonly string[]> {
  const reasons = (await unfinished(checkout.gitDir)).map(({ name, end }) => `${name} is in progress in ${checkout.path}: finish or end it (${end})`);
  const lock = await lstat(join(checkout.gitDir, 'index.lock')).catch(() => null);
  if (lock) reasons.push(`another git command seems to run in ${checkout.path}: ${join(checkout.gitDir, 'index.lock')} is there since ${lock.mtime.toISOString()} (${age(context.clock.now() - lock.mtimeMs)}); if none runs, remove that file`);
  return reasons;
}

/** The branch that a rebase in progress will come back to, or null. */
export async function rebasedBranch(gitDir: string): Promise<string | null> {
  for (const folder of ['rebase-merge', 'rebase-apply']) {
    const name = await readFile(join(gitDir, folder, 'head-name'), 'utf8').catch(() => '');
    if (name !== '') return name.trim();
  }
  return null;
}

/** Reasons that the files of the checkout give against the fast-forward from `onto` to `commit`. */
export async function dirtyReasons(context: ArchiveContext, binary: string, checkout: Checkout, onto: string, commit: string): Promise<readonly string[]> {
  const environment = { ...checkoutEnvironment(context, checkout), ...driversOff(await context.configNow()) };
  const status = await checkoutStatus(binary, checkout.path, environment);
  const reasons = status.tracked.length === 0 ? [] : [`${checkout.path} has changes that are not committed: ${listed(status.tracked)}. Commit or stash them`];
  const inTheWay = await filesInTheWay(context, checkout, onto, commit);
  return inTheWay.length === 0 ? reasons : [...reasons, `files in ${checkout.path} that git does not track would be overwritten: ${listed(inTheWay)}. Move them away`];
}

/** What stands where new files of the landing go: untracked, or ignored, which git would overwrite without a word. A folder of tracked files alone goes with them. */
async function filesInTheWay(context: ArchiveContext, checkout: Checkout, onto: string, commit: string): Promise<readonly string[]> {
  const { stdout } = await context.plumbing({ args: ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=A', '--ignore-submodules=none', onto, commit, '--'] });
  const listFiles = async (...options: readonly string[]): Promise<readonly string[]> => records((await context.git({ args: ['ls-files', '-z', ...options], cwd: checkout.path, environment: checkoutEnvironment(context, checkout) })).stdout);
  const tracked = new Set(await listFiles());
  const found = new Set<string>();
  const folders: string[] = [];
  for (const path of records(stdout)) {
    const place = await lstat(onDisk(checkout.path, path)).catch(() => null);
    if (place?.isDirectory() === true) folders.push(`${path}/`);
    else if (place) found.add(path);
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const stats = await lstat(onDisk(checkout.path, folder)).catch(() => null);
      if (stats && !stats.isDirectory()) found.add(folder);
    }
  }
  const others = folders.length === 0 ? [] : await listFiles('--others', '--directory', '--no-empty-directory');
  return [...[...found].filter((path) => !tracked.has(path)), ...others.filter((path) => folders.some((folder) => path.startsWith(folder)))].map(pathText);
}

/** Points git at a checkout of the person's. */
export function checkoutEnvironment(context: ArchiveContext, checkout: Checkout): Readonly<Record<string, string>> {
  return realEnvironment({ gitDir: checkout.gitDir, commonDir: context.facts.commonDir, topLevel: checkout.path });
}

/** The git dir of a worktree in `worktree list`. */
export async function gitDirOf(path: string): Promise<string> {
  const entry = join(path, '.git');
  if ((await lstat(entry)).isDirectory()) return realpath(entry);
  const pointer = (await readFile(entry, 'utf8')).slice('gitdir: '.length).trimEnd();
  return realpath(resolve(path, pointer));
}

function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? 'less than a minute' : minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

function listed(paths: readonly string[]): string {
  return `${paths.slice(0, 10).join(', ')}${paths.length > 10 ? ` and ${paths.length - 10} more` : ''}`;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
