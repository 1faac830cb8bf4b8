import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { decide } from '../../src/core/decide.ts';
import { comingOf, weightsOf } from '../../src/core/criticalPath.ts';
import { landingLeases } from '../../src/core/lease.ts';
import { laneOf, providerOf, readyOf, schedule, waitingReviews } from '../../src/core/schedule.ts';
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
const judge = (unit: string, task = 't1'): Ready => ({ ...work(unit, { task, fresh: false, begun: true }), command: { kind: 'judge-unit', id: `${unit}#1:gate`, unit, n: 1, commit: 'c', tree: 't', onto: 'o' } });
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

  it('of agents are not taken by gates, nor those of gates by agents', () => {
    assert.deepEqual(chosen([work('a'), judge('c')], withSlots({ agents: 1 }, { running: [judge('y')] })).starts, ['t1 a#1']);
    assert.deepEqual(chosen([work('a'), judge('c')], withSlots({ agents: 1 }, { running: [work('z')] })).starts, ['t1 c#1:gate']);
  });

  it('are of the gates also for what would land', () => {
    const { state } = given([...allLanded(), ...candidate(evidence('t')).slice(0, 1)]);
    assert.deepEqual(decide(state).map((command) => [command.id, laneOf(command)]), [['test#1:gate', 'gate']]);
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

describe('REQ-SCHEDULE-01 what is ready', () => {
  const weighed = (more: readonly RunEvent[]) => readyOf(run([{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c' }], more), (unit) => `asked for ${unit}`).map(({ command, weight, fresh, begun, lease: files, provider }) => (
    { id: command.id, weight, fresh, begun, files: files?.scope ?? null, provider }));
  const b = { id: 'implement/c#1', weight: 1, fresh: true, begun: false, files: ['src/c.ts'], provider: 'asked for implement/c' };

  it('is the first attempt at a subtask, one that goes on, or one that is tried again', () => {
    const a = { id: 'implement/a#1', weight: 2, fresh: true, begun: false, files: ['src/a.ts'], provider: 'asked for implement/a' };
    const failed = finishedAttempt('implement/a', { kind: 'failed', failure: 'rate-limit', message: 'later', retryAt: null });
    assert.deepEqual([weighed([]), weighed([startedAttempt('implement/a')]), weighed([startedAttempt('implement/a'), failed])], [[a, b], [{ ...a, fresh: false, begun: true }, b], [{ ...a, id: 'implement/a#2', fresh: false }, b]]);
  });

  it('or no agent\'s: it holds no files beyond those of its unit\'s work, asks no provider, and is nothing new', () => {
    const nobody = { fresh: false, begun: true, files: null, provider: null };
    assert.deepEqual(weighed([...changed('implement/a'), integrated('implement/a', 'base')]), [b, { id: 'implement/a#1:gate', weight: 2, ...nobody }]);
    assert.deepEqual(readyOf(given([...allLanded(), ...candidate(evidence('t')).slice(0, 1)]).state, () => 'demo').map(({ command, weight, fresh, begun, lease: files, provider }) => ({ id: command.id, weight, fresh, begun, files, provider })), [{ id: 'test#1:gate', weight: 0, ...nobody }]);
  });

  it('is nothing while a person decides', () => {
    assert.deepEqual(readyOf(given(planned()).state, () => null), []);
  });
});

describe('REQ-SCHEDULE-10 a slot is kept for more urgent work that is landing', () => {
  const kept = { ...calm, slots: { ...calm.slots, agents: 2 }, coming: [{ task: 't1', weight: 5, until: 70 }] };

  it('the last one, for half a minute, and only before less urgent work of the same task', () => {
    const { starts, held, again } = schedule([work('a'), work('b'), work('c', { weight: 7 })], kept);
    assert.deepEqual([starts.map(({ command }) => command.id), held, again], [['c#1'], [{ task: 't1', unit: 'a', why: 'waits for more urgent work that is landing', until: 70 }, { task: 't1', unit: 'b', why: 'waits for more urgent work that is landing', until: 70 }], 70]);
    assert.deepEqual(chosen([work('x', { task: 't2' }), work('y', { task: 't2' })], kept).starts, ['t2 x#1', 't2 y#1']);
  });

  it('not before work that is as urgent, nor from what has begun', () => {
    const last = { ...kept, slots: { ...kept.slots, agents: 1 } };
    assert.deepEqual([chosen([work('a', { weight: 5 })], last), chosen([work('b', { begun: true, fresh: false })], last)], [{ starts: ['t1 a#1'], held: [] }, { starts: ['t1 b#1'], held: [] }]);
  });

  it('as many as there is more urgent work, until the first of it would have to be there', () => {
    const two = { ...kept, coming: [{ task: 't1', weight: 5, until: 90 }, { task: 't1', weight: 6, until: 80 }, { task: 't2', weight: 9, until: 10 }] };
    const until = (ready: readonly Ready[], situation: Situation) => { const { starts, held, again } = schedule(ready, situation); return [starts.length, held.map((one) => one.until), again]; };
    assert.deepEqual([until([work('a')], two), until([work('a')], { ...two, slots: { ...two.slots, agents: 3 } })], [[0, [80], 80], [1, [], null]]);
  });

  it('and is looked at again when the first of them is free, of whatever run', () => {
    const both = { ...kept, coming: [{ task: 't1', weight: 5, until: 90 }, { task: 't2', weight: 5, until: 70 }], slots: { ...kept.slots, agents: 1 } };
    assert.equal(schedule([work('a'), work('x', { task: 't2' })], both).again, 70);
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

  it('what is at work counts, however long ago the turn of that run was', () => {
    const running = [work('y', { task: 't2' })], served = (_lane: string, task: string): number => (task === 't2' ? 5 : 9);
    assert.deepEqual(chosen([work('x', { task: 't2' }), work('a')], withSlots({ agents: 2 }, { running, served })).starts, ['t1 a#1']);
  });

  it('who just got a slot has had its turn', () => {
    const running = [work('y', { task: 't2' })], served = (_lane: string, task: string): number => (task === 't2' ? 5 : 0);
    assert.deepEqual(chosen([work('a'), work('b'), work('x', { task: 't2' })], withSlots({ agents: 3 }, { running, served })).starts, ['t1 a#1', 't2 x#1']);
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
  const asks = (provider: string | null) => (unit: string, task = 't1'): Ready => work(unit, { provider, task });
  const ollama = asks('ollama'), openai = asks('openai'), own = asks(null);

  it('holds over all runs, and for each that is not named by "*"', () => {
    const ready = [ollama('a', 't2'), ollama('b'), openai('c'), own('d')];
    assert.deepEqual(chosen(ready, withSlots({ perProvider: { ollama: 1, '*': 2 } })), { starts: ['t2 a#1', 't1 c#1', 't1 d#1'], held: ['b: waits for ollama: 1 of its agents is at work'] });
    assert.deepEqual(chosen([openai('b'), openai('c')], withSlots({ perProvider: { ollama: 3, '*': 1 } })), { starts: ['t1 b#1'], held: ['c: waits for openai: 1 of its agents is at work'] });
  });

  it('counts those at work for it, and no others; agents without a provider are never too many', () => {
    const running = [ollama('x'), openai('y')];
    assert.deepEqual(chosen([ollama('a'), ollama('b')], withSlots({ perProvider: { ollama: 2 } }, { running })), { starts: ['t1 a#1'], held: ['b: waits for ollama: 2 of its agents are at work'] });
    assert.deepEqual(chosen([own('a'), own('b'), openai('c')], withSlots({ perProvider: { '*': 1 } })).starts, ['t1 a#1', 't1 b#1', 't1 c#1']);
  });

  it('is of what stands before ":" in an agent\'s name', () => {
    assert.deepEqual(['anthropic:some-model', 'ollama:a:7b', 'claude'].map(providerOf), ['anthropic', 'ollama', 'claude']);
  });
});

describe('REQ-SCHEDULE-06 waiting reviews', () => {
  it('let no new subtask begin while too many checkpoints wait for a person; what has begun goes on', () => {
    assert.deepEqual(chosen([work('a'), work('b', { fresh: false })], { ...calm, waitingReviews: 5 }), { starts: ['t1 b#1'], held: ['a: waits until you decide: 5 checkpoints are open'] });
    assert.deepEqual(chosen([work('a')], withSlots({ waitingReviews: 1 }, { waitingReviews: 1 })).held, ['a: waits until you decide: 1 checkpoint is open']);
  });

  it('are those that a person has to decide', () => {
    const yes = given([accepted('spec-and-build', ['plan']), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan })]).state;
    assert.deepEqual([waitingReviews(given(planned()).state), waitingReviews(yes), waitingReviews(given(planApproved()).state), waitingReviews(given([...planned(), { type: 'TaskCancelled', by: 'you' }]).state)], [1, 0, 0, 0]);
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

  it('gates that wait for one of theirs do not blame the machine', () => {
    assert.deepEqual(chosen([judge('c'), judge('d')], { ...busy, throttle: { ...busy.throttle, agents: 2 } }), { starts: ['t1 c#1:gate'], held: [] });
    assert.deepEqual(chosen([work('a'), work('b'), work('c')], { ...busy, throttle: { ...busy.throttle, agents: 2 } }).held, ['c: waits for a slot: 2 of 4 are open, since the machine is busy (CPU 99 %)']);
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
