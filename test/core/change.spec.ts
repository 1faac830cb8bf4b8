/** Steps and units as a run stands: what a failure means for them, who is moving the branch, what is laid on it once more. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { absorbs, failStep, isMoving, landsElsewhere, letsFail, mayAdvance, relaidOn, replaceStep, replaceUnit, stepOf, stepStateOf, workOf } from '../../src/core/change.ts';
import type { RunState, Unit, UnitPhase } from '../../src/core/state.ts';
import { unitOf } from '../../src/core/state.ts';
import { changed, given, planApproved } from '../support/given.ts';
import { agent, inside, played, run, use } from './conformance/workflowOf.ts';

const { state } = given([...planApproved(), ...changed('implement/a')]);
const unit = unitOf(state, 'implement/a') as Unit;
const inPhase = (id: string, phase: UnitPhase, more: Partial<Unit> = {}): RunState => replaceUnit(state, { ...unitOf(state, id) as Unit, ...more, phase });
const onto = { onto: 'tip', commit: 'c', tree: 't' };
const stuck = (waitingFor: 'workspace' | 'agent', resume: UnitPhase): UnitPhase => ({ kind: 'stuck', waitingFor, why: '', next: '', resume });
const phases: Readonly<Record<string, UnitPhase>> = {
  pending: { kind: 'pending' }, ready: { kind: 'ready', notBefore: 0, why: null }, working: { kind: 'working' }, integrating: { kind: 'integrating', commit: 'c' }, judging: { kind: 'judging', ...onto }, advancing: { kind: 'advancing', ...onto },
  landed: { kind: 'landed', commit: 'c' }, candidate: { kind: 'candidate', ...onto }, 'broken while it moved the branch': stuck('workspace', { kind: 'advancing', ...onto }), 'broken before that': stuck('workspace', { kind: 'judging', ...onto }),
  'waiting for a person': stuck('agent', { kind: 'advancing', ...onto }), failed: { kind: 'failed', why: '', evidence: null, resume: { kind: 'advancing', ...onto } },
};
const those = (holds: (phase: UnitPhase) => boolean): string[] => Object.entries(phases).filter(([, phase]) => holds(phase)).map(([name]) => name);

describe('a part of a run that changes', () => {
  it('REQ-RUN-04 leaves the rest the very same objects: what did not change is known by looking', () => {
    const [first, ...others] = state.steps;
    assert.ok(first);
    const stepped = replaceStep(state, { ...first, n: 9 }), moved = replaceUnit(state, { ...unit, title: 'other' });
    assert.deepEqual([stepped.steps[0]?.n, stepped.steps.slice(1).every((step, index) => step === others[index]), stepped.units === state.units], [9, true, true]);
    assert.deepEqual(moved.units.map((one, index) => one === state.units[index]), state.units.map(({ id }) => id !== unit.id));
    assert.deepEqual(replaceUnit(state, { ...unit, id: 'implement/new' }).units.map(({ id }) => id), [...state.units.map(({ id }) => id), 'implement/new']);
  });

  it('REQ-RUN-04 is none where there is no such step', () => {
    const [first] = state.steps;
    assert.ok(first);
    assert.deepEqual([stepOf(state, 'nosuch'), stepStateOf(state, 'nosuch'), workOf(state, { ...unit, step: 'nosuch' })], [undefined, undefined, undefined]);
    assert.deepEqual([replaceStep(state, { ...first, id: 'nosuch' }), failStep(state, 'nosuch', 'it broke', 5)].map((after) => after === state), [true, true]);
  });
});

describe('a failure', () => {
  const lone = [run('a')], may = [run('a', { continueOnError: true })];
  const within = (around: Record<string, unknown>, more = {}) => [use('u', around), inside('u', run('a', more))];
  const deep = (around: Record<string, unknown>) => [use('u', around), inside('u', use('v')), { ...run('a'), within: 'u/v', id: 'u/v/a' }];
  for (const [what, steps, expected] of [
    ['stops the step', lone, false], ['is an outcome where the step says so', may, true], ['stops a step inside of a use', within({}), false], ['is an outcome inside of a use that may fail', within({ continueOnError: true }), true],
    ['is an outcome inside of a use that repeats', within({ loop: { until: 'false', max: 2 } }), true], ['is an outcome however deep inside', deep({ continueOnError: true }), true], ['stops a step however deep inside', deep({}), false],
  ] as const) {
    it(`REQ-FLOW-01 ${what}`, () => {
      const run = played({ steps }).state, step = run.workflow.steps.at(-1);
      assert.ok(step);
      assert.equal(absorbs(run, step), expected);
      const after = stepStateOf(failStep(run, step.id, 'it broke', 7, { exit: 1 }), step.id), before = stepStateOf(run, step.id);
      assert.deepEqual(after, expected ? { ...before, status: 'failed', why: 'it broke', finishedAt: 7, outputs: { exit: 1 } } : { ...before, outputs: { exit: 1 }, stopped: { why: 'it broke' } });
    });
  }

  it('REQ-FLOW-06 of a unit lets its step go on where that is an outcome, one round of several, or one candidate less', () => {
    const first = (steps: typeof lone): boolean => { const run = played({ steps }).state; return run.units[0] !== undefined && letsFail(run, run.units[0]); };
    assert.deepEqual([lone, may, [run('a', { loop: { until: 'true', max: 2 } })], [agent('a', { landing: 'choice' })]].map(first), [false, true, true, true]);
    assert.equal(letsFail(state, { ...unit, step: 'nosuch' }), false);
  });
});

describe('REQ-RUN-04 the tip of the branch', () => {
  it('is being moved by who advances, and may have been moved by who broke then', () => {
    assert.deepEqual(those((phase) => isMoving({ ...unit, phase })), ['advancing', 'broken while it moved the branch']);
  });

  it('is moved elsewhere when a unit of another step does', () => {
    assert.deepEqual(those((phase) => landsElsewhere(inPhase(unit.id, phase), 'plan')), ['advancing', 'broken while it moved the branch']);
    assert.deepEqual(those((phase) => landsElsewhere(inPhase(unit.id, phase), 'implement')), []);
  });

  it('may be moved out of turn from where it is, while nobody else moves it', () => {
    const may = (other: UnitPhase | null, tip: string): boolean => mayAdvance(other ? inPhase('implement/b', other) : inPhase(unit.id, { kind: 'advancing', ...onto }), unit, tip);
    assert.deepEqual([may(null, state.head), may(null, 'older'), may({ kind: 'judging', ...onto }, state.head), may({ kind: 'advancing', ...onto }, state.head), may(phases['broken while it moved the branch'] ?? null, state.head)], [true, false, true, false, false]);
  });

  it('may be replaced from the target that the work stands on, while the branch is what it replaces', () => {
    const may = (tip: string, rebase: Unit['rebase']): boolean => mayAdvance(state, { ...unit, rebase }, tip);
    assert.deepEqual([may('target', { onto: 'target', head: state.head }), may('older', { onto: 'target', head: state.head }), may('target', { onto: 'target', head: 'older' }), may(state.head, { onto: 'target', head: state.head })], [true, false, false, false]);
  });

  it('that is not the branch\'s any more has what was merged on it laid on once more; candidates stay what they are', () => {
    const laid = (head: string, more: Partial<Unit> = {}): string[] => those((phase) => relaidOn(head, { ...unit, ...more, phase }).phase.kind !== phase.kind);
    assert.deepEqual([laid('new'), laid('tip'), laid('new', { landing: 'choice' }), laid('tip', { rebase: { onto: 'tip', head: 'older' } }), laid('older', { rebase: { onto: 'tip', head: 'older' } })], [['judging', 'advancing'], [], [], ['judging', 'advancing'], []]);
    assert.deepEqual(relaidOn('new', { ...unit, phase: { kind: 'judging', ...onto } }), { ...unit, phase: { kind: 'integrating', commit: 'c' }, relaid: unit.relaid + 1 });
  });
});
