import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Plan } from '../../src/core/plan.ts';
import { planFromText, planToText } from '../../src/workflows/planText.ts';

const subtask = (id: string, more: Partial<Plan['subtasks'][number]> = {}): Plan['subtasks'][number] => ({ id, title: `Do ${id}`, description: 'As said.', needs: [], scope: ['src/**'], requirements: [], tests: [], ...more });

describe('plans as text (specs/run.md)', () => {
  it('REQ-RUN-20 a plan comes through its text as it was, whatever stands in it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const plans = fc.record({ summary: text, subtasks: fc.array(fc.record({ title: text, description: text, requirements: fc.array(text, { maxLength: 3 }), tests: fc.array(text, { maxLength: 2 }), estimate: fc.option(fc.integer({ min: 1, max: 1_440 }), { nil: undefined }) }), { minLength: 1, maxLength: 4 }) });
    fc.assert(fc.property(plans, ({ summary, subtasks }) => {
      const plan: Plan = { summary, subtasks: subtasks.map(({ estimate, ...one }, index) => subtask(`s${index}`, { ...one, ...(estimate === undefined ? {} : { estimate }), needs: index > 0 ? ['s0'] : [] })) };
      assert.deepEqual(planFromText(planToText(plan)), { ok: true, value: plan });
    }));
  });

  it('REQ-RUN-20 text of several lines is written as lines', () => {
    const text = planToText({ summary: 'Two things.', subtasks: [subtask('one', { description: 'First this.\nThen that: "quoted".\n', requirements: ['REQ-A-01'] })] });
    assert.equal(text.slice(text.indexOf('summary')), `summary: Two things.
subtasks:
  - id: one
    title: Do one
    description: |
      First this.
      Then that: "quoted".
    needs: []
    scope:
      - src/**
    requirements:
      - REQ-A-01
    tests: []
`);
  });

  it('REQ-RUN-20 what a person leaves out has its default; every mistake is named with its line', () => {
    assert.deepEqual(planFromText('summary: One\nsubtasks:\n- { id: one, title: One, description: Do it, scope: ["**"] }\n'), { ok: true, value: { summary: 'One', subtasks: [subtask('one', { title: 'One', description: 'Do it', scope: ['**'] })] } });
    const found = planFromText('summary: One\nsubtasks:\n  - id: One Two\n    title: x\n    scope: []\n    more: 1\n');
    assert.deepEqual(found.ok ? [] : found.refusal.map((mistake) => mistake.slice(0, mistake.indexOf(': ', 9))), ['line 3: subtasks.0.id', 'line 3: subtasks.0.description', 'line 5: subtasks.0.scope', 'line 3: subtasks.0']);
    assert.deepEqual([planFromText(''), planFromText('a: [1'), planFromText('- x')].map((result) => result.ok), [false, false, false]);
    const bomb = planFromText(`a: &a [x]\n${Array.from({ length: 8 }, (_, n) => `${'bcdefghi'[n]}: &${'bcdefghi'[n]} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(',')}]`).join('\n')}\n`);
    assert.equal(bomb.ok, false);
  });
});
