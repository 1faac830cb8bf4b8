/**
 * Verdicts, reasons and what became of a test, in a person's words.
 * Owns: the words of core's closed tables. Refuses: verdicts and reasons of its own.
 */
import type { GateResult } from '../../core/gate.ts';
import type { Quarantined } from '../../core/quarantine.ts';
import type { Counted, Rerun } from '../../core/rerun.ts';
import type { TestState } from '../../core/testState.ts';
import type { Reason, Verdict } from '../../core/verdict.ts';
import { line } from '../figures.ts';
import { plain } from '../plain.ts';
import { t } from '../words.ts';

const verdicts: Readonly<Record<Verdict, () => string>> = {
  accepted: () => t('accepted'), rejected: () => t('rejected'), 'not-verified': () => t('not verified'), error: () => t('could not be judged'), 'timed-out': () => t('ran out of time'),
};

const reasons: Readonly<Record<Reason, () => string>> = {
  passed: () => t('all of it passed'),
  'only-preexisting-failures': () => t('only what fails on the base fails here'),
  'base-red-repaired': () => t('the base is red, and this repairs it'),
  'known-flaky-only': () => t('only tests fail that do not always pass on the base, or are in quarantine'),
  'new-failures': () => t('tests fail that do not fail on the base'),
  'build-failed': () => t('it does not build'),
  'tests-removed': () => t('tests of the base are gone'),
  'tests-skipped': () => t('tests of the base are skipped'),
  'suite-shrunk': () => t('fewer tests ran than on the base'),
  'assertions-weakened': () => t('what the base\'s tests ask for does not hold any more'),
  'gate-tampered': () => t('under the base\'s own definition of the gate the answer is another one'),
  integrity: () => t('the change takes away from its own proof'),
  'new-test-flaky': () => t('a new test does not always pass'),
  threshold: () => t('a threshold is not reached'),
  'early-exit': () => t('it ended before its tests were through'),
  'hung-after-pass': () => t('its tests passed, and it never ended'),
  'gate-wrote-files': () => t('its run changed files of the repository'),
  'new-findings': () => t('it finds what it does not find on the base'),
  conflict: () => t('it cannot be merged without conflict'),
  'merged-tree-red': () => t('it is red once merged'),
  'no-command': () => t('there is no gate'),
  'no-tests': () => t('no test ran'),
  'incomplete-report': () => t('its report is not whole'),
  'no-red-proof': () => t('no test fails without the change'),
  'needs-person': () => t('a person has to look at it'),
  'flaky-at-base': () => t('a test fails that does not always pass on the base'),
  incomplete: () => t('not all that was asked for is there'),
  'setup-failed': () => t('the set-up failed'),
  'command-missing': () => t('its command was not found'),
  'runner-error': () => t('the test runner failed'),
  killed: () => t('it was killed'),
  overloaded: () => t('the machine had too much to do'),
  'no-sandbox': () => t('no sandbox works here'),
  'unsupported-filter': () => t('a changed file is under a git filter that is not yours'),
  timeout: () => t('it took longer than it may'),
};

const states: Readonly<Record<TestState, () => string>> = {
  passes: () => t('passes'), fails: () => t('fails'), skipped: () => t('skipped'), new: () => t('new'), removed: () => t('removed'), 'newly-failing': () => t('newly failing'),
  'already-failing': () => t('already failing'), fixed: () => t('fixed'), flaky: () => t('flaky'), quarantined: () => t('in quarantine'),
};

const verdictWord = (verdict: Verdict): string => verdicts[verdict]();
const reasonWord = (reason: Reason): string => reasons[reason]();
export const testStateWord = (state: TestState): string => states[state]();

const standings: Readonly<Record<Quarantined['standing'], () => string>> = {
  failing: () => t('fails'), passing: () => t('passes'), skipped: () => t('skipped'), gone: () => t('there is no such test any more'), over: () => t('over, so it counts'), 'not-run': () => t('not known'),
};

/** One test that a person put aside, and what became of it. */
export function quarantineLine({ test, reason, until, standing }: Quarantined): string {
  return t('In quarantine until {0} ({1}): {2}: {3}', plain(until), standings[standing](), plain(test, 300), plain(reason, 200));
}

/** `rejected: tests fail that do not fail on the base`. */
export function judgementLine({ verdict, reason }: { readonly verdict: Verdict; readonly reason: Reason }): string {
  return t('{0}: {1}', verdictWord(verdict), reasonWord(reason));
}

/** `gate rejected: new-failures, after 2 repairs`, as a view says it, in words. */
export function detailWords(detail: string): string {
  return detail.replace(/\b(accepted|rejected|not-verified|error|timed-out): ([a-z-]+)/g, (said, verdict: Verdict, reason: string) => (Object.hasOwn(reasons, reason) ? judgementLine({ verdict, reason: reason as Reason }) : said));
}

/** `2 of 14 tests failed`, `14 of 14 tests passed`, `3 new findings`; empty where nothing was counted. */
export function countsLine({ tests, findings }: Pick<GateResult, 'tests' | 'findings'>): string {
  const ran = tests.passed + tests.failed;
  const counted = ran === 0 ? '' : tests.failed > 0 ? t('{0} of {1} tests failed', tests.failed, ran) : t('{0} of {1} tests passed', ran, ran);
  return line(counted, findings && findings.new > 0 ? t('{0} new findings', findings.new) : '', tests.flaky > 0 ? t('{0} flaky', tests.flaky) : '');
}

/** `failed 0 of 3 alone · failed 4 of 4 with its file`: of a test that was run again. */
export function rerunLine({ alone, withFile, whole, base, known, because }: Rerun): string {
  const of = ({ runs, failed }: Counted, words: (failed: number, runs: number) => string): string => (runs === 0 ? '' : words(failed, runs));
  return line(
    of(alone, (failed, runs) => t('failed {0} of {1} alone', failed, runs)), of(withFile, (failed, runs) => t('failed {0} of {1} with its file', failed, runs)),
    of(whole, (failed, runs) => t('failed {0} of {1} with the whole suite', failed, runs)), of(base, (failed, runs) => t('failed {0} of {1} on the base', failed, runs)),
    known ? of(known, (failed, runs) => t('failed {0} of {1} runs remembered from before', failed, runs)) : '', because === undefined ? '' : plain(because, 160),
  );
}
