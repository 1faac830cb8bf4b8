/**
 * What the expressions of a step come to in a run. Owns: the same rule of sight as `declared.ts`: inside of a `use` only its own inputs and
 * steps. Refuses: to look at what has not ended: it is empty.
 */
import { stepOf, stepStateOf } from './change.ts';
import { evaluate, parts } from './expression.ts';
import type { Values } from './expression.ts';
import { parse } from './expressionSyntax.ts';
import type { Expression } from './expressionSyntax.ts';
import { ancestors } from './graph.ts';
import type { RunState, StepState, Unit } from './state.ts';
import type { Scalar, Step, Value } from './workflow.ts';

/** For the expressions of `step`; with `unit`, those of one row of its fan-out. */
export function valuesFor(state: RunState, step: Step, unit: Unit | null = null): Values {
  return {
    ...valuesWithin(state, step.within), round: roundOf(state, step),
    matrix: (name) => (unit ? rowOf(unit)[name] : undefined),
    success: () => step.needs.every((need) => stepStateOf(state, need)?.status === 'done'),
    failure: () => ancestors(state.workflow, step.id).some((before) => stepStateOf(state, before.id)?.status === 'failed'),
  };
}

/** For the outputs of a `use` (null: of the workflow). */
export function valuesWithin(state: RunState, within: string | null): Values {
  const ended = (step: string): StepState | undefined => {
    const found = stepStateOf(state, within === null ? step : `${within}/${step}`);
    return found && isOver(found) ? found : undefined;
  };
  const inputs = within === null ? state.inputs : stepStateOf(state, within)?.inputs ?? {};
  return {
    input: (name) => own(inputs, name), outcome: (step) => outcomeOf(ended(step)), output: (step, name) => own(ended(step)?.outputs ?? {}, name), matrix: () => undefined,
    task: { id: state.task, request: state.request, title: state.title }, round: 1, success: () => true, failure: () => false,
  };
}

export function isOver(step: StepState): boolean {
  return step.status === 'done' || step.status === 'failed' || step.status === 'skipped';
}

function outcomeOf(step: StepState | undefined): string | undefined {
  switch (step?.status) {
    case 'done': return 'success';
    case 'failed': return 'failure';
    case 'skipped': return 'skipped';
    default: return undefined;
  }
}

/** The row of a fan-out as expressions see it. */
function rowOf(unit: Unit): Readonly<Record<string, Scalar>> {
  return unit.subtask ? { id: unit.subtask.id, title: unit.subtask.title } : unit.item?.values ?? {};
}

/** Of the nearest loop: its own, or of a `use` around it. */
function roundOf(state: RunState, step: Step): number {
  if (step.loop) return stepStateOf(state, step.id)?.round ?? 1;
  const around = step.within === null ? undefined : stepOf(state, step.within);
  return around ? roundOf(state, around) : 1;
}

function own<Item>(record: Readonly<Record<string, Item>>, name: string): Item | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** What a text comes to; one that cannot be read (it was checked before) is empty. */
export function valueOf(text: string, values: Values): Value | undefined {
  const parsed = parse(text);
  return parsed.ok ? evaluate(parsed.value, values) : undefined;
}

/** Name → expression, each as a value; what is empty is left out. */
export function valuesOf(written: Readonly<Record<string, string>>, values: Values): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(written).flatMap(([name, text]) => {
    const value = valueOf(text, values);
    return value === undefined ? [] : [[name, value] as const];
  }));
}

const read = new WeakMap<Step, { readonly if: Expression | null | undefined; readonly until: Expression | null | undefined }>();

/** The condition of a step (or the check of its loop), read once. Null: there is none; undefined: it cannot be read. */
export function conditionOf(step: Step, which: 'if' | 'until' = 'if'): Expression | null | undefined {
  let known = read.get(step);
  if (!known) {
    const tree = (text: string | undefined | null): Expression | null | undefined => {
      if (text === undefined || text === null) return null;
      const parsed = parse(text);
      return parsed.ok ? parsed.value : undefined;
    };
    known = { if: tree(step.if), until: tree(step.loop?.until) };
    read.set(step, known);
  }
  return known[which];
}

/** Whether the condition wants to look at needs that did not end well. */
export function asksAlways(step: Step): boolean {
  const condition = conditionOf(step);
  return condition ? parts(condition).some((part) => part.kind === 'call' && (part.name === 'always' || part.name === 'failure')) : false;
}
