/**
 * The archive of one repository: everything the house needs from git, behind its two sockets. Owns: opening it and nothing else.
 * Refuses: a folder that is no checkout of a repository with a git that is new enough.
 */
import type { Archive } from '../ports/archive.ts';
import type { BaseTree } from '../ports/library.ts';
import type { ScratchCheckouts } from '../ports/scratch.ts';
import type { Clock, Log } from '../ports/system.ts';
import { advance } from './advance.ts';
import { createContext } from './archiveContext.ts';
import { changes, diff } from './changes.ts';
import { cleanUp } from './cleanUp.ts';
import { commitWorktree } from './commitWorktree.ts';
import { foreignDrivers } from './drivers.ts';
import { objectFolders, readInheritance } from './gitDirs.ts';
import { land, landingBlockers } from './landing.ts';
import { mergedOnto, openOwnStore, standingOf, type MergedOnto, type Standing } from './mergedChange.ts';
import { integrate, makeCandidate } from './merges.ts';
import { createBaseTree, listFiles, readFile } from './readTree.ts';
import { listRefs, readRef } from './refs.ts';
import { defaultWorktreesRoot, detectRepository } from './repository.ts';
import { resolveBase, resolveCommit } from './resolveBase.ts';
import { createGit } from './runGit.ts';
import { createScratchCheckouts, sweepScratch } from './scratch.ts';
import { listRecords } from './worktreeRecords.ts';
import { openWorktree } from './worktrees.ts';

export interface Repository {
  /** Shared by all worktrees of the repository: its identity. Real path. */
  readonly commonDir: string;
  /** Root of the checkout that was opened. Real path. */
  readonly topLevel: string;
  /** Where worktrees of agents lie. */
  readonly worktreesFolder: string;
  /** The commit and tree that a name stands for, with no branch to land on. Throws GitError `no-commits`, `unknown-ref`. */
  readonly resolve: (ref: string, flag?: '--base' | '--head') => Promise<{ readonly commit: string; readonly tree: string }>;
  /** How one commit stands to another. */
  readonly standing: (base: string, head: string) => Promise<Standing>;
  /** A store for objects that nobody keeps: what is opened with it sees them, and the person's. Who opens, closes. */
  readonly ownStore: () => Promise<{ readonly path: string; close(): Promise<void> }>;
  /** Both together, as one commit on `base`; in the store that the repository was opened with. */
  readonly mergedOnto: (base: string, head: string) => Promise<MergedOnto>;
  /** Local branches by their short names, with their tips; those of agents are left out. */
  readonly branches: () => Promise<ReadonlyMap<string, string>>;
  readonly archive: Archive;
  readonly tree: BaseTree;
  readonly scratch: ScratchCheckouts;
}

/**
 * Opens the repository that a folder belongs to. Writes only below `<common>/treeline/git` (a temporary folder where that cannot be written).
 * @throws GitError `git-missing`, `git-too-old`, `not-a-repository`, `bare`
 */
export async function openRepository(options: {
  readonly directory: string; readonly clock: Clock; readonly log: Log;
  /** Where worktrees of agents go; beside the repository when not given. */
  readonly worktreesRoot?: string;
  /** Where objects are written (`Repository.ownStore`); the person's own store when not given. */
  readonly store?: string;
  /** Name or path of git; from the person's settings, never from a repository. */
  readonly gitBinary?: string;
}): Promise<Repository> {
  const { clock, log } = options;
  const binary = options.gitBinary ?? 'git';
  const git = createGit(binary, process.env);
  const facts = await detectRepository(git, options.directory);
  const inheritance = await readInheritance(facts.commonDir, facts.topLevel, facts.config);
  const { filters, merges } = foreignDrivers(facts.config);
  if (filters.length + merges.length > 0) log.warn(`Drivers in the repository's own configuration are not run: ${[...filters.map((name) => `filter ${name}`), ...merges.map((name) => `merge ${name}`)].join(', ')}.`);
  const objects = options.store ?? `${facts.commonDir}/objects`;
  const context = await createContext({
    git, clock, log, facts, inheritance, objects, objectFolders: await objectFolders(objects), worktreesRoot: options.worktreesRoot ?? defaultWorktreesRoot(facts),
  });
  await sweepScratch(context);
  const archive: Archive = {
    resolveBase: (ref) => resolveBase(context, binary, ref),
    openWorktree: (request) => openWorktree(context, request),
    commitWorktree: (request) => commitWorktree(context, request),
    integrate: (request) => integrate(context, request),
    advance: (request) => advance(context, request),
    makeCandidate: (request) => makeCandidate(context, request),
    tip: (target) => readRef(context, target),
    land: (request, blocked, signal) => land(context, binary, request, blocked, signal),
    landingBlockers: (request) => landingBlockers(context, binary, request),
    changes: (from, to) => changes(context, from, to),
    diff: (from, to, limit) => diff(context, from, to, limit),
    readFile: (commit, path) => readFile(context, commit, path),
    listFiles: (commit) => listFiles(context, commit),
    cleanUp: (task) => cleanUp(context, task),
    worktrees: async (task) => (await listRecords(context, task)).map(({ unit, path, branch }) => ({ unit, path, branch: branch.slice('refs/heads/'.length) })),
  };
  return { commonDir: facts.commonDir, topLevel: facts.topLevel, worktreesFolder: context.worktreesRoot, resolve: (ref, flag) => resolveCommit(context, ref, flag), standing: (base, head) => standingOf(context, base, head), ownStore: () => openOwnStore(context), mergedOnto: (base, head) => mergedOnto(context, base, head), branches: async () => branchesOf(await listRefs(context, 'refs/heads/')), archive, tree: createBaseTree(context), scratch: createScratchCheckouts(context) };
}

function branchesOf(heads: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...heads].map(([ref, tip]) => [ref.slice('refs/heads/'.length), tip] as const).filter(([name]) => !/^treeline-?\//.test(name)));
}
