/** Reading a workflow file of 2,000 lines with every check, against reading its YAML and holding that against the JSON schema alone. */
import Ajv from 'ajv';
import { parse } from 'yaml';
import { workflowJsonSchema } from '../../src/workflows/jsonSchema.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';
import type { Figure } from './figure.ts';
import { paired, ratio } from './figure.ts';

/** Groups of steps that look, decide, build and prove; 20 lines each. */
function longWorkflow(lines: number): string {
  const head = ['name: Long', 'description: Many steps.', 'inputs:', '  area: { type: string, default: src }', 'steps:'];
  const group = (n: number): readonly string[] => [
    `  - id: look-${n}`, '    agent: planner', '    gives: document', `    document: findings-${n}.md`, '    outputs: { verdict: [bug, no-bug] }', ...(n === 0 ? [] : [`    needs: test-${n - 1}`]), '    prompt: |', '      Look at ${{ inputs.area }}.', '      Say what you found.',
    `  - id: fix-${n}`, '    agent: implementer', `    needs: look-${n}`, `    if: steps.look-${n}.outputs.verdict == 'bug'`, `    reads: findings-${n}.md`, '    retry: { times: 2, pause: 10s, on: [network] }',
    `  - id: test-${n}`, '    gate: all', `    needs: { settled: [fix-${n}, look-${n}] }`, '    if: always()', `    on-reject: { to: fix-${n}, times: 2 }`,
  ];
  const text = [...head];
  for (let n = 0; text.length < lines; n += 1) text.push(...group(n));
  return `${text.slice(0, lines + 20).join('\n')}\n`;
}

export async function benchWorkflows(): Promise<readonly Figure[]> {
  const text = longWorkflow(2_000);
  const validate = new Ajv({ schemaId: 'auto' }).compile(workflowJsonSchema());
  const read = readWorkflow(text);
  if (!read.ok || !validate(parse(text))) throw new Error(`the workflow of the bench is wrong: ${JSON.stringify(read.ok ? validate.errors : read.refusal.slice(0, 3))}`);
  const wrong = text.replaceAll('agent: planner', 'agent: planer');
  const run = (work: () => unknown) => (): Promise<void> => { work(); return Promise.resolve(); };
  const bare = run(() => validate(parse(text)));
  const sound = await paired(7, run(() => readWorkflow(text)), bare);
  const mistaken = await paired(7, run(() => readWorkflow(wrong)), bare);
  const figure = (what: string, { left, right }: { left: number; right: number }, most: number): Figure => ({ what, value: `${left.toFixed(0)} ms`, against: `${ratio(left, right)} of reading its YAML and holding it against the JSON schema (${right.toFixed(0)} ms)`, budget: `≤ ${most} ×`, inside: left / right <= most });
  return [figure(`a workflow of 2,000 lines, ${read.value.workflow.steps.length} steps`, sound, 4), figure('the same with a mistake in a third of its steps', mistaken, 4)];
}
