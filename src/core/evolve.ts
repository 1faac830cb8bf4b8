/**
 * (state, event) → state. Owns: what each event means. Never fails: an event that the state does not expect changes nothing,
 * so that every journal that was ever written can be folded.
 */
import { chainFor, newStepState } from './begin.ts';
import { endStep, letsFail, relaid, relaidOn, replaceStep, workOf } from './change.ts';
import type { Recorded, RunEvent } from './event.ts';
import { amendmentProposed } from './evolveAmendment.ts';
import { evolveCheckpoint } from './evolveCheckpoint.ts';
import { evolveGate } from './evolveGate.ts';
import { rerun } from './evolveSpecs.ts';
import { countSpend, evolveUnit } from './evolveUnit.ts';
import { evolveUpstream, released, restacked } from './evolveUpstream.ts';
import { voidCandidate } from './sendBack.ts';
import { settle } from './settle.ts';
import type { RunState, StepState, Unit } from './state.ts';
import { notStarted } from './upstream.ts';

/** Folds one event. `undefined` stands for "no such run yet": only `TaskAccepted` leads out of it. */
export function evolve(state: RunState | undefined, recorded: Recorded<RunEvent>): RunState | undefined {
  return evolveWatched(state, recorded, () => undefined);
}

/** The same, telling each state on the way: a step may end and begin again by one event. */
export function evolveWatched(state: RunState | undefined, recorded: Recorded<RunEvent>, watch: (passed: RunState) => void): RunState | undefined {
  const { event, at, seq } = recorded;
  if (event.type === 'TaskAccepted') return state ?? follow(null, initial(event, at, seq), at, watch);
  // What was under way when the run ended had spent something all the same.
  if (state?.end && event.type === 'AttemptFinished') return { ...countSpend(state, event, at), seq };
  if (!state || state.end) return state;
  const applied = { ...apply(state, event, at), updatedAt: at, seq };
  watch(applied);
  return follow(state, applied, at, watch);
}

/** What begins after another task has nothing that follows before that. News of the other task may open the way for any step. */
function follow(before: RunState | null, state: RunState, at: number, watch: (passed: RunState) => void): RunState {
  if (notStarted(state)) return state;
  return settle(before?.upstream === state.upstream ? before : null, restacked(state, at), at, watch);
}

export function fold(records: readonly Recorded<RunEvent>[]): RunState | undefined {
  return records.reduce<RunState | undefined>(evolve, undefined);
}

function initial(event: Extract<RunEvent, { type: 'TaskAccepted' }>, at: number, seq: number): RunState {
  const { workflow, base } = event;
  const inputs = Object.fromEntries(Object.entries(workflow.inputs).flatMap(([name, input]) => {
    const value = event.inputs[name] ?? input.default;
    return value === null ? [] : [[name, value] as const];
  }));
  return {
    task: event.task, request: event.request, title: event.title, accepted: event, workflow, settings: event.settings,
    budget: event.budget, upstream: event.upstream ? { ...event.upstream, standing: 'open', head: base.commit, tree: base.tree, why: null } : null, startedAt: at, updatedAt: at, seq,
    steps: workflow.steps.map((step) => newStepState(step.id)),
    units: [], checkpoints: [], plan: null, plans: {}, planVersion: 0, planVersions: [], amendments: [], review: null, artifacts: {}, specs: [], inputs, head: base.commit, headTree: base.tree, base: base.commit, replaced: [],
    candidate: null, candidateEvidence: null, heads: {}, conflicts: [], waived: [], landed: null, outputs: {}, end: null,
  };
}

function apply(state: RunState, event: RunEvent, at: number): RunState {
  switch (event.type) {
    case 'TaskAccepted': return state;
    case 'AttemptStarted': case 'AttemptFinished': case 'Integrated': case 'IntegrationConflicted': case 'UnitJudged': case 'UnitLanded':
      return evolveUnit(state, event, at);
    case 'CandidateMade': case 'CandidateConflicted': case 'CandidateJudged': case 'GateWaived': return evolveGate(state, event, at);
    case 'CheckpointApproved': case 'ChangesRequested': case 'CheckpointRejected': case 'ArtifactEdited': case 'PlanEdited': return evolveCheckpoint(state, event, at);
    case 'SpecsChanged': return { ...state, specs: [...state.specs, { commit: event.commit, at, files: event.files }] };
    case 'RerunRequested': return rerun(state, event.units, at);
    case 'PlanAmendmentProposed': return amendmentProposed(state, event, at);
    case 'CommandFailed': return commandFailed(state, event);
    case 'RetryRequested': return retried(state, event, at);
    case 'LandingBlocked': return landing(state, event.command, (step) => replaceStep(state, { ...step, land: { kind: 'blocked', reasons: event.reasons } }));
    case 'LandingVoided': return voidCandidate(state, at);
    case 'Landed': {
      // Journals of before know merges that landed without asking for ticks.
      const done = landing(state, event.command, (step) => endStep({ ...state, checkpoints: state.checkpoints.map((checkpoint) => (checkpoint.step === step.id && checkpoint.state === 'open' ? { ...checkpoint, state: 'void', decidedAt: at } : checkpoint)) }, step.id, 'done', at, { outputs: { commit: event.commit } }));
      // What comes after it is a change of what has landed: of its own head, for another candidate may have been made while it landed.
      return { ...done, landed: { commit: event.commit, tree: event.tree }, base: state.heads[event.commit] ?? state.candidate?.head ?? state.base };
    }
    case 'UpstreamAtWork': case 'UpstreamLanded': case 'UpstreamLost': return evolveUpstream(state, event, at);
    case 'TaskCancelled': return { ...state, end: state.landed ? { kind: 'merged', ...state.landed } : { kind: 'cancelled' } };
  }
}

