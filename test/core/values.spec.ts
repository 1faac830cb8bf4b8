// What the expressions of a step come to in a run.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { asksAlways, conditionOf, isOver, valueOf, valuesFor, valuesOf, valuesWithin } from '../../src/core/values.ts';
import type { DryRun } from '../../src/core/dryRun.ts';
import type { RunState, Unit } from '../../src/core/state.ts';
import { stepSchema } from '../../src/core/workflow.ts';
import type { Step, Value } from '../../src/core/workflow.ts';
import { agent, checkpoint, gate, inside, plan, played, run, use } from './conformance/workflowOf.ts';

const stepOf = ({ workflow }: RunState, id: string): Step => workflow.steps.find((step) => step.id === id) ?? assert.fail(id);
/** What each text comes to where it is written in that step; `unit`: in that row of it. */
function seen(state: RunState, step: string, texts: readonly string[], unit: Unit | null = null): readonly (Value | undefined)[] {
  const values = valuesFor(state, stepOf(state, step), unit);
  return texts.map((text) => valueOf(text, values));
}
const text = { type: { type: 'string' }, description: '', default: null, required: false, commit: false };

/** `a` failed and the run went on, `b` was skipped for it, `c` ended well; `d` waits for a person, `e` and `f` behind it have not begun. */
const halfWay: DryRun = played({
  steps: [
    run('a', { continueOnError: true }), run('b', { needs: ['a'] }), run('c', { outputs: { found: { type: 'list' } } }), checkpoint('d', 'review', { needs: ['c'] }),
    run('e', { needs: ['d'] }), run('f', { needs: ['b', 'c'], join: 'any', if: 'always()' }), run('g', { needs: ['c'] }),
  ],
  stubs: { a: { outcome: 'command' }, c: { outputs: { found: ['x'] } }, d: { decision: 'wait' } }, inputs: { area: 'src' }, workflow: { inputs: { area: text, other: text } },
});

