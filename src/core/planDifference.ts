/** What an amendment makes of a plan, subtask by subtask: for whoever has to decide about it. Pure. Owns: what counts as the same subtask (its id). */
import type { Plan, Subtask } from './plan.ts';

export interface PlanDifference { readonly added: readonly Subtask[]; readonly removed: readonly Subtask[]; readonly changed: readonly { readonly before: Subtask; readonly after: Subtask }[] }

export function planDifference(before: Plan, after: Plan): PlanDifference {
  const was = new Map(before.subtasks.map((subtask) => [subtask.id, subtask]));
  const is = new Map(after.subtasks.map((subtask) => [subtask.id, subtask]));
  return {
    added: after.subtasks.filter(({ id }) => !was.has(id)),
    removed: before.subtasks.filter(({ id }) => !is.has(id)),
    changed: after.subtasks.flatMap((subtask) => { const old = was.get(subtask.id); return old && JSON.stringify(old) !== JSON.stringify(subtask) ? [{ before: old, after: subtask }] : []; }),
  };
}
