/** How much work waits behind a unit, and what is about to be ready. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { propose } from '../../src/core/amending.ts';
import { amendmentSchema } from '../../src/core/amendment.ts';
import { comingOf, weightsOf } from '../../src/core/criticalPath.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState } from '../../src/core/state.ts';
import { unitOf } from '../../src/core/state.ts';
import { accepted, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, plan, planApproved, startedAttempt, throughGate } from '../support/given.ts';

/** The events of a run whose plan, subtask → what it needs, was approved. */
function approved(subtasks: Readonly<Record<string, readonly string[]>>): RunEvent[] {
  const parts = Object.entries(subtasks).map(([id, needs]) => ({ id, title: id, description: id, needs: [...needs], scope: [`src/${id}.ts`], requirements: [], tests: [] }));
  return [accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan: { ...plan, subtasks: parts } }), ...planApproved().slice(-1)];
}
const weights = (state: RunState, ...ids: readonly string[]): (number | undefined)[] => ids.map((id) => weightsOf(state).get(`implement/${id}`));
/** Another subtask in place of `id`, which nobody needs. */
const exchanged = (events: readonly RunEvent[], id: string): RunEvent => {
  const { state } = given(events), unit = unitOf(state, 'implement/a');
  assert.ok(unit);
  const proposed = propose(state, unit, 'implement/a#1', amendmentSchema.parse({ why: 'not needed', drop: [id], add: [{ id: 'other', title: 'other', description: 'other', scope: ['src/other.ts'] }] }));
  assert.ok(proposed.ok && proposed.value.type === 'PlanAmendmentProposed');
  return { ...proposed.value, waits: false };
};

describe('REQ-SCHEDULE-02 the chain behind a unit', () => {
  it('is the longest of those that need it, whichever the plan names first', () => {
    const { state } = given(approved({ a: [], short: ['a'], long: ['a'], end: ['long'], b: [], further: ['b'], last: ['further'], brief: ['b'] }));
    assert.deepEqual(weights(state, 'a', 'long', 'short', 'b', 'further', 'brief'), [3, 2, 1, 3, 2, 1]);
  });

  it('is told also of a plan that goes in a circle: such a plan is refused elsewhere', () => {
    const { state } = given(approved({ a: ['b'], b: ['a'] }));
    assert.deepEqual(weights(state, 'a', 'b').map((weight) => Number.isFinite(weight)), [true, true]);
  });

  it('is reckoned once for each version of the plan, and anew when that changes', () => {
    const before = [...approved({ a: [], b: ['a'], c: ['b'] }), startedAttempt('implement/a')];
    const first = given(before).state, later = given([...before, ...changed('implement/a').slice(1)]).state, next = given([...before, exchanged(before, 'b')]).state;
    assert.deepEqual([weights(first, 'a'), weights(next, 'a', 'c'), first.units.length === next.units.length], [[3], [2, 1], true]);
    assert.equal(weightsOf(given(before).state), weightsOf(later));
  });
});

describe('REQ-SCHEDULE-10 what is about to be ready', () => {
  const before = approved({ a: [], b: ['a'], c: ['b'] });
  const merged = [...changed('implement/a'), integrated('implement/a', 'base')];
  const finishedAt = given([...before, ...changed('implement/a')]).state.units.find(({ id }) => id === 'implement/a')?.finishedAt ?? 0;
  const coming = [{ task: 't1', weight: 2, until: finishedAt + 30_000 }];
  const ways: readonly (readonly [string, readonly RunEvent[], readonly object[]])[] = [
    ['is worked on', [startedAttempt('implement/a')], []],
    ['is being merged', changed('implement/a'), coming],
    ['is being judged', merged, coming],
    ['is being moved to the branch', [...merged, judgedUnit('implement/a', evidence('implement/a-1-tree'))], coming],
    ['has landed', throughGate('implement/a', 'base'), []],
  ];
  for (const [what, events, expected] of ways) {
    it(`while what it needs ${what}: ${expected.length === 0 ? 'nothing' : 'what needs only that'}`, () => {
      assert.deepEqual(comingOf(given([...before, ...events]).state, finishedAt), expected);
    });
  }

  it('needs nothing else that has not landed', () => {
    const three = approved({ a: [], b: [], c: ['a', 'b'] }), onA = 'implement/a-1-on-base';
    const weightsThen = (...events: readonly RunEvent[]) => comingOf(given([...three, ...events]).state, finishedAt).map(({ weight }) => weight);
    assert.deepEqual([weightsThen(...changed('implement/a')), weightsThen(...throughGate('implement/a', 'base'), ...changed('implement/b'), integrated('implement/b', onA))], [[], [1]]);
  });

  it('is waited for no longer than half a minute from the first of what it needs', () => {
    const { state } = given([...approved({ a: [], b: [], c: ['a', 'b'] }), ...changed('implement/a'), ...changed('implement/b')]);
    const [first, second] = ['a', 'b'].map((id) => unitOf(state, `implement/${id}`)?.finishedAt ?? 0);
    assert.ok(first !== undefined && second !== undefined && first < second);
    assert.deepEqual([comingOf(state, first).map(({ until }) => until), comingOf(state, first + 30_000)], [[first + 30_000], []]);
  });

  it('is nothing of a step that is not to begin yet: its turn is not near', () => {
    const events: RunEvent[] = [...approved({ a: [], b: [] }), ...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('implement/a-1-tree')), landed('implement/a', 'h1'),
      { type: 'SpecsChanged', commit: 't1', files: [{ path: 'AGENTS.md', change: 'changed', before: 'x', after: 'y', requirements: [], states: [] }] }, { type: 'RerunRequested', units: ['plan'], by: 'you' }];
    const { state } = given(events);
    assert.deepEqual([unitOf(state, 'implement/b')?.phase.kind, comingOf(state, 0)], ['pending', []]);
  });
});
