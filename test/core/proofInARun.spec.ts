// What a run makes of proofs: nothing lands that needs a person's look without one, and what is proven is told apart from what is not.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { openCheckpoints } from '../../src/core/state.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { askedFor } from '../../src/core/integrity.ts';
import { landable, together } from '../../src/core/landable.ts';
import { passing } from '../../src/core/policy.ts';
import { proofStanding } from '../../src/core/proofStanding.ts';
import type { ProofRow } from '../../src/core/proofStanding.ts';
import { proofGateId } from '../../src/core/redGreen.ts';
import type { RedGreen } from '../../src/core/redGreen.ts';
import { isNamed } from '../../src/core/requirement.ts';
import { waiting } from '../../src/core/status.ts';
import type { Step, Workflow } from '../../src/core/workflow.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';
import { accepted, allLanded, approve, candidate, changed, evidence, given, integrated, landed, reviewed } from '../support/given.ts';

const read = (text: string) => {
  const found = readWorkflow(`name: Straight\ndescription: Nobody is asked.\n${text}`);
  if (!found.ok) throw new Error(found.refusal.map(({ message }) => message).join('\n'));
  return found.value.workflow;
};
const withGate = read('steps:\n  - { id: implement, agent: implementer, landing: direct }\n  - { id: test, gate: all, needs: implement }\n  - { id: merge, merge: target, needs: test }\n');
/** The merge makes and judges what it lands by itself. */
const alone: Workflow = { ...withGate, steps: withGate.steps.flatMap((step): Step[] => (step.kind === 'gate' ? [] : step.kind === 'merge' ? [{ ...step, needs: ['implement'] }] : [step])) };

