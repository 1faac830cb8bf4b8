// What may land (I4, I6), as data: the candidate, its gates, and what a person approved of it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Binding, RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { ranOutUnderLoad } from '../../src/core/gate.ts';
import { currentCandidate, landable, provenCandidate, sameBinding, together, unwaivedIn } from '../../src/core/landable.ts';
import type { RunState } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import { accepted, allLanded, candidate, changed, evidence, given, integrated, landed, reviewed } from '../support/given.ts';

const binding: Binding = { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' };
const atCheckpoint = [...allLanded(), ...candidate(evidence('t')), ...reviewed()];
const approval: RunEvent = { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding, by: 'you', waivers: [], ticks: [] };
const approved = given([...atCheckpoint, approval]).state;
const red: Evidence = { ...evidence('t', 'rejected', 'new-failures'), id: binding.evidence };
const approvedAs = (bound: Partial<Binding>, waivers: { gate: string; reason: string }[] = []): RunState => ({ ...approved, checkpoints: approved.checkpoints.map((one) => (one.step === 'approve-merge' ? { ...one, binding: { ...one.binding, ...bound }, waivers } : one)) });

describe('I6 what may land', () => {
  it('is the candidate that was approved, when its merge is reached', () => {
    assert.deepEqual([landable(approved), landable(given(atCheckpoint).state)], [binding, null]);
  });

  it('is nothing where the approval names another commit, base, tree or evidence, or where there is none', () => {
    const others = (['commit', 'base', 'tree', 'evidence'] as const).map((part) => landable(approvedAs({ [part]: 'other' })));
    assert.deepEqual([others, landable({ ...approved, checkpoints: [] })], [[null, null, null, null], null]);
    assert.deepEqual((['commit', 'base', 'tree', 'evidence'] as const).map((part) => sameBinding(binding, { ...binding, [part]: 'other' })), [false, false, false, false]);
  });

  it('asks for the last approval, and for none at a checkpoint that the workflow skipped', () => {
    const [last] = approved.checkpoints.filter((one) => one.step === 'approve-merge');
    assert.ok(last);
    const older = { ...last, binding: { ...last.binding, commit: 'older' } };
    const skipped = { ...approved, checkpoints: [], steps: approved.steps.map((step) => (step.id === 'approve-merge' ? { ...step, status: 'skipped' as const } : step)) };
    assert.deepEqual([landable({ ...approved, checkpoints: [older, last] }), landable({ ...approved, checkpoints: [last, older] }), landable({ ...approved, checkpoints: [older, { ...last, state: 'void' }] }), landable(skipped)], [binding, null, null, binding]);
  });

  it('is nothing whose gates spoke of another tree or not at all, and nothing that has landed', () => {
    const { candidate: made } = approved;
    assert.ok(made);
    const without = { ...approved, candidateEvidence: null }, otherTree = { ...approved, candidateEvidence: evidence('u') }, done = { ...approved, landed: { commit: 'squash-base', tree: 't' } };
    assert.deepEqual([without, otherTree, done, { ...approved, candidate: null }].map((state) => landable(state)), [null, null, null, null]);
    assert.deepEqual([approved, without, otherTree, done, { ...approved, head: 'later' }, { ...approved, candidate: null }].map((state) => [currentCandidate(state), provenCandidate(state)]), [[made, made], [made, null], [made, null], [null, null], [null, null], [null, null]]);
  });

  it('I4 has accepted gates, or each that is not was waived by a person, at the checkpoint or before', () => {
    const waiver = { gate: 'unit', reason: 'known' };
    const state = { ...approved, candidateEvidence: red };
    assert.deepEqual([landable(state), landable({ ...approvedAs({}, [waiver]), candidateEvidence: red }), landable({ ...approvedAs({}, [{ ...waiver, gate: 'lint' }]), candidateEvidence: red }), landable({ ...state, waived: [{ ...waiver, by: 'you' }] })], [null, binding, null, binding]);
  });

  it('needs no approval where the workflow asks none, and the merge that is active of several', () => {
    const agent = { ...accepted('quick-change'), workflow: { ...given([accepted('quick-change')]).state.workflow } } as Extract<RunEvent, { type: 'TaskAccepted' }>;
    const steps = agent.workflow.steps.filter((step) => step.kind !== 'checkpoint').map((step) => (step.kind === 'merge' ? { ...step, needs: agent.workflow.steps.filter((one) => one.kind === 'gate').map((one) => one.id) } : step));
    const run = given([{ ...agent, workflow: { ...agent.workflow, steps } }, ...changed('implement'), integrated('implement', 'base'), landed('implement', 'h1'), ...candidate(evidence('t'), 1, 'base', 'h1')]);
    assert.deepEqual([run.commands(), landable(run.state), landable({ ...run.state, steps: run.state.steps.map((step) => ({ ...step, status: 'done' as const })) })], [['land merge#1'], binding, null]);
  });
});

describe('what is not proven', () => {
  it('is each gate that is not green and not waived; a conflict is never waived', () => {
    const [unit] = evidence('t').gates;
    assert.ok(unit);
    const gates = [unit, { ...unit, id: 'lint', ...judge('rejected', 'new-findings') }, { ...unit, id: 'merge', ...judge('rejected', 'conflict') }];
    const found = { ...red, gates };
    assert.deepEqual([unwaivedIn(found, new Set()), unwaivedIn(found, new Set(['lint', 'merge'])), unwaivedIn({ ...found, verdict: 'accepted' }, new Set())], [['lint', 'merge'], ['merge'], []]);
  });

  it('is called "gate" where no gate spoke', () => {
    const none: Evidence = { ...evidence('t', 'not-verified', 'no-command'), gates: [] };
    assert.deepEqual([unwaivedIn(none, new Set()), unwaivedIn(none, new Set(['gate'])), unwaivedIn(none, new Set(['unit'])), unwaivedIn({ ...none, verdict: 'accepted' }, new Set())], [['gate'], [], ['gate'], []]);
  });
});

describe('what several gate steps found on one tree', () => {
  const tick = (id: string): Evidence['ticks'][number] => ({ id, why: id });
  const one: Evidence = { ...evidence('t'), id: 'one', ticks: [tick('a')], declared: [{ test: 'adds', state: 'passed' }, { test: 'breaks', state: 'passed' }, { test: 'waits', state: 'skipped' }, { test: 'is lost', state: 'missing' }] };
  const two: Evidence = { ...evidence('t', 'rejected', 'new-failures'), id: 'two', ticks: [tick('b')], declared: [{ test: 'adds', state: 'missing' }, { test: 'breaks', state: 'failed' }, { test: 'waits', state: 'missing' }, { test: 'is lost', state: 'missing' }, { test: 'is new', state: 'passed' }] };

  it('is nothing of none, and of one that itself', () => {
    assert.deepEqual([together([]), together([two])], [null, two]);
  });

  it('is the worst verdict, all gates, all ticks, and of a test the worst that was seen of it: that it is missing in one report says nothing where another has it', () => {
    const all = together([one, two]);
    assert.deepEqual(all, { ...one, id: 'one+two', verdict: 'rejected', reason: 'new-failures', gates: [...one.gates, ...two.gates], ticks: [tick('a'), tick('b')],
      declared: [{ test: 'adds', state: 'passed' }, { test: 'breaks', state: 'failed' }, { test: 'waits', state: 'skipped' }, { test: 'is lost', state: 'missing' }, { test: 'is new', state: 'passed' }] });
    const { declared, ...undeclared } = one;
    assert.deepEqual([declared?.length, 'declared' in (together([undeclared, undeclared]) ?? {}), together([one, undeclared])?.declared], [4, false, declared]);
  });
});

describe('which tests say a requirement, in several gate steps', () => {
  it('are those of all of them, the worst state first', () => {
    const of = (...named: NonNullable<Evidence['named']>): Evidence => ({ ...evidence('t'), named });
    const all = together([of({ requirement: 'R-1', tests: ['a'], state: 'passed' }, { requirement: 'R-2', tests: [], state: 'missing' }, { requirement: 'R-3', tests: [], state: 'missing' }), of({ requirement: 'R-1', tests: ['b'], state: 'failed' }, { requirement: 'R-2', tests: ['c'], state: 'skipped' }, { requirement: 'R-3', tests: [], state: 'missing' })]);
    assert.deepEqual(all?.named, [{ requirement: 'R-1', tests: ['a', 'b'], state: 'failed' }, { requirement: 'R-2', tests: ['c'], state: 'skipped' }, { requirement: 'R-3', tests: [], state: 'missing' }]);
    assert.deepEqual([together([of({ requirement: 'R-1', tests: ['a'], state: 'passed' }), evidence('t')])?.named?.length, 'named' in (together([evidence('t'), evidence('t')]) ?? {})], [1, false]);
  });
});

describe('a gate that was ended under load', () => {
  it('is told from what another gate rejects', () => {
    const [unit] = evidence('t').gates;
    assert.ok(unit);
    const overloaded = { ...unit, ...judge('error', 'overloaded') };
    const of = (verdict: Evidence['verdict'], ...gates: Evidence['gates']): boolean => ranOutUnderLoad({ ...evidence('t'), verdict, gates });
    assert.deepEqual([of('error', unit, overloaded), of('rejected', unit, overloaded), of('error', unit, { ...unit, ...judge('error', 'killed') }), of('error')], [true, false, false, false]);
  });
});
