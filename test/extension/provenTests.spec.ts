import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Judged } from '../../src/client/readJudged.ts';
import type { Evidence, GateResult } from '../../src/core/gate.ts';
import type { EvidenceDocument, JudgedTest, TestState } from '../../src/core/testState.ts';
import { reasonsByVerdict, type Verdict } from '../../src/core/verdict.ts';
import { evidenceDocument } from '../../src/extension/testing/evidenceDocument.ts';
import { evidenceMark, gateNodes, gatesShown, provenRuns, runsShown, testNodes, testsShown, worktreeOf } from '../../src/extension/testing/provenTests.ts';
import { detailWords, judgementLine } from '../../src/extension/rows/verdictWords.ts';
import { gateLogFile } from '../../src/journal/journalFolder.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, changed, evidence, given, integrated, judgedUnit, planApproved } from '../support/given.ts';

const gateOf = (found: Evidence, change: Partial<GateResult> = {}): GateResult => ({ ...found.gates[0] as GateResult, ...change });
const red = evidence('t', 'rejected', 'new-failures');
const judged = (change: Partial<Judged> = {}): Judged => ({ of: 'unit', at: 'implement/a', n: 1, when: 5, evidence: red, ...change });
const test = (name: string, state: TestState, change: Partial<JudgedTest> = {}): JudgedTest => ({ test: name, state, message: '', file: 'test/a.test.js', line: null, since: null, ...change });

