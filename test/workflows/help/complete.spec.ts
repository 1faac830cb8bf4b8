import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { suggestionsAt } from '../../../src/workflows/help/complete.ts';
import { around, cursorIn, head } from './support.ts';

const flow = `${head}inputs: { area: string, level: [low, high] }
steps:
  - id: look
    agent: planner
    gives: result
    outputs: { verdict: [bug, none], files: list }
  - id: plan
    agent: planner
    needs: look
  - id: build
    agent: implementer
    needs: plan
`;
const labels = (marked: string, last?: string): readonly string[] => { const { text, offset } = cursorIn(marked); return suggestionsAt(text, offset, around(last)).map(({ label }) => label); };
/** The text once the suggestion is taken, its holes as they are. */
const taken = (marked: string, label: string): string => {
  const { text, offset } = cursorIn(marked);
  const found = suggestionsAt(text, offset, around()).find((one) => one.label === label) ?? assert.fail(`no ${label} in ${labels(marked).join(', ')}`);
  return text.slice(0, found.span.from) + found.insert + text.slice(found.span.to);
};

describe('completion in workflow files', () => {
  it('REQ-HELP-03 offers the keys that may still stand in a map, those that have to first', () => {
    assert.deepEqual([labels('|'), labels(`${head}|`), labels(`${head}on:\n  |`)], [
      ['name', 'description', 'steps', 'version', 'kind', 'instructions', 'zenflow', 'on', 'inputs', 'outputs'], ['steps', 'version', 'kind', 'instructions', 'zenflow', 'on', 'inputs', 'outputs'],
      ['schedule', 'spec-changed', 'branch-moved', 'test-failed', 'request'],
    ]);
  });

  it('REQ-HELP-03 offers what a step can do where it does not say it yet, then the keys of what it does', () => {
    const kinds = ['agent', 'gate', 'checkpoint', 'run', 'tool', 'use', 'merge'];
    assert.deepEqual([labels(`${flow}  - |`), labels(`${flow}  - id: x\n    |`), labels(`${flow}  - id: x\n    gate: all\n    |`), labels(`${flow}  - { id: x, checkpoint: plan, m| }`)], [
      ['id', ...kinds, 'title', 'needs', 'if', ...kinds.map((kind) => `${kind} step`)], [...kinds, 'title', 'needs', 'if'], ['title', 'needs', 'if', 'tree', 'on-reject', 'continue-on-error'],
      ['title', 'needs', 'if', 'of', 'message', 'on-reject', 'continue-on-error', 'policy'],
    ]);
  });

  it('REQ-HELP-03 offers words, roles, ids of steps that close no circle, workflows and their inputs', () => {
    assert.deepEqual([
      labels(`${flow}  - { id: x, agent: | }`), labels(`${flow}  - id: x\n    gate: all\n    needs: |`), labels(flow.replace('needs: plan', 'needs: [plan, |]')), labels(flow.replace('needs: look', 'needs: |')),
      labels(`${flow}  - id: x\n    gate: all\n    needs:\n      - |`), labels(`${flow}  - id: x\n    gate: all\n    needs:\n      |`), labels(`${flow}  - id: x\n    gate: all\n    on-reject: { to: | }`),
      labels(`${flow}  - id: x\n    agent: tester\n    for-each: |`), labels(`${flow}  - id: x\n    checkpoint: plan\n    of: |`), labels(`${flow}  - id: x\n    use: |`), labels(`${flow}  - id: x\n    use: look-closer\n    with: { area: inputs.area, | }`),
      labels(`${flow}  - id: x\n    run: a\n    continue-on-error: |`), labels(`${flow}  - { id: x, gate: [unit, |] }`),
    ], [
      ['planner', 'implementer', 'tester', 'reviewer', 'resolver'], ['look', 'plan', 'build'], ['look', 'plan'], ['look'], ['look', 'plan', 'build'], ['all', 'any', 'settled', 'look', 'plan', 'build'],
      ['look', 'plan', 'build'], ['plan.subtasks'], ['plan'], ['look-closer', 'review-only'], ['deep'], ['true', 'false'], ['all', 'unit', 'lint'],
    ]);
  });

  it('REQ-HELP-03 offers names in expressions: name spaces, steps before, outputs, and the values to compare with', () => {
    const at = (expression: string): readonly string[] => labels(flow.replace('needs: plan', `needs: plan\n    if: ${expression}`));
    assert.deepEqual([at('|').slice(0, 4), at('steps.|'), at('steps.look.|'), at('steps.look.outputs.ve|'), at('inputs.|'), at('steps.look.outputs.verdict == |'), at('inputs.level != \'l|\''), at('task.|'), at('contains(inputs.area, \'a |\')')], [
      ['steps', 'inputs', 'task', 'round'], ['look', 'plan'], ['outcome', 'outputs'], ['verdict', 'files'], ['area', 'level'], ['bug', 'none'], ['low', 'high'], ['id', 'request', 'title'], [],
    ]);
    assert.deepEqual([labels(`${flow}    prompt: |\n`), labels(`${flow}    prompt: Look at |\n`).length, labels(`${flow}    prompt: >\n      Look at \${{ inputs.|\n`)], [[], 0, ['area', 'level']]);
  });

  it('REQ-HELP-03 puts each one where it belongs: over what is begun, behind no second colon, with quotes of its own', () => {
    assert.deepEqual([
      taken(`${head}steps:\n  - id: a\n    ag|`, 'agent'), taken(`${head}steps:\n  - id: a\n    ag|: planner`, 'agent'), taken(`${head}steps:\n  - { id: a, agent: plan| }`, 'planner'),
      taken(`${head}steps:\n  - { id: a, run: x }\n  - { id: b, run: x, needs: a, if: steps.a.out| }`, 'outcome'), taken(`${head}steps:\n  - { id: a, run: x }\n  - { id: b, run: x, needs: a, if: steps.a.outcome == | }`, 'failure'),
    ].map((text) => text.slice(head.length + 'steps:\n'.length)), [
      '  - id: a\n    agent: ', '  - id: a\n    agent: planner', '  - { id: a, agent: planner }', '  - { id: a, run: x }\n  - { id: b, run: x, needs: a, if: steps.a.outcome }',
      '  - { id: a, run: x }\n  - { id: b, run: x, needs: a, if: steps.a.outcome == \'failure\' }',
    ]);
  });

  it('REQ-HELP-03 goes on with the steps that there were while half a line is no YAML, and offers nothing in a comment', () => {
    assert.deepEqual([labels(`${flow}  - id: x\n    gate: all\n    title: @x\n    needs: |`, flow), labels('# | nothing\n')], [['look', 'plan', 'build'], []]);
  });
});
