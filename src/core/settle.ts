/**
 * What follows from an event without another one: steps whose join and condition hold begin, others are passed over, units whose needs
 * landed are ready, loops go round, a reached checkpoint stands open, and a run whose steps have all ended is over.
 * Pure and idempotent: a wait for a person is simply that nothing follows. Looks only at what an event can have woken.
 */
import { openAmendments } from './amending.ts';
import { beginMerge, beginStep, openAt, openAtMerge } from './begin.ts';
import { beginsOver, endStep, failStep, isMoving, letsFail, replaceStep, replaceUnit, stepOf, stepStateOf, unitsOf } from './change.ts';
import { ranked } from './choice.ts';
import { holds } from './expression.ts';
import { graphOf } from './graph.ts';
import { joinOf } from './join.ts';
import { approvalsBefore, asksForTicks, bindingOfCandidate, landable, sameBinding, unwaived } from './landable.ts';
import { reviewVerdict } from './plan.ts';
import { workOutputs } from './stepOutputs.ts';
import { canSendBack, resetInside, sendBack } from './sendBack.ts';
import type { RunState, StepState, Unit } from './state.ts';
import { openCheckpoints } from './state.ts';
import { heldStep, isHeld } from './upstream.ts';
import { conditionOf, isOver, valuesFor, valuesOf, valuesWithin } from './values.ts';
import type { Step, StepOf, Value, WorkStep } from './workflow.ts';

/** Settles until nothing more follows. `before`: the settled state that the event was laid on; null: all is new. `at`: the time of the event. */
export function settle(before: RunState | null, state: RunState, at: number, watch: (passed: RunState) => void): RunState {
  if (state.end) return state;
  const graph = graphOf(state.workflow);
  let current = state;
  let woken = before === null ? new Set(graph.steps.keys()) : wokenBy(before, state);
  while (woken.size > 0) {
    const next = new Set<number>();
    for (const index of [...woken].sort((left, right) => left - right)) {
      const looked = look(current, index, at);
      if (looked === current) continue;
      for (const one of wokenBy(current, looked)) next.add(one);
      current = looked;
      watch(current);
    }
    woken = next;
  }
  return finish(current, at);
}

/** Steps that differ, or whose units or checkpoints do, with everything that looks at them. */
function wokenBy(before: RunState, after: RunState): Set<number> {
  const { indexOf, dependants, within, inside, merges, choices } = graphOf(after.workflow);
  const changed = [
    ...after.steps.filter((step, index) => step !== before.steps[index]).map(({ id }) => id),
    // Work that takes the place of the branch looks at its tip, too.
    ...after.units.filter((unit, index) => unit !== before.units[index] || unit.rebase !== null).map(({ step }) => step),
    ...after.checkpoints.filter((checkpoint, index) => checkpoint !== before.checkpoints[index]).map(({ step }) => step),
  ].flatMap((step) => indexOf.get(step) ?? []);
  // Who chose may wait for a unit of another step; what may land depends on evidence and approvals.
  return new Set([...changed, ...changed.flatMap((index) => [...dependants[index] ?? [], ...inside[index] ?? [], within[index] ?? -1]), ...choices, ...merges]);
}

function look(state: RunState, index: number, at: number): RunState {
  const step = state.workflow.steps[index], own = state.steps[index];
  if (!step || !own) return state;
  if (own.status === 'pending') return begins(state, index, step, own, at);
  if (own.status !== 'active' || own.stopped) return state;
  switch (step.kind) {
    case 'agent': case 'run': case 'tool': return works(state, step, own, at);
    case 'use': return endsInside(state, step, own, at);
    case 'merge': return lands(state, step, own, at);
    case 'checkpoint': return chosen(state, step, own, at);
    case 'gate': return state;
  }
}

function begins(state: RunState, index: number, step: Step, own: StepState, at: number): RunState {
  const around = state.steps[graphOf(state.workflow).within[index] ?? -1];
  if (around?.status === 'pending') return state;
  if (around && around.status !== 'active') return endStep(state, step.id, 'skipped', at, { why: `${around.id} is over` });
  const joined = joinOf(state, step);
  if (joined === 'wait') return state;
  if (joined !== 'holds') return endStep(state, step.id, 'skipped', at, { why: joined.why });
  if (unitsOf(state, step.id).some(isMoving)) return state;
  // What was done before the target moved is not done again, but for its condition nothing is asked.
  if (own.kept !== null) return replaceStep(state, { ...own, status: own.kept, kept: null });
  const condition = conditionOf(step);
  if (condition === null || (condition !== undefined && holds(condition, valuesFor(state, step)))) return isHeld(state, step) ? state : beginStep(state, step, own, at, false);
  return endStep(state, step.id, 'skipped', at, { why: condition === undefined ? 'its condition cannot be read' : `its condition does not hold: ${step.if ?? ''}` });
}

