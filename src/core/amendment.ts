/**
 * A change of a plan that an agent proposes while the plan is carried out: subtasks to add, to split or to drop (product.md W8). Pure.
 * Owns: its form, the plan that it leads to, and what of the plan it widens or gives up. Refuses: to touch what has started.
 */
import * as z from 'zod';
import { scopeCovers } from './pathScope.ts';
import { planMistakes, planSchema, subtaskSchema } from './plan.ts';
import type { Plan, Subtask } from './plan.ts';
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';

export const amendmentSchema = z.strictObject({
  why: z.string().min(1).max(2_000).describe('what you found that the plan did not know, for a person'),
  add: z.array(subtaskSchema).max(100).default([]).describe('subtasks that are missing'),
  split: z.array(z.strictObject({ id: z.string(), into: z.array(subtaskSchema).min(2).max(20) })).max(100).default([]).describe('a subtask that has not started, and the parts that take its place; who needed it needs all of them'),
  drop: z.array(z.string()).max(100).default([]).describe('ids of subtasks that have not started and are not needed any more; who needed one needs what it needed'),
});
export type Amendment = z.infer<typeof amendmentSchema>;

/** What a person has to decide about: files that no subtask was allowed to change before, and what of the wishes nobody serves any more. */
export interface Losses { readonly wider: readonly string[]; readonly dropped: readonly string[] }

/** Ids that it splits or drops: while it waits for a person they do not start. */
export function touchedBy(amendment: Amendment): readonly string[] {
  return [...amendment.split.map(({ id }) => id), ...amendment.drop];
}

/**
 * The plan as it would be, or every mistake at once in sentences that an agent can act on.
 * @param started ids of subtasks that somebody has begun, whatever came of it
 */
export function amendPlan(plan: Plan, amendment: Amendment, started: ReadonlySet<string>): Result<Plan, readonly string[]> {
  const known = new Map(plan.subtasks.map((subtask) => [subtask.id, subtask]));
  const parts = new Map(amendment.split.map(({ id, into }) => [id, into]));
  const gone = new Set(touchedBy(amendment));
  const mistakes = [...touchMistakes(amendment, known, started)];
  const subtasks: Subtask[] = [];
  for (const subtask of plan.subtasks) {
    const into = parts.get(subtask.id);
    if (into) subtasks.push(...into);
    else if (!gone.has(subtask.id)) {
      const needs = [...new Set(subtask.needs.flatMap((need) => standsFor(need, known, parts, gone)))];
      const same = needs.length === subtask.needs.length && needs.every((need, at) => need === subtask.needs[at]);
      if (!same && started.has(subtask.id)) mistakes.push(`"${subtask.id}" has started and needs ${subtask.needs.filter((need) => gone.has(need)).map((need) => `"${need}"`).join(', ')}`);
      subtasks.push(same ? subtask : { ...subtask, needs });
    }
  }
  const next = planSchema.safeParse({ summary: plan.summary, subtasks: [...subtasks, ...amendment.add] });
  if (!next.success) return refuse([...mistakes, ...next.error.issues.map((issue) => issue.message)]);
  mistakes.push(...planMistakes(next.data));
  return mistakes.length === 0 ? ok(next.data) : refuse(mistakes);
}

function touchMistakes(amendment: Amendment, known: ReadonlyMap<string, Subtask>, started: ReadonlySet<string>): readonly string[] {
  const touched = touchedBy(amendment);
  if (touched.length === 0 && amendment.add.length === 0) return ['it changes nothing: name subtasks to add, to split or to drop'];
  return [...new Set(touched)].flatMap((id) => [
    ...(touched.indexOf(id) === touched.lastIndexOf(id) ? [] : [`"${id}" is to be split or dropped more than once`]),
    ...(known.has(id) ? [] : [`there is no subtask "${id}" to split or drop`]),
    ...(started.has(id) ? [`"${id}" has started: only subtasks that have not can be split or dropped`] : []),
  ]);
}

/** What a need on a subtask comes to: its parts, or, where it is dropped, what it needed itself. A plan has no circle, so this ends. */
function standsFor(need: string, known: ReadonlyMap<string, Subtask>, parts: ReadonlyMap<string, readonly Subtask[]>, gone: ReadonlySet<string>): readonly string[] {
  const into = parts.get(need);
  if (into) return into.map(({ id }) => id);
  return gone.has(need) ? known.get(need)?.needs.flatMap((further) => standsFor(further, known, parts, gone)) ?? [] : [need];
}

/** A requirement is given up when nobody serves it any more, or when the last test that was named for it is gone. A dropped subtask that names none stands for itself. */
export function lossesOf(before: Plan, after: Plan, amendment: Amendment): Losses {
  const scope = before.subtasks.flatMap((subtask) => subtask.scope);
  const was = servedBy(before), is = servedBy(after);
  return {
    wider: [...new Set(after.subtasks.flatMap((subtask) => subtask.scope))].filter((glob) => !scopeCovers(scope, glob)),
    dropped: [
      ...[...was].flatMap(([id, tests]) => {
        const left = is.get(id);
        return !left ? [id] : tests.size > 0 && left.size === 0 ? [`${id} (no test is named for it any more)`] : [];
      }),
      ...before.subtasks.filter((subtask) => amendment.drop.includes(subtask.id) && subtask.requirements.length === 0).map((subtask) => `${subtask.id}: ${subtask.title}`),
    ],
  };
}

/** By requirement: the tests that its subtasks name. */
function servedBy(plan: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const served = new Map<string, Set<string>>();
  for (const { requirements, tests } of plan.subtasks) {
    for (const id of requirements) {
      const named = served.get(id) ?? new Set();
      served.set(id, named);
      for (const test of tests) named.add(test);
    }
  }
  return served;
}
