/**
 * File scopes as plans declare them: whether a path lies in one, whether two can hold the same path, and whether one holds all of another. Pure.
 * Only the globs that plans use: `*` within a name, `**` across folders, a folder with or without "/".
 * Matched segment by segment without regular expressions, so that no plan can make it slow.
 */
import { fitsName, namesMeet, reachedEnds } from './namePattern.ts';

export function insideScope(path: string, scope: readonly string[]): boolean {
  return scope.some((glob) => matches(segmentsOf(glob), path.split('/')));
}

const known = new WeakMap<readonly string[], WeakMap<readonly string[], boolean>>();

/** Whether there can be a path that lies in both. Kept beside the scopes. */
export function scopesMeet(left: readonly string[], right: readonly string[]): boolean {
  const beside = known.get(left) ?? new WeakMap<readonly string[], boolean>();
  known.set(left, beside);
  const there = beside.get(right);
  if (there !== undefined) return there;
  const others = right.map(segmentsOf);
  const meet = left.map(segmentsOf).some((glob) => others.some((other) => globsMeet(glob, other)));
  beside.set(right, meet);
  return meet;
}

/** Whether every path of `glob` lies in one of `scope`. A yes is sure; a no may be wrong where only several of them together hold it all. */
export function scopeCovers(scope: readonly string[], glob: string): boolean {
  const wanted = segmentsOf(glob);
  return scope.some((wide) => globCovers(segmentsOf(wide), wanted));
}

/** What is wild in the narrow one has to be taken by what is wild in the wide one: read as plain letters, it can be by nothing else. */
function globCovers(wide: readonly string[], narrow: readonly string[]): boolean {
  return reachedEnds(wide, narrow, (name, other) => other !== '**' && fitsName(name, other)).has(narrow.length);
}

/** A name stands for a folder, too: for everything below it. */
function segmentsOf(glob: string): readonly string[] {
  return [...glob.replace(/\/+$/, '').split('/'), '**'];
}

function matches(glob: readonly string[], path: readonly string[]): boolean {
  return reachedEnds(glob, path, fitsName).has(path.length);
}

/**
 * Walks both at once: before each name of `left`, the places in `right` that some path can have reached. Both end in `**`, so that the one
 * that is through takes whatever is left of the other.
 */
function globsMeet(left: readonly string[], right: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const mine of left) {
    const next = new Set<number>();
    for (const [at, theirs] of right.entries()) {
      if (!reached.has(at)) continue;
      if (mine === '**' || theirs === '**') {
        reached.add(at + 1);
        next.add(at);
      } else if (namesMeet(mine, theirs)) {
        next.add(at + 1);
      }
    }
    reached = next;
  }
  return reached.size > 0;
}
