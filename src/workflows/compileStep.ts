/**
 * One step of a file → the step that core runs. Owns: what a key that is left out means, and short forms written out.
 * Refuses: a step that the checks have not passed.
 */
import type { Retry, Scalar, Step, ValueType } from '../core/workflow.ts';
import { milliseconds } from './checkSteps.ts';
import type { Node } from './outline.ts';
import { changesTree, givesOf, listOf, onRejectOf } from './outline.ts';
import type { FileStep, TypeNotation } from './workflowFile.ts';

export interface StepSurroundings {
  /** Id of the `use` step around it, in the workflow that runs; null: none. */
  readonly within: string | null;
  /** All that an agent of this step is told; null: what its role is told. */
  readonly prompt: string | null;
  /** The step that a checkpoint is about. */
  readonly of: string | null;
}

/** A step as zod takes it: what has a default may be missing. `use` steps lack what only the used workflow knows. */
export type RawStep = Readonly<Record<string, unknown>> & { readonly id: string; readonly kind: Step['kind']; readonly needs: readonly string[] };

export function compileStep(node: Node & { readonly step: FileStep }, around: StepSurroundings): RawStep {
  const { step } = node;
  const flat = (id: string): string => (around.within === null ? id : `${around.within}/${id}`);
  const common = {
    id: flat(step.id), title: step.title ?? null, needs: node.needs.map((need) => flat(need.id)), join: node.join, within: around.within,
    if: step.if === undefined ? null : expressionText(step.if),
    loop: 'loop' in step && step.loop ? { until: expressionText(step.loop.until), max: step.loop.max } : null,
    continueOnError: 'continue-on-error' in step && step['continue-on-error'] === true,
  };
  const back = onRejectOf(step, node.path);
  const rework = back === null ? null : flat(back.to);
  switch (step.kind) {
    case 'agent': return {
      ...common, ...work(step, flat), kind: 'agent', role: step.agent, gives: givesOf(step), ...(changesTree(step) ? { landing: step.landing ?? 'gated' } : {}),
      repairs: givesOf(step) === 'review' ? back?.times ?? 1 : step.repairs ?? (changesTree(step) ? 3 : 2),
      prompt: around.prompt,
      agents: step.agents === undefined ? null : listOf(step.agents), document: step.document ?? null, reads: listOf(step.reads), mayChangeNothing: step['may-change-nothing'] ?? false, rework,
    };
    case 'run': return {
      ...common, ...work(step, flat), kind: 'run', command: step.run, env: Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, expressionText(value)])),
      gives: step.gives ?? 'result', ...(changesTree(step) ? { landing: step.landing ?? 'gated' } : {}),
    };
    case 'tool': return { ...common, ...work(step, flat), kind: 'tool', server: step.tool.slice(0, step.tool.indexOf('/')), tool: step.tool.slice(step.tool.indexOf('/') + 1), with: step.with ?? {} };
    case 'gate': return { ...common, kind: 'gate', gates: step.gate === 'all' ? null : listOf(step.gate), tree: step.tree ?? 'merged', rework, repairs: back === null ? 0 : back.times ?? 2 };
    case 'checkpoint': return { ...common, kind: 'checkpoint', about: step.checkpoint, of: around.of === null ? null : flat(around.of), message: step.message ?? null, rework, policy: step.policy ?? null };
    case 'use': return { ...common, kind: 'use', workflow: step.use, inputs: Object.fromEntries(Object.entries(step.with ?? {}).map(([name, value]) => [name, expressionText(value)])) };
    case 'merge': return { ...common, kind: 'merge' };
  }
}

/** `${{ … }}` around a whole condition is a habit from elsewhere; it says nothing more. */
export function expressionText(value: string | number | boolean): string {
  const text = String(value).trim();
  return text.startsWith('${{') && text.endsWith('}}') && text.indexOf('}}') === text.length - 2 ? text.slice(3, -2).trim() : text;
}

export function valueType(notation: TypeNotation): ValueType {
  return typeof notation === 'string' ? { type: notation } : { type: 'enum', values: [...notation] };
}

function work(step: FileStep<'agent' | 'run' | 'tool'>, flat: (id: string) => string): Readonly<Record<string, unknown>> {
  const each = step['for-each'];
  return {
    ...(each === undefined ? {} : { forEach: fanOut(each, flat) }), maxParallel: step['max-parallel'] ?? null, retry: step.retry === undefined ? null : retryOf(step.retry),
    timeoutMs: step.timeout === undefined ? null : milliseconds(step.timeout), outputs: Object.fromEntries(Object.entries(step.outputs ?? {}).map(([name, type]) => [name, valueType(type)])),
  };
}

function retryOf(retry: NonNullable<FileStep<'run'>['retry']>): Partial<Retry> {
  if (typeof retry === 'number') return { times: retry };
  return { times: retry.times, ...(retry.pause === undefined ? {} : { pauseMs: milliseconds(retry.pause) }), ...(retry.factor === undefined ? {} : { factor: retry.factor }), ...(retry.on === undefined ? {} : { on: [...listOf(retry.on)] }) };
}

function fanOut(each: NonNullable<FileStep<'run'>['for-each']>, flat: (id: string) => string): Readonly<Record<string, unknown>> {
  if (typeof each === 'string') return { over: 'subtasks', of: flat(each.slice(0, -'.subtasks'.length)) };
  if ('matrix' in each) return { over: 'matrix', rows: rowsOf(each.matrix) };
  return 'list' in each ? { over: 'list', of: expressionText(each.list) } : { over: 'agents', copies: each.agents };
}

/** Every combination, the last name counting fastest; the row's name is made of its values. */
function rowsOf(matrix: Readonly<Record<string, readonly Scalar[]>>): readonly { readonly name: string; readonly values: Readonly<Record<string, Scalar>> }[] {
  const rows = Object.entries(matrix).reduce<readonly Readonly<Record<string, Scalar>>[]>((made, [name, values]) => made.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))), [{}]);
  const taken = new Set<string>();
  return rows.map((values, at) => {
    const words = Object.values(values).map((value) => String(value).toLowerCase().replace(/[^a-z0-9]+/g, '-')).join('-').replace(/^-+|-+$/g, '').slice(0, 34).replace(/-+$/, '');
    let name = words === '' ? `row-${at + 1}` : words;
    if (taken.has(name)) name = `${name}-${at + 1}`;
    taken.add(name);
    return { name, values };
  });
}
