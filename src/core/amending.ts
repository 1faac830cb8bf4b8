/**
 * Who may propose a change of which plan, and what waits meanwhile (product.md W8). Pure.
 * Owns: the way from a proposal to its event. Refuses: proposals from anybody whom the plan does not concern, and more of them than a person can follow.
 */
import { amendPlan, lossesOf, touchedBy } from './amendment.ts';
import type { Amendment } from './amendment.ts';
import { landsElsewhere, stepOf, stepStateOf, unitsOf } from './change.ts';
import type { RunEvent } from './event.ts';
import { ancestors } from './graph.ts';
import type { Plan } from './plan.ts';
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';
import type { AmendmentRecord, Checkpoint, RunState, Unit } from './state.ts';
import { openCheckpoints } from './state.ts';
import type { Step, WorkStep } from './workflow.ts';

/** A step whose units are the subtasks of a plan. */
export interface PlanWork { readonly step: WorkStep; /** The step that gave the plan. */ readonly of: string }

/** Of one task: a plan that is changed more often than this should be made anew. */
const amendmentLimit = 50;

export function planWorkOf(step: Step | undefined): PlanWork | null {
  return step !== undefined && 'forEach' in step && step.forEach?.over === 'subtasks' ? { step, of: step.forEach.of } : null;
}

export function planOf(state: RunState, of: string): Plan | null {
  return state.plans[of] ?? state.plan;
}

/** The work whose plan this unit may propose to change: its own, or, for a reviewer, that of the subtasks that it judges; null: none. */
export function amendableBy(state: RunState, unit: Unit): PlanWork | null {
  if (unit.does !== 'agent' || state.landed) return null;
  const judged = unit.role === 'reviewer' ? ancestors(state.workflow, unit.step).map(planWorkOf).findLast((work) => work !== null) ?? activeWork(state) : null;
  const work = planWorkOf(stepOf(state, unit.step)) ?? judged;
  if (!work || !planOf(state, work.of)) return null;
  const status = stepStateOf(state, work.step.id)?.status;
  return status === 'active' || status === 'done' ? work : null;
}

function activeWork(state: RunState): PlanWork | null {
  return state.workflow.steps.map(planWorkOf).findLast((work) => work !== null && stepStateOf(state, work.step.id)?.status === 'active') ?? null;
}

/** Subtasks of the plan that somebody has begun, in whatever step and whatever came of it. */
export function startedIn(state: RunState, of: string): ReadonlySet<string> {
  const works = state.workflow.steps.filter((step) => planWorkOf(step)?.of === of);
  return new Set(works.flatMap((step) => unitsOf(state, step.id)).flatMap((unit) => (unit.subtask && isBegun(unit) ? [unit.subtask.id] : [])));
}

function isBegun({ attempts, phase }: Unit): boolean {
  return attempts.length > 0 || (phase.kind !== 'pending' && phase.kind !== 'ready');
}

/** Amendments that a person has not decided about. */
export function openAmendments(state: RunState): readonly (AmendmentRecord & { readonly checkpoint: Checkpoint })[] {
  return openCheckpoints(state).flatMap((checkpoint) => {
    const record = checkpoint.about === 'amendment' ? state.amendments.find(({ n }) => n === checkpoint.amendment) : undefined;
    return record ? [{ ...record, checkpoint }] : [];
  });
}

/** The amendment that has to be decided before this unit may start; null: none. */
export function heldBy(state: RunState, unit: Unit): AmendmentRecord | null {
  if (unit.subtask === null || isBegun(unit)) return null;
  const { id } = unit.subtask;
  const of = planWorkOf(stepOf(state, unit.step))?.of;
  return openAmendments(state).find((open) => planWorkOf(stepOf(state, open.step))?.of === of && touchedBy(open.amendment).includes(id)) ?? null;
}

/** Whether the subtasks have ended, so that taking a proposal begins anew what comes after them, while some of that is landing. */
export function goesBack(state: RunState, step: string): boolean {
  return stepStateOf(state, step)?.status === 'done' && landsElsewhere(state, step);
}

type Proposed = Extract<RunEvent, { type: 'PlanAmendmentProposed' }>;

/** The event of a proposal that can be taken, or every mistake of one that cannot. */
export function propose(state: RunState, unit: Unit, command: string, amendment: Amendment): Result<Proposed, readonly string[]> {
  const work = amendableBy(state, unit);
  const plan = work && planOf(state, work.of);
  if (state.end || !work || !plan) return refuse(['there is no plan that can be changed now']);
  if (goesBack(state, work.step.id)) return refuse(['other work is landing at this moment: propose it once more']);
  if (state.amendments.length >= amendmentLimit) return refuse([`${amendmentLimit} changes of the plan were proposed in this task: that is the most`]);
  const open = openAmendments(state).flatMap((one) => touchedBy(one.amendment));
  const twice = touchedBy(amendment).filter((id) => open.includes(id)).map((id) => `"${id}" is part of a proposal that waits for a person already`);
  const next = amendPlan(plan, amendment, startedIn(state, work.of));
  if (!next.ok) return refuse([...twice, ...next.refusal]);
  if (twice.length > 0) return refuse(twice);
  const { wider, dropped } = lossesOf(plan, next.value, amendment);
  return ok({ type: 'PlanAmendmentProposed', command, unit: unit.id, step: work.step.id, amendment, plan: next.value, wider: [...wider], dropped: [...dropped], waits: wider.length > 0 || dropped.length > 0 });
}
