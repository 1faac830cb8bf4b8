/**
 * Git dirs of our own: made by hand (no template, no hook), with clean configuration. Owns: their content and the environment that points git at them.
 * Two kinds: *sharing* writes objects into the person's store (work of ours that is to be kept), *borrowing* only reads from it (agents, exact runs).
 */
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, devNull } from 'node:os';
import { join, resolve } from 'node:path';
import { gitDirConfigText, settingOf, type ConfigEntry } from './config.ts';
import { personalFilters } from './drivers.ts';

/** What git dirs of ours take from the person's repository, as it was when we looked. */
export interface Inheritance {
  readonly commonDir: string;
  readonly config: readonly ConfigEntry[];
  /** Text of the person's exclude rules: their own file and info/exclude. */
  readonly exclude: string;
  /** Text of the person's attributes: their own file. */
  readonly attributes: string;
  /** Text of info/attributes. */
  readonly infoAttributes: string;
}

export interface GitDirRequest {
  readonly directory: string;
  /** Text of HEAD: a commit, or `ref: refs/heads/…` with that branch at `commit`. */
  readonly head: { readonly branch: string | null; readonly commit: string } | null;
  /** Null: objects go into the person's store by GIT_OBJECT_DIRECTORY. Else folders that objects are read from. */
  readonly borrowsFrom: readonly string[] | null;
  readonly bare: boolean;
  /** Whether the person's own filters come along. */
  readonly filters: boolean;
  readonly person: { readonly name: string; readonly email: string } | null;
}

/** Makes it, or makes it anew over an older one (its index stays). */
export async function makeGitDir(from: Inheritance, request: GitDirRequest): Promise<void> {
  const { directory, head } = request;
  await Promise.all(['info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags'].map((folder) => mkdir(join(directory, folder), { recursive: true, mode: 0o700 })));
  const attributesFile = join(directory, 'attributes');
  const config = gitDirConfigText(from.config, {
    bare: request.bare, attributesFile: request.bare ? devNull : attributesFile, lfs: request.filters ? join(from.commonDir, 'lfs') : null,
    filters: request.filters ? personalFilters(from.config) : [], name: request.person?.name ?? null, email: request.person?.email ?? null,
  });
  await Promise.all([
    replaceFile(attributesFile, from.attributes), replaceFile(join(directory, 'info/attributes'), from.infoAttributes), replaceFile(join(directory, 'info/exclude'), from.exclude), replaceFile(join(directory, 'config'), config),
    request.borrowsFrom && replaceFile(join(directory, 'objects/info/alternates'), request.borrowsFrom.map((folder) => `${folder}\n`).join('')),
    head?.branch != null && putBranch(directory, head.branch, head.commit), refreshShallow(from, directory),
  ]);
  await replaceFile(join(directory, 'HEAD'), head === null ? 'ref: refs/heads/none\n' : head.branch === null ? `${head.commit}\n` : `ref: ${head.branch}\n`);
}

async function putBranch(directory: string, branch: string, commit: string): Promise<void> {
  await mkdir(join(directory, branch, '..'), { recursive: true });
  await replaceFile(join(directory, branch), `${commit}\n`);
}

/** A shallow clone's borders: without them its history looks broken. */
async function refreshShallow(from: Inheritance, directory: string): Promise<void> {
  await copyFile(join(from.commonDir, 'shallow'), join(directory, 'shallow')).catch(ignoreMissing);
}

/** Points git at a git dir of ours. */
export function ownEnvironment(gitDir: string, workTree: string | null, objects: string | null): Readonly<Record<string, string>> {
  return {
    GIT_DIR: gitDir, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull, GIT_ATTR_NOSYSTEM: '1', GIT_LFS_SKIP_SMUDGE: '1',
    ...(objects === null ? {} : { GIT_OBJECT_DIRECTORY: objects }), ...(workTree === null ? {} : { GIT_WORK_TREE: workTree }),
  };
}

/** Reads what the person's repository hands on. */
export async function readInheritance(commonDir: string, topLevel: string, config: readonly ConfigEntry[]): Promise<Inheritance> {
  // Git takes an empty one for none.
  const { XDG_CONFIG_HOME: configHome = '' } = process.env;
  const own = join(configHome === '' ? join(homedir(), '.config') : configHome, 'git');
  const fileOf = (key: string, otherwise: string): string => {
    const value = settingOf(config, key);
    if (value === null) return otherwise;
    return value.startsWith('~/') ? join(homedir(), value.slice(2)) : resolve(topLevel, value);
  };
  return {
    commonDir, config,
    exclude: `${await textOf(fileOf('core.excludesfile', join(own, 'ignore')))}\n${await textOf(join(commonDir, 'info/exclude'))}\n`,
    attributes: await textOf(fileOf('core.attributesfile', join(own, 'attributes'))),
    infoAttributes: await textOf(join(commonDir, 'info/attributes')),
  };
}

/** All folders that objects of the repository lie in: its own and, transitively, its alternates. Absolute. */
export async function objectFolders(objects: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    if (found.includes(folder) || found.length > 20) return;
    found.push(folder);
    for (const entry of (await textOf(join(folder, 'info/alternates'))).split('\n')) {
      if (!entry.startsWith('#')) await visit(resolve(folder, entry));
    }
  };
  await visit(objects);
  return found;
}

let replaced = 0;

/** Whole or not at all, also for who reads meanwhile. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${replaced += 1}.new`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

export function ignoreMissing(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}
