/**
 * A test that fails newly is run again: alone, with its file, with the whole suite (product.md G4). Pure.
 * Owns: which way is next and when enough is known, what the counts come to, and how they are said. Refuses: to run anything, and verdicts.
 */
import * as z from 'zod';

export const countedSchema = z.object({ runs: z.number().int().nonnegative(), failed: z.number().int().nonnegative() });
export type Counted = z.infer<typeof countedSchema>;
export const nothingCounted: Counted = { runs: 0, failed: 0 };

export const rerunSchema = z.object({
  test: z.string(),
  /** `order-dependent`: it passes one way every time and fails another way every time. `undecided`: there was no time to know. */
  outcome: z.enum(['flaky', 'order-dependent', 'fails-always', 'undecided']),
  /** On the change; `whole` has the first run, too. */
  alone: countedSchema, withFile: countedSchema, whole: countedSchema,
  /** Why it was not run alone, or not with its file, but with the whole suite. Absent: it was run both ways, as far as they differ. */
  because: z.string().optional(),
  /** On the base, in earlier examinations, too. */
  base: countedSchema,
  /** What is remembered of all its runs in earlier examinations, on any commit. Absent: nothing. */
  known: countedSchema.optional(),
});
export type Rerun = z.infer<typeof rerunSchema>;
export type RerunCounts = Readonly<Record<RerunWay, Counted>>;
export type RerunWay = 'alone' | 'withFile' | 'whole';

export const flips = ({ runs, failed }: Counted): boolean => failed > 0 && failed < runs;
export const added = (one: Counted, other: Counted): Counted => ({ runs: one.runs + other.runs, failed: one.failed + other.failed });

const ways: readonly RerunWay[] = ['alone', 'withFile', 'whole'];
const aloneTimes = 3;
const withFileTimes = 2;
/** A test that fails half of the time fails so often in a row once in sixteen. */
const failuresToBeSure = 4;

/** The way in which it gave both answers; null: in none. */
export function flippingWay(counts: RerunCounts): RerunWay | null {
  return ways.find((way) => flips(counts[way])) ?? null;
}

/**
 * How a test is run next; null: enough is known of it.
 * @param can whether it can be picked out: what cannot is run with the whole suite
 */
export function nextRerun(counts: RerunCounts, can: { readonly alone: boolean; readonly withFile: boolean }): RerunWay | null {
  const { alone, withFile, whole } = counts;
  if (flippingWay(counts) !== null) return null;
  const [moreAlone, moreWithFile] = [can.alone && alone.runs < aloneTimes, can.withFile && withFile.runs < withFileTimes];
  if (moreAlone && (!moreWithFile || alone.runs <= withFile.runs)) return 'alone';
  if (moreWithFile) return 'withFile';
  const failedAgain = alone.failed + withFile.failed + whole.failed - 1;
  if (!passesSomeWay(counts)) return failedAgain < failuresToBeSure ? 'whole' : null;
  // It passes by itself: what made it fail may be its neighbours, or chance.
  if (withFile.failed > 0) return can.withFile && withFile.failed < failuresToBeSure ? 'withFile' : null;
  return whole.failed <= failuresToBeSure ? 'whole' : null;
}

export function rerunOutcome(counts: RerunCounts): Rerun['outcome'] {
  if (flippingWay(counts) !== null) return 'flaky';
  if (!passesSomeWay(counts)) return counts.alone.runs + counts.withFile.runs + counts.whole.runs > 1 ? 'fails-always' : 'undecided';
  return counts.withFile.failed > 1 || counts.whole.failed > 1 ? 'order-dependent' : 'undecided';
}

function passesSomeWay(counts: RerunCounts): boolean {
  return ways.some((way) => counts[way].runs > 0 && counts[way].failed === 0);
}

/** `order-dependent: failed 0 of 3 alone, 4 of 4 with its file, 1 of 1 with the whole suite`. */
export function rerunWords(rerun: Rerun): string {
  const of = ({ runs, failed }: Counted, words: string): readonly string[] => (runs === 0 ? [] : [`${failed} of ${runs} ${words}`]);
  const here = [...of(rerun.alone, 'alone'), ...of(rerun.withFile, 'with its file'), ...of(rerun.whole, 'with the whole suite')].join(', ');
  const more = [...of(rerun.base, 'on the base'), ...(rerun.known ? of(rerun.known, 'in all runs remembered from before') : []), ...(rerun.because === undefined ? [] : [rerun.because])];
  return [`${rerun.outcome}: failed ${here}`, ...more].join('; ');
}
