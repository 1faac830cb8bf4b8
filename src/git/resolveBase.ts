/** Where a task starts from and where it is to land. Owns: reading the person's word for it. Refuses: options in disguise, and to guess a target. */
import { GitError } from '../ports/archive.ts';
import type { Base } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { unfinished } from './checkoutState.ts';
import { driversOff } from './drivers.ts';
import { commitOf, listRefs, readRef, treeOf } from './refs.ts';
import { realEnvironment } from './repository.ts';
import { line } from './runGit.ts';
import { checkoutStatus } from './simpleGit.ts';

/** See Archive.resolveBase. Throws `no-commits`, `unknown-ref`, `no-target`. */
export async function resolveBase(context: ArchiveContext, binary: string, ref: string | null): Promise<Base> {
  // A tag of the same name is not what it says then, though git alone would take that.
  const branch = ref === null ? null : await branchNamed(context, ref);
  const commit = await commitOf(context, branch ?? ref ?? 'HEAD');
  if (commit === null) throw ref === null ? noCommits(context) : await nothingNamed(context, ref, '--base');
  const checkedOut = await context.real({ args: ['symbolic-ref', '--quiet', 'HEAD'], accept: [0, 1] });
  const target = branch ?? (await commitOf(context, 'HEAD') === null ? null : line(checkedOut));
  if (target?.startsWith('refs/heads/') !== true) {
    // Whoever switches to a branch in the middle of a rebase leaves it half done.
    const [begun] = await unfinished(context.facts.gitDir);
    const why = begun ? ` (${begun.name} is in progress)` : '';
    throw new GitError('no-target', `${ref === null ? 'HEAD is detached' : `"${ref}" names no branch and HEAD is detached`} in ${context.facts.topLevel}${why}, so there is no branch to land on`, `${begun ? `Finish or end it (${begun.end})` : 'Switch to a branch'}, or name ${begun ? 'a branch' : 'one'} with --base`);
  }
  const environment = { ...realEnvironment(context.facts), ...driversOff(await context.configNow()) };
  const status = await checkoutStatus(binary, context.facts.topLevel, environment);
  return { ref: ref ?? target.slice('refs/heads/'.length), commit, tree: await treeOf(context, commit), target, dirty: [...status.tracked, ...status.untracked] };
}

/** See Repository.resolve. `flag`: by which the name was given, so that what is said of it names that one. */
export async function resolveCommit(context: ArchiveContext, ref: string, flag: '--base' | '--head' = '--base'): Promise<{ readonly commit: string; readonly tree: string }> {
  const commit = await commitOf(context, ref);
  if (commit !== null) return { commit, tree: await treeOf(context, commit) };
  throw await nothingNamed(context, ref, flag);
}

async function branchNamed(context: ArchiveContext, ref: string): Promise<string | null> {
  for (const name of [ref, `refs/heads/${ref}`, `refs/${ref}`]) {
    if (name.startsWith('refs/heads/') && await readRef(context, name) !== null) return name;
  }
  return null;
}

async function hasCommits(context: ArchiveContext): Promise<boolean> {
  return (await listRefs(context, 'refs/heads/')).size > 0;
}

function noCommits(context: ArchiveContext): GitError {
  return new GitError('no-commits', `${context.facts.topLevel} has no commit yet, so there is nothing to start from`, 'Make a first commit (git add -A && git commit -m "Start"), then run this again');
}

/** What pipelines check out is often one commit, without what came before it and without other branches. */
async function nothingNamed(context: ArchiveContext, ref: string, flag: '--base' | '--head'): Promise<GitError> {
  if (await commitOf(context, 'HEAD') === null && !await hasCommits(context)) return noCommits(context);
  const shallow = line(await context.real({ args: ['rev-parse', '--is-shallow-repository'] })) === 'true';
  if (shallow) return new GitError('unknown-ref', `"${ref}" is not here: this clone is shallow, it holds only the newest commits of what was fetched`, 'Fetch the rest first: "git fetch --unshallow" or "git fetch origin BRANCH", in a pipeline the checkout with its whole history ("fetch-depth: 0"); a branch that was only fetched is "origin/BRANCH"');
  return new GitError('unknown-ref', `"${ref}" is no branch, tag or commit of this repository`, `Look at "git branch --all" and "git log", or fetch first; then name one that is there with ${flag}`);
}
