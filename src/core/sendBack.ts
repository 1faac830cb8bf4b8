/**
 * Work is done again: sent back with evidence, comments or findings; repeated by a loop; or void since the target moved.
 * Owns: what of a run begins anew then, and what stays. Refuses: to lose an attempt: one that is cut off is closed as interrupted.
 */
import { newUnit, chainFor } from './begin.ts';
import { isMoving, replaceStep, replaceUnit, stepOf, stepStateOf, unitsOf } from './change.ts';
import { graphOf } from './graph.ts';
import type { Graph } from './graph.ts';
import type { Attempt, Checkpoint, Feedback, RunState, StepState, Unit } from './state.ts';

/** Whether there is anybody to send work back to: a step that was passed over has nothing to mend, and one whose work lands at this moment is not begun again under it. */
export function canSendBack(state: RunState, target: string | null): target is string {
  if (target === null || state.units.some((unit) => unit.id === target && isMoving(unit))) return false;
  const status = stepStateOf(state, target)?.status;
  return status === 'active' || status === 'done' || status === 'failed';
}

/**
 * `target` begins again with the feedback; everything after it, and `sender`, is to be done anew.
 * A fan-out gets one new unit on the integration branch's tip, so that what landed stays landed.
 */
export function sendBack(state: RunState, sender: string, target: string, feedback: Feedback, at: number, rebase: Unit['rebase'] = null): RunState {
  const step = stepOf(state, target), own = stepStateOf(state, target);
  if (!step || !own) return state;
  const graph = graphOf(state.workflow);
  let current = doneAnew(state, after(graph, placesOf(graph, target), placesOf(graph, sender)), at);
  if (step.kind !== 'agent') return resetStep(current, graph.indexOf.get(target) ?? -1, at);
  current = replaceStep(current, { ...own, status: 'active', round: 1, finishedAt: null, why: null, stopped: null, kept: null });
  const again = { phase: { kind: 'ready', notBefore: at, why: null }, feedback: [feedback], start: rebase?.onto ?? null, rebase } as const;
  if (step.forEach === undefined) {
    const unit = current.units.find((candidate) => candidate.id === target);
    return unit ? replaceUnit(current, { ...closed(unit, at), ...again, from: unit.attempts.length, agents: chainFor(state, step), repairs: { ...unit.repairs, used: 0 } }) : current;
  }
  // Candidates that nobody has chosen from yet go on from what they are, each by itself.
  const candidates = unitsOf(current, target).flatMap((unit): readonly Unit[] => (unit.phase.kind === 'candidate' ? [{ ...unit, ...again, start: unit.phase.commit, from: unit.attempts.length, repairs: { ...unit.repairs, used: 0 } }] : []));
  if (candidates.length > 0) return candidates.reduce(replaceUnit, current);
  const count = current.units.filter((unit) => unit.id.startsWith(`${target}/rework-`)).length + 1;
  const row = { id: `${target}/rework-${count}`, title: reworkTitle(feedback), subtask: null, item: null, needs: [], agents: chainFor(state, step) };
  return { ...current, units: [...current.units, { ...newUnit(step, row), ...again, specs: Math.max(0, ...unitsOf(current, target).map((unit) => unit.specs)), landing: step.landing === 'direct' ? 'direct' : 'gated' }] };
}

function reworkTitle(feedback: Feedback): string {
  switch (feedback.kind) {
    case 'gate': return 'Repair what the gate found';
    case 'comments': return 'Make the requested changes';
    case 'findings': return 'Answer the review';
    case 'conflict': return 'Resolve the conflict';
    case 'specs': return 'Follow the new specifications';
  }
}

/** What a step came to is another thing now: whatever began after it begins anew, where its join still lets it. */
export function resetAfter(state: RunState, step: string, at: number): RunState {
  const graph = graphOf(state.workflow);
  return doneAnew(state, after(graph, placesOf(graph, step), []), at);
}

/** A further round of a `use`: all that is inside, however deep, begins anew. */
export function resetInside(state: RunState, use: string, at: number): RunState {
  const graph = graphOf(state.workflow);
  const within = (index: number): readonly number[] => (graph.inside[index] ?? []).flatMap((inner) => [inner, ...within(inner)]);
  return placesOf(graph, use).flatMap(within).reduce((current, index) => resetStep(current, index, at, true), state);
}

/**
 * The target moved: whatever was judged and approved for its old tip is void, and the candidate is made anew. What stands behind it and
 * does not depend on the tip (a review) is kept: it is over again as soon as its turn comes.
 */
