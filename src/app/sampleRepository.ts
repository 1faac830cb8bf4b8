/**
 * A fresh repository from the sample's files: what the demo works in.
 * Owns: its one commit, the same every time (author, date, files), and that what it would run is trusted: it is our own content.
 * Refuses: a folder that has something in it.
 */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { TreelineError } from '../client/treelineError.ts';
import { executableContent, treeText } from '../gates/content.ts';
import { openRepository } from '../git/createArchive.ts';
import { createGit, line } from '../git/runGit.ts';
import type { Git } from '../git/runGit.ts';
import { systemClock } from './systemClock.ts';
import { openTrust } from './trust.ts';

const author = { GIT_AUTHOR_NAME: 'Treeline', GIT_AUTHOR_EMAIL: 'sample@treeline.invalid', GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z' };
const committer = { GIT_COMMITTER_NAME: author.GIT_AUTHOR_NAME, GIT_COMMITTER_EMAIL: author.GIT_AUTHOR_EMAIL, GIT_COMMITTER_DATE: author.GIT_AUTHOR_DATE };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Makes `to` (new or empty) a repository with the files of `from` on `main`. Resolves with its commit. Rejects with a TreelineError or GitError. */
export async function makeSampleRepository(from: string, to: string, environment: NodeJS.ProcessEnv): Promise<string> {
  await mkdir(to, { recursive: true });
  if ((await readdir(to)).length > 0) throw new TreelineError('unwritable', `${to} is not empty.`, 'Name a folder that is new or empty.');
  await cp(from, to, { recursive: true });
  const git = createGit('git', environment);
  const call = (...args: string[]): ReturnType<Git> => git({ args, cwd: to, environment: { ...author, ...committer } });
  await call('init', '--quiet', '--initial-branch=main');
  await call('add', '--all');
  await call('commit', '--quiet', '--message', 'Keep bookmarks with tags, and list them');
  const commit = line(await call('rev-parse', 'HEAD'));
  const { archive, commonDir } = await openRepository({ directory: to, clock: systemClock, log: silent });
  const content = await executableContent(archive, commit, await treeText(archive, commit));
  await openTrust(environment, commonDir).add(content.hash);
  return commit;
}

/** `git log --oneline` of what is checked out, newest first. */
export async function historyOf(directory: string, environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const { stdout } = await createGit('git', environment)({ args: ['log', '--oneline', '--no-decorate', '-n', '20'], cwd: directory });
  return stdout.toString().split('\n').filter(Boolean);
}
