/**
 * What every part of the archive works with: git pointed at the right place, and the folders of ours. Owns: the three ways to call git.
 * Refuses: discovery: each call names its git dir.
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Log } from '../ports/system.ts';
import { readConfig, type ConfigEntry } from './config.ts';
import { makeGitDir, ownEnvironment, type Inheritance } from './gitDirs.ts';
import { realEnvironment, type RepositoryFacts } from './repository.ts';
import type { Git, GitCall, GitOutput } from './runGit.ts';
import { createTurns, createTurnsByKey, type Turn } from './serialize.ts';

/** A file where `plumbing` runs, for `-O`: files with changed attributes come first, since they say how the others would have been shown. */
export const attributesFirst = 'attributes-first';
const attributesFirstText = '.gitattributes\n*/.gitattributes\n';

export type Call = Omit<GitCall, 'cwd' | 'environment'> & { readonly environment?: Readonly<Record<string, string>> };

export interface ArchiveContext {
  readonly git: Git;
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: RepositoryFacts;
  readonly inheritance: Inheritance;
  /** Where objects are written: the person's store, or one of ours that reads from it. */
  readonly objects: string;
  readonly objectFolders: readonly string[];
  readonly worktreesRoot: string;
  /** `<common>/treeline/git`: records and git dirs of ours. */
  readonly state: string;
  /** The person's repository: refs, configuration and the list of worktrees; never files, so that no driver has anything to do. */
  readonly real: (call: Call) => Promise<GitOutput>;
  /** Objects only: no refs, no index, no attributes, nothing of the person's configuration. Writes into the person's store. */
  readonly plumbing: (call: Call) => Promise<GitOutput>;
  /** Reads the configuration as it is now. */
  readonly configNow: () => Promise<readonly ConfigEntry[]>;
  readonly turns: { readonly addWorktree: Turn; readonly checkOut: Turn; readonly of: (key: string) => Turn };
}

export async function createContext(options: {
  readonly git: Git; readonly clock: Clock; readonly log: Log; readonly facts: RepositoryFacts; readonly inheritance: Inheritance;
  readonly objects: string; readonly objectFolders: readonly string[]; readonly worktreesRoot: string;
}): Promise<ArchiveContext> {
  const { git, facts, inheritance, objects } = options;
  const real = realEnvironment(facts);
  const state = join(facts.commonDir, 'treeline', 'git');
  const plumbingDir = await makePlumbing(inheritance, state);
  const configNow = (): Promise<readonly ConfigEntry[]> => readConfig(git, facts.commonDir, real);
  return {
    ...options, state, configNow,
    real: (call) => git({ ...call, cwd: facts.commonDir, environment: { ...real, GIT_LFS_SKIP_SMUDGE: '1', ...call.environment } }),
    plumbing: (call) => git({ ...call, cwd: plumbingDir, environment: { ...ownEnvironment(plumbingDir, null, objects), ...call.environment } }),
    turns: { addWorktree: createTurns(1), checkOut: createTurns(4), of: createTurnsByKey() },
  };
}

/** `verify` works where the repository cannot be written: then plumbing lives in a temporary folder. */
async function makePlumbing(inheritance: Inheritance, state: string): Promise<string> {
  const make = async (directory: string): Promise<string> => {
    await makeGitDir(inheritance, { directory, head: null, borrowsFrom: null, bare: true, filters: false, person: null });
    const order = join(directory, attributesFirst);
    if (await readFile(order, 'utf8').catch(() => '') !== attributesFirstText) await writeFile(order, attributesFirstText);
    return directory;
  };
  try {
    await mkdir(state, { recursive: true, mode: 0o700 });
    return await make(join(state, 'plumbing'));
  } catch {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'treeline-git-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return make(folder);
  }
}
