/** What should be running now, in states that stand on their own: units that are where these sentences say. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decide, wants } from '../../src/core/decide.ts';
import type { RunState, StepState, Unit, UnitPhase } from '../../src/core/state.ts';
import { allLanded, candidate, evidence, given, planApproved } from '../support/given.ts';

const commands = (state: RunState): string[] => decide(state).map((command) => `${command.kind} ${command.id}`);
const landing = { onto: 'base', commit: 'c', tree: 't' };
const ready: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
const integrating: UnitPhase = { kind: 'integrating', commit: 'c' };
const stuck = (resume: UnitPhase, waitingFor: 'workspace' | 'approval' = 'workspace'): UnitPhase => ({ kind: 'stuck', waitingFor, why: 'w', next: 'n', resume } as UnitPhase);

/** `planApproved` has three subtasks to implement; each gets what is said of it, the others lie still. */
function standing(units: Readonly<Record<string, Partial<Unit>>>, step: Partial<StepState> = {}, from: RunState = given(planApproved()).state): RunState {
  return {
    ...from,
    units: from.units.map((unit) => (unit.step === 'implement' ? { ...unit, phase: { kind: 'pending' }, ...units[unit.id.replace('implement/', '')] } : unit)),
    steps: from.steps.map((own) => (own.id === 'implement' ? { ...own, ...step } : own)),
  };
}
const capped = (state: RunState, most: number): RunState => ({ ...state, workflow: { ...state.workflow, steps: state.workflow.steps.map((step) => (step.id === 'implement' ? { ...step, maxParallel: most } : step)) } });
const over: readonly UnitPhase[] = [{ kind: 'pending' }, { kind: 'landed', commit: 'c' }, { kind: 'given' }, { kind: 'candidate', ...landing }, { kind: 'skipped', why: 'w' }, { kind: 'failed', why: 'w', evidence: null, resume: ready }, stuck(ready)];
const tried = [{ n: 1, start: 'base' }] as unknown as Unit['attempts'];