describe('evidence in Test Explorer', () => {
  it('REQ-EXT-70 has the gates of every verdict, the newest first, each with verdict and reason in words', () => {
    const green = evidence('t');
    const { shown, left } = gateNodes([judged(), judged({ n: 2, when: 6, evidence: green }), judged({ of: 'candidate', at: 'test', n: 1, when: 7, evidence: { ...green, gates: [gateOf(green, { verdict: 'timed-out', reason: 'timeout' })] } })]);
    assert.deepEqual([shown.map(({ label, description, outcome, message }) => [label, description, outcome, message]), new Set(shown.map(({ id }) => id)).size, left], [[
      ['unit', 'test, round 1 · ran out of time: it took longer than it may · 1 of 1 tests passed', 'errored', 'ran out of time: it took longer than it may · 1 of 1 tests passed · npm test'],
      ['unit', 'a, attempt 2 · accepted: all of it passed · 1 of 1 tests passed', 'passed', ''],
      ['unit', 'a, attempt 1 · superseded · rejected: tests fail that do not fail on the base · 1 of 1 tests passed', 'failed', 'rejected: tests fail that do not fail on the base · 1 of 1 tests passed · npm test'],
    ], 3, 0]);
  });

  it('REQ-EXT-70 says what became of each test, what asks for a look first, with its message at its line', () => {
    const states: readonly TestState[] = ['passes', 'new', 'fixed', 'skipped', 'already-failing', 'flaky', 'quarantined', 'removed', 'fails', 'newly-failing'];
    const tests = states.map((state) => test(`test/a.test.js › csv › ${state}`, state, state === 'removed' || state === 'passes' ? {} : { message: `boom ${state}`, line: 7, since: state === 'already-failing' ? '0123456789abcdef' : null }));
    const flakes = [{ test: 'test/a.test.js › csv › flaky', head: { runs: 4, failed: 1 }, base: { runs: 6, failed: 2 } }];
    const reruns = [{ test: 'test/a.test.js › csv › newly-failing', outcome: 'fails-always' as const, alone: { runs: 3, failed: 3 }, withFile: { runs: 0, failed: 0 }, whole: { runs: 1, failed: 1 }, base: { runs: 0, failed: 0 } }];
    const { shown } = testNodes(tests, gateOf(red, { flakes, reruns }), red);
    assert.deepEqual([...new Set(shown.map(({ from }) => from))], ['test/a.test.js']);
    assert.deepEqual(shown.map(({ label, description, outcome, message, place }) => [label, description, outcome, message, place?.line ?? null]), [
      ['csv › newly-failing', 'newly failing', 'failed', 'Does not fail on the base. · Run again: fails-always · failed 3 of 3 alone · failed 1 of 1 with the whole suite\n\nboom newly-failing', 7],
      ['csv › fails', 'fails', 'failed', 'boom fails', 7],
      ['csv › removed', 'removed', 'errored', 'Ran on the base and is not in the report.', null],
      ['csv › flaky', 'flaky', 'failed', 'Does not always give the same answer. · Failed 1 of 4 times here, 2 of 6 on the base.\n\nboom flaky', 7],
      ['csv › quarantined', 'in quarantine', 'failed', 'In quarantine: a person put it aside for a while, and its failure rejects nothing.\n\nboom quarantined', 7],
      ['csv › already-failing', 'already failing · since 01234567', 'failed', 'Fails on the base, too: known since 01234567.\n\nboom already-failing', 7],
      ['csv › fixed', 'fixed', 'passed', '', 7],
      ['csv › new', 'new', 'passed', '', 7],
      ['csv › skipped', 'skipped', 'skipped', '', 7],
      ['csv › passes', '', 'passed', '', null],
    ]);
  });

  it('REQ-EXT-70 shows what a gate names beside its tests, and the findings of the guard at their lines', () => {
    const failures = [{ test: 'files written by the run', message: 'the run changed dist/a.js', file: 'dist/a.js', line: null }];
    const guard = gateOf(red, { id: 'integrity-guard', verdict: 'rejected', reason: 'integrity' });
    const integrity: Evidence['integrity'] = [{ id: 'f', kind: 'test-skipped', file: 'test/a.test.js', line: 3, before: 'it(', after: 'it.skip(', why: 'The test does not run any more.', severity: 'high', by: 'parser' }];
    assert.deepEqual([testNodes([], gateOf(red, { failures }), red).shown, testNodes([], guard, { ...red, integrity }).shown], [
      [{ id: '0 files written by the run', label: 'files written by the run', from: '', description: '', outcome: 'failed', message: 'the run changed dist/a.js', place: { file: 'dist/a.js', line: null }, compared: null }],
      [{ id: 'f 0', label: 'test-skipped: test/a.test.js', description: 'high', from: '', outcome: 'failed', message: 'The test does not run any more.\nbefore: it(\nafter: it.skip(', place: { file: 'test/a.test.js', line: 3 }, compared: null }],
    ]);
  });

  it('REQ-EXT-71 shows a certain number of runs, gates and tests at most, and says how many are left', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => test(`t${index}`, index === 4_999 ? 'newly-failing' : 'passes'));
    const nodes = testNodes(many, gateOf(red), red);
    const view = viewOf(given([...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', red)]).state);
    const runs = provenRuns(Array.from({ length: runsShown + 3 }, (_, index) => ({ ...view, task: `t${index}`, startedAt: index })));
    const gates = gateNodes(Array.from({ length: gatesShown + 1 }, (_, index) => judged({ when: index })));
    assert.deepEqual([nodes.shown.length, nodes.left, nodes.shown[0]?.label, runs.shown.length, runs.left, runs.shown[0]?.task, gates.shown.length, gates.left], [testsShown, 5_000 - testsShown, 't4999', runsShown, 3, `t${runsShown + 2}`, gatesShown, 1]);
    assert.deepEqual([evidenceMark(view), provenRuns([viewOf(given([accepted()]).state)])], ['e-t-rejected', { shown: [], left: 0 }]);
  });

  it('REQ-EXT-72 leads to no place outside of the repository, whatever a report says', () => {
    const places = ['/etc/passwd', '../a.js', 'a/../../b.js', 'C:\\a.js', '.git/config', 'a\u202eb.js', '~/a.js', ''].map((file) => test('t', 'fails', { file, line: 1 }));
    assert.deepEqual(testNodes(places, gateOf(red), red).shown.map(({ place }) => place), places.map(() => null));
    assert.deepEqual(testNodes([test('t', 'fails', { file: '.\\test\\a.js', line: 0 })], gateOf(red), red).shown[0]?.place, { file: 'test/a.js', line: null });
    const hostile = testNodes([test('a \u001b[31mred\u001b[0m \u202ename', 'fails', { message: 'x\u0007\u202ey' })], gateOf(red), red).shown[0];
    assert.deepEqual([hostile?.label, hostile?.message], ['a red name', 'xy']);
    assert.deepEqual(['/r/treeline/gates/logs/t1/a_1_gate.unit.log.gz', '/elsewhere/t1/x.log.gz', '/r/../x.log.gz', '/r/t1/engine.json', '/r/.hidden/x.log.gz'].map((address) => gateLogFile('/r/treeline', address)), [
      '/r/treeline/gates/logs/t1/a_1_gate.unit.log.gz', '/r/treeline/gates/logs/t1/x.log.gz', null, null, null,
    ]);
  });

  it('REQ-EXT-72 opens a place in the worktree of the newest work while that is there, else as it was judged', () => {
    const view = { ...viewOf(given(planApproved()).state), worktrees: [{ unit: 'implement/a', path: '/w/a', branch: 'treeline/a' }] };
    const all = [judged(), judged({ n: 2 }), judged({ of: 'candidate', at: 'test' })];
    assert.deepEqual([...all.map((one) => worktreeOf(view, one, all)), worktreeOf({ ...view, worktrees: [] }, judged({ n: 2 }), all)], [null, '/w/a', null, null]);
  });

  it('REQ-EXT-70 tells expected from actual where a message leaves no doubt', () => {
    const compared = (message: string) => testNodes([test('t', 'fails', { message })], gateOf(red), red).shown[0]?.compared;
    assert.deepEqual([
      compared('Expected values to be strictly equal:\n\n1 !== 2\n'),
      compared("Expected values to be strictly deep-equal:\n+ actual - expected\n\n  [\n+   'a',\n-   'b',\n  ]\n"),
      compared('expect(received).toBe(expected) // Object.is equality\n\nExpected: 2\nReceived: 1\n'),
      compared("Expected values to be strictly deep-equal:\n+ actual - expected\n... Skipped lines\n\n  [\n+   'a'\n"),
      compared('it went wrong'), compared(`Expected: 1\nReceived: ${'x'.repeat(3_000)}`),
    ], [{ actual: '1', expected: '2' }, { actual: "[\n  'a',\n]", expected: "[\n  'b',\n]" }, { expected: '2', actual: '1' }, null, null, null]);
  });
});

describe('a verdict in words', () => {
  it('REQ-EXT-73 has words of its own for every verdict and every reason', () => {
    const all = Object.entries(reasonsByVerdict).flatMap(([verdict, reasons]) => reasons.map((reason) => judgementLine({ verdict: verdict as Verdict, reason: reason })));
    assert.deepEqual([new Set(all).size, all.filter((words) => /\w-\w|undefined/.test(words.replace('set-up', '')))], [all.length, []]);
    assert.deepEqual(['gate rejected: new-failures, after 2 repairs', 'accepted: passed', 'gate not-verified: something-else', 'working'].map(detailWords), [
      'gate rejected: tests fail that do not fail on the base, after 2 repairs', 'accepted: all of it passed', 'gate not-verified: something-else', 'working',
    ]);
  });

  it('REQ-EXT-73 is read in EVIDENCE.md with all that it stands on', () => {
    const found: Evidence = { ...red, document: 'f'.repeat(64), ticks: [{ id: 'protected:a', why: 'a is protected' }], quarantine: [{ test: 'slow', gate: null, reason: 'disks', since: null, until: '2030-01-31', standing: 'gone' }] };
    const definition: EvidenceDocument['gates'][number]['definition'] = { id: 'unit', command: 'npm test', timeoutMs: 1, report: null, runner: 'node-test', resolves: { 'package.json#scripts.test': 'x' }, from: 'package.json' };
    const document: EvidenceDocument = { schema: 'treeline/evidence/1', base: 'base-commit', evidence: found, environment: 'linux x64 node 24 bubblewrap', gates: [{ id: 'unit', definition, tests: [test('test/a.test.js › quotes', 'newly-failing', { message: '1 !== 2\n\n  at a', line: 4 }), test('test/a.test.js › joins', 'passes')] }] };
    assert.deepEqual(evidenceDocument({ judged: judged({ evidence: found }), document, logs: new Map([['unit', { text: 'first\nlast\n', cut: false }]]) }).split('\n'), [
      '# Evidence: implement/a, attempt 1', '', '**rejected: tests fail that do not fail on the base**', '',
      '- Judged: commit c, exactly this tree: t', '- Against: base base-com', '- Run by: linux x64 node 24 bubblewrap', `- Kept as: ${'f'.repeat(64)}, schema treeline/evidence/1`, '',
      '## Gate unit', '', 'rejected: tests fail that do not fail on the base · 1 of 1 tests passed', '', '- `npm test`', '- exit code 0 · 0 s · sandbox: bubblewrap · dependencies: none',
      '- Defined by package.json, as the base has it: package.json#scripts.test', '',
      '- ✗ newly failing · quotes · test/a.test.js:4', '      Does not fail on the base.', '      1 !== 2', '        at a', '- ✓ joins · test/a.test.js', '',
      '## Tests in quarantine', '', '- In quarantine until 2030-01-31 (there is no such test any more): slow: disks', '',
      '## Needs a tick', '', '- ⚠ protected:a: a is protected', '', '## Output of unit', '', '    first', '    last', '',
    ]);
    const without = evidenceDocument({ judged: judged({ evidence: { ...red, gates: [gateOf(red, { evidence: { ...gateOf(red).evidence, tail: 'the end' } })] } }), document: null, logs: new Map() });
    for (const part of ['No document of it is kept any more', '## End of the output of unit\n\n    the end\n']) assert.ok(without.includes(part), `${part} is not in\n${without}`);
  });
});
