// What the events of one unit mean: its attempts, its landing on the task's branch, its gate, and that it changed nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RunState, Unit } from '../../src/core/state.ts';
import { unitOf as found } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, approve, candidate, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, planApproved, startedAt, startedAttempt } from '../support/given.ts';
import { agent, checkpoint, gate, plan, review, run } from './conformance/workflowOf.ts';

function of(steps: readonly object[], events: readonly RunEvent[]) {
  return given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps }) } as RunEvent, ...events]);
}
const unitOf = (state: RunState, id = 'a'): Unit => found(state, id) ?? assert.fail(id);
const conflict = (unit: string, n = 1, onto = 'base'): RunEvent => ({ type: 'IntegrationConflicted', command: '', unit, n, onto, files: ['a.ts', 'b.ts'] });
const nothing = (unit: string, n = 1): RunEvent[] => [startedAttempt(unit, n), finishedAttempt(unit, { kind: 'no-changes', summary: 'fine' }, n)];
const gated = { landing: 'gated' };
const resume = { kind: 'ready', notBefore: 0, why: null };

describe('an attempt', () => {
  it('REQ-RUN-01 is counted from where and when it began; what it came to, what it spent and worked under is kept with it', () => {
    const usage = { input: 5, cached: 1, output: 2, calls: 1 };
    const begun: RunEvent = { ...startedAttempt('a'), start: 'there' } as RunEvent;
    const ended: RunEvent = { ...finishedAttempt('a', { kind: 'failed', failure: 'rate-limit', message: 'no', retryAt: null }), usage, costUsd: 3, durationMs: 9, estimatedUsd: 4, specs: { commit: 's', hash: 'h' } } as RunEvent;
    const working = unitOf(of([agent('a')], [begun]).state), after = unitOf(of([agent('a')], [begun, ended]).state);
    const attempt = { n: 1, agent: 'demo', start: 'there', startedAt: startedAt + 1_000, finishedAt: null, outcome: null, usage: { input: 0, cached: 0, output: 0, calls: 0 }, costUsd: 0, estimatedUsd: 0, durationMs: 0, evidence: null };
    assert.deepEqual([working.phase, working.start, working.relaid, working.attempts], [{ kind: 'working' }, 'there', 0, [attempt]]);
    assert.deepEqual([after.attempts, after.finishedAt], [[{ ...attempt, finishedAt: startedAt + 2_000, outcome: { kind: 'failed', failure: 'rate-limit', message: 'no', retryAt: null }, usage, costUsd: 3, estimatedUsd: 4, durationMs: 9, specs: { commit: 's', hash: 'h' } }], startedAt + 2_000]);
    const second = unitOf(of([agent('a')], [begun, ended, startedAttempt('a', 2), finishedAttempt('a', { kind: 'failed', failure: 'rate-limit', message: 'again', retryAt: null }, 2)]).state);
    assert.deepEqual(second.attempts.map(({ n, estimatedUsd, outcome }) => [n, estimatedUsd, outcome?.kind === 'failed' && outcome.message]), [[1, 4, 'no'], [2, 0, 'again']]);
  });

  it('REQ-MOTOR-10 REQ-RUN-14 that was cut off counts with what it spent, and not with what it came to', () => {
    const steps = [agent('a', { gives: 'result', landing: undefined }), checkpoint('ok', 'review', { rework: 'a' })];
    const sentBack: RunEvent[] = [startedAttempt('a'), { type: 'ChangesRequested', checkpoint: 'ok#1', comments: [{ file: null, line: null, text: 'x' }], by: 'you' }];
    const late: RunEvent = { ...finishedAttempt('a', { kind: 'result', summary: 'late' }), costUsd: 3, specs: { commit: 's', hash: 'h' } } as RunEvent;
    const unit = unitOf(of(steps, [...sentBack, late]).state);
    assert.deepEqual([unit.phase.kind, unit.attempts.map(({ outcome, costUsd, finishedAt, specs }) => [outcome?.kind === 'failed' && outcome.failure, costUsd, finishedAt, specs])], ['ready', [['interrupted', 3, startedAt + 2_000, undefined]]]);
    assert.deepEqual(unitOf(of(steps, [finishedAttempt('a', { kind: 'result', summary: '' }, 7)]).state).phase.kind, 'ready', 'of an attempt that never began');
  });

  it('REQ-FLOW-14 gives what its step is for: a plan, a review, one more version of a document, or its outputs; what it was told is answered', () => {
    const { state } = of([plan(), review('r'), agent('d', { gives: 'document', document: 'notes.md', landing: undefined }), agent('e', { gives: 'document', document: 'notes.md', landing: undefined, needs: ['d'] }), agent('f', { gives: 'result', landing: undefined })], [
      ...([
        ['plan', { kind: 'plan', plan: { summary: 's', subtasks: [] } }], ['r', { kind: 'review', review: { summary: 'well', criteria: [], findings: [] } }], ['d', { kind: 'document', name: 'notes.md', text: 'one', summary: '' }],
        ['e', { kind: 'document', name: 'notes.md', text: 'two', summary: '' }], ['f', { kind: 'result', summary: '' }],
      ] as const satisfies readonly (readonly [string, Outcome])[]).flatMap(([unit, outcome]) => [startedAttempt(unit), finishedAttempt(unit, outcome as Outcome)]),
    ]);
    assert.deepEqual([state.units.map(({ phase }) => phase.kind), state.plan, state.planVersions.map(({ by, version }) => [by, version]), state.review?.summary, state.artifacts], [
      Array(5).fill('given'), { summary: 's', subtasks: [] }, [['plan', 1]], 'well', { 'notes.md': [{ text: 'one', by: 'd', at: startedAt + 6_000 }, { text: 'two', by: 'e', at: startedAt + 8_000 }] },
    ]);
  });
});

