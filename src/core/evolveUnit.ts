/** What the events of one unit mean: an attempt, its landing on the integration branch, its gates. Pure; part of `evolve`. */
import { absorbs, letsFail, relaidOn, replaceStep, replaceUnit, stepOf, stepStateOf, workOf } from './change.ts';
import type { RunEvent } from './event.ts';
import type { Evidence } from './gate.ts';
import type { Outcome } from './outcome.ts';
import { withPlan } from './planVersions.ts';
import { afterAttempt } from './retry.ts';
import type { Attempt, Feedback, RunState, Unit, UnitPhase } from './state.ts';
import { unitOf } from './state.ts';
import { nothingSpent } from './usage.ts';
import { repairable } from './verdict.ts';
import { grown } from './zenflowGrowth.ts';

export type UnitEvent = Extract<RunEvent, { type: 'AttemptStarted' | 'AttemptFinished' | 'Integrated' | 'IntegrationConflicted' | 'UnitJudged' | 'UnitLanded' }>;

export function evolveUnit(state: RunState, event: UnitEvent, at: number): RunState {
  const unit = unitOf(state, event.unit);
  if (!unit) return state;
  switch (event.type) {
    case 'AttemptStarted': {
      const attempt: Attempt = { n: event.n, agent: event.agent, start: event.start, startedAt: at, finishedAt: null, outcome: null, ...nothingSpent, durationMs: 0, evidence: null };
      return replaceUnit(state, { ...unit, phase: { kind: 'working' }, attempts: [...unit.attempts, attempt], start: event.start, relaid: 0 });
    }
    case 'AttemptFinished': return attemptFinished(state, unit, event, at);
    case 'Integrated': {
      const { onto, commit, tree } = event;
      // Work that was laid on another base without an attempt goes on from there, should it be red.
      const start = unit.rebase && unit.start === null ? commit : unit.start;
      return replaceUnit(state, { ...unit, start, phase: { kind: unit.landing === 'direct' ? 'advancing' : 'judging', onto, commit, tree } });
    }
    case 'IntegrationConflicted': {
      const previous = unit.phase.kind === 'integrating' ? unit.phase.commit : state.head;
      return conflicted(state, { ...unit, start: event.onto }, { kind: 'conflict', files: event.files, onto: event.onto, previous }, at);
    }
    case 'UnitJudged': return event.again && unit.phase.kind === 'judging' ? replaceUnit(state, { ...unit, phase: { ...unit.phase, alone: true } }) : judged(state, unit, event.evidence, event.n, at);
    case 'UnitLanded': {
      const headTree = unit.phase.kind === 'advancing' ? unit.phase.tree : state.headTree;
      const landed: Unit = { ...unit, phase: { kind: 'landed', commit: event.commit }, feedback: [], start: null, landings: unit.landings + 1, rebase: null };
      const units = state.units.map((other) => (other.id === unit.id ? landed : relaidOn(event.commit, other)));
      return grown({ ...state, units, head: event.commit, headTree, base: unit.rebase?.onto ?? state.base, replaced: unit.rebase && state.upstream ? [...state.replaced, unit.rebase.head] : state.replaced }, landed);
    }
  }
}

function attemptFinished(state: RunState, unit: Unit, event: Extract<UnitEvent, { type: 'AttemptFinished' }>, at: number): RunState {
  // An attempt that was cut off when its work was sent back is over already: what it had spent counts, what it came to does not.
  const late = unit.attempts.find((attempt) => attempt.n === event.n)?.outcome !== null;
  const counted: Unit = { ...unit, attempts: withSpend(unit.attempts, event, at) };
  return late ? replaceUnit(state, counted) : finished(state, { ...counted, finishedAt: at }, event.outcome, at);
}

/** Of an attempt whose outcome nobody waits for any more. */
export function countSpend(state: RunState, event: Extract<UnitEvent, { type: 'AttemptFinished' }>, at: number): RunState {
  const unit = unitOf(state, event.unit);
  return unit ? replaceUnit(state, { ...unit, attempts: withSpend(unit.attempts, event, at) }) : state;
}

function withSpend(attempts: readonly Attempt[], { n, outcome, usage, costUsd, estimatedUsd = 0, durationMs, specs }: Extract<UnitEvent, { type: 'AttemptFinished' }>, at: number): readonly Attempt[] {
  const spent = { usage, costUsd, estimatedUsd, durationMs };
  return attempts.map((attempt) => (attempt.n !== n ? attempt : attempt.outcome !== null ? { ...attempt, ...spent } : { ...attempt, ...spent, outcome, finishedAt: at, ...(specs ? { specs } : {}) }));
}

function finished(state: RunState, unit: Unit, outcome: Outcome, at: number): RunState {
  const given: Unit = { ...unit, phase: { kind: 'given' }, feedback: [] };
  switch (outcome.kind) {
    case 'plan': return withPlan(replaceUnit(state, given), unit.step, outcome.plan, unit.id, at);
    case 'review': return { ...replaceUnit(state, given), review: outcome.review };
    case 'document': {
      const versions = [...state.artifacts[outcome.name] ?? [], { text: outcome.text, by: unit.id, at }];
      return { ...replaceUnit(state, given), artifacts: { ...state.artifacts, [outcome.name]: versions } };
    }
    case 'result': return replaceUnit(state, given);
    case 'tree': return replaceUnit(state, { ...unit, phase: { kind: 'integrating', commit: outcome.commit } });
    case 'no-changes': return noChanges(state, unit, at);
    case 'failed': return replaceUnit(state, afterAttempt(state, unit, outcome, at));
  }
}

