/**
 * Tests that are the same although their name or their file is another: their bodies say the same, of the same code; or they were rewritten in
 * their file, so that the guard holds each assertion of the one against the other, and the base's text of it is run as well.
 * Owns: when that is so. Refuses: to say what was changed in one (`testFindings.ts`).
 */
import { posix } from 'node:path';
import * as z from 'zod';
import { counts } from './assertion.ts';
import type { FilePair, Matched, Placed } from './matchTests.ts';

const placeSchema = z.object({ file: z.string(), path: z.array(z.string()) });
/** `path`: titles from outside in. */
export const movedTestSchema = z.object({ from: placeSchema, to: placeSchema });
export type MovedTest = z.infer<typeof movedTestSchema>;

const movedAtMost = 5_000;

/** @param files what the tests stand in, before and after */
export function movedTests(pairs: readonly Matched[], files: readonly FilePair[]): readonly MovedTest[] {
  const now = new Map(files.map(({ previous, path }) => [previous, path]));
  const moved = pairs.filter((pair) => isAnother(pair) && (plainlyTheSame(pair.before, pair.after) || (now.get(pair.before.file) === pair.after.file && isRewritten(pair.before, pair.after))));
  return moved.slice(0, movedAtMost).map(({ before, after }) => ({ from: placeOf(before), to: placeOf(after) }));
}

const placeOf = ({ file, test }: Placed): MovedTest['from'] => ({ file, path: [...test.path] });

const isAnother = ({ before, after }: Matched): boolean => before.file !== after.file || before.test.path.join('\0') !== after.test.path.join('\0');

/** Renamed and changed at once. One that asserts nothing that is seen here could be anything. */
function isRewritten(before: Placed, after: Placed): boolean {
  return before.of.parsed && after.of.parsed && !before.test.broken && !after.test.broken && before.test.values.join(' ') === after.test.values.join(' ')
    && before.test.assertions.some(counts) && after.test.assertions.some(counts) && usesTheSame(before, after);
}

function plainlyTheSame(before: Placed, after: Placed): boolean {
  if (!before.of.parsed || !after.of.parsed || before.test.broken || after.test.broken) return false;
  if (before.test.body.length === 0 || before.test.body.join(' ') !== after.test.body.join(' ') || before.test.values.join(' ') !== after.test.values.join(' ')) return false;
  return usesTheSame(before, after);
}

/** What both use has to come from where it came from. */
function usesTheSame(before: Placed, after: Placed): boolean {
  const had = new Set(before.test.body);
  return [...new Set(after.test.body)].every((name) => !had.has(name) || moduleOf(name, before) === moduleOf(name, after));
}

function moduleOf(name: string, { file, of }: Placed): string | undefined {
  const module = of.imports.get(name);
  return module?.startsWith('./') || module?.startsWith('../') ? posix.join(posix.dirname(file), module) : module;
}
