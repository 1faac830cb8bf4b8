/**
 * Finds the repository that a folder belongs to and says what it is. Owns: every refusal that comes before work begins (no git, too old, none, bare,
 * somebody else's). Refuses: to go on with a repository whose owner git does not trust.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { GitError } from '../ports/archive.ts';
import { readConfig, settingOf, type ConfigEntry } from './config.ts';
import { line, type Git } from './runGit.ts';

export interface RepositoryFacts {
  /** Shared by all worktrees; real path. */
  readonly commonDir: string;
  /** Git dir of the checkout that was opened: differs from `commonDir` in a linked worktree. */
  readonly gitDir: string;
  /** Root of the checkout that was opened; real path. */
  readonly topLevel: string;
  readonly config: readonly ConfigEntry[];
  readonly author: { readonly name: string; readonly email: string };
}

const oldestGit = [2, 38] as const;

/** Throws `git-missing` or `git-too-old`. */
async function checkVersion(git: Git, directory: string): Promise<void> {
  const said = (await git({ args: ['version'], cwd: directory })).stdout.toString();
  const found = /git version (\d+)\.(\d+)/.exec(said);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1])) return;
  const version = found ? `${major}.${minor}` : `an unknown version ("${said.trim().slice(0, 80)}")`;
  throw new GitError('git-too-old', `git is ${version}; Treeline needs ${oldestGit.join('.')} or newer, for "git merge-tree --write-tree"`, 'Update git (https://git-scm.com), or name a newer one in the settings');
}

/** Throws GitError. Symlinks on the way are resolved, so that one repository has one identity. */
export async function detectRepository(git: Git, directory: string): Promise<RepositoryFacts> {
  const start = await realpath(directory).catch((cause: unknown) => {
    throw new GitError('not-a-repository', `the folder ${directory} cannot be opened`, 'Open a folder that exists', { cause });
  });
  await checkVersion(git, start);
  const ask = async (...args: string[]): Promise<string> => line(await git({ args: ['rev-parse', ...args], cwd: start }));
  const bare = await ask('--is-bare-repository').catch((error: unknown) => {
    if (error instanceof GitError && /safe\.bareRepository/.test(error.message)) return 'true';
    throw error instanceof GitError && error.reason === 'not-a-repository' ? new GitError('not-a-repository', `${start} is not usable as a git repository: ${error.message}`, error.next, { cause: error }) : error;
  });
  // Versions differ in whether the folder .git of a checkout is a bare repository.
  if (bare === 'true' && start.split(sep).includes('.git')) throw insideGitDir(start);
  if (bare === 'true') throw new GitError('bare', `${start} is a bare repository: it has no files to work on`, 'Open a checkout of it, for instance one made by "git worktree add"');
  if (await ask('--is-inside-work-tree') !== 'true') throw insideGitDir(start);
  const topLevel = await realpath(await ask('--show-toplevel'));
  const commonDir = await realpath(await ask('--path-format=absolute', '--git-common-dir'));
  const gitDir = await realpath(await ask('--absolute-git-dir'));
  const config = await readConfig(git, topLevel, realEnvironment({ gitDir, commonDir, topLevel }));
  return { commonDir, gitDir, topLevel, config, author: authorOf(config) };
}

function insideGitDir(start: string): GitError {
  return new GitError('not-a-repository', `${start} is inside a git dir, not in a checkout`, 'Open the folder of the checkout');
}

function authorOf(config: readonly ConfigEntry[]): RepositoryFacts['author'] {
  const clean = (text: string | null): string => (text ?? '').replace(/[<>\r\n\0]/g, '').trim();
  const [name, email] = [clean(settingOf(config, 'user.name')), clean(settingOf(config, 'user.email'))];
  return name !== '' && email !== '' ? { name, email } : { name: 'Treeline', email: 'treeline@localhost' };
}

/** Points git at a checkout of the person's, without any discovery. */
export function realEnvironment(facts: { readonly gitDir: string; readonly commonDir: string; readonly topLevel: string }): Readonly<Record<string, string>> {
  return { GIT_DIR: facts.gitDir, GIT_COMMON_DIR: facts.commonDir, GIT_WORK_TREE: facts.topLevel };
}

/** Where worktrees go unless the person says otherwise: beside the repository. */
export function defaultWorktreesRoot(facts: { readonly commonDir: string; readonly topLevel: string }): string {
  const main = basename(facts.commonDir) === '.git' ? dirname(facts.commonDir) : facts.topLevel;
  return join(dirname(main), `${basename(main)}.worktrees`);
}
