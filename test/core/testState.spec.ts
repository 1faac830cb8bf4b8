// What became of each test between base and head.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { testState } from '../../src/core/testState.ts';

describe('REQ-GATE-140 the state of a test', () => {
  it('is one of a closed list, for all that base and head can say', () => {
    const reported = ['passed', 'failed', 'skipped', undefined] as const;
    const rows = reported.flatMap((head) => [...reported, null].map((base) => `${head ?? 'gone'} after ${base === null ? 'unknown' : base ?? 'absent'}: ${testState(head, base, false)}`));
    assert.deepEqual(rows, [
      'passed after passed: passes', 'passed after failed: fixed', 'passed after skipped: passes', 'passed after absent: new', 'passed after unknown: passes',
      'failed after passed: newly-failing', 'failed after failed: already-failing', 'failed after skipped: newly-failing', 'failed after absent: newly-failing', 'failed after unknown: fails',
      'skipped after passed: skipped', 'skipped after failed: skipped', 'skipped after skipped: skipped', 'skipped after absent: skipped', 'skipped after unknown: skipped',
      'gone after passed: removed', 'gone after failed: removed', 'gone after skipped: removed', 'gone after absent: removed', 'gone after unknown: removed',
    ]);
    assert.deepEqual(reported.map((head) => testState(head, 'passed', true)), ['flaky', 'flaky', 'flaky', 'flaky']);
    assert.deepEqual(reported.map((head) => testState(head, 'passed', false, true)), ['passes', 'quarantined', 'skipped', 'removed']);
  });
});
