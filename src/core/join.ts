/** When a step may begin, by what its needs came to. Owns: the three joins, and that `always()` or `failure()` in a condition looks past them. */
import { stepStateOf } from './change.ts';
import type { RunState, StepState } from './state.ts';
import { asksAlways, isOver } from './values.ts';
import type { Step } from './workflow.ts';

export type Joined = 'wait' | 'holds' | { readonly why: string };

export function joinOf(state: RunState, step: Step): Joined {
  const needs = step.needs.flatMap((need) => stepStateOf(state, need) ?? []);
  const over = needs.every(isOver);
  if (asksAlways(step)) return over ? 'holds' : 'wait';
  const well = needs.filter((need) => need.status === 'done').length;
  switch (step.join) {
    case 'all': return !over ? 'wait' : well === needs.length ? 'holds' : { why: badly(needs) };
    case 'any': return well > 0 || needs.length === 0 ? 'holds' : over ? { why: badly(needs) } : 'wait';
    case 'settled': return !over ? 'wait' : well > 0 || needs.length === 0 ? 'holds' : { why: badly(needs) };
  }
}

function badly(needs: readonly StepState[]): string {
  return needs.flatMap((need) => (need.status === 'failed' ? [`${need.id} failed`] : need.status === 'skipped' ? [`${need.id} was skipped`] : [])).slice(0, 3).join(', ');
}
