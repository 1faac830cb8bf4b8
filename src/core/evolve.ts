/**
 * (state, event) → state. Owns: what each event means. Never fails: an event that the state does not expect changes nothing,
 * so that every journal that was ever written can be folded.
 */
import type { Recorded, RunEvent } from './event.ts';
import { repairable } from './verdict.ts';
import { evolveUnit } from './evolveUnit.ts';
import type { Checkpoint, RunState, StepState } from './state.ts';
import { replaceStep, rework, settle } from './settle.ts';

/** Folds one event. `undefined` stands for "no such run yet": only `TaskAccepted` leads out of it. */
export function evolve(state: RunState | undefined, recorded: Recorded<RunEvent>): RunState | undefined {
  const { event, at, seq } = recorded;
  if (event.type === 'TaskAccepted') return state ?? settle(initial(event, at, seq), at);
  if (!state || state.end) return state;
  return settle({ ...apply(state, event, at), updatedAt: at, seq }, at);
}

export function fold(records: readonly Recorded<RunEvent>[]): RunState | undefined {
  return records.reduce<RunState | undefined>(evolve, undefined);
}

function initial(event: Extract<RunEvent, { type: 'TaskAccepted' }>, at: number, seq: number): RunState {
  return {
    task: event.task, request: event.request, title: event.title, accepted: event, workflow: event.workflow, settings: event.settings,
    budget: event.budget, startedAt: at, updatedAt: at, seq,
    steps: event.workflow.steps.map((step) => ({ id: step.id, status: 'pending', why: null, n: 0, round: 0, startedAt: null, finishedAt: null, gate: null, land: null, repairsUsed: 0, outputs: {} })),
    units: [], checkpoints: [], plan: null, planVersion: 0, review: null, artifacts: {}, head: event.base.commit,
    candidate: null, candidateEvidence: null, waived: [], end: null,
  };
}

function apply(state: RunState, event: RunEvent, at: number): RunState {
  switch (event.type) {
    case 'TaskAccepted': return state;
    case 'AttemptStarted': case 'AttemptFinished': case 'Integrated': case 'IntegrationConflicted': case 'UnitJudged': case 'UnitLanded':
      return evolveUnit(state, event, at);
    case 'CandidateMade': {
      const { head, onto, commit, tree } = event;
      return inStep(state, event.step, (step) => ({ ...replaceStep(state, { ...step, gate: { kind: 'judging' } }), candidate: { head, onto, commit, tree } }));
    }
    case 'CandidateConflicted':
      return inStep(state, event.step, (step) => replaceStep(state, { ...step, gate: { kind: 'failed', why: `conflict with ${state.accepted.target} in ${event.files.join(', ')}` } }));
    case 'CandidateJudged': return judged(state, event.step, event.evidence, at);
    case 'CommandFailed': return commandFailed(state, event);
    case 'CheckpointApproved': {
      const decided = decide(state, event.checkpoint, 'approved', event.by, at, { waivers: event.waivers });
      return finishStep(decided, event.checkpoint, at);
    }
    case 'ChangesRequested': {
      const checkpoint = state.checkpoints.find((candidate) => candidate.id === event.checkpoint);
      const step = state.workflow.steps.find((candidate) => candidate.id === checkpoint?.step);
      if (step?.kind !== 'checkpoint') return state;
      const decided = decide(state, event.checkpoint, 'changes-requested', event.by, at, { comments: event.comments });
      return rework(decided, step.rework ?? '', { kind: 'comments', comments: event.comments }, at);
    }
    case 'CheckpointRejected': {
      const decided = decide(state, event.checkpoint, 'rejected', event.by, at, { reason: event.reason });
      return { ...decided, end: { kind: 'rejected', reason: event.reason } };
    }
    case 'GateWaived': return waived(state, event, at);
    case 'RetryRequested': return retried(state, event, at);
    case 'LandingBlocked': return landing(state, event.command, (step) => replaceStep(state, { ...step, land: { kind: 'blocked', reasons: event.reasons } }));
    case 'LandingVoided': return voided(state, at);
    case 'Landed': {
      const done = landing(state, event.command, (step) => replaceStep(state, { ...step, status: 'done', finishedAt: at, land: null }));
      return { ...done, end: { kind: 'merged', commit: event.commit, tree: event.tree } };
    }
    case 'TaskCancelled': return { ...state, end: { kind: 'cancelled' } };
  }
}

function judged(state: RunState, id: string, evidence: NonNullable<RunState['candidateEvidence']>, at: number): RunState {
  const definition = state.workflow.steps.find((candidate) => candidate.id === id);
  return inStep(state, id, (step) => {
    const known = { ...state, candidateEvidence: evidence };
    if (evidence.verdict === 'accepted' || evidence.verdict === 'not-verified') return replaceStep(known, { ...step, status: 'done', finishedAt: at, gate: null });
    if (!repairable(evidence)) return replaceStep(known, { ...step, gate: { kind: 'stuck', waitingFor: 'gate', why: `gate ${evidence.verdict}: ${evidence.reason}`, next: 'Mend what the log names, then retry; or approve with a waiver.' } });
    if (definition?.kind === 'gate' && definition.rework !== null && step.repairsUsed < definition.repairs) {
      return rework(replaceStep(known, { ...step, repairsUsed: step.repairsUsed + 1 }), definition.rework, { kind: 'gate', evidence, from: id }, at);
    }
    return replaceStep(known, { ...step, gate: { kind: 'failed', why: `gate ${evidence.verdict}: ${evidence.reason}` } });
  });
}

