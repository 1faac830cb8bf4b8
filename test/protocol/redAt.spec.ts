/** Which gates a waiver is about. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { redAt } from '../../src/protocol/redAt.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { changed, evidence, finishedAttempt, given, integrated, judgedUnit, planApproved, startedAttempt } from '../support/given.ts';

const red = (n: number) => evidence(`implement/a-${n}-tree`, 'rejected', 'new-failures');
/** Red, and every repair of it comes to nothing: the newest attempt was never judged. */
const judgedRed: RunEvent[] = [...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', red(1))];
const idle = (n: number): RunEvent[] => [startedAttempt('implement/a', n), finishedAttempt('implement/a', { kind: 'no-changes', summary: 'nothing to do' }, n)];

describe('gates that stand red', () => {
  it('REQ-RUN-36 are those that stopped the run, though the newest attempt has none', () => {
    const run = given([...judgedRed, ...idle(2), ...idle(3), ...idle(4)]), view = viewOf(run.state);
    const gates = [{ id: 'unit', verdict: 'rejected', reason: 'new-failures' }];
    const last = view.steps.find(({ id }) => id === 'implement/a')?.attempts.at(-1);
    assert.deepEqual([last?.n, last?.evidence ?? null, view.evidence, view.red], [4, null, null, [{ at: 'implement/a', gates }]]);
    assert.deepEqual(['implement/a', 'implement', 'plan', undefined].map((at) => redAt(view, at)), [gates, gates, gates, gates]);
    const answer = run.when({ kind: 'approve', checkpoint: null, commit: null, waivers: redAt(view, 'implement/a').map(({ id }) => ({ gate: id, reason: 'known' })), ticks: [], by: 'you', tip: null });
    assert.deepEqual('then' in answer && answer.then, [{ type: 'GateWaived', at: 'implement/a', gate: 'unit', reason: 'known', by: 'you' }]);
  });

  it('REQ-RUN-36 are named once, of the place alone where one is red there', () => {
    const gate = (id: string) => ({ id, verdict: 'rejected' as const, reason: 'new-failures' as const });
    const view = { red: [{ at: 'implement/a', gates: [gate('unit')] }, { at: 'implement/b', gates: [gate('unit'), gate('lint')] }] };
    assert.deepEqual(['implement/a', 'implement/b', 'implement', 'test'].map((at) => redAt(view, at).map(({ id }) => id)), [['unit'], ['unit', 'lint'], ['unit', 'lint'], ['unit', 'lint']]);
    assert.deepEqual(redAt({ red: [] }, 'test'), []);
  });
});
