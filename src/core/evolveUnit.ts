/** What the events of one unit mean: an attempt, its landing on the integration branch, its gates. Pure; part of `evolve`. */
import type { RunEvent } from './event.ts';
import type { Evidence } from './gate.ts';
import { afterFailure } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { replaceUnit } from './settle.ts';
import type { Attempt, Feedback, RunState, Unit, UnitPhase } from './state.ts';
import { unitOf } from './state.ts';
import { nothingSpent } from './usage.ts';
import { repairable } from './verdict.ts';

export type UnitEvent = Extract<RunEvent, { type: 'AttemptStarted' | 'AttemptFinished' | 'Integrated' | 'IntegrationConflicted' | 'UnitJudged' | 'UnitLanded' }>;

export function evolveUnit(state: RunState, event: UnitEvent, at: number): RunState {
  const unit = unitOf(state, event.unit);
  if (!unit) return state;
  switch (event.type) {
    case 'AttemptStarted': {
      const attempt: Attempt = { n: event.n, agent: event.agent, start: event.start, startedAt: at, finishedAt: null, outcome: null, ...nothingSpent, durationMs: 0, evidence: null };
      return replaceUnit(state, { ...unit, phase: { kind: 'working' }, attempts: [...unit.attempts, attempt], start: event.start });
    }
    case 'AttemptFinished': {
      const { outcome, usage, costUsd, estimatedUsd = 0, durationMs } = event;
      const attempts = unit.attempts.map((attempt) => (attempt.n === event.n ? { ...attempt, outcome, usage, costUsd, estimatedUsd, durationMs, finishedAt: at } : attempt));
      return finished(state, { ...unit, attempts, finishedAt: at }, outcome, at);
    }
    case 'Integrated': {
      const { onto, commit, tree } = event;
      return replaceUnit(state, { ...unit, phase: { kind: unit.landing === 'direct' ? 'advancing' : 'judging', onto, commit, tree } });
    }
    case 'IntegrationConflicted': {
      const previous = unit.phase.kind === 'integrating' ? unit.phase.commit : state.head;
      const feedback: Feedback = { kind: 'conflict', files: event.files, onto: event.onto, previous };
      return again(state, { ...unit, start: event.onto }, feedback, `conflict in ${event.files.join(', ')}`, at);
    }
    case 'UnitJudged': return judged(state, unit, event.evidence, event.n, at);
    case 'UnitLanded': return { ...replaceUnit(state, { ...unit, phase: { kind: 'landed', commit: event.commit }, feedback: [], start: null }), head: event.commit };
  }
}

function finished(state: RunState, unit: Unit, outcome: Outcome, at: number): RunState {
  switch (outcome.kind) {
    case 'plan': return { ...replaceUnit(state, { ...unit, phase: { kind: 'given' }, feedback: [] }), plan: outcome.plan, planVersion: state.planVersion + 1 };
    case 'review': return { ...replaceUnit(state, { ...unit, phase: { kind: 'given' }, feedback: [] }), review: outcome.review };
    case 'tree': return replaceUnit(state, { ...unit, phase: { kind: 'integrating', commit: outcome.commit } });
    case 'document': {
      const versions = [...state.artifacts[outcome.name] ?? [], { text: outcome.text, by: unit.id, at }];
      return { ...replaceUnit(state, { ...unit, phase: { kind: 'given' }, feedback: [] }), artifacts: { ...state.artifacts, [outcome.name]: versions } };
    }
    case 'result': return replaceUnit(state, { ...unit, phase: { kind: 'given' }, feedback: [] });
    case 'no-changes': return noChanges(state, unit, at);
    case 'failed': {
      const inARow = trailing(unit, (attempt) => attempt.outcome?.kind === 'failed' && attempt.outcome.failure === outcome.failure);
      const after = afterFailure(outcome.failure, inARow);
      if (after.kind === 'again') {
        const notBefore = Math.max(at + after.afterMs, outcome.retryAt ?? 0);
        return replaceUnit(state, { ...unit, phase: { kind: 'ready', notBefore, why: outcome.failure === 'interrupted' ? null : outcome.message } });
      }
      return replaceUnit(state, { ...unit, phase: stuck(after.waitingFor, outcome.message, nextFor(after.waitingFor)) });
    }
  }
}