export function voidCandidate(state: RunState, at: number): RunState {
  const graph = graphOf(state.workflow);
  const bound = graph.steps.flatMap((step, index) => {
    const concerned = (step.kind === 'gate' && step.tree === 'merged') || step.kind === 'merge' || (step.kind === 'checkpoint' && step.about === 'merge');
    return concerned && state.steps[index]?.status !== 'pending' ? [index] : [];
  });
  let current: RunState = { ...state, candidate: null, candidateEvidence: null, waived: [] };
  const affected = after(graph, [], bound);
  for (const index of affected.anew) {
    const own = current.steps[index];
    if (!own) continue;
    if (bound.includes(index) || own.status === 'skipped') current = resetStep(current, index, at);
    else if (own.status === 'done' || own.status === 'failed') current = replaceStep(current, { ...own, status: 'pending', kept: own.status });
  }
  current = [...affected.reopened].reduce(reopen, current);
  const checkpoints = current.checkpoints.map((checkpoint): Checkpoint => (
    checkpoint.about === 'merge' && (checkpoint.state === 'open' || checkpoint.state === 'approved') ? { ...checkpoint, state: 'void', decidedAt: at } : checkpoint));
  return { ...current, checkpoints };
}

/** Where the step stands, if there is one. */
function placesOf({ indexOf }: Graph, id: string): readonly number[] {
  const index = indexOf.get(id);
  return index === undefined ? [] : [index];
}

interface Affected { readonly anew: ReadonlySet<number>; /** What of these is done anew itself is pending by then, and no more to be opened. */ readonly reopened: ReadonlySet<number> }

/** Everything after the steps at `sources`, with `also` and what is after those; and each `use` around any of it, which goes on. */
function after(graph: Graph, sources: readonly number[], also: readonly number[]): Affected {
  const anew = new Set<number>();
  const reopened = new Set<number>();
  const follow = (index: number): void => {
    for (const next of graph.dependants[index] ?? []) take(next);
    const around = graph.within[index] ?? -1;
    if (around < 0 || reopened.has(around)) return;
    reopened.add(around);
    follow(around);
  };
  const take = (index: number): void => {
    if (anew.has(index)) return;
    anew.add(index);
    for (const inside of graph.inside[index] ?? []) take(inside);
    follow(index);
  };
  for (const source of sources) follow(source);
  for (const index of also) take(index);
  return { anew, reopened };
}

function doneAnew(state: RunState, { anew, reopened }: Affected, at: number): RunState {
  return [...reopened].reduce(reopen, [...anew].reduce((current, index) => resetStep(current, index, at), state));
}

function reopen(state: RunState, index: number): RunState {
  const own = state.steps[index];
  return own && (own.status === 'done' || own.status === 'failed') ? replaceStep(state, { ...own, status: 'active', finishedAt: null, why: null }) : state;
}

/** Back to pending. `afresh`: what landed is done again, too. */
function resetStep(state: RunState, index: number, at: number, afresh = false): RunState {
  const own: StepState | undefined = state.steps[index];
  if (!own || (own.status === 'pending' && own.kept === null)) return own && afresh ? resetUnits(state, own.id, at, afresh) : state;
  const step: StepState = { ...own, status: 'pending', round: 0, why: null, gate: null, land: null, outputs: {}, evidence: null, stopped: null, kept: null, finishedAt: null, ...(afresh ? { repairsUsed: 0 } : {}) };
  const checkpoints = state.checkpoints.some((checkpoint) => checkpoint.step === own.id && checkpoint.state === 'open')
    ? state.checkpoints.map((checkpoint): Checkpoint => (checkpoint.step === own.id && checkpoint.state === 'open' ? { ...checkpoint, state: 'void', decidedAt: at } : checkpoint)) : state.checkpoints;
  return resetUnits({ ...replaceStep(state, step), checkpoints }, own.id, at, afresh);
}

function resetUnits(state: RunState, step: string, at: number, afresh: boolean): RunState {
  return unitsOf(state, step).reduce((current, unit) => {
    if (isMoving(unit)) return current;
    const stays = unit.phase.kind === 'landed' || unit.phase.kind === 'given' || unit.phase.kind === 'skipped';
    return stays && !afresh ? current : replaceUnit(current, { ...closed(unit, at), phase: { kind: 'pending' }, feedback: [] });
  }, state);
}

/** An attempt that is under way ends here: the engine stops it, and its outcome is not waited for any more. */
export function closed(unit: Unit, at: number): Unit {
  if (unit.phase.kind !== 'working') return unit;
  const attempts = unit.attempts.map((attempt): Attempt => (attempt.outcome !== null ? attempt
    : { ...attempt, finishedAt: at, outcome: { kind: 'failed', failure: 'interrupted', message: 'its work was sent back before it ended', retryAt: null } }));
  return { ...unit, attempts };
}
