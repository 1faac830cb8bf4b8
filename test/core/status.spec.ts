// How a run stands: its state, what it waits for and in which words, what has failed, and the exit code that follows.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { reviewsOf } from '../../src/core/reviews.ts';
import type { Checkpoint, RunState, StepState, UnitPhase } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { exitCode, failures, runStates, status, waiting, waitingFors } from '../../src/core/status.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { allLanded, candidate, evidence, given, planApproved, planned, reviewed, startedAttempt, widerPlanProposed, withReviews } from '../support/given.ts';
import { agent, begun, checkpoint, played } from './conformance/workflowOf.ts';

const atMerge = given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state;
const working = given([...planApproved(), startedAttempt('implement/a')]).state;
const ready: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
const withUnits = (state: RunState, phases: Readonly<Record<string, UnitPhase>>): RunState => ({ ...state, units: state.units.map((unit) => ({ ...unit, phase: phases[unit.id] ?? unit.phase })) });
const withStep = (state: RunState, id: string, more: Partial<StepState>): RunState => ({ ...state, steps: state.steps.map((step) => (step.id === id ? { ...step, ...more } : step)) });
const stuck = (why: string): UnitPhase => ({ kind: 'stuck', waitingFor: 'key', why, next: `mend ${why}`, resume: ready });
const failed = (why: string): UnitPhase => ({ kind: 'failed', why, evidence: null, resume: ready });
const all = (phase: UnitPhase): Record<string, UnitPhase> => ({ 'implement/a': phase, 'implement/b': phase, 'implement/c': phase });
const broken = { waitingFor: 'gate', why: 'gate error: killed', next: 'Mend it.' } as const;

describe('REQ-RUN-16 the state of a run', () => {
  it('is its end, once it has one', () => {
    const ends = [{ kind: 'merged', commit: 'c', tree: 't' }, { kind: 'rejected', reason: '' }, { kind: 'cancelled' }, { kind: 'done' }] as const;
    assert.deepEqual(ends.map((end) => [status({ ...working, end }), waiting({ ...withUnits(working, all(stuck('x'))), end })]), [['merged', null], ['rejected', null], ['cancelled', null], ['done', null]]);
  });

  it('is running while anything is at work, waiting when only a person can go on, failed when nobody is asked', () => {
    const one = withUnits(working, { 'implement/a': stuck('a') });
    assert.deepEqual([working, one, withUnits(working, all(stuck('a'))), withUnits(working, { ...all(failed('no')), 'implement/b': stuck('b') }), withUnits(working, all(failed('no')))].map(status), ['running', 'running', 'waiting', 'waiting', 'failed']);
    assert.equal(status(withUnits(working, all({ kind: 'skipped', why: '' }))), 'done', 'nothing is left that could go on');
  });

  it('REQ-RUN-17 is waiting while the landing waits for the person\'s checkout, though that is looked at again and again', () => {
    const approved = withStep({ ...atMerge, checkpoints: atMerge.checkpoints.map((one) => ({ ...one, state: 'approved' as const })) }, 'approve-merge', { status: 'done' });
    const landing = (land: NonNullable<StepState['land']>): RunState => withStep(approved, 'merge', { status: 'active', land });
    assert.deepEqual([status(landing({ kind: 'landing' })), status(landing({ kind: 'blocked', reasons: ['a.ts is modified', 'b.ts is staged'] })), waiting(landing({ kind: 'blocked', reasons: ['a.ts is modified', 'b.ts is staged'] }))], [
      'running', 'waiting', { for: 'clean-checkout', why: 'a.ts is modified; b.ts is staged', next: 'Do that yourself in your checkout; the merge then lands by itself.', at: 'merge' },
    ]);
  });

  it('REQ-RUN-13 is running where the only open checkpoint is about to be approved by itself', () => {
    const yes = given(planned().map((event): RunEvent => (event.type === 'TaskAccepted' ? { ...event, settings: { ...event.settings, yes: ['plan'] } } : event))).state;
    assert.deepEqual([status(yes), waiting(yes), status(given(planned()).state)], ['running', null, 'waiting']);
  });
});