/**
 * "No changes" is not success. Without feedback a person is asked; in answer to a red gate it is a repair that came to nothing, and when
 * none is left the gate's verdict stands: the unit's own, or that of the gate step which sent the work back.
 */
function noChanges(state: RunState, unit: Unit, at: number): RunState {
  const red = unit.feedback.find((feedback) => feedback.kind === 'gate');
  if (!red) return replaceUnit(state, { ...unit, phase: stuck('agent', 'the agent ended without changing a file', 'Retry the step, or reject the task.') });
  const used = unit.repairs.used + 1;
  if (used <= unit.repairs.cap) return replaceUnit(state, { ...unit, phase: { kind: 'ready', notBefore: at, why: null }, repairs: { ...unit.repairs, used } });
  if (unit.judged?.tree === red.evidence.tree) return replaceUnit(state, { ...unit, phase: { kind: 'failed', why: redWords(red.evidence, unit.repairs.used), evidence: red.evidence, resume: { kind: 'advancing', ...unit.judged } } });
  const gate = state.workflow.steps.find((step) => step.kind === 'gate' && step.rework === unit.step);
  const given = replaceUnit(state, { ...unit, phase: { kind: 'landed', commit: state.head }, feedback: [] });
  return { ...given, steps: given.steps.map((step) => (step.id === gate?.id ? { ...step, status: 'active', gate: { kind: 'failed', why: `gate ${red.evidence.verdict}: ${red.evidence.reason}` } } : step)) };
}

function judged(state: RunState, unit: Unit, evidence: Evidence, n: number, at: number): RunState {
  if (unit.phase.kind !== 'judging') return state;
  const { onto, commit, tree } = unit.phase;
  const known: Unit = { ...unit, judged: { onto, commit, tree }, attempts: unit.attempts.map((attempt) => (attempt.n === n ? { ...attempt, evidence } : attempt)) };
  const advancing: UnitPhase = { kind: 'advancing', onto, commit, tree };
  // What nothing could judge lands on the task's own branch only; the gate before the merge says so again, where a person decides.
  if (evidence.verdict === 'accepted' || evidence.verdict === 'not-verified') return replaceUnit(state, { ...known, phase: advancing });
  if (!repairable(evidence)) return replaceUnit(state, { ...known, phase: { kind: 'stuck', waitingFor: 'gate', why: `gate ${evidence.verdict}: ${evidence.reason}`, next: 'Mend what the log names, then retry; or approve with a waiver.', resume: advancing } });
  if (known.repairs.used >= known.repairs.cap) return replaceUnit(state, { ...known, phase: { kind: 'failed', why: redWords(evidence, known.repairs.used), evidence, resume: advancing } });
  return again(state, { ...known, start: commit }, { kind: 'gate', evidence }, null, at);
}

function redWords(evidence: Evidence, repairs: number): string {
  return `gate ${evidence.verdict}: ${evidence.reason}, after ${repairs} repairs`;
}

function again(state: RunState, unit: Unit, feedback: Feedback, why: string | null, at: number): RunState {
  const used = unit.repairs.used + 1;
  if (used > unit.repairs.cap) return replaceUnit(state, { ...unit, phase: stuck('agent', why ?? 'no repair left', nextFor('agent')), feedback: [feedback] });
  return replaceUnit(state, { ...unit, phase: { kind: 'ready', notBefore: at, why }, feedback: [feedback], repairs: { ...unit.repairs, used } });
}

function stuck(waitingFor: 'key' | 'budget' | 'agent', why: string, next: string): UnitPhase {
  return { kind: 'stuck', waitingFor, why, next, resume: { kind: 'ready', notBefore: 0, why: null } };
}

function nextFor(waitingFor: 'key' | 'budget' | 'agent'): string {
  switch (waitingFor) {
    case 'key': return 'Set the provider\'s key (for example ANTHROPIC_API_KEY) and retry the task from there.';
    case 'budget': return 'Raise the budget with a retry, or cancel the task.';
    case 'agent': return 'Read the step\'s log, then retry it, or cancel the task.';
  }
}

function trailing(unit: Unit, test: (attempt: Attempt) => boolean): number {
  let count = 0;
  for (const attempt of unit.attempts.toReversed()) {
    if (!test(attempt)) break;
    count += 1;
  }
  return count;
}
