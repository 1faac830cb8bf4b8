/**
 * Tests that a person has put aside for a while: the base's `.treeline/project.yaml` names them, each with a reason and a last day. Pure.
 * Owns: which of them count today, what became of each, and how that is said. Refuses: to let one pass for green (`verdict.ts`).
 */
import * as z from 'zod';
import type { TestFacts } from './verdict.ts';

export const quarantineEntrySchema = z.object({
  /** The test's id, as a report of the gate has it. */
  test: z.string(),
  /** Null: whichever gate runs it. */
  gate: z.string().nullable(),
  reason: z.string(),
  /** Days, as 2026-12-31; `until` is the last one. Null: not said. */
  since: z.string().nullable(), until: z.string(),
});
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>;

export const quarantinedSchema = quarantineEntrySchema.extend({
  /** `gone`: no report of its gates has it any more; `over`: past its last day, so that it counts like any other; `not-run`: nothing is known. */
  standing: z.enum(['failing', 'passing', 'skipped', 'gone', 'over', 'not-run']),
});
export type Quarantined = z.infer<typeof quarantinedSchema>;

/** Test → its entry, of those that are in force for a gate. @param today as 2026-12-31 */
export function inQuarantine(entries: readonly QuarantineEntry[], gate: string, today: string): ReadonlyMap<string, QuarantineEntry> {
  return new Map(entries.filter((entry) => (entry.gate === null || entry.gate === gate) && entry.until >= today).map((entry) => [entry.test, entry]));
}

/**
 * What became of each entry.
 * @param reports of the gates that were run; null: there was none
 * @param gates all that run tests
 */
export function quarantined(entries: readonly QuarantineEntry[], reports: ReadonlyMap<string, TestFacts | null>, gates: readonly string[], today: string): readonly Quarantined[] {
  return entries.map((entry) => {
    if (entry.until < today) return { ...entry, standing: 'over' };
    const own = gates.filter((gate) => entry.gate === null || entry.gate === gate);
    const found = own.flatMap((gate) => reports.get(gate) ?? []);
    const has = (state: 'failed' | 'passed' | 'skipped'): boolean => found.some((facts) => facts[state].includes(entry.test));
    if (has('failed')) return { ...entry, standing: 'failing' };
    if (has('passed')) return { ...entry, standing: 'passing' };
    if (has('skipped')) return { ...entry, standing: 'skipped' };
    const known = own.length > 0 && found.length === own.length && found.every((facts) => !facts.truncated && facts.damaged !== true);
    return { ...entry, standing: known ? 'gone' : 'not-run' };
  });
}

/** What a person has to know of it. */
export function quarantineWords({ test, reason, until, standing }: Quarantined): string {
  switch (standing) {
    case 'failing': return `in quarantine until ${until}, and fails: ${test} (${reason})`;
    case 'passing': return `in quarantine until ${until}, and passes: ${test} (${reason})`;
    case 'skipped': return `in quarantine until ${until}, and is skipped: ${test} (${reason})`;
    case 'not-run': return `in quarantine until ${until}; whether it fails is not known: ${test} (${reason})`;
    case 'gone': return `in quarantine until ${until}, but there is no such test any more: ${test} (${reason}). Take its entry out.`;
    case 'over': return `its quarantine was over on ${until}, so it counts: ${test} (${reason}). Mend it, or put it aside anew.`;
  }
}
