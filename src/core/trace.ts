/**
 * From requirement to evidence: which subtasks serve a requirement, which tests show it, what the gates saw of those (product.md S2).
 * Pure. Owns: when a requirement counts as covered. Refuses: to take anybody's word for it: a test that did not run shows nothing.
 */
import * as z from 'zod';
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

/** Requirements that the task is held to in the order of their specifications, then those that only the plan names. */
export function traceOf(state: RunState): readonly TraceRow[] {
  const subtasks = state.plan?.subtasks ?? [];
  const known = state.accepted.requirements ?? [];
  const named = subtasks.flatMap((subtask) => subtask.requirements);
  const ids = [...new Set([...known.filter(({ held }) => held).map(({ id }) => id), ...named])];
  const landed = new Set(state.units.flatMap((unit) => (unit.subtask && unit.phase.kind === 'landed' ? [unit.subtask.id] : [])));
  const seen = new Map((state.candidateEvidence?.declared ?? []).map(({ test, state: how }) => [test, how]));
  return ids.map((id): TraceRow => {
    const serving = subtasks.filter((subtask) => subtask.requirements.includes(id));
    const tests = [...new Set(serving.flatMap((subtask) => subtask.tests))].map((test) => ({ test, state: seen.get(test) ?? ('not-run' as const) }));
    const at = serving.map((subtask) => ({ id: subtask.id, landed: landed.has(subtask.id) }));
    const why = whyNot(at, tests);
    const requirement = known.find((one) => one.id === id);
    return { requirement: id, text: requirement?.text ?? null, file: requirement?.file ?? null, line: requirement?.line ?? null, subtasks: at, tests, covered: why === '', why };
  });
}

function whyNot(subtasks: TraceRow['subtasks'], tests: TraceRow['tests']): string {
  if (subtasks.length === 0) return 'no subtask serves it';
  const open = subtasks.filter((subtask) => !subtask.landed);
  if (open.length > 0) return `not landed: ${open.map(({ id }) => id).join(', ')}`;
  if (tests.length === 0) return 'no test is named for it';
  const bad = tests.filter((test) => test.state !== 'passed');
  return bad.length === 0 ? '' : bad.map((test) => `${test.state === 'missing' ? 'no report has' : test.state === 'not-run' ? 'no gate ran' : `${test.state}:`} "${test.test}"`).join('; ');
}