describe('REQ-RUN-16 what a run waits for', () => {
  const review = 'Review it, then approve, request changes, or reject.';

  it('is the first of what stands: a checkpoint, work, a gate, a landing; each with what to do', () => {
    const unit = withUnits(working, { 'implement/b': stuck('b'), 'implement/c': stuck('c') });
    const gate = withStep(working, 'test', { status: 'active', gate: { kind: 'stuck', ...broken } }), land = withStep(working, 'merge', { status: 'active', land: { kind: 'stuck', ...broken, waitingFor: 'workspace' } });
    assert.deepEqual([waiting(working), waiting(given(planned()).state), waiting(unit), waiting(gate), waiting(land)], [
      null, { for: 'checkpoint', why: 'the plan is ready to be approved', next: review, at: 'approve-plan#1' }, { for: 'key', why: 'b', next: 'mend b', at: 'implement/b' },
      { for: 'gate', why: 'gate error: killed', next: 'Mend it.', at: 'test' }, { for: 'workspace', why: 'gate error: killed', next: 'Mend it.', at: 'merge' },
    ]);
    assert.deepEqual([waiting({ ...unit, checkpoints: given(planned()).state.checkpoints })?.at, waiting(withStep(unit, 'test', { gate: { kind: 'stuck', ...broken } }))?.at], ['approve-plan#1', 'implement/b']);
    assert.deepEqual([withStep(working, 'test', { gate: { kind: 'failed', why: 'red' } }), withStep(working, 'merge', { land: { kind: 'landing' } })].map(waiting), [null, null]);
  });

  it('is said of each kind of checkpoint', () => {
    const [open] = openCheckpoints(atMerge);
    assert.ok(open);
    const about = (kind: Checkpoint['about'], subject: string | null = null): string | undefined => waiting({ ...atMerge, checkpoints: [{ ...open, about: kind, subject }] })?.why;
    assert.deepEqual([about('document', 'requirements.md'), about('document'), about('choice'), about('review'), about('plan'), about('merge'), about('amendment')], [
      'requirements.md is ready to be approved', 'the document is ready to be approved', 'candidates are ready to be chosen from', 'the work so far is ready to be reviewed', 'the plan is ready to be approved',
      'the merge is proven and ready to be approved', 'a change of the plan is proposed',
    ]);
  });

  it('REQ-AMEND-03 is said of a proposal with what speaks against it', () => {
    const { state } = given(widerPlanProposed());
    const proposing = (wider: readonly string[], dropped: readonly string[]): string | undefined => waiting({ ...state, amendments: state.amendments.map((one) => ({ ...one, wider, dropped })) })?.why;
    assert.deepEqual([proposing(['infra/**'], []), proposing([], ['REQ-1', 'REQ-2', 'REQ-3']), proposing(['a', 'b', 'c', 'd', 'e'], ['REQ-1'])], [
      'implement/a proposes another plan; it may change more: infra/**', 'implement/a proposes another plan; nobody would do REQ-1, REQ-2, REQ-3 any more',
      'implement/a proposes another plan; it may change more: a, b, c and 2 more; nobody would do REQ-1 any more',
    ]);
    assert.equal(waiting({ ...state, amendments: [...state.amendments.map((one) => ({ ...one, n: 7, by: 'another' })), ...state.amendments] })?.why, 'implement/a proposes another plan; it may change more: infra/**');
    assert.equal(waiting(state)?.next, 'Look at what would change, then approve or reject it; the task goes on either way.');
  });

  it('REQ-RUN-11 REQ-RUN-12 is said of a merge with how far it is proven: what is waived is not', () => {
    const merge = (found: Parameters<typeof candidate>[0], ...waived: string[]): string | undefined => waiting({ ...atMerge, candidateEvidence: found, waived: waived.map((gate) => ({ gate, reason: 'known', by: 'you' })) })?.why;
    const red = evidence('t', 'rejected', 'new-failures'), [gate] = red.gates, ticks = [{ id: 'integrity:1', why: 'weakened' }];
    assert.ok(gate);
    const two = { ...red, gates: [gate, { ...gate, id: 'lint' }] };
    assert.deepEqual([merge(evidence('t')), merge(two), merge(two, 'unit'), merge(two, 'unit', 'lint'), merge(evidence('t', 'accepted', 'passed', ticks)), merge({ ...evidence('t', 'not-verified', 'needs-person', ticks), gates: [] }, 'gate')], [
      'the merge is proven and ready to be approved', 'the merge is ready to be decided; not proven: unit, lint', 'the merge is ready to be decided; not proven: lint', 'the merge is ready to be approved; waived, not proven: unit, lint',
      'the merge is proven, and ready to be decided; needs your own tick: integrity:1', 'the merge is ready to be decided; waived, not proven: gate; needs your own tick: integrity:1',
    ]);
    const look = evidence('t', 'not-verified', 'needs-person', ticks), green = look.gates.map((one) => ({ ...one, verdict: 'accepted' as const }));
    assert.deepEqual([merge({ ...look, gates: green }), merge({ ...look, gates: green, ticks: [] })], ['the merge is ready to be decided; not proven without your look (needs-person); needs your own tick: integrity:1', 'the merge is proven and ready to be approved']);
  });

  it('REQ-RUN-35 never calls a merge ready to be approved, nor work ready to be looked at, without a word of a reviewer who asks for changes', () => {
    const [open] = openCheckpoints(atMerge);
    assert.ok(open);
    const place = (severity: 'high' | 'medium' | 'low', line: number) => ({ file: 'a.js', line, severity, message: '' }), unmet = { criterion: 'adds', verdict: 'not-met' as const, why: '' };
    const why = (review: Partial<NonNullable<typeof atMerge.review>>, about: Checkpoint['about'] = 'merge', found = evidence('t')): string | undefined =>
      waiting({ ...withReviews(atMerge, { review }), candidateEvidence: found, checkpoints: [{ ...open, about }] })?.why;
    const says = 'the merge is proven, and ready to be decided; the reviewer asks for changes';
    assert.deepEqual([
      why({ verdict: 'changes' }), why({ findings: [place('low', 1), place('medium', 2), place('high', 3)] }), why({ criteria: [unmet, unmet] }), why({ criteria: [unmet], findings: [place('high', 1), place('high', 2), place('high', 3), place('high', 4)] }),
      why({ verdict: 'changes' }, 'merge', evidence('t', 'accepted', 'passed', [{ id: 'x', why: 'y' }])), why({ verdict: 'changes' }, 'merge', evidence('t', 'rejected', 'new-failures')), why({ verdict: 'changes' }, 'review'),
    ], [
      says, `${says}: a.js:3 (high), a.js:2 (medium)`, `${says}: 2 criteria not met`, `${says}: 1 criterion not met, a.js:1 (high), a.js:2 (high), a.js:3 (high) and 1 more`,
      `${says}; needs your own tick: x`, 'the merge is ready to be decided; not proven: unit; the reviewer asks for changes', 'the work so far is ready to be reviewed; the reviewer asks for changes',
    ]);
    assert.deepEqual([why({ verdict: 'approve', findings: [place('medium', 1)] }), why({}, 'review')], ['the merge is proven and ready to be approved', 'the work so far is ready to be reviewed']);
  });

  it('REQ-RUN-35 names each of several reviewers who asks for changes, whoever spoke last', () => {
    const review = (severity: 'high' | 'low') => ({ findings: [{ file: 'a.js', line: 2, severity, message: '' }] });
    const state = withReviews(atMerge, { 'review/a': review('high'), 'review/b': {}, 'review/c': { verdict: 'changes' } });
    assert.deepEqual([waiting(state)?.why, reviewsOf(state).map(({ at, by }) => `${at} ${by}`), waiting(withReviews(atMerge, { 'review/a': {}, 'review/b': review('low') }))?.why], [
      'the merge is proven, and ready to be decided; the reviewer review/a asks for changes: a.js:2 (high); the reviewer review/c asks for changes', ['review/a agent of review/a', 'review/b agent of review/b', 'review/c agent of review/c'],
      'the merge is proven and ready to be approved',
    ]);
  });

  it('REQ-RUN-34 says of a merge what an approval has to waive and to tick, and how, as long as that fits', () => {
    const red = evidence('t', 'rejected', 'new-failures'), ticks = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `protected:infra/${at}.yaml`, why: 'protected' }));
    const next = (found: Parameters<typeof candidate>[0], ...waived: string[]): string | undefined => waiting({ ...atMerge, candidateEvidence: found, waived: waived.map((gate) => ({ gate, reason: 'known', by: 'you' })) })?.next;
    const many = evidence('t', 'accepted', 'passed', ticks(12));
    assert.deepEqual([next(red), next({ ...red, ticks: ticks(1) }), next({ ...red, ticks: ticks(1) }, 'unit'), next(many), next(red, 'unit')], [
      'Review it, then request changes, reject, or approve with: --waive unit --reason "…"', 'Review it, then request changes, reject, or approve with: --waive unit --reason "…" --tick protected:infra/0.yaml',
      'Review it, then request changes, reject, or approve with: --tick protected:infra/0.yaml', 'Review it, then request changes, reject, or approve with a --waive or --tick for each of what it needs: an approval without them names all.', review,
    ]);
    assert.equal(waiting({ ...atMerge, candidateEvidence: many })?.why, 'the merge is proven, and ready to be decided; needs your own tick: protected:infra/0.yaml, protected:infra/1.yaml, protected:infra/2.yaml and 9 more');
  });

  it('has a name in the list of all of them, and a state too', () => {
    assert.deepEqual([[...waitingFors].sort(), [...runStates].sort()], [['agent', 'budget', 'checkpoint', 'clean-checkout', 'gate', 'key', 'task', 'workspace'], ['cancelled', 'done', 'failed', 'merged', 'paused', 'rejected', 'running', 'waiting']]);
  });
});

