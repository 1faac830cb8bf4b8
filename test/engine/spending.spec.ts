// What a budget is held against while several attempts of a task work.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunState } from '../../src/core/state.ts';
import { budgetReached, noUsage } from '../../src/core/usage.ts';
import type { Spend } from '../../src/core/usage.ts';
import { createSpending } from '../../src/engine/spending.ts';
import type { Clock } from '../../src/ports/system.ts';

const known = (costUsd: number): Spend => ({ usage: noUsage, costUsd, estimatedUsd: 0 });
const estimated = (estimatedUsd: number): Spend => ({ usage: noUsage, costUsd: null, estimatedUsd });

describe('what a task has spent', () => {
  it('REQ-MOTOR-04 is what is known and, where a price is not, the estimate: nothing lifts the limit', () => {
    const spending = createSpending({ now: () => 0 } as Clock);
    const state = { units: [{ attempts: [{ ...known(2), durationMs: 0 }, { ...estimated(0.5), durationMs: 0 }] }] } as unknown as RunState;
    const [unpriced, priced, other] = [spending.begin('task', 'one#1'), spending.begin('task', 'two#1'), spending.begin('other task', 'one#1')];
    unpriced.spent(estimated(1.25), state);
    other.spent(known(100), { units: [] } as unknown as RunState);
    assert.deepEqual(priced.spent(known(3.5), state), { usd: 7.25, estimatedUsd: 1.75, minutes: 0 });
    unpriced.end();
    assert.deepEqual(priced.spent(known(3.5), state), { usd: 6, estimatedUsd: 0.5, minutes: 0 });
  });

  it('REQ-MOTOR-04 is named as an estimate where part of it is one', () => {
    const reached = (usd: number, estimatedUsd: number): string | null => budgetReached({ usd: 5, minutes: null }, { usd, estimatedUsd, minutes: 0 });
    assert.deepEqual([reached(4.99, 4.99), reached(5.5, 0), reached(5.5, 1.75)], [
      null, '$5.50 of $5.00 spent',
      'about $5.50 of $5.00 spent; $1.75 of it is an estimate, at the dearest known price, since the model\'s own is not known',
    ]);
  });
});
