/** How the steps of a run follow its plan.md: REQ-ZEN-09 of specs/workflows.md. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { differs, grown, plainRow } from '../../src/core/zenflowGrowth.ts';
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

  it('REQ-ZEN-09 are steps of one agent after the other, and of what a person does at the end', () => {
    const row = (change: (steps: object[]) => object[], more: object = {}): readonly string[] | null => plainRow({ ...workflow(change), ...more })?.map(({ id }) => id) ?? null;
    const all = (...added: object[]) => (steps: object[]): object[] => [...steps, ...added];
    /** One of the steps otherwise: of `plan build review verify merge`. */
    const but = (at: number, more: object) => (steps: object[]): object[] => steps.map((step, index) => (index === at ? { ...step, ...more } : step));
    const approve = { kind: 'checkpoint', id: 'ok', about: 'review', needs: ['review'], rework: 'review' };
    assert.deepEqual([row(all()), row(all(approve)), row(all({ ...approve, rework: null, needs: ['verify'] })), row((steps) => steps.slice(0, 3)), row((steps) => steps.slice(0, 1))], [names, names, names, names, ['plan']]);
    const loop = { until: 'true', max: 2 }, forEach = { over: 'agents', copies: 2 };
    const others: readonly (string[] | null)[] = [
      ...[{ if: 'true' }, { loop }, { join: 'any' }, { forEach }, { gives: 'result' }, { reads: ['a.md'] }, { rework: 'plan' }, { needs: [] }, { needs: ['plan', 'plan'] }, { within: 'plan' }].map((more) => row(but(1, more))), row(but(0, { if: 'true' })), row(but(2, { needs: ['plan'] })), row(but(0, { needs: ['build'] })),
      ...[{ if: 'true' }, { join: 'settled' }, { needs: [] }, { needs: ['build'] }, { needs: ['review', 'build'] }, { rework: 'build' }].map((more) => row(but(3, more))), row(but(4, { needs: ['plan'] })), row(all({ ...approve, rework: 'plan' })),
      row(all({ kind: 'run', id: 'sh', command: 'x', needs: ['review'] })), row(all({ kind: 'tool', id: 't', server: 's', tool: 't', needs: ['review'] })), row(all({ kind: 'use', id: 'u', workflow: 'w', needs: ['review'] })),
      row(all(), { zenflow: null }),
    ].map((one) => one && [...one]);
    assert.deepEqual(others, others.map(() => null));
  });

  it('REQ-ZEN-09 differ from the run\'s when one is more, less, elsewhere or called otherwise', () => {
    const other = (...steps: string[]): boolean => differs(workflow(), stepsOfPlan(plan(...steps)));
    assert.deepEqual([other('plan', 'build', 'review'), other('plan', 'build'), other('plan', 'build', 'review', 'More'), other('build', 'plan', 'review'), other('plan', 'build', 'look')], [false, true, true, true, true]);
    assert.equal(differs(workflow((steps) => [...steps, { kind: 'use', id: 'u', workflow: 'w', needs: [] }, { ...steps[0], id: 'u/a', within: 'u' }]), stepsOfPlan(plan('plan', 'build', 'review'))), false, 'steps of a workflow that it uses stand in none');
  });

  it('REQ-ZEN-09 stand behind the step that has landed, whichever it is; one that is called like another is a step of its own', () => {
    const { state } = given([{ ...accepted(), workflow: workflow() } as RunEvent, ...['plan', 'build'].flatMap((id, at): RunEvent[] => [
      startedAttempt(id), { type: 'AttemptFinished', command: '', unit: id, n: 1, outcome: { kind: 'tree', commit: id, tree: id, summary: '', files: 1, hidden: [], outOfScope: [] }, usage: { input: 0, cached: 0, output: 0, calls: 0 }, costUsd: 0, durationMs: 1 },
      integrated(id, at === 0 ? 'base' : 'h0'), landed(id, `h${at}`),
    ])]);
    const unit = state.units.find(({ id }) => id === 'build');
    assert.ok(unit);
    const later = (...steps: string[]): string[] => chain(grown(state, { ...unit, attempts: unit.attempts.map((attempt) => (attempt.outcome?.kind === 'tree' ? { ...attempt, outcome: { ...attempt.outcome, plan: [...stepsOfPlan(plan(...steps))] } } : attempt)) })).slice(0, -2);
    const behind = ['>plan', 'plan>build', 'build>new', 'new>review'];
    assert.deepEqual([later('plan', 'Earlier', 'build', 'New', 'review'), later('build', 'plan', 'New', 'review'), later('build', 'New', 'review')], [behind, behind, behind]);
    assert.deepEqual([chain(after(plan('plan', 'build', 'build', 'review'))).slice(0, 4), chain(after(plan('plan', 'Verify', 'build', 'review'))).slice(0, 2), chain(after(plan('plan', 'New', 'review', 'More'))).slice(0, 4)], [
      ['>plan', 'plan>build', 'build>build-2', 'build-2>review'], ['>plan', 'plan>verify-2'], ['>plan', 'plan>new', 'new>review', 'review>more'],
    ]);
  });

  it('REQ-ZEN-09 take the place of none that has begun already, and are 200 at most in one run', () => {
    const state = after(plan('plan', 'build', 'review'));
    const [unit] = state.units;
    assert.ok(unit);
    /** The plan as `unit` has just landed with it. */
    const landedWith = (text: string, now: RunState = state): RunState => grown(now, { ...unit, attempts: unit.attempts.map((attempt) => (attempt.outcome?.kind === 'tree' ? { ...attempt, outcome: { ...attempt.outcome, plan: [...stepsOfPlan(text)] } } : attempt)) });
    const begun: RunState = { ...state, steps: state.steps.map((step) => (step.id === 'build' ? { ...step, n: 1 } : { ...step, n: step.id === 'plan' ? 1 : 0 })) };
    const open: RunState = { ...begun, steps: begun.steps.map((step) => (step.id === 'build' ? { ...step, n: 0 } : step)) };
    const replaced = plan('plan', 'Write it', 'review');
    assert.deepEqual([chain(landedWith(replaced, begun)).slice(0, 4), chain(landedWith(replaced, open)).slice(0, 3)], [['>plan', 'plan>write-it', 'write-it>build', 'build>review'], ['>plan', 'plan>write-it', 'write-it>review']]);
    const many = landedWith(plan('plan', ...Array.from({ length: 250 }, (_, at) => `More ${at}`), 'build', 'review'), open);
    assert.deepEqual([many.workflow.steps.filter(({ kind }) => kind === 'agent').length, many.steps.length, many.steps[1]?.status, landedWith(plan('plan', ...Array.from({ length: 250 }, (_, at) => `New ${at}`), 'build', 'review'), many)], [200, 202, 'pending', many]);
    const none = plan('plan', 'build', 'review');
    assert.deepEqual([landedWith(none), grown(state, { ...unit, attempts: [] }), grown(state, { ...unit, step: 'nosuch' }), grown({ ...state, workflow: { ...state.workflow, zenflow: null } }, unit)].map((now) => now.workflow.steps.length), [5, 5, 5, 5]);
  });

  it('REQ-ZEN-09 are like the step that wrote them where it is about how work lands, and like none in what they wait for, hand over and are allowed', () => {
    const special = { role: 'tester', outputs: { found: { type: 'boolean' } }, retry: { times: 2 }, timeoutMs: 5_000, continueOnError: true, mayChangeNothing: false, agents: ['demo'], repairs: 7, landing: 'gated' };
    const made = after(plan('plan', 'Write it', 'build', 'review'), workflow((steps) => steps.map((step, at) => (at === 0 ? { ...step, ...special } : step)))).workflow.steps[1];
    assert.ok(made?.kind === 'agent');
    const { prompt, ...rest } = made;
    assert.deepEqual(rest, {
      kind: 'agent', id: 'write-it', title: 'Step: Write it', needs: ['plan'], join: 'all', if: null, within: null, loop: null, continueOnError: false, maxParallel: null, retry: null, timeoutMs: null, outputs: {},
      role: 'implementer', gives: 'tree', landing: 'gated', repairs: 7, agents: null, document: null, reads: [], mayChangeNothing: true, rework: null,
    });
    assert.ok(prompt?.endsWith('Do Write it.'));
  });

  it('REQ-ZEN-09 stand outside of fences, and end where a section begins', () => {
    assert.deepEqual(stepsOfPlan('# T\n### [x] A thing\n<!-- chat-id: 1 -->\n- [ ] part\n```\n### [ ] no\n```\n## Notes\ntext\n#### [ ] deeper\n### [>] Phase 2: B\n').map(({ heading, done, text }) => [heading, done, text]),
      [['Step: A thing', true, '- [ ] part\n```\n### [ ] no\n```'], ['Phase 2: B', false, '']]);
  });
});
