/**
 * (state, what a person asks) → events, or a refusal that says why and what next.
 * Owns: who may decide what, when. Refuses: void approvals (I6), decisions on what is over, waivers of a conflict.
 */
import type { Binding, Comment, RunEvent } from './event.ts';
import type { Budget } from './usage.ts';
import { unwaived } from './decide.ts';
import type { Result } from './result.ts';
import { ok, refuse } from './result.ts';
import type { Checkpoint, RunState } from './state.ts';
import { openCheckpoint } from './state.ts';
import { waivable } from './verdict.ts';

export interface Waiver { readonly gate: string; readonly reason: string }

export type Ask =
  | { readonly kind: 'approve'; readonly checkpoint: string | null; readonly commit: string | null; readonly waivers: readonly Waiver[]; readonly ticks: readonly string[]; readonly by: string; /** The target's tip now, where the caller could read it. */ readonly tip: string | null }
  | { readonly kind: 'request-changes'; readonly checkpoint: string | null; readonly comments: readonly Comment[]; readonly by: string }
  | { readonly kind: 'reject'; readonly checkpoint: string | null; readonly reason: string; readonly by: string }
  | { readonly kind: 'retry'; readonly at: string | null; readonly budget: Budget | null; readonly by: string }
  | { readonly kind: 'cancel'; readonly by: string };

export const refusals = ['ended', 'nothing-open', 'unknown-checkpoint', 'void', 'needs-waiver', 'needs-tick', 'not-waivable', 'unknown-gate', 'unknown-tick', 'nothing-to-retry', 'empty'] as const;
export interface Refusal { readonly code: (typeof refusals)[number]; readonly message: string; readonly next: string; /** What became true by asking: recorded even though the answer is no. */ readonly events: readonly RunEvent[] }

export function accept(state: RunState, ask: Ask): Result<readonly RunEvent[], Refusal> {
  if (state.end) return no('ended', `task ${state.task} is over: ${state.end.kind}`, 'Start a new task.');
  switch (ask.kind) {
    case 'approve': return approve(state, ask);
    case 'request-changes': {
      const open = find(state, ask.checkpoint);
      if (!open.ok) return open;
      if (ask.comments.length === 0) return no('empty', 'no comment was given', 'Say what should change.');
      return ok([{ type: 'ChangesRequested', checkpoint: open.value.id, comments: [...ask.comments], by: ask.by }]);
    }
    case 'reject': {
      if (ask.reason.trim() === '') return no('empty', 'no reason was given', 'Say why, for example with --reason.');
      const open = openCheckpoint(state);
      if (ask.checkpoint !== null && open?.id !== ask.checkpoint) return unknownCheckpoint(state, ask.checkpoint);
      return ok([{ type: 'CheckpointRejected', checkpoint: open?.id ?? '', reason: ask.reason, by: ask.by }]);
    }
    case 'retry': {
      const retryable = retryTargets(state);
      const named = ask.at === null ? retryable : retryable.filter((target) => target === ask.at || target.startsWith(`${ask.at}/`));
      if (named.length === 0) return no('nothing-to-retry', ask.at === null ? 'nothing is stopped' : `"${ask.at}" is not stopped`, retryable.length > 0 ? `Stopped: ${retryable.join(', ')}.` : 'Look at the run with: treeline show.');
      return ok([{ type: 'RetryRequested', at: ask.at, by: ask.by, budget: ask.budget }]);
    }
    case 'cancel': return ok([{ type: 'TaskCancelled', by: ask.by }]);
  }
}

/** Ids of units and steps that stand still until somebody retries them. */
function retryTargets(state: RunState): readonly string[] {
  return [
    ...state.units.filter((unit) => unit.phase.kind === 'stuck' || unit.phase.kind === 'failed').map((unit) => unit.id),
    ...state.steps.filter((step) => step.gate?.kind === 'stuck' || step.gate?.kind === 'failed' || step.land?.kind === 'stuck').map((step) => step.id),
  ];
}

