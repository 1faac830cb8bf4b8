/**
 * Reads what lies in a work tree through a git dir of ours, so that nothing an agent did to git's own files counts: index flags, excludes, hooks, drivers.
 * Owns: turning the files into a tree, and a tree into files. Refuses: nested repositories and changed submodules (listed, never taken),
 * and filters that are not the person's own.
 */
import { access, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveContext, Call } from './archiveContext.ts';
import { filtersOn, personalFilterNames, refuseForeignFilters } from './drivers.ts';
import { ownEnvironment } from './gitDirs.ts';
import { bytesOf, line, records, type GitOutput } from './runGit.ts';

const gitlink = '160000';
/** Its number, and that of its predecessors, in `statfs`. */
const ext4 = 0xef53;

export interface WorkTree {
  readonly path: string;
  readonly gitDir: string;
  readonly git: (call: Call) => Promise<GitOutput>;
}

/** @param objects the person's store, or null when the git dir has its own */
export function openWorkTree(context: Pick<ArchiveContext, 'git'>, path: string, gitDir: string, objects: string | null): WorkTree {
  return { path, gitDir, git: (call) => context.git({ ...call, cwd: path, environment: { ...ownEnvironment(gitDir, path, objects), ...call.environment } }) };
}

/** Makes files and index those of `commit`. Files in the way are overwritten: whoever calls has kept them. @param begun called when git is at it */
export async function checkOut(workTree: WorkTree, commit: string, begun: () => void = () => undefined): Promise<void> {
  // As many writers as there are cores on ext4, which takes twenty times as long to make files where as many were just removed: they share that. Elsewhere one does it sooner.
  const writers = await statfs(workTree.path).then(({ type }) => (type === ext4 ? 0 : 1), () => 1);
  const writing = workTree.git({ args: ['read-tree', '--reset', '-u', commit], settings: [`checkout.workers=${writers}`], timeoutMs: 60 * 60_000 });
  begun();
  await writing;
}

export interface Differences {
  /** Byte paths of tracked files that are gone. */
  readonly removed: readonly string[];
  /** Byte paths of tracked files with other content, mode or kind. */
  readonly modified: readonly string[];
  /** Byte paths of files that are not tracked and not ignored. */
  readonly added: readonly string[];
  /** Byte paths, with a trailing slash, of folders that are repositories of their own. */
  readonly nested: readonly string[];
}

/** How the files differ from the index. @param index another one than the git dir's own */
export async function differences(workTree: WorkTree, index: string | null = null): Promise<Differences> {
  const removed: string[] = [];
  const modified: string[] = [];
  const nested: string[] = [];
  const environment: Readonly<Record<string, string>> = index === null ? {} : { GIT_INDEX_FILE: index };
  // Both walk the whole tree, and neither writes.
  const [tracked, untrackedOnes] = await Promise.all([
    workTree.git({ args: ['diff-files', '--raw', '-z', '--no-renames', '--no-ext-diff', '--ignore-submodules=all'], environment }), workTree.git({ args: ['ls-files', '-z', '--others', '--exclude-standard'], environment }),
  ]);
  const raw = records(tracked.stdout);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [before = '', after = '', , , status = ''] = (raw[at] ?? '').slice(1).split(' ');
    const path = raw[at + 1] ?? '';
    if (before === gitlink) continue;
    if (after === gitlink) nested.push(`${path}/`);
    (status === 'D' || after === gitlink ? removed : modified).push(path);
  }
  const others = records(untrackedOnes.stdout);
  nested.push(...others.filter((path) => path.endsWith('/')));
  return { removed, modified, added: others.filter((path) => !path.endsWith('/')), nested };
}

/** Byte paths of what is not tracked, ignored or not; whole folders with a trailing slash. */
export async function untracked(workTree: WorkTree): Promise<readonly string[]> {
  return records((await workTree.git({ args: ['ls-files', '-z', '--others', '--directory', '--no-empty-directory'] })).stdout);
}

/** Byte paths of what is ignored, whole folders with a trailing slash. */
export async function ignoredFiles(workTree: WorkTree): Promise<readonly string[]> {
  return records((await workTree.git({ args: ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'] })).stdout);
}

/** Submodules whose folder an agent filled: their content is not taken. Byte paths with a trailing slash. */
export async function filledSubmodules(workTree: WorkTree): Promise<readonly string[]> {
  const entries = records((await workTree.git({ args: ['ls-files', '-z', '--stage'] })).stdout).filter((entry) => entry.startsWith(gitlink));
  const found: string[] = [];
  for (const entry of entries) {
    const path = entry.slice(entry.indexOf('\t') + 1);
    if (await access(join(workTree.path, Buffer.from(path, 'latin1').toString(), '.git')).then(() => true, () => false)) found.push(`${path}/`);
  }
  return found;
}

export interface Captured { readonly tree: string; readonly differences: Differences }

/**
 * Brings the index to what the files are, and writes it as a tree into the person's store.
 * @param filters `refuse`: throws `unsupported-filter` when a changed file is under a filter that is not the person's own;
 *   `raw`: takes such a file's bytes as they are (a snapshot, which must never fail)
 */
export async function capture(context: ArchiveContext, workTree: WorkTree, filters: 'refuse' | 'raw'): Promise<Captured> {
  const found = await differences(workTree);
  const taken = [...found.modified, ...found.added];
  if (filters === 'refuse') refuseForeignFilters(await filtersOn((call) => workTree.git(call), taken), personalFilterNames(context.inheritance.config));
  if (found.removed.length > 0) await workTree.git({ args: ['update-index', '-z', '--force-remove', '--stdin'], input: bytesOf(found.removed) });
  if (taken.length > 0) await workTree.git({ args: ['update-index', '-z', '--add', '--replace', '--stdin'], input: bytesOf(taken), settings: ['core.fsyncMethod=batch'], timeoutMs: 60 * 60_000 });
  return { tree: line(await workTree.git({ args: ['write-tree'] })), differences: found };
}
