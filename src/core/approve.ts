/**
 * What an approval needs: that it is about what is there (I6), that what is not proven is waived with a reason, that findings are ticked.
 * Owns: these rules, and what a person may ask at all. Refuses: void approvals, waivers of a conflict, names of nothing.
 */
import { goesBack } from './amending.ts';
import { approvalFlags } from './approvalFlags.ts';
import { letsFail, stepOf } from './change.ts';
import { ranked } from './choice.ts';
import type { RankedCandidate } from './choice.ts';
import type { Binding, Comment, RunEvent } from './event.ts';
import type { Evidence } from './gate.ts';
import { unwaived, unwaivedIn } from './landable.ts';
import type { Plan } from './plan.ts';
import type { Result } from './result.ts';
import { ok, refuse } from './result.ts';
import type { Checkpoint, RunState } from './state.ts';
import { lastAttempt, openCheckpoints } from './state.ts';
import type { Budget } from './usage.ts';
import { waivable } from './verdict.ts';

export interface Waiver { readonly gate: string; readonly reason: string }

export type Ask =
  /** `commit`: what the person looked at, or at a choice the candidate that they name. */
  | { readonly kind: 'approve'; readonly checkpoint: string | null; readonly commit: string | null; readonly waivers: readonly Waiver[]; readonly ticks: readonly string[]; readonly by: string; /** The target's tip now, where the caller could read it. */ readonly tip: string | null; /** Only when the policy passes it: what speaks against. */ readonly risks?: string[] }
  | { readonly kind: 'request-changes'; readonly checkpoint: string | null; readonly comments: readonly Comment[]; readonly by: string }
  /** The document of a checkpoint, whole, in a person's own words; at a plan, what its text was read as. */
  | { readonly kind: 'edit'; readonly checkpoint: string | null; readonly text: string; readonly plan?: Plan | undefined; readonly by: string }
  | { readonly kind: 'reject'; readonly checkpoint: string | null; readonly reason: string; readonly by: string }
  | { readonly kind: 'retry'; readonly at: string | null; readonly budget: Budget | null; readonly by: string; /** A person asks: stale work that `at` names is done again under the new specifications. */ readonly fresh?: boolean }
  | { readonly kind: 'cancel'; readonly by: string };

type RefusalCode = 'ended' | 'nothing-open' | 'unknown-checkpoint' | 'ambiguous' | 'void' | 'needs-waiver' | 'needs-tick' | 'not-waivable' | 'unknown-gate' | 'unknown-tick' | 'unknown-candidate' | 'nothing-to-retry' | 'not-here' | 'too-long' | 'invalid-plan' | 'empty';
export interface Refusal { readonly code: RefusalCode; readonly message: string; readonly next: string; /** What became true by asking: recorded even though the answer is no. */ readonly events: readonly RunEvent[] }

type Approve = Extract<Ask, { kind: 'approve' }>;

export function approve(state: RunState, ask: Approve): Result<readonly RunEvent[], Refusal> {
  for (const waiver of ask.waivers) if (waiver.reason.trim() === '') return no('empty', `no reason was given for waiving "${waiver.gate}"`, 'Say why, for example with --reason.');
  const red = redGates(state);
  // A red gate that stands somewhere is waived where no checkpoint is open, or where a waiver names it and no open merge has it.
  const mergeOpen = openCheckpoints(state).some((checkpoint) => checkpoint.about === 'merge');
  if (red.length > 0 && ask.checkpoint === null && (openCheckpoints(state).length === 0 || (!mergeOpen && ask.waivers.length > 0))) return waiveRed(state, red, ask);
  const found = findCheckpoint(state, ask.checkpoint);
  if (!found.ok) return found;
  const checkpoint = found.value;
  if (checkpoint.about === 'choice') return choose(state, checkpoint, ask);
  if (ask.commit !== null && !checkpoint.binding.commit.startsWith(ask.commit)) return no('void', `the checkpoint is about ${checkpoint.binding.commit.slice(0, 12)}, not ${ask.commit.slice(0, 12)}`, 'Review what is there now, then approve that.');
  if (checkpoint.about === 'amendment' && goesBack(state, checkpoint.step)) return no('not-here', 'other work of the task is landing at this moment', 'Approve it once more in a few seconds.');
  if (checkpoint.about !== 'merge') return ok([approved(checkpoint, ask)]);
  const unknown = unknownNames(state, ask);
  if (unknown) return unknown;
  const moved = movedTarget(state, checkpoint.binding.base, ask.tip);
  if (moved) return moved;
  const waived = new Set(ask.waivers.map((waiver) => waiver.gate));
  const conflicting = state.candidateEvidence?.gates.find((gate) => gate.verdict !== 'accepted' && !waivable(gate));
  if (conflicting) return no('not-waivable', `"${conflicting.id}" is ${conflicting.reason}, which no waiver can make right`, 'Request changes, or reject the task.');
  const already = new Set([...waived, ...state.waived.map((waiver) => waiver.gate)]);
  const missing = unwaived(state, already);
  const unticked = (state.candidateEvidence?.ticks ?? []).filter((tick) => !ask.ticks.includes(tick.id));
  if (missing.length === 0 && unticked.length === 0) return ok([approved(checkpoint, ask)]);
  // All that is missing at once: each refusal costs the person another command.
  return no(missing.length > 0 ? 'needs-waiver' : 'needs-tick', [
    ...(missing.length > 0 ? [`not proven: ${missing.map((gate) => describe(state, gate)).join('; ')}`] : []),
    ...(unticked.length > 0 ? [`needs your own tick: ${unticked.map((tick) => `${tick.id} (${tick.why})`).join('; ')}`] : []),
  ].join('. '), `Approve with${ask.waivers.length + ask.ticks.length > 0 ? ', beside what you gave' : ''}: ${approvalFlags(missing, unticked.map(({ id }) => id))}`);
}

