// What follows a failure by itself, and when a person is asked.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { afterFailure, failureSchema } from '../../src/core/outcome.ts';
import type { Failure } from '../../src/core/outcome.ts';

/** After 1, 2, 3, … times in a row: the pause in ms before the next try, or whom it waits for. */
const followed = (failure: Failure, times: number): readonly (number | string)[] => Array.from({ length: times }, (_, index) => {
  const after = afterFailure(failure, index + 1);
  return after.kind === 'again' ? after.afterMs : after.waitingFor;
});

const atOnce: Record<string, readonly Failure[]> = {
  key: ['key', 'auth'], budget: ['budget'],
  agent: ['context', 'refused', 'loop', 'timeout', 'tampered', 'unsupported-filter', 'workspace', 'disk-full', 'command', 'tool'],
};
const later: readonly Failure[] = ['rate-limit', 'overloaded', 'network', 'idle'], once: readonly Failure[] = ['model', 'output'];

describe('what follows an attempt that failed', () => {
  it('REQ-RUN-06 trouble with a provider passes: it is tried again with a growing pause, three times', () => {
    for (const failure of later) assert.deepEqual(followed(failure, 5), [1_000, 5_000, 15_000, 'agent', 'agent'], failure);
  });

  it('REQ-FLOW-07 an answer that cannot be used is asked for once more', () => {
    for (const failure of once) assert.deepEqual(followed(failure, 3), [0, 'agent', 'agent'], failure);
  });

  it('REQ-FLOW-07 what was interrupted goes on at once, but not for ever', () => {
    assert.deepEqual(followed('interrupted', 22), [...Array<number>(20).fill(0), 'agent', 'agent']);
  });

  it('REQ-FLOW-07 everything else asks at once for what is missing', () => {
    for (const [waitingFor, failures] of Object.entries(atOnce)) for (const failure of failures) assert.deepEqual(followed(failure, 2), [waitingFor, waitingFor], failure);
    assert.deepEqual([...later, ...once, 'interrupted', ...Object.values(atOnce).flat()].sort(), [...failureSchema.options].sort(), 'each failure is one of these');
  });
});