function commandFailed(state: RunState, event: Extract<RunEvent, { type: 'CommandFailed' }>): RunState {
  const stuck = { kind: 'stuck', waitingFor: 'workspace', why: event.message, next: event.next } as const;
  const step = state.steps.find((candidate) => candidate.id === event.at);
  if (step?.gate) return replaceStep(state, { ...step, gate: stuck });
  if (step?.land) return replaceStep(state, { ...step, land: stuck });
  return { ...state, units: state.units.map((unit) => (unit.id === event.at && unit.phase.kind !== 'stuck' ? { ...unit, phase: { ...stuck, resume: unit.phase } } : unit)) };
}

function retried(stopped: RunState, event: Extract<RunEvent, { type: 'RetryRequested' }>, at: number): RunState {
  const named = (id: string): boolean => event.at === null || event.at === id;
  const state = stopped.upstream && named(stopped.upstream.task) ? released(stopped, at) : stopped;
  const steps = state.steps.map((step): StepState => {
    if (!named(step.id) || step.status !== 'active') return step;
    if (step.stopped) return { ...step, status: 'pending', stopped: null };
    // A conflict with the target may go to the agent again; a red gate is judged again as it stands.
    if (step.gate?.kind === 'stuck' || step.gate?.kind === 'failed') return { ...step, n: step.n + 1, gate: { kind: 'making' }, repairsUsed: step.gate.kind === 'stuck' && step.gate.waitingFor === 'gate' && state.candidate === null ? 0 : step.repairsUsed };
    if (step.land?.kind === 'stuck') return step.land.waitingFor === 'gate' ? { ...step, n: step.n + 1, land: null, gate: { kind: 'making' } } : { ...step, n: step.n + 1, land: { kind: 'landing' } };
    return step;
  });
  const units = state.units.map((unit) => (named(unit.id) || named(unit.step) ? retriedUnit(state, unit, at) : unit));
  const budget = event.budget ? { usd: event.budget.usd ?? state.budget.usd, minutes: event.budget.minutes ?? state.budget.minutes } : state.budget;
  return { ...state, steps, units, budget };
}

function retriedUnit(state: RunState, unit: Unit, at: number): Unit {
  const step = workOf(state, unit);
  const anew = { from: unit.attempts.length, agents: unit.item?.values.agent === undefined && step ? chainFor(state, step) : unit.agents };
  if (unit.phase.kind === 'stuck') {
    // A red gate is judged again on today's tip; a git command that broke is repeated as it was: it may have had its effect.
    if (unit.phase.resume.kind === 'advancing' && unit.phase.waitingFor === 'gate') return relaid({ ...unit, ...anew }, unit.phase.resume.commit);
    const phase = unit.phase.resume;
    return relaidOn(state.head, { ...unit, ...anew, phase: phase.kind === 'working' || phase.kind === 'ready' ? { kind: 'ready', notBefore: at, why: null } as const : phase });
  }
  // A failure that is an outcome stops nothing: with a round or a step that is over nobody begins it again.
  if (unit.phase.kind !== 'failed' || letsFail(state, unit) || state.steps.some((own) => own.id === unit.step && own.status !== 'active' && own.status !== 'done')) return unit;
  const feedback = unit.phase.evidence ? [{ kind: 'gate', evidence: unit.phase.evidence } as const] : [];
  return { ...unit, ...anew, phase: { kind: 'ready', notBefore: at, why: null } as const, feedback, repairs: { ...unit.repairs, used: 0 } };
}

function landing(state: RunState, command: string, change: (step: StepState) => RunState): RunState {
  const step = state.steps.find((candidate) => candidate.land !== null && command === `${candidate.id}#${candidate.n}`);
  return step ? change(step) : state;
}