describe('what is decided', () => {
  it('REQ-RUN-16 is decided once for a state, and wanted where it is in it', () => {
    const state = standing({ a: { phase: ready } });
    assert.equal(decide(state), decide(state));
    for (const time of ['first', 'again']) assert.deepEqual(['implement/a#1', 'implement/a#2', 'implement/b#1'].map((id) => wants(state, id)), [true, false, false], time);
    assert.equal(wants(standing({}), 'implement/a#1'), false);
  });

  it('REQ-RUN-14 has nothing for work that is over, was skipped, or waits', () => {
    for (const phase of over) assert.deepEqual(commands(standing({ a: { phase, attempts: tried } })), [], phase.kind);
    assert.deepEqual(commands(standing({ a: { phase: { kind: 'working' }, attempts: tried } })), ['work implement/a#1']);
    assert.deepEqual(commands(standing({ a: { phase: ready, attempts: tried } })), ['work implement/a#2']);
  });

  it('REQ-RUN-01 has nothing for work of a step that is not at work, but for a tip that is being moved', () => {
    for (const status of ['pending', 'skipped', 'failed'] as const) {
      assert.deepEqual(commands(standing({ a: { phase: ready }, b: { phase: integrating, attempts: tried } }, { status })), [], status);
      assert.deepEqual(commands(standing({ b: { phase: { kind: 'advancing', ...landing }, attempts: tried } }, { status })), ['advance implement/b#1:advance'], status);
    }
    assert.deepEqual(commands(standing({ a: { phase: ready }, b: { phase: integrating, attempts: tried } }, { status: 'done' })), ['work implement/a#1', 'integrate implement/b#1:integrate@base']);
  });

  it('REQ-FLOW-09 with a cap has what was begun first, then the others as they stand', () => {
    const units = { a: { phase: ready }, b: { phase: ready }, c: { phase: { kind: 'working' } as const, attempts: tried } };
    assert.deepEqual(commands(capped(standing(units), 1)), ['work implement/c#1']);
    assert.deepEqual(commands(capped(standing(units), 2)), ['work implement/c#1', 'work implement/a#1']);
    assert.deepEqual(commands(capped(standing({ ...units, c: { phase: ready, attempts: tried } }), 1)), ['work implement/c#2']);
    // Attempts before another agent took over are none of this one.
    assert.deepEqual(commands(capped(standing({ ...units, c: { phase: ready, attempts: tried, from: 1 } }), 1)), ['work implement/a#1']);
    // What is landing keeps its place.
    assert.deepEqual(commands(capped(standing({ ...units, c: { phase: integrating, attempts: tried } }), 1)), ['integrate implement/c#1:integrate@base']);
    // What is over, or waits for a person, takes none.
    for (const phase of over) assert.deepEqual(commands(capped(standing({ ...units, c: { phase, attempts: tried } }), 1)), ['work implement/a#1'], phase.kind);
  });

  it('REQ-RUN-04 lands one at a time: who moves the tip, then who is judged, then who finished first, then by name', () => {
    const at = (phase: UnitPhase, finishedAt: number | null = 1): Partial<Unit> => ({ phase, attempts: tried, finishedAt });
    const judging: UnitPhase = { kind: 'judging', ...landing };
    assert.deepEqual(commands(standing({ a: at(integrating), b: at(judging, 2), c: at({ kind: 'advancing', ...landing }, 3) })), ['advance implement/c#1:advance']);
    assert.deepEqual(commands(standing({ a: at(integrating), b: at(judging, 2), c: at(judging, 3) })), ['judge-unit implement/b#1:gate']);
    const tied = standing({ a: at(integrating, 3), b: at(integrating, 2), c: at(integrating, 2) });
    for (const units of [tied.units, tied.units.toReversed()]) assert.deepEqual(commands({ ...tied, units }), ['integrate implement/b#1:integrate@base']);
    assert.deepEqual(commands(standing({ a: at(integrating, 3), b: at(integrating, 2), c: at(integrating, null) })), ['integrate implement/c#1:integrate@base']);
  });

  it('REQ-RUN-04 lands nothing while it is not known where the tip is', () => {
    const b = { phase: integrating, attempts: tried }, moved: UnitPhase = { kind: 'advancing', ...landing };
    assert.deepEqual(commands(standing({ a: { phase: stuck(moved), attempts: tried }, b, c: { phase: ready } })), ['work implement/c#1']);
    assert.deepEqual(commands(standing({ a: { phase: stuck(integrating), attempts: tried }, b })), ['integrate implement/b#1:integrate@base']);
    assert.deepEqual(commands(standing({ a: { phase: stuck(moved, 'approval'), attempts: tried }, b })), ['integrate implement/b#1:integrate@base']);
  });

  it('REQ-RUN-44 lays nobody on the old tip while the work is carried onto another one, and judges who is laid already', () => {
    const from = given(planApproved()).state;
    const stacked = { ...from, upstream: { task: 'below', how: 'on', standing: 'landed', head: 'h', tree: 't', why: null } } as unknown as RunState;
    const rebase = { onto: 'new', head: 'old' }, other = { phase: integrating, attempts: tried, finishedAt: 1 };
    const moving = (phase: UnitPhase): Partial<Unit> => ({ phase, attempts: tried, rebase, finishedAt: 2 });
    assert.deepEqual(commands(standing({ a: other, b: moving(integrating) }, {}, stacked)), ['integrate implement/b#1:integrate@new']);
    assert.deepEqual(commands(standing({ a: other, b: moving({ kind: 'working' }) }, {}, stacked)), ['work implement/b#1']);
    assert.deepEqual(commands(standing({ a: { ...other, phase: { kind: 'judging', ...landing } }, b: moving({ kind: 'working' }) }, {}, stacked)), ['work implement/b#1', 'judge-unit implement/a#1:gate']);
    for (const phase of [stuck(integrating), { kind: 'failed', why: 'w', evidence: null, resume: integrating } as const]) assert.deepEqual(commands(standing({ a: other, b: moving(phase) }, {}, stacked)), ['integrate implement/a#1:integrate@base'], phase.kind);
  });

  it('REQ-SCHEDULE-12 says of a gate that runs once more that it is alone, and of no other', () => {
    const alone = (state: RunState): unknown[] => decide(state).map((command) => [command.id, 'alone' in command && command.alone]);
    const judging = { kind: 'judging', ...landing } as const;
    assert.deepEqual(alone(standing({ a: { phase: { ...judging, alone: true }, attempts: tried } })), [['implement/a#1:gate:alone', true]]);
    assert.deepEqual(alone(standing({ a: { phase: judging, attempts: tried } })), [['implement/a#1:gate', false]]);
    const made = given([...allLanded(), ...candidate(evidence('t')).slice(0, 1)]).state;
    const again = { ...made, steps: made.steps.map((own) => (own.gate?.kind === 'judging' ? { ...own, gate: { ...own.gate, alone: true } } : own)) } as RunState;
    assert.deepEqual([alone(made), alone(again)], [[['test#1:gate', false]], [['test#1:gate:alone', true]]]);
  });

  it('REQ-RUN-08 judges what would land by the gates that a gate step names, and by all of them where a merge asks', () => {
    const made = given([...allLanded(), ...candidate(evidence('t')).slice(0, 1)]).state;
    const gates = (state: RunState): unknown[] => decide(state).map((command) => 'gates' in command && command.gates);
    const test = made.steps.findIndex(({ id }) => id === 'test'), merge = made.workflow.steps.findIndex(({ kind }) => kind === 'merge');
    const named = { ...made, workflow: { ...made.workflow, steps: made.workflow.steps.map((step, at) => (at === test ? { ...step, gates: ['unit'] } : step)) } } as RunState;
    assert.deepEqual(gates(named), [['unit']]);
    const { gate = null } = made.steps[test] ?? {};
    const atMerge = { ...named, steps: named.steps.map((own, at) => (at === merge ? { ...own, status: 'active', n: 1, gate } : { ...own, gate: null })) } as RunState;
    assert.deepEqual(gates(atMerge), [null]);
  });

  it('REQ-RUN-08 makes what would land once, however many need it', () => {
    const landed = given(allLanded()).state;
    const both = { ...landed, steps: landed.steps.map((own) => (own.id === 'test' || own.id === 'merge' ? { ...own, status: 'active', n: 2, gate: { kind: 'making' } } : own)) } as RunState;
    assert.deepEqual(commands(both), ['make-candidate test#2:candidate']);
    const one = { ...both, steps: both.steps.map((own) => (own.id === 'test' ? { ...own, status: 'done' } : own)) } as RunState;
    assert.deepEqual(commands(one), ['make-candidate merge#2:candidate']);
  });

  it('REQ-RUN-08 begins a review at what would land, where that is of the branch as it is', () => {
    const judged = given([...allLanded(), ...candidate(evidence('t'))]).state;
    const starts = (state: RunState): unknown[] => decide(state).map((command) => 'start' in command && command.start);
    assert.deepEqual(starts(judged), ['squash-base']);
    assert.deepEqual(starts({ ...judged, head: 'further' }), ['further']);
    assert.deepEqual(starts({ ...judged, units: judged.units.map((unit) => ({ ...unit, gives: unit.gives === 'review' ? 'tree' : unit.gives })) }), [judged.head]);
  });
});
