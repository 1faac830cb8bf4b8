import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { downstream } from '../../src/core/graph.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';
import { builtinWorkflow } from '../support/given.ts';

const mistakesOf = (text: string) => { const read = readWorkflow(text); return read.ok ? [] : read.refusal; };

describe('workflow files', () => {
  it('REQ-WORKFLOW-01 the built-in ones are valid, and say their steps in order', () => {
    assert.deepEqual(builtinWorkflow('spec-and-build').steps.map((step) => step.id), ['plan', 'approve-plan', 'implement', 'test', 'review', 'approve-merge', 'merge']);
    assert.deepEqual(builtinWorkflow('quick-change').steps.map((step) => step.id), ['implement', 'test', 'approve-merge', 'merge']);
  });

  it('REQ-WORKFLOW-02 names every mistake at once, each with its line', () => {
    const found = mistakesOf('name: X\ndescription: d\nsteps:\n  - id: a\n    kind: agent\n    role: wizard\n    gives: tree\n    repairs: -1\n  - id: B!\n    kind: merge\n    colour: red\n');
    assert.deepEqual(found.map(({ line }) => line), [6, 8, 9, 9]);
    assert.match(found.map(({ message }) => message).join('\n'), /role.*\n.*repairs.*\n.*id.*\n.*colour/s);
  });

  it('REQ-WORKFLOW-03 refuses steps that need or rework what no earlier step is', () => {
    const found = mistakesOf('name: X\ndescription: d\nsteps:\n  - { id: a, kind: gate, needs: [b], rework: c, repairs: 1 }\n  - { id: a, kind: merge }\n');
    assert.deepEqual(found.map(({ message }) => message), [
      'step "a" needs "b", which no earlier step is called', 'step "a" sends work back to "c", which is no earlier agent step', 'step "a" stands twice; give each step its own id',
    ]);
  });

  it('REQ-WORKFLOW-04 refuses alias bombs, doubled keys, oversized files and broken YAML without going down', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\nsteps: [*d,*d,*d,*d,*d,*d,*d,*d]\n`;
    for (const text of [bomb, 'name: a\nname: b\n', `name: ${'x'.repeat(300_000)}`, 'name: [', '', '__proto__: { polluted: true }']) assert.ok(mistakesOf(text).length > 0, text.slice(0, 40));
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('REQ-WORKFLOW-05 knows what comes after a step', () => {
    assert.deepEqual(downstream(builtinWorkflow('spec-and-build'), 'test').map((step) => step.id), ['review', 'approve-merge', 'merge']);
  });
});
