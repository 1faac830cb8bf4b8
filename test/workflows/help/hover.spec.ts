import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hoverAt } from '../../../src/workflows/help/hover.ts';
import { written } from '../../../src/workflows/help/written.ts';
import { around, cursorIn, head, read } from './support.ts';

const hover = (marked: string): string | null => {
  const { text, offset } = cursorIn(marked);
  const found = hoverAt(written(text), offset, read(text), around().workflows);
  return found && `${text.slice(found.span.from, found.span.to)}: ${found.markdown.replaceAll('\n\n', ' / ')}`;
};
const flow = `${head}inputs: { area: string }\nsteps:\n  - { id: plan, agent: planner, title: "[x](http://h.invalid) \`y\`" }\n  - { id: build, agent: implementer, needs: plan, for-each: plan.subtasks, repairs: 3 }\n  - { id: test, gate: all, needs: build, on-reject: { to: build, times: 2 }, if: "steps.build.outputs.files > 0 && contains(inputs.area, 'a')" }\n  - { id: sub, use: look-closer, with: { area: inputs.area } }\n`;
const at = (word: string, plus = 1, from = flow): string => { const offset = from.indexOf(word) + plus; return `${from.slice(0, offset)}|${from.slice(offset)}`; };

describe('what something in a workflow file means', () => {
  it('REQ-HELP-04 says of a key what the schema says of it, and which forms there are', () => {
    assert.deepEqual([hover(at('repairs')), hover(at('gate: all')), hover(at('description'))], [
      'repairs: **`repairs`** / How often work that the gates reject goes back to the same agent. / *a number*', 'gate: **`gate`** / "all", or ids of the project\'s gates. / *text · a list*', 'description: **`description`** / One line about what it is for. / *text*',
    ]);
  });

  it('REQ-HELP-04 says of a step what it would do, where it stands and where it is named; words of the file are code', () => {
    assert.deepEqual([hover(at('id: plan', 5)), hover(at('needs: build', 8)), hover(at('id: test', 5))], [
      'plan: **`plan`** `[x](http://h.invalid) \'y\'` / `a planner makes a plan of subtasks`', 'build: **`build`** / `an implementer changes files, which land through the gates` / - `after plan` / - `once for each subtask of plan`',
      'test: **`test`** / `all gates judge what would land on the target` / - `after build` / - `if steps.build.outputs.files > 0 && contains(inputs.area, \'a\')` / - `rejected work goes back to build, twice at most`',
    ]);
  });

  it('REQ-HELP-04 says of a name in an expression which type it has, and of a workflow what it asks for', () => {
    assert.deepEqual([hover(at('outputs.files', 9)), hover(at('contains', 2)), hover(at('inputs.area,', 8)), hover(at('look-closer', 2)), hover(at('> 0', 0))], [
      'steps.build.outputs.files: `steps.build.outputs.files` / `number`', 'contains: `contains(…)` whether a list has an element, or a text a part', 'inputs.area: `inputs.area` / `string`', 'look-closer: **`look-closer`** `d` / - `area`: `string` / - `deep`: `boolean: How far`', null,
    ]);
  });
});
