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
}

const graphs = new WeakMap<Workflow, Graph>();

export function graphOf(workflow: Workflow): Graph {
  const known = graphs.get(workflow);
  if (known) return known;
  const { steps } = workflow;
  const indexOf = new Map(steps.map((step, index) => [step.id, index]));
  const needs = steps.map((step) => step.needs.flatMap((need) => indexOf.get(need) ?? []));
  const within = steps.map((step) => (step.within === null ? -1 : indexOf.get(step.within) ?? -1));
  const dependants: number[][] = steps.map(() => []);
  const inside: number[][] = steps.map(() => []);
  steps.forEach((_, index) => {
    for (const need of needs[index] ?? []) dependants[need]?.push(index);
    inside[within[index] ?? -1]?.push(index);
  });
  const merges = steps.flatMap((step, index) => (step.kind === 'merge' ? [index] : []));
  const graph = { steps, indexOf, needs, dependants, within, inside, merges };
  graphs.set(workflow, graph);
  return graph;
}

/** Everything reached from the steps at `from` along `edges`, those not counted unless they are reached; in ascending order. */
function closure(from: readonly number[], edges: readonly (readonly number[])[]): readonly number[] {
  const reached = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of edges[at] ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return [...reached].sort((left, right) => left - right);
}

/** The steps that have to end before `step` can begin, in the workflow's order. */
export function ancestors(workflow: Workflow, step: string): readonly Step[] {
  const { steps, indexOf, needs } = graphOf(workflow);
  return closure([indexOf.get(step) ?? -1], needs).flatMap((index) => steps[index] ?? []);
}

/** The steps that cannot start before `step` is done, in the workflow's order. */
export function downstream(workflow: Workflow, step: string): readonly Step[] {
  const { steps, indexOf, dependants } = graphOf(workflow);
  return closure([indexOf.get(step) ?? -1], dependants).flatMap((index) => steps[index] ?? []);
}