/** The first of the ranked candidates, or the one that is named by its commit; one that its gates rejected needs a waiver like any other. */
function choose(state: RunState, checkpoint: Checkpoint, ask: Approve): Result<readonly RunEvent[], Refusal> {
  const step = stepOf(state, checkpoint.step);
  const candidates = step?.kind === 'checkpoint' && step.of !== null ? ranked(state, step.of) : [];
  const { commit } = ask;
  const named = commit === null ? candidates.slice(0, 1) : candidates.filter((candidate) => candidate.commit.startsWith(commit) || candidate.own.startsWith(commit));
  const [chosen, other] = named;
  const list = candidates.map((candidate) => `${candidate.commit.slice(0, 12)} (${candidate.unit}, ${candidate.evidence?.verdict ?? 'not judged'})`).join(', ');
  if (!chosen || other) return no('unknown-candidate', commit === null ? 'there is no candidate' : `"${commit}" names ${other ? 'more than one candidate' : 'no candidate'}`, `Candidates: ${list || 'none'}.`);
  const red = chosen.evidence && chosen.evidence.verdict !== 'not-verified' ? unwaivedIn(chosen.evidence, new Set(ask.waivers.map((waiver) => waiver.gate))) : [];
  if (red.length > 0) return no('needs-waiver', `the candidate of ${chosen.unit} is not proven: ${red.join(', ')}`, `Choose another (--commit SHA), or waive with a reason: ${approvalFlags(red, [])} Candidates: ${list}.`);
  return ok([{ ...approved({ ...checkpoint, binding: bindingOf(chosen) }, ask), choice: chosen.commit }]);
}

function bindingOf(chosen: RankedCandidate): Binding {
  return { commit: chosen.commit, base: chosen.onto, tree: chosen.tree, evidence: chosen.evidence?.id ?? '' };
}

/** The candidate was made for another tip: whatever is said about it is void, and it is made anew. */
function movedTarget(state: RunState, base: string, tip: string | null): Result<never, Refusal> | null {
  if (tip === null || tip === base) return null;
  const why = `${state.accepted.target} moved from ${base.slice(0, 12)} to ${tip.slice(0, 12)}`;
  return refuse({ code: 'void', message: `${why}; the approval would be for something else`, next: 'The result is merged and tested again on the new tip; approve that.', events: [{ type: 'LandingVoided', command: '', tip, why }] });
}

/** A waiver or tick that names nothing is a slip of the hand: better said than passed over. */
function unknownNames(state: RunState, ask: Approve): Result<never, Refusal> | null {
  const gates = state.candidateEvidence?.gates.map((gate) => gate.id) ?? [];
  const known = gates.length > 0 ? gates : ['gate'];
  const gate = ask.waivers.find((waiver) => !known.includes(waiver.gate));
  if (gate) return no('unknown-gate', `there is no gate "${gate.gate}"`, `Gates: ${known.join(', ')}.`);
  const ticks = state.candidateEvidence?.ticks.map((tick) => tick.id) ?? [];
  const tick = ask.ticks.find((id) => !ticks.includes(id));
  return tick === undefined ? null : no('unknown-tick', `there is no finding "${tick}"`, `Findings: ${approvalFlags([], ticks) || 'none.'}`);
}

function approved(checkpoint: Checkpoint, ask: Approve): Extract<RunEvent, { type: 'CheckpointApproved' }> {
  const binding: Binding = checkpoint.binding;
  return { type: 'CheckpointApproved', checkpoint: checkpoint.id, binding, by: ask.by, waivers: [...ask.waivers], ticks: [...ask.ticks], ...(ask.risks ? { risks: ask.risks } : {}) };
}

/** `gates`: what a waiver has to name; of `evidence`. */
interface RedGate { readonly at: string; /** A step; else a unit. */ readonly step: boolean; readonly gates: readonly string[]; readonly evidence: Evidence | null }