function works(state: RunState, step: WorkStep, own: StepState, at: number): RunState {
  const units = unitsOf(state, step.id);
  const waiting = units.filter((unit) => unit.phase.kind === 'pending');
  if (waiting.length > 0) {
    const phases = new Map(units.map((unit) => [unit.id, unit.phase.kind]));
    const over = new Set(units.flatMap((unit) => (unit.phase.kind === 'failed' && letsFail(state, unit) ? [unit.id] : [])));
    const next = waiting.flatMap((unit): Unit[] => {
      const needs = unit.needs.map((need) => phases.get(need));
      if (needs.every((phase) => phase === 'landed' || phase === 'given')) return [{ ...unit, phase: { kind: 'ready', notBefore: at, why: null } }];
      const lost = unit.needs.find((need) => phases.get(need) === 'skipped' || phases.get(need) === undefined || over.has(need));
      return lost === undefined ? [] : [{ ...unit, phase: { kind: 'skipped', why: `${lost} did not land` } }];
    });
    return next.reduce(replaceUnit, state);
  }
  const overtaken = units.find((unit) => unit.rebase && unit.rebase.head !== state.head && unit.phase.kind === 'integrating');
  if (overtaken?.rebase) return replaceUnit(state, beginsOver(overtaken, overtaken.rebase, state.head, at));
  // Whether that was all is a person's to say while another plan is proposed.
  if (!units.every((unit) => ended(state, unit)) || openAmendments(state).some((open) => open.step === step.id)) return state;
  return ends(state, step, own, units, at);
}

function ended(state: RunState, unit: Unit): boolean {
  switch (unit.phase.kind) {
    case 'landed': case 'given': case 'candidate': case 'skipped': return true;
    case 'failed': return letsFail(state, unit);
    default: return false;
  }
}

function ends(state: RunState, step: WorkStep, own: StepState, units: readonly Unit[], at: number): RunState {
  const outputs = workOutputs(step, units);
  const failed = units.flatMap((unit) => (unit.phase.kind === 'failed' ? [unit.phase.why] : []));
  const words = failed.slice(0, 3).join('; ');
  const choosing = 'landing' in step && step.landing === 'choice';
  if (choosing && !units.some((unit) => unit.phase.kind === 'candidate' || unit.phase.kind === 'landed')) return failStep(state, step.id, `no candidate came of it${words === '' ? '' : `: ${words}`}`, at, outputs);
  const back = sentBackByReview(state, step, own, units, at);
  if (back) return back;
  const good = failed.length === 0 || choosing;
  if (step.loop) return goesRound(state, step, step.loop, own, outputs, good, at);
  return good ? endStep(state, step.id, 'done', at, { outputs, why: units.length === 0 ? 'there was nothing to do' : null }) : failStep(state, step.id, words, at, outputs);
}

/** A review that does not approve goes back with its findings, as often as the step says. */
function sentBackByReview(state: RunState, step: WorkStep, own: StepState, units: readonly Unit[], at: number): RunState | null {
  if (step.kind !== 'agent' || own.repairsUsed >= step.repairs || !canSendBack(state, step.rework)) return null;
  const reviews = units.flatMap((unit) => { const outcome = unit.attempts.at(-1)?.outcome; return outcome?.kind === 'review' ? [outcome.review] : []; });
  if (reviews.every((review) => reviewVerdict(review) === 'approve')) return null;
  const unmet = reviews.flatMap((review) => review.criteria.flatMap(({ criterion, verdict, why }) => (verdict === 'not-met' ? [`${criterion}: ${why}`] : [])));
  const noted = replaceStep(state, { ...own, repairsUsed: own.repairsUsed + 1 });
  return sendBack(noted, step.id, step.rework, { kind: 'findings', findings: reviews.flatMap((review) => review.findings), unmet }, at);
}

/** After a round: over when the check holds, else again, up to the most that it may. */
function goesRound(state: RunState, step: WorkStep | StepOf<'use'>, loop: NonNullable<Step['loop']>, own: StepState, outputs: Readonly<Record<string, Value>>, good: boolean, at: number): RunState {
  const over = endStep(state, step.id, good ? 'done' : 'failed', at, { outputs });
  const until = conditionOf(step, 'until');
  if (until && holds(until, valuesFor(over, step))) return endStep(state, step.id, 'done', at, { outputs });
  if (own.round >= loop.max) return failStep(state, step.id, `its check does not hold after ${own.round} round${own.round === 1 ? '' : 's'}: ${loop.until}`, at, outputs);
  return beginStep(resetInside(state, step.id, at), step, own, at, true);
}

