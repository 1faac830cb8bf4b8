// Several at once: their order, and how a failure ends them.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inParallel } from '../../src/gates/inParallel.ts';

describe('REQ-GATE-58 gates at once', () => {
  it('begin with the one that was quickest last time, and answer in their own order', async () => {
    const began: string[] = [];
    const times: Readonly<Record<string, number | null>> = { slow: 90, unknown: null, quick: 10, other: null };
    assert.deepEqual(await inParallel(['slow', 'unknown', 'quick', 'other'], 1, async (name) => times[name] ?? null, async (name) => { began.push(name); return name.length; }), [4, 7, 5, 5]);
    assert.deepEqual(began, ['quick', 'slow', 'unknown', 'other']);
  });

  it('REQ-GATE-61: no further one begins once an answer is enough; those at work come to their end', async () => {
    assert.deepEqual(await inParallel([1, 2, 3], 1, async () => null, async (n) => n, (n) => n === 2), [1, 2]);
    assert.deepEqual(await inParallel([1, 2, 3], 2, async () => null, async (n) => n, (n) => n === 1), [1, 2]);
  });

  it('are never more than allowed, and all have ended before a failure is told', async () => {
    let atWork = 0, most = 0;
    const ended: number[] = [];
    const run = async (n: number): Promise<void> => {
      atWork += 1;
      most = Math.max(most, atWork);
      for (let turn = 0; turn < n; turn += 1) await Promise.resolve();
      atWork -= 1;
      ended.push(n);
      if (n === 1) throw new Error('no');
    };
    await assert.rejects(inParallel([1, 50, 3, 4], 2, async () => null, run), /no/);
    assert.deepEqual([most, ended], [2, [1, 50]]);
    assert.deepEqual(await inParallel([], 2, async () => null, run), []);
  });
});
