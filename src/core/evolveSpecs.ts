/** Work is done again under new specifications, since a person asked for it. Pure; part of `evolve`. Owns: what begins anew with it, and what stays. */
import { chainFor } from './begin.ts';
import { replaceStep, replaceUnit, stepStateOf, unitsOf, workOf } from './change.ts';
import { closed, resetAfter } from './sendBack.ts';
import { staleFiles } from './staleSpecs.ts';
import type { RunState, Unit } from './state.ts';
import { unitOf } from './state.ts';

export function rerun(state: RunState, ids: readonly string[], at: number): RunState {
  return ids.reduce((current, id) => {
    const unit = unitOf(current, id);
    return unit ? rerunUnit(current, unit, at) : current;
  }, state);
}

/** What is done anew after it judges and goes on from the new work: it has to know the new text, too. Subtasks that have landed are not done twice. */
function underNew(reset: RunState, before: RunState): RunState {
  const anew = new Set(reset.steps.flatMap((step, index) => (step.status === 'pending' && before.steps[index]?.status !== 'pending' ? [step.id] : [])));
  const units = reset.units.map((unit) => (anew.has(unit.step) && unit.does === 'agent' && !(unit.subtask !== null && unit.phase.kind === 'landed') ? { ...unit, specs: reset.specs.length } : unit));
  return { ...reset, units };
}

function rerunUnit(state: RunState, unit: Unit, at: number): RunState {
  switch (unit.phase.kind) {
    // Not begun, or stopped: the next attempt works under them.
    case 'pending': case 'ready': case 'stuck': case 'failed': return replaceUnit(state, { ...unit, specs: state.specs.length });
    case 'integrating': case 'judging': case 'advancing': case 'skipped': return state;
    case 'working': case 'landed': case 'given': case 'candidate': return begunAgain(state, unit, at);
  }
}

function begunAgain(state: RunState, unit: Unit, at: number): RunState {
  const own = stepStateOf(state, unit.step), step = workOf(state, unit);
  if (!own || !step) return state;
  const reset = underNew(resetAfter(state, unit.step, at), state);
  const active = replaceStep(reset, { ...own, status: 'active', finishedAt: null, why: null, stopped: null, kept: null });
  const again = replaceUnit(active, {
    ...closed(unit, at), specs: state.specs.length, phase: { kind: 'ready', notBefore: at, why: null }, feedback: [{ kind: 'specs', files: staleFiles(state, unit) }], start: null, rebase: null,
    from: unit.attempts.length, agents: unit.item?.values.agent === undefined ? chainFor(state, step) : unit.agents, repairs: { ...unit.repairs, used: 0 },
  });
  return unitsOf(again, unit.step).reduce((current, other) => (
    other.phase.kind === 'ready' && other.attempts.length === other.from && other.needs.includes(unit.id) ? replaceUnit(current, { ...other, phase: { kind: 'pending' } }) : current), again);
}
