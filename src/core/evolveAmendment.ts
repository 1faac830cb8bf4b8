/**
 * What it means that an agent proposed another plan: taken at once, or a checkpoint that a person decides. Pure; part of `evolve`.
 * Owns: how subtasks become units while others are at work, and what of an open proposal is left when the plan changes under it.
 */
import { openAmendments, planOf, planWorkOf, startedIn } from './amending.ts';
import type { PlanWork } from './amending.ts';
import { amendPlan, lossesOf } from './amendment.ts';
import { beginUnit, newUnit, rowsOf } from './begin.ts';
import { replaceStep, stepOf, stepStateOf, unitsOf } from './change.ts';
import type { RunEvent } from './event.ts';
import { withPlan } from './planVersions.ts';
import { resetAfter } from './sendBack.ts';
import type { AmendmentRecord, Checkpoint, RunState, Unit } from './state.ts';

export function amendmentProposed(state: RunState, event: Extract<RunEvent, { type: 'PlanAmendmentProposed' }>, at: number): RunState {
  const work = planWorkOf(stepOf(state, event.step));
  const before = work && planOf(state, work.of);
  if (!work || !before) return state;
  const { amendment, plan, wider, dropped, waits } = event;
  const record: AmendmentRecord = { n: state.amendments.length + 1, step: event.step, by: event.unit, at, amendment, before, plan, wider, dropped, waited: waits };
  const known = { ...state, amendments: [...state.amendments, record] };
  return waits ? opened(known, record, at) : taken(known, record, event.unit, at);
}

/** Approved: the plan is the shown one from here on. Rejected: nothing of the plan changes, and the task goes on. */
export function amendmentDecided(state: RunState, event: Extract<RunEvent, { type: 'CheckpointApproved' | 'CheckpointRejected' }>, checkpoint: Checkpoint, at: number): RunState {
  const record = state.amendments.find(({ n }) => n === checkpoint.amendment);
  if (event.type === 'CheckpointRejected') return closed(state, checkpoint, { state: 'rejected', by: event.by, decidedAt: at, reason: event.reason });
  const decided = closed(state, checkpoint, { state: 'approved', by: event.by, decidedAt: at, ...(event.risks ? { passed: event.risks } : {}) });
  return record ? taken(decided, record, event.by, at) : decided;
}

function opened(state: RunState, record: AmendmentRecord, at: number): RunState {
  const { commit, tree } = state.accepted.base;
  const name = `${record.step}#amendment-${record.n}`;
  const times = state.checkpoints.filter(({ amendment }) => amendment === record.n).length;
  const checkpoint: Checkpoint = {
    id: times === 0 ? name : `${name}.${times + 1}`, step: record.step, about: 'amendment', state: 'open', binding: { commit, base: commit, tree, evidence: `amendment-${record.n}@plan-${state.planVersion}` },
    openedAt: at, decidedAt: null, by: null, reason: null, comments: [], waivers: [], subject: null, amendment: record.n,
  };
  return { ...state, checkpoints: [...state.checkpoints, checkpoint] };
}

function closed(state: RunState, checkpoint: Checkpoint, change: Partial<Checkpoint>): RunState {
  return { ...state, checkpoints: state.checkpoints.map((candidate) => (candidate.id === checkpoint.id ? { ...candidate, ...change } : candidate)) };
}

function taken(state: RunState, record: AmendmentRecord, by: string, at: number): RunState {
  const own = planWorkOf(stepOf(state, record.step));
  if (!own) return state;
  const newest = planOf(state, own.of) === state.plan;
  const planned = withPlan(state, own.of, record.plan, by, at);
  let current: RunState = newest ? planned : { ...planned, plan: state.plan };
  for (const step of state.workflow.steps) {
    const work = planWorkOf(step);
    if (work?.of === own.of) current = amended(current, work, at);
  }
  return openAmendments(current).reduce((all, open) => (planWorkOf(stepOf(all, open.step))?.of === own.of ? lookedAtAgain(all, open, open.checkpoint, at) : all), current);
}

/** The units of a step that has begun are those of the new plan; a step that was over goes on, and what comes after it is done anew. */
function amended(state: RunState, work: PlanWork, at: number): RunState {
  const status = stepStateOf(state, work.step.id)?.status;
  if (status !== 'active' && status !== 'done') return state;
  const rows = rowsOf(state, work.step);
  const wanted = new Map(rows.map((row) => [row.id, row]));
  const known = new Map(unitsOf(state, work.step.id).map((unit) => [unit.id, unit]));
  const unitFor = (unit: Unit | undefined, id: string): Unit | undefined => {
    const row = wanted.get(id);
    if (!row) return unit;
    return unit && JSON.stringify(unit.subtask) === JSON.stringify(row.subtask) ? unit : beginUnit(unit, newUnit(work.step, row), false, at);
  };
  // What never started leaves nothing behind when it goes.
  const left = state.units.filter((unit) => unit.step !== work.step.id || unit.subtask === null || unit.attempts.length > 0 || wanted.has(unit.id));
  const units = [...left.map((unit) => (unit.step === work.step.id ? unitFor(unit, unit.id) ?? unit : unit)), ...rows.filter((row) => !known.has(row.id)).flatMap((row) => unitFor(undefined, row.id) ?? [])];
  const next = { ...state, units };
  if (status === 'active' || units.every((unit) => state.units.includes(unit))) return next;
  const again = resetAfter(next, work.step.id, at);
  const own = stepStateOf(again, work.step.id);
  return own ? replaceStep(again, { ...own, status: 'active', finishedAt: null, why: null }) : again;
}

/** The plan has changed under a proposal: it stands open anew about what it would come to now, or it is void. */
function lookedAtAgain(state: RunState, record: AmendmentRecord, checkpoint: Checkpoint, at: number): RunState {
  const work = planWorkOf(stepOf(state, record.step));
  const before = work && planOf(state, work.of);
  const next = work && before ? amendPlan(before, record.amendment, startedIn(state, work.of)) : null;
  const gone = (why: string): RunState => closed(state, checkpoint, { state: 'void', decidedAt: at, reason: `the plan changed meanwhile: ${why}` });
  if (!before || !next) return gone('it is not there any more');
  if (!next.ok) return gone(next.refusal.join('; '));
  const renewed: AmendmentRecord = { ...state.amendments.find(({ n }) => n === record.n) ?? record, before, plan: next.value, ...lossesOf(before, next.value, record.amendment) };
  const amendments = state.amendments.map((one) => (one.n === record.n ? renewed : one));
  return opened({ ...closed(state, checkpoint, { state: 'void', decidedAt: at, reason: 'the plan changed meanwhile' }), amendments }, renewed, at);
}
