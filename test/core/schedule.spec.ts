import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { decide } from '../../src/core/decide.ts';
import { comingOf, weightsOf } from '../../src/core/criticalPath.ts';
import { landingLeases } from '../../src/core/lease.ts';
import { readyOf, schedule, waitingReviews } from '../../src/core/schedule.ts';
import type { Ready, Situation } from '../../src/core/schedule.ts';
import type { RunState } from '../../src/core/state.ts';
import { waiting } from '../../src/core/status.ts';
import { unitState } from '../../src/protocol/stepState.ts';
import { accepted, allLanded, candidate, changed, given, judgedUnit, evidence, finishedAttempt, integrated, plan, planApproved, planned, startedAttempt, throughGate } from '../support/given.ts';

const calm: Situation = { running: [], leases: [], coming: [], slots: { agents: 4, gates: 1, perProvider: {}, waitingReviews: 5 }, throttle: { agents: 4, why: null }, waitingReviews: 0, served: () => 0, now: 1e15 };

function work(unit: string, more: Partial<Ready> = {}): Ready {
  return {
    task: 't1', since: 1, weight: 1, fresh: true, begun: false, lease: null, provider: null, ...more,
    command: { kind: 'work', id: `${unit}#1`, unit, n: 1, start: 'base', notBefore: 0 },
  };
}
const judge = (unit: string, task = 't1'): Ready => ({ ...work(unit, { task }), command: { kind: 'judge-unit', id: `${unit}#1:gate`, unit, n: 1, commit: 'c', tree: 't', onto: 'o' } });
const lease = (unit: string, scope: readonly string[], task = 't1') => ({ task, unit, scope });
const withSlots = (slots: Partial<Situation['slots']>, more: Partial<Situation> = {}): Situation => ({ ...calm, throttle: { agents: slots.agents ?? 4, why: null }, ...more, slots: { ...calm.slots, ...slots } });
const chosen = (ready: readonly Ready[], situation: Situation) => {
  const { starts, held } = schedule(ready, situation);
  return { starts: starts.map(({ task, command }) => `${task} ${command.id}`), held: held.map(({ unit, why }) => `${unit}: ${why}`) };
};

/** A run whose plan has these subtasks and was approved. */
function run(subtasks: readonly { readonly id: string; readonly needs?: string[]; readonly scope?: string[]; readonly estimate?: number }[], more: readonly RunEvent[] = []): RunState {
  const [approval] = planApproved().slice(-1) as [RunEvent];
  const parts = subtasks.map(({ id, needs = [], scope = [`src/${id}.ts`], estimate }) => ({ id, title: id, description: id, needs, scope, requirements: [], tests: [], ...(estimate === undefined ? {} : { estimate }) }));
  return given([accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan: { ...plan, subtasks: parts } }), approval, ...more]).state;
}

describe('REQ-SCHEDULE-01 slots', () => {
  it('start as many agents as there are slots, gates beside them, and git at once', () => {
    const merge: Ready = { ...work('d'), command: { kind: 'integrate', id: 'd#1:integrate', unit: 'd', n: 1, commit: 'c', onto: 'o' } };
    assert.deepEqual(chosen([work('a'), work('b'), judge('c'), judge('e'), merge], withSlots({ agents: 1 })).starts, ['t1 d#1:integrate', 't1 c#1:gate', 't1 a#1']);
  });

  it('are taken by what runs already', () => {
    assert.deepEqual(chosen([work('a'), judge('c')], withSlots({ agents: 1 }, { running: [work('z'), judge('y')] })), { starts: [], held: [] });
  });

  it('go to nobody before the time to which it was put off', () => {
    const later: Ready = { ...work('a'), command: { kind: 'work', id: 'a#2', unit: 'a', n: 2, start: 'base', notBefore: 100 } };
    assert.deepEqual([chosen([later], { ...calm, now: 99 }).starts, chosen([later], { ...calm, now: 100 }).starts], [[], ['t1 a#2']]);
  });
});