describe('work on its way to the task\'s branch', () => {
  it('REQ-RUN-04 is merged, judged where its step lands through gates, and then moves the branch', () => {
    const made = changed('a'), on: RunEvent = { type: 'Integrated', command: '', unit: 'a', n: 1, onto: 'base', commit: 'm', tree: 'mt' };
    const at = { onto: 'base', commit: 'm', tree: 'mt' };
    assert.deepEqual([of([agent('a')], made), of([agent('a')], [...made, on]), of([agent('a', gated)], [...made, on]), of([agent('a', gated)], [...made, on, judgedUnit('a', evidence('mt'))])].map(({ state }) => unitOf(state).phase), [{ kind: 'integrating', commit: 'a-1' }, { kind: 'advancing', ...at }, { kind: 'judging', ...at }, { kind: 'advancing', ...at }]);
    assert.equal(unitOf(of([agent('a')], [...made, on]).state).start, 'base', 'where its agent had begun');
    assert.equal(of([agent('a')], [...made, landed('a', 'm')]).state.headTree, 'base-tree', 'a tree that nobody told is not known');
    const { state } = of([agent('a', gated)], [...made, on, judgedUnit('a', evidence('mt')), landed('a', 'm')]);
    const unit = unitOf(state);
    assert.deepEqual([state.head, state.headTree, state.base, state.replaced, unit.phase, unit.landings, unit.start, unit.rebase, unit.judged, unit.attempts[0]?.evidence?.id], ['m', 'mt', 'base', [], { kind: 'landed', commit: 'm' }, 1, null, null, at, 'e-mt-accepted']);
  });

  it('REQ-RUN-33 lands also where nothing could judge it: the gate before the merge says so again', () => {
    assert.equal(unitOf(of([agent('a', gated)], [...changed('a'), integrated('a', 'base'), judgedUnit('a', evidence('t', 'not-verified', 'no-tests'))]).state).phase.kind, 'advancing');
  });

  it('REQ-SCHEDULE-12 is judged once more, alone, where its gate ran out of time under load', () => {
    const judging = [...changed('a'), integrated('a', 'base')], again = { ...judgedUnit('a', evidence('t', 'error', 'overloaded')), again: true } as RunEvent;
    const phase = { kind: 'judging', onto: 'base', commit: 'a-1-on-base', tree: 'a-1-tree' };
    assert.deepEqual([unitOf(of([agent('a', gated)], [...judging, again]).state).phase, unitOf(of([agent('a', gated)], [...changed('a'), again]).state).phase], [{ ...phase, alone: true }, { kind: 'integrating', commit: 'a-1' }]);
  });

  it('REQ-RUN-05 goes back with the evidence of a red gate from the merged work, as often as its step says; then it has failed', () => {
    const red = (n: number): RunEvent[] => [...changed('a', n), integrated('a', 'base', n), judgedUnit('a', evidence('x', 'rejected', 'new-failures'), n)];
    const once = unitOf(of([agent('a', gated)], red(1)).state), twice = unitOf(of([agent('a', gated)], [...red(1), ...red(2)]).state);
    assert.deepEqual([once.phase, once.start, once.feedback, once.repairs], [{ kind: 'ready', notBefore: startedAt + 4_000, why: null }, 'a-1-on-base', [{ kind: 'gate', evidence: evidence('x', 'rejected', 'new-failures') }], { used: 1, cap: 1 }]);
    const then = unitOf(of([agent('a', gated)], [...red(1), ...changed('a', 2), integrated('a', 'base', 2), judgedUnit('a', evidence('y'), 2)]).state);
    assert.deepEqual(then.attempts.map((attempt) => attempt.evidence?.verdict), ['rejected', 'accepted'], 'each attempt keeps its own');
    assert.deepEqual([twice.phase, twice.repairs.used], [{ kind: 'failed', why: 'gate rejected: new-failures, after 1 repairs', evidence: evidence('x', 'rejected', 'new-failures'), resume: { kind: 'advancing', onto: 'base', commit: 'a-2-on-base', tree: 'a-2-tree' } }, 1]);
  });

  it('REQ-RUN-33 waits for a person where its gate came to no answer; where a failure is an outcome, it has failed', () => {
    const error = evidence('x', 'error', 'killed'), judged = [...changed('a'), integrated('a', 'base'), judgedUnit('a', error)];
    const advancing = { kind: 'advancing', onto: 'base', commit: 'a-1-on-base', tree: 'a-1-tree' };
    assert.deepEqual([unitOf(of([agent('a', gated)], judged).state).phase, unitOf(of([agent('a', { ...gated, continueOnError: true })], judged).state).phase], [
      { kind: 'stuck', waitingFor: 'gate', why: 'gate error: killed', next: 'Mend what the log names, then retry; or approve with a waiver.', resume: advancing },
      { kind: 'failed', why: 'gate error: killed, after 0 repairs', evidence: error, resume: advancing },
    ]);
  });

  it('REQ-FLOW-13 is a candidate where one is chosen, green or red', () => {
    const steps = [agent('a', { landing: 'choice', repairs: 0 }), checkpoint('c', 'choice', { of: 'a', needs: ['a'] })];
    const judged = (verdict: 'accepted' | 'rejected' | 'error') => unitOf(of(steps, [...changed('a'), integrated('a', 'base'), judgedUnit('a', evidence('x', verdict, verdict === 'accepted' ? 'passed' : verdict === 'error' ? 'killed' : 'new-failures'))]).state).phase;
    assert.deepEqual((['accepted', 'rejected', 'error'] as const).map(judged), Array(3).fill({ kind: 'candidate', onto: 'base', commit: 'a-1-on-base', tree: 'a-1-tree' }));
  });

  it('REQ-RUN-04 is laid on the branch anew where others moved that; what has landed, or is chosen from, stays', () => {
    const steps = [agent('a'), agent('b', gated), agent('c', { landing: 'choice' }), agent('d')];
    const { state } = of(steps, [...changed('d'), integrated('d', 'base'), landed('d', 'd1'), ...['b', 'c', 'a'].flatMap((id) => [...changed(id), integrated(id, 'd1')]), judgedUnit('c', evidence('x')), landed('a', 'a1')]);
    assert.deepEqual(state.units.map(({ id, phase, relaid }) => [id, phase.kind, relaid]), [['a', 'landed', 0], ['b', 'integrating', 1], ['c', 'candidate', 0], ['d', 'landed', 0]]);
  });
});

