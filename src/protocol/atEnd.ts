/**
 * A run that has ended, as its view says it: nothing of it is open, waits or works any more, whatever the end found under way.
 * Pure. Owns: what such rows say instead. Refuses: to change what was over before the end, or the state itself: journals are folded as they were.
 */
import type { Attempt, Checkpoint, RunEnd, RunState, StepState, Unit } from '../core/state.ts';

/** The same state while the run goes on. */
export function atEnd(state: RunState): RunState {
  if (!state.end) return state;
  const why = endWords[state.end.kind];
  return {
    ...state,
    units: state.units.map((unit) => unitAtEnd(unit, why, state.updatedAt)),
    steps: state.steps.map((step) => stepAtEnd(state, step, why)),
    checkpoints: state.checkpoints.map((checkpoint): Checkpoint => (checkpoint.state === 'open' ? { ...checkpoint, state: 'void', decidedAt: state.updatedAt, reason: why } : checkpoint)),
  };
}

const endWords: Readonly<Record<RunEnd['kind'], string>> = { cancelled: 'its task was cancelled', rejected: 'its task was rejected', merged: 'its task has ended', done: 'its task has ended' };

function unitAtEnd(unit: Unit, why: string, at: number): Unit {
  const attempts = unit.attempts.map((attempt): Attempt => (attempt.outcome === null ? { ...attempt, finishedAt: at, outcome: { kind: 'failed', failure: 'interrupted', message: why, retryAt: null } } : attempt));
  switch (unit.phase.kind) {
    case 'ready': case 'working': case 'integrating': case 'judging': case 'advancing': case 'stuck': return { ...unit, attempts, phase: { kind: 'skipped', why } };
    case 'pending': case 'landed': case 'given': case 'candidate': case 'skipped': case 'failed': return { ...unit, attempts };
  }
}

/** What had failed stays so. The step of an only unit stands as that does. */
function stepAtEnd(state: RunState, step: StepState, why: string): StepState {
  const units = state.units.filter((unit) => unit.step === step.id);
  const [only] = units;
  const isFanOut = state.workflow.steps.some((candidate) => candidate.id === step.id && 'forEach' in candidate && candidate.forEach !== undefined);
  if (step.status !== 'active' || step.stopped || step.gate?.kind === 'failed' || units.some((unit) => unit.phase.kind === 'failed') || (only && !isFanOut)) return step;
  const last = state.checkpoints.findLast((checkpoint) => checkpoint.step === step.id);
  const over = { ...step, gate: null, land: null };
  return last?.state === 'rejected' ? { ...over, status: 'failed', why: `rejected by ${last.by ?? 'nobody'}` } : { ...over, status: 'skipped', why };
}
