/** One step or one unit of a run replaced by another. Owns: that the rest stays the very same objects, so that what did not change is known by looking. */
import { graphOf } from './graph.ts';
import type { RunState, StepState, Unit } from './state.ts';
import type { Step, Value, WorkStep } from './workflow.ts';

export function stepStateOf(state: RunState, id: string): StepState | undefined {
  return state.steps[graphOf(state.workflow).indexOf.get(id) ?? -1];
}

export function stepOf(state: RunState, id: string): Step | undefined {
  return state.workflow.steps[graphOf(state.workflow).indexOf.get(id) ?? -1];
}

/** The step that a unit belongs to. */
export function workOf(state: RunState, unit: Unit): WorkStep | undefined {
  const step = stepOf(state, unit.step);
  return step?.kind === 'agent' || step?.kind === 'run' || step?.kind === 'tool' ? step : undefined;
}

export function unitsOf(state: RunState, step: string): readonly Unit[] {
  return state.units.filter((unit) => unit.step === step);
}

export function replaceStep(state: RunState, step: StepState): RunState {
  const at = graphOf(state.workflow).indexOf.get(step.id);
  if (at === undefined) return state;
  const steps = state.steps.slice();
  steps[at] = step;
  return { ...state, steps };
}

export function replaceUnit(state: RunState, unit: Unit): RunState {
  const at = state.units.findIndex((candidate) => candidate.id === unit.id);
  const units = state.units.slice();
  units[at < 0 ? units.length : at] = unit;
  return { ...state, units };
}

/** The step is over. `skipped`: it never began. */
export function endStep(state: RunState, id: string, status: 'done' | 'failed' | 'skipped', at: number, more: { readonly outputs?: Readonly<Record<string, Value>>; readonly why?: string | null } = {}): RunState {
  const own = stepStateOf(state, id);
  return own ? replaceStep(state, { ...own, status, finishedAt: at, gate: null, land: null, stopped: null, outputs: more.outputs ?? own.outputs, why: more.why ?? null }) : state;
}

/** Whether a failure of this step is an outcome like another: it says so, or a `use` around it does, or repeats. */
export function absorbs(state: RunState, step: Step): boolean {
  if (step.continueOnError) return true;
  const around = step.within === null ? undefined : stepOf(state, step.within);
  return around !== undefined && repeatsOrAbsorbs(state, around);
}

function repeatsOrAbsorbs(state: RunState, step: Step): boolean {
  return step.loop !== null || absorbs(state, step);
}

/** What it made is laid on the branch once more, as that is now. */
export function relaid(unit: Unit, commit: string): Unit {
  return { ...unit, phase: { kind: 'integrating', commit }, relaid: unit.relaid + 1 };
}

/**
 * Whether work that was merged on `onto` may move the branch there out of its turn, since a person let it pass: that is still the tip, and
 * nobody else is moving it, or may have moved it when they broke. Who is being judged on that tip begins again on the next one: see `relaidOn`.
 */
export function mayAdvance(state: RunState, unit: Unit, onto: string): boolean {
  const onTip = unit.rebase ? unit.rebase.onto === onto && unit.rebase.head === state.head : onto === state.head;
  return onTip && !state.units.some((other) => other.id !== unit.id && isMoving(other));
}

/** It is moving the branch's tip, or may have moved it when that broke: whatever becomes of its step, that has to end first. */
export function isMoving({ phase }: Unit): boolean {
  return phase.kind === 'advancing' || (phase.kind === 'stuck' && phase.waitingFor === 'workspace' && phase.resume.kind === 'advancing');
}

/** The same unit, or where it was merged on a tip that is not the branch's any more: laid on the branch once more. Candidates stay what they are until one is chosen. */
export function relaidOn(head: string, unit: Unit): Unit {
  const { phase } = unit;
  if ((phase.kind !== 'judging' && phase.kind !== 'advancing') || unit.landing === 'choice') return unit;
  return (unit.rebase?.head ?? phase.onto) === head ? unit : relaid(unit, phase.commit);
}

/** What was brought together with the target lacks what others landed meanwhile: it is done again with that. */
export function beginsOver(unit: Unit, rebase: NonNullable<Unit['rebase']>, head: string, at: number): Unit {
  const feedback = unit.feedback.map((one) => (one.kind === 'conflict' ? { ...one, previous: head } : one));
  return { ...unit, phase: { kind: 'ready', notBefore: at, why: 'others landed meanwhile' }, start: rebase.onto, rebase: { ...rebase, head }, feedback };
}

/** Whether a unit that fails is simply over, and its step goes on without it: a failure is an outcome there, a round that came to nothing, or one candidate less. */
export function letsFail(state: RunState, unit: Unit): boolean {
  const step = stepOf(state, unit.step);
  return unit.landing === 'choice' || (step !== undefined && repeatsOrAbsorbs(state, step));
}

/** Whether another step's work is being moved onto the branch at this moment, or may have been: what comes before it cannot begin anew until that is known. */
export function landsElsewhere(state: RunState, step: string): boolean {
  return state.units.some((unit) => unit.step !== step && isMoving(unit));
}

/** The step has failed: it is over where that is an outcome; else it stands until a person retries it. */
export function failStep(state: RunState, id: string, why: string, at: number, outputs: Readonly<Record<string, Value>> = {}): RunState {
  const step = stepOf(state, id), own = stepStateOf(state, id);
  if (!step || !own) return state;
  return absorbs(state, step) ? endStep(state, id, 'failed', at, { outputs, why }) : replaceStep(state, { ...own, outputs, stopped: { why } });
}