/** Who was asked for a proof and has none to add is not asked again: what is there is judged once more, and goes to a person. */
function givesUpProof(state: RunState, from: string): RunState {
  const gate = stepStateOf(state, from), step = stepOf(state, from);
  return gate && step?.kind === 'gate' ? replaceStep(state, { ...gate, repairsUsed: step.repairs }) : state;
}

/**
 * "No changes" is not success. Without feedback a person is asked; in answer to a red gate it is a repair that came to nothing, and when
 * none is left the gate's verdict stands: the unit's own, or that of the gate step which sent the work back.
 * A command that changes nothing, a step that may, a round of a loop, work that had landed before, an answer to a review and a look at new specifications are well so.
 */
function noChanges(state: RunState, unit: Unit, at: number): RunState {
  const landed = replaceUnit(state, { ...unit, phase: unit.gives === 'tree' ? { kind: 'landed', commit: state.head } : { kind: 'given' }, feedback: [], start: null });
  const red = unit.feedback.find((feedback) => feedback.kind === 'gate');
  if (red?.from !== undefined && red.evidence.verdict === 'not-verified') return givesUpProof(landed, red.from);
  if (red) {
    if (unit.repairs.used < unit.repairs.cap) return replaceUnit(state, repaired(unit, unit.feedback, null, at));
    // By whose gate it was, not by which tree: what would land is often the very tree that the unit's own gate accepted.
    if (red.from === undefined) return unit.judged ? replaceUnit(state, { ...unit, phase: { kind: 'failed', why: redWords(red.evidence, unit.repairs.used), evidence: red.evidence, resume: { kind: 'advancing', ...unit.judged } } }) : landed;
    const gate = stepStateOf(state, red.from);
    const step = gate && stepOf(state, gate.id);
    if (!gate || !step || absorbs(state, step)) return landed;
    return replaceStep(landed, { ...gate, status: 'active', evidence: red.evidence, gate: { kind: 'failed', why: `gate ${red.evidence.verdict}: ${red.evidence.reason}` } });
  }
  const step = workOf(state, unit);
  const well = unit.does === 'run' || (step?.kind === 'agent' && step.mayChangeNothing) || (step !== undefined && step.loop !== null)
    || (unit.feedback.length === 0 ? unit.landings > 0 : unit.feedback.every((feedback) => feedback.kind === 'findings' || feedback.kind === 'specs'));
  if (well) return landed;
  const why = 'the agent ended without changing a file';
  if (letsFail(state, unit)) return replaceUnit(state, { ...unit, phase: { kind: 'failed', why, evidence: null, resume } });
  return replaceUnit(state, { ...unit, phase: { kind: 'stuck', waitingFor: 'agent', why, next: 'Retry the step, or reject the task.', resume } });
}

function judged(state: RunState, unit: Unit, evidence: Evidence, n: number, at: number): RunState {
  if (unit.phase.kind !== 'judging') return state;
  const { onto, commit, tree } = unit.phase;
  const known: Unit = { ...unit, judged: { onto, commit, tree }, attempts: unit.attempts.map((attempt) => (attempt.n === n ? { ...attempt, evidence } : attempt)) };
  const advancing: UnitPhase = { kind: 'advancing', onto, commit, tree };
  const good = evidence.verdict === 'accepted' || evidence.verdict === 'not-verified';
  if (!good && repairable(evidence) && known.repairs.used < known.repairs.cap) return replaceUnit(state, repaired({ ...known, start: commit }, [{ kind: 'gate', evidence }], null, at));
  // What is to be chosen from is judged as it is; green or red, a person sees it ranked.
  if (unit.landing === 'choice') return replaceUnit(state, { ...known, phase: { kind: 'candidate', onto, commit, tree } });
  // What nothing could judge lands on the task's own branch only; the gate before the merge says so again, where a person decides.
  if (good) return replaceUnit(state, { ...known, phase: advancing });
  if (repairable(evidence) || letsFail(state, unit)) return replaceUnit(state, { ...known, phase: { kind: 'failed', why: redWords(evidence, known.repairs.used), evidence, resume: advancing } });
  return replaceUnit(state, { ...known, phase: { kind: 'stuck', waitingFor: 'gate', why: `gate ${evidence.verdict}: ${evidence.reason}`, next: 'Mend what the log names, then retry; or approve with a waiver.', resume: advancing } });
}

function redWords(evidence: Evidence, repairs: number): string {
  return `gate ${evidence.verdict}: ${evidence.reason}, after ${repairs} repairs`;
}

/** The conflict of a command's tree cannot be mended by running it again in the same place: it begins anew on what is there now. */
function conflicted(state: RunState, unit: Unit, feedback: Extract<Feedback, { kind: 'conflict' }>, at: number): RunState {
  const why = `conflict in ${feedback.files.join(', ')}`;
  if (unit.repairs.used < (unit.does === 'agent' ? unit.repairs.cap : commandRepairs)) return replaceUnit(state, repaired(unit, [feedback], why, at));
  const phase: UnitPhase = unit.does !== 'agent' || letsFail(state, unit) ? { kind: 'failed', why, evidence: null, resume } : { kind: 'stuck', waitingFor: 'agent', why, next: 'Read the step\'s log, then retry it, or cancel the task.', resume };
  return replaceUnit(state, { ...unit, phase, feedback: [feedback] });
}

/** How often a command runs anew since others landed in its way first. */
const commandRepairs = 3;

/** One more try, told what was wrong. */
function repaired(unit: Unit, feedback: readonly Feedback[], why: string | null, at: number): Unit {
  return { ...unit, phase: { kind: 'ready', notBefore: at, why }, feedback, repairs: { ...unit.repairs, used: unit.repairs.used + 1 } };
}

/** What a retry begins with. */
const resume: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
