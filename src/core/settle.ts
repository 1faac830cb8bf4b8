/**
 * What follows from an event without another one: steps whose needs are done begin, units whose needs landed are ready,
 * a reached checkpoint stands open. Pure and idempotent: a wait for a person is simply that nothing follows.
 */
import { downstream } from './graph.ts';
import type { AgentStep, Step } from './workflow.ts';
import type { Checkpoint, Feedback, RunState, StepState, Unit } from './state.ts';

/** Settles until nothing more follows. `at`: the time of the event that led here. */
export function settle(state: RunState, at: number): RunState {
  if (state.end) return state;
  let current = state;
  for (;;) {
    const next = settleOnce(current, at);
    if (next === current) return current;
    current = next;
  }
}

function settleOnce(state: RunState, at: number): RunState {
  for (const step of state.workflow.steps) {
    const status = state.steps.find((candidate) => candidate.id === step.id);
    if (!status) continue;
    if (status.status === 'pending' && step.needs.every((need) => isBehind(state, need))) {
      return begin(state, step, at);
    }
    if (status.status === 'active' && step.kind === 'agent') {
      const units = state.units.filter((unit) => unit.step === step.id);
      const woken = units.find((unit) => unit.phase.kind === 'pending' && unit.needs.every((need) => isComplete(state, need)));
      if (woken) return replaceUnit(state, { ...woken, phase: { kind: 'ready', notBefore: at, why: null } });
      if (units.length > 0 && units.every((unit) => unit.phase.kind === 'landed' || unit.phase.kind === 'given')) {
        return replaceStep(state, { ...status, status: 'done', finishedAt: at });
      }
    }
  }
  return state;
}

/** A step is behind when it and everything before it is done: after a void the review still is, the gate before it is not. */
function isBehind(state: RunState, id: string): boolean {
  const step = state.workflow.steps.find((candidate) => candidate.id === id);
  return step !== undefined && state.steps.find((candidate) => candidate.id === id)?.status === 'done' && step.needs.every((need) => isBehind(state, need));
}

function isComplete(state: RunState, unit: string): boolean {
  return state.units.some((candidate) => candidate.id === unit && candidate.phase.kind === 'landed');
}

function begin(state: RunState, step: Step, at: number): RunState {
  const status = state.steps.find((candidate) => candidate.id === step.id) as StepState;
  const begun: StepState = { ...status, status: 'active', n: status.n + 1, startedAt: at, finishedAt: null };
  switch (step.kind) {
    case 'agent': return beginAgentStep(replaceStep(state, begun), step, at);
    case 'gate': return { ...replaceStep(state, { ...begun, gate: { kind: 'making' } }), candidate: null, candidateEvidence: null, waived: [] };
    case 'checkpoint': {
      const checkpoint: Checkpoint = {
        id: `${step.id}#${begun.n}`, step: step.id, about: step.about, state: 'open', binding: bindingFor(state, step.about),
        openedAt: at, decidedAt: null, by: null, reason: null, comments: [], waivers: [],
      };
      return { ...replaceStep(state, begun), checkpoints: [...state.checkpoints, checkpoint] };
    }
    case 'merge': return replaceStep(state, { ...begun, land: { kind: 'landing' } });
    // Refused where workflows are read (`workflowMistakes.ts`): it stays pending, and nothing behind it runs.
    case 'run': case 'tool': case 'use': return state;
  }
}

function bindingFor(state: RunState, about: Checkpoint['about']): Checkpoint['binding'] {
  if (about === 'merge' && state.candidate) {
    return { commit: state.candidate.commit, base: state.candidate.onto, tree: state.candidate.tree, evidence: state.candidateEvidence?.id ?? '' };
  }
  const { commit, tree } = state.accepted.base;
  return { commit, base: commit, tree, evidence: `plan-${state.planVersion}` };
}

function beginAgentStep(state: RunState, step: AgentStep, at: number): RunState {
  const existing = state.units.filter((unit) => unit.step === step.id);
  if (step.forEach === undefined) {
    const [own] = existing;
    const ready = { kind: 'ready', notBefore: at, why: null } as const;
    return own ? replaceUnit(state, { ...own, phase: ready })
      : { ...state, units: [...state.units, newUnit(step, step.id, state.title, ready)] };
  }
  // A rework of a fan-out has put its unit there already; the subtasks' own units stay landed.
  if (existing.length > 0) return state;
  const units = (state.plan?.subtasks ?? []).map((subtask): Unit => ({
    ...newUnit(step, `${step.id}/${subtask.id}`, subtask.title, { kind: 'pending' }),
    subtask, needs: subtask.needs.map((need) => `${step.id}/${need}`),
  }));
  return { ...state, units: [...state.units, ...units] };
}

function newUnit(step: AgentStep, id: string, title: string, phase: Unit['phase']): Unit {
  return {
    id, step: step.id, does: step.kind, role: step.role, gives: step.gives, landing: step.landing ?? 'gated', agents: [], title, subtask: null, item: null, needs: [], attempts: [],
    phase, feedback: [], repairs: { used: 0, cap: step.repairs }, start: null, judged: null, finishedAt: null,
  };
}

/**
 * Sends work back: `target` (an agent step) begins again with the feedback, and everything after it is to be done again.
 * A fan-out gets one new unit on the integration branch's tip, so that what landed stays landed.
 */
export function rework(state: RunState, target: string, feedback: Feedback, at: number): RunState {
  const step = state.workflow.steps.find((candidate) => candidate.id === target);
  if (step?.kind !== 'agent') return state;
  const reset = downstream(state.workflow, target).reduce((current, later) => {
    const status = current.steps.find((candidate) => candidate.id === later.id);
    return status && status.status !== 'pending' ? replaceStep(current, { ...status, status: 'pending', gate: null, land: null }) : current;
  }, state);
  const status = reset.steps.find((candidate) => candidate.id === target) as StepState;
  const active = replaceStep(reset, { ...status, status: 'active', finishedAt: null });
  if (step.forEach === undefined) {
    const unit = active.units.find((candidate) => candidate.id === target);
    return unit ? replaceUnit(active, { ...unit, phase: { kind: 'ready', notBefore: at, why: null }, feedback: [feedback], repairs: { ...unit.repairs, used: 0 } }) : active;
  }
  const count = active.units.filter((unit) => unit.id.startsWith(`${target}/rework-`)).length + 1;
  const unit: Unit = { ...newUnit(step, `${target}/rework-${count}`, reworkTitle(feedback), { kind: 'ready', notBefore: at, why: null }), feedback: [feedback] };
  return { ...active, units: [...active.units, unit] };
}

function reworkTitle(feedback: Feedback): string {
  switch (feedback.kind) {
    case 'gate': return 'Repair what the gate found';
    case 'comments': return 'Make the requested changes';
    case 'findings': return 'Answer the review';
    case 'conflict': return 'Resolve the conflict';
  }
}

export function replaceStep(state: RunState, step: StepState): RunState {
  return { ...state, steps: state.steps.map((candidate) => (candidate.id === step.id ? step : candidate)) };
}

export function replaceUnit(state: RunState, unit: Unit): RunState {
  return { ...state, units: state.units.map((candidate) => (candidate.id === unit.id ? unit : candidate)) };
}
