import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { approvedByYes } from '../../src/core/accept.ts';
import { decide } from '../../src/core/decide.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { planMistakes } from '../../src/core/plan.ts';
import { waiting } from '../../src/core/status.ts';
import { accepted, afterC, allLanded, approve, candidate, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, plan, planApproved, planned, reviewed, startedAt, startedAttempt, throughGate } from '../support/given.ts';

const toCheckpoint = [...allLanded(), ...candidate(evidence('t')), ...reviewed()];
const binding = { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' };
const approvedMerge: RunEvent = { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding, by: 'you', waivers: [], ticks: [] };

describe('a run', () => {
  it('REQ-RUN-01 begins what needs nothing, and no other', () => {
    assert.deepEqual(given([accepted()]).commands(), ['work plan#1']);
    assert.deepEqual(given([accepted('quick-change')]).commands(), ['work implement#1']);
  });

  it('REQ-RUN-02 waits for a person when the plan is there: no command', () => {
    const run = given(planned());
    assert.deepEqual([run.commands(), run.standing()], [[], { status: 'waiting', waitingFor: 'checkpoint' }]);
  });

  it('REQ-RUN-20 takes a plan that a person edited for the plan, voids what stood open about the one before, and refuses one that cannot be carried out', () => {
    const edited = { ...plan, subtasks: plan.subtasks.slice(0, 2) };
    const ask = { kind: 'edit', checkpoint: null, text: 'as text', by: 'you' } as const;
    const run = given(planned());
    const event: RunEvent = { type: 'PlanEdited', checkpoint: 'approve-plan#1', plan: edited, by: 'you' };
    assert.deepEqual(run.when({ ...ask, plan: edited }), { then: [event] });
    const circle = { ...plan, subtasks: plan.subtasks.map((subtask) => ({ ...subtask, needs: ['c'] })) };
    assert.deepEqual([run.when({ ...ask, plan: circle }), run.when({ ...ask, plan }), run.when(ask)].map((answer) => 'refused' in answer && answer.refused), ['invalid-plan', 'empty', 'invalid-plan']);
    const after = given([...planned(), event]);
    assert.deepEqual([after.commands(), after.state.checkpoints.map(({ id, state, binding: { evidence: bound } }) => [id, state, bound])], [[], [['approve-plan#1', 'void', 'plan-1'], ['approve-plan#2', 'open', 'plan-2']]]);
    assert.deepEqual(after.when({ ...approve, checkpoint: 'approve-plan#1' }), { refused: 'void', becauseTrue: [] });
    assert.deepEqual(given([...planned(), event, { type: 'CheckpointApproved', checkpoint: 'approve-plan#2', binding: { commit: 'base', base: 'base', tree: 'base-tree', evidence: 'plan-2' }, by: 'you', waivers: [], ticks: [] }]).commands(), ['work implement/a#1', 'work implement/b#1']);
    assert.deepEqual(given(allLanded()).when({ ...ask, plan: edited }), { refused: 'nothing-open', becauseTrue: [] });
  });

  it('REQ-RUN-03 starts subtasks at once where their needs allow', () => {
    assert.deepEqual(given(planApproved()).commands(), ['work implement/a#1', 'work implement/b#1']);
    const afterA = [...planApproved(), ...throughGate('implement/a', 'base')];
    assert.deepEqual(given(afterA).commands(), ['work implement/b#1']);
    assert.deepEqual(given([...afterA, ...throughGate('implement/b', 'implement/a-1-on-base')]).commands(), ['work implement/c#1']);
  });

  it('REQ-RUN-04 lands one unit at a time, in the order in which the work was finished', () => {
    const both = [...planApproved(), ...changed('implement/b'), ...changed('implement/a')];
    assert.deepEqual(given(both).commands(), ['integrate implement/b#1:integrate@base']);
    assert.deepEqual(given([...both, integrated('implement/b', 'base')]).commands(), ['judge-unit implement/b#1:gate']);
  });

  it('REQ-RUN-05 sends the evidence of a red gate back to the same agent, up to the cap', () => {
    const red = (n: number) => [...changed('implement/a', n), integrated('implement/a', 'base', n), judgedUnit('implement/a', evidence('x', 'rejected', 'new-failures'), n)];
    const once = given([...planApproved(), ...red(1)]);
    assert.deepEqual(once.commands(), ['work implement/a#2', 'work implement/b#1']);
    assert.equal(once.state.units.find((unit) => unit.id === 'implement/a')?.feedback[0]?.kind, 'gate');
    const four = given([...planApproved(), ...red(1), ...red(2), ...red(3), ...red(4)]);
    assert.deepEqual(four.commands(), ['work implement/b#1'], 'only its dependants wait');
    const alone = given([...planApproved(), ...red(1), ...red(2), ...red(3), ...red(4), ...throughGate('implement/b', 'base')]);
    assert.deepEqual(alone.standing(), { status: 'failed', waitingFor: null });
  });

  it('REQ-RUN-06 tries again later after a rate limit, and asks a person when it comes to nothing', () => {
    const limited = (n: number, retryAt: number | null) => [startedAttempt('plan', n), finishedAttempt('plan', { kind: 'failed', failure: 'rate-limit', message: '429', retryAt }, n)];
    const [command] = decide(given([accepted(), ...limited(1, startedAt + 60_000)]).state);
    assert.deepEqual(command, { kind: 'work', id: 'plan#2', unit: 'plan', n: 2, start: 'base', notBefore: startedAt + 60_000 });
    const four = given([accepted(), ...[1, 2, 3, 4].flatMap((n) => limited(n, null))]);
    assert.deepEqual([four.commands(), four.standing()], [[], { status: 'waiting', waitingFor: 'agent' }]);
  });

  it('REQ-RUN-07 takes "no changes" for what it is', () => {
    const run = given([accepted('quick-change'), startedAttempt('implement'), finishedAttempt('implement', { kind: 'no-changes', summary: 'all good' })]);
    assert.deepEqual([run.commands(), run.standing()], [[], { status: 'waiting', waitingFor: 'agent' }]);
  });

  it('REQ-RUN-07 lets the verdict of the gate stand when repairs come to nothing', () => {
    const nothing = (n: number) => [startedAttempt('implement', n), finishedAttempt('implement', { kind: 'no-changes', summary: 'all tests pass' }, n)];
    const first = [accepted('quick-change'), ...changed('implement'), integrated('implement', 'base'), landed('implement', 'h1'), ...candidate(evidence('t', 'rejected', 'new-failures'), 1, 'base', 'h1')];
    const run = given([...first, ...[2, 3, 4, 5].flatMap(nothing)]);
    assert.deepEqual([run.commands(), run.standing()], [[], { status: 'failed', waitingFor: null }]);
    assert.deepEqual(given([...first, ...[2, 3, 4].flatMap(nothing)]).commands(), ['work implement#5']);
    const answer = run.when({ ...approve, waivers: [{ gate: 'unit', reason: 'known' }] });
    assert.deepEqual(given([...first, ...[2, 3, 4, 5].flatMap(nothing), ...('then' in answer ? answer.then : [])]).standing(), { status: 'waiting', waitingFor: 'checkpoint' });
  });

  it('REQ-RUN-08 proves and reviews the exact tree before it asks for the merge', () => {
    assert.deepEqual(given(allLanded()).commands(), ['make-candidate test#1:candidate']);
    assert.deepEqual(given([...allLanded(), ...candidate(evidence('t')).slice(0, 1)]).commands(), ['judge-candidate test#1:gate']);
    assert.deepEqual(given([...allLanded(), ...candidate(evidence('t'))]).commands(), ['work review#1']);
    assert.deepEqual(given(toCheckpoint).standing(), { status: 'waiting', waitingFor: 'checkpoint' });
    assert.deepEqual(given([...toCheckpoint, approvedMerge]).commands(), ['land merge#1']);
  });

  it('REQ-RUN-09 binds an approval to what was shown, and voids it when the target moves', () => {
    const run = given(toCheckpoint);
    assert.deepEqual(run.when(approve), { then: [approvedMerge] });
    assert.deepEqual(run.when({ ...approve, tip: 'other' }), { refused: 'void', becauseTrue: ['LandingVoided'] });
    assert.deepEqual(run.when({ ...approve, commit: 'abc' }), { refused: 'void', becauseTrue: [] });
    const moved = given([...toCheckpoint, approvedMerge, { type: 'LandingVoided', command: 'merge#1', tip: 'other', why: 'moved' }]);
    assert.deepEqual(moved.commands(), ['make-candidate test#2:candidate']);
    assert.deepEqual(moved.state.checkpoints.map(({ id, state }) => `${id} ${state}`), ['approve-plan#1 approved', 'approve-merge#1 void'], 'nothing to approve before the gate ran again');
    const again = given([...toCheckpoint, approvedMerge, { type: 'LandingVoided', command: 'merge#1', tip: 'other', why: 'moved' }, ...candidate(evidence('t2'), 2, 'other')]);
    assert.deepEqual([again.commands(), again.state.checkpoints.map(({ id, state }) => `${id} ${state}`)], [[], ['approve-plan#1 approved', 'approve-merge#1 void', 'approve-merge#2 open']]);
    assert.deepEqual(again.state.checkpoints.at(-1)?.binding, { commit: 'squash-other', base: 'other', tree: 't2', evidence: 'e-t2-accepted' });
    assert.ok('then' in again.when({ ...approve, tip: 'other' }));
  });

  it('REQ-RUN-10 sends all comments as one turn and does everything downstream again', () => {
    const comments = [{ file: 'src/csv.ts', line: 3, text: 'quote' }, { file: null, line: null, text: 'and docs' }];
    const asked = given(toCheckpoint).when({ kind: 'request-changes', checkpoint: null, comments, by: 'you' });
    const events = 'then' in asked ? asked.then : [];
    const run = given([...toCheckpoint, ...events]);
    assert.deepEqual(run.commands(), ['work implement/rework-1#1']);
    assert.deepEqual(run.state.units.at(-1)?.feedback, [{ kind: 'comments', comments }]);
    const unit = 'implement/rework-1';
    const done = given([...toCheckpoint, ...events, ...changed(unit), integrated(unit, afterC), judgedUnit(unit, evidence('z')), landed(unit, 'new-head')]);
    assert.deepEqual(done.commands(), ['make-candidate test#2:candidate']);
  });

  it('REQ-RUN-11 refuses what is not proven until it is waived with a reason', () => {
    const unproven = given([...allLanded(), ...candidate(evidence('t', 'not-verified', 'no-tests')), ...reviewed()]);
    assert.deepEqual(unproven.when(approve), { refused: 'needs-waiver', becauseTrue: [] });
    assert.deepEqual(unproven.when({ ...approve, waivers: [{ gate: 'unit', reason: ' ' }] }), { refused: 'empty', becauseTrue: [] });
    assert.ok('then' in unproven.when({ ...approve, waivers: [{ gate: 'unit', reason: 'docs only' }] }));
    const conflict = given([...allLanded(), ...candidate(evidence('t', 'not-verified', 'no-tests')).slice(0, 1), { type: 'CandidateConflicted', command: 'test#1:candidate', step: 'test', n: 1, head: afterC, onto: 'base', files: ['a.ts'] }]);
    assert.deepEqual(conflict.standing(), { status: 'failed', waitingFor: null });
    assert.deepEqual(conflict.when({ ...approve, waivers: [{ gate: 'unit', reason: 'please' }] }), { refused: 'not-waivable', becauseTrue: [] });
  });

  it('REQ-RUN-11 lets a person waive a gate that stayed red past its repairs', () => {
    const red = (n: number) => [...changed('implement', n), { ...integrated('implement', n === 1 ? 'base' : `h${n - 1}`, n) }, { type: 'UnitLanded', command: `implement#${n}:advance`, unit: 'implement', n, commit: `h${n}` } as const, ...candidate(evidence(`t${n}`, 'rejected', 'new-failures'), n, 'base', `h${n}`)];
    const events = [accepted('quick-change'), ...red(1), ...red(2), ...red(3), ...red(4)];
    assert.deepEqual(given(events).standing(), { status: 'failed', waitingFor: null });
    const answer = given(events).when({ ...approve, waivers: [{ gate: 'unit', reason: 'known red' }] });
    const run = given([...events, ...('then' in answer ? answer.then : [])]);
    assert.deepEqual(run.standing(), { status: 'waiting', waitingFor: 'checkpoint' });
    assert.ok('then' in run.when(approve), 'the waiver counts at the checkpoint too');
    assert.equal(waiting(run.state)?.why, 'the merge is ready to be approved; waived, not proven: unit');
  });

  it('REQ-RUN-11 takes no waiver and no tick that names nothing, and none for a tip that is gone', () => {
    assert.deepEqual(given(toCheckpoint).when({ ...approve, waivers: [{ gate: 'unti', reason: 'x' }] }), { refused: 'unknown-gate', becauseTrue: [] });
    assert.deepEqual(given(toCheckpoint).when({ ...approve, ticks: ['nothing'] }), { refused: 'unknown-tick', becauseTrue: [] });
    const red = [accepted('quick-change'), ...changed('implement'), integrated('implement', 'base'), landed('implement', 'h1'), ...candidate(evidence('t', 'error', 'setup-failed'), 1, 'base', 'h1')];
    assert.deepEqual(given(red).when({ ...approve, waivers: [{ gate: 'unit', reason: 'x' }], tip: 'other' }), { refused: 'void', becauseTrue: ['LandingVoided'] });
    assert.deepEqual(given([...red, { type: 'LandingVoided', command: '', tip: 'other', why: 'moved' }]).commands(), ['make-candidate test#2:candidate']);
  });

  it('REQ-RUN-12 refuses until each finding is ticked', () => {
    const run = given([...allLanded(), ...candidate(evidence('t', 'accepted', 'passed', [{ id: 'gate-definition:unit', why: 'package.json changed' }])), ...reviewed()]);
    assert.deepEqual(run.when(approve), { refused: 'needs-tick', becauseTrue: [] });
    assert.ok('then' in run.when({ ...approve, ticks: ['gate-definition:unit'] }));
  });

  it('REQ-INTEGRITY-22 lets ticks alone stand for what the guard leaves to a person, and asks for a waiver, too, of what it rejects', () => {
    const ticks = [{ id: 'integrity:f1', why: 'a.spec.js:3: an expectation was changed' }];
    const green = evidence('t', 'accepted', 'passed', ticks);
    const left = given([...allLanded(), ...candidate({ ...green, verdict: 'not-verified', reason: 'needs-person' }), ...reviewed()]);
    assert.deepEqual([waiting(left.state)?.why, left.when(approve), 'then' in left.when({ ...approve, ticks: ['integrity:f1'] })], ['the merge is ready to be decided; not proven without your look (needs-person); needs your own tick: integrity:f1', { refused: 'needs-tick', becauseTrue: [] }, true]);
    const guard = green.gates.map((gate) => ({ ...gate, id: 'integrity-guard', verdict: 'rejected' as const, reason: 'assertions-weakened' as const }));
    const red = given([...allLanded(), ...[1, 2, 3].flatMap((n) => candidate({ ...green, verdict: 'rejected', reason: 'assertions-weakened', gates: [...green.gates, ...guard] }, n))]);
    assert.deepEqual(red.commands(), ['work implement/rework-1#1']);
  });

  it('REQ-RUN-13 lets --yes approve, but never waive or tick', () => {
    const yes = accepted('spec-and-build', ['plan', 'merge']);
    const upTo = (found: ReturnType<typeof evidence>) => given([yes, ...allLanded().slice(1), ...candidate(found), ...reviewed()]).state;
    assert.equal(approvedByYes(upTo(evidence('t')))?.kind, 'approve');
    assert.equal(approvedByYes(upTo(evidence('t', 'not-verified', 'no-tests'))), null);
    assert.equal(approvedByYes(upTo(evidence('t', 'accepted', 'passed', [{ id: 'x', why: 'y' }]))), null);
    assert.equal(approvedByYes(given(toCheckpoint).state), null);
  });

  it('REQ-RUN-14 changes nothing for an outcome that it does not expect', () => {
    const before = given(planApproved()).state;
    const after = given([...planApproved(), judgedUnit('implement/a', evidence('x')), landed('implement/nobody', 'x')]).state;
    assert.deepEqual({ ...after, seq: 0, updatedAt: 0 }, { ...before, seq: 0, updatedAt: 0 });
  });

  it('REQ-RUN-15 wants nothing any more after a reject or a cancel, and refuses decisions', () => {
    const over = given([...toCheckpoint, { type: 'CheckpointRejected', checkpoint: 'approve-merge#1', reason: 'no', by: 'you' }]);
    assert.deepEqual([over.commands(), over.standing(), over.when(approve)], [[], { status: 'rejected', waitingFor: null }, { refused: 'ended', becauseTrue: [] }]);
    assert.deepEqual(given([...planApproved(), { type: 'TaskCancelled', by: 'you' }]).commands(), []);
  });

  it('REQ-RUN-17 counts a blocked landing as waiting', () => {
    const blocked = given([...toCheckpoint, approvedMerge, { type: 'LandingBlocked', command: 'merge#1', reasons: ['src/a.ts is modified'] }]);
    assert.deepEqual([blocked.commands(), blocked.standing()], [['land merge#1'], { status: 'waiting', waitingFor: 'clean-checkout' }]);
  });

  it('REQ-RUN-18 names every mistake of a plan at once', () => {
    const broken = { ...plan, subtasks: [...plan.subtasks.map((subtask) => (subtask.id === 'a' ? { ...subtask, needs: ['c', 'x'] } : subtask)), ...plan.subtasks.slice(1, 2)] };
    assert.deepEqual(planMistakes(broken), ['two subtasks are called "b"', '"a" needs "x", which is no subtask', 'the needs form a circle: a → c → a']);
    assert.deepEqual(planMistakes(plan), []);
  });
});
