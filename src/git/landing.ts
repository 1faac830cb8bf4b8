/**
 * Landing: the only way onto a branch of the person's. Owns: that it is exactly the approved commit on exactly the approved tip (I5, I6), by a
 * fast-forward that git itself refuses when unsafe where the branch is checked out, and by compare-and-swap elsewhere; and the wait while neither may be.
 * Refuses: to merge into a checkout that is not clean, to run hooks, to give up while the signal does not say so.
 */
import { GitError } from '../ports/archive.ts';
import type { Landing } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { busyReasons, checkoutEnvironment, dirtyReasons, gitDirOf, rebasedBranch, type Checkout } from './checkoutState.ts';
import type { ConfigEntry } from './config.ts';
import { driversOff, filterFingerprint, filtersOn, personalFilterNames, refuseForeignFilters } from './drivers.ts';
import { isAncestor, readRef, swapRef, treeOf } from './refs.ts';
import { line, records } from './runGit.ts';
import type { Turn } from './serialize.ts';
import { listWorktrees } from './worktreeList.ts';

export interface LandRequest { readonly target: string; readonly onto: string; readonly commit: string; readonly tree: string }

const firstWaitMs = 250;
const longestWaitMs = 5_000;

/** See Archive.land. */
export async function land(context: ArchiveContext, binary: string, request: LandRequest, blocked: (reasons: readonly string[]) => void, signal: AbortSignal): Promise<Landing> {
  await refuseMismatch(context, request);
  const { target, onto, commit, tree } = request;
  let said = '';
  for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
    signal.throwIfAborted();
    const tip = await readRef(context, target);
    if (tip === null) return { kind: 'moved', tip: '', why: `${target} is gone` };
    if (await isAncestor(context, commit, tip)) return { kind: 'landed', commit, tree };
    if (tip !== onto) return { kind: 'moved', tip, why: `${target} is at ${tip} and not at ${onto} any more` };
    const reasons = await turnOf(context, target)(() => tryToLand(context, binary, request));
    if (reasons === null) continue;
    const now = JSON.stringify(reasons);
    if (now !== said) { blocked(reasons); wait = firstWaitMs; }
    said = now;
    await context.clock.after(wait, signal);
  }
}

async function refuseMismatch(context: ArchiveContext, { target, onto, commit, tree }: LandRequest): Promise<void> {
  const found = { tree: await treeOf(context, commit), parents: line(await context.plumbing({ args: ['rev-list', '--parents', '-n', '1', commit, '--'] })).split(' ').slice(1) };
  if (target.startsWith('refs/heads/') && found.tree === tree && found.parents.length === 1 && found.parents[0] === onto) return;
  throw new GitError('failed', `${commit} is not what was to land on ${target}: its tree is ${found.tree} (approved: ${tree}), its parent ${found.parents.join(', ')} (approved: ${onto})`, 'The approval does not cover this commit: approve what is there now');
}

/** See Archive.landingBlockers. */
export async function landingBlockers(context: ArchiveContext, binary: string, request: Omit<LandRequest, 'tree'>): Promise<readonly string[]> {
  return turnOf(context, request.target)(async () => {
    if (await readRef(context, request.target) !== request.onto) return [];
    const { checkout, reasons } = await look(context, binary, request);
    return reasons.length > 0 || !checkout ? reasons : filterReasons(context, checkout, request, await context.configNow());
  });
}

/** A landing that is just being made has its own lock and half of its files in the checkout: whoever looks, looks before it or after it. */
function turnOf(context: ArchiveContext, target: string): Turn {
  return context.turns.of(`land ${target}`);
}

/** @returns null when it should be looked at again at once (it landed, or the tip moved), else why not now */
async function tryToLand(context: ArchiveContext, binary: string, request: LandRequest): Promise<readonly string[] | null> {
  const { checkout, reasons } = await look(context, binary, request);
  if (reasons.length > 0) return reasons;
  if (checkout) return fastForward(context, checkout, request);
  await swapRef(context, request.target, request.onto, request.commit);
  return null;
}