describe('REQ-SCHEDULE-02 the longest remaining chain goes first', () => {
  it('by the number of units in it, where nothing is estimated', () => {
    const weights = weightsOf(run([{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'] }, { id: 'd' }]));
    assert.deepEqual(['a', 'b', 'c', 'd'].map((id) => weights.get(`implement/${id}`)), [3, 2, 1, 1]);
  });

  it('by the minutes that the plan estimates; what has none counts as the mean of the others', () => {
    const weights = weightsOf(run([{ id: 'a', estimate: 2 }, { id: 'b', needs: ['a'], estimate: 4 }, { id: 'c' }, { id: 'd', estimate: 30 }]));
    assert.deepEqual(['a', 'b', 'c', 'd'].map((id) => weights.get(`implement/${id}`)), [6, 4, 12, 30]);
  });

  it('and decides who starts', () => {
    const ready = readyOf(run([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['b'] }]), () => null);
    assert.deepEqual(chosen(ready, withSlots({ agents: 1 })).starts, ['t1 implement/b#1']);
  });
});

describe('REQ-SCHEDULE-10 a slot is kept for more urgent work that is landing', () => {
  const kept = { ...calm, slots: { ...calm.slots, agents: 2 }, coming: [{ task: 't1', weight: 5, until: 70 }] };

  it('the last one, for half a minute, and only before less urgent work of the same task', () => {
    const { starts, held, again } = schedule([work('a'), work('b'), work('c', { weight: 7 })], kept);
    assert.deepEqual([starts.map(({ command }) => command.id), held, again], [['c#1'], [{ task: 't1', unit: 'a', why: 'waits for more urgent work that is landing', until: 70 }, { task: 't1', unit: 'b', why: 'waits for more urgent work that is landing', until: 70 }], 70]);
    assert.deepEqual(chosen([work('x', { task: 't2' }), work('y', { task: 't2' })], kept).starts, ['t2 x#1', 't2 y#1']);
  });

  it('is for what needs nothing but that', () => {
    const state = run([{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['a', 'd'] }, { id: 'd' }, { id: 'e', needs: ['b'] }], changed('implement/a'));
    const finished = state.units.find(({ id }) => id === 'implement/a')?.finishedAt ?? 0;
    assert.deepEqual([comingOf(state, finished), comingOf(state, finished + 30_000)], [[{ task: 't1', weight: 2, until: finished + 30_000 }], []]);
  });
});

describe('REQ-SCHEDULE-03 no run starves', () => {
  it('the next slot is of the run with the fewest at work, whatever waits behind the others', () => {
    const many = [work('a', { weight: 9 }), work('b', { weight: 9 }), work('c', { weight: 9 })];
    assert.deepEqual(chosen([...many, work('x', { task: 't2', since: 2 })], withSlots({ agents: 2 })).starts, ['t1 a#1', 't2 x#1']);
  });

  it('then of the one whose turn is longest ago, then of the oldest', () => {
    const ready = [work('x', { task: 't2', since: 2 }), work('a')];
    const one = withSlots({ agents: 1 });
    assert.deepEqual([chosen(ready, one).starts, chosen(ready, { ...one, served: (_lane, task) => (task === 't1' ? 5 : 3) }).starts], [['t1 a#1'], ['t2 x#1']]);
  });

  it('gates take turns, too', () => {
    assert.deepEqual(chosen([judge('a'), judge('x', 't2')], { ...calm, served: (lane, task) => (lane === 'gate' && task === 't1' ? 1 : 0) }).starts, ['t2 x#1:gate']);
  });
});

describe('REQ-SCHEDULE-04 declared files are leases', () => {
  it('work whose files meet those of work under way waits and says for whom, in whatever run', () => {
    const running = [work('a', { lease: lease('a', ['src/**']) }), work('z', { task: 't2', lease: lease('z', ['docs'], 't2') })];
    const ready = [work('b', { lease: lease('b', ['src/b.ts']) }), work('c', { lease: lease('c', ['docs/c.md']) }), work('d', { lease: lease('d', ['lib']) })];
    assert.deepEqual(chosen(ready, { ...calm, running }), { starts: ['t1 d#1'], held: ['b: waits for files of a', 'c: waits for files of z of task t2'] });
  });

  it('a stacked task waits for files of the one below only while those are worked on there, never for what waits for it or for a person', () => {
    const below = [{ id: 'a', scope: ['src/**'] }];
    const stacked = given([{ ...accepted('quick-change'), task: 't2', upstream: { task: 't1', how: 'on' } } as RunEvent]).state;
    const ready = [work('b', { task: 't2', lease: lease('b', ['src/b.ts'], 't2') }), ...readyOf(stacked, () => null)];
    const judging = run(below, [...changed('implement/a'), integrated('implement/a', 'base')]);
    const landed = run(below, [...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('x')), { type: 'UnitLanded', command: '', unit: 'implement/a', n: 1, commit: 'h1' }]);
    assert.deepEqual([judging, landed].map((state) => chosen(ready, { ...calm, leases: landingLeases(state) })), [
      { starts: ['t2 implement#1'], held: ['b: waits for files of implement/a of task t1'] }, { starts: ['t2 implement#1', 't2 b#1'], held: [] },
    ]);
  });

  it('two that become ready at once do not start at once', () => {
    const ready = readyOf(run([{ id: 'a', scope: ['src/**'] }, { id: 'b', scope: ['src/b.ts'] }]), () => null);
    assert.deepEqual(chosen(ready, calm), { starts: ['t1 implement/a#1'], held: ['implement/b: waits for files of implement/a'] });
  });

  it('are held until the work has landed', () => {
    const subtasks = [{ id: 'a' }, { id: 'b' }];
    const held = (more: readonly RunEvent[]) => landingLeases(run(subtasks, more)).map(({ unit }) => unit);
    const judged = [...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('implement/a-1-tree'))];
    assert.deepEqual([held(changed('implement/a')), held(judged), held(throughGate('implement/a', 'base'))], [['implement/a'], ['implement/a'], []]);
  });

  it('are given back by work that waits for a person', () => {
    const asks: RunEvent[] = [startedAttempt('implement/a'), finishedAttempt('implement/a', { kind: 'no-changes', summary: 'nothing' })];
    assert.deepEqual(landingLeases(run([{ id: 'a' }], asks)), []);
  });

  it('never hold up an attempt that is written down as begun', () => {
    const begun = work('b', { begun: true, fresh: false, lease: lease('b', ['src']) });
    assert.deepEqual(chosen([begun], { ...calm, leases: [lease('a', ['src'])] }).starts, ['t1 b#1']);
  });
});

describe('REQ-SCHEDULE-05 a provider\'s limit', () => {
  it('holds over all runs, and for each that is not named by "*"', () => {
    const ready = [work('a', { provider: 'ollama', task: 't2' }), work('b', { provider: 'ollama' }), work('c', { provider: 'openai' }), work('d', { provider: null })];
    assert.deepEqual(chosen(ready, withSlots({ perProvider: { ollama: 1, '*': 2 } })), { starts: ['t2 a#1', 't1 c#1', 't1 d#1'], held: ['b: waits for ollama: 1 of its agents is at work'] });
  });
});

describe('REQ-SCHEDULE-06 waiting reviews', () => {
  it('let no new subtask begin while too many checkpoints wait for a person; what has begun goes on', () => {
    assert.deepEqual(chosen([work('a'), work('b', { fresh: false })], { ...calm, waitingReviews: 5 }), { starts: ['t1 b#1'], held: ['a: waits until you decide: 5 checkpoints are open'] });
  });

  it('are those that a person has to decide', () => {
    const yes = given([accepted('spec-and-build', ['plan']), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan })]).state;
    assert.deepEqual([waitingReviews(given(planned()).state), waitingReviews(yes), waitingReviews(given(planApproved()).state)], [1, 0, 0]);
  });
});

