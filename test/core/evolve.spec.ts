// What events mean for a run that stands: a retry, a command of git that broke, a landing; and what nobody expects.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { evolve, evolveWatched } from '../../src/core/evolve.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RunState, StepState, Unit } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, afterC, allLanded, candidate, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, planApproved, reviewed, startedAt, startedAttempt } from '../support/given.ts';
import { agent, checkpoint, merge, run } from './conformance/workflowOf.ts';

function of(steps: readonly object[], events: readonly RunEvent[], more: object = {}) {
  return given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps, ...more }) } as RunEvent, ...events]);
}
const retry = (at: string | null = null, budget: { usd: number | null; minutes: number | null } | null = null): RunEvent => ({ type: 'RetryRequested', at, by: 'you', budget });
const broken = (at: string): RunEvent => ({ type: 'CommandFailed', command: '', at, reason: 'disk-full', message: 'the disk is full', next: 'Make room.' });
const failed = (unit: string, failure: 'auth' | 'refused' | 'command' = 'refused', n = 1): RunEvent[] => [startedAttempt(unit, n), finishedAttempt(unit, { kind: 'failed', failure, message: 'no', retryAt: null }, n)];
const unitOf = (state: RunState, id: string): Unit => state.units.find((unit) => unit.id === id) ?? assert.fail(id);
const stepOf = (state: RunState, id: string): StepState => state.steps.find((step) => step.id === id) ?? assert.fail(id);
const stuck = { kind: 'stuck', waitingFor: 'workspace', why: 'the disk is full', next: 'Make room.' };

