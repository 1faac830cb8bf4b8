// What expressions may look at, with its types, as the workflow declares it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { environmentOf, insideOf } from '../../src/core/declared.ts';
import type { ExpressionType } from '../../src/core/expression.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import { agent, checkpoint, gate, inside, merge, plan, review, run, tool, use } from './conformance/workflowOf.ts';

const workflowOf = (steps: readonly object[], more: object = {}): Workflow => workflowSchema.parse({ name: 'case', description: '', steps, ...more });
const word = (type: ExpressionType): string => (type.type === 'enum' ? type.values.join('|') : type.type);
const words = (types: Readonly<Record<string, ExpressionType>> | null): Record<string, string> | null => types && Object.fromEntries(Object.entries(types).map(([name, type]) => [name, word(type)]));
const seen = ({ inputs, steps, matrix }: ReturnType<typeof environmentOf>): object => ({ inputs: words(inputs), steps: Object.fromEntries(Object.entries(steps).map(([name, types]) => [name, words(types)])), matrix: words(matrix) });
const typesOf = (...steps: object[]): unknown => (seen(insideOf(workflowOf(steps), null)) as { steps: unknown }).steps;
function at(workflow: Workflow, id: string, itself?: boolean): object {
  const step = workflow.steps.find((one) => one.id === id) ?? assert.fail(id);
  return seen(environmentOf(workflow, step, itself));
}
const over = (forEach: object): Readonly<Record<string, unknown>> => ({ forEach });
const tests = { over: 'matrix', rows: [{ name: 'one', values: { os: 'linux', node: 22, slow: true } }] };

describe('what expressions may look at', () => {
  it('REQ-FLOW-04 each kind of step has the outputs that come of it', () => {
    assert.deepEqual(typesOf(plan(), review('look'), agent('write'), agent('tell', { gives: 'document', document: 'notes.md' }), gate('test'), checkpoint('ok', 'merge'), merge()), {
      plan: { subtasks: 'number' }, look: { verdict: 'approve|changes', findings: 'number', high: 'number' }, write: { files: 'number' }, tell: {},
      test: { verdict: 'accepted|rejected|not-verified|error|timed-out', reason: 'string', passed: 'number', failed: 'number' }, ok: { decision: 'approved|rejected' }, land: { commit: 'string' },
    });
  });

  it('REQ-FLOW-04 a command has its exit, its text and, where it gives a tree, its files; what is declared comes besides', () => {
    const outputs = { found: { type: 'boolean' } };
    assert.deepEqual(typesOf(run('ask', { gives: 'result', outputs }), run('make', { gives: 'tree' }), tool('get', { outputs })), { ask: { exit: 'number', stdout: 'string', found: 'boolean' }, make: { exit: 'number', stdout: 'string', files: 'number' }, get: { found: 'boolean' } });
  });

  it('REQ-FLOW-05 of a fan-out there are counts, and what is declared is a list', () => {
    const outputs = { found: { type: 'boolean' } };
    assert.deepEqual(typesOf(run('ask', { gives: 'result', outputs, ...over(tests) }), run('make', { gives: 'tree', ...over(tests) }), tool('get', over(tests))), {
      ask: { count: 'number', failed: 'number', found: 'list' }, make: { files: 'number', count: 'number', failed: 'number' }, get: { count: 'number', failed: 'number' },
    });
  });

  it('REQ-FLOW-05 a row is what the fan-out goes over', () => {
    const rows = [tests, { over: 'subtasks', of: 'plan' }, { over: 'list', of: 'inputs.files' }, { over: 'agents', copies: 2 }].map((forEach) => (at(workflowOf([plan(), agent('each', { needs: ['plan'], forEach })]), 'each') as { matrix: unknown }).matrix);
    assert.deepEqual([...rows, (at(workflowOf([agent('once')]), 'once') as { matrix: unknown }).matrix], [{ os: 'string', node: 'number', slow: 'boolean' }, { id: 'string', title: 'string' }, { item: 'any' }, { copy: 'number', agent: 'string' }, null]);
  });

  it('REQ-FLOW-04 a step sees the inputs and the steps before it, and itself only in the check of its loop', () => {
    const inputs = { area: { type: { type: 'string' }, description: '', default: null, required: false, commit: false } };
    const workflow = workflowOf([plan(), agent('write', { needs: ['plan'] }), agent('apart')], { inputs });
    const before = { inputs: { area: 'string' }, steps: { plan: { subtasks: 'number' } }, matrix: null };
    assert.deepEqual([at(workflow, 'write'), at(workflow, 'write', true), at(workflow, 'plan')], [before, { ...before, steps: { ...before.steps, write: { files: 'number' } } }, { ...before, steps: {} }]);
  });

  it('REQ-FLOW-04 inside of a use only its own inputs and steps are seen, by their own names; outside, what it gives', () => {
    const workflow = workflowOf([plan(), use('sub', { needs: ['plan'], inputs: { many: 'steps.plan.outputs.subtasks', broken: '((' }, outputs: { written: 'steps.write.outputs.files' } }), inside('sub', agent('write')), inside('sub', agent('more', { needs: ['write'] })), agent('last', { needs: ['sub'] })]);
    assert.deepEqual([at(workflow, 'sub/more'), seen(insideOf(workflow, 'sub'))], [
      { inputs: { many: 'number', broken: 'any' }, steps: { write: { files: 'number' } }, matrix: null }, { inputs: { many: 'number', broken: 'any' }, steps: { write: { files: 'number' }, more: { files: 'number' } }, matrix: null },
    ]);
    assert.deepEqual((at(workflow, 'last') as { steps: unknown }).steps, { plan: { subtasks: 'number' }, sub: { written: 'number' } });
  });
});