function endsInside(state: RunState, step: StepOf<'use'>, own: StepState, at: number): RunState {
  const inside = state.steps.filter((_, index) => state.workflow.steps[index]?.within === step.id);
  if (!inside.every(isOver)) return state;
  const outputs = valuesOf(step.outputs, valuesWithin(state, step.id));
  const failed = inside.filter(({ id, status }) => status === 'failed' && stepOf(state, id)?.continueOnError === false).map(({ id, why }) => `${id}: ${why ?? 'it failed'}`);
  if (step.loop) return goesRound(state, step, step.loop, own, outputs, failed.length === 0, at);
  return failed.length === 0 ? endStep(state, step.id, 'done', at, { outputs }) : failStep(state, step.id, failed.join('; '), at, outputs);
}

/** A choice is over when what was chosen has landed, and when nothing is left to choose from. */
function chosen(state: RunState, step: StepOf<'checkpoint'>, own: StepState, at: number): RunState {
  if (step.about !== 'choice') return state;
  const last = state.checkpoints.findLast((checkpoint) => checkpoint.step === step.id);
  if (last?.state === 'open' && step.of !== null && ranked(state, step.of).length === 0) {
    const checkpoints = state.checkpoints.map((checkpoint) => (checkpoint === last ? { ...checkpoint, state: 'void' as const, decidedAt: at } : checkpoint));
    return endStep({ ...state, checkpoints }, own.id, 'done', at, { outputs: { decision: 'approved' }, why: 'it was chosen elsewhere' });
  }
  const unit = last?.state === 'approved' ? state.units.find((candidate) => candidate.id === last.subject) : undefined;
  if (unit?.phase.kind === 'landed') return endStep(state, own.id, 'done', at, { outputs: { decision: 'approved' } });
  return unit?.phase.kind === 'failed' && letsFail(state, unit) ? failStep(state, own.id, `${unit.id}: ${unit.phase.why}`, at) : state;
}

/** A landing that waits for what nobody is asked for yet: gates that a person has to waive, or an approval of what stands there now. */
function lands(state: RunState, step: StepOf<'merge'>, own: StepState, at: number): RunState {
  const binding = bindingOfCandidate(state);
  if ((own.land?.kind !== 'landing' && own.land?.kind !== 'blocked') || !binding || landable(state, step)) return state;
  // Another merge was first: what is left is made and judged anew, if anything is.
  if (binding.commit === state.landed?.commit) return beginMerge(state, step, { ...own, n: own.n + 1 }, at);
  // It stays passed meanwhile, so that what it opened the way for is still there; the landing waits for what is said now.
  const stale = approvalsBefore(state, step).find((approval) => approval !== undefined && !sameBinding(approval.binding, binding));
  if (stale && openCheckpoints(state).some((checkpoint) => checkpoint.step === stale.step)) return state;
  const asked = stale && stepOf(state, stale.step), place = stale && stepStateOf(state, stale.step);
  if (asked?.kind === 'checkpoint' && place) return openAt(replaceStep(state, { ...place, n: place.n + 1 }), asked, place.n + 1, at);
  if (approvalsBefore(state, step).length === 0 && asksForTicks(state)) return openAtMerge(state, step, binding, at);
  const missing = unwaived(state, new Set(state.waived.map((waiver) => waiver.gate)));
  return missing.length === 0 ? state
    : replaceStep(state, { ...own, land: { kind: 'stuck', waitingFor: 'gate', why: `not proven: ${missing.join(', ')}`, next: 'Approve with a waiver and a reason, or retry to have it judged again.' } });
}

function finish(state: RunState, at: number): RunState {
  if (openAmendments(state).length > 0) return state;
  if (state.steps.every(isOver)) return over(state);
  // Nothing is active and nothing can begin: whatever leads to these steps is gone.
  if (state.units.some(isMoving) || state.steps.some((step) => step.status === 'active') || heldStep(state) !== null) return state;
  return over(state.steps.reduce((current, step) => (isOver(step) ? current : endStep(current, step.id, 'skipped', at, { why: 'nothing leads to it' })), state));
}

function over(state: RunState): RunState {
  return { ...state, outputs: valuesOf(state.workflow.outputs, valuesWithin(state, null)), end: state.landed ? { kind: 'merged', ...state.landed } : { kind: 'done' } };
}