describe('a retry of work that stands', () => {
  it('REQ-FLOW-07 begins with the whole chain again, what was tried before does not count', () => {
    const steps = [agent('a', { agents: ['x', 'y'] })];
    const stands = [...failed('a'), startedAttempt('a', 2), ...failed('a', 'refused', 2).slice(1)];
    const before = unitOf(of(steps, stands).state, 'a');
    assert.deepEqual([before.phase.kind, before.agents, before.from], ['stuck', ['y'], 1]);
    const after = unitOf(of(steps, [...stands, retry()]).state, 'a');
    assert.deepEqual([after.phase, after.agents, after.from, after.feedback], [{ kind: 'ready', notBefore: startedAt + 5_000, why: null }, ['x', 'y'], 2, []]);
    // Each of an agent's copies has its own chain of one.
    const copies = [agent('a', { agents: ['x', 'y'], gives: 'result', landing: undefined, forEach: { over: 'agents', copies: 2 } })];
    assert.deepEqual(of(copies, [...failed('a/1'), ...failed('a/2'), retry()]).state.units.map(({ agents, from }) => [agents, from]), [[['x'], 1], [['y'], 1]]);
  });

  it('REQ-FLOW-07 is of all that stands, of a step, or of one unit, and of nothing else', () => {
    const row = { over: 'matrix', rows: ['one', 'two'].map((name) => ({ name, values: {} })) };
    const steps = [run('a', { forEach: row }), run('b'), run('c')];
    const stands = [...failed('a/one', 'command'), ...failed('a/two', 'command'), ...failed('b', 'command')];
    assert.deepEqual([null, 'a', 'a/two', 'b', 'c', 'nosuch'].map((at) => of(steps, [...stands, retry(at)]).commands()), [['work a/one#2', 'work a/two#2', 'work b#2', 'work c#1'], ['work a/one#2', 'work a/two#2', 'work c#1'], ['work a/two#2', 'work c#1'], ['work b#2', 'work c#1'], ['work c#1'], ['work c#1']]);
  });

  it('REQ-FLOW-07 tells an agent whose gate stayed red what that found, and gives it its repairs again; what failed otherwise is told nothing', () => {
    const found = evidence('x', 'rejected', 'new-failures');
    const red = (n: number): RunEvent[] => [...changed('implement/a', n), integrated('implement/a', 'base', n), judgedUnit('implement/a', found, n)];
    const stands = [...planApproved(), ...red(1), ...red(2), ...red(3), ...red(4)];
    const before = unitOf(given(stands).state, 'implement/a'), after = unitOf(given([...stands, retry()]).state, 'implement/a');
    assert.deepEqual([before.phase.kind, before.repairs.used, after.phase.kind, after.repairs.used, after.feedback, after.from], ['failed', 3, 'ready', 0, [{ kind: 'gate', evidence: found }], 4]);
    const command = unitOf(of([run('a')], [...failed('a', 'command'), retry()]).state, 'a');
    assert.deepEqual([command.phase, command.feedback, command.from], [{ kind: 'ready', notBefore: startedAt + 3_000, why: null }, [], 1]);
  });

  it('REQ-FLOW-07 has a gate that came to no answer judge again what is there, on the tip of today', () => {
    const stands = [...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('x', 'error', 'killed'))];
    const again = given([...stands, retry('implement/a')]);
    assert.deepEqual([again.commands(), unitOf(again.state, 'implement/a').phase], [['work implement/b#1', 'integrate implement/a#1:integrate.2@base'], { kind: 'integrating', commit: 'implement/a-1-on-base' }]);
  });

  it('REQ-FLOW-07 has a command of git that broke done again as it was, for it may have had its effect', () => {
    const ready = [...planApproved(), ...changed('implement/a')], judged = [...ready, integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('x'))];
    assert.deepEqual([ready, judged].map((events) => { const at = broken('implement/a'); return [given([...events, at]).commands(), given([...events, at, retry()]).commands().at(-1)]; }), [
      [['work implement/b#1'], 'integrate implement/a#1:integrate@base'], [['work implement/b#1'], 'advance implement/a#1:advance'],
    ]);
    // What broke before its attempt had begun, or while it was at work, is a new attempt.
    const working = given([...planApproved(), startedAttempt('implement/a'), broken('implement/a'), retry()]), first = given([...planApproved(), broken('implement/a'), retry()]);
    assert.deepEqual([working.commands(), first.commands(), unitOf(first.state, 'implement/a').phase], [['work implement/a#2', 'work implement/b#1'], ['work implement/a#1', 'work implement/b#1'], { kind: 'ready', notBefore: startedAt + 5_000, why: null }]);
    // What was merged on a tip that is gone since is merged anew.
    const gone = given([...ready, ...changed('implement/b'), integrated('implement/a', 'base'), broken('implement/a'), integrated('implement/b', 'base'), judgedUnit('implement/b', evidence('y')), landed('implement/b', 'b1'), retry()]);
    assert.deepEqual(gone.commands(), ['integrate implement/a#1:integrate.2@b1']);
  });

  it('REQ-FLOW-01 begins a step again that stands as a whole, and no other', () => {
    const loop = { until: 'false', max: 1 }, none = { kind: 'result', summary: '', outputs: { exit: 0, stdout: '' } } as const;
    const steps = [run('a', { loop }), run('b', { loop })];
    const ends = [startedAttempt('a'), finishedAttempt('a', none), startedAttempt('b'), finishedAttempt('b', none)];
    const stands = of(steps, ends).state, again = of(steps, [...ends, retry('a')]).state;
    assert.deepEqual([stands.steps.map(({ stopped }) => stopped?.why ?? null), again.steps.map(({ status, stopped, n, round }) => [status, stopped === null, n, round])], [['its check does not hold after 1 round: false', 'its check does not hold after 1 round: false'], [['active', true, 2, 1], ['active', false, 1, 1]]]);
  });

  it('REQ-MOTOR-04 raises what it names of the budget, and leaves the rest', () => {
    const budget = (...events: RunEvent[]): unknown => given([accepted(), ...events]).state.budget;
    assert.deepEqual([budget(retry()), budget(retry(null, { usd: 5, minutes: null })), budget(retry(null, { usd: 5, minutes: null }), retry(null, { usd: null, minutes: 7 })), budget(retry(null, { usd: 5, minutes: 1 }), retry(null, { usd: 6, minutes: null }))], [{ usd: null, minutes: null }, { usd: 5, minutes: null }, { usd: 5, minutes: 7 }, { usd: 6, minutes: 1 }]);
  });
});

