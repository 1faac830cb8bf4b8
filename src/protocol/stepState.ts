/** How one row of a run stands, and why, in a few words. Pure; made from the phases of core's state alone. */
import { openAmendments } from '../core/amending.ts';
import { openCheckpoints } from '../core/state.ts';
import type { RunState, StepState, Unit } from '../core/state.ts';
import type { StepView } from './runView.ts';

type Standing = Pick<StepView, 'state' | 'detail'>;

const aloneWords = 'gate running again, alone: it ran out of time under load';

/** `held`: why what is ready does not start, where a free slot alone does not help. */
export function unitState(unit: Unit, held?: string): Standing {
  const repair = unit.repairs.used > 0 ? `repair ${unit.repairs.used} of ${unit.repairs.cap}` : '';
  switch (unit.phase.kind) {
    case 'pending': return { state: 'pending', detail: `needs ${unit.needs.map((need) => need.split('/').at(-1)).join(', ')}` };
    case 'ready': return { state: 'ready', detail: [held ?? unit.phase.why ?? 'waits for a free slot', repair].filter(Boolean).join(' · ') };
    case 'working': return { state: 'working', detail: repair };
    case 'integrating': return { state: 'landing', detail: 'merging onto the task\'s branch' };
    case 'judging': return { state: 'gating', detail: held ?? (unit.phase.alone ? aloneWords : 'gate running on the merged tree') };
    case 'advancing': return { state: 'landing', detail: 'landing on the task\'s branch' };
    case 'landed': return { state: 'done', detail: evidenceDetail(unit) };
    case 'given': return { state: 'done', detail: '' };
    case 'candidate': return { state: 'done', detail: evidenceDetail(unit) };
    case 'skipped': return { state: 'skipped', detail: unit.phase.why };
    case 'stuck': return { state: 'waiting', detail: unit.phase.why };
    case 'failed': return { state: 'failed', detail: unit.phase.why };
  }
}

function evidenceDetail(unit: Unit): string {
  const evidence = unit.attempts.at(-1)?.evidence;
  return evidence ? `gate ${evidence.verdict}: ${evidence.reason}` : 'landed';
}

export function gateStepState(step: StepState, state: RunState, held?: string): Standing {
  const evidence = step.evidence ?? state.candidateEvidence;
  if (step.status === 'done') return { state: 'done', detail: evidence ? `${evidence.verdict}: ${evidence.reason}` : '' };
  return overState(step) ?? proofState(step, held) ?? { state: 'pending', detail: '' };
}

/** A step that was passed over, or failed and let the run go on; null: it is neither. */
export function overState(step: StepState): Standing | null {
  if (step.status === 'skipped') return { state: 'skipped', detail: step.why ?? '' };
  if (step.status === 'failed') return { state: 'failed', detail: step.why ?? '' };
  return step.stopped ? { state: 'failed', detail: step.stopped.why } : null;
}

/** How far a gate is, or a checkpoint or merge that proves the tree itself; null: it does not. */
export function proofState(step: StepState, held?: string): Standing | null {
  if (step.status !== 'active' || !step.gate) return null;
  switch (step.gate.kind) {
    case 'making': return { state: 'gating', detail: 'merging with the target' };
    case 'judging': return { state: 'gating', detail: held ?? (step.gate.alone ? aloneWords : step.gate.subject.commit === step.gate.subject.head ? 'running on the task\'s branch' : 'running on the merged tree') };
    case 'stuck': return { state: 'waiting', detail: step.gate.why };
    case 'failed': return { state: 'failed', detail: step.gate.why };
  }
}

export function mergeStepState(step: StepState, state: RunState, held?: string): Standing {
  if (step.status === 'done' && state.landed) return { state: 'done', detail: state.landed.commit.slice(0, 12) };
  const other = overState(step) ?? proofState(step, held);
  if (other) return other;
  if (openCheckpoints(state).some((checkpoint) => checkpoint.step === step.id)) return { state: 'waiting', detail: 'waits for your ticks' };
  if (step.status !== 'active' || !step.land || openCheckpoints(state).some((checkpoint) => checkpoint.about === 'merge')) return { state: 'pending', detail: '' };
  if (openAmendments(state).length > 0) return { state: 'pending', detail: 'waits for your word on another plan' };
  switch (step.land.kind) {
    case 'landing': return { state: 'landing', detail: `onto ${state.accepted.target.replace('refs/heads/', '')}` };
    case 'blocked': return { state: 'waiting', detail: step.land.reasons.join('; ') };
    case 'stuck': return { state: 'waiting', detail: step.land.why };
  }
}
