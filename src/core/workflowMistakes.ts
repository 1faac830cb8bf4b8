/**
 * What is wrong with a workflow, all at once: its graph and its expressions.
 * Owns: which workflows may run. Refuses: lines and files (see `workflows/`, which knows where a field was written).
 */
import { environmentOf, insideOf } from './declared.ts';
import { check } from './expression.ts';
import type { TypeEnvironment } from './expression.ts';
import type { ExpressionMistake } from './expressionSyntax.ts';
import { checkTemplate } from './template.ts';
import type { Step, StepOf, ValueType, Workflow } from './workflow.ts';

/** `step` null: of the workflow itself. `field`: as in `core/workflow.ts`, `loop.until` and the like. `at`: characters into an expression. */
export interface WorkflowMistake { readonly step: string | null; readonly field: string; readonly at: number | null; readonly message: string }

export function mistakes(workflow: Workflow): readonly WorkflowMistake[] {
  const graph = graphMistakes(workflow);
  // Types are only looked at where names mean something.
  return graph.length > 0 ? graph : [...workflow.steps.flatMap((step) => expressionMistakes(workflow, step)), ...outputMistakes(workflow)];
}

/** A checkpoint is about something that an earlier step gives. */
function aboutMistakes(step: StepOf<'checkpoint'>, earlier: ReadonlyMap<string, Step>): readonly string[] {
  const of = step.of === null ? undefined : earlier.get(step.of);
  const gives = of?.kind === 'agent' ? of.gives : undefined;
  switch (step.about) {
    case 'document': return gives === 'document' ? [] : [`is about the document of "${step.of ?? ''}", which gives none`];
    case 'choice': return of && 'landing' in of && of.landing === 'choice' ? [] : [`is about the candidates of "${step.of ?? ''}", which does not land by choice`];
    case 'plan': return step.of === null || gives === 'plan' ? [] : [`is about the plan of "${step.of}", which gives none`];
    case 'review': case 'merge': return [];
  }
}

/** Unknown or later needs (so no circle can be written), doubles, wrong rework targets. */
function graphMistakes(workflow: Workflow): readonly WorkflowMistake[] {
  const found: WorkflowMistake[] = [];
  const earlier = new Map<string, Step>();
  for (const step of workflow.steps) {
    const wrong = (field: string, message: string): void => { found.push({ step: step.id, field, at: null, message: `step "${step.id}" ${message}` }); };
    if (earlier.has(step.id)) wrong('id', 'stands twice; give each step its own id');
    for (const need of step.needs) {
      if (!earlier.has(need)) wrong('needs', `needs "${need}", which no earlier step is called`);
      else if (earlier.get(need)?.within !== step.within) wrong('needs', `needs "${need}", which is a step of another workflow`);
    }
    if (step.within !== null && (earlier.get(step.within)?.kind !== 'use' || !step.id.startsWith(`${step.within}/`))) wrong('within', `is within "${step.within}", which is no earlier "use" that it is named after`);
    if (step.loop && (step.kind === 'gate' || step.kind === 'checkpoint' || step.kind === 'merge')) wrong('loop', 'cannot be repeated: a loop is for agent, run, tool and use');
    if ('rework' in step && step.rework !== null && (earlier.get(step.rework)?.kind !== 'agent' || earlier.get(step.rework)?.within !== step.within)) wrong('rework', `sends work back to "${step.rework}", which is no earlier agent step`);
    if ('forEach' in step && step.forEach?.over === 'subtasks') {
      const plan = earlier.get(step.forEach.of);
      if (plan?.kind !== 'agent' || plan.gives !== 'plan') wrong('forEach', `runs for each subtask of "${step.forEach.of}", which gives no plan`);
    }
    if (step.kind === 'checkpoint') for (const message of aboutMistakes(step, earlier)) wrong('of', message);
    earlier.set(step.id, step);
  }
  return found;
}

function expressionMistakes(workflow: Workflow, step: Step): readonly WorkflowMistake[] {
  // Most steps of a large workflow have no expression: what they could see is not put together then.
  let known: TypeEnvironment | undefined;
  const before = (): TypeEnvironment => (known ??= environmentOf(workflow, step));
  const own = (): TypeEnvironment => ({ ...before(), matrix: null });
  const found: WorkflowMistake[] = [];
  const add = (field: string, mistakesThere: readonly ExpressionMistake[]): void => {
    found.push(...mistakesThere.map(({ at, message }) => ({ step: step.id, field, at, message: `step "${step.id}", ${field}: ${message}` })));
  };
  const look = (field: string, written: string | null, environment: () => TypeEnvironment, expected: ValueType['type'] | null): void => { if (written !== null) add(field, check(written, environment(), expected)); };
  look('if', step.if, own, 'boolean');
  if (step.loop) look('loop.until', step.loop.until, () => ({ ...environmentOf(workflow, step, true), matrix: null }), 'boolean');
  if ('forEach' in step && step.forEach?.over === 'list') look('forEach.of', step.forEach.of, own, 'list');
  switch (step.kind) {
    case 'agent': if (step.prompt !== null) add('prompt', checkTemplate(step.prompt, before())); break;
    case 'run': for (const [name, written] of Object.entries(step.env)) look(`env.${name}`, written, before, null); break;
    case 'tool': for (const [name, given] of Object.entries(step.with)) add(`with.${name}`, textsOf(given).flatMap((text) => checkTemplate(text, before()))); break;
    case 'use':
      for (const [name, written] of Object.entries(step.inputs)) look(`inputs.${name}`, written, own, null);
      for (const [name, written] of Object.entries(step.outputs)) look(`outputs.${name}`, written, () => insideOf(workflow, step.id), null);
      break;
    case 'gate': case 'checkpoint': case 'merge': break;
  }
  return found;
}

function outputMistakes(workflow: Workflow): readonly WorkflowMistake[] {
  return Object.entries(workflow.outputs).flatMap(([name, written]) => check(written, insideOf(workflow, null), null)
    .map(({ at, message }) => ({ step: null, field: `outputs.${name}`, at, message: `outputs.${name}: ${message}` })));
}

/** Every text inside of a JSON value: each is a template. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
