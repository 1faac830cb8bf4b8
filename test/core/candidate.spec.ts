// What would land, as the run takes it: what its gates say, what they say of it in part, what a conflict with the target means.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState } from '../../src/core/state.ts';
import { afterC, allLanded, candidate, evidence, given } from '../support/given.ts';

type Accepted = Extract<RunEvent, { type: 'TaskAccepted' }>;
type GateStep = Extract<Accepted['workflow']['steps'][number], { kind: 'gate' }>;

/** The run up to its gate `test`, which is as `change` says; the task is held to a requirement that nothing serves. */
const upTo = (change: Partial<GateStep>, ...more: RunEvent[]): RunState => given([...allLanded(), ...more].map((event) => (event.type === 'TaskAccepted'
  ? { ...event, requirements: [{ id: 'REQ-A-1', text: 'adds', file: 'specs/a.md', line: 1, held: true }], workflow: { ...event.workflow, steps: event.workflow.steps.map((step) => (step.kind === 'gate' ? { ...step, ...change } : step)) } } : event))).state;
const gate = (state: RunState) => {
  const own = state.steps.find(({ id }) => id === 'test');
  return { status: own?.status, gate: own?.gate, why: own?.why, outputs: own?.outputs, evidence: own?.evidence && `${own.evidence.verdict} ${own.evidence.reason}`, whole: state.candidateEvidence && `${state.candidateEvidence.verdict} ${state.candidateEvidence.reason}` };
};
const judged = (complete: boolean): RunEvent[] => candidate(evidence('t')).map((event) => (event.type === 'CandidateJudged' && complete ? { ...event, complete: true as const } : event));
const passed = (verdict: string, reason: string) => ({ verdict, reason, passed: 1, failed: 0 });

describe('REQ-GATE-150 what a gate step says of what would land', () => {
  it('is held against what the task promised where it ran all gates; where it ran some, only what all steps say together is', () => {
    const done = { status: 'done', gate: null, why: null };
    assert.deepEqual([gate(upTo({}, ...judged(true))), gate(upTo({}, ...judged(false))), gate(upTo({ gates: ['unit'] }, ...judged(true)))], [
      { ...done, outputs: passed('not-verified', 'incomplete'), evidence: 'not-verified incomplete', whole: 'not-verified incomplete' },
      { ...done, outputs: passed('accepted', 'passed'), evidence: 'accepted passed', whole: 'accepted passed' },
      { ...done, outputs: passed('accepted', 'passed'), evidence: 'accepted passed', whole: 'not-verified incomplete' },
    ]);
  });
});

describe('a conflict of what would land with the target', () => {
  const conflict = (back: boolean): RunEvent => ({ type: 'CandidateConflicted', command: 'test#1:candidate', step: 'test', n: 1, head: afterC, onto: 'tip', files: ['a.ts', 'b.ts'], ...(back ? { back: true as const } : {}) });
  const why = 'conflict with refs/heads/main in a.ts, b.ts';

  it('goes to the agent of the gate as often as the gate repairs, with the files, the tip and what was there', () => {
    const state = upTo({ repairs: 1 }, conflict(true));
    assert.deepEqual([state.conflicts, state.units.filter(({ feedback }) => feedback.length > 0).map(({ feedback }) => feedback), state.candidate], [[{ onto: 'tip', files: ['a.ts', 'b.ts'] }], [[{ kind: 'conflict', files: ['a.ts', 'b.ts'], onto: 'tip', previous: afterC }]], null]);
  });

  it('stands with the files that it is in where nobody repairs it, and is an outcome where the step may fail', () => {
    const failed = { status: 'active', gate: { kind: 'failed', why }, why: null, outputs: {}, evidence: null, whole: null };
    assert.deepEqual([gate(upTo({ repairs: 0 }, conflict(true))), gate(upTo({ repairs: 2 }, conflict(false)))], [failed, failed]);
    assert.deepEqual(gate(upTo({ repairs: 0, continueOnError: true }, conflict(true))), { status: 'failed', gate: null, why, outputs: { verdict: 'rejected', reason: 'conflict', passed: 0, failed: 0 }, evidence: null, whole: null });
  });
});

describe('a red gate of what would land', () => {
  const red = (verdict: 'rejected' | 'error'): RunEvent[] => candidate(evidence('t', verdict, verdict === 'rejected' ? 'new-failures' : 'killed'));

  it('stands as failed or as broken, with what it came to, and is an outcome with its counts where the step may fail', () => {
    const of = (state: RunState) => ({ gate: gate(state).gate, status: gate(state).status, why: gate(state).why, outputs: gate(state).outputs });
    const next = 'Mend what the log names, then retry; or approve with a waiver.';
    assert.deepEqual([of(upTo({ repairs: 0 }, ...red('rejected'))), of(upTo({ repairs: 0 }, ...red('error'))), of(upTo({ repairs: 0, continueOnError: true }, ...red('rejected')))], [
      { gate: { kind: 'failed', why: 'gate rejected: new-failures' }, status: 'active', why: null, outputs: passed('rejected', 'new-failures') },
      { gate: { kind: 'stuck', waitingFor: 'gate', why: 'gate error: killed', next }, status: 'active', why: null, outputs: passed('error', 'killed') },
      { gate: null, status: 'failed', why: 'gate rejected: new-failures', outputs: passed('rejected', 'new-failures') },
    ]);
  });
});
