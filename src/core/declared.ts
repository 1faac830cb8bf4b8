/**
 * What expressions may look at, as the workflow declares it: inputs, the steps before, rows of a fan-out; with their types.
 * Owns: which outputs a step has without saying so, and how far an expression sees: inside of a `use` only its own inputs and steps.
 * Refuses: to know values (see `values.ts`).
 */
import { typeOf } from './expression.ts';
import type { ExpressionType, TypeEnvironment } from './expression.ts';
import { parse } from './expressionSyntax.ts';
import { ancestors, graphOf } from './graph.ts';
import type { Step, ValueType, Workflow } from './workflow.ts';

type Types = Readonly<Record<string, ExpressionType>>;
const text = { type: 'string' } as const, numeric = { type: 'number' } as const, list = { type: 'list' } as const;
const oneOf = (...values: string[]): ValueType => ({ type: 'enum', values });

/** A step as its own workflow calls it: `test` for `build/test`. */
function localName(step: Step): string {
  return step.within === null ? step.id : step.id.slice(step.within.length + 1);
}

/** Of steps that are looked at more than once: a workflow and its steps never change. */
const known = new WeakMap<Step, Types>();

/** The outputs of a step, by name. `workflow`: a `use` takes its types from the steps inside. */
function outputTypes(workflow: Workflow, step: Step): Types {
  const types = known.get(step) ?? declaredTypes(workflow, step);
  known.set(step, types);
  return types;
}

function declaredTypes(workflow: Workflow, step: Step): Types {
  switch (step.kind) {
    case 'gate': return { verdict: oneOf('accepted', 'rejected', 'not-verified', 'error', 'timed-out'), reason: text, passed: numeric, failed: numeric };
    case 'checkpoint': return { decision: oneOf('approved', 'rejected') };
    case 'merge': return { commit: text };
    case 'use': {
      const inside = insideOf(workflow, step.id);
      return Object.fromEntries(Object.entries(step.outputs).map(([name, written]) => [name, typeOfText(written, inside)]));
    }
    case 'agent': case 'run': case 'tool': {
      // Each unit of a fan-out gives one value: together they are a list.
      const declared: Types = step.forEach === undefined ? step.outputs : Object.fromEntries(Object.keys(step.outputs).map((name) => [name, list]));
      return { ...ownOutputs(step), ...(step.forEach === undefined ? {} : { count: numeric, failed: numeric }), ...declared };
    }
  }
}

function ownOutputs(step: Extract<Step, { kind: 'agent' | 'run' | 'tool' }>): Types {
  if (step.kind === 'run') return step.forEach === undefined ? { exit: numeric, stdout: text, ...(step.gives === 'tree' ? { files: numeric } : {}) } : { ...(step.gives === 'tree' ? { files: numeric } : {}) };
  if (step.kind === 'tool') return {};
  switch (step.gives) {
    case 'plan': return { subtasks: numeric };
    case 'review': return { verdict: oneOf('approve', 'changes'), findings: numeric, high: numeric };
    case 'tree': return { files: numeric };
    case 'document': case 'result': return {};
  }
}

/** What the expressions of a step may look at. `itself`: its own outputs too (the check of its loop). */
export function environmentOf(workflow: Workflow, step: Step, itself = false): TypeEnvironment {
  const before = [...ancestors(workflow, step.id), ...(itself ? [step] : [])].filter((other) => other.within === step.within);
  return { inputs: inputsOf(workflow, step.within), steps: outputsOf(workflow, before), matrix: rowTypes(step) };
}

/** What the outputs of a `use` (null: of the workflow) may look at: all steps in there. */
export function insideOf(workflow: Workflow, within: string | null): TypeEnvironment {
  return { inputs: inputsOf(workflow, within), steps: outputsOf(workflow, workflow.steps.filter((step) => step.within === within)), matrix: null };
}

function outputsOf(workflow: Workflow, steps: readonly Step[]): TypeEnvironment['steps'] {
  return Object.fromEntries(steps.map((step) => [localName(step), outputTypes(workflow, step)]));
}

function inputsOf(workflow: Workflow, within: string | null): Types {
  if (within === null) return Object.fromEntries(Object.entries(workflow.inputs).map(([name, { type }]) => [name, type]));
  const use = workflow.steps[graphOf(workflow).indexOf.get(within) ?? -1];
  if (use?.kind !== 'use') return {};
  const outside = environmentOf(workflow, use);
  return Object.fromEntries(Object.entries(use.inputs).map(([name, written]) => [name, typeOfText(written, outside)]));
}

function typeOfText(written: string, environment: TypeEnvironment): ExpressionType {
  const parsed = parse(written);
  return parsed.ok ? typeOf(parsed.value, environment, []) : { type: 'any' };
}

function rowTypes(step: Step): Types | null {
  if (!('forEach' in step) || step.forEach === undefined) return null;
  switch (step.forEach.over) {
    case 'subtasks': return { id: text, title: text };
    case 'list': return { item: { type: 'any' } };
    case 'agents': return { copy: numeric, agent: text };
    case 'matrix': {
      const [first] = step.forEach.rows;
      return Object.fromEntries(Object.entries(first?.values ?? {}).map(([name, value]) => [name, typeof value === 'string' ? text : typeof value === 'number' ? numeric : { type: 'boolean' }]));
    }
  }
}
