// Which files a piece of work holds against others, and for how long.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inTheWay, landingLeases, leaseFor } from '../../src/core/lease.ts';
import type { Lease } from '../../src/core/lease.ts';
import type { RunState, StepState, Unit, UnitPhase } from '../../src/core/state.ts';
import { given, planApproved } from '../support/given.ts';

const { state } = given(planApproved());
const [a] = state.units.filter((unit) => unit.id === 'implement/a');
const lease: Lease = { task: 't1', unit: 'implement/a', scope: ['src/**'] };
const made = { onto: 'base', commit: 'c', tree: 't' };

const held = (change: Partial<Unit>): Lease | null => (a ? leaseFor(state, { ...a, ...change }) : assert.fail('no unit'));
const inPhases = (phases: Readonly<Record<string, UnitPhase>>, status: StepState['status'] = 'active', more: Partial<RunState> = {}): readonly string[] => landingLeases({
  ...state, ...more, units: state.units.map((unit) => ({ ...unit, phase: phases[unit.id] ?? unit.phase })), steps: state.steps.map((step) => (step.id === 'implement' ? { ...step, status } : step)),
}).map(({ unit }) => unit);
const stuck = (waitingFor: 'workspace' | 'gate', resume: UnitPhase): UnitPhase => ({ kind: 'stuck', waitingFor, why: '', next: '', resume });
const advancing: UnitPhase = { kind: 'advancing', ...made }, judging: UnitPhase = { kind: 'judging', ...made }, integrating: UnitPhase = { kind: 'integrating', commit: 'c' };

describe('file scopes as leases', () => {
  it('REQ-SCHEDULE-04 are held by work on a subtask that changes files, not by what only looks nor by one candidate of several', () => {
    assert.deepEqual([held({}), held({ gives: 'review' }), held({ landing: 'choice' }), held({ gives: 'result', landing: 'choice' }), held({ subtask: null })], [lease, null, null, null, null]);
  });

  it('REQ-SCHEDULE-04 are held on the way to the branch, and no longer', () => {
    const waiting: readonly UnitPhase[] = [{ kind: 'pending' }, { kind: 'ready', notBefore: 0, why: null }, { kind: 'working' }, { kind: 'landed', commit: 'c' }, { kind: 'candidate', ...made }, { kind: 'skipped', why: '' }, { kind: 'failed', why: '', evidence: null, resume: advancing }];
    assert.deepEqual([integrating, judging, advancing].map((phase) => inPhases({ 'implement/a': phase })), Array(3).fill(['implement/a']));
    assert.deepEqual(waiting.map((phase) => inPhases({ 'implement/a': phase })), waiting.map(() => []));
    assert.deepEqual([inPhases({ 'implement/a': judging, 'implement/b': integrating }), inPhases({ plan: integrating, 'implement/b': integrating })], [['implement/a', 'implement/b'], ['implement/b']]);
  });

  it('REQ-SCHEDULE-04 end with the run, and with the step of the work', () => {
    const of = (status: StepState['status']): readonly string[] => inPhases({ 'implement/a': judging }, status);
    assert.deepEqual([of('done'), of('pending'), of('skipped'), of('failed'), inPhases({ 'implement/a': judging }, 'active', { end: { kind: 'cancelled' } })], [['implement/a'], [], [], [], []]);
  });

  it('REQ-SCHEDULE-04 are held by nobody of a run whose tip is not known: nobody lands there before a person has looked', () => {
    const beside = (phase: UnitPhase): readonly string[] => inPhases({ 'implement/a': phase, 'implement/b': judging });
    assert.deepEqual([beside(stuck('workspace', advancing)), beside(stuck('workspace', integrating)), beside(stuck('gate', advancing))], [[], ['implement/b'], ['implement/b']]);
  });

  it('REQ-SCHEDULE-04 stand in the way where they meet, of whatever run, but nobody in his own', () => {
    const other = { ...lease, task: 't2' }, sibling = { ...lease, unit: 'implement/b' }, elsewhere = { ...lease, unit: 'implement/c', scope: ['docs/**'] };
    assert.deepEqual([inTheWay(lease, [lease]), inTheWay(lease, [elsewhere]), inTheWay(lease, [lease, elsewhere, sibling, other]), inTheWay(lease, [other])], [undefined, undefined, sibling, other]);
  });
});
