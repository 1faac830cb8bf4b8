/** What the events of a gate mean: the candidate that would land, what its gates found, and what a person let pass. Pure; part of `evolve`. */
import { openAt } from './begin.ts';
import { absorbs, endStep, mayAdvance, relaid, replaceStep, stepOf, stepStateOf } from './change.ts';
import { withCompleteness } from './completeness.ts';
import type { RunEvent } from './event.ts';
import type { Evidence } from './gate.ts';
import { together, unwaivedIn } from './landable.ts';
import { gateOutputs } from './stepOutputs.ts';
import { canSendBack, sendBack } from './sendBack.ts';
import { proofGateId } from './redGreen.ts';
import type { Candidate, RunState, StepState, Unit } from './state.ts';
import { stackedOn } from './upstream.ts';
import { repairable } from './verdict.ts';

export type GateEvent = Extract<RunEvent, { type: 'CandidateMade' | 'CandidateConflicted' | 'CandidateJudged' | 'GateWaived' }>;

const nextOfGate = 'Mend what the log names, then retry; or approve with a waiver.';

export function evolveGate(state: RunState, event: GateEvent, at: number): RunState {
  if (event.type === 'GateWaived') return waived(state, event, at);
  const own = stepStateOf(state, event.step);
  if (own?.status !== 'active') return state;
  switch (event.type) {
    case 'CandidateMade': {
      const { head, onto, commit, tree } = event;
      const candidate = { head, onto, commit, tree };
      // Whoever else waits for it judges the same.
      return { ...state, candidate, heads: { ...state.heads, [commit]: head }, steps: state.steps.map((step) => (step.id === own.id || (step.status === 'active' && step.gate?.kind === 'making') ? { ...step, gate: { kind: 'judging', subject: candidate } } : step)) };
    }
    case 'CandidateConflicted': return conflicted({ ...state, conflicts: [...state.conflicts, { onto: event.onto, files: event.files }] }, event, own, at);
    case 'CandidateJudged': return event.again && own.gate?.kind === 'judging' ? replaceStep(state, { ...own, gate: { ...own.gate, alone: true } }) : judged(state, own, event, at);
  }
}

/** A conflict with the target goes to the agent of the gate, to be mended on the target as it is now; else a person hears which files. */
function conflicted(state: RunState, event: Extract<GateEvent, { type: 'CandidateConflicted' }>, own: StepState, at: number): RunState {
  const step = stepOf(state, own.id);
  const why = `conflict with ${stackedOn(state)?.task ?? state.accepted.target} in ${event.files.join(', ')}`;
  if (event.back !== true) return replaceStep(state, { ...own, gate: { kind: 'failed', why } });
  const rework = step && 'rework' in step ? step.rework : null;
  const repairs = step && 'repairs' in step ? step.repairs : 0;
  if (own.repairsUsed < repairs && canSendBack(state, rework)) {
    const noted = replaceStep({ ...state, candidate: null, candidateEvidence: null }, { ...own, repairsUsed: own.repairsUsed + 1 });
    return sendBack(noted, own.id, rework, { kind: 'conflict', files: event.files, onto: event.onto, previous: event.head }, at, { onto: event.onto, head: event.head });
  }
  if (step?.kind === 'gate' && absorbs(state, step)) return endStep(state, own.id, 'failed', at, { why, outputs: { verdict: 'rejected', reason: 'conflict', passed: 0, failed: 0 } });
  // Past its repairs it is a rejection like any other (product.md §5): a retry brings it together on the target as it is then.
  return { ...replaceStep(state, { ...own, gate: { kind: 'failed', why } }), candidate: null, candidateEvidence: null };
}

