/**
 * Assertions that a test makes through functions of its own.
 * Owns: which called function is a check, and how strong. Refuses: to guess what an unseen function does beyond its name.
 */
import { counts, type Assertion } from './assertion.ts';
import type { Helper, TestCase, TestFile } from './testFile.ts';

export interface Resolved {
  /** Its own, and one for each call of a function that asserts. */
  readonly assertions: readonly Assertion[];
  /** Called functions that are defined in no text that is looked at. */
  readonly unknown: readonly string[];
}

const soundsLikeCheck = /^_*(assert|expect|check|verify|ensure|must|should|validate)(?=[A-Z_]|$)/;

/** Over all texts of one side: a helper may lie in another file than its test. */
export function resolveHelpers(files: readonly TestFile[]): (test: Pick<TestCase, 'assertions' | 'calls'>) => Resolved {
  const helpers = new Map(files.flatMap((file) => file.helpers.map((helper) => [helper.name, helper] as const)));
  const defined = new Set(files.flatMap((file) => [...file.defined]));

  const strengthOf = (helper: Helper, depth: number): number => {
    const own = helper.assertions.filter(counts).map((assertion) => assertion.strength);
    const inner = depth > 3 ? [] : helper.calls.flatMap((call) => (helpers.has(call.name) && call.name !== helper.name ? [strengthOf(helpers.get(call.name) as Helper, depth + 1)] : []));
    return Math.max(0, ...own, ...inner);
  };
  return (test) => {
    const called = test.calls.flatMap(({ name, text, line }): readonly Assertion[] => {
      const helper = helpers.get(name);
      const strength = helper ? strengthOf(helper, 0) : !defined.has(name) && soundsLikeCheck.test(name) ? 75 : 0;
      return strength === 0 ? [] : [{ relation: 'custom', subject: name, expected: text, negated: false, strength, constant: false, wildcards: 0, tolerance: null, swallowed: false, conditional: false, repeated: false, unreachable: false, line, text }];
    });
    return { assertions: [...test.assertions, ...called], unknown: test.calls.map((call) => call.name).filter((name) => !defined.has(name)) };
  };
}