function approve(state: RunState, ask: Extract<Ask, { kind: 'approve' }>): Result<readonly RunEvent[], Refusal> {
  for (const waiver of ask.waivers) if (waiver.reason.trim() === '') return no('empty', `no reason was given for waiving "${waiver.gate}"`, 'Say why, for example with --reason.');
  const red = redGates(state);
  if (!openCheckpoint(state) && red.length > 0 && ask.checkpoint === null) return waiveRed(state, red, ask);
  const found = find(state, ask.checkpoint);
  if (!found.ok) return found;
  const checkpoint = found.value;
  if (ask.commit !== null && !checkpoint.binding.commit.startsWith(ask.commit)) return no('void', `the checkpoint is about ${checkpoint.binding.commit.slice(0, 12)}, not ${ask.commit.slice(0, 12)}`, 'Review what is there now, then approve that.');
  if (checkpoint.about === 'plan') return ok([approved(checkpoint, ask)]);
  const unknown = unknownNames(state, ask);
  if (unknown) return unknown;
  const moved = movedTarget(state, checkpoint.binding.base, ask.tip);
  if (moved) return moved;
  const waived = new Set(ask.waivers.map((waiver) => waiver.gate));
  const conflicting = state.candidateEvidence?.gates.find((gate) => waived.has(gate.id) && gate.verdict !== 'accepted' && !waivable(gate));
  if (conflicting) return no('not-waivable', `"${conflicting.id}" is ${conflicting.reason}, which no waiver can make right`, 'Request changes, or reject the task.');
  const already = new Set([...waived, ...state.waived.map((waiver) => waiver.gate)]);
  const missing = unwaived(state, already);
  if (missing.length > 0) return no('needs-waiver', `not proven: ${missing.map((gate) => describe(state, gate)).join('; ')}`, `Approve with a waiver and a reason: --waive ${missing[0] ?? 'gate'} --reason "…".`);
  const unticked = (state.candidateEvidence?.ticks ?? []).filter((tick) => !ask.ticks.includes(tick.id));
  if (unticked.length > 0) return no('needs-tick', `needs your own tick: ${unticked.map((tick) => `${tick.id} (${tick.why})`).join('; ')}`, `Approve with: ${unticked.map((tick) => `--tick ${tick.id}`).join(' ')}.`);
  return ok([approved(checkpoint, ask)]);
}

/** The candidate was made for another tip: whatever is said about it is void, and it is made anew. */
function movedTarget(state: RunState, base: string, tip: string | null): Result<never, Refusal> | null {
  if (tip === null || tip === base) return null;
  const why = `${state.accepted.target} moved from ${base.slice(0, 12)} to ${tip.slice(0, 12)}`;
  return refuse({ code: 'void', message: `${why}; the approval would be for something else`, next: 'The result is merged and tested again on the new tip; approve that.', events: [{ type: 'LandingVoided', command: '', tip, why }] });
}

/** A waiver or tick that names nothing is a slip of the hand: better said than passed over. */
function unknownNames(state: RunState, ask: Extract<Ask, { kind: 'approve' }>): Result<never, Refusal> | null {
  const gates = state.candidateEvidence?.gates.map((gate) => gate.id) ?? [];
  const known = gates.length > 0 ? gates : ['gate'];
  const gate = ask.waivers.find((waiver) => !known.includes(waiver.gate));
  if (gate) return no('unknown-gate', `there is no gate "${gate.gate}"`, `Gates: ${known.join(', ')}.`);
  const ticks = state.candidateEvidence?.ticks.map((tick) => tick.id) ?? [];
  const tick = ask.ticks.find((id) => !ticks.includes(id));
  return tick === undefined ? null : no('unknown-tick', `there is no finding "${tick}"`, `Findings: ${ticks.join(', ') || 'none'}.`);
}

function approved(checkpoint: Checkpoint, ask: Extract<Ask, { kind: 'approve' }>): RunEvent {
  const binding: Binding = checkpoint.binding;
  return { type: 'CheckpointApproved', checkpoint: checkpoint.id, binding, by: ask.by, waivers: [...ask.waivers], ticks: [...ask.ticks] };
}

interface RedGate { readonly at: string; readonly gates: readonly string[] }

