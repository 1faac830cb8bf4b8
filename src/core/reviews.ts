/** What reviewers said of the work. Owns: that each of several is heard, in the order of the workflow. Pure, from what their attempts gave. */
import { reviewVerdict } from './plan.ts';
import type { Review } from './plan.ts';
import type { RunState } from './state.ts';

/** `at`: the unit that reviewed, `by` its agent. */
export interface Reviewed { readonly at: string; readonly by: string; readonly review: Review }

/** The newest of each reviewer: one that was asked again has said something else meanwhile. */
export function reviewsOf({ units }: RunState): readonly Reviewed[] {
  return units.flatMap((unit): readonly Reviewed[] => {
    const given = unit.attempts.flatMap(({ agent, outcome }) => (outcome?.kind === 'review' ? [{ at: unit.id, by: agent, review: outcome.review }] : []));
    return given.slice(-1);
  });
}

/** Those who ask for changes; a person decides. */
export function dissenting(reviews: readonly Reviewed[]): readonly Reviewed[] {
  return reviews.filter(({ review }) => reviewVerdict(review) === 'changes');
}
