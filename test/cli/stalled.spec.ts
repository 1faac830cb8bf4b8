import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { listLines } from '../../src/cli/show/listLines.ts';
import { noPaint } from '../../src/cli/show/paint.ts';
import { runLines } from '../../src/cli/show/runLines.ts';
import { goesOnByItself, withoutEngine } from '../../src/cli/show/stalled.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { summaryOf, viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, given, planned, startedAt, startedAttempt } from '../support/given.ts';

const view = (...events: RunEvent[]) => viewOf(given(events).state);

describe('a run that no engine leads', () => {
  it('REQ-CLI-42 stands still where it would go on by itself, and says with what it goes on', () => {
    const stalled = runViewSchema.parse(withoutEngine(view(accepted(), startedAttempt('plan'))));
    const next = 'Open the repository in the editor, or go on with: treeline watch t1';
    assert.deepEqual(stalled.stalled, { why: 'it stands still: no engine is at work in this repository', next });
    assert.deepEqual(runLines(stalled, startedAt, noPaint).slice(2, 5), ['  state     running', '  why       it stands still: no engine is at work in this repository', `  next      ${next}`]);
    assert.deepEqual(listLines([summaryOf(stalled)], startedAt, noPaint).slice(2), ['  it stands still: no engine is at work in this repository', `  ${next}`]);
  });

  it('REQ-CLI-42 says nothing of it where a person is waited for, or the run is over; a landing that their checkout holds up goes on by itself', () => {
    const blocked = { ...view(...planned()), waiting: { for: 'clean-checkout' as const, why: '', next: '', at: 'merge' } };
    const others = [view(...planned()), view(accepted(), { type: 'TaskCancelled', by: 'you' })];
    assert.deepEqual([others.map((one) => withoutEngine(one).stalled), goesOnByItself(blocked), goesOnByItself(view(accepted()))], [[null, null], true, true]);
  });
});