describe('a conflict with the task\'s branch', () => {
  it('REQ-RUN-05 goes to the agent, which begins on the tip and is told the files; past its repairs a person is asked', () => {
    const first = [...changed('a'), conflict('a', 1, 'tip')];
    const once = unitOf(of([agent('a')], first).state), twice = unitOf(of([agent('a')], [...first, ...changed('a', 2), conflict('a', 2, 'tip-2')]).state);
    assert.deepEqual([once.phase, once.start, once.feedback, once.repairs.used], [{ kind: 'ready', notBefore: startedAt + 3_000, why: 'conflict in a.ts, b.ts' }, 'tip', [{ kind: 'conflict', files: ['a.ts', 'b.ts'], onto: 'tip', previous: 'a-1' }], 1]);
    assert.deepEqual([twice.phase, twice.start, twice.feedback], [{ kind: 'stuck', waitingFor: 'agent', why: 'conflict in a.ts, b.ts', next: 'Read the step\'s log, then retry it, or cancel the task.', resume }, 'tip-2', [{ kind: 'conflict', files: ['a.ts', 'b.ts'], onto: 'tip-2', previous: 'a-2' }]]);
    assert.deepEqual(unitOf(of([agent('a')], [...changed('a'), integrated('a', 'base'), conflict('a', 1, 'tip')]).state).feedback, [{ kind: 'conflict', files: ['a.ts', 'b.ts'], onto: 'tip', previous: 'base' }], 'told when it is merged already: against the branch');
  });

  it('REQ-FLOW-07 has a command run anew on what is there now, three times; then it has failed, as does an agent whose failure is an outcome', () => {
    const rounds = (count: number): RunEvent[] => Array.from({ length: count }, (_, at) => [...changed('a', at + 1), conflict('a', at + 1)]).flat();
    const command = [run('a', { gives: 'tree', landing: 'direct' })];
    assert.deepEqual([3, 4].map((count) => { const { phase, repairs } = unitOf(of(command, rounds(count)).state); return [phase.kind, repairs.used]; }), [['ready', 3], ['failed', 3]]);
    const failed = { kind: 'failed', why: 'conflict in a.ts, b.ts', evidence: null, resume };
    assert.deepEqual([unitOf(of(command, rounds(4)).state).phase, unitOf(of([agent('a', { continueOnError: true, repairs: 0 })], rounds(1)).state).phase], [failed, failed]);
  });
});

