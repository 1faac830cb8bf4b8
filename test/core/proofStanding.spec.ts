/** What is proven of a change, what is not, and what a person let pass. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { dryRun } from '../../src/core/dryRun.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { proofStanding } from '../../src/core/proofStanding.ts';
import type { ProofRow, ProofStanding } from '../../src/core/proofStanding.ts';
import type { RunState } from '../../src/core/state.ts';
import { chosenStubs } from '../../src/core/stubs.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { allLanded, approve, candidate, evidence, given, plan, reviewed } from '../support/given.ts';

const row = (kind: ProofRow['kind'], what: string, why: string, more: Partial<ProofRow> = {}): ProofRow => ({ kind, what, why, tick: null, tickedBy: null, waived: null, ...more });
const standing = (found: Evidence, events: readonly RunEvent[] = allLanded()): ProofStanding | null => proofStanding(given([...events, ...candidate(found)]).state);
const [unit] = evidence('t').gates;
assert.ok(unit);
const red = { ...evidence('t', 'not-verified', 'no-tests'), ticks: [{ id: 'integrity:f1', why: 'an expectation was changed' }] };
const accepted = row('gate', 'unit', 'accepted, 1 test passed');

describe('what is proven of what would land (REQ-GATE-126)', () => {
  it('is not told before anything has judged it', () => {
    assert.deepEqual(proofStanding(given(allLanded()).state), null);
  });

  it('is each requirement whose tests passed, by those; the others say why not', () => {
    const serving: Record<string, { requirements: string[]; tests: string[] }> = { a: { requirements: ['REQ-1'], tests: ['adds', 'takes away'] }, b: { requirements: ['REQ-2'], tests: ['sorts'] } };
    const events = allLanded().map((event): RunEvent => (event.type === 'AttemptFinished' && event.outcome.kind === 'plan' ? { ...event, outcome: { ...event.outcome, plan: { ...plan, subtasks: plan.subtasks.map((one) => ({ ...one, ...serving[one.id] })) } } } : event));
    const found: Evidence = { ...evidence('t'), declared: [{ test: 'adds', state: 'passed' }, { test: 'takes away', state: 'passed' }, { test: 'sorts', state: 'skipped' }] };
    assert.deepEqual(standing(found, events), { proven: [accepted, row('requirement', 'REQ-1', 'adds; takes away')], open: [row('requirement', 'REQ-2', 'skipped: "sorts"')], touched: [] });
  });

  it('is what the base has to say of the tests that were edited', () => {
    const says = (state: NonNullable<Evidence['baseTests']>['state']) => standing({ ...evidence('t'), baseTests: { state, failing: [] } });
    assert.deepEqual([says('hold'), says('inconclusive'), says('none')], [
      { proven: [accepted, row('base-tests', 'tests that the change edits', 'pass on it as the base has them, too')], open: [], touched: [] },
      { proven: [accepted], open: [row('base-tests', 'tests that the change edits', 'could not be run on it as the base has them')], touched: [] },
      { proven: [accepted], open: [], touched: [] },
    ]);
  });

  it('is nothing where no gate ran; a person lets that pass by the name "gate"', () => {
    const none = { ...evidence('t', 'not-verified', 'no-command'), gates: [] };
    const events = [...allLanded(), ...candidate(none), ...reviewed()];
    const answer = given(events).when({ ...approve, waivers: [{ gate: 'gate', reason: 'documents only' }] });
    const open = row('gate', 'gate', 'not-verified (no-command)');
    assert.deepEqual([standing(none)?.open, proofStanding(given([...events, ...('then' in answer ? answer.then : [])]).state)?.open], [[open], [{ ...open, waived: { reason: 'documents only', by: 'you' } }]]);
  });

  it('is what each gate came to, with its tests', () => {
    const gate = (verdict: Evidence['verdict'], reason: Evidence['reason'], passed: number, failed: number): Evidence => ({ ...evidence('t', verdict, reason), gates: [{ ...unit, verdict, reason, tests: { ...unit.tests, passed, failed } }] });
    const words = [gate('accepted', 'passed', 0, 0), gate('accepted', 'passed', 2, 0), gate('accepted', 'only-preexisting-failures', 3, 1), gate('rejected', 'new-failures', 0, 2), gate('not-verified', 'no-tests', 0, 0), gate('timed-out', 'timeout', 1, 0)];
    assert.deepEqual(words.map((found) => { const said = standing(found); return [...said?.proven ?? [], ...said?.open ?? []].map(({ why }) => why).join(); }), [
      'accepted', 'accepted, 2 tests passed', 'accepted (only-preexisting-failures), 1 of 4 tests failed', 'rejected (new-failures), 2 of 2 tests failed', 'not-verified (no-tests)', 'timed-out (timeout), 1 test passed',
    ]);
  });
});

describe('REQ-GATE-128 a file that landed outside of the scope of the subtask that changed it', () => {
  const outside = (files: Readonly<Record<string, readonly string[]>>): RunEvent[] => allLanded().map((event): RunEvent => (event.type === 'AttemptFinished' && event.outcome.kind === 'tree' ? { ...event, outcome: { ...event.outcome, outOfScope: [...files[event.unit] ?? []] } } : event));

  it('stands once among what was touched, with whose it is and what that may change, and asks for no tick', () => {
    const found = standing(evidence('t'), outside({ 'implement/a': ['README.md', 'package.json'], 'implement/c': ['README.md'] }));
    assert.deepEqual(found, { proven: [accepted], open: [], touched: [
      row('path', 'README.md', 'is outside of the scope of implement/a (src/**) and implement/c (src/**)'), row('path', 'package.json', 'is outside of the scope of implement/a (src/**)'),
    ] });
  });

  it('is none while that subtask has not landed', () => {
    const { state } = given([...outside({ 'implement/a': ['README.md'] }), ...candidate(evidence('t'))]);
    assert.deepEqual(proofStanding({ ...state, units: state.units.map((unit) => ({ ...unit, phase: { kind: 'ready', notBefore: 0, why: null } as const })) })?.touched, []);
  });
});

describe('what a person let pass (REQ-GATE-126)', () => {
  const events = [...allLanded(), ...candidate(red), ...reviewed()];
  const answer = given(events).when({ ...approve, ticks: ['integrity:f1'], waivers: [{ gate: 'unit', reason: 'seen by hand' }] });
  const approved = [...events, ...('then' in answer ? answer.then : [])];
  const passed = (state: RunState): unknown => { const said = proofStanding(state); return [said?.open.map(({ waived }) => waived), said?.touched.map(({ tickedBy }) => tickedBy)]; };

  it('is said with who did, and why', () => {
    assert.deepEqual([passed(given(events).state), passed(given(approved).state)], [[[null], [null]], [[{ reason: 'seen by hand', by: 'you' }], ['you']]]);
  });

  it('is said of approvals from before there were ticks, too', () => {
    const before = approved.map((event): RunEvent => (event.type === 'CheckpointApproved' ? { ...event, ticks: [] } : event));
    assert.deepEqual(passed(given(before).state), [[{ reason: 'seen by hand', by: 'you' }], [null]]);
  });

  it('is open again when the approval is void, though the same was found on the new tip', () => {
    assert.deepEqual(passed(given([...approved, { type: 'LandingVoided', command: '', tip: 'other', why: 'moved' }, ...candidate(red, 2, 'other')]).state), [[null], [null]]);
  });

  it('holds for that alone: who chose among candidates did not look at what would land', () => {
    const workflow = workflowSchema.parse({ name: 'race', description: '', steps: [
      { id: 'race', kind: 'agent', role: 'implementer', gives: 'tree', landing: 'choice', repairs: 0, needs: [], forEach: { over: 'agents', copies: 2 }, agents: ['x', 'y'] },
      { id: 'choose', kind: 'checkpoint', about: 'choice', of: 'race', needs: ['race'] }, { id: 'look', kind: 'checkpoint', about: 'merge', needs: ['choose'] },
    ] });
    const { state } = dryRun({ workflow, stubs: chosenStubs({ race: { verdict: 'rejected' }, look: { verdict: 'rejected', decision: 'wait' } }) });
    assert.deepEqual([state.checkpoints.map(({ id, state: how, waivers }) => [id, how, waivers.length]), passed(state)], [[['choose#1', 'approved', 1], ['look#1', 'open', 0]], [[null], []]]);
  });
});
