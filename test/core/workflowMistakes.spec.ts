// What is wrong with a workflow as data, whoever wrote it: an agent's proposal, a file of another form. Each with its step, its field and its words.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { workflowSchema } from '../../src/core/workflow.ts';
import { mistakes } from '../../src/core/workflowMistakes.ts';
import { agent, checkpoint, gate, inside, merge, plan, review, run, tool, use } from './conformance/workflowOf.ts';

type Steps = readonly object[];
const told = (steps: Steps, more: object = {}): readonly string[] => mistakes(workflowSchema.parse({ name: 'case', description: '', steps, ...more })).map(({ step, field, at, message }) => `${step ?? '-'} ${field}${at === null ? '' : `:${at}`} | ${message}`);
const document = (id: string): object => agent(id, { role: 'planner', gives: 'document', landing: undefined, document: 'notes.md' });
/** One step `a`, and what is said of it. */
type Rows = readonly (readonly [Steps, ...string[]])[];

const tables: Readonly<Record<string, Rows>> = {
  'REQ-WORKFLOW-03 an id that stands twice, and needs that are not there, come later, or are in another workflow': [
    [[run('a'), run('b', { needs: ['a'] }), use('u', { needs: ['a'] }), inside('u', run('c')), inside('u', run('d', { needs: ['c'] }))]],
    [[run('a'), run('a')], 'a id | step "a" stands twice; give each step its own id'],
    [[run('b', { needs: ['a', 'b'] }), run('a')], 'b needs | step "b" needs "a", which no earlier step is called', 'b needs | step "b" needs "b", which no earlier step is called'],
    [[use('u'), inside('u', run('c')), run('b', { needs: ['u/c'] })], 'b needs | step "b" needs "u/c", which is a step of another workflow'],
    [[run('b'), use('u'), { ...inside('u', run('c')), needs: ['b'] }], 'u/c needs | step "u/c" needs "b", which is a step of another workflow'],
  ],
  'REQ-WORKFLOW-03 steps inside of what is no "use", or does not name them': [
    [[run('u'), inside('u', run('c'))], 'u/c within | step "u/c" is within "u", which is no earlier "use" that it is named after'],
    [[inside('u', run('c')), use('u')], 'u/c within | step "u/c" is within "u", which is no earlier "use" that it is named after'],
    [[use('u'), { ...run('c'), within: 'u' }], 'c within | step "c" is within "u", which is no earlier "use" that it is named after'],
    [[use('u'), { ...run('uc'), within: 'u' }], 'uc within | step "uc" is within "u", which is no earlier "use" that it is named after'],
  ],
  'REQ-FLOW-06 agent, run, tool and use can be repeated, and nothing else': [
    [[agent('a'), run('b'), tool('c'), use('d')].map((step) => ({ ...step, loop: { until: 'true', max: 2 } }))],
    ...[gate('a'), checkpoint('a', 'review'), merge('a')].map((step): Rows[number] => [[{ ...step, loop: { until: 'true', max: 2 } }], 'a loop | step "a" cannot be repeated: a loop is for agent, run, tool and use']),
  ],
  'REQ-FLOW-16 work is sent back to an earlier agent of the same workflow': [
    [[agent('a'), gate('g', { rework: 'a' }), review('r', { rework: 'a' }), checkpoint('c', 'review', { rework: 'a' })]],
    [[agent('w'), use('u'), inside('u', agent('a')), inside('u', gate('g', { rework: 'a' }))]],
    [[gate('g', { rework: 'a' }), agent('a')], 'g rework | step "g" sends work back to "a", which is no earlier agent step'],
    [[run('a'), gate('g', { rework: 'a' })], 'g rework | step "g" sends work back to "a", which is no earlier agent step'],
    [[agent('a'), use('u'), { ...inside('u', gate('g')), rework: 'a' }], 'u/g rework | step "u/g" sends work back to "a", which is no earlier agent step'],
  ],
  'REQ-WORKFLOW-09 a plan, a document or candidates that nobody gives': [
    [[plan(), agent('a', { forEach: 'plan' }), document('d'), agent('x', { landing: 'choice' }), ...[['plan', 'plan'], ['document', 'd'], ['choice', 'x'], ['review', 'd'], ['merge', 'd']].map(([about, of]) => checkpoint(`c-${about}`, about as string, { of })), checkpoint('any', 'plan')]],
    [[agent('p'), agent('a', { forEach: 'p' })], 'a forEach | step "a" runs for each subtask of "p", which gives no plan'],
    [[run('p'), agent('a', { forEach: 'p' })], 'a forEach | step "a" runs for each subtask of "p", which gives no plan'],
    [[agent('a', { forEach: 'p' }), plan('p')], 'a forEach | step "a" runs for each subtask of "p", which gives no plan'],
    [[agent('a'), checkpoint('c', 'plan', { of: 'a' })], 'c of | step "c" is about the plan of "a", which gives none'],
    [[checkpoint('c', 'plan', { of: 'p' }), plan('p')], 'c of | step "c" is about the plan of "p", which gives none'],
    [[plan('p'), checkpoint('c', 'document', { of: 'p' }), checkpoint('d', 'document')], 'c of | step "c" is about the document of "p", which gives none', 'd of | step "d" is about the document of "", which gives none'],
    [[run('a', { gives: 'tree', landing: 'choice' }), checkpoint('c', 'choice', { of: 'a' })]],
    [[agent('a'), gate('g'), ...['a', 'g', 'z', null].map((of, at) => checkpoint(`c${at}`, 'choice', { of }))], ...['a', 'g', 'z', ''].map((of, at) => `c${at} of | step "c${at}" is about the candidates of "${of}", which does not land by choice`)],
  ],
  'REQ-WORKFLOW-11 each place for an expression: what is right there, and what is not': [
    [[run('a', { if: 'true && round > 0', loop: { until: 'steps.a.outputs.exit == 0', max: 2 }, env: { N: 'task.id' } }), run('b', { needs: ['a'], if: 'steps.a.outputs.exit == 0', forEach: { over: 'list', of: '[1]' }, env: { N: 'matrix.item' } })]],
    [[run('a', { if: '1' })], 'a if:0 | step "a", if: a boolean is needed here, this is a number'],
    [[run('a', { if: 'true && nothing' })], 'a if:8 | step "a", if: "nothing" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes'],
    [[run('a', { loop: { until: 'steps.a.outputs.exit', max: 2 } })], 'a loop.until:0 | step "a", loop.until: a boolean is needed here, this is a number'],
    [[run('a', { forEach: { over: 'list', of: 'task.id' } })], 'a forEach.of:0 | step "a", forEach.of: a list is needed here, this is a string'],
    [[run('a', { env: { GOOD: 'task.id', BAD: '(' } })], 'a env.BAD:1 | step "a", env.BAD: the expression ends too early'],
    [[agent('a', { prompt: 'do ${{ 1 + }} it' })], 'a prompt:9 | step "a", prompt: "+" is no part of an expression'],
    [[tool('a', { with: { one: 'x ${{ nothing }}', deep: { list: [1, null, 'y', '${{ other }}'] } } })],
      'a with.one:6 | step "a", with.one: "nothing" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes', 'a with.deep:4 | step "a", with.deep: "other" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes'],
    [[use('u', { inputs: { n: 'nothing' }, outputs: { o: 'steps.c.outputs.exit', p: 'steps.d.outputs.exit' } }), inside('u', run('c'))],
      'u inputs.n:0 | step "u", inputs.n: "nothing" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes', 'u outputs.p:0 | step "u", outputs.p: no step before this one is called "d"; there is c'],
  ],
  'REQ-FLOW-04 a row is seen by what works on it, and not by what decides of the step as a whole': [
    [[run('a', { forEach: { over: 'list', of: '[1]' }, if: 'matrix.item == 1' })], 'a if:0 | step "a", if: "matrix" is only there in a step with "for-each"'],
    [[run('a', { forEach: { over: 'list', of: '[1]' }, loop: { until: 'matrix.item == 1', max: 2 } })], 'a loop.until:0 | step "a", loop.until: "matrix" is only there in a step with "for-each"'],
    [[run('a', { forEach: { over: 'list', of: '[matrix.item]' } })], 'a forEach.of:1 | step "a", forEach.of: "matrix" is only there in a step with "for-each"'],
    [[agent('a', { forEach: { over: 'list', of: '[1]' }, prompt: 'do ${{ matrix.item }}' }), tool('b', { forEach: { over: 'list', of: '[1]' }, with: { n: '${{ matrix.item }}' } })]],
  ],
};

describe('mistakes in a workflow', () => {
  for (const [what, rows] of Object.entries(tables)) it(what, () => assert.deepEqual(rows.map(([steps]) => told(steps)), rows.map(([, ...expected]) => expected)));

  it('REQ-WORKFLOW-11 the outputs of a workflow look at its own steps', () => {
    assert.deepEqual(told([run('a')], { outputs: { good: 'steps.a.outputs.exit', bad: '1 + 1' } }), ['- outputs.bad:2 | outputs.bad: "+" is no part of an expression']);
  });

  it('REQ-WORKFLOW-11 are told all at once; expressions are only looked at where the graph is sound', () => {
    assert.deepEqual(told([run('a', { if: '1' }), run('b', { env: { N: '(' } })]).length, 2);
    assert.deepEqual(told([run('a', { if: '1', needs: ['z'] }), run('a', { needs: ['y'] })]).map((line) => line.split(' |')[0]), ['a needs', 'a id', 'a needs']);
  });
});
