import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mendings, spanOfMistake } from '../../../src/workflows/help/mend.ts';
import type { Edit } from '../../../src/workflows/help/mend.ts';
import { written } from '../../../src/workflows/help/written.ts';
import { head, read } from './support.ts';

const apply = (text: string, edits: readonly Edit[]): string => [...edits].sort((left, right) => right.from - left.from).reduce((made, { from, to, text: by }) => made.slice(0, from) + by + made.slice(to), text);

/** Each mistake: what is underlined, and the titles of its ways out. */
function told(text: string): readonly string[] {
  const file = written(text);
  return read(text).mistakes.map((mistake) => { const { from, to } = spanOfMistake(file, mistake); return `${text.slice(from, to)} | ${mendings(file, mistake).map(({ title }) => title).join(' | ')}`; });
}

/** The text after the likeliest way out of the first mistake, or the way with this title. */
function mended(text: string, title?: string): string {
  const file = written(text);
  const ways = read(text).mistakes.flatMap((mistake) => mendings(file, mistake));
  const way = title === undefined ? ways[0] : ways.find((one) => one.title === title);
  return way ? apply(text, way.edits) : assert.fail(`no way: ${told(text).join('; ')}`);
}

const steps = (...lines: readonly string[]): string => `${head}steps:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const block = `${head}steps:
  # plans
  - id: plan
    agent: planer
  - id: check
    gate: all
    needs:
      - biuld   # oh
  - id: build
    agent: implementer
    timeout: 5 minutes
    landing: gated
    needs: plan

  - id: land
    merge: target
    needs: build