function commandFailed(state: RunState, event: Extract<RunEvent, { type: 'CommandFailed' }>): RunState {
  const stuck = { kind: 'stuck', waitingFor: 'workspace', why: event.message, next: event.next } as const;
  const step = state.steps.find((candidate) => candidate.id === event.at);
  if (step?.gate) return replaceStep(state, { ...step, gate: stuck });
  if (step?.land) return replaceStep(state, { ...step, land: stuck });
  return { ...state, units: state.units.map((unit) => (unit.id === event.at && unit.phase.kind !== 'stuck' ? { ...unit, phase: { ...stuck, resume: unit.phase } } : unit)) };
}

function waived(state: RunState, event: Extract<RunEvent, { type: 'GateWaived' }>, at: number): RunState {
  const waiver = { gate: event.gate, reason: event.reason, by: event.by };
  const step = state.steps.find((candidate) => candidate.id === event.at);
  if (step?.gate && state.candidateEvidence) {
    const known = { ...state, waived: [...state.waived, waiver] };
    const open = state.candidateEvidence.gates.some((gate) => gate.verdict !== 'accepted' && !known.waived.some((one) => one.gate === gate.id));
    return open ? known : replaceStep(known, { ...step, status: 'done', finishedAt: at, gate: null });
  }
  return { ...state, units: state.units.map((unit) => {
    if (unit.id !== event.at || (unit.phase.kind !== 'failed' && unit.phase.kind !== 'stuck') || unit.phase.resume.kind !== 'advancing') return unit;
    // The waiver is about that tree on that tip. When others landed meanwhile it is merged and judged again.
    const { resume } = unit.phase;
    return { ...unit, phase: resume.onto === state.head ? resume : { kind: 'integrating', commit: resume.commit } };
  }) };
}

function retried(state: RunState, event: Extract<RunEvent, { type: 'RetryRequested' }>, at: number): RunState {
  const named = (id: string): boolean => event.at === null || event.at === id;
  const steps = state.steps.map((step): StepState => {
    if (!named(step.id)) return step;
    if (step.gate?.kind === 'stuck' || step.gate?.kind === 'failed') return { ...step, n: step.n + 1, gate: { kind: 'making' } };
    if (step.land?.kind === 'stuck') return { ...step, n: step.n + 1, land: { kind: 'landing' } };
    return step;
  });
  const units = state.units.map((unit) => {
    if (!named(unit.id) && !named(unit.step)) return unit;
    if (unit.phase.kind === 'stuck') {
      // A red gate is judged again on today's tip; a git command that broke is repeated as it was: it may have had its effect.
      const phase = unit.phase.resume.kind === 'advancing' && unit.phase.waitingFor === 'gate' ? { kind: 'integrating', commit: unit.phase.resume.commit } as const : unit.phase.resume;
      return { ...unit, phase: phase.kind === 'working' || phase.kind === 'ready' ? { kind: 'ready', notBefore: at, why: null } as const : phase };
    }
    if (unit.phase.kind === 'failed') {
      return { ...unit, phase: { kind: 'ready', notBefore: at, why: null } as const, feedback: unit.phase.evidence ? [{ kind: 'gate', evidence: unit.phase.evidence } as const] : [], repairs: { ...unit.repairs, used: 0 } };
    }
    return unit;
  });
  const budget = event.budget ? { usd: event.budget.usd ?? state.budget.usd, minutes: event.budget.minutes ?? state.budget.minutes } : state.budget;
  return { ...state, steps, units, budget };
}

/** The target moved: whatever was judged and approved for its old tip is void, and the candidate is made anew. The review stays. */
function voided(state: RunState, at: number): RunState {
  const kinds = new Map(state.workflow.steps.map((step) => [step.id, step]));
  const steps = state.steps.map((step): StepState => {
    const definition = kinds.get(step.id);
    const concerned = definition?.kind === 'gate' || definition?.kind === 'merge' || (definition?.kind === 'checkpoint' && definition.about === 'merge');
    return concerned && step.status !== 'pending' ? { ...step, status: 'pending', gate: null, land: null } : step;
  });
  const checkpoints = state.checkpoints.map((checkpoint): Checkpoint => (
    checkpoint.about === 'merge' && (checkpoint.state === 'open' || checkpoint.state === 'approved') ? { ...checkpoint, state: 'void', decidedAt: at } : checkpoint));
  return { ...state, steps, checkpoints };
}

function decide(state: RunState, id: string, to: Checkpoint['state'], by: string, at: number, more: Partial<Pick<Checkpoint, 'reason' | 'comments' | 'waivers'>>): RunState {
  return { ...state, checkpoints: state.checkpoints.map((checkpoint) => (checkpoint.id === id && checkpoint.state === 'open' ? { ...checkpoint, ...more, state: to, by, decidedAt: at } : checkpoint)) };
}

function finishStep(state: RunState, checkpoint: string, at: number): RunState {
  const owner = state.checkpoints.find((candidate) => candidate.id === checkpoint);
  if (owner?.state !== 'approved') return state;
  return inStep(state, owner.step, (step) => replaceStep(state, { ...step, status: 'done', finishedAt: at }));
}

function landing(state: RunState, command: string, change: (step: StepState) => RunState): RunState {
  const step = state.steps.find((candidate) => candidate.land !== null && command === `${candidate.id}#${candidate.n}`);
  return step ? change(step) : state;
}

function inStep(state: RunState, id: string, change: (step: StepState) => RunState): RunState {
  const step = state.steps.find((candidate) => candidate.id === id && candidate.status === 'active');
  return step ? change(step) : state;
}
