// What a change's tests show, and what the base's tests show of a change.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { baseTestTicks, baseTests, baseTestsTogether, changeKindSchema, redGreen, together } from '../../src/core/redGreen.ts';
import type { BaseTests, Outcome, ProofState } from '../../src/core/redGreen.ts';
import { baseTestsVerdict, redGreenVerdict } from '../../src/core/verdictBeside.ts';

const over = (outcomes: Readonly<Record<string, Outcome>>) => (test: string): Outcome => outcomes[test] ?? { kind: 'absent', shown: 'is not in the report' };
const failed = (cause: Extract<Outcome, { kind: 'failed' }>['cause']): Outcome => ({ kind: 'failed', cause, shown: cause });

describe('REQ-GATE-120 the red-green proof', () => {
  it('counts what failed without the change and passes with it, and what is new and shows nothing', () => {
    const found = redGreen({
      passed: ['old', 'old changed', 'old moved', 'old late', 'mended', 'new', 'new feature', 'new same', 'new late', 'new unloaded', 'new lost'],
      known: new Set(['old', 'old changed', 'old moved', 'old late', 'mended']), failedBefore: new Map([['mended', 'was red']]),
      over: over({
        old: { kind: 'passed' }, 'old changed': failed('assertion'), 'old moved': failed('missing-feature'), 'old late': failed('timeout'), mended: { kind: 'passed' },
        new: failed('assertion'), 'new feature': failed('missing-feature'), 'new same': { kind: 'passed' }, 'new late': failed('timeout'), 'new unloaded': failed('load'),
      }),
    });
    assert.deepEqual([found.state, together([found]).tests.map(({ test, state, shown }) => `${test}: ${state} (${shown})`)], ['proven', [
      'old changed: proven (assertion)', 'mended: proven (was red)', 'new: proven (assertion)', 'new feature: proven (missing-feature)',
      'new same: not-discriminating (passes without the change)', 'new late: inconclusive (timeout)', 'new unloaded: inconclusive (load)', 'new lost: inconclusive (is not in the report)',
    ]]);
  });

  it('is none without a test that is new or changed its answer, and one gate\'s proof is enough', () => {
    const none = redGreen({ passed: ['old'], known: new Set(['old']), failedBefore: new Map(), over: null });
    const same = redGreen({ passed: ['new'], known: new Set(), failedBefore: new Map(), over: over({ new: { kind: 'passed' } }) });
    const proven = redGreen({ passed: ['new'], known: new Set(), failedBefore: new Map(), over: over({ new: failed('assertion') }) });
    assert.deepEqual([none.state, same.state, proven.state, together([]).state, together([none, same]).state, together([same, proven]).state], ['none', 'not-discriminating', 'proven', 'none', 'not-discriminating', 'proven']);
  });

  it('shows what proves first, and no more than anybody reads', () => {
    const shown = together([{ state: 'inconclusive', tests: [{ test: 'late', state: 'inconclusive', shown: '' }, ...Array.from({ length: 200 }, (_, n) => ({ test: `same ${n}`, state: 'not-discriminating' as const, shown: '' }))] }, { state: 'proven', tests: [{ test: 'proof', state: 'proven', shown: '' }] }]);
    assert.deepEqual([shown.state, shown.tests.length, shown.tests[0]?.test, shown.tests[1]?.test, shown.tests.at(-1)?.test], ['proven', 200, 'proof', 'same 0', 'same 198']);
  });

  it('REQ-GATE-122: is asked for of a fix and a feature, of others where they bring tests, and never of what changes no behaviour', () => {
    const states: readonly (ProofState | 'none')[] = ['proven', 'not-discriminating', 'inconclusive', 'none'];
    const content = changeKindSchema.options.map((kind) => `${kind}: ${states.filter((state) => redGreenVerdict(kind, { state, tests: [] }).verdict === 'accepted').join(' ')}`);
    assert.deepEqual(content, ['auto: proven none', 'fix: proven', 'feature: proven', 'refactor: proven not-discriminating inconclusive none', 'perf: proven not-discriminating inconclusive none', 'docs: proven not-discriminating inconclusive none']);
    assert.deepEqual(redGreenVerdict('fix', { state: 'none', tests: [] }), { verdict: 'not-verified', reason: 'no-red-proof' });
  });
});

describe('REQ-GATE-123 the base\'s tests on a change', () => {
  const found = (outcomes: Readonly<Record<string, Outcome>>, asked: readonly string[] = []) => baseTests(Object.keys(outcomes), over(outcomes), (test) => asked.includes(test));

  it('hold, fail, or say nothing where they cannot be loaded', () => {
    assert.deepEqual([
      found({ a: { kind: 'passed' } }).state, found({ a: { kind: 'passed' }, b: failed('assertion') }), found({ a: failed('timeout') }).state, found({ a: failed('load') }).state, found({ a: failed('missing-feature') }).state, found({ a: { kind: 'absent', shown: '' } }).state,
    ], ['hold', { state: 'fail', failing: [{ test: 'b', shown: 'assertion', asked: false }] }, 'fail', 'inconclusive', 'inconclusive', 'inconclusive']);
  });

  it('say nothing where only some of them can be loaded', () => {
    assert.deepEqual(found({ a: { kind: 'passed' }, b: failed('load') }), { state: 'inconclusive', failing: [] });
  });

  it('of several gates: one that fails decides, then one that says nothing, and all failures are kept, up to what anybody reads', () => {
    const states = ['hold', 'fail', 'inconclusive', 'none'] as const;
    const part = (state: (typeof states)[number], ...tests: string[]): BaseTests => ({ state, failing: tests.map((test) => ({ test, shown: 'assertion', asked: false })) });
    const pairs = states.map((left) => states.map((right) => baseTestsTogether([part(left), part(right)]).state).join(' '));
    assert.deepEqual([pairs, baseTestsTogether([]), baseTestsTogether([part('fail', 'a'), part('hold'), part('fail', 'b')]).failing.map(({ test }) => test)], [
      ['hold fail inconclusive hold', 'fail fail fail fail', 'inconclusive fail inconclusive inconclusive', 'hold fail inconclusive none'], { state: 'none', failing: [] }, ['a', 'b'],
    ]);
    const many = found(Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`t${n}`, failed('assertion')])));
    assert.deepEqual([many.failing.length, baseTestsTogether([many, many]).failing.length], [200, 200]);
  });

  it('are a person\'s to look at where they fail and the plan does not name them: by a tick, by the verdict, and against it where nothing was to change', () => {
    const failing = found({ a: failed('assertion'), b: failed('assertion') }, ['a']);
    const asked = found({ a: failed('assertion') }, ['a']);
    assert.deepEqual(baseTestTicks(failing), [
      { id: 'base-test:b', why: 'As the base has it, the test "b" fails on this change.' },
    ]);
    const verdicts = changeKindSchema.options.map((kind) => [failing, asked].map((one) => baseTestsVerdict(kind, one).reason).join(' '));
    assert.deepEqual(verdicts, ['needs-person passed', 'needs-person passed', 'needs-person passed', 'assertions-weakened passed', 'assertions-weakened passed', 'assertions-weakened passed']);
    const many = found(Object.fromEntries(Array.from({ length: 43 }, (_, index) => [`t${index}`, failed('assertion')])));
    assert.deepEqual([baseTestTicks(many).length, baseTestTicks(many).at(-1)], [41, { id: 'base-test:others', why: '3 more tests fail on this change as the base has them.' }]);
  });
});