describe('values of expressions', () => {
  it('REQ-FLOW-04 are those of what has ended; the rest is empty, as is what is not there', () => {
    const { state } = halfWay;
    assert.deepEqual(seen(state, 'e', ['steps.a.outcome', 'steps.b.outcome', 'steps.c.outcome', 'steps.d.outcome', 'steps.e.outcome', 'steps.nosuch.outcome']), ['failure', 'skipped', 'success', undefined, undefined, undefined]);
    assert.deepEqual(seen(state, 'e', ['steps.a.outputs.exit', 'steps.c.outputs.found', 'steps.c.outputs.nosuch', 'steps.d.outputs.decision', 'steps.c.outputs.constructor', 'steps.nosuch.outputs.exit']), [1, ['x'], undefined, undefined, undefined, undefined]);
    assert.deepEqual(seen(state, 'e', ['inputs.area', 'inputs.other', 'inputs.constructor', 'task.id', 'task.request', 'task.title', 'round', 'matrix.item', '((']), ['src', undefined, undefined, 'dry-run', 'dry run', 'Dry run', 1, undefined, undefined]);
  });

  it('REQ-FLOW-04 are not those of a step that stands until a person retries it: it may end well yet', () => {
    const { state } = played({ steps: [run('a', { loop: { until: 'false', max: 1 } }), run('b', { needs: ['a'] })] });
    assert.deepEqual([state.steps[0]?.outputs, seen(state, 'b', ['steps.a.outcome', 'steps.a.outputs.exit'])], [{ exit: 0, stdout: '' }, [undefined, undefined]]);
  });

  it('REQ-FLOW-03 success() looks at the needs, failure() at all that is before, however far', () => {
    const { state } = halfWay;
    assert.deepEqual(['a', 'b', 'e', 'f', 'g'].map((step) => seen(state, step, ['success()', 'failure()'])), [[true, false], [false, true], [false, false], [false, true], [true, false]]);
    assert.deepEqual(['success()', 'failure()'].map((asked) => valueOf(asked, valuesWithin(state, null))), [true, false], 'the outputs of a workflow have nothing before them');
  });

  it('REQ-FLOW-05 a row is what the fan-out goes over: of subtasks id and title, else its values', () => {
    const { state } = played({ steps: [plan(), agent('each', { needs: ['plan'], forEach: 'plan' }), run('rows', { forEach: { over: 'matrix', rows: [{ name: 'one', values: { os: 'linux' } }] } }), run('once')], stubs: { plan: { subtasks: { first: [] } } } });
    const unit = (id: string): Unit => state.units.find((one) => one.id === id) ?? assert.fail(id);
    assert.deepEqual([seen(state, 'each', ['matrix.id', 'matrix.title', 'matrix.needs'], unit('each/first')), seen(state, 'rows', ['matrix.os', 'matrix.node'], unit('rows/one')), seen(state, 'once', ['matrix.os'], unit('once')), seen(state, 'rows', ['matrix.os'])], [['first', 'first', undefined], ['linux', undefined], [undefined], [undefined]]);
  });

  it('REQ-FLOW-16 inside of a use are its own inputs and steps, by the names that they have there; outside, what it gives', () => {
    const { state, outputs } = played({
      steps: [run('a'), use('u', { needs: ['a'], inputs: { code: 'steps.a.outputs.exit', none: 'steps.b.outputs.exit' }, outputs: { sum: 'steps.b.outputs.exit', lost: 'steps.a.outputs.exit', given: 'inputs.code' } }), inside('u', run('b')), inside('u', run('c', { needs: ['b'] }))],
      workflow: { outputs: { first: 'steps.a.outcome', sum: 'steps.u.outputs.sum', lost: 'steps.u.outputs.lost', given: 'steps.u.outputs.given', inner: 'steps.b.outputs.exit' }, inputs: { area: text } }, inputs: { area: 'src' }, stubs: { a: { outputs: { exit: 7 } } },
    });
    assert.deepEqual(seen(state, 'u/c', ['inputs.code', 'inputs.none', 'inputs.area', 'steps.b.outcome', 'steps.a.outcome']), [7, undefined, undefined, 'success', undefined]);
    assert.deepEqual(outputs, { first: 'success', sum: 0, given: 7 }, 'what is empty is left out');
    assert.deepEqual(valuesOf({ one: '1', none: 'inputs.nosuch', broken: '((', list: '[1]' }, valuesWithin(state, 'u')), { one: 1, list: [1] });
    assert.equal(valuesWithin({ ...state, steps: state.steps.map((step) => ({ ...step, inputs: null })) }, 'u').input('code'), undefined, 'before it has begun');
  });

  it('REQ-FLOW-06 the round is that of the nearest loop: its own, or of a use around', () => {
    const loop = { until: 'round >= 3', max: 5 };
    const { state } = played({ steps: [use('u', { loop }), inside('u', run('a')), { ...inside('u', use('v')), workflow: 'x' }, { ...run('u/v/b'), within: 'u/v' }, { ...run('u/v/c'), within: 'u/v', loop: { until: 'round >= 2', max: 5 } }, run('d', { needs: ['u'] })] });
    assert.deepEqual(['u', 'u/a', 'u/v', 'u/v/b', 'u/v/c', 'd'].map((step) => seen(state, step, ['round'])[0]), [3, 3, 3, 3, 2, 1]);
    assert.equal(valueOf('round', valuesWithin(state, 'u')), 1);
  });
});

describe('conditions of a step', () => {
  const step = (more: Readonly<Record<string, unknown>>): Step => stepSchema.parse(run('a', more));

  it('REQ-FLOW-04 are read; none, and one that cannot be read, are told apart', () => {
    const looping = step({ loop: { until: 'round > 1', max: 2 }, if: 'always()' });
    assert.deepEqual([conditionOf(step({})), conditionOf(step({ if: '((' })), conditionOf(step({}), 'until'), conditionOf(stepSchema.parse(gate('g')), 'until')], [null, undefined, null, null]);
    assert.deepEqual([conditionOf(looping)?.kind, conditionOf(looping, 'until')?.kind, conditionOf(looping)?.kind], ['call', 'binary', 'call']);
  });

  it('REQ-FLOW-03 want to look at needs that did not end well with always() or failure() somewhere in them', () => {
    assert.deepEqual([null, 'true', 'success()', 'always()', 'failure()', '!(1 > 2 && failure())', 'empty([always()])', "'always()' == 'failure'", "inputs.always == matrix.failure", '(('].map((condition) => asksAlways(step({ if: condition }))), [false, false, false, true, true, true, true, false, false, false]);
  });

  it('REQ-FLOW-01 a step is over when it is done, has failed or was skipped', () => {
    const [first] = halfWay.state.steps;
    assert.ok(first);
    assert.deepEqual((['pending', 'active', 'done', 'failed', 'skipped'] as const).map((status) => isOver({ ...first, status })), [false, false, true, true, true]);
  });
});
