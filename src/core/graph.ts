/**
 * A workflow's graph, looked up by index: who needs whom, who is within whom. Built once for each workflow and kept beside it.
 * Owns: what comes before and after a step. Refuses: to know how a run stands.
 */
import type { Step, Workflow } from './workflow.ts';

export interface Graph {
  readonly steps: readonly Step[];
  /** Place of a step in the workflow; a run's `steps` stand in the same order. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** For each step, the places of the steps that it needs (those that there are), and of those that need it. */
  readonly needs: readonly (readonly number[])[];
  readonly dependants: readonly (readonly number[])[];
  /** Place of the `use` that each step is within; -1: none. And for each `use` the steps directly inside. */
  readonly within: readonly number[];
  readonly inside: readonly (readonly number[])[];
  readonly merges: readonly number[];
  /** Checkpoints where a person chooses one of several candidates. */
  readonly choices: readonly number[];
}

const graphs = new WeakMap<Workflow, Graph>();

export function graphOf(workflow: Workflow): Graph {
  const known = graphs.get(workflow);
  if (known) return known;
  const { steps } = workflow;
  const indexOf = new Map(steps.map((step, index) => [step.id, index]));
  const needs = steps.map((step) => step.needs.flatMap((need) => indexOf.get(need) ?? []));
  const within = steps.map((step) => indexOf.get(step.within ?? '') ?? -1);
  const dependants: number[][] = steps.map(() => []);
  const inside: number[][] = steps.map(() => []);
  needs.forEach((before, index) => { for (const need of before) dependants[need]?.push(index); });
  within.forEach((around, index) => inside[around]?.push(index));
  const merges = steps.flatMap((step, index) => (step.kind === 'merge' ? [index] : []));
  const choices = steps.flatMap((step, index) => (step.kind === 'checkpoint' && step.about === 'choice' ? [index] : []));
  const graph = { steps, indexOf, needs, dependants, within, inside, merges, choices };
  graphs.set(workflow, graph);
  return graph;
}

/** Everything reached from the step `from` along `edges`, itself not counted unless it is reached; in the workflow's order. */
function reachedFrom(from: string, { steps, indexOf }: Graph, edges: readonly (readonly number[])[]): readonly Step[] {
  // A set that grows while it is walked through is walked to its end.
  const reached = new Set(edges[indexOf.get(from) ?? -1]);
  for (const at of reached) for (const next of edges[at] ?? []) reached.add(next);
  return steps.filter((_, index) => reached.has(index));
}

/** The steps that have to end before `step` can begin, in the workflow's order. */
export function ancestors(workflow: Workflow, step: string): readonly Step[] {
  const graph = graphOf(workflow);
  return reachedFrom(step, graph, graph.needs);
}

/** The steps that cannot start before `step` is done, in the workflow's order. */
export function downstream(workflow: Workflow, step: string): readonly Step[] {
  const graph = graphOf(workflow);
  return reachedFrom(step, graph, graph.dependants);
}
