/**
 * Which version of a document or plan a person was shown in the round before: what a newer one is compared with.
 * Owns: reading the version that a checkpoint binds. Refuses: a comparison of a version with itself, and with what nobody was asked about.
 */
import type { CheckpointView, RunView } from '../../protocol/runView.ts';

/** `round` from 1. Null: this is the first round, or the same version again. */
export function roundBefore(view: Pick<RunView, 'checkpoints'>, checkpoint: Pick<CheckpointView, 'id' | 'step' | 'kind' | 'openedAt' | 'evidence'>): { readonly round: number; readonly version: number } | null {
  if (checkpoint.kind !== 'plan' && checkpoint.kind !== 'document') return null;
  const earlier = view.checkpoints.filter((candidate) => candidate.step === checkpoint.step && candidate.id !== checkpoint.id && candidate.openedAt <= checkpoint.openedAt);
  const version = boundVersion(earlier.at(-1)?.evidence);
  return version === null || version === boundVersion(checkpoint.evidence) ? null : { round: earlier.length, version };
}

/** Of `spec.md@2` or `plan-3`. */
function boundVersion(evidence: string | undefined): number | null {
  const [, digits] = /(?:@|^plan-)(\d+)$/.exec(evidence ?? '') ?? [];
  return digits === undefined || Number(digits) < 1 ? null : Number(digits);
}
