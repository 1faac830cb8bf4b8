/** What a person is shown before deciding in a terminal: a plan, a document, candidates, a merge with its proof. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { changeLines } from '../../src/cli/show/changeLines.ts';
import { checkpointText } from '../../src/cli/show/checkpointLines.ts';
import { evidenceLines } from '../../src/cli/show/evidence.ts';
import { diffLines } from '../../src/cli/show/diffLines.ts';
import { noPaint } from '../../src/cli/show/paint.ts';
import { planDetails } from '../../src/cli/show/planLines.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { allLanded, candidate, evidence, finishedAttempt, given, plan, planApproved, planned, reviewed, startedAttempt, widerPlanProposed } from '../support/given.ts';

const view = (events: readonly RunEvent[]): RunView => viewOf(given(events).state);

describe('pages of a checkpoint', () => {
  it('REQ-CLI-15 shows a plan in short and in full', () => {
    const open = view(planned());
    const [checkpoint] = open.checkpoints;
    assert.ok(checkpoint);
    assert.deepEqual(checkpointText(open, checkpoint, { files: [], text: null }, noPaint), ['', 'Plan: Add csv export', '  two parts and a third that needs both', '', '  1. a  a', '  2. b  b', '  3. c  c  after a, b', '']);
    assert.deepEqual(planDetails({ ...plan, subtasks: plan.subtasks.slice(2) }, noPaint), ['', 'c  c', '  c', '  may change  src/**', '  needs       a, b', '  serves      no requirement', '  tests       none named', '']);
  });

  it('REQ-INTEGRITY-23 shows what a merge does to tests and gates, with what stood there and stands there now', () => {
    const ticks = [{ id: 'integrity:f1', why: 'test/a.spec.js:3: The expectation was changed.' }];
    const integrity: Evidence['integrity'] = [
      { id: 'f0', kind: 'test-removed', file: 'test/b.spec.js', line: 9, before: 'a', after: 'b', why: 'Renamed.', severity: 'low', by: 'parser' },
      { id: 'f1', kind: 'expectation-changed', file: 'test/a.spec.js', line: 3, before: 'equal(a(), 1)', after: 'equal(a(), 2)', why: 'The expectation was changed.', severity: 'medium', by: 'parser' },
    ];
    const open = view([...allLanded(), ...candidate({ ...evidence('t', 'accepted', 'passed', ticks), verdict: 'not-verified', reason: 'needs-person', integrity }), ...reviewed()]);
    const checkpoint = open.checkpoints.at(-1);
    assert.ok(checkpoint);
    assert.deepEqual(checkpointText(open, checkpoint, { files: [], text: null }, noPaint).slice(4, -1), [
      '', '  ✓ gate unit: accepted (1 passed)',
      '  ! expectation-changed test/a.spec.js:3  was: equal(a(), 1)  now: equal(a(), 2)',
      '  1 small change to tests and checks: renamed, moved, switched off at a line',
      '  ✓ review: 0 criteria of 0 met, 0 findings',
      '  ! needs your own tick: test/a.spec.js:3: The expectation was changed.  --tick integrity:f1',
    ]);
  });

  it('REQ-GATE-126 shows which tests prove the change, which do not, and which of before fail on it', () => {
    const found: Evidence = {
      ...evidence('t'), redGreen: { state: 'proven', tests: [{ test: 'new', state: 'proven', shown: 'x' }, { test: 'idle', state: 'not-discriminating', shown: 'passes without the change' }] },
      baseTests: { state: 'fail', failing: [{ test: 'old', shown: 'x', asked: true }, { test: 'other', shown: 'x', asked: false }] },
    };
    assert.deepEqual(evidenceLines(found, noPaint), [
      '✓ gate unit: accepted (1 passed)', '✓ red without the change, green with it: 1 test', '    new', '? not-discriminating: idle: passes without the change',
      '! fails on the change as it was before: old (the plan names it)', '! fails on the change as it was before: other',
    ]);
  });

  it('REQ-CLI-15 shows a merge with its files, its proof, and what is missing for an approval', () => {
    const found = evidence('t', 'not-verified', 'no-tests', [{ id: 'gate-definition:unit', why: 'package.json changed' }]);
    const unproven = { ...found, gates: found.gates.map((gate) => ({ ...gate, tests: { ...gate.tests, passed: 0 }, evidence: { ...gate.evidence, sandbox: 'none: bwrap is not installed' } })) };
    const review: RunEvent = finishedAttempt('review', { kind: 'review', review: { summary: 's', criteria: [{ criterion: 'quotes', verdict: 'not-met', why: 'commas' }, { criterion: 'header', verdict: 'met', why: '' }], findings: [{ file: 'src/a.js', line: 3, severity: 'high', message: 'no quoting' }] } });
    const open = view([...allLanded(), ...candidate(unproven), startedAttempt('review'), review]);
    const checkpoint = open.checkpoints.at(-1);
    assert.ok(checkpoint);
    const files = [{ path: 'src/a.js', previous: null, status: 'added' as const, added: 12, removed: 0, marks: [] }, { path: 'b.png', previous: 'a.png', status: 'renamed' as const, added: null, removed: null, marks: ['binary'] }];
    assert.deepEqual(checkpointText(open, checkpoint, { files, text: null }, noPaint), [
      '', 'Merge: Add csv export', '  squash-bas onto main base · 2 files, +12 -0', '',
      '  A  src/a.js       +12  -0',
      '  R  a.png → b.png           binary', '',
      '  ? gate unit: not-verified, no-tests',
      '  ! not sandboxed (bwrap is not installed): this approval is not protected from what ran',
      '  ! review: asks for changes, 1 criterion of 2 met, 1 finding',
      '      s',
      '      not-met: quotes: commas',
      '      high: src/a.js:3: no quoting',
      '  ! unit is not proven: an approval has to waive it, with a reason',
      '  ! needs your own tick: package.json changed  --tick gate-definition:unit', '',
    ]);
  });

  it('REQ-CLI-15 REQ-AMEND-03 shows a proposed plan by what it changes, why it is asked, and each new subtask in full', () => {
    const run = view(widerPlanProposed());
    const [open] = run.checkpoints.slice(-1);
    assert.deepEqual(open && checkpointText(run, open, { files: [], text: null }, noPaint), [
      '', 'Another plan: Add csv export', '  proposed by implement/a', '  b is two', '',
      '  ! a subtask may change infra/**, which none could before', '  - b  b', '  ~ c  needs a, b1, b2 instead of a, b',
      '  + b1  b1', '    b1', '    may change  src/**', '    needs       nothing', '    serves      no requirement', '    tests       none named',
      '  + b2  b2', '    b2', '    may change  infra/**', '    needs       nothing', '    serves      no requirement', '    tests       none named',
      '', '  Rejected, the task goes on with the plan that it has.', '',
    ]);
    assert.deepEqual(changeLines(view(planApproved()), run, noPaint).slice(-1), ['●  implement                 waits for you: is this change of the plan right? b is two']);
  });

  it('REQ-CLI-15 shows a document whole or with the way to the rest, and candidates in their order', () => {
    const open = view(planned());
    const [checkpoint] = open.checkpoints;
    assert.ok(checkpoint);
    const document = { ...checkpoint, id: 'approve-spec#1', step: 'approve-spec', kind: 'document' as const, subject: 'spec.md' };
    const text = `# Spec\u001b[31m\n\n${'line\n'.repeat(130)}`;
    const lines = checkpointText(open, document, { files: [], text }, noPaint);
    assert.deepEqual([...lines.slice(0, 5), ...lines.slice(-4)], ['', 'spec.md: Add csv export', '', '  # Spec', '', '  and 12 more lines: treeline show t1 --document spec.md', '', '  To change it yourself: treeline edit t1 --checkpoint approve-spec', '']);
    assert.deepEqual(checkpointText(open, { ...document, message: 'Is this how it\nshould be built?' }, { files: [], text }, noPaint).slice(-4), ['', '  Is this how it', '  should be built?', '']);
    const candidate = (id: string, commit: string, verdict: string, reason: string) => ({ id, agent: 'demo', commit, base: 'base', verdict, reason, findings: verdict === 'rejected' ? 2 : 0, files: 3 });
    const choice = { ...checkpoint, kind: 'choice' as const, candidates: [candidate('build/2', '0123456789abcdef', 'accepted', 'passed'), candidate('build/1', 'fedcba9876543210', 'rejected', 'new-failures')] };
    assert.deepEqual(checkpointText(open, choice, { files: [], text: null }, noPaint), [
      '', 'Choose: Add csv export', '', '  1. 0123456789  build/2  demo  accepted (passed)        0 findings  3 files', '  2. fedcba9876  build/1  demo  rejected (new-failures)  2 findings  3 files', '',
      '  An approval takes the first one; another is named by its commit: treeline approve t1 --commit SHA', '',
    ]);
  });

  it('REQ-CLI-15 shows a file\'s change, and says so when it cannot be shown', () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    assert.deepEqual(diffLines('a.js', bytes('one\ntwo\n'), bytes('one\n2\n'), noPaint), ['--- a/a.js', '+++ b/a.js', '@@ -1,2 +1,2 @@', ' one', '-two', '+2']);
    assert.deepEqual(diffLines('a.js', null, bytes('\u001b[31mred\n'), noPaint), ['--- /dev/null', '+++ b/a.js', '@@ -0,0 +1,1 @@', '+red']);
    assert.deepEqual(diffLines('a.png', bytes('a\0b'), null, noPaint), ['a.png', '  binary']);
    assert.deepEqual(diffLines('big', bytes('x'.repeat(300_000)), null, noPaint), ['big', '  too large to be shown here: look at it in the editor, or with git']);
    const rewritten = diffLines('r', bytes(Array.from({ length: 9_000 }, (_, at) => `a${at}`).join('\n')), bytes(Array.from({ length: 9_000 }, (_, at) => `b${at}`).join('\n')), noPaint);
    assert.deepEqual(rewritten, ['r', '  rewritten: too much changed to be shown here']);
  });
});