describe('REQ-RUN-16 what has failed', () => {
  it('is work and steps that stand failed, each with why', () => {
    const both = withStep(withStep(withUnits(working, { 'implement/a': failed('no'), 'implement/b': stuck('b') }), 'implement', { stopped: { why: 'used up' }, gate: { kind: 'failed', why: 'unseen' } }), 'test', { gate: { kind: 'failed', why: 'gate rejected' } });
    assert.deepEqual([failures(both), failures(working), failures(withStep(working, 'test', { gate: { kind: 'stuck', ...broken } }))], [[{ at: 'implement/a', why: 'no' }, { at: 'implement', why: 'used up' }, { at: 'test', why: 'gate rejected' }], [], []]);
  });

  it('is not what may fail: that is an outcome', () => {
    const of = (more: Parameters<typeof agent>[1]): number => failures(withUnits(begun([agent('fix', more)]), { fix: failed('no') })).length;
    assert.deepEqual([of({}), of({ continueOnError: true }), of({ loop: { until: 'false', max: 2 } })], [1, 0, 0]);
  });
});

describe('REQ-RUN-16 the exit code', () => {
  it('says how a run stands, and that of a wait for money apart', () => {
    const code = (state: (typeof runStates)[number], reason: string | null = null): number | null => exitCode({ state, waiting: reason === null ? null : { for: reason } });
    assert.deepEqual(runStates.map((state) => [state, code(state), code(state, 'budget')]), [
      ['running', null, null], ['waiting', 3, 5], ['paused', 3, 5], ['merged', 0, 0], ['done', 0, 0], ['rejected', 4, 4], ['failed', 1, 1], ['cancelled', 1, 1],
    ]);
    assert.equal(code('waiting', 'checkpoint'), 3);
  });
});

describe('REQ-FLOW-17 several checkpoints', () => {
  it('that --yes does not name are waited for, though another one is about to pass', () => {
    const steps = [agent('spec', { gives: 'document', document: 'spec.md', role: 'planner' }), checkpoint('ok-spec', 'document', { needs: ['spec'], of: 'spec' }), checkpoint('look', 'review', { needs: ['spec'] })];
    const { state } = played({ steps, stubs: { 'ok-spec': { decision: 'wait' }, look: { decision: 'wait' } } });
    const yes = (kind: 'review' | 'document'): RunState => ({ ...state, settings: { ...state.settings, yes: [kind] } });
    assert.deepEqual([waiting(yes('document'))?.at, waiting(yes('review'))?.at, status(yes('review'))], ['look#1', 'ok-spec#1', 'running']);
  });
});
