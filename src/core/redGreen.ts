/**
 * Red-green proof (G5), and the base's own tests over the head's sources: what a change's tests show, as pure functions of what runs found.
 * Owns: the closed lists of states, and which tests count. Refuses: to run anything, and to name a verdict (`verdict.ts`).
 */
import * as z from 'zod';

/** What the task is said to be: where a fix or a feature is claimed, a test has to show it. */
export const changeKindSchema = z.enum(['auto', 'fix', 'feature', 'refactor', 'perf', 'docs']);
export type ChangeKind = z.infer<typeof changeKindSchema>;

/**
 * `proven`: fails on the base's sources for an assertion or for what the change brings, and passes on the head. `not-discriminating`: passes
 * on both. `inconclusive`: could not be loaded there, or took too long.
 */
export const proofStateSchema = z.enum(['proven', 'not-discriminating', 'inconclusive']);
export type ProofState = z.infer<typeof proofStateSchema>;

export const redGreenSchema = z.object({
  /** `none`: the change has no test that is new, and none that changed its answer. */
  state: z.enum([...proofStateSchema.options, 'none']),
  /** The output that shows it is in `shown`. */
  tests: z.array(z.object({ test: z.string(), state: proofStateSchema, shown: z.string() })),
});
export type RedGreen = z.infer<typeof redGreenSchema>;

/** Names among the gates: by these a missing proof, and what the base's tests reject, are waived. No gate of a project may be called so. */
export const proofGateId = 'red-green-proof';
export const baseTestsGateId = 'base-tests';

/** Tests that passed on the base: what the base's own text of them says of the head's sources. */
export const baseTestsSchema = z.object({
  /** `none`: no test file of the base was edited. `inconclusive`: they could not be run over the head. */
  state: z.enum(['hold', 'fail', 'inconclusive', 'none']),
  failing: z.array(z.object({ test: z.string(), shown: z.string(), /** The plan names it: its change was asked for. */ asked: z.boolean() })),
});
export type BaseTests = z.infer<typeof baseTestsSchema>;

/** Why a test failed, as its message tells. */
export type FailureCause = 'assertion' | 'missing-feature' | 'load' | 'timeout';

/** What a run of one side's tests over the other side's sources says of a test. */
export type Outcome = { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly cause: FailureCause; readonly shown: string } | { readonly kind: 'absent'; readonly shown: string };

export interface ProofFacts {
  /** Ids that passed on the head. */
  readonly passed: readonly string[];
  /** Ids that the base's report has. */
  readonly known: ReadonlySet<string>;
  /** Failed on the base as it is: id → message. */
  readonly failedBefore: ReadonlyMap<string, string>;
  /** The head's tests over the base's sources; null: no test file was changed. */
  readonly over: ((test: string) => Outcome) | null;
}

/** More than anybody reads. */
const testsShown = 200;

export function redGreen({ passed, known, failedBefore, over }: ProofFacts): RedGreen {
  const tests = passed.flatMap((test): RedGreen['tests'] => {
    const before = failedBefore.get(test);
    const there = over?.(test);
    // A test that was there and cannot be loaded without the change has perhaps only followed a move.
    if (there?.kind === 'failed' && (there.cause === 'assertion' || (there.cause === 'missing-feature' && !known.has(test)))) return [{ test, state: 'proven', shown: there.shown }];
    if (before !== undefined) return [{ test, state: 'proven', shown: before }];
    if (known.has(test) || !there) return [];
    return there.kind === 'passed' ? [{ test, state: 'not-discriminating', shown: 'passes without the change' }] : [{ test, state: 'inconclusive', shown: there.shown }];
  });
  return whole(tests);
}

/** Of several gates: one proof is one. */
export function together(parts: readonly RedGreen[]): RedGreen {
  return whole(parts.flatMap((part) => part.tests));
}

/** The strongest of what its tests show, and those first. */
function whole(tests: RedGreen['tests']): RedGreen {
  const state = proofStateSchema.options.find((one) => tests.some((test) => test.state === one)) ?? 'none';
  const order = (test: RedGreen['tests'][number]): number => proofStateSchema.options.indexOf(test.state);
  return { state, tests: [...tests].sort((left, right) => order(left) - order(right)).slice(0, testsShown) };
}

/** @param over the base's tests over the head's sources */
export function baseTests(passedBefore: readonly string[], over: (test: string) => Outcome, asked: (test: string) => boolean): BaseTests {
  const outcomes = passedBefore.map((test) => ({ test, there: over(test) }));
  const failing = outcomes.flatMap(({ test, there }) => (there.kind === 'failed' && there.cause !== 'load' && there.cause !== 'missing-feature' ? [{ test, shown: there.shown, asked: asked(test) }] : []));
  const state = failing.length > 0 ? 'fail' : outcomes.every(({ there }) => there.kind === 'passed') ? 'hold' : 'inconclusive';
  return { state, failing: failing.slice(0, testsShown) };
}

export function baseTestsTogether(parts: readonly BaseTests[]): BaseTests {
  const state = (['fail', 'inconclusive', 'hold'] as const).find((one) => parts.some((part) => part.state === one)) ?? 'none';
  return { state, failing: parts.flatMap((part) => part.failing).slice(0, testsShown) };
}

const ticksShown = 40;

/** A test whose old text the change no longer meets is a person's to look at, unless the plan that they have seen names it. */
export function baseTestTicks(found: BaseTests): readonly { readonly id: string; readonly why: string }[] {
  const unasked = found.failing.filter(({ asked }) => !asked);
  const shown = unasked.slice(0, ticksShown).map(({ test }) => ({ id: `base-test:${test}`, why: `As the base has it, the test "${test}" fails on this change.` }));
  const rest = unasked.length - shown.length;
  return rest > 0 ? [...shown, { id: 'base-test:others', why: `${rest} more tests fail on this change as the base has them.` }] : shown;
}
