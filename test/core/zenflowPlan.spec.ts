// The `plan.md` of a task: which boxes a run ticks, and which steps a plan has.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { artifactsFolder, markedPlan, planMarks, stepsOfPlan } from '../../src/core/zenflowPlan.ts';
import type { PlanMark } from '../../src/core/zenflowPlan.ts';
import type { RunState, StepState, UnitPhase } from '../../src/core/state.ts';
import { agent, gate, inside, played, use } from './conformance/workflowOf.ts';

/** One step that waits for a gate of its own; its state and its unit's phase as said. */
function marked(status: StepState['status'], phase: UnitPhase | null = null, more: Partial<StepState> = {}): PlanMark | undefined {
  const { state } = played({ steps: [agent('a', { landing: 'gated' })] });
  const now: RunState = { ...state, steps: state.steps.map((step) => ({ ...step, status, stopped: null, ...more })), units: phase === null ? [] : state.units.map((unit) => ({ ...unit, phase })) };
  return planMarks(now)[0]?.mark;
}

describe('the boxes of a plan', () => {
  it('REQ-ZEN-05 say whether a step is open, at work, done, passed over, or waits for a person', () => {
    assert.deepEqual([marked('pending'), marked('done'), marked('failed'), marked('skipped')], [' ', 'x', '!', '-']);
    const resume: UnitPhase = { kind: 'ready', notBefore: 0, why: null }, tree = { onto: 'b', commit: 'c', tree: 't' };
    const active: readonly (readonly [UnitPhase | null, PlanMark])[] = [
      [null, ' '], [{ kind: 'pending' }, ' '], [resume, ' '], [{ kind: 'working' }, '>'], [{ kind: 'integrating', commit: 'c' }, '>'], [{ kind: 'judging', ...tree }, '>'],
      [{ kind: 'stuck', waitingFor: 'gate', why: '', next: '', resume }, '!'], [{ kind: 'failed', why: '', evidence: null, resume }, '!'],
    ];
    assert.deepEqual(active.map(([phase]) => marked('active', phase)), active.map(([, mark]) => mark));
    assert.equal(marked('active', { kind: 'working' }, { stopped: { why: 'no more rounds' } }), '!');
  });

  it('REQ-ZEN-05 are those of the agents of the run\'s own workflow, by their titles', () => {
    const { state } = played({ steps: [agent('a', { title: 'Step: First' }), agent('second', { needs: ['a'] }), use('u', { needs: ['second'] }), inside('u', agent('b')), gate('g', { needs: ['u'] })] });
    assert.deepEqual(planMarks(state), [{ step: 'a', heading: 'Step: First', mark: 'x' }, { step: 'second', heading: 'Step: second', mark: 'x' }]);
  });

  it('REQ-ZEN-05 are all that is written: nothing else of the text changes, nor what is no step of the run', () => {
    const steps = [{ heading: 'Step: A', mark: 'x' }, { heading: 'Step: B', mark: '>' }, { heading: 'Step: A', mark: '!' }] as const;
    assert.equal(markedPlan('# T\n###  [ ]  A \n### [-] Step: B #\r\n```\n### [ ] Step: A\n```\n### [x] Step: A\n### [x] Step: A\n### [ ] C\n- [ ] A', steps), '# T\n###  [x]  A \n### [>] Step: B #\r\n```\n### [ ] Step: A\n```\n### [!] Step: A\n### [x] Step: A\n### [ ] C\n- [ ] A');
    assert.deepEqual([markedPlan('### [ ] B\n### [ ] A', steps), markedPlan('', steps)], ['### [>] B\n### [x] A', '']);
    const long = `### [ ] Step: A${' '.repeat(500)}`;
    assert.equal(markedPlan(`${long}\n### [ ] Step: A`, steps), `${long}\n### [x] Step: A`);
  });

  it('REQ-ZEN-05 are in the folder that the workflow names, that of this task', () => {
    const { state } = played({ steps: [agent('a')] });
    const zenflow = { artifacts: '.zenflow/{task_id}/x/{task_id}', plan: '', instructions: null, presets: {} };
    assert.deepEqual([artifactsFolder(state), artifactsFolder({ ...state, workflow: { ...state.workflow, zenflow } })], [null, '.zenflow/dry-run/x/dry-run']);
  });
});

describe('the steps of a plan', () => {
  it('REQ-ZEN-09 are its headings with a box, each with its preset and text up to the next step or section', () => {
    assert.deepEqual(stepsOfPlan('intro\n### [ ] Step: A\n<!-- agent: fast -->\n\nDo A.\n### Deeper\nmore\n### [ ] B\n# Top\nnone\n### [ ] C\n## Notes\nnone\n### [ ] D\n##no section\n ## nor this\n### [ ] E\n##\t Next\nnone'), [
      { heading: 'Step: A', done: false, preset: 'fast', text: 'Do A.\n### Deeper\nmore' }, { heading: 'Step: B', done: false, preset: null, text: '' }, { heading: 'Step: C', done: false, preset: null, text: '' },
      { heading: 'Step: D', done: false, preset: null, text: '##no section\n ## nor this' }, { heading: 'Step: E', done: false, preset: null, text: '' },
    ]);
    assert.deepEqual([stepsOfPlan(''), stepsOfPlan('# T\ntext')], [[], []]);
  });

  it('REQ-ZEN-05 are done where the box has a tick of any form', () => {
    assert.deepEqual(stepsOfPlan([...' xX✓✔!>~-'].map((mark, at) => `### [${mark}] S${at}`).join('\n')).map(({ done }) => done), [false, true, true, true, true, false, false, false, false]);
  });

  it('REQ-ZEN-09 have headings and texts of a length that a run can keep', () => {
    const heading = (length: number): readonly string[] => stepsOfPlan(`### [ ] ${'a'.repeat(length)}\ntext`).map((step) => step.heading);
    assert.deepEqual([heading(120), heading(121)], [[`Step: ${'a'.repeat(114)}`], []]);
    assert.deepEqual(stepsOfPlan(`### [ ] A\n${'b'.repeat(40_000)}`).map(({ text }) => text), ['b'.repeat(32_768)]);
    assert.deepEqual(stepsOfPlan(`### [ ] A\n### [ ] ${'b'.repeat(121)}\nc\n~~~\n## d`).map(({ text }) => text), [`### [ ] ${'b'.repeat(121)}\nc\n~~~\n## d`], 'what has a longer one is text of the step before');
  });
});
