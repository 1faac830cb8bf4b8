/**
 * Which repository a folder belongs to, found by reading files alone, so that a face that may start nothing can ask too.
 * Owns: the walk from a folder to its git common dir. Refuses: to run git, and to follow GIT_DIR and its kin.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TreelineError } from './treelineError.ts';

/** The real path of the git common dir that all worktrees of the repository share. Rejects with `no-folder` or `not-a-repository`. */
export async function findCommonDir(directory: string): Promise<string> {
  return commonOf(await findGitDir(directory));
}

/** The git dir of the checkout that `directory` lies in. */
async function findGitDir(directory: string): Promise<string> {
  const start = await realpath(resolve(directory)).catch(() => null);
  if (start === null || !(await stat(start)).isDirectory()) {
    throw new TreelineError('no-folder', `There is no folder "${directory}".`, 'Name a folder inside a git repository, for example with --repo.');
  }
  for (let folder = start; ; folder = dirname(folder)) {
    const gitDir = (await gitDirOf(join(folder, '.git'))) ?? (await isGitDir(folder) ? folder : null);
    if (gitDir !== null) return gitDir;
    if (dirname(folder) === folder) break;
  }
  throw new TreelineError('not-a-repository', `"${directory}" lies in no git repository.`, 'Open a folder of a repository, or make one with: git init, and a first commit.');
}

/** What `.git` stands for: itself, or the folder that a file of that name points to. Null: nothing of git. */
async function gitDirOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  if (found.isDirectory()) return (await isGitDir(path)) ? path : null;
  const target = /^gitdir: (.+?)\s*$/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
  if (target === undefined) return null;
  const folder = resolve(dirname(path), target);
  if (await stat(folder).catch(() => null)) return folder;
  throw new TreelineError('not-a-repository', `"${path}" points to "${folder}", which is not there any more.`, 'Mend it with: git worktree repair, or open the main checkout.');
}

async function isGitDir(path: string): Promise<boolean> {
  const parts = await Promise.all(['HEAD', 'refs', 'objects'].map((name) => stat(join(path, name)).catch(() => null)));
  const linked = await stat(join(path, 'commondir')).catch(() => null);
  return parts[0] != null && (linked !== null || (parts[1] != null && parts[2] != null));
}

async function commonOf(gitDir: string): Promise<string> {
  const shared = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => null);
  return realpath(shared === null ? gitDir : resolve(gitDir, shared.trim()));
}

/** The branch that is checked out where `directory` lies (`feat`), in a linked worktree too, where the engine sees another checkout's. Null: HEAD is detached, or cannot be read so. Rejects as `findCommonDir` does. */
export async function checkedOutBranch(directory: string): Promise<string | null> {
  const gitDir = await findGitDir(directory);
  const branch = /^ref: refs\/heads\/(.+?)\s*$/.exec(await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => ''))?.[1] ?? null;
  // What stands in the file where the refs are kept in another format.
  return branch === '.invalid' ? null : branch;
}
