// What a step hands over without declaring it, and how the outputs of a fan-out come together.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Review } from '../../src/core/plan.ts';
import type { Attempt, Unit } from '../../src/core/state.ts';
import { gateOutputs, workOutputs } from '../../src/core/stepOutputs.ts';
import type { WorkStep } from '../../src/core/workflow.ts';
import { evidence, plan } from '../support/given.ts';
import { begun, run } from './conformance/workflowOf.ts';

const { units: [unit], workflow: { steps: [step] } } = begun([run('it', { outputs: { size: { type: 'number' }, names: { type: 'list' } } })]);
const one = step as WorkStep, many: WorkStep = { ...one, forEach: { over: 'agents', copies: 2 } };

const attempt = (outcome: Outcome | null): Attempt => ({ n: 1, agent: '', start: '', startedAt: 0, finishedAt: null, outcome, usage: { input: 0, cached: 0, output: 0, calls: 0 }, costUsd: 0, estimatedUsd: 0, durationMs: 0, evidence: null });
/** A unit with attempts that came to this. */
const done = (outcomes: readonly (Outcome | null)[], phase: Unit['phase'] = { kind: 'given' }): Unit => ({ ...(unit as Unit), phase, attempts: outcomes.map(attempt) });
const result = (outputs?: Outcome['outputs']): Outcome => ({ kind: 'result', summary: '', ...(outputs ? { outputs } : {}) });
const tree = (files: number): Outcome => ({ kind: 'tree', commit: '', tree: '', summary: '', files, hidden: [], outOfScope: [] });
const nothing: Outcome = { kind: 'no-changes', summary: '' };
const review = (verdict: Review['verdict'], ...severities: Review['findings'][number]['severity'][]): Outcome => ({ kind: 'review', review: { summary: '', criteria: [], findings: severities.map((severity) => ({ file: 'a', line: 1, severity, message: '' })), verdict } });

describe('REQ-FLOW-05 what a step hands over', () => {
  it('of a gate: its verdict, and the tests of all gates together', () => {
    const found = evidence('t', 'rejected', 'new-failures'), [gate] = found.gates;
    assert.ok(gate);
    const counted = (passed: number, failed: number) => ({ ...gate, tests: { ...gate.tests, passed, failed } });
    assert.deepEqual([gateOutputs({ ...found, gates: [counted(3, 1), counted(4, 2)] }), gateOutputs({ ...found, gates: [] })], [{ verdict: 'rejected', reason: 'new-failures', passed: 7, failed: 3 }, { verdict: 'rejected', reason: 'new-failures', passed: 0, failed: 0 }]);
  });

  it('of one piece of work: what its last attempt gave, and what it declared', () => {
    const of = (...outcomes: (Outcome | null)[]) => workOutputs(one, [done(outcomes)]);
    assert.deepEqual([of(result()), of(result({ size: 3 })), of(tree(2)), of(nothing), of({ kind: 'plan', plan }), of(tree(9), tree(2)), of({ ...tree(2), outputs: { size: 1 } }), of(null), of(), workOutputs(one, [])], [
      {}, { size: 3 }, { files: 2 }, { files: 0 }, { subtasks: 3 }, { files: 2 }, { files: 2, size: 1 }, {}, {}, {},
    ]);
  });

  it('of a review: its verdict, its findings, and how many of them are high', () => {
    const of = (...outcomes: Outcome[]) => workOutputs(outcomes.length > 1 ? many : one, outcomes.map((outcome) => done([outcome])));
    assert.deepEqual([of(review('approve')), of(review('approve', 'low', 'high')), of(review('changes'))], [{ verdict: 'approve', findings: 0, high: 0 }, { verdict: 'changes', findings: 2, high: 1 }, { verdict: 'changes', findings: 0, high: 0 }]);
    assert.deepEqual(of(review('approve', 'low'), review('changes', 'medium')), { verdict: 'changes', findings: 2, high: 0, count: 2, failed: 0, size: [], names: [] }, 'of several, one that asks for changes is enough');
  });

  it('of a fan-out: how many, how many failed, sums, and each declared output as a list in the order of the rows', () => {
    const failed: Unit['phase'] = { kind: 'failed', why: '', evidence: null, resume: { kind: 'pending' } };
    const rows = [done([{ ...tree(2), outputs: { size: 1, names: ['a', 'b'] } }]), done([nothing], failed), done([{ ...tree(3), outputs: { size: 2, names: [], other: 1 } }]), done([{ ...tree(50), outputs: { size: 50 } }], { kind: 'skipped', why: '' })];
    assert.deepEqual([workOutputs(many, rows), workOutputs(many, [])], [{ files: 5, count: 4, failed: 1, size: [1, 2], names: ['a', 'b'] }, { count: 0, failed: 0, size: [], names: [] }]);
    assert.deepEqual(workOutputs(many, [done([{ kind: 'plan', plan }]), done([{ kind: 'plan', plan }])])['subtasks'], 6);
  });
});
