// Work that a person has done again under new specifications: what begins anew with it, under which text, and what stays.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { rerun } from '../../src/core/evolveSpecs.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState, StepState, Unit, UnitPhase } from '../../src/core/state.ts';
import { unitOf as found } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, allLanded, candidate, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, planApproved, reviewed, startedAt, startedAttempt, throughGate } from '../support/given.ts';
import { agent, gate, run } from './conformance/workflowOf.ts';

function of(steps: readonly object[], events: readonly RunEvent[]) {
  return given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps }) } as RunEvent, ...events]);
}
const specsChanged = (commit: string): RunEvent => ({ type: 'SpecsChanged', commit, files: [{ path: 'AGENTS.md', change: 'changed', before: `before ${commit}`, after: `after ${commit}`, requirements: [], states: [] }] });
const again = (...units: string[]): RunEvent => ({ type: 'RerunRequested', units, by: 'you' });
const unitOf = (state: RunState, id: string): Unit => found(state, id) ?? assert.fail(id);
const known = (state: RunState): Readonly<Record<string, number>> => Object.fromEntries(state.units.map(({ id, specs }) => [id, specs]));
const through = (unit: string, onto: string, commit: string): RunEvent[] => [...changed(unit), integrated(unit, onto), landed(unit, commit)];