/** The checkout that has the target, null where none has it, and what is against landing there. Changes nothing. */
async function look(context: ArchiveContext, binary: string, { target, onto, commit }: Omit<LandRequest, 'tree'>): Promise<{ readonly checkout: Checkout | null; readonly reasons: readonly string[] }> {
  const { holders, reasons } = await checkoutsOf(context, target);
  const [checkout = null, second] = holders;
  if (reasons.length > 0 || !checkout) return { checkout, reasons };
  if (second) return { checkout, reasons: [`${target} is checked out twice, in ${holders.map(({ path }) => path).join(' and ')}: switch one of them to another branch`] };
  return { checkout, reasons: [...await busyReasons(context, checkout), ...await dirtyReasons(context, binary, checkout, onto, commit)] };
}

/** `config` as it is now: what is looked at here is what the fast-forward is then made under. */
async function filterReasons(context: ArchiveContext, checkout: Checkout, { onto, commit }: Pick<LandRequest, 'onto' | 'commit'>, config: readonly ConfigEntry[]): Promise<readonly string[]> {
  const changed = records((await context.plumbing({ args: ['diff-tree', '-r', '-z', '--name-only', '--no-renames', onto, commit, '--'] })).stdout);
  const filters = await filtersOn((request) => context.git({ ...request, ...callIn(context, checkout, config) }), changed);
  refuseForeignFilters(filters, personalFilterNames(config));
  if (filters.size === 0 || filterFingerprint(config) === filterFingerprint(context.inheritance.config)) return [];
  return ['the configuration of git filters is not what it was when Treeline started, and files to land are under one: look at "git config --show-origin --get-regexp ^filter", then restart Treeline\'s engine'];
}

function callIn(context: ArchiveContext, checkout: Checkout, config: readonly ConfigEntry[]): { readonly cwd: string; readonly environment: Readonly<Record<string, string>> } {
  return { cwd: checkout.path, environment: { ...checkoutEnvironment(context, checkout), ...driversOff(config) } };
}

/** Checkouts that have the target, and reasons that lie in HEADs that are on nothing. */
async function checkoutsOf(context: ArchiveContext, target: string): Promise<{ readonly holders: readonly Checkout[]; readonly reasons: readonly string[] }> {
  const holders: Checkout[] = [];
  const reasons: string[] = [];
  for (const worktree of await listWorktrees(context)) {
    // Git calls a locked one never so: its folder may come back.
    if (worktree.prunable) continue;
    const gitDir = await gitDirOf(worktree.path).catch(() => null);
    if (gitDir === null) {
      if (worktree.branch === target) reasons.push(`${target} is checked out in ${worktree.path}, which cannot be reached: bring it back, or run "git worktree remove"`);
      continue;
    }
    const checkout = { path: worktree.path, gitDir };
    if (worktree.branch === target) holders.push(checkout);
    else if (worktree.branch === null && await rebasedBranch(gitDir) === target) reasons.push(...await busyReasons(context, checkout));
    else if (worktree.branch === null && gitDir === context.facts.gitDir) {
      const busy = await busyReasons(context, checkout);
      reasons.push(...(busy.length > 0 ? busy : [`HEAD is detached in ${worktree.path}: switch to a branch (git switch ${target.slice('refs/heads/'.length)})`]));
    }
  }
  return { holders, reasons };
}

async function fastForward(context: ArchiveContext, checkout: Checkout, { target, onto, commit }: LandRequest): Promise<readonly string[] | null> {
  const config = await context.configNow();
  const filters = await filterReasons(context, checkout, { onto, commit }, config);
  if (filters.length > 0) return filters;
  try {
    await context.git({ ...callIn(context, checkout, config), args: ['merge', '--ff-only', '--no-autostash', '--no-stat', '--no-verify-signatures', '--quiet', commit], timeoutMs: 60 * 60_000 });
    return null;
  } catch (error) {
    if (!(error instanceof GitError) || error.reason === 'aborted' || error.reason === 'git-missing') throw error;
    // Git took it back whole. A tip that moved meanwhile is seen by the caller; anything else is the person's to clear.
    return await readRef(context, target) !== onto ? null : [`git refused the fast-forward in ${checkout.path}: ${error.message}. ${error.next}`];
  }
}
