/**
 * The plan that a planner submits, and the review that a reviewer submits: the two structured answers of agents.
 * Owns: their shape, and the rules that a plan has to keep before a person sees it. Refuses: to repair one silently.
 */
import * as z from 'zod';

export const subtaskSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a subtask id is lower-case letters, digits and "-", at most 40'),
  title: z.string().min(1).max(120),
  description: z.string().min(1).max(20_000),
  needs: z.array(z.string()).default([]).describe('ids of the subtasks that must have landed first'),
  scope: z.array(z.string().min(1)).min(1).describe('globs of the files that this subtask may change'),
  requirements: z.array(z.string()).default([]).describe('requirement ids of the specs that it serves'),
  tests: z.array(z.string()).default([]).describe('names of the tests that will show it'),
  estimate: z.number().positive().max(1_440).optional().describe('minutes that an agent will need for it, as far as you can tell'),
});
export type Subtask = z.infer<typeof subtaskSchema>;

export const planSchema = z.strictObject({
  summary: z.string().min(1).max(4_000),
  subtasks: z.array(subtaskSchema).min(1, 'a plan has at least one subtask').max(100),
});
export type Plan = z.infer<typeof planSchema>;

export const findingSchema = z.strictObject({
  file: z.string().min(1),
  line: z.number().int().min(1),
  severity: z.enum(['high', 'medium', 'low']),
  message: z.string().min(1).max(4_000),
});
export type Finding = z.infer<typeof findingSchema>;

export const reviewSchema = z.strictObject({
  summary: z.string().min(1).max(4_000),
  criteria: z.array(z.strictObject({ criterion: z.string().min(1), verdict: z.enum(['met', 'not-met', 'unclear']), why: z.string() })),
  findings: z.array(findingSchema),
  /** Of the whole: whether work goes on as it is. The first journals' reviews do not say: see `reviewVerdict`. */
  verdict: z.enum(['approve', 'changes']).optional(),
});
export type Review = z.infer<typeof reviewSchema>;

/** What a review comes to. A defect that is high, or a criterion that is not met, needs a change, whatever the reviewer called it. */
export function reviewVerdict(review: Review): 'approve' | 'changes' {
  const needsChange = review.findings.some((finding) => finding.severity === 'high') || review.criteria.some((criterion) => criterion.verdict === 'not-met');
  return needsChange ? 'changes' : review.verdict ?? 'approve';
}

/** Every mistake of a plan at once, as sentences that an agent can act on. Empty: the plan may be shown to a person. */
export function planMistakes(plan: Plan): readonly string[] {
  return placedPlanMistakes(plan).map(({ message }) => message);
}

export interface PlacedMistake { /** In the plan: `['subtasks', 2, 'needs', 0]`. */ readonly path: readonly (string | number)[]; readonly message: string }

/** The same, each with its place. */
export function placedPlanMistakes(plan: Plan): readonly PlacedMistake[] {
  const found: PlacedMistake[] = plan.subtasks.length === 0 ? [{ path: ['subtasks'], message: 'it has no subtask' }] : [];
  const ids = new Set<string>();
  for (const [at, { id }] of plan.subtasks.entries()) {
    if (ids.has(id)) found.push({ path: ['subtasks', at, 'id'], message: `two subtasks are called "${id}"` });
    if (id.startsWith('rework-')) found.push({ path: ['subtasks', at, 'id'], message: `"${id}": ids that begin with "rework-" are kept for the engine` });
    ids.add(id);
  }
  const needs = plan.subtasks.flatMap((subtask, at) => subtask.needs.map((need, index) => ({ id: subtask.id, need, path: ['subtasks', at, 'needs', index] })));
  for (const { id, need, path } of needs) if (!ids.has(need)) found.push({ path, message: `"${id}" needs "${need}", which is no subtask` });
  const circle = findCycle(plan) ?? [];
  const closing = needs.find(({ id, need }) => id === circle[0] && need === circle[1]);
  if (closing) found.push({ path: closing.path, message: `the needs form a circle: ${circle.join(' → ')}` });
  return found;
}

function findCycle(plan: Plan): readonly string[] | null {
  const needs = new Map(plan.subtasks.map((subtask) => [subtask.id, subtask.needs]));
  const finished = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (finished.has(id)) return null;
    for (const need of needs.get(id) ?? []) {
      const cycle = visit(need, [...path, id]);
      if (cycle) return cycle;
    }
    finished.add(id);
    return null;
  };
  for (const id of needs.keys()) {
    const cycle = visit(id, []);
    if (cycle) return cycle;
  }
  return null;
}