describe('an attempt that changed nothing', () => {
  const phase = (steps: readonly object[], events: readonly RunEvent[]): unknown => { const own = unitOf(of(steps, events).state).phase; return own.kind === 'stuck' || own.kind === 'failed' ? [own.kind, own.why] : own.kind; };
  const noWork = 'the agent ended without changing a file';

  it('REQ-RUN-07 is no success: a person is asked, or it has failed where that is an outcome', () => {
    const { state } = of([agent('a')], nothing('a'));
    assert.deepEqual(unitOf(state).phase, { kind: 'stuck', waitingFor: 'agent', why: noWork, next: 'Retry the step, or reject the task.', resume });
    assert.deepEqual(unitOf(of([agent('a', { continueOnError: true })], nothing('a')).state).phase, { kind: 'failed', why: noWork, evidence: null, resume });
  });

  it('REQ-RUN-07 is well of a command, of a step that may, and in a round of a loop', () => {
    const steps: readonly (readonly object[])[] = [[run('a', { gives: 'tree', landing: 'direct' })], [agent('a', { mayChangeNothing: true })], [agent('a', { loop: { until: 'true', max: 2 } })], [agent('a', { gives: 'result', landing: undefined, mayChangeNothing: true })]];
    assert.deepEqual(steps.map((one) => phase(one, nothing('a'))), ['landed', 'landed', 'landed', 'given']);
    const { state } = of([agent('a', { mayChangeNothing: true })], nothing('a'));
    assert.deepEqual([unitOf(state).phase, unitOf(state).feedback, unitOf(state).start], [{ kind: 'landed', commit: 'base' }, [], null]);
  });

  it('REQ-FLOW-10 is well of work that had landed, sent back with findings or begun again; comments and conflicts want an answer', () => {
    const steps = [agent('a'), review('r', { needs: ['a'], rework: 'a' }), checkpoint('ok', 'review', { needs: ['a'], rework: 'a' })];
    const once = [...changed('a'), integrated('a', 'base'), landed('a', 'h1')];
    const findings: RunEvent[] = [startedAttempt('r'), finishedAttempt('r', { kind: 'review', review: { summary: '', criteria: [], findings: [{ file: 'a', line: 1, severity: 'high', message: 'x' }] } })];
    const comments: RunEvent = { type: 'ChangesRequested', checkpoint: 'ok#1', comments: [{ file: null, line: null, text: 'x' }], by: 'you' };
    assert.deepEqual([phase(steps, [...once, ...findings, ...nothing('a', 2)]), phase(steps, [...once, comments, ...nothing('a', 2)]), phase(steps, [...changed('a'), conflict('a'), ...nothing('a', 2)])], ['landed', ['stuck', noWork], ['stuck', noWork]]);
    const again = [plan(), agent('a', { needs: ['plan'] }), checkpoint('ok', 'review', { needs: ['plan'], rework: 'plan' })];
    const planned = (n: number): RunEvent[] => [startedAttempt('plan', n), finishedAttempt('plan', { kind: 'plan', plan: { summary: `${n}`, subtasks: [] } }, n)];
    assert.equal(phase(again, [...planned(1), ...once, comments, ...planned(2), ...nothing('a', 2)]), 'landed');
  });

  it('REQ-RUN-07 in answer to its own red gate is a repair that came to nothing; when none is left, that verdict stands', () => {
    const red = [...changed('a'), integrated('a', 'base'), judgedUnit('a', evidence('a-1-tree', 'rejected', 'new-failures'))];
    const steps = [agent('a', { ...gated, repairs: 2 })];
    const once = unitOf(of(steps, [...red, ...nothing('a', 2)]).state), twice = unitOf(of(steps, [...red, ...nothing('a', 2), ...nothing('a', 3)]).state);
    assert.deepEqual([once.phase, once.repairs.used, once.feedback.length], [{ kind: 'ready', notBefore: startedAt + 6_000, why: null }, 2, 1]);
    assert.deepEqual([twice.phase, twice.repairs.used], [{ kind: 'failed', why: 'gate rejected: new-failures, after 2 repairs', evidence: evidence('a-1-tree', 'rejected', 'new-failures'), resume: { kind: 'advancing', onto: 'base', commit: 'a-1-on-base', tree: 'a-1-tree' } }, 2]);
  });

  it('REQ-RUN-07 in answer to a gate step is that step\'s to stand for: it fails with its own evidence, or is over where that is an outcome', () => {
    const found = evidence('t', 'rejected', 'new-failures');
    const red: RunEvent[] = [...changed('a'), integrated('a', 'base'), landed('a', 'h1'), ...candidate(found, 1, 'base', 'h1'), ...nothing('a', 2)];
    const steps = (more: object = {}): readonly object[] => [agent('a', { repairs: 0 }), gate('test', { needs: ['a'], rework: 'a', repairs: 3, ...more })];
    const { state } = of(steps(), red);
    assert.deepEqual([unitOf(state).phase, state.steps[1]?.status, state.steps[1]?.gate, state.steps[1]?.evidence], [{ kind: 'landed', commit: 'h1' }, 'active', { kind: 'failed', why: 'gate rejected: new-failures' }, found]);
    // Also where it judged the very tree that the unit's own gate had accepted: a waiver is one of the gate that was red.
    const same: RunEvent[] = [...changed('a'), integrated('a', 'base'), judgedUnit('a', evidence('a-1-tree')), landed('a', 'h1'), ...candidate(evidence('a-1-tree', 'rejected', 'new-failures'), 1, 'base', 'h1'), ...nothing('a', 2)];
    const stands = of([agent('a', { ...gated, repairs: 0 }), ...steps().slice(1)], same);
    assert.deepEqual([unitOf(stands.state).phase, stands.state.steps[1]?.gate?.kind, stands.when({ ...approve, waivers: [{ gate: 'unit', reason: 'known' }] })], [{ kind: 'landed', commit: 'h1' }, 'failed', { then: [{ type: 'GateWaived', at: 'test', gate: 'unit', reason: 'known', by: 'you' }] }]);
    const absorbed = of(steps({ continueOnError: true }), red).state;
    assert.deepEqual([unitOf(absorbed).phase.kind, absorbed.steps[1]?.gate?.kind], ['landed', 'judging'], 'it is judged again as it is');
  });
});

describe('work of a plan', () => {
  it('REQ-RUN-14 of a unit that is not there changes nothing', () => {
    const { state } = given(planApproved());
    const events: RunEvent[] = [startedAttempt('nosuch'), finishedAttempt('nosuch', { kind: 'result', summary: '' }), integrated('nosuch', 'base'), conflict('nosuch'), judgedUnit('nosuch', evidence('x')), landed('nosuch', 'x')];
    const after = given([...planApproved(), ...events]).state;
    assert.deepEqual({ ...after, seq: 0, updatedAt: 0 }, { ...state, seq: 0, updatedAt: 0 });
  });
});