function judged(state: RunState, own: StepState, event: Extract<GateEvent, { type: 'CandidateJudged' }>, at: number): RunState {
  const step = stepOf(state, own.id);
  if (!step) return state;
  // What only some of the gates saw cannot say that a test is missing.
  const whole = event.complete === true && (step.kind !== 'gate' || step.gates === null) && own.gate?.kind === 'judging' && isCandidate(state, own.gate.subject);
  const evidence = whole ? withCompleteness(state, event.evidence) : event.evidence;
  const outputs = gateOutputs(evidence);
  const known = knowing(state, { ...own, evidence, outputs }, evidence, event.complete === true);
  const after: StepState = { ...own, evidence, outputs };
  if (step.kind === 'checkpoint') return openAt(replaceStep(known, { ...after, gate: null, outputs: {} }), step, own.n, at);
  if (step.kind === 'merge') return provenForMerge(known, after, evidence);
  const back = (): RunState | null => (step.kind === 'gate' && own.repairsUsed < step.repairs && canSendBack(state, step.rework)
    ? sendBack(replaceStep(known, { ...after, repairsUsed: own.repairsUsed + 1 }), own.id, step.rework, { kind: 'gate', evidence, from: own.id }, at) : null);
  // A test that shows the change is the agent's to write: a person is asked when none came of that.
  const unproven = event.proofBack === true && whole && lacksProof(evidence) && lacksProof(known.candidateEvidence ?? evidence);
  if (evidence.verdict === 'accepted' || evidence.verdict === 'not-verified') return (unproven ? back() : null) ?? endStep(known, own.id, 'done', at, { outputs });
  const why = `gate ${evidence.verdict}: ${evidence.reason}`;
  const repaired = repairable(evidence) ? back() : null;
  if (repaired) return repaired;
  if (absorbs(state, step)) return endStep(known, own.id, 'failed', at, { outputs, why });
  return replaceStep(known, { ...after, gate: repairable(evidence) ? { kind: 'failed', why } : { kind: 'stuck', waitingFor: 'gate', why, next: nextOfGate } });
}

/** Nothing worse than a missing proof stands against it. */
function lacksProof({ verdict, gates }: Evidence): boolean {
  return verdict === 'not-verified' && gates.some((gate) => gate.id === proofGateId && gate.verdict !== 'accepted');
}

/** A merge that had to prove the tree itself, since no gate before it did. */
function provenForMerge(state: RunState, own: StepState, evidence: Evidence): RunState {
  // Where only ticks are missing the landing asks for them.
  if (evidence.verdict === 'accepted' || (evidence.ticks.length > 0 && unwaivedIn(evidence, new Set()).length === 0)) return replaceStep(state, { ...own, gate: null, land: { kind: 'landing' } });
  const why = `gate ${evidence.verdict}: ${evidence.reason}`;
  return replaceStep(state, { ...own, gate: repairable(evidence) ? { kind: 'failed', why } : { kind: 'stuck', waitingFor: 'gate', why, next: nextOfGate } });
}

/** What all gates of the candidate say together. */
function knowing(state: RunState, own: StepState, evidence: Evidence, complete: boolean): RunState {
  const known = replaceStep(state, own);
  if (own.gate?.kind === 'judging' && !isCandidate(state, own.gate.subject)) return known;
  const of = known.steps.filter((step) => step.evidence !== null && step.evidence.tree === evidence.tree && ofCandidate(known, step)).flatMap((step) => step.evidence ?? []);
  const all = together(of) ?? evidence;
  return { ...known, candidateEvidence: complete ? withCompleteness(known, all) : all };
}

function ofCandidate(state: RunState, own: StepState): boolean {
  const step = stepOf(state, own.id);
  return step?.kind !== 'gate' || step.tree === 'merged';
}

function isCandidate(state: RunState, subject: Candidate): boolean {
  return state.candidate?.commit === subject.commit && state.candidate.onto === subject.onto;
}

function waived(state: RunState, event: Extract<GateEvent, { type: 'GateWaived' }>, at: number): RunState {
  const waiver = { gate: event.gate, reason: event.reason, by: event.by };
  const own = stepStateOf(state, event.at);
  const step = stepOf(state, event.at);
  if (own?.status === 'active' && step && (own.gate || own.land)) {
    const evidence = own.evidence ?? state.candidateEvidence;
    if (!evidence) return state;
    const known = { ...state, waived: [...state.waived, waiver] };
    if (unwaivedIn(evidence, new Set(known.waived.map((one) => one.gate))).length > 0) return known;
    return step.kind === 'merge' ? replaceStep(known, { ...own, gate: null, land: { kind: 'landing' } }) : endStep(known, own.id, 'done', at);
  }
  return { ...state, units: state.units.map((unit) => (unit.id === event.at ? waivedUnit(state, unit) : unit)) };
}

/** The waiver is about that tree on that tip. When others landed meanwhile it is merged and judged again. */
function waivedUnit(state: RunState, unit: Unit): Unit {
  if ((unit.phase.kind !== 'failed' && unit.phase.kind !== 'stuck') || unit.phase.resume.kind !== 'advancing') return unit;
  const { resume } = unit.phase;
  return mayAdvance(state, unit, resume.onto) ? { ...unit, phase: resume } : relaid(unit, resume.commit);
}