describe('REQ-SCHEDULE-07 the row of work that is held back', () => {
  it('says why', () => {
    const unit = run([{ id: 'a' }]).units.find(({ id }) => id === 'implement/a');
    assert.deepEqual(unit && [unitState(unit), unitState(unit, 'waits for files of implement/b')], [{ state: 'ready', detail: 'waits for a free slot' }, { state: 'ready', detail: 'waits for files of implement/b' }]);
  });
});

describe('REQ-SCHEDULE-11 on a machine under load', () => {
  const busy: Situation = { ...calm, throttle: { agents: 1, why: 'the machine is busy (CPU 99 %)' }, now: 1_000 };
  const why = 'waits for a slot: 1 of 4 is open, since the machine is busy (CPU 99 %)';

  it('only so many slots of agents are open; who waits says why, and is looked at again; gates and git have what they had', () => {
    const ready = [work('a'), work('b'), judge('c')];
    assert.deepEqual([chosen(ready, busy), schedule(ready, busy).again], [{ starts: ['t1 c#1:gate', 't1 a#1'], held: [`b: ${why}`] }, 11_000]);
  });

  it('nothing that is at work is stopped', () => {
    assert.deepEqual(chosen([work('a')], { ...busy, running: [work('x'), work('y')] }), { starts: [], held: [`a: ${why}`] });
  });

  it('who waits for the person\'s own limit does not blame the machine', () => {
    assert.deepEqual(chosen([work('a')], { ...busy, slots: { ...busy.slots, agents: 2 }, running: [work('x'), work('y')] }), { starts: [], held: [] });
  });
});

