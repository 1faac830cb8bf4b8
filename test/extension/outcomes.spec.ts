import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outcomeItems, withOutcome } from '../../src/extension/graph/outcomes.ts';

describe('what is to come of a step in a dry run', () => {
  it('REQ-HELP-07 offers each outcome once and each time, values of outputs, and the line; says what is chosen', () => {
    const items = outcomeItems({ id: 'test', line: 7, outcomes: [{ kind: 'word', word: 'rejected' }, { kind: 'output', name: 'found', value: 'true' }, { kind: 'output', name: 'why', value: null }] }, ['test=rejected', 'test.found=true']);
    assert.deepEqual(items.map(({ label, description, chosen, asks }) => [label, description, chosen, asks]), [
      ['As Well as Can Be', '', { kind: 'well' }, null], ['rejected', 'once, then well', { kind: 'word', words: 'rejected,success' }, null], ['rejected', 'each time · chosen', { kind: 'word', words: 'rejected' }, null],
      ['found = true', 'output · chosen', { kind: 'output', name: 'found', value: 'true' }, null], ['why = …', 'output', null, 'why'], ['Go to Line 7', '', { kind: 'line' }, null],
    ]);
  });

  it('REQ-HELP-07 keeps one word for a step and one value for each of its outputs, and takes them back together', () => {
    const now = ['fix=timeout', 'test=rejected', 'test.found=true'];
    assert.deepEqual([
      withOutcome(now, 'test', { kind: 'word', words: 'conflict,success' }), withOutcome(now, 'test', { kind: 'output', name: 'found', value: 'false' }), withOutcome(now, 'test', { kind: 'output', name: 'why', value: 'x' }),
      withOutcome(now, 'test', { kind: 'well' }), withOutcome(now, 'fi', { kind: 'well' }),
    ], [['fix=timeout', 'test.found=true', 'test=conflict,success'], ['fix=timeout', 'test=rejected', 'test.found=false'], [...now, 'test.why=x'], ['fix=timeout'], now]);
  });
});
