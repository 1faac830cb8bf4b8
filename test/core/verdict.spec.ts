/** The closed table of product.md §5: one sentence for each row that the facts of one gate run can reach, and what holds for all facts. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { judge, reasonsByVerdict, repairable, verdict, waivable, worst, type GateFacts, type Judgement, type ProcessEnd, type RunFacts, type TestFacts } from '../../src/core/verdict.ts';
import { mergedVerdict } from '../../src/core/verdictBeside.ts';

const tests = (more: Partial<TestFacts> = {}): TestFacts => ({ passed: ['a', 'b'], failed: [], skipped: [], truncated: false, left: [], ...more });
const exited = (code: number): ProcessEnd => ({ kind: 'exited', code });
const run = (more: Partial<RunFacts> = {}): RunFacts => ({ end: exited(0), tests: tests(), overloaded: false, reportAsked: true, couldNotLoad: false, ...more });
const facts = (more: Partial<GateFacts> = {}): GateFacts => ({
  hasCommand: true, sandboxMissing: false, unsupportedFilter: false, setup: 'none', head: run(), base: null, definitionChanged: 'no', wroteFiles: [], ...more,
});
const red = run({ end: exited(1), tests: tests({ passed: ['a'], failed: ['b'] }) });
const silent = (code: number, reportAsked = true): RunFacts => run({ end: exited(code), tests: null, reportAsked });

const rows: readonly (readonly [sentence: string, facts: GateFacts, expected: string])[] = [
  ['every expected test ran and passed', facts(), 'accepted passed'],
  ['every test of the base ran and passed', facts({ base: run() }), 'accepted passed'],
  ['only tests that fail on the base fail', facts({ head: red, base: red }), 'accepted only-preexisting-failures'],
  ['the runner is as discontent as on the base, and every test passed', facts({ head: run({ end: exited(1) }), base: run({ end: exited(1) }) }), 'accepted only-preexisting-failures'],
  ['a test that failed on the base passes', facts({ base: red }), 'accepted base-red-repaired'],
  ['a test fails that did not fail on the base', facts({ head: red, base: run() }), 'rejected new-failures'],
  ['a test fails and nothing is known of the base', facts({ head: red }), 'rejected new-failures'],
  ['a test that sometimes fails here does so on the base, too', facts({ head: red, base: run(), flakes: { onHead: ['b'], onBase: ['b'] } }), 'accepted known-flaky-only'],
  ['a test sometimes fails here, and never on the base', facts({ head: red, base: run(), flakes: { onHead: ['b'], onBase: [] } }), 'rejected new-failures'],
  ['a test always fails here, and sometimes on the base', facts({ head: red, base: run(), flakes: { onHead: [], onBase: ['b'] } }), 'not-verified flaky-at-base'],
  ['a new test sometimes fails', facts({ head: run({ end: exited(1), tests: tests({ failed: ['c'] }) }), base: run(), flakes: { onHead: ['c'], onBase: [] } }), 'rejected new-test-flaky'],
  ['a new test always fails', facts({ head: run({ end: exited(1), tests: tests({ failed: ['c'] }) }), base: run(), flakes: { onHead: [], onBase: [] } }), 'rejected new-failures'],
  ['a test always fails beside one that flips on both sides', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a', 'b'] }) }), base: run(), flakes: { onHead: ['b'], onBase: ['b'] } }), 'rejected new-failures'],
  ['a test is gone beside one that flips on both sides', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['b'] }) }), base: run(), flakes: { onHead: ['b'], onBase: ['b'] } }), 'rejected tests-removed'],
  ['only a test in quarantine fails', facts({ head: red, base: run(), quarantined: ['b'] }), 'accepted known-flaky-only'],
  ['a test in quarantine fails, on the base, too', facts({ head: red, base: red, quarantined: ['b'] }), 'accepted only-preexisting-failures'],
  ['a test in quarantine fails beside another', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a', 'b'] }) }), base: run(), quarantined: ['b'] }), 'rejected new-failures'],
  ['a test in quarantine fails, and one is gone', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['b'] }) }), base: run(), quarantined: ['b'] }), 'rejected tests-removed'],
  ['a test in quarantine is gone', facts({ head: run({ tests: tests({ passed: ['a'] }) }), base: run(), quarantined: ['b'] }), 'rejected tests-removed'],
  ['a test in quarantine fails where the run stops at it', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['b'], truncated: true }) }), base: run(), quarantined: ['b'] }), 'rejected new-failures'],
  ['a test fails and the exit code hides it', facts({ head: run({ tests: tests({ failed: ['c'] }) }) }), 'rejected new-failures'],
  ['a command that never reports fails only here', facts({ head: silent(1, false), base: silent(0, false) }), 'rejected new-failures'],
  ['the runner fails to load only here', facts({ head: run({ end: exited(1), tests: null, couldNotLoad: true }), base: run() }), 'rejected build-failed'],
  ['the runner ends without a report only here', facts({ head: silent(1), base: run() }), 'rejected build-failed'],
  ['a test of the base is not in the report', facts({ head: run({ tests: tests({ passed: ['a'] }) }), base: run() }), 'rejected tests-removed'],
  ['a test of the base is skipped', facts({ head: run({ tests: tests({ passed: ['a'], skipped: ['b'] }) }), base: run() }), 'rejected tests-skipped'],
  ['no test runs where some ran', facts({ head: run({ tests: tests({ passed: [] }) }), base: run() }), 'rejected suite-shrunk'],
  ['the head would have judged itself otherwise', facts({ definitionChanged: 'differs' }), 'rejected gate-tampered'],
  ['the head fails, and would have judged itself otherwise', facts({ head: red, definitionChanged: 'differs' }), 'rejected gate-tampered'],
  ['every test passed and the runner is not content', facts({ head: run({ end: exited(1) }), base: run() }), 'rejected threshold'],
  ['the run left by itself in the middle', facts({ head: run({ tests: tests({ truncated: true }) }) }), 'rejected early-exit'],
  ['the run left by itself before its first test was done', facts({ head: run({ tests: tests({ passed: [], truncated: true }) }) }), 'rejected early-exit'],
  ['a test file left by itself, and nothing is known of the base', facts({ head: run({ tests: tests({ passed: ['f'], left: ['f'] }) }) }), 'rejected early-exit'],
  ['a test file left by itself, and its tests are missing', facts({ head: run({ tests: tests({ passed: ['f'], left: ['f'] }) }), base: run() }), 'rejected early-exit'],
  ['a test file left by itself beside a test that fails as on the base', facts({ head: run({ end: exited(1), tests: tests({ passed: ['a', 'f'], failed: ['b'], left: ['f'] }) }), base: red }), 'rejected early-exit'],
  ['a test file left by itself beside a new failure', facts({ head: run({ end: exited(1), tests: tests({ passed: ['f'], failed: ['b'], left: ['f'] }) }), base: run() }), 'rejected new-failures'],
  ['a script leaves by itself as it does on the base', facts({ head: run({ tests: tests({ passed: ['a', 'b', 'f'], left: ['f'] }) }), base: run({ tests: tests({ passed: ['a', 'b', 'f'], left: ['f'] }) }) }), 'accepted passed'],
  ['the run broke in the middle, the base did not', facts({ head: run({ end: exited(7), tests: tests({ truncated: true }) }), base: run() }), 'rejected early-exit'],
  ['the run broke in the middle after a new failure', facts({ head: run({ end: exited(7), tests: tests({ failed: ['c'], truncated: true }) }), base: run() }), 'rejected new-failures'],
  ['no report and exit 0, where the base reported', facts({ head: silent(0), base: run() }), 'rejected early-exit'],
  ['every test passed and the run never ended', facts({ head: run({ end: { kind: 'timed-out' } }) }), 'rejected hung-after-pass'],
  ['the run changed tracked files', facts({ wroteFiles: ['src/a.js'] }), 'rejected gate-wrote-files'],
  ['there is no command', facts({ hasCommand: false, head: null }), 'not-verified no-command'],
  ['no test runs, on the base neither', facts({ head: run({ tests: tests({ passed: [] }) }), base: run({ tests: tests({ passed: [] }) }) }), 'not-verified no-tests'],
  ['a command that never reports ends with 0', facts({ head: silent(0, false) }), 'not-verified no-tests'],
  ['a report was asked for and none came, on the base neither', facts({ head: silent(0), base: silent(0) }), 'not-verified incomplete-report'],
  ['the head edits the definition and the outcome is the same', facts({ definitionChanged: 'same-outcome' }), 'not-verified needs-person'],
  ['the set-up failed', facts({ setup: 'failed', head: null }), 'error setup-failed'],
  ['the command is not there', facts({ head: run({ end: { kind: 'missing' }, tests: null }) }), 'error command-missing'],
  ['the command may not be executed', facts({ head: run({ end: { kind: 'not-executable' }, tests: null }) }), 'error command-missing'],
  ['the command never started', facts({ head: null }), 'error runner-error'],
  ['the runner fails to load on the base as well', facts({ head: run({ end: exited(1), tests: null, couldNotLoad: true }), base: run({ end: exited(1), tests: null, couldNotLoad: true }) }), 'error runner-error'],
  ['the run broke in the middle, as on the base', facts({ head: run({ end: exited(7), tests: tests({ truncated: true }) }), base: run({ end: exited(7), tests: tests({ truncated: true }) }) }), 'error runner-error'],
  ['the run was killed', facts({ head: run({ end: { kind: 'signalled', signal: 'SIGKILL' }, tests: null }) }), 'error killed'],
  ['the time ran out on a machine under load', facts({ head: run({ end: { kind: 'timed-out' }, tests: null, overloaded: true }) }), 'error overloaded'],
  ['a sandbox is required and there is none', facts({ sandboxMissing: true, head: null }), 'error no-sandbox'],
  ['a changed path is under a filter that is not the user\'s', facts({ unsupportedFilter: true, head: null }), 'error unsupported-filter'],
  ['both stop at a failure that is on both sides', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a'], truncated: true }) }), base: run({ end: exited(1), tests: tests({ passed: [], failed: ['a'], truncated: true }) }) }), 'not-verified incomplete-report'],
  ['both stop at a failure, the head at one that passes on the base', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a'], truncated: true }) }), base: run({ end: exited(1), tests: tests({ passed: ['a'], failed: ['b'], truncated: true }) }) }), 'rejected new-failures'],
  ['the report is damaged', facts({ head: run({ tests: tests({ damaged: true }) }), base: run() }), 'not-verified incomplete-report'],
  ['the report is damaged, and has a failure that passes on the base', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a'], damaged: true }) }), base: run() }), 'rejected new-failures'],
  ['the base\'s report is damaged', facts({ base: run({ tests: tests({ passed: ['a', 'b', 'c'], damaged: true }) }) }), 'accepted passed'],
  ['the time ran out after a report that is damaged', facts({ head: run({ end: { kind: 'timed-out' }, tests: tests({ damaged: true }) }) }), 'timed-out timeout'],
  ['a static check finds nothing', facts({ head: silent(0), findings: { newErrors: 0, newWarnings: 0, known: 0 } }), 'accepted passed'],
  ['a static check finds what the base has, too', facts({ head: silent(2), base: silent(2), findings: { newErrors: 0, newWarnings: 0, known: 3 } }), 'accepted only-preexisting-failures'],
  ['a static check finds less, and is content', facts({ head: silent(0), base: silent(2), findings: { newErrors: 0, newWarnings: 0, known: 0 } }), 'accepted base-red-repaired'],
  ['a static check finds a new error among old ones', facts({ head: silent(2), base: silent(2), findings: { newErrors: 1, newWarnings: 0, known: 3 } }), 'rejected new-findings'],
  ['a static check finds a new error and exits 0', facts({ head: silent(0), base: silent(0), findings: { newErrors: 1, newWarnings: 0, known: 0 } }), 'rejected new-findings'],
  ['a static check finds a new warning that it lets pass', facts({ head: silent(0), base: silent(0), findings: { newErrors: 0, newWarnings: 1, known: 0 } }), 'accepted passed'],
  ['a static check finds a new warning that it does not let pass', facts({ head: silent(1), base: silent(0), findings: { newErrors: 0, newWarnings: 1, known: 0 } }), 'rejected new-findings'],
  ['a static check fails without a finding, only here', facts({ head: silent(1), base: silent(0), findings: { newErrors: 0, newWarnings: 0, known: 0 } }), 'rejected build-failed'],
  ['a static check fails without a finding, as on the base', facts({ head: silent(1), base: silent(1), findings: { newErrors: 0, newWarnings: 0, known: 0 } }), 'error runner-error'],
  ['a static check\'s findings cannot be read', facts({ head: silent(0), findings: null }), 'not-verified incomplete-report'],
  ['a static check\'s findings cannot be read and it fails only here', facts({ head: silent(1), base: silent(0), findings: null }), 'rejected build-failed'],
  ['a static check\'s findings cannot be read, as on the base', facts({ head: silent(1), base: silent(1), findings: null }), 'error runner-error'],
  ['a static check is not there', facts({ head: run({ end: { kind: 'missing' }, tests: null }), findings: null }), 'error command-missing'],
  ['a static check takes too long', facts({ head: run({ end: { kind: 'timed-out' }, tests: null }), findings: null }), 'timed-out timeout'],
  ['enough of the changed lines ran', facts({ coverage: { lines: 10, ran: 8, minimum: 80 } }), 'accepted passed'],
  ['too few of the changed lines ran', facts({ coverage: { lines: 10, ran: 7, minimum: 80 } }), 'rejected threshold'],
  ['no changed line can run', facts({ coverage: { lines: 0, ran: 0, minimum: 80 } }), 'accepted passed'],
  ['the coverage cannot be read', facts({ coverage: null }), 'not-verified incomplete-report'],
  ['the coverage cannot be read and a test fails', facts({ head: run({ end: exited(1), tests: tests({ passed: ['a'], failed: ['b'] }) }), base: run(), coverage: null }), 'rejected new-failures'],
  ['the time ran out before any test was done', facts({ head: run({ end: { kind: 'timed-out' }, tests: tests({ passed: [] }) }) }), 'timed-out timeout'],
  ['the time ran out, and a test had failed', facts({ head: run({ end: { kind: 'timed-out' }, tests: tests({ passed: ['a'], failed: ['b'] }) }), base: run() }), 'timed-out timeout'],
  ['nothing can be said of the head, and it would have judged itself otherwise', facts({ head: run({ tests: tests({ passed: [] }) }), definitionChanged: 'differs' }), 'not-verified no-tests'],
  ['a test fails, and the run changed tracked files', facts({ head: red, base: run(), wroteFiles: ['src/a.js'] }), 'rejected new-failures'],
  ['no test runs where as many passed as failed', facts({ head: run({ tests: tests({ passed: [] }) }), base: red }), 'rejected suite-shrunk'],
  ['the runner fails to load only here, and reports no test', facts({ head: run({ end: exited(1), tests: tests({ passed: [] }), couldNotLoad: true }), base: run() }), 'rejected build-failed'],
  ['every test passed, the runner is not content, and nothing is known of the base', facts({ head: run({ end: exited(1) }) }), 'rejected threshold'],
  ['every test passed and the runner is not content, where the base takes too long', facts({ head: run({ end: exited(1) }), base: run({ end: { kind: 'timed-out' } }) }), 'rejected threshold'],
  ['every test passed and the runner is not content, where the base reports nothing', facts({ head: run({ end: exited(1) }), base: silent(1) }), 'rejected threshold'],
  ['every test passed and the runner is not content, where tests of the base fail', facts({ head: run({ end: exited(1) }), base: red }), 'rejected threshold'],
  ['the report is damaged and has a failure, and nothing is known of the base', facts({ head: run({ end: exited(1), tests: tests({ failed: ['c'], damaged: true }) }) }), 'not-verified incomplete-report'],
  ['the report is damaged and has a failure, where the base reports nothing', facts({ head: run({ end: exited(1), tests: tests({ failed: ['c'], damaged: true }) }), base: silent(1) }), 'not-verified incomplete-report'],
  ['the run broke in the middle, and the base reports nothing', facts({ head: run({ end: exited(7), tests: tests({ failed: ['c'], truncated: true }) }), base: silent(1) }), 'error runner-error'],
  ['the run stops at a failure, where the base broke without one', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a'], truncated: true }) }), base: run({ end: exited(7), tests: tests({ passed: [], truncated: true }) }) }), 'error runner-error'],
  ['the run broke without a failure, where the base stops at one', facts({ head: run({ end: exited(7), tests: tests({ passed: [], truncated: true }) }), base: run({ end: exited(1), tests: tests({ passed: [], failed: ['a'], truncated: true }) }) }), 'error runner-error'],
  ['a test file left by itself, and the base reports nothing', facts({ head: run({ tests: tests({ passed: ['f'], left: ['f'] }) }), base: silent(1) }), 'rejected early-exit'],
  ['a test fails, and the base reports nothing', facts({ head: red, base: silent(1) }), 'rejected new-failures'],
  ['of two tests that flip on the base one always fails here', facts({ head: run({ end: exited(1), tests: tests({ passed: [], failed: ['a', 'b'] }) }), base: run(), flakes: { onHead: ['a'], onBase: ['a', 'b'] } }), 'not-verified flaky-at-base'],
  ['no report and exit 0 of a runner that writes one, and nothing is known of the base', facts({ head: silent(0) }), 'rejected early-exit'],
  ['no report here, where the base takes too long', facts({ head: silent(1), base: run({ end: { kind: 'timed-out' } }) }), 'error runner-error'],
  ['no report here, as on the base', facts({ head: silent(1), base: silent(1) }), 'error runner-error'],
  ['no report here, and nothing is known of the base', facts({ head: silent(1) }), 'error runner-error'],
  ['no report here, where tests of the base fail', facts({ head: silent(1), base: red }), 'rejected build-failed'],
  ['no report here, where none came on the base, either, and it was content', facts({ head: silent(1), base: silent(0) }), 'rejected build-failed'],
  ['no report here of a command that was not asked for one and reported on the base', facts({ head: silent(1, false), base: run({ reportAsked: false }) }), 'rejected build-failed'],
  ['the time ran out', facts({ head: run({ end: { kind: 'timed-out' }, tests: tests({ truncated: true }) }) }), 'timed-out timeout'],
];

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
const anyTests = fc.option(fc.record({ passed: ids, failed: ids, skipped: ids, truncated: fc.boolean(), damaged: fc.boolean(), left: ids }));
const anyEnd: fc.Arbitrary<ProcessEnd> = fc.oneof(
  fc.record({ kind: fc.constant('exited' as const), code: fc.constantFrom(0, 1, 2, 101) }), fc.constant({ kind: 'signalled' as const, signal: 'SIGTERM' }),
  fc.constant({ kind: 'timed-out' as const }), fc.constant({ kind: 'missing' as const }), fc.constant({ kind: 'not-executable' as const }),
);
const anyRun = fc.record({ end: anyEnd, tests: anyTests, overloaded: fc.boolean(), reportAsked: fc.boolean(), couldNotLoad: fc.boolean() });
const anyFacts: fc.Arbitrary<GateFacts> = fc.record({
  flakes: fc.record({ onHead: ids, onBase: ids }), quarantined: ids,
  hasCommand: fc.boolean(), sandboxMissing: fc.boolean(), unsupportedFilter: fc.boolean(), setup: fc.constantFrom('none', 'done', 'failed'),
  head: fc.option(anyRun), base: fc.option(anyRun), definitionChanged: fc.constantFrom('no', 'same-outcome', 'differs'), wroteFiles: fc.array(fc.constant('src/a.js'), { maxLength: 1 }),
});
const inTable = ({ verdict: found, reason }: Judgement): boolean => (reasonsByVerdict[found] as readonly string[]).includes(reason);
const anyJudgement = anyFacts.map(verdict);

describe('verdict', () => {
  for (const [sentence, found, expected] of rows) {
    it(`REQ-GATE-01: ${sentence}: ${expected}`, () => {
      const { verdict: name, reason } = verdict(found);
      equal(`${name} ${reason}`, expected);
    });
  }

  it('REQ-GATE-01: has an answer of the closed table for all facts, and always the same', () => {
    fc.assert(fc.property(anyFacts, (found) => {
      const judgement = verdict(found);
      ok(inTable(judgement));
      deepEqual(verdict(structuredClone(found)), judgement);
    }), { numRuns: 2000 });
  });

  it('REQ-GATE-02: accepts nothing without a test that ran and passed or failed on the base too, and no new failure but one that flips on both sides or is in quarantine', () => {
    fc.assert(fc.property(anyFacts, (found) => {
      if (verdict(found).verdict !== 'accepted') return;
      const head = found.head?.tests;
      ok(head && head.passed.length + head.failed.length > 0 && !head.truncated && !head.damaged);
      const flips = (id: string): boolean => found.flakes?.onHead.includes(id) === true && found.flakes.onBase.includes(id);
      ok(head.failed.every((id) => found.base?.tests?.failed.includes(id) === true || flips(id) || found.quarantined?.includes(id) === true));
      ok(head.left.every((id) => found.base?.tests?.left.includes(id)));
      ok(found.wroteFiles.length === 0 && found.definitionChanged === 'no' && found.setup !== 'failed');
    }), { numRuns: 5000 });
  });

  it('REQ-GATE-03: never calls a time-out, a signal or a missing command a failed test', () => {
    fc.assert(fc.property(anyFacts, (found) => {
      const end = found.head?.end.kind;
      if (end === undefined || end === 'exited') return;
      ok(!['new-failures', 'tests-removed', 'build-failed'].includes(verdict(found).reason));
    }), { numRuns: 2000 });
  });
});

describe('worst', () => {
  it('REQ-GATE-04: is rejected before error before timed-out before not-verified before accepted', () => {
    const order: readonly Judgement[] = [
      { verdict: 'rejected', reason: 'new-failures' }, { verdict: 'error', reason: 'killed' }, { verdict: 'timed-out', reason: 'timeout' },
      { verdict: 'not-verified', reason: 'no-tests' }, { verdict: 'accepted', reason: 'passed' },
    ];
    order.forEach((judgement, index) => deepEqual(worst([...order.slice(index)].reverse()), judgement));
  });

  it('REQ-GATE-04: is no-command without a gate, and shows the amber reason among accepted ones', () => {
    deepEqual(worst([]), { verdict: 'not-verified', reason: 'no-command' });
    const [green, amber, other] = [judge('accepted', 'passed'), judge('accepted', 'only-preexisting-failures'), judge('accepted', 'base-red-repaired')];
    deepEqual([worst([green, amber]), worst([amber, green]), worst([amber, other])], [amber, amber, amber]);
  });

  it('REQ-GATE-04: is one of those given, whatever their order', () => {
    fc.assert(fc.property(fc.array(anyJudgement, { minLength: 1, maxLength: 6 }), (judgements) => {
      const found = worst(judgements);
      ok(judgements.some((judgement) => judgement.verdict === found.verdict && judgement.reason === found.reason));
      equal(worst([...judgements].reverse()).verdict, found.verdict);
    }));
  });
});

describe('the verdict on a merged tree', () => {
  it('REQ-VERIFY-08: is merged-tree-red where it is red only together; what the change broke by itself, and every other reason, stays', () => {
    const alone = [judge('accepted', 'passed'), judge('accepted', 'only-preexisting-failures'), judge('rejected', 'new-failures'), judge('not-verified', 'no-tests')];
    const found = [judge('rejected', 'new-failures'), judge('rejected', 'build-failed'), judge('rejected', 'tests-removed'), judge('error', 'killed'), judge('accepted', 'passed')];
    deepEqual(found.map((merged) => alone.map((one) => mergedVerdict(merged, one).reason)), [
      ['merged-tree-red', 'merged-tree-red', 'new-failures', 'new-failures'], ['merged-tree-red', 'merged-tree-red', 'build-failed', 'build-failed'],
      ['tests-removed', 'tests-removed', 'tests-removed', 'tests-removed'], ['killed', 'killed', 'killed', 'killed'], ['passed', 'passed', 'passed', 'passed'],
    ]);
    deepEqual(mergedVerdict(judge('rejected', 'new-failures'), judge('accepted', 'passed')), judge('rejected', 'merged-tree-red'));
  });
});

describe('what a person or an agent can do', () => {
  it('REQ-GATE-05: a person can waive all but what is accepted and a conflict', () => {
    for (const name of Object.keys(reasonsByVerdict) as (keyof typeof reasonsByVerdict)[]) {
      for (const reason of reasonsByVerdict[name]) equal(waivable({ verdict: name, reason }), name !== 'accepted' && reason !== 'conflict');
    }
  });

  it('REQ-GATE-05: evidence goes back to an agent only where its work is at fault', () => {
    equal(repairable({ verdict: 'rejected', reason: 'new-failures' }), true);
    equal(repairable({ verdict: 'timed-out', reason: 'timeout' }), true);
    equal(repairable({ verdict: 'error', reason: 'command-missing' }), false);
    equal(repairable({ verdict: 'not-verified', reason: 'no-command' }), false);
  });
});
