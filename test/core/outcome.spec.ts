// What follows a failure by itself, and when a person is asked.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { afterFailure, failureSchema } from '../../src/core/outcome.ts';
import type { AfterFailure, Failure } from '../../src/core/outcome.ts';

/** What follows after 1, 2, 3, … times in a row. */
const followed = (failure: Failure, times: number): readonly AfterFailure[] => Array.from({ length: times }, (_, index) => afterFailure(failure, index + 1));
const again = (afterMs: number): AfterFailure => ({ kind: 'again', afterMs });
const asks = (waitingFor: 'key' | 'budget' | 'agent'): AfterFailure => ({ kind: 'person', waitingFor });

const atOnce: Record<'key' | 'budget' | 'agent', readonly Failure[]> = {
  key: ['key', 'auth'], budget: ['budget'],
  agent: ['context', 'refused', 'loop', 'timeout', 'tampered', 'unsupported-filter', 'workspace', 'disk-full', 'command', 'tool'],
};
const later: readonly Failure[] = ['rate-limit', 'overloaded', 'network', 'idle'], once: readonly Failure[] = ['model', 'output'];

describe('what follows an attempt that failed', () => {
  it('REQ-RUN-06 trouble with a provider passes: it is tried again with a growing pause, three times', () => {
    for (const failure of later) assert.deepEqual(followed(failure, 5), [again(1_000), again(5_000), again(15_000), asks('agent'), asks('agent')], failure);
  });

  it('REQ-FLOW-07 an answer that cannot be used is asked for once more', () => {
    for (const failure of once) assert.deepEqual(followed(failure, 3), [again(0), asks('agent'), asks('agent')], failure);
  });

  it('REQ-FLOW-07 what was interrupted goes on at once, but not for ever', () => {
    assert.deepEqual(followed('interrupted', 22), [...Array<AfterFailure>(20).fill(again(0)), asks('agent'), asks('agent')]);
  });

  it('REQ-FLOW-07 everything else asks at once for what is missing', () => {
    for (const waitingFor of ['key', 'budget', 'agent'] as const) for (const failure of atOnce[waitingFor]) assert.deepEqual(followed(failure, 2), [asks(waitingFor), asks(waitingFor)], failure);
    assert.deepEqual([...later, ...once, 'interrupted', ...Object.values(atOnce).flat()].sort(), [...failureSchema.options].sort(), 'each failure is one of these');
  });
});
