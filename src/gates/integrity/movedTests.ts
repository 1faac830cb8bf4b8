/**
 * Tests that are plainly the same although their name or their file is another: their bodies say the same, of the same code.
 * Owns: when that is plain. Refuses: to take a test for another that was rewritten.
 */
import { posix } from 'node:path';
import * as z from 'zod';
import type { Matched, Placed } from './matchTests.ts';

const placeSchema = z.object({ file: z.string(), path: z.array(z.string()) });
/** `path`: titles from outside in. */
export const movedTestSchema = z.object({ from: placeSchema, to: placeSchema });
export type MovedTest = z.infer<typeof movedTestSchema>;

const movedAtMost = 5_000;

export function movedTests(pairs: readonly Matched[]): readonly MovedTest[] {
  const moved = pairs.filter(({ before, after }) => (before.file !== after.file || before.test.path.join('\0') !== after.test.path.join('\0')) && plainlyTheSame(before, after));
  return moved.slice(0, movedAtMost).map(({ before, after }) => ({ from: placeOf(before), to: placeOf(after) }));
}

const placeOf = ({ file, test }: Placed): MovedTest['from'] => ({ file, path: [...test.path] });

function plainlyTheSame(before: Placed, after: Placed): boolean {
  if (!before.of.parsed || !after.of.parsed || before.test.broken || after.test.broken) return false;
  if (before.test.body.length === 0 || before.test.body.join(' ') !== after.test.body.join(' ') || before.test.values.join(' ') !== after.test.values.join(' ')) return false;
  // What it uses has to come from where it came from.
  return [...new Set(after.test.body)].every((name) => moduleOf(name, before) === moduleOf(name, after));
}

function moduleOf(name: string, { file, of }: Placed): string | undefined {
  const module = of.imports.get(name);
  return module?.startsWith('./') || module?.startsWith('../') ? posix.join(posix.dirname(file), module) : module;
}
