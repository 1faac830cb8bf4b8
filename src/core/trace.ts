/**
 * From requirement to evidence: which subtasks serve a requirement, which tests show it, what the gates saw of those (product.md S2).
 * Pure. Owns: when a requirement counts as covered. Refuses: to take anybody's word for it: a test that did not run shows nothing.
 */
import * as z from 'zod';
import { isCommandLine, type DeclaredTest, type NamingTests } from './requirement.ts';
import type { RunState } from './state.ts';

export const traceRowSchema = z.object({
  requirement: z.string(),
  /** Null: no specification that the task works under has it. */
  text: z.string().nullable(), file: z.string().nullable(), line: z.number().int().nullable(),
  subtasks: z.array(z.object({ id: z.string(), landed: z.boolean() })),
  tests: z.array(z.object({ test: z.string(), state: z.enum(['passed', 'failed', 'skipped', 'missing', 'not-run']) })),
  covered: z.boolean(),
  /** Why not; empty when it is. */
  why: z.string(),
});
export type TraceRow = z.infer<typeof traceRowSchema>;

/** Requirements that the task is held to in the order of their specifications, then those that only the plan names: their ids. */
export function requirementsOf(state: RunState): readonly string[] {
  const named = (state.plan?.subtasks ?? []).flatMap((subtask) => subtask.requirements);
  return [...new Set([...(state.accepted.requirements ?? []).filter(({ held }) => held).map(({ id }) => id), ...named])];
}

/** In the order of `requirementsOf`. `declared` and `named`: what reports say, of the candidate's evidence unless it is said. */
export function traceOf(state: RunState, seen: { readonly declared?: readonly DeclaredTest[] | undefined; readonly named?: readonly NamingTests[] | undefined } = state.candidateEvidence ?? {}): readonly TraceRow[] {
  const subtasks = state.plan?.subtasks ?? [];
  const known = state.accepted.requirements ?? [];
  const landed = new Set(state.units.flatMap((unit) => (unit.subtask && unit.phase.kind === 'landed' ? [unit.subtask.id] : [])));
  const declared = new Map((seen.declared ?? []).map(({ test, state: how }) => [test, how]));
  const named = new Map((seen.named ?? []).map((one) => [one.requirement, one]));
  return requirementsOf(state).map((id): TraceRow => {
    const serving = subtasks.filter((subtask) => subtask.requirements.includes(id));
    const planned = [...new Set(serving.flatMap((subtask) => subtask.tests))].filter((test) => !isCommandLine(test)).map((test) => ({ test, state: declared.get(test) ?? ('not-run' as const) }));
    // Where the plan names no test, one that says the requirement's id shows it.
    const by = named.get(id);
    const tests = planned.length > 0 || by === undefined ? planned : by.tests.map((test) => ({ test, state: by.state }));
    const at = serving.map((subtask) => ({ id: subtask.id, landed: landed.has(subtask.id) }));
    const why = whyNot(state.plan === null ? null : at, tests);
    const requirement = known.find((one) => one.id === id);
    return { requirement: id, text: requirement?.text ?? null, file: requirement?.file ?? null, line: requirement?.line ?? null, subtasks: at, tests, covered: why === '', why };
  });
}

/** @param subtasks null: the task has no plan, all of its work serves */
function whyNot(subtasks: TraceRow['subtasks'] | null, tests: TraceRow['tests']): string {
  if (subtasks?.length === 0) return 'no subtask serves it';
  const open = (subtasks ?? []).filter((subtask) => !subtask.landed);
  if (open.length > 0) return `not landed: ${open.map(({ id }) => id).join(', ')}`;
  if (tests.length === 0) return subtasks ? 'no test is named for it' : 'no test that ran names it';
  const bad = tests.filter((test) => test.state !== 'passed');
  return bad.length === 0 ? '' : bad.map((test) => `${test.state === 'missing' ? 'no report has' : test.state === 'not-run' ? 'no gate ran' : `${test.state}:`} "${test.test}"`).join('; ');
}