describe('REQ-SCHEDULE-12 a gate that ran out of time under load', () => {
  const alone: Ready = { ...judge('a'), command: { kind: 'judge-unit', id: 'a#1:gate:alone', unit: 'a', n: 1, commit: 'c', tree: 't', onto: 'o', alone: true } };
  const merge: Ready = { ...work('d'), command: { kind: 'integrate', id: 'd#1:integrate', unit: 'd', n: 1, commit: 'c', onto: 'o' } };
  const waits = 'waits for the gate of a, which runs alone: it ran out of time under load';

  it('waits until nothing else is at work, and nothing begins meanwhile but what only git does', () => {
    assert.deepEqual(chosen([alone, work('b'), judge('c', 't2'), merge], { ...calm, running: [work('x'), { ...merge }] }), {
      starts: ['t1 d#1:integrate'], held: ['a: its gate ran out of time under load; waits to run alone: 1 at work', `b: ${waits}`, `c: ${waits}`],
    });
  });

  it('runs alone then, in whatever run', () => {
    assert.deepEqual(chosen([work('b', { task: 't2' }), alone], calm), { starts: ['t1 a#1:gate:alone'], held: [`b: ${waits}`] });
    assert.deepEqual(chosen([work('b', { task: 't2' })], { ...calm, running: [alone] }), { starts: [], held: [`b: ${waits}`] });
  });

  it('is run once more by a command of its own; what it comes to then stands; journals of before are folded as they were', () => {
    const begun = [...changed('implement/a'), integrated('implement/a', 'base')];
    const late = judgedUnit('implement/a', evidence('implement/a-1-tree', 'error', 'overloaded')), green = judgedUnit('implement/a', evidence('implement/a-1-tree'));
    const again = { ...late, again: true } as RunEvent;
    const after = (...more: readonly RunEvent[]) => { const state = run([{ id: 'a' }], [...begun, ...more]); return [decide(state).map(({ id }) => id), waiting(state)?.for ?? null]; };
    assert.deepEqual([after(again), after(again, green), after(again, late), after(late)], [
      [['implement/a#1:gate:alone'], null], [['implement/a#1:advance'], null], [[], 'gate'], [[], 'gate'],
    ]);
  });

  it('is run once more of what would land, too', () => {
    const late: RunEvent = { ...(candidate(evidence('t', 'error', 'overloaded'))[1] as Extract<RunEvent, { type: 'CandidateJudged' }>), again: true };
    const state = given([...allLanded(), ...candidate(evidence('t')).slice(0, 1), late]).state;
    assert.deepEqual(decide(state).map((command) => [command.id, 'alone' in command]), [['test#1:gate:alone', true]]);
  });
});
