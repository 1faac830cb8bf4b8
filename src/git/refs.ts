/**
 * Refs of the person's repository. Owns: reading them by their full names, and writing them by compare-and-swap only.
 * Refuses: names that are not full, and to write without saying what was there.
 */
import { GitError } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { line } from './runGit.ts';
import { retryWhileLocked } from './serialize.ts';

/** Refs below a prefix (`refs/heads/`), or the one of exactly this name. */
export async function listRefs(context: ArchiveContext, ...prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await context.real({ args: ['for-each-ref', '--format=%(refname) %(objectname)', '--', ...prefixes] });
  return new Map(stdout.toString().split('\n').filter((entry) => entry !== '').map((entry) => {
    const cut = entry.lastIndexOf(' ');
    return [entry.slice(0, cut), entry.slice(cut + 1)];
  }));
}

export async function readRef(context: ArchiveContext, ref: string): Promise<string | null> {
  return (await listRefs(context, ref)).get(ref) ?? null;
}

/**
 * Sets a ref from `from` (null: it must not be there) to `to` (null: it goes).
 * @returns whether it did; false when somebody moved it. A ref that is at `to` already counts as set.
 */
export async function swapRef(context: ArchiveContext, ref: string, from: string | null, to: string | null): Promise<boolean> {
  if (!ref.startsWith('refs/')) throw new GitError('failed', `"${ref}" is not a full ref name`, 'This is a defect of Treeline: please report it');
  if (from === to) return (await readRef(context, ref)) === to;
  const none = '0'.repeat((to ?? from ?? '').length);
  const args = to === null ? ['update-ref', '--no-deref', '-d', ref, from ?? none] : ['update-ref', '--no-deref', '-m', 'treeline', ref, to, from ?? none];
  try {
    await retryWhileLocked(context.clock, () => context.real({ args }));
    return true;
  } catch (error) {
    if (!(error instanceof GitError) || error.reason !== 'failed') throw error;
    const now = await readRef(context, ref);
    if (now === to) return true;
    if (now !== from) return false;
    throw error;
  }
}

/** Sets a private ref whatever it was: what it names is only ever added to, so an older value is of the same attempt. */
export async function setPrivateRef(context: ArchiveContext, ref: string, to: string): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    if (await swapRef(context, ref, await readRef(context, ref), to)) return;
  }
  throw new GitError('failed', `${ref} could not be set: something else keeps moving it`, 'Look for another program that writes refs/treeline, then retry');
}

/** The commit that a name stands for, or null. */
export async function commitOf(context: ArchiveContext, name: string): Promise<string | null> {
  const id = line(await context.real({ args: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], accept: [0, 1, 128] }));
  return /^[0-9a-f]{40,64}$/.test(id) ? id : null;
}

export async function treeOf(context: ArchiveContext, commit: string): Promise<string> {
  return line(await context.plumbing({ args: ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`] }));
}

export async function isAncestor(context: ArchiveContext, ancestor: string, of: string): Promise<boolean> {
  if (ancestor === of) return true;
  return (await context.plumbing({ args: ['merge-base', '--is-ancestor', ancestor, of], accept: [0, 1] })).code === 0;
}
