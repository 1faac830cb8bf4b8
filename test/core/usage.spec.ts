import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addCost, addUsage, budgetReached, countedUsd } from '../../src/core/usage.ts';

const spent = (usd: number, minutes = 0, estimatedUsd = 0) => ({ usd, minutes, estimatedUsd });

describe('what a run has spent', () => {
  it('REQ-AGENT-31 adds up token by token, and a sum with an unknown price is unknown, though its estimate counts', () => {
    assert.deepEqual(addUsage({ input: 1, cached: 2, output: 3, calls: 4 }, { input: 10, cached: 20, output: 30, calls: 40 }), { input: 11, cached: 22, output: 33, calls: 44 });
    assert.deepEqual([addCost(1, 2), addCost(null, 2), addCost(1, null), addCost(null, null)], [3, null, null, null]);
    assert.deepEqual([countedUsd({ costUsd: 0, estimatedUsd: 5 }), countedUsd({ costUsd: null, estimatedUsd: 5 })], [0, 5]);
  });

  it('REQ-MOTOR-04 reaches its budget at the very limit of money or of minutes, and says what of it is an estimate', () => {
    const both = { usd: 2, minutes: 10 }, money = { usd: 2, minutes: null }, time = { usd: null, minutes: 10 };
    assert.deepEqual([budgetReached(both, spent(1.99, 9.9)), budgetReached(time, spent(99, 9.9)), budgetReached(money, spent(1.99, 99))], [null, null, null]);
    assert.deepEqual([budgetReached(both, spent(2)), budgetReached(both, spent(2.5, 0, 0.5))?.split(',')[0], budgetReached(both, spent(0, 10)), budgetReached(time, spent(0, 12.7))], ['$2.00 of $2.00 spent', 'about $2.50 of $2.00 spent; $0.50 of it is an estimate', '10 of 10 minutes used', '12 of 10 minutes used']);
  });
});