describe('a retry of what would land', () => {
  const error = evidence('t', 'error', 'killed'), gateOf = (events: readonly RunEvent[]): unknown => { const { n, gate: phase, repairsUsed } = stepOf(given(events).state, 'test'); return [n, phase?.kind, repairsUsed]; };

  it('REQ-FLOW-15 has the gate judge again, as one more time, with the repairs that are left', () => {
    const stands = [...allLanded(), ...candidate(error)];
    assert.deepEqual([gateOf(stands), gateOf([...stands, retry()]), gateOf([...stands, retry('test')]), gateOf([...stands, retry('review')]), given([...stands, retry()]).commands()], [[1, 'stuck', 0], [2, 'making', 0], [2, 'making', 0], [1, 'stuck', 0], ['make-candidate test#2:candidate']]);
    const failedGate: RunEvent[] = [...allLanded(), { type: 'CandidateConflicted', command: '', step: 'test', n: 1, head: afterC, onto: 'base', files: ['a.ts'] }];
    assert.deepEqual([gateOf(failedGate), gateOf([...failedGate, retry()])], [[1, 'failed', 0], [2, 'making', 0]]);
  });

  it('REQ-FLOW-10 lets a conflict that stands go to its agent again', () => {
    const { state: before } = given(allLanded());
    const now = (used: number, waitingFor: 'gate' | 'workspace', found: RunState['candidate']): unknown => {
      const state: RunState = { ...before, candidate: found, steps: before.steps.map((step) => (step.id === 'test' ? { ...step, repairsUsed: used, gate: { kind: 'stuck', waitingFor, why: '', next: '' } } : step)) };
      return stepOf(evolve(state, { seq: 99, epoch: 1, at: 1, event: retry('test') }) ?? assert.fail(), 'test').repairsUsed;
    };
    const there = { head: afterC, onto: 'base', commit: 'squash', tree: 't' };
    assert.deepEqual([now(3, 'gate', null), now(3, 'gate', there), now(3, 'workspace', null)], [0, 3, 3]);
  });

  it('REQ-FLOW-15 has a landing that broke tried again, and one whose proof is not enough proven again', () => {
    const steps = [agent('a'), merge('land', { needs: ['a'] })];
    const made = [...changed('a'), integrated('a', 'base'), landed('a', 'h1')];
    const proof = (found: ReturnType<typeof evidence>): RunEvent[] => [{ type: 'CandidateMade', command: '', step: 'land', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' }, { type: 'CandidateJudged', command: '', step: 'land', n: 1, evidence: found }];
    const green = [...made, ...proof(evidence('t'))];
    const landOf = (events: readonly RunEvent[]): unknown => { const now = of(steps, events), { n, gate: own, land } = stepOf(now.state, 'land'); return [n, own?.kind ?? null, land?.kind ?? null, now.commands()]; };
    assert.deepEqual([landOf(green), landOf([...green, broken('land')]), landOf([...green, broken('land'), retry()])], [[1, null, 'landing', ['land land#1']], [1, null, 'stuck', []], [2, null, 'landing', ['land land#2']]]);
    const state = of(steps, green).state;
    const unproven: RunState = { ...state, steps: state.steps.map((step) => (step.id === 'land' ? { ...step, land: { kind: 'stuck', waitingFor: 'gate', why: '', next: '' } } : step)) };
    const after = stepOf(evolve(unproven, { seq: 99, epoch: 1, at: 1, event: retry() }) ?? assert.fail(), 'land');
    assert.deepEqual([after.n, after.gate, after.land], [2, { kind: 'making' }, null]);
  });
});

describe('a command that broke', () => {
  it('REQ-FLOW-07 stops its gate, its landing or its unit, with what a person can do, and nothing else', () => {
    const gateState = stepOf(given([...allLanded(), broken('test')]).state, 'test');
    assert.deepEqual([gateState.gate, gateState.land], [stuck, null]);
    const state = given([...planApproved(), startedAttempt('implement/a'), broken('implement/a')]).state;
    assert.deepEqual([unitOf(state, 'implement/a').phase, unitOf(state, 'implement/b').phase.kind], [{ ...stuck, resume: { kind: 'working' } }, 'ready']);
    // What stands already stands as it stood.
    const twice = given([...planApproved(), startedAttempt('implement/a'), broken('implement/a'), { ...broken('implement/a'), message: 'another' } as RunEvent]).state;
    assert.deepEqual(unitOf(twice, 'implement/a').phase, { ...stuck, resume: { kind: 'working' } });
  });
});

describe('what lands', () => {
  const approval: RunEvent = { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding: { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' }, by: 'you', waivers: [], ticks: [] };
  const ready = [...allLanded(), ...candidate(evidence('t')), ...reviewed(), approval];
  const land: RunEvent = { type: 'Landed', command: 'merge#1', commit: 'squash-base', tree: 't', target: 'refs/heads/main' };

  it('REQ-FLOW-11 is the run\'s result; its end is to be merged, even where it is cancelled afterwards', () => {
    const after = given([...ready, land]).state;
    assert.deepEqual([after.landed, after.base, after.end, stepOf(after, 'merge').outputs, stepOf(after, 'merge').status], [{ commit: 'squash-base', tree: 't' }, afterC, { kind: 'merged', commit: 'squash-base', tree: 't' }, { commit: 'squash-base' }, 'done']);
    const steps = [agent('a'), merge('land', { needs: ['a'] }), run('b', { needs: ['land'] })];
    const going: RunEvent[] = [...changed('a'), integrated('a', 'base'), landed('a', 'h1'), { type: 'CandidateMade', command: '', step: 'land', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' }, { type: 'CandidateJudged', command: '', step: 'land', n: 1, evidence: evidence('t') }, { type: 'Landed', command: 'land#1', commit: 'squash', tree: 't', target: '' }];
    assert.deepEqual([of(steps, going).state.end, of(steps, [...going, { type: 'TaskCancelled', by: 'you' }]).state.end, of(steps, [{ type: 'TaskCancelled', by: 'you' }]).state.end], [null, { kind: 'merged', commit: 'squash', tree: 't' }, { kind: 'cancelled' }]);
  });

  it('REQ-RUN-17 or waits for the person\'s checkout; a word of another landing than this one is none', () => {
    const blocked: RunEvent = { type: 'LandingBlocked', command: 'merge#1', reasons: ['src/a.ts is modified'] };
    const landOf = (...events: RunEvent[]): unknown => stepOf(given([...ready, ...events]).state, 'merge').land;
    assert.deepEqual([landOf(), landOf(blocked), landOf({ ...blocked, command: 'merge#2' }), landOf({ ...blocked, command: 'test#1' })], [{ kind: 'landing' }, { kind: 'blocked', reasons: ['src/a.ts is modified'] }, { kind: 'landing' }, { kind: 'landing' }]);
  });

  it('REQ-RUN-19 closes what a merge of before had asked, and takes no base from a candidate that is not known', () => {
    const steps = [agent('a'), merge('land', { needs: ['a'] }), checkpoint('look', 'review')];
    const ticked = evidence('t', 'accepted', 'passed', [{ id: 'x', why: 'y' }]);
    const going: RunEvent[] = [...changed('a'), integrated('a', 'base'), landed('a', 'h1'), { type: 'CandidateMade', command: '', step: 'land', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' }, { type: 'CandidateJudged', command: '', step: 'land', n: 1, evidence: ticked }];
    const checkpoints = (state: RunState): unknown => state.checkpoints.map(({ id, state: how, decidedAt }) => [id, how, decidedAt]);
    const landing: RunEvent = { type: 'Landed', command: 'land#1', commit: 'other', tree: 't', target: '' };
    const after = of(steps, [...going, landing]).state;
    assert.deepEqual([checkpoints(of(steps, going).state), checkpoints(after), after.base], [[['look#1', 'open', null], ['land#1', 'open', null]], [['look#1', 'open', null], ['land#1', 'void', startedAt + 7_000]], 'h1']);
    const ticks: RunEvent = { type: 'CheckpointApproved', checkpoint: 'land#1', binding: { commit: 'squash', base: 'base', tree: 't', evidence: 'e-t-accepted' }, by: 'you', waivers: [], ticks: ['x'] };
    assert.equal(of(steps, [...going, ticks, { ...landing, commit: 'squash' }]).state.checkpoints[1]?.state, 'approved', 'what was approved stays so');
    const state = of(steps, going).state;
    assert.equal(evolve({ ...state, candidate: null, heads: {} }, { seq: 99, epoch: 1, at: 1, event: landing })?.base, 'base');
  });
});

describe('the fold of a run', () => {
  it('REQ-FLOW-18 begins with the inputs that were given, else with their defaults; what has none is empty', () => {
    const input = (value: unknown) => ({ type: { type: 'string' }, description: '', default: value, required: false, commit: false });
    const events = [{ ...accepted(), workflow: workflowSchema.parse({ name: 'w', description: '', steps: [run('a')], inputs: { given: input('x'), default: input('y'), none: input(null) } }), inputs: { given: 'z', other: 'no input' } } as RunEvent];
    assert.deepEqual(given(events).state.inputs, { given: 'z', default: 'y' });
  });

  it('REQ-RUN-14 is of one task, and over with its end, but for what was spent meanwhile', () => {
    const record = (event: RunEvent, seq: number) => ({ seq, epoch: 1, at: seq, event });
    assert.equal(evolve(undefined, record(retry(), 1)), undefined);
    const working = given([...planApproved(), startedAttempt('implement/a')]).state;
    assert.equal(evolve(working, record(accepted('quick-change'), 99)), working);
    const over = evolve(working, record({ type: 'TaskCancelled', by: 'you' }, 90)) ?? assert.fail();
    assert.equal(evolve(over, record(retry(), 91)), over);
    const outcome: Outcome = { kind: 'tree', commit: 'c', tree: 't', summary: '', files: 1, hidden: [], outOfScope: [] };
    const late = evolve(over, record({ ...finishedAttempt('implement/a', outcome), costUsd: 2 } as RunEvent, 92)) ?? assert.fail();
    assert.deepEqual([late.seq, unitOf(late, 'implement/a').attempts.map(({ costUsd, outcome: came }) => [costUsd, came?.kind]), late.end, unitOf(late, 'implement/a').phase.kind], [92, [[2, 'tree']], { kind: 'cancelled' }, 'working']);
    assert.deepEqual(evolve(over, record(finishedAttempt('nosuch', outcome), 93)), { ...over, seq: 93 });
  });

  it('REQ-FLOW-01 tells each state on the way, the event\'s own first', () => {
    const seen: string[] = [];
    const state = of([run('a'), run('b', { needs: ['a'] })], [startedAttempt('a')]).state;
    evolveWatched(state, { seq: 9, epoch: 1, at: 9, event: finishedAttempt('a', { kind: 'result', summary: '', outputs: {} }) }, (passed) => { seen.push(passed.steps.map(({ status }) => status).join(' ')); });
    assert.deepEqual([...new Set(seen)], ['active pending', 'done pending', 'done active']);
  });
});