/** Gates that stopped the run: red past their repairs, or broken. */
function redGates(state: RunState): readonly RedGate[] {
  const names = (evidence: { gates: readonly { id: string; verdict: string; reason: string }[]; verdict: string } | null): readonly string[] =>
    (evidence?.gates ?? []).filter((gate) => gate.verdict !== 'accepted').map((gate) => gate.id);
  const units = state.units.flatMap((unit): RedGate[] => {
    if (unit.phase.kind === 'failed') return [{ at: unit.id, gates: names(unit.phase.evidence) }];
    if (unit.phase.kind === 'stuck' && unit.phase.waitingFor === 'gate') return [{ at: unit.id, gates: names(unit.attempts[unit.attempts.length - 1]?.evidence ?? null) }];
    return [];
  });
  const steps = state.steps.filter((step) => (step.gate?.kind === 'failed' && state.candidate !== null) || (step.gate?.kind === 'stuck' && step.gate.waitingFor === 'gate'))
    .map((step) => ({ at: step.id, gates: names(state.candidateEvidence) }));
  return [...units, ...steps];
}

function waiveRed(state: RunState, red: readonly RedGate[], ask: Extract<Ask, { kind: 'approve' }>): Result<readonly RunEvent[], Refusal> {
  if (ask.waivers.length === 0) return no('needs-waiver', `no checkpoint is open; red: ${red.flatMap((one) => one.gates.map((gate) => `${gate} at ${one.at}`)).join(', ')}`, 'Waive it with a reason (--waive GATE --reason "…"), retry, or reject the task.');
  const atStep = red.some((one) => state.steps.some((step) => step.id === one.at));
  const moved = atStep && state.candidate ? movedTarget(state, state.candidate.onto, ask.tip) : null;
  if (moved) return moved;
  const events = red.flatMap((one) => ask.waivers.filter((waiver) => one.gates.includes(waiver.gate)).map((waiver): RunEvent => ({ type: 'GateWaived', at: one.at, gate: waiver.gate, reason: waiver.reason, by: ask.by })));
  if (events.length === 0) return no(red.some((one) => one.gates.length > 0) ? 'unknown-gate' : 'not-waivable', `no red gate is called ${ask.waivers.map((waiver) => `"${waiver.gate}"`).join(' or ')}`, `Red: ${red.flatMap((one) => one.gates).join(', ') || 'a conflict, which cannot be waived'}.`);
  return ok(events);
}

function find(state: RunState, id: string | null): Result<Checkpoint, Refusal> {
  const open = openCheckpoint(state);
  if (id !== null && open?.id !== id && open?.step !== id) return unknownCheckpoint(state, id);
  return open ? ok(open) : no('nothing-open', 'no checkpoint is open', 'Look at the run with: treeline show.');
}

function unknownCheckpoint(state: RunState, id: string): Result<never, Refusal> {
  const known = state.checkpoints.find((checkpoint) => checkpoint.id === id);
  return known ? no('void', `checkpoint ${id} is ${known.state}`, 'Look at what is open now with: treeline show.')
    : no('unknown-checkpoint', `there is no checkpoint "${id}"`, `Open: ${openCheckpoint(state)?.id ?? 'none'}.`);
}

function describe(state: RunState, gate: string): string {
  const result = state.candidateEvidence?.gates.find((candidate) => candidate.id === gate);
  return result ? `${gate} is ${result.verdict} (${result.reason})` : `${gate} is not-verified (no-command)`;
}

function no(code: Refusal['code'], message: string, next: string): Result<never, Refusal> {
  return refuse({ code, message, next, events: [] });
}

/** What `--yes` approves now, or null. It never waives a gate and never ticks a finding. */
export function approvedByYes(state: RunState): Ask | null {
  const open = openCheckpoint(state);
  if (!open || !state.settings.yes.includes(open.about)) return null;
  const ask: Ask = { kind: 'approve', checkpoint: open.id, commit: null, waivers: [], ticks: [], by: '--yes', tip: null };
  return accept(state, ask).ok ? ask : null;
}
