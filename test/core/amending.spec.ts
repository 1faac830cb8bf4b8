// Who may propose a change of which plan, what waits meanwhile, and how a proposal is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { amendableBy, goesBack, heldBy, openAmendments, planOf, propose, startedIn } from '../../src/core/amending.ts';
import { amendmentSchema } from '../../src/core/amendment.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { AmendmentRecord, Checkpoint, RunState, StepState, Unit, UnitPhase } from '../../src/core/state.ts';
import { given, plan, planApproved, startedAttempt, widerPlanProposed } from '../support/given.ts';
import { agent, begun, checkpoint, plan as planner, played, review, run, tool, use } from './conformance/workflowOf.ts';

type Steps = Parameters<typeof begun>[0];
const each = (id: string, more = {}) => agent(id, { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' }, ...more });
const [sample] = played({ steps: [agent('it')] }).state.units;
assert.ok(sample);
const unit = (step: string, more: Partial<Unit> = {}): Unit => ({ ...sample, id: step, step, ...more });
const reviewer = (step: string): Unit => unit(step, { role: 'reviewer', gives: 'review' });
const moving: UnitPhase = { kind: 'advancing', onto: 'base', commit: 'c', tree: 't' };

/** A run with a plan, whose steps stand so; those that are not named are active. */
function standing(steps: Steps, statuses: Readonly<Record<string, StepState['status']>> = {}, more: Partial<RunState> = {}): RunState {
  const state = begun(steps);
  return { ...state, plan, steps: state.steps.map((step) => ({ ...step, status: statuses[step.id] ?? 'active' })), ...more };
}
/** The step whose subtasks the unit may change, and the step that gave their plan. */
const amendable = (state: RunState, of: Unit): string | null => { const work = amendableBy(state, of); return work && `${work.step.id} of ${work.of}`; };

describe('REQ-AMEND-01 who may propose a change of a plan', () => {
  it('is who works on its subtasks, while its step is at work or was', () => {
    const steps = [planner(), each('each')];
    const of = (status: StepState['status']): string | null => amendable(standing(steps, { each: status }), unit('each'));
    assert.deepEqual([of('active'), of('done'), of('pending'), of('failed'), of('skipped')], ['each of plan', 'each of plan', null, null, null]);
  });

  it('is nobody else: no command, no agent of other work, nobody without a plan, nor after the landing', () => {
    const steps = [planner(), each('each'), agent('rows', { forEach: { over: 'agents', copies: 2 } }), agent('whole'), use('sub')];
    const state = standing(steps);
    assert.deepEqual([unit('each', { does: 'run' }), unit('rows'), unit('whole'), unit('sub'), unit('gone')].map((one) => amendable(state, one)), [null, null, null, null, null]);
    assert.deepEqual([amendable({ ...state, plan: null }, unit('each')), amendable({ ...state, landed: { commit: 'c', tree: 't' } }, unit('each')), amendable({ ...state, plan: null, plans: { other: plan } }, unit('each')), amendable({ ...state, plan: null, plans: { plan } }, unit('each'))], [null, null, null, 'each of plan']);
  });

  it('is a reviewer of such work: of the last that comes before, whoever does it', () => {
    const before = [planner(), each('one'), run('two', { needs: ['one'], forEach: { over: 'subtasks', of: 'plan' } }), review('look', { needs: ['two'] })];
    assert.equal(amendable(standing(before), reviewer('look')), 'two of plan');
    assert.equal(amendable(standing([planner(), tool('one', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' } }), review('look', { needs: ['one'] })], { one: 'done' }), reviewer('look')), 'one of plan');
    assert.deepEqual([amendable(standing(before), unit('look')), amendable(standing(before, { two: 'failed' }), reviewer('look'))], [null, null]);
  });

  it('is a reviewer beside it, for the last that is at work', () => {
    const beside = [planner(), each('one'), each('two'), each('three'), review('look'), checkpoint('ok', 'review')];
    const of = (statuses: Readonly<Record<string, StepState['status']>>): string | null => amendable(standing(beside, statuses), reviewer('look'));
    assert.deepEqual([of({}), of({ three: 'done' }), of({ two: 'pending', three: 'done' }), of({ one: 'done', two: 'done', three: 'done' }), amendable(standing([review('look')]), reviewer('look'))], ['three of plan', 'two of plan', 'one of plan', null, null]);
    const within = [planner(), each('first'), each('second', { needs: ['first'] }), review('look', { needs: ['first'] })];
    assert.equal(amendable(standing(within), reviewer('look')), 'first of plan', 'what it judges goes before what is beside');
  });

  it('changes the plan of the step that gave it, else the newest', () => {
    const other: Plan = { ...plan, summary: 'other' };
    const state = standing([planner()], {}, { plans: { second: other } });
    assert.deepEqual([planOf(state, 'second'), planOf(state, 'plan'), planOf({ ...state, plan: null }, 'plan')], [other, plan, null]);
  });
});

describe('REQ-AMEND-02 a subtask has started', () => {
  const ready: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
  const subtaskOf = (id: string): Unit['subtask'] => plan.subtasks.find((one) => one.id === id) ?? null;
  const steps = [planner(), planner('other'), each('each'), each('again'), each('apart', { needs: ['other'], forEach: { over: 'subtasks', of: 'other' } }), agent('whole')];
  const started = (...units: readonly Unit[]): readonly string[] => [...startedIn({ ...standing(steps), units }, 'plan')];
  const attempts = (given([...planApproved(), startedAttempt('implement/a')]).state.units.find(({ id }) => id === 'implement/a') ?? assert.fail('no unit')).attempts;

  it('once anybody has begun it, in whatever step and whatever came of it', () => {
    const a = (more: Partial<Unit>, step = 'each'): Unit => unit(step, { subtask: subtaskOf('a'), attempts: [], phase: ready, ...more });
    assert.deepEqual([started(a({})), started(a({ phase: { kind: 'pending' } })), started(a({ attempts })), started(a({ phase: { kind: 'skipped', why: '' } })), started(a({ phase: { kind: 'working' } })), started(a({}), a({ attempts }, 'again'))], [[], [], ['a'], ['a'], ['a'], ['a']]);
    assert.deepEqual([started(a({ attempts }, 'apart')), started(a({ attempts, subtask: null })), started(a({ attempts }, 'whole'))], [[], [], []], 'not by work on another plan, or on none');
  });
});

describe('REQ-AMEND-03 what a proposal holds', () => {
  const events = widerPlanProposed();
  const { state } = given(events);
  const [record] = state.amendments, [open] = openAmendments(state);
  assert.ok(record && open);
  const unitOf = (id: string): Unit => state.units.find((one) => one.id === id) ?? assert.fail(`no unit ${id}`);
  const held = (one: Unit, now: RunState = state): number | null => heldBy(now, one)?.n ?? null;

  it('is what it would split or drop and nobody has begun, until it is decided', () => {
    const b = unitOf('implement/b');
    assert.deepEqual([held(b), held({ ...b, phase: { kind: 'pending' } }), held(unitOf('implement/a')), held(unitOf('implement/c')), held({ ...b, phase: { kind: 'working' } }), held({ ...b, attempts: unitOf('implement/a').attempts }), held({ ...b, subtask: null })], [1, 1, null, null, null, null, null]);
    assert.equal(held(b, { ...state, checkpoints: state.checkpoints.map((one) => ({ ...one, state: 'rejected' })) }), null);
    assert.equal(held(b, given(planApproved()).state), null);
  });

  it('is not a subtask of another plan that has the same name', () => {
    const steps = [planner(), planner('other'), each('implement'), each('apart', { needs: ['other'], forEach: { over: 'subtasks', of: 'other' } }), each('again'), agent('whole')];
    const two = standing(steps, {}, { amendments: state.amendments, checkpoints: state.checkpoints });
    const { subtask } = unitOf('implement/b');
    assert.deepEqual(['implement', 'apart', 'again', 'whole'].map((step) => held(unit(step, { subtask, attempts: [], phase: { kind: 'ready', notBefore: 0, why: null } }), two)), [1, null, 1, null]);
    const none = { ...two, amendments: [{ ...record, step: 'whole' }] };
    assert.equal(held(unit('implement', { subtask, attempts: [], phase: { kind: 'pending' } }), none), null);
  });

  it('is told with its checkpoint; other checkpoints are none of it', () => {
    const about = (change: Partial<Checkpoint>): readonly (AmendmentRecord & { readonly checkpoint: Checkpoint })[] => openAmendments({ ...state, checkpoints: [{ ...open.checkpoint, ...change }] });
    assert.deepEqual([about({}), about({ about: 'merge' }), about({ amendment: 7 }), about({ state: 'void' })], [[{ ...record, checkpoint: open.checkpoint }], [], [], []]);
  });
});

describe('REQ-AMEND-02 REQ-AMEND-06 a proposal', () => {
  const { state } = given([...planApproved(), startedAttempt('implement/a')]);
  const a = state.units.find(({ id }) => id === 'implement/a') ?? assert.fail('no unit');
  const split = (id: string): object => ({ why: 'two things', split: [{ id, into: ['1', '2'].map((part) => ({ id: `${id}${part}`, title: 'x', description: 'x', scope: ['src/**'] })) }] });
  const answer = (now: RunState, amendment: object, of = a): unknown => { const said = propose(now, of, 'implement/a#1', amendmentSchema.parse(amendment)); return said.ok ? said.value : said.refusal; };
  const withStatus = (status: StepState['status'], units: RunState['units'] = state.units): RunState => ({ ...state, units, steps: state.steps.map((step) => (step.id === 'implement' ? { ...step, status } : step)) });

  it('is an event with the plan that it leads to, and what it loses', () => {
    const event = answer(state, split('b')) as Extract<ReturnType<typeof propose>, { ok: true }>['value'];
    assert.deepEqual({ ...event, plan: event.plan.subtasks.map(({ id }) => id) }, { type: 'PlanAmendmentProposed', command: 'implement/a#1', unit: 'implement/a', step: 'implement', amendment: amendmentSchema.parse(split('b')), plan: ['a', 'b1', 'b2', 'c'], wider: [], dropped: [], waits: false });
    const losing = answer(state, { why: 'not needed', drop: ['c'] }) as typeof event, widening = answer(state, { why: 'more', add: [{ id: 'd', title: 'd', description: 'd', scope: ['infra/**'] }] }) as typeof event;
    assert.deepEqual([[losing.wider, losing.dropped.length, losing.waits], [widening.wider, widening.dropped, widening.waits]], [[[], 1, true], [['infra/**'], [], true]]);
  });

  it('comes to nothing where there is no plan to change, or no run any more', () => {
    const none = ['there is no plan that can be changed now'];
    assert.deepEqual([answer({ ...state, end: { kind: 'cancelled' } }, split('b')), answer(withStatus('failed'), split('b')), answer({ ...state, plan: null, plans: {} }, split('b'))], [none, none, none]);
  });

  it('REQ-AMEND-07 is to be made once more where it would begin anew what is landing at this moment', () => {
    const landing = [...state.units, unit('review', { phase: moving })];
    assert.deepEqual([goesBack(withStatus('done', landing), 'implement'), goesBack(withStatus('active', landing), 'implement'), goesBack(withStatus('done'), 'implement'), goesBack(withStatus('done', landing), 'gone')], [true, false, false, false]);
    assert.deepEqual(answer(withStatus('done', landing), split('b')), ['other work is landing at this moment: propose it once more']);
  });

  it('is one of 50 in a task at most', () => {
    const [record] = given(widerPlanProposed()).state.amendments;
    assert.ok(record);
    const after = (count: number): unknown => answer({ ...state, amendments: Array<AmendmentRecord>(count).fill(record) }, split('b'));
    assert.ok(!Array.isArray(after(49)));
    assert.deepEqual(after(50), ['50 changes of the plan were proposed in this task: that is the most']);
  });

  it('cannot be about a subtask of one that waits, and is refused with every other mistake', () => {
    const proposed = given(widerPlanProposed()).state;
    assert.deepEqual([answer(proposed, split('b')), answer(proposed, { ...split('b'), drop: ['a'] })], [
      ['"b" is part of a proposal that waits for a person already'], ['"b" is part of a proposal that waits for a person already', '"a" has started: only subtasks that have not can be split or dropped'],
    ]);
  });
});
