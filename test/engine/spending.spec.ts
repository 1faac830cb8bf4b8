// What a budget is held against while several attempts of a task work.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunState } from '../../src/core/state.ts';
import { budgetReached, noUsage } from '../../src/core/usage.ts';
import { createSpending } from '../../src/engine/spending.ts';
import type { Clock } from '../../src/ports/system.ts';

describe('what a task has spent', () => {
  it('is what is known: an agent whose price is unknown does not lift the limit for the others', () => {
    const spending = createSpending({ now: () => 0 } as Clock);
    const state = { units: [{ attempts: [{ costUsd: 2, durationMs: 0 }, { costUsd: null, durationMs: 0 }] }] } as unknown as RunState;
    const unpriced = spending.begin('task', 'one#1');
    const priced = spending.begin('task', 'two#1');
    unpriced.spent({ usage: noUsage, costUsd: null }, state);
    const { usd, minutes } = priced.spent({ usage: noUsage, costUsd: 3.5 }, state);
    assert.equal(usd, 5.5);
    assert.equal(budgetReached({ usd: 5, minutes: null }, { usd, minutes }), '$5.50 of $5.00 spent');
  });
});
