/** How the steps of a run follow its plan.md: REQ-ZEN-09 of specs/workflows.md. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { planMarks, stepsOfPlan } from '../../src/core/zenflowPlan.ts';
import type { RunState } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, given, integrated, landed, startedAttempt } from '../support/given.ts';

const names = ['plan', 'build', 'review'];
const workflow = (change: (steps: object[]) => object[] = (steps) => steps) => workflowSchema.parse({
  name: 'Z', description: '', origin: 'zenflow', zenflow: { artifacts: '.zenflow/tasks/{task_id}', plan: '', instructions: 'Be kind.', presets: { fast: ['anthropic:fast'] } },
  steps: change([
    ...names.map((id, at) => ({ kind: 'agent', id, title: `Step: ${id}`, needs: names.slice(Math.max(0, at - 1), at), role: 'implementer', gives: 'tree', landing: 'direct', repairs: 3, mayChangeNothing: true })),
    { kind: 'gate', id: 'verify', needs: ['review'], rework: 'review', repairs: 2 }, { kind: 'merge', id: 'merge', needs: ['verify'] },
  ]),
});

/** The run after `plan` has landed with this plan.md. */
function after(plan: string, given_ = workflow()): RunState {
  const tree: Outcome = { kind: 'tree', commit: 'c', tree: 't', summary: '', files: 1, hidden: [], outOfScope: [], plan: [...stepsOfPlan(plan)] };
  const events: RunEvent[] = [
    { ...accepted(), workflow: given_ } as RunEvent, startedAttempt('plan'),
    { type: 'AttemptFinished', command: 'plan#1', unit: 'plan', n: 1, outcome: tree, usage: { input: 0, cached: 0, output: 0, calls: 0 }, costUsd: 0, durationMs: 1 },
    integrated('plan', 'base'), landed('plan', 'plan-1-on-base'),
  ];
  return given(events).state;
}

const chain = (state: RunState): string[] => state.workflow.steps.map((step) => `${step.needs.join()}>${step.id}${'rework' in step && step.rework !== null ? `(${step.rework})` : ''}`);
const plan = (...steps: string[]): string => steps.map((step) => `### [ ] Step: ${step}\nDo ${step}.\n`).join('\n');

describe('the steps of a Zenflow plan', () => {
  it('REQ-ZEN-09 take the place of one that is gone, in the order of the plan; the rest stays as it was', () => {
    const state = after(`${plan('plan', 'Write it', 'Test it')}### [ ] Step: review\n`);
    assert.deepEqual(chain(state), ['>plan', 'plan>write-it', 'write-it>test-it', 'test-it>review', 'review>verify(review)', 'verify>merge']);
    assert.deepEqual(state.steps.map((step) => `${step.id} ${step.status}`), ['plan done', 'write-it active', 'test-it pending', 'review pending', 'verify pending', 'merge pending']);
    assert.deepEqual(planMarks(state).map(({ heading, mark }) => `[${mark}] ${heading}`), ['[x] Step: plan', '[ ] Step: Write it', '[ ] Step: Test it', '[ ] Step: review']);
  });

  it('REQ-ZEN-09 are done after the last one when they stand behind it; what waited for the last one waits for them', () => {
    assert.deepEqual(chain(after(plan('plan', 'build', 'review', 'Mend'))).slice(2), ['build>review', 'review>mend', 'mend>verify(mend)', 'verify>merge']);
  });

  it('REQ-ZEN-09 drop none that nothing takes the place of, none that is ticked is done, and what stands before the step that has landed is text', () => {
    const same = chain(after(plan('plan', 'build', 'review')));
    assert.deepEqual(['plan', 'build'].map((last) => chain(after(plan('plan', ...(last === 'build' ? ['build'] : []))))), [same, same]);
    assert.deepEqual(chain(after(`${plan('Earlier', 'plan', 'build')}### [x] Step: Done already\n${plan('review')}`)), same);
    // Review is gone, and what is new stands elsewhere: it is done all the same.
    assert.deepEqual(chain(after(plan('plan', 'New', 'build'))).slice(0, 4), ['>plan', 'plan>new', 'new>build', 'build>review']);
  });

  it('REQ-ZEN-09 replace one step where several are gone, and none where the plan was written over', () => {
    assert.deepEqual(chain(after(plan('plan', 'Write it', 'Test it'))).slice(0, 4), ['>plan', 'plan>write-it', 'write-it>test-it', 'test-it>review']);
    assert.deepEqual(chain(after(plan('Part one', 'Part two'))).slice(0, 5), ['>plan', 'plan>part-one', 'part-one>part-two', 'part-two>build', 'build>review']);
  });

  it('REQ-ZEN-09 are agents of their own, told what all are told and their own text, by the preset that the settings have', () => {
    const state = after(`${plan('plan')}### [ ] Step: Write it\n<!-- agent: fast -->\nUse \${{ secrets.X }} in {@artifacts_path}.\n### [ ] Step: Plain\n<!-- agent: constructor -->\n${plan('review')}`);
    const [written, plain] = state.workflow.steps.slice(1, 3).map((step) => (step.kind === 'agent' ? step : assert.fail()));
    assert.deepEqual([written?.agents, plain?.agents, written?.landing, written?.prompt?.split('\n').filter((line) => line !== '')], [['anthropic:fast'], null, 'direct', [
      'Be kind.', 'You do one step of this workflow: "Step: Write it". Artifacts are files under `.zenflow/tasks/${{ task.id }}`, and the plan is `.zenflow/tasks/${{ task.id }}/plan.md`.',
      'The engine keeps the boxes of the plan\'s steps: leave them. Do this one step and no other. What you write into the plan as further steps (`### [ ] Step: Name`, each with its text) is done after this one, by agents of its own: behind this step, or in the place of later ones.',
      "Use ${{ '${{' }} secrets.X }} in .zenflow/tasks/${{ task.id }}.",
    ]]);
  });

  it('REQ-ZEN-09 are no steps of a workflow that is more than one step after the other', () => {
    const branched = workflow((steps) => steps.map((step, at) => (at === 2 ? { ...step, needs: ['plan'] } : at === 3 ? { ...step, needs: ['build', 'review'] } : step)));
    assert.deepEqual(chain(after(plan('plan', 'More', 'build', 'review'), branched)), ['>plan', 'plan>build', 'plan>review', 'build,review>verify(review)', 'verify>merge']);
  });

  it('REQ-ZEN-09 stand outside of fences, and end where a section begins', () => {
    assert.deepEqual(stepsOfPlan('# T\n### [x] A thing\n<!-- chat-id: 1 -->\n- [ ] part\n```\n### [ ] no\n```\n## Notes\ntext\n#### [ ] deeper\n### [>] Phase 2: B\n').map(({ heading, done, text }) => [heading, done, text]),
      [['Step: A thing', true, '- [ ] part\n```\n### [ ] no\n```'], ['Phase 2: B', false, '']]);
  });
});
