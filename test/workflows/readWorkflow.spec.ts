import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'mocha';
import { downstream } from '../../src/core/graph.ts';
import type { Step } from '../../src/core/workflow.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';
import type { ReadOptions } from '../../src/workflows/readWorkflow.ts';
import { builtinWorkflow } from '../support/given.ts';

/** A file of these steps. */
const file = (...steps: readonly string[]): string => `name: X\ndescription: d\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
const mistakesOf = (text: string, options?: ReadOptions) => { const read = readWorkflow(text, options); return read.ok ? [] : read.refusal; };
const stepsOf = (text: string, options?: ReadOptions): readonly Step[] => {
  const read = readWorkflow(text, options);
  assert.deepEqual(read.ok ? [] : read.refusal, []);
  return read.ok ? read.value.workflow.steps : [];
};

describe('workflow files', () => {
  it('REQ-WORKFLOW-01 the built-in ones are valid, and say their steps in order', () => {
    const folder = new URL('../../src/workflows/builtin/', import.meta.url);
    assert.deepEqual(Object.fromEntries(readdirSync(folder).map((name) => name.replace('.yaml', '')).map((name) => [name, builtinWorkflow(name).steps.map((step) => step.id).join(' ')])), {
      'fix-bug': 'investigate reproduce fix test review approve-merge merge',
      'full-sdd': 'requirements check-requirements approve-requirements spec check-spec approve-spec plan approve-plan implement test review approve-merge merge',
      'quick-change': 'implement test approve-merge merge',
      race: 'build choose test approve-merge merge',
      'review-only': 'range review',
      'spec-and-build': 'plan approve-plan implement test review approve-merge merge',
    });
  });

  it('REQ-WORKFLOW-04 refuses alias bombs, doubled keys, oversized files, endless nesting and broken YAML without going down (case 4)', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\nsteps: [*d,*d,*d,*d,*d,*d,*d,*d]\n`;
    const hostile = [bomb, 'name: a\nname: b\n', `name: ${'x'.repeat(300_000)}`, 'x'.repeat(50_000_000), 'name: [', '', '__proto__: { polluted: true }', '['.repeat(250_000), '- '.repeat(120_000), '{a: '.repeat(60_000), 'x: &x [*x]'];
    for (const text of hostile) {
      const found = mistakesOf(text);
      assert.ok(found.length > 0 && found.every((mistake) => mistake.line >= 1 && mistake.column >= 1 && mistake.fix !== ''), text.slice(0, 40));
    }
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('REQ-WORKFLOW-05 gives every text that it is made of, for its hash', () => {
    const inner = file('{ id: a, agent: implementer }');
    const texts = { inner, outer: file('{ id: sub, use: inner }'), not: 'x' };
    const parts = (text: string) => { const read = readWorkflow(text, { resolve: (id) => texts[id as keyof typeof texts] ?? null }); return read.ok ? read.value.texts : read.refusal.map(({ message }) => message); };
    assert.deepEqual(parts(inner), [{ id: '', text: inner }]);
    assert.deepEqual(parts(file('{ id: sub, use: nowhere }')), ['there is no workflow "nowhere"']);
  });

  it('knows what comes after a step', () => {
    assert.deepEqual(downstream(builtinWorkflow('spec-and-build'), 'test').map((step) => step.id), ['review', 'approve-merge', 'merge']);
  });

  it('REQ-WORKFLOW-10 fills in what a role usually does', () => {
    const steps = stepsOf(file('{ id: plan, agent: planner }', '{ id: make, agent: implementer, needs: plan, for-each: plan.subtasks }', '{ id: look, agent: reviewer, needs: make }'));
    assert.deepEqual(steps.map((step) => (step.kind === 'agent' ? [step.role, step.gives, step.landing ?? null, step.repairs, step.forEach ?? null] : null)), [
      ['planner', 'plan', null, 2, null], ['implementer', 'tree', 'gated', 3, { over: 'subtasks', of: 'plan' }], ['reviewer', 'review', null, 1, null],
    ]);
  });

  it('puts earlier steps first, whatever the order of the file', () => {
    assert.deepEqual(stepsOf(file('{ id: b, agent: implementer, needs: a }', '{ id: a, agent: implementer }')).map((step) => [step.id, step.needs]), [['a', []], ['b', ['a']]]);
  });
});