function begun(workflow = withGate, change: Partial<Extract<RunEvent, { type: 'TaskAccepted' }>> = {}): RunEvent[] {
  const first = accepted('quick-change');
  return [...(first.type === 'TaskAccepted' ? [{ ...first, workflow, ...change }] : []), ...changed('implement'), integrated('implement', 'base'), landed('implement', 'h1')];
}
const ticks = [{ id: 'integrity:f1', why: 'a.spec.js:3: an expectation was changed' }];
const needsLook: Evidence = { ...evidence('t', 'accepted', 'passed', ticks), verdict: 'not-verified', reason: 'needs-person' };
const binding = { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' };
const toTicks = [...begun(), ...candidate(needsLook, 1, 'base', 'h1')];

describe('a merge that nobody was asked about', () => {
  it('REQ-RUN-32 waits for the ticks that its evidence needs, and lands when they were given', () => {
    const run = given(toTicks);
    assert.deepEqual([run.commands(), run.standing(), waiting(run.state)?.at, openCheckpoints(run.state).map(({ id, about, binding: of }) => [id, about, of])], [[], { status: 'waiting', waitingFor: 'checkpoint' }, 'merge#1', [['merge#1', 'merge', binding]]]);
    assert.deepEqual([run.when(approve), run.when({ kind: 'request-changes', checkpoint: null, comments: [{ file: null, line: null, text: 'no' }], by: 'you' })], [{ refused: 'needs-tick', becauseTrue: [] }, { refused: 'not-here', becauseTrue: [] }]);
    const answer = run.when({ ...approve, ticks: ['integrity:f1'] });
    const ticked = given([...toTicks, ...('then' in answer ? answer.then : [])]);
    assert.deepEqual([ticked.commands(), landable(ticked.state), ticked.state.checkpoints.map(({ id, state, ticks: own }) => [id, state, own])], [['land merge#1'], binding, [['merge#1', 'approved', ['integrity:f1']]]]);
    const row = (state: typeof run.state) => viewOf(state).steps.find(({ id }) => id === 'merge');
    assert.deepEqual([row(run.state)?.state, row(run.state)?.detail, row(ticked.state)?.state], ['waiting', 'waits for your ticks', 'landing']);
  });

  it('REQ-RUN-32 asks for a waiver there, too, and no policy and no --yes stands for a look', () => {
    const red = { ...needsLook, gates: needsLook.gates.map((gate) => ({ ...gate, verdict: 'not-verified' as const, reason: 'no-tests' as const })) };
    const both = given([...begun(), ...candidate(red, 1, 'base', 'h1')]);
    assert.deepEqual(['then' in both.when({ ...approve, ticks: ['integrity:f1'] }), 'then' in both.when({ ...approve, ticks: ['integrity:f1'], waivers: [{ gate: 'unit', reason: 'known' }] })], [false, true]);
    const settings = { sandbox: 'prefer', slots: 3, yes: ['merge' as const], stepMinutes: 30, policy: 'never' } as const;
    assert.equal(passing(given([...begun(withGate, { settings: { ...settings, yes: ['merge'] } }), ...candidate(needsLook, 1, 'base', 'h1')]).state), null);
  });

  it('REQ-RUN-32 asks anew about what stands there when the target moved, and ends with the person who says no', () => {
    const moved: RunEvent[] = [...toTicks, { type: 'LandingVoided', command: '', tip: 'other', why: 'moved' }, ...candidate({ ...needsLook, id: 'e2', tree: 't2' }, 2, 'other', 'h1')];
    assert.deepEqual(given(moved).state.checkpoints.map(({ id, state, binding: { base } }) => [id, state, base]), [['merge#1', 'void', 'base'], ['merge#2', 'open', 'other']]);
    const over = given([...toTicks, { type: 'CheckpointRejected', checkpoint: 'merge#1', reason: 'no', by: 'you' }]);
    assert.deepEqual([over.standing(), over.state.checkpoints.map(({ state }) => state)], [{ status: 'rejected', waitingFor: null }, ['rejected']]);
  });

  it('REQ-RUN-32 holds where the merge proves the tree itself, and asks for nothing where nothing needs a look', () => {
    const judged = (found: Evidence): RunEvent[] => candidate(found, 1, 'base', 'h1').map((event) => (event.type === 'CandidateMade' || event.type === 'CandidateJudged' ? { ...event, step: 'merge', command: event.command.replace('test', 'merge') } : event));
    const [asks, lands] = [needsLook, evidence('t')].map((found) => given([...begun(alone), ...judged(found)]));
    assert.deepEqual([asks?.standing(), asks?.commands(), lands?.commands()], [{ status: 'waiting', waitingFor: 'checkpoint' }, [], ['land merge#1']]);
  });

  it('REQ-RUN-19 a journal of before, whose merge landed without, ends as it did', () => {
    const run = given([...toTicks, { type: 'Landed', command: 'merge#1', commit: 'squash-base', tree: 't', target: 'refs/heads/main' }]);
    assert.deepEqual([run.standing().status, run.state.checkpoints.map(({ state }) => state)], ['merged', ['void']]);
  });
});

const test = (name: string, state: RedGreen['tests'][number]['state'], shown = 'shown') => ({ test: name, state, shown });
const lacks = { ...evidence('t').gates[0], id: proofGateId, verdict: 'not-verified', reason: 'no-red-proof' } as Evidence['gates'][number];

describe('what a run knows of proofs', () => {
  it('REQ-GATE-125 what one gate step proves another one of the same tree need not', () => {
    const [unit, lint] = [evidence('t'), evidence('t')];
    const proven: Evidence = { ...unit, redGreen: { state: 'proven', tests: [test('new', 'proven')] }, baseTests: { state: 'hold', failing: [] } };
    const unproven: Evidence = { ...lint, verdict: 'not-verified', reason: 'no-red-proof', gates: [...lint.gates, lacks], redGreen: { state: 'none', tests: [] }, baseTests: { state: 'none', failing: [] }, ticks };
    const found = together([unproven, proven]), still = together([unproven, { ...unproven, ticks }]);
    assert.deepEqual([found?.verdict, found?.gates.map(({ id }) => id), found?.redGreen?.state, found?.baseTests?.state, found?.ticks], ['accepted', ['unit', 'unit'], 'proven', 'hold', ticks]);
    assert.deepEqual([still?.reason, still?.gates.map(({ id }) => id), still?.ticks.length], ['no-red-proof', ['unit', proofGateId, 'unit', proofGateId], 1]);
  });

  it('REQ-GATE-126 puts in order what is proven, what is not, and what was touched, each with its tick and its waiver', () => {
    const found: Evidence = {
      ...evidence('t', 'accepted', 'passed', [{ id: 'base-test:old', why: 'it fails' }, { id: 'protected:infra/a', why: 'infra/a is protected.' }, ...ticks]), verdict: 'not-verified', reason: 'needs-person',
      redGreen: { state: 'not-discriminating', tests: [test('new', 'proven'), test('idle', 'not-discriminating'), test('late', 'inconclusive', 'the run took too long\nmore')] },
      baseTests: { state: 'fail', failing: [{ test: 'old', shown: 'x', asked: false }, { test: 'planned', shown: 'x', asked: true }] },
      change: { files: 1, lines: 1, code: 1, marks: ['infra/a: protected', '.github/ci.yml: protected', 'a: symlink'], dependencies: [] },
    };
    const all = [...evidence('t').gates, lacks];
    const events = [...allLanded(), ...candidate({ ...found, gates: all }), ...reviewed()];
    const answer = given(events).when({ ...approve, ticks: found.ticks.map(({ id }) => id), waivers: [{ gate: proofGateId, reason: 'seen by hand' }] });
    const shown = (rows: readonly ProofRow[] | undefined): readonly string[] => (rows ?? []).map(({ kind, what, why, tick, tickedBy, waived }) => [`${kind} ${what}: ${why}`, tick ?? '', tickedBy ?? '', waived?.reason ?? ''].join(' | '));
    const [before, after] = [events, [...events, ...('then' in answer ? answer.then : [])]].map((one) => proofStanding(given(one).state));
    assert.deepEqual([shown(before?.proven), shown(before?.open), shown(before?.touched)], [
      ['gate unit: accepted, 1 test passed |  |  | ', 'test new: fails without the change, and passes with it |  |  | '],
      [
        'gate red-green-proof: not-verified (no-red-proof), 1 test passed |  |  | ', 'test idle: passes without the change, too |  |  | ', 'test late: nobody can say: the run took too long |  |  | ',
        'base-tests old: as the base has it, it fails on the change | base-test:old |  | ', 'base-tests planned: as the base has it, it fails on the change; the plan names it |  |  | ',
      ],
      ['tick protected:infra/a: infra/a is protected. | protected:infra/a |  | ', 'tick integrity:f1: a.spec.js:3: an expectation was changed | integrity:f1 |  | ', 'path .github/ci.yml: is protected |  |  | '],
    ]);
    assert.deepEqual([shown(after?.open).filter((row) => /you|seen/.test(row)), shown(after?.touched).slice(0, 1)], [
      ['gate red-green-proof: not-verified (no-red-proof), 1 test passed |  |  | seen by hand', 'base-tests old: as the base has it, it fails on the change | base-test:old | you | '], ['tick protected:infra/a: infra/a is protected. | protected:infra/a | you | '],
    ]);
  });

  it('REQ-GATE-127 takes a test for named only by its whole title, and lets a changed expectation of that one pass without a tick', () => {
    const names = ['Shelf › adds a book', 'lists: all', ' '];
    assert.deepEqual(['test/shelf.test.js › Shelf › adds a book', 'test/list.test.js › lists all', 'test/list.test.js › lists all twice', 'adds a book', 'a', ''].map((id) => isNamed(names, id)), [true, true, false, false, false, false]);
    const finding = { id: 'f1', kind: 'expectation-changed', file: 'a.spec.js', line: 3, test: 'lists all', before: '1', after: '2', why: 'It was changed.', severity: 'medium', by: 'parser' } as const;
    assert.deepEqual(askedFor([finding, { ...finding, test: 'other' }, { ...finding, kind: 'assertion-weakened' }], (one) => isNamed(names, one)).map(({ severity, why }) => `${severity}: ${why}`), ['low: It was changed. The plan names this test.', 'medium: It was changed.', 'medium: It was changed.']);
  });
});
