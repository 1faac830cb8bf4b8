/**
 * A workflow's graph, looked up by index: who needs whom, who is within whom. Built once for each workflow and kept beside it.
 * Owns: what comes after a step. Refuses: to know how a run stands.
 */
import type { Step, Workflow } from './workflow.ts';

interface Graph {
  readonly steps: readonly Step[];
  /** Place of a step in the workflow; a run's `steps` stand in the same order. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** For each step, the places of the steps that need it. */
  readonly dependants: readonly (readonly number[])[];
}

const graphs = new WeakMap<Workflow, Graph>();

function graphOf(workflow: Workflow): Graph {
  const known = graphs.get(workflow);
  if (known) return known;
  const { steps } = workflow;
  const indexOf = new Map(steps.map((step, index) => [step.id, index]));
  const dependants: number[][] = steps.map(() => []);
  steps.forEach((step, index) => { for (const need of step.needs) dependants[indexOf.get(need) ?? -1]?.push(index); });
  const graph = { steps, indexOf, dependants };
  graphs.set(workflow, graph);
  return graph;
}


/** The steps that cannot start before `step` is done, in the workflow's order. */
export function downstream(workflow: Workflow, step: string): readonly Step[] {
  const { steps, indexOf, dependants } = graphOf(workflow);
  const reached = new Set<number>();
  const visit = (index: number): void => {
    for (const next of dependants[index] ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(indexOf.get(step) ?? -1);
  return steps.filter((_, index) => reached.has(index));
}
