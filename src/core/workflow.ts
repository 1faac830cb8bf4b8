/**
 * A workflow: a typed graph of steps, as data, pinned into the run when it starts.
 * Owns: what a step may be. Refuses: to know how a step is carried out, or where a workflow was written.
 */
import * as z from 'zod';

export const roles = ['planner', 'implementer', 'reviewer'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const common = { id: name, needs: z.array(name) };

export const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common, kind: z.literal('agent'), role: roleSchema,
    /** What the attempt hands over: a plan, a changed tree, or a review. */
    gives: z.enum(['plan', 'tree', 'review']),
    /** One unit for each subtask of the plan that this earlier step gave. */
    forEach: name.optional(),
    /** Whether a tree reaches the integration branch through the gates or directly. */
    landing: z.enum(['gated', 'direct']).optional(),
    /** How often rejected work goes back to the same agent with the evidence. */
    repairs: z.number().int().min(0).max(20),
  }),
  z.strictObject({ ...common, kind: z.literal('gate'), /** The agent step that gets the evidence of a red verdict. */ rework: name, repairs: z.number().int().min(0).max(20) }),
  z.strictObject({ ...common, kind: z.literal('checkpoint'), about: z.enum(['plan', 'merge']), rework: name }),
  z.strictObject({ ...common, kind: z.literal('merge') }),
]);
export type Step = z.infer<typeof stepSchema>;
export type AgentStep = Extract<Step, { kind: 'agent' }>;

export const workflowSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  steps: z.array(stepSchema).min(1),
});
export type Workflow = z.infer<typeof workflowSchema>;

/** The steps that cannot start before `step` is done, in the workflow's order. */
export function downstream(workflow: Workflow, step: string): readonly Step[] {
  const reached = new Set([step]);
  const after: Step[] = [];
  for (const candidate of workflow.steps) {
    if (candidate.needs.some((need) => reached.has(need))) {
      reached.add(candidate.id);
      after.push(candidate);
    }
  }
  return after;
}

/** Every mistake of a graph at once: unknown or later needs (so no cycle can be written), doubles, wrong rework targets. */
export function mistakes(workflow: Workflow): readonly string[] {
  const found: string[] = [];
  const earlier = new Map<string, Step>();
  for (const step of workflow.steps) {
    if (earlier.has(step.id)) found.push(`step "${step.id}" stands twice; give each step its own id`);
    for (const need of step.needs) if (!earlier.has(need)) found.push(`step "${step.id}" needs "${need}", which no earlier step is called`);
    if ('rework' in step && earlier.get(step.rework)?.kind !== 'agent') found.push(`step "${step.id}" sends work back to "${step.rework}", which is no earlier agent step`);
    if (step.kind === 'agent' && step.forEach !== undefined) {
      const plan = earlier.get(step.forEach);
      if (plan?.kind !== 'agent' || plan.gives !== 'plan') found.push(`step "${step.id}" runs for each subtask of "${step.forEach}", which gives no plan`);
    }
    earlier.set(step.id, step);
  }
  return found;
}
