/** What a person does in the simulation: answers one of the things that wait; now and then does something surprising. */
import type { Ask } from '../../src/core/accept.ts';
import { ranked } from '../../src/core/choice.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Checkpoint, RunState } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { rerunnable } from '../../src/core/staleSpecs.ts';
import { failures } from '../../src/core/status.ts';
import type { Chance } from './chance.ts';

const by = 'person';

/** `playful`: not everything is approved. */
export function answerTo(state: RunState, chance: Chance, playful: boolean): Ask | null {
  if (playful && chance.happens(0.004)) return { kind: 'cancel', by };
  if (playful && chance.happens(0.004)) return { kind: 'reject', checkpoint: null, reason: 'no', by };
  const stale = rerunnable(state);
  if (playful && stale.length > 0 && chance.happens(0.1)) return { kind: 'retry', at: chance.pick(stale), budget: null, by, fresh: true };
  const things: (() => Ask)[] = openCheckpoints(state).map((open) => () => decided(state, open, chance, playful));
  const stuck = state.units.flatMap((unit) => (unit.phase.kind === 'stuck' ? [unit.phase.waitingFor] : []));
  const stopped = state.upstream?.standing === 'lost' || stuck.length > 0 || failures(state).length > 0 || state.steps.some((step) => step.gate?.kind === 'stuck' || step.land?.kind === 'stuck');
  const red = failures(state).length > 0 || stuck.includes('gate');
  if (stopped) things.push(() => goesOn(state, chance, stuck.includes('budget'), red));
  return things.length === 0 ? null : chance.pick(things)();
}

function decided(state: RunState, { id, step: at, about }: Checkpoint, chance: Chance, playful: boolean): Ask {
  const step = state.workflow.steps.find((candidate) => candidate.id === at);
  if (playful && chance.happens(step?.continueOnError ? 0.2 : 0.02)) return { kind: 'reject', checkpoint: id, reason: 'no', by };
  const rework = step?.kind === 'checkpoint' && (step.rework ?? step.of) !== null;
  if (playful && chance.happens(rework ? 0.3 : 0.05)) return { kind: 'request-changes', checkpoint: id, comments: [{ file: null, line: null, text: 'better' }], by };
  if (playful && about === 'document' && chance.happens(0.1)) return { kind: 'edit', checkpoint: id, text: `by hand ${chance.between(1, 1_000)}`, by };
  if (playful && about === 'plan' && state.plan && chance.happens(0.2)) return { kind: 'edit', checkpoint: id, text: '', plan: { ...state.plan, summary: `by hand ${chance.between(1, 1_000)}`, subtasks: state.plan.subtasks.slice(0, chance.between(1, state.plan.subtasks.length)) }, by };
  if (about === 'choice') {
    const candidates = step?.kind === 'checkpoint' && step.of !== null ? ranked(state, step.of) : [];
    const chosen = candidates.length > 0 ? chance.pick(candidates) : null;
    return { kind: 'approve', checkpoint: id, commit: chance.happens(0.5) ? chosen?.commit ?? null : null, waivers: waiversFor(chosen?.evidence ?? null, chance), ticks: [], by, tip: null };
  }
  const ticks = about === 'merge' ? [...new Set(state.candidateEvidence?.ticks.map((tick) => tick.id))] : [];
  return { kind: 'approve', checkpoint: id, commit: null, waivers: about === 'merge' ? waiversFor(state.candidateEvidence, chance) : [], ticks, by, tip: null };
}

function waiversFor(evidence: Evidence | null, chance: Chance): { gate: string; reason: string }[] {
  const red = new Set(evidence?.gates.flatMap((gate) => (gate.verdict === 'accepted' ? [] : [gate.id])));
  return chance.happens(0.5) ? [...red].map((gate) => ({ gate, reason: 'known' })) : [];
}

function goesOn(state: RunState, chance: Chance, budget: boolean, red: boolean): Ask {
  if (chance.happens(red ? 0.4 : 0.05)) return { kind: 'approve', checkpoint: null, commit: null, waivers: [{ gate: 'unit', reason: 'known' }], ticks: [], by, tip: null };
  if (chance.happens(0.1) && !budget) return { kind: 'reject', checkpoint: null, reason: 'no', by };
  return { kind: 'retry', at: null, budget: budget || state.budget.usd !== null ? { usd: 1_000, minutes: null } : null, by };
}