describe('work done again under new specifications', () => {
  it('REQ-STALE-02 begins at once, told what changed, with its whole chain and all its repairs, on the branch as it is', () => {
    const steps = [agent('a', { landing: 'gated', agents: ['x', 'y'] })];
    const red = judgedUnit('a', evidence('x', 'rejected', 'new-failures'));
    const refused: RunEvent[] = [startedAttempt('a', 2), finishedAttempt('a', { kind: 'failed', failure: 'refused', message: 'no', retryAt: null }, 2)];
    const events = [...changed('a'), integrated('a', 'base'), red, { ...startedAttempt('a', 2), agent: 'x' } as RunEvent, ...refused.slice(1), ...changed('a', 3), integrated('a', 'base', 3), judgedUnit('a', evidence('y'), 3), landed('a', 'h1', 3), specsChanged('s1'), specsChanged('s2'), again('a')];
    const before = of(steps, events.slice(0, -1)).state, { state } = of(steps, events), unit = unitOf(state, 'a');
    assert.equal(before.end?.kind, 'done');
    const standing = of([...steps, agent('b')], events).state, own = unitOf(standing, 'a');
    assert.equal(unit.specs, 0, 'what is over is not done again');
    assert.deepEqual([unitOf(of([...steps, agent('b')], events.slice(0, -1)).state, 'a').agents, own.phase, own.feedback, own.start, own.rebase, own.from, own.agents, own.repairs, own.specs, own.attempts.length], [
      ['y'], { kind: 'ready', notBefore: startedAt + 14_000, why: null }, [{ kind: 'specs', files: [{ path: 'AGENTS.md', change: 'changed', requirements: [] }] }], null, null, 3, ['x', 'y'], { used: 0, cap: 1 }, 2, 3,
    ]);
    const { status, finishedAt, why, stopped, kept } = standing.steps[0] as StepState;
    assert.deepEqual({ status, finishedAt, why, stopped, kept }, { status: 'active', finishedAt: null, why: null, stopped: null, kept: null });
  });

  it('REQ-STALE-02 takes the new text where it has not begun or stands; what is landing, or was passed over, stays as it is', () => {
    const { state } = given([...planApproved(), startedAttempt('implement/a'), specsChanged('s1')]);
    const resume: UnitPhase = { kind: 'ready', notBefore: 0, why: null }, tree = { onto: 'b', commit: 'c', tree: 't' };
    const after = (phase: UnitPhase): unknown => {
      const unit = unitOf(rerun({ ...state, units: state.units.map((one) => (one.id === 'implement/a' ? { ...one, phase } : one)) }, ['implement/a'], 9), 'implement/a');
      return [unit.specs, unit.phase === phase, unit.feedback.length];
    };
    const waiting: readonly UnitPhase[] = [{ kind: 'pending' }, resume, { kind: 'stuck', waitingFor: 'agent', why: '', next: '', resume }, { kind: 'failed', why: '', evidence: null, resume }];
    const underWay: readonly UnitPhase[] = [{ kind: 'integrating', commit: 'c' }, { kind: 'judging', ...tree }, { kind: 'advancing', ...tree }, { kind: 'skipped', why: '' }];
    const done: readonly UnitPhase[] = [{ kind: 'working' }, { kind: 'landed', commit: 'c' }, { kind: 'given' }, { kind: 'candidate', ...tree }];
    assert.deepEqual([waiting.map(after), underWay.map(after), done.map(after)], [waiting.map(() => [1, true, 0]), underWay.map(() => [0, true, 0]), done.map(() => [1, false, 1])]);
  });

  it('REQ-STALE-02 what comes after it is done anew under the same text, but subtasks that have landed are not done twice, and commands know no text', () => {
    const steps = [agent('a'), agent('b', { needs: ['a'] }), run('c', { needs: ['a'] }), agent('d', { needs: ['b', 'c'] }), agent('e', { needs: ['d'] }), agent('z')];
    const events = [...through('a', 'base', 'a1'), ...through('b', 'a1', 'b1'), startedAttempt('c'), finishedAttempt('c', { kind: 'result', summary: '', outputs: { exit: 0, stdout: '' } }), ...through('d', 'b1', 'd1'), specsChanged('s1')];
    const { state } = of(steps, [...events, again('a')]);
    assert.deepEqual([known(of(steps, events).state), known(state), state.steps.map(({ status }) => status)], [
      { a: 0, z: 0, b: 0, c: 0, d: 0, e: 0 }, { a: 1, z: 0, b: 1, c: 0, d: 1, e: 1 }, ['active', 'pending', 'pending', 'pending', 'pending', 'active'],
    ]);
    const part = given([...planApproved(), ...throughGate('implement/a', 'base'), specsChanged('s1'), again('plan')]).state;
    assert.deepEqual(known(part), { plan: 1, 'implement/a': 0, 'implement/b': 1, 'implement/c': 1 });
    const planned = given([...allLanded(), ...candidate(evidence('t')), ...reviewed(), specsChanged('s1'), again('plan')]).state;
    assert.deepEqual([known(planned), planned.steps.map(({ status }) => status).join(' ')], [{ plan: 1, 'implement/a': 0, 'implement/b': 0, 'implement/c': 0, review: 1 }, 'active pending pending pending pending pending pending']);
  });

  it('REQ-STALE-02 who needs it and has not begun waits for it; who is at work goes on', () => {
    const plan = planApproved(), both = ['implement/a', 'implement/b'];
    const needing = (started: boolean): RunState => {
      const { state } = given([...plan, ...both.flatMap((id, at) => [...changed(id), integrated(id, at === 0 ? 'base' : 'h0'), judgedUnit(id, evidence('x')), landed(id, `h${at}`)]), ...(started ? [startedAttempt('implement/c')] : []), specsChanged('s1'), again('implement/a')]);
      return state;
    };
    assert.deepEqual([unitOf(needing(false), 'implement/c').phase.kind, unitOf(needing(true), 'implement/c').phase.kind, unitOf(needing(false), 'implement/b').phase.kind], ['pending', 'working', 'landed']);
    // One that has tried already and stands ready to try again does not wait.
    const { state } = given([...plan, ...both.flatMap((id, at) => [...changed(id), integrated(id, at === 0 ? 'base' : 'h0'), judgedUnit(id, evidence('x')), landed(id, `h${at}`)]), startedAttempt('implement/c'), finishedAttempt('implement/c', { kind: 'failed', failure: 'rate-limit', message: '', retryAt: null }), specsChanged('s1'), again('implement/a')]);
    assert.equal(unitOf(state, 'implement/c').phase.kind, 'ready');
    const passedOver: RunState = { ...state, units: state.units.map((unit) => (unit.id === 'implement/c' ? { ...unit, attempts: [], phase: { kind: 'skipped', why: '' } } : unit.id === 'implement/a' ? { ...unit, phase: { kind: 'landed', commit: 'h0' } } : unit)) };
    assert.equal(unitOf(rerun(passedOver, ['implement/a'], 9), 'implement/c').phase.kind, 'skipped');
  });

  it('REQ-STALE-02 each of several agents keeps its own; units that are not there change nothing; several are done one after the other', () => {
    const steps = [agent('a', { agents: ['x', 'y'], gives: 'result', landing: undefined, forEach: { over: 'agents', copies: 2 } }), gate('g', { needs: ['a'], tree: 'task' })];
    const given_: RunEvent[] = [1, 2].flatMap((n) => [startedAttempt(`a/${n}`), finishedAttempt(`a/${n}`, { kind: 'result', summary: '' })]);
    const { state } = of(steps, [...given_, specsChanged('s1'), again('a/2', 'nosuch', 'a/1')]);
    assert.deepEqual([state.units.map(({ phase, agents, specs }) => [phase.kind, agents, specs]), state.steps.map(({ status }) => status)], [[['ready', ['x'], 1], ['ready', ['y'], 1]], ['active', 'pending']]);
  });
});
