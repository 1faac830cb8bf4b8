/** A proof that is missing: who is asked for it, and how often. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { proofGateId } from '../../src/core/redGreen.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { accepted, candidate, changed, evidence, finishedAttempt, given, integrated, landed, startedAttempt } from '../support/given.ts';

const proven = evidence('t');
const lacks = { ...proven.gates[0], id: proofGateId, verdict: 'not-verified', reason: 'no-red-proof' } as Evidence['gates'][number];
const unproven: Evidence = { ...proven, id: 'e-unproven', verdict: 'not-verified', reason: 'no-red-proof', gates: [...proven.gates, lacks] };

const judged = (found: Evidence, n: number, head: string, more: { readonly proofBack?: true } = { proofBack: true }): RunEvent[] =>
  candidate(found, n, 'base', head).map((event) => (event.type === 'CandidateJudged' ? { ...event, complete: true as const, ...more } : event));
const worked = (n: number, head: string): RunEvent[] => [...changed('implement', n), integrated('implement', n === 1 ? 'base' : `h${n - 1}`, n), landed('implement', head, n)];
const begun = [accepted('quick-change'), ...worked(1, 'h1')];
const nothing: RunEvent[] = [startedAttempt('implement', 2), finishedAttempt('implement', { kind: 'no-changes', summary: 'no test can show it' }, 2)];

const at = (events: readonly RunEvent[]) => {
  const run = given(events), [unit] = run.state.units;
  return { feedback: unit?.phase.kind === 'ready' ? unit.feedback.map((one) => (one.kind === 'gate' ? one.evidence.reason : one.kind)) : [], open: openCheckpoints(run.state).map(({ id }) => id), used: run.state.steps.find(({ id }) => id === 'test')?.repairsUsed };
};

describe('a missing proof in a run', () => {
  it('REQ-GATE-129 goes to the agent, and to a person when the repairs of its step are used up', () => {
    const once = [...begun, ...judged(unproven, 1, 'h1')];
    const twice = [...once, ...worked(2, 'h2'), ...judged({ ...unproven, tree: 't2' }, 2, 'h2')];
    const thrice = [...twice, ...worked(3, 'h3'), ...judged({ ...unproven, tree: 't3' }, 3, 'h3')];
    const last = [...thrice, ...worked(4, 'h4'), ...judged({ ...unproven, tree: 't4' }, 4, 'h4')];
    assert.deepEqual([once, twice, thrice, last].map(at), [
      { feedback: ['no-red-proof'], open: [], used: 1 }, { feedback: ['no-red-proof'], open: [], used: 2 }, { feedback: ['no-red-proof'], open: [], used: 3 }, { feedback: [], open: ['approve-merge#1'], used: 3 },
    ]);
    assert.deepEqual(at([...once, ...worked(2, 'h2'), ...judged({ ...proven, tree: 't2' }, 2, 'h2')]), { feedback: [], open: ['approve-merge#1'], used: 1 });
  });

  it('REQ-GATE-129 goes to a person as soon as that agent has nothing to add', () => {
    assert.deepEqual(at([...begun, ...judged(unproven, 1, 'h1'), ...nothing, ...judged(unproven, 2, 'h1')]), { feedback: [], open: ['approve-merge#1'], used: 3 });
  });

  it('REQ-GATE-129 is a person\'s at once where something else is open, and in journals of before', () => {
    const person: Evidence = { ...unproven, reason: 'needs-person', gates: proven.gates };
    assert.deepEqual([[...begun, ...judged(person, 1, 'h1')], [...begun, ...judged(unproven, 1, 'h1', {})]].map(at), [{ feedback: [], open: ['approve-merge#1'], used: 0 }, { feedback: [], open: ['approve-merge#1'], used: 0 }]);
  });
});
