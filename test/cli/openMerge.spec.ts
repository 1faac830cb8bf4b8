/** An open merge on the command line: what is said of it before a person decides. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { refusalError } from '../../src/app/doorErrors.ts';
import { comeBack } from '../../src/cli/follow/comeBack.ts';
import { changeLines } from '../../src/cli/show/changeLines.ts';
import { checkpointText } from '../../src/cli/show/checkpointLines.ts';
import { noPaint } from '../../src/cli/show/paint.ts';
import { runLines } from '../../src/cli/show/runLines.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { allLanded, candidate, evidence, finishedAttempt, given, reviewed, startedAt, startedAttempt, withReviews } from '../support/given.ts';

const view = (events: readonly RunEvent[]): RunView => viewOf(given(events).state);

describe('an open merge on the command line', () => {
  it('REQ-RUN-34 REQ-CLI-41 names each tick that an approval needs, and the flag for it as a shell takes it', () => {
    const found = evidence('t', 'accepted', 'passed', [{ id: 'base-test:test/add.test.js › it\'s "added"', why: 'As the base has it, it fails.' }, { id: 'config-edited:package.json', why: 'package.json changes' }]);
    const open = view([...allLanded(), ...candidate(found), ...reviewed()]);
    const flags = String.raw`--tick 'base-test:test/add.test.js › it'\''s "added"' --tick config-edited:package.json`;
    const lines = runLines(open, startedAt, noPaint);
    assert.deepEqual(lines.filter((line) => /^ {2}(why|next|! needs)/.test(line)), [
      '  why       the merge is proven, and ready to be decided; needs your own tick: base-test:test/add.test.js › it\'s "added", config-edited:package.json',
      `  next      Review it, then request changes, reject, or approve with: ${flags}`,
      String.raw`  ! needs your own tick: As the base has it, it fails.  --tick 'base-test:test/add.test.js › it'\''s "added"'`,
      '  ! needs your own tick: package.json changes  --tick config-edited:package.json',
    ]);
    assert.equal(comeBack(open, null)[1], `  treeline approve t1 ${flags}`);
  });

  it('REQ-RUN-35 shows that a reviewer asks for changes, with each place and criterion, beside what the gates proved', () => {
    const review = finishedAttempt('review', { kind: 'review', review: { summary: 'It takes away.', verdict: 'changes', criteria: [{ criterion: 'adds', verdict: 'not-met', why: 'it takes away' }, { criterion: 'is tested', verdict: 'met', why: '' }], findings: [{ file: 'src/add.js', line: 2, severity: 'high', message: 'a minus' }] } });
    const open = view([...allLanded(), ...candidate(evidence('t')), startedAttempt('review'), review]);
    const lines = runLines(open, startedAt, noPaint);
    assert.deepEqual([lines.filter((line) => line.startsWith('  why')), lines.slice(lines.indexOf('  ✓ gate unit: accepted (1 passed)'))], [
      ['  why       the merge is proven, and ready to be decided; the reviewer asks for changes: 1 criterion not met, src/add.js:2 (high)'],
      ['  ✓ gate unit: accepted (1 passed)', '  ! review: asks for changes, 1 criterion of 2 met, 1 finding', '      It takes away.', '      not-met: adds: it takes away', '      high: src/add.js:2: a minus'],
    ]);
    assert.deepEqual(changeLines(view([...allLanded(), ...candidate(evidence('t')), startedAttempt('review')]), open, noPaint)[0], '✓  review                    demo  asks for changes, 1 finding  1 s');
  });

  it('REQ-RUN-35 shows what each of several reviewers said, not only the last one', () => {
    const open = viewOf(withReviews(given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state, { 'review/a': { verdict: 'changes', summary: 'It takes away.' }, 'review/b': { summary: 'fine' } }));
    const said = ['  ! review review/a by agent of review/a: asks for changes, 0 criteria of 0 met, 0 findings', '      It takes away.', '  ✓ review review/b by agent of review/b: 0 criteria of 0 met, 0 findings'];
    const [checkpoint] = open.checkpoints.slice(-1);
    assert.ok(checkpoint);
    for (const lines of [runLines(open, startedAt, noPaint), checkpointText(open, checkpoint, { files: [], text: null }, noPaint)]) assert.deepEqual(lines.filter((line) => said.includes(line)), said);
  });

  it('REQ-GATE-128 names files that landed outside of the scope of their subtask, in `show` and at the checkpoint', () => {
    const outside = allLanded().map((event): RunEvent => (event.type === 'AttemptFinished' && event.outcome.kind === 'tree' && event.unit === 'implement/a' ? { ...event, outcome: { ...event.outcome, outOfScope: Array.from({ length: 22 }, (_, at) => `doc/${at + 10}.md`) } } : event));
    const open = view([...outside, ...candidate(evidence('t')), ...reviewed()]), [checkpoint] = open.checkpoints.slice(-1);
    assert.ok(checkpoint);
    const said = [runLines(open, startedAt, noPaint), checkpointText(open, checkpoint, { files: [], text: null }, noPaint)].map((lines) => lines.filter((line) => /doc|more file/.test(line)));
    const expected = [...Array.from({ length: 20 }, (_, at) => `  ! doc/${at + 10}.md is outside of the scope of implement/a (src/**)`), '      and 2 more files'];
    assert.deepEqual(said, [expected, expected]);
  });

  it('REQ-CLI-18 an approval that lacks a waiver or a tick ends as a void one does', () => {
    assert.deepEqual((['void', 'needs-waiver', 'needs-tick', 'not-waivable'] as const).map((code) => refusalError({ code, message: 'm', next: 'n', events: [] }).exit), [1, 1, 1, 1]);
  });
});