/** Gates that stopped the run: red past their repairs, or broken. By these a person waives, whatever the newest attempt has. */
export function redGates(state: RunState): readonly RedGate[] {
  const red = (at: string, step: boolean, evidence: Evidence | null): RedGate => ({ at, step, gates: evidence ? unwaivedIn(evidence, new Set()) : [], evidence });
  const units = state.units.flatMap((unit): RedGate[] => {
    if (unit.phase.kind === 'failed') return unit.phase.evidence && !letsFail(state, unit) ? [red(unit.id, false, unit.phase.evidence)] : [];
    if (unit.phase.kind === 'stuck' && unit.phase.waitingFor === 'gate') return [red(unit.id, false, lastAttempt(unit)?.evidence ?? null)];
    return [];
  });
  const steps = state.steps.filter((step) => step.gate?.kind === 'failed' || (step.gate?.kind === 'stuck' && step.gate.waitingFor === 'gate') || (step.land?.kind === 'stuck' && step.land.waitingFor === 'gate'))
    .map((step) => red(step.id, true, step.evidence ?? state.candidateEvidence));
  return [...units, ...steps];
}

function waiveRed(state: RunState, red: readonly RedGate[], ask: Approve): Result<readonly RunEvent[], Refusal> {
  if (ask.waivers.length === 0) return no('needs-waiver', `no checkpoint is open; red: ${red.flatMap((one) => one.gates.map((gate) => `${gate} at ${one.at}`)).join(', ')}`, 'Waive it with a reason (--waive GATE --reason "…"), retry, or reject the task.');
  const moved = red.some((one) => one.step) && state.candidate ? movedTarget(state, state.candidate.onto, ask.tip) : null;
  if (moved) return moved;
  const waived = new Set(ask.waivers.map((waiver) => waiver.gate));
  const left = (one: RedGate): readonly string[] => one.gates.filter((gate) => !waived.has(gate));
  // A step waits until each of its gates is waived; a unit goes on by the first waiver, so it gets one only where nothing red would be left.
  const events = red.filter((one) => one.step || left(one).length === 0)
    .flatMap((one) => ask.waivers.filter((waiver) => one.gates.includes(waiver.gate)).map((waiver): RunEvent => ({ type: 'GateWaived', at: one.at, gate: waiver.gate, reason: waiver.reason, by: ask.by })));
  const more = red.filter((one) => left(one).length < one.gates.length).flatMap((one) => left(one).map((gate) => `${gate} at ${one.at}`));
  if (events.length === 0 && more.length > 0) return no('needs-waiver', `red as well: ${more.join(', ')}`, 'Waive each of them with a reason (--waive GATE --reason "…"), retry, or reject the task.');
  if (events.length === 0) return no(red.some((one) => one.gates.length > 0) ? 'unknown-gate' : 'not-waivable', `no red gate is called ${ask.waivers.map((waiver) => `"${waiver.gate}"`).join(' or ')}`, `Red: ${[...new Set(red.flatMap((one) => one.gates))].join(', ') || 'a conflict, which cannot be waived'}.`);
  return ok(events);
}

/** The open checkpoint that is named by its id or its step; without a name, the only one that is open. */
export function findCheckpoint(state: RunState, name: string | null): Result<Checkpoint, Refusal> {
  const open = openCheckpoints(state);
  if (name !== null) {
    const named = open.find((checkpoint) => checkpoint.id === name || checkpoint.step === name);
    return named ? ok(named) : unknownCheckpoint(state, name);
  }
  const [only] = open;
  if (!only) return no('nothing-open', 'no checkpoint is open', 'Look at the run with: treeline show.');
  return open.length === 1 ? ok(only) : no('ambiguous', `${open.length} checkpoints are open: ${openNames(state)}`, 'Say which one: --checkpoint ID.');
}

export function unknownCheckpoint(state: RunState, id: string): Result<never, Refusal> {
  const known = state.checkpoints.find((checkpoint) => checkpoint.id === id);
  return known ? no('void', `checkpoint ${id} is ${known.state}`, 'Look at what is open now with: treeline show.')
    : no('unknown-checkpoint', `there is no checkpoint "${id}"`, `Open: ${openNames(state)}.`);
}

export function openNames(state: RunState): string {
  return openCheckpoints(state).map((checkpoint) => checkpoint.id).join(', ') || 'none';
}

function describe(state: RunState, gate: string): string {
  const result = state.candidateEvidence?.gates.find((candidate) => candidate.id === gate);
  return result ? `${gate} is ${result.verdict} (${result.reason})` : `${gate} is not-verified (no-command)`;
}

export function no(code: Refusal['code'], message: string, next: string): Result<never, Refusal> {
  return refuse({ code, message, next, events: [] });
}

