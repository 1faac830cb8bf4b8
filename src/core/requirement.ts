/**
 * Requirements that a task is held to, and the tests that its plan names for them.
 * Owns: their shape, and when a report has a test that was named. Refuses: to join them: see trace.ts.
 */
import * as z from 'zod';

/**
 * A requirement of the specifications that the task works under, as they are when it starts. `held`: the task has to fulfil it (the request
 * names it or its file); the others count once the plan names them.
 */
export const requirementSchema = z.object({ id: z.string(), text: z.string(), file: z.string(), line: z.number().int(), held: z.boolean() });
export type TaskRequirement = z.infer<typeof requirementSchema>;

/** `missing`: the plan names it, and no report does. */
export const declaredTestSchema = z.object({ test: z.string(), state: z.enum(['passed', 'failed', 'skipped', 'missing']) });
export type DeclaredTest = z.infer<typeof declaredTestSchema>;

/** What reports say of the tests that a plan names: by the test's whole id, or by the words of it that the plan says. The worst of several counts. */
export function declaredTests(names: readonly string[], report: { readonly passed: readonly string[]; readonly failed: readonly string[]; readonly skipped: readonly string[] }): readonly DeclaredTest[] {
  const words = (text: string): string => ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
  const ran = (['failed', 'skipped', 'passed'] as const).map((state) => ({ state, tests: report[state].map(words) }));
  return [...new Set(names)].map((test) => {
    const wanted = words(test);
    return { test, state: wanted.trim() === '' ? 'missing' : ran.find(({ tests }) => tests.some((one) => one.includes(wanted)))?.state ?? 'missing' };
  });
}
