/** What a person's decisions mean: approved, sent back with comments, rejected, a document edited by hand. Pure; part of `evolve`. */
import { documentOf, openAt } from './begin.ts';
import { absorbs, endStep, mayAdvance, relaid, replaceStep, replaceUnit, stepOf, stepStateOf } from './change.ts';
import { ranked } from './choice.ts';
import type { RunEvent } from './event.ts';
import { amendmentDecided } from './evolveAmendment.ts';
import { withPlan } from './planVersions.ts';
import { canSendBack, resetAfter, sendBack } from './sendBack.ts';
import type { Checkpoint, RunState, StepState, Unit } from './state.ts';
import type { StepOf } from './workflow.ts';

export type CheckpointEvent = Extract<RunEvent, { type: 'CheckpointApproved' | 'ChangesRequested' | 'CheckpointRejected' | 'ArtifactEdited' | 'PlanEdited' }>;

export function evolveCheckpoint(state: RunState, event: CheckpointEvent, at: number): RunState {
  const checkpoint = state.checkpoints.find((candidate) => candidate.id === event.checkpoint && candidate.state === 'open');
  if (checkpoint?.about === 'amendment') return event.type === 'CheckpointApproved' || event.type === 'CheckpointRejected' ? amendmentDecided(state, event, checkpoint, at) : state;
  const step = checkpoint && stepOf(state, checkpoint.step);
  if (checkpoint && step?.kind === 'merge') return decidedAtMerge(state, event, checkpoint, step, at);
  if (!checkpoint || step?.kind !== 'checkpoint') return event.type === 'CheckpointRejected' ? rejected(state, event.reason) : state;
  switch (event.type) {
    case 'CheckpointApproved': return approved(state, event, checkpoint, step, at);
    case 'ChangesRequested': {
      const target = reworkOf(step);
      const decided = decide(state, checkpoint, { state: 'changes-requested', by: event.by, decidedAt: at, comments: event.comments });
      return canSendBack(state, target) ? sendBack(decided, step.id, target, { kind: 'comments', comments: event.comments }, at) : state;
    }
    case 'CheckpointRejected': {
      const decided = decide(state, checkpoint, { state: 'rejected', by: event.by, decidedAt: at, reason: event.reason });
      if (!absorbs(state, step)) return rejected(decided, event.reason);
      return endStep(resetAfter(decided, step.id, at), step.id, 'failed', at, { outputs: { decision: 'rejected' }, why: event.reason });
    }
    case 'ArtifactEdited': return edited(state, event, checkpoint, step, at);
    case 'PlanEdited': return planEdited(state, event, checkpoint, step, at);
  }
}

/** A merge that asked by itself: approved, it lands; nobody gets comments from there. */
function decidedAtMerge(state: RunState, event: CheckpointEvent, checkpoint: Checkpoint, step: StepOf<'merge'>, at: number): RunState {
  if (event.type === 'CheckpointApproved') return decide(state, checkpoint, { state: 'approved', by: event.by, decidedAt: at, waivers: event.waivers, ...tickedBy(event) });
  if (event.type !== 'CheckpointRejected') return state;
  const decided = decide(state, checkpoint, { state: 'rejected', by: event.by, decidedAt: at, reason: event.reason });
  return absorbs(state, step) ? endStep(decided, step.id, 'failed', at, { why: event.reason }) : rejected(decided, event.reason);
}

const tickedBy = ({ ticks }: Extract<CheckpointEvent, { type: 'CheckpointApproved' }>): Pick<Checkpoint, 'ticks'> => (ticks.length > 0 ? { ticks } : {});

/** Who gets a person's comments: whom the file names, else who gave what the checkpoint is about. */
export function reworkOf(step: StepOf<'checkpoint'>): string | null {
  return step.rework ?? step.of;
}

function rejected(state: RunState, reason: string): RunState {
  return { ...state, end: state.landed ? { kind: 'merged', ...state.landed } : { kind: 'rejected', reason } };
}

function approved(state: RunState, event: Extract<CheckpointEvent, { type: 'CheckpointApproved' }>, checkpoint: Checkpoint, step: StepOf<'checkpoint'>, at: number): RunState {
  const candidates = step.about === 'choice' && step.of !== null ? ranked(state, step.of) : [];
  const choice = candidates.find((candidate) => candidate.commit === event.choice) ?? candidates[0];
  const decided = decide(state, checkpoint, { state: 'approved', by: event.by, decidedAt: at, waivers: event.waivers, ...tickedBy(event), ...(event.risks ? { passed: event.risks } : {}), ...(choice ? { subject: choice.unit } : {}) });
  if (!choice) return endStep(decided, step.id, 'done', at, { outputs: { decision: 'approved' } });
  return candidates.reduce((current, candidate) => {
    const unit = current.units.find((one) => one.id === candidate.unit);
    if (!unit) return current;
    if (unit.id !== choice.unit) return replaceUnit(current, { ...unit, phase: { kind: 'skipped', why: 'another candidate was chosen' } });
    // From here on it lands like every other piece of work; on another tip than it was judged on, it is judged again.
    const { commit, own, onto, tree } = candidate;
    const landing: Unit = { ...unit, landing: 'gated', finishedAt: at };
    return replaceUnit(current, mayAdvance(current, unit, onto) ? { ...landing, phase: { kind: 'advancing', onto, commit, tree } } : relaid(landing, own));
  }, decided);
}

/** The edited text is a version of its own; what stood open was about the one before. */
function edited(state: RunState, event: Extract<CheckpointEvent, { type: 'ArtifactEdited' }>, checkpoint: Checkpoint, step: StepOf<'checkpoint'>, at: number): RunState {
  const name = documentOf(state, step.of), own = stepStateOf(state, step.id);
  if (step.about !== 'document' || name === null || !own) return state;
  const artifacts = { ...state.artifacts, [name]: [...state.artifacts[name] ?? [], { text: event.text, by: event.by, at }] };
  return openAgain({ ...state, artifacts }, checkpoint, step, own, event.by, at);
}

function planEdited(state: RunState, event: Extract<CheckpointEvent, { type: 'PlanEdited' }>, checkpoint: Checkpoint, step: StepOf<'checkpoint'>, at: number): RunState {
  const own = stepStateOf(state, step.id);
  if (step.about !== 'plan' || !own) return state;
  return openAgain(withPlan(state, step.of, event.plan, event.by, at), checkpoint, step, own, event.by, at);
}

function openAgain(state: RunState, checkpoint: Checkpoint, step: StepOf<'checkpoint'>, own: StepState, by: string, at: number): RunState {
  const again = { ...own, n: own.n + 1 };
  return openAt(replaceStep(decide(state, checkpoint, { state: 'void', decidedAt: at, by, reason: 'edited by hand' }), again), step, again.n, at);
}

function decide(state: RunState, checkpoint: Checkpoint, change: Partial<Checkpoint>): RunState {
  return { ...state, checkpoints: state.checkpoints.map((candidate) => (candidate === checkpoint ? { ...candidate, ...change } : candidate)) };
}
