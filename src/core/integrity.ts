/**
 * What a change does to the proof that it is judged by: findings of the integrity guard, and what follows from each.
 * Owns: the closed list of kinds, and which of them reject, ask for a person, or are only shown. Refuses: to look for any.
 */
import * as z from 'zod';
import type { Judgement } from './verdict.ts';

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
  /** What stood there and what stands there now, in one line each; null where there is nothing. */
  before: z.string().nullable(), after: z.string().nullable(),
  why: z.string(),
  severity: z.enum(['high', 'medium', 'low']),
  /** Whether a parser saw it, or only a pattern: then it is never high. */
  by: z.enum(['parser', 'pattern']),
});
export type IntegrityFinding = z.infer<typeof integrityFindingSchema>;

type Consequence = Judgement | null;

const rejected = (reason: Extract<Judgement['reason'], 'tests-removed' | 'tests-skipped' | 'assertions-weakened' | 'gate-tampered' | 'integrity'>): Judgement => ({ verdict: 'rejected', reason });
const person: Judgement = { verdict: 'not-verified', reason: 'needs-person' };
const incomplete: Judgement = { verdict: 'not-verified', reason: 'incomplete' };

/** Kind → what a high finding of it comes to, and what a medium one does. Low ones are shown and decide nothing. */
const consequences: Readonly<Record<IntegrityKind, { readonly high: Consequence; readonly medium: Consequence }>> = {
  'test-removed': { high: rejected('tests-removed'), medium: person },
  'test-skipped': { high: rejected('tests-skipped'), medium: person },
  'test-focused': { high: rejected('tests-skipped'), medium: person },
  'test-emptied': { high: rejected('assertions-weakened'), medium: person },
  'assertion-removed': { high: rejected('assertions-weakened'), medium: person },
  'assertion-weakened': { high: rejected('assertions-weakened'), medium: person },
  'assertion-constant': { high: rejected('assertions-weakened'), medium: person },
  'expectation-changed': { high: person, medium: person },
  'subject-mocked': { high: rejected('integrity'), medium: person },
  'snapshot-rewritten': { high: person, medium: person },
  'threshold-lowered': { high: person, medium: person },
  'timeout-raised': { high: null, medium: null },
  'retries-raised': { high: null, medium: null },
  // A definition that comes to another outcome is found by running both (I12); what is high here switches the gate off.
  'gate-script-edited': { high: rejected('gate-tampered'), medium: null },
  'ci-edited': { high: rejected('gate-tampered'), medium: null },
  'lockfile-edited': { high: null, medium: null },
  'config-edited': { high: person, medium: null },
  'lint-disabled': { high: null, medium: null },
  'exit-zero': { high: rejected('gate-tampered'), medium: person },
  'ignored-file-needed': { high: null, medium: null },
  'stub-left': { high: incomplete, medium: incomplete },
  'not-examined': { high: person, medium: person },
};

/** What a finding comes to by itself; null: it is shown, and ticked where it is not low. */
export function consequenceOf(finding: Pick<IntegrityFinding, 'kind' | 'severity'>): Judgement | null {
  return finding.severity === 'low' ? null : consequences[finding.kind][finding.severity];
}

/** Findings that a person has to tick before an approval. */
export function ticksOf(findings: readonly IntegrityFinding[]): readonly { readonly id: string; readonly why: string }[] {
  const asked = findings.filter((finding) => finding.severity !== 'low');
  const shown = asked.slice(0, ticksShown).map((finding) => ({ id: `integrity:${finding.id}`, why: `${finding.file}${finding.line === null ? '' : `:${finding.line}`}: ${finding.why}` }));
  const rest = asked.length - shown.length;
  return rest > 0 ? [...shown, { id: 'integrity:others', why: `${rest} more findings about tests, gates and configuration.` }] : shown;
}

/** More than a person can look at one by one. */
const ticksShown = 40;
