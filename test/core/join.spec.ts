// When a step may begin, by what its needs came to: the three joins as a table, and the words when one cannot hold any more.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { joinOf } from '../../src/core/join.ts';
import type { Joined } from '../../src/core/join.ts';
import type { StepState } from '../../src/core/state.ts';
import { begun, run } from './conformance/workflowOf.ts';

type Status = StepState['status'];
const p = 'pending', a = 'active', d = 'done', s = 'skipped', f = 'failed';

function joined(join: 'all' | 'any' | 'settled', needs: readonly Status[], more: object = {}): Joined {
  const names = needs.map((_, index) => `n${index + 1}`);
  const steps = [...names.map((id) => run(id)), run('it', { join, needs: names, ...more })];
  const state = begun(steps);
  const step = state.workflow.steps.at(-1);
  assert.ok(step);
  return joinOf({ ...state, steps: state.steps.map((own, index) => ({ ...own, status: needs[index] ?? 'pending' })) }, step);
}

const rows: readonly (readonly [needs: readonly Status[], all: Joined, any: Joined, settled: Joined, always: Joined])[] = [
  [[], 'holds', 'holds', 'holds', 'holds'],
  [[d, d], 'holds', 'holds', 'holds', 'holds'],
  [[d, a], 'wait', 'holds', 'wait', 'wait'],
  [[p, a], 'wait', 'wait', 'wait', 'wait'],
  [[f, a], 'wait', 'wait', 'wait', 'wait'],
  [[d, f], { why: 'n2 failed' }, 'holds', 'holds', 'holds'],
  [[d, s], { why: 'n2 was skipped' }, 'holds', 'holds', 'holds'],
  [[s, f], { why: 'n1 was skipped, n2 failed' }, { why: 'n1 was skipped, n2 failed' }, { why: 'n1 was skipped, n2 failed' }, 'holds'],
];

describe('a join', () => {
  for (const [needs, all, any, settled, always] of rows) {
    it(`REQ-FLOW-02 REQ-FLOW-03 over ${needs.join(', ') || 'nothing'}`, () => assert.deepEqual([joined('all', needs), joined('any', needs), joined('settled', needs), joined('all', needs, { if: 'always()' })], [all, any, settled, always]));
  }

  it('REQ-FLOW-02 names three at most of what did not end well', () => {
    assert.deepEqual(joined('any', [f, s, f, f]), { why: 'n1 failed, n2 was skipped, n3 failed' });
  });

  it('REQ-FLOW-02 does not wait for a step that there is not', () => {
    assert.deepEqual([joined('all', [], { needs: ['gone'] }), joined('any', [], { needs: ['gone'] }), joined('settled', [d], { needs: ['n1', 'gone'] })], ['holds', 'holds', 'holds']);
  });
});