`;

describe('quick fixes in workflow files', () => {
  it('REQ-HELP-02 underlines exactly what is wrong', () => {
    assert.deepEqual([told(block), told(steps('{ id: a, run: x }', '{ id: b, run: x, needs: a, if: steps.a.outputs.exti == 1 && true }', '{ id: c, gatee: all }'))].flat().map((line) => line.split(' | ')[0]), ['planer', 'biuld', '5 minutes', 'steps.a.outputs.exti', 'gatee']);
  });

  it('REQ-HELP-02 changes a word to what was meant, in keys, values, needs and expressions', () => {
    assert.deepEqual([
      mended(steps('{ id: a, agnt: planner }')), mended(steps('{ id: a, agent: planer }')), mended(steps('{ id: look, run: x }', '{ id: b, run: x, needs: lok }')), mended(steps('{ id: a, run: x }', '{ id: b, run: x, needs: a, if: steps.a.outputs.exti == 1 }')),
      mended(steps('{ id: a, use: look-closr, with: { area: inputs.x } }')), mended(`${head}steps: [{ id: a, run: x, "timeuot": 5m }]\n`),
    ], [
      steps('{ id: a, agent: planner }'), steps('{ id: a, agent: planner }'), steps('{ id: look, run: x }', '{ id: b, run: x, needs: look }'), steps('{ id: a, run: x }', '{ id: b, run: x, needs: a, if: steps.a.outputs.exit == 1 }'),
      steps('{ id: a, use: look-closer, with: { area: inputs.x } }'), `${head}steps: [{ id: a, run: x, "timeout": 5m }]\n`,
    ]);
  });

  it('REQ-HELP-02 takes keys, entries and whole lists out, in flow and in block style', () => {
    assert.deepEqual([
      mended(steps('{ id: a, gate: all, timeout: 5m }'), 'Take "timeout" out'), mended(steps('{ timeout: 5m, id: a, gate: all }'), 'Take "timeout" out'), mended(block, 'Take "biuld" out of the needs'),
      mended(`${head}steps:\n  - timeout: 5m\n    id: a\n    gate: all\n`, 'Take "timeout" out'), mended(`${head}steps:\n  - id: a\n    gate: all\n    timeout: 5m # long\n  - id: b\n    gate: all\n`, 'Take "timeout" out'),
      mended(steps('{ id: a, gate: all, needs: [b] }', '{ id: b, gate: all, needs: [c, a] }', '{ id: c, gate: all }')),
    ], [
      steps('{ id: a, gate: all }'), steps('{ id: a, gate: all }'), block.replace('    needs:\n      - biuld   # oh\n', ''), `${head}steps:\n  - id: a\n    gate: all\n`, `${head}steps:\n  - id: a\n    gate: all\n  - id: b\n    gate: all\n`,
      steps('{ id: a, gate: all }', '{ id: b, gate: all, needs: [c, a] }', '{ id: c, gate: all }'),
    ]);
  });

  it('REQ-HELP-02 adds what is missing: keys, needs, a step before another, and writes values in their form', () => {
    const unwaited = steps('{ id: plan, agent: planner }', '{ id: b, agent: implementer, for-each: plan.subtasks }');
    assert.deepEqual([
      mended('description: d\nsteps: [{ id: a, gate: all }]\n'), mended(`${head}steps:\n  - id: a\n    title: x\n`), mended(unwaited), mended(`${head}steps:\n  - id: plan\n    agent: planner\n  - id: first\n    run: x\n  - id: b\n    agent: implementer\n    for-each: plan.subtasks\n    needs: first\n`),
      mended(steps('{ id: a, agent: planner, title: 5 }')), mended(steps('{ id: A B, gate: all }')), mended(steps('{ id: a, run: x, timeout: 5 minutes }')), mended(steps('{ id: a, agent: planner, gives: document }')),
    ], [
      'name: New workflow\ndescription: d\nsteps: [{ id: a, gate: all }]\n', `${head}steps:\n  - id: a\n    title: x\n    agent: implementer\n`, unwaited.replace('plan.subtasks }', 'plan.subtasks, needs: plan }'),
      `${head}steps:\n  - id: plan\n    agent: planner\n  - id: first\n    run: x\n  - id: b\n    agent: implementer\n    for-each: plan.subtasks\n    needs: [first, plan]\n`,
      steps('{ id: a, agent: planner, title: "5" }'), steps('{ id: a-b, gate: all }'), steps('{ id: a, run: x, timeout: 5m }'), steps('{ id: a, agent: planner, gives: document, document: a.md }'),
    ]);
  });

  it('REQ-HELP-02 puts a gate before a merge that nothing has proven, and quotes around a text that is no YAML', () => {
    const unproven = `${head}steps:\n  - id: build\n    agent: implementer\n\n  # at last\n  - id: land\n    merge: target\n    needs: build\n`;
    assert.deepEqual([mended(unproven), read(mended(unproven)).mistakes, mended(`${head}steps:\n  - id: a\n    title: one: two\n    gate: all\n`)], [
      `${head}steps:\n  - id: build\n    agent: implementer\n\n  # at last\n  - id: test\n    gate: all\n    needs: [build]\n  - id: land\n    merge: target\n    needs: [build, test]\n`, [], `${head}steps:\n  - id: a\n    title: "one: two"\n    gate: all\n`,
    ]);
  });

  it('REQ-HELP-02 offers a way out of every kind of mistake, each of which takes that mistake away or says another', () => {
    const wrong = [
      block, steps('{ id: a, gate: all }', '{ id: a, gate: all }'), steps('{ id: a, gate: all, on-reject: b }', '{ id: c, agent: implementer }'), steps('{ id: a, run: x, max-parallel: 3 }'), steps('{ id: a, agent: planner, gives: tree }'),
      steps('{ id: look, agent: planner, gives: result, outputs: { v: [x, y] } }', '{ id: b, run: x, needs: look, if: steps.look.outputs.v == \'z\' }'), steps('{ id: a, use: look-closer }'), `${head}inputs: { a: { type: string, required: true, default: x } }\n${steps('{ id: a, gate: all }').slice(head.length)}`,
      steps('{ id: a, agent: planner }', '{ id: b, checkpoint: plan }'), steps('{ id: a, run: x, retry: { times: 99 } }'), steps('{ id: a, run: x, gate: all }'), 'version: 2\nname: X\ndescription: d\nsteps: [{ id: a, gate: all }]\n',
    ];
    const stuck = wrong.flatMap((text) => {
      const file = written(text);
      return read(text).mistakes.flatMap((mistake) => {
        const ways = mendings(file, mistake);
        const same = (one: typeof mistake): boolean => one.message === mistake.message && one.line === mistake.line;
        return ways.length === 0 ? [`no way: ${mistake.message}`] : ways.filter(({ edits }) => read(apply(text, edits)).mistakes.some(same)).map(({ title }) => `${title} mends nothing: ${mistake.message}`);
      });
    });
    assert.deepEqual(stuck, []);
  });
});
