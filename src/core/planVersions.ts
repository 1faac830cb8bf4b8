/** Every plan that a run had, in order: a planner's, a person's, one that an agent's amendment led to. Owns: that the older ones are kept. */
import type { Plan } from './plan.ts';
import type { RunState } from './state.ts';

/** `of`: the step whose plan it is; `by`: the unit that gave it, or who changed it. */
export function withPlan(state: RunState, of: string | null, plan: Plan, by: string, at: number): RunState {
  const version = state.planVersion + 1;
  const plans = of === null ? state.plans : { ...state.plans, [of]: plan };
  return { ...state, plan, plans, planVersion: version, planVersions: [...state.planVersions, { version, plan, by, at }] };
}
