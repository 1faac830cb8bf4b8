/**
 * The candidates of a step that lands by choice, best first: verdict, then findings, then size, then who was first.
 * Owns: the order. Refuses: to choose: a person does.
 */
import { unitsOf } from './change.ts';
import type { Evidence } from './gate.ts';
import type { RunState } from './state.ts';
import type { Verdict } from './verdict.ts';

export interface RankedCandidate {
  readonly unit: string;
  /** As it would stand on the integration branch, laid on `onto`; `own` is the commit that the attempt made. */
  readonly commit: string; readonly own: string; readonly onto: string; readonly tree: string;
  readonly agent: string;
  readonly evidence: Evidence | null;
  /** Failing tests, and what a person has to tick. */
  readonly findings: number;
  readonly files: number;
}

const order: readonly Verdict[] = ['accepted', 'not-verified', 'timed-out', 'error', 'rejected'];

export function ranked(state: RunState, step: string): readonly RankedCandidate[] {
  const found = unitsOf(state, step).flatMap((unit): RankedCandidate[] => {
    const last = unit.attempts.at(-1);
    if (unit.phase.kind !== 'candidate' || last?.outcome?.kind !== 'tree') return [];
    const { onto, commit, tree } = unit.phase;
    const { evidence, agent, outcome } = last;
    const findings = (evidence?.gates ?? []).reduce((sum, gate) => sum + gate.failures.length, 0) + (evidence?.ticks.length ?? 0);
    // After a repair the last attempt alone would look smaller than what it repaired.
    return [{ unit: unit.id, commit, own: outcome.commit, onto, tree, agent, evidence, findings, files: evidence?.change?.files ?? outcome.files }];
  });
  const rank = ({ evidence }: RankedCandidate): number => (evidence ? order.indexOf(evidence.verdict) : order.length);
  return found.sort((left, right) => rank(left) - rank(right) || left.findings - right.findings || left.files - right.files);
}
