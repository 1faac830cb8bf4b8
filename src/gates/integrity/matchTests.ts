/**
 * Which test of the head is which test of the base: the same place, moved, renamed, rewritten; what has no counterpart.
 * Owns: the order in which counterparts are looked for. Refuses: to judge what changed in one.
 */
import type { TestCase, TestFile } from './testFile.ts';

/** A text before and after; of an added or deleted file one side is empty. */
export interface FilePair { readonly path: string; readonly previous: string; readonly before: TestFile; readonly after: TestFile }

export interface Placed { readonly file: string; readonly test: TestCase; readonly of: TestFile }

export interface Matched { readonly before: Placed; readonly after: Placed; readonly how: 'same' | 'moved' | 'renamed' | 'rewritten' }

export interface Matching { readonly pairs: readonly Matched[]; readonly gone: readonly Placed[]; readonly fresh: readonly Placed[] }

const bodyOf = (placed: Placed): string => placed.test.body.join(' ');
const titleOf = (placed: Placed): string => placed.test.path.at(-1) ?? '';
const pathOf = (placed: Placed): string => placed.test.path.join(' › ');

/** Shorter bodies say too little to recognise a test by. */
const tellingTokens = 6;
const likeness = 0.65;
const comparedAtMost = 90_000;

export function matchTests(files: readonly FilePair[]): Matching {
  const before = files.flatMap((file) => file.before.tests.map((test): Placed => ({ file: file.previous, test, of: file.before })));
  const now = files.map((file) => ({ previous: file.previous, path: file.path }));
  const current = new Map(now.map(({ previous, path }) => [previous, path]));
  const open = new Set(files.flatMap((file) => file.after.tests.map((test): Placed => ({ file: file.path, test, of: file.after }))));
  const pairs: Matched[] = [];
  const sameFile = (old: Placed, candidate: Placed): boolean => (current.get(old.file) ?? old.file) === candidate.file;

  const pass = (from: readonly Placed[], key: (placed: Placed) => string | null, how: (old: Placed, found: Placed) => Matched['how']): readonly Placed[] => {
    const byKey = new Map<string, Placed[]>();
    for (const candidate of open) {
      const own = key(candidate);
      if (own !== null) byKey.set(own, [...(byKey.get(own) ?? []), candidate]);
    }
    return from.filter((old) => {
      const own = key(old);
      const candidates = own === null ? [] : (byKey.get(own) ?? []).filter((candidate) => open.has(candidate));
      const found = best(old, candidates, sameFile);
      if (!found) return true;
      open.delete(found);
      pairs.push({ before: old, after: found, how: how(old, found) });
      return false;
    });
  };
  const inPlace = (placed: Placed): string => `${current.get(placed.file) ?? placed.file}\0${pathOf(placed)}`;
  const telling = (placed: Placed): string | null => (placed.test.body.length >= tellingTokens ? bodyOf(placed) : null);
  const unplaced = pass(before, inPlace, () => 'same');
  const unmoved = pass(unplaced, telling, (old, found) => (titleOf(old) === titleOf(found) ? 'moved' : 'renamed'));
  const untitled = pass(unmoved, (placed) => (titleOf(placed) === '' ? null : titleOf(placed)), () => 'moved');
  const gone = alike(untitled, open, pairs, sameFile);
  return { pairs, gone, fresh: [...open] };
}

/** The same body first, then the same file, then the order of the text. */
function best(old: Placed, candidates: readonly Placed[], sameFile: (old: Placed, candidate: Placed) => boolean): Placed | undefined {
  const body = bodyOf(old);
  return candidates.find((candidate) => bodyOf(candidate) === body && sameFile(old, candidate)) ?? candidates.find((candidate) => bodyOf(candidate) === body)
    ?? candidates.find((candidate) => sameFile(old, candidate)) ?? candidates[0];
}

/** Renamed and changed at once: whose bodies are most alike. */
function alike(from: readonly Placed[], open: Set<Placed>, pairs: Matched[], sameFile: (old: Placed, candidate: Placed) => boolean): readonly Placed[] {
  if (from.length * open.size > comparedAtMost) return from;
  const scored = from.flatMap((old) => [...open].filter((candidate) => old.test.body.length >= tellingTokens && candidate.test.body.length >= tellingTokens)
    .map((candidate) => ({ old, candidate, score: similarity(old.test.body, candidate.test.body) + (sameFile(old, candidate) ? 0.001 : 0) }))).filter(({ score }) => score >= likeness);
  const left = new Set(from);
  for (const { old, candidate } of scored.sort((one, two) => two.score - one.score)) {
    if (!left.has(old) || !open.has(candidate)) continue;
    left.delete(old);
    open.delete(candidate);
    pairs.push({ before: old, after: candidate, how: 'rewritten' });
  }
  return [...left];
}

/** Of two lists of tokens, without their order: 1 the same, 0 nothing in common. */
function similarity(left: readonly string[], right: readonly string[]): number {
  const count = new Map<string, number>();
  for (const token of left) count.set(token, (count.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of right) {
    const rest = count.get(token) ?? 0;
    if (rest === 0) continue;
    count.set(token, rest - 1);
    common += 1;
  }
  return (2 * common) / (left.length + right.length);
}
