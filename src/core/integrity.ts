/**
 * What a change does to the proof that it is judged by: findings of the integrity guard.
 * Owns: the closed list of kinds, the shape of a finding, and which of them a person has to tick. Refuses: to look for any, and to judge
 * (`verdict.ts`).
 */
import * as z from 'zod';

export const integrityKinds = [
  'test-removed', 'test-skipped', 'test-focused', 'test-emptied', 'assertion-removed', 'assertion-weakened', 'assertion-constant', 'expectation-changed',
  'subject-mocked', 'snapshot-rewritten', 'threshold-lowered', 'timeout-raised', 'retries-raised', 'gate-script-edited', 'ci-edited', 'lockfile-edited',
  'config-edited', 'lint-disabled', 'exit-zero', 'ignored-file-needed', 'stub-left', 'not-examined',
] as const;
export type IntegrityKind = (typeof integrityKinds)[number];

export const integrityFindingSchema = z.object({
  /** Of what was found, not of where: it stays when lines move. Short enough to be typed. */
  id: z.string(),
  kind: z.enum(integrityKinds),
  /** In the head; of what is gone, in the base. */
  file: z.string(),
  line: z.number().int().nullable(),
  /** The test that it is about, with the titles around it; absent: none, or more than one. */
  test: z.string().optional(),
  /** What stood there and what stands there now, in one line each; null where there is nothing. */
  before: z.string().nullable(), after: z.string().nullable(),
  why: z.string(),
  severity: z.enum(['high', 'medium', 'low']),
  /** Whether a parser saw it, or only a pattern: then it is never high. */
  by: z.enum(['parser', 'pattern']),
});
export type IntegrityFinding = z.infer<typeof integrityFindingSchema>;

/** The guard's name among the gates: by this it is waived. No gate of a project may be called so. */
export const guardId = 'integrity-guard';

/** A changed expectation of a test that the plan names was asked for: it is told, and nobody has to tick it. */
export function askedFor(findings: readonly IntegrityFinding[], asked: (test: string) => boolean): readonly IntegrityFinding[] {
  return findings.map((finding) => (finding.kind === 'expectation-changed' && finding.test !== undefined && asked(finding.test) ? { ...finding, severity: 'low', why: `${finding.why} The plan names this test.` } : finding));
}

/** More than a person can look at one by one. */
const ticksShown = 40;

/** All but low ones ask for a person's own tick before an approval. */
export function integrityTicks(findings: readonly IntegrityFinding[]): readonly { readonly id: string; readonly why: string }[] {
  const asked = findings.filter((finding) => finding.severity !== 'low');
  const shown = asked.slice(0, ticksShown).map((finding) => ({ id: `integrity:${finding.id}`, why: `${finding.file}${finding.line === null ? '' : `:${finding.line}`}: ${finding.why}` }));
  const rest = asked.length - shown.length;
  return rest > 0 ? [...shown, { id: 'integrity:others', why: `${rest} more findings about tests, gates and configuration.` }] : shown;
}
