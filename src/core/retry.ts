/**
 * What follows an attempt that failed: again now or later, the next agent of the chain, a failure that stands, or a person.
 * Owns: `retry`, fallback, and their order. The plain rule for each kind of failure is in `outcome.ts`.
 */
import { letsFail, workOf } from './change.ts';
import { afterFailure, retryable } from './outcome.ts';
import type { Failure, Outcome } from './outcome.ts';
import type { Attempt, RunState, Unit, UnitPhase } from './state.ts';
import type { Retry } from './workflow.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>;

const longestPauseMs = 3_600_000;

export function afterAttempt(state: RunState, unit: Unit, outcome: Failed, at: number): Unit {
  const step = workOf(state, unit);
  const counted = unit.attempts.slice(unit.from);
  const again = pauseBefore(step?.retry ?? null, outcome.failure, counted);
  if (again !== null) {
    return { ...unit, phase: { kind: 'ready', notBefore: Math.max(at + again, outcome.retryAt ?? 0), why: outcome.failure === 'interrupted' ? null : outcome.message } };
  }
  const rest = agentsAfter(unit, counted.at(-1)?.agent ?? '');
  const [next] = rest;
  if (next !== undefined && fallsBack[outcome.failure]) {
    return { ...unit, agents: rest, from: unit.attempts.length, phase: { kind: 'ready', notBefore: at, why: `${outcome.message}; ${next} takes over` } };
  }
  return { ...unit, phase: givenUp(state, unit, outcome) };
}

/** How long to wait before the next try, ms; null: it is not tried again by itself. */
function pauseBefore(retry: Retry | null, failure: Failure, counted: readonly Attempt[]): number | null {
  if (retry && named(retry, failure)) {
    const failed = trailing(counted, (attempt) => attempt.outcome?.kind === 'failed' && named(retry, attempt.outcome.failure));
    return failed > retry.times ? null : Math.min(longestPauseMs, retry.pauseMs * retry.factor ** (failed - 1));
  }
  const inARow = trailing(counted, (attempt) => attempt.outcome?.kind === 'failed' && attempt.outcome.failure === failure);
  const after = afterFailure(failure, inARow);
  return after.kind === 'again' ? after.afterMs : null;
}

function named(retry: Retry, failure: Failure): boolean {
  return retry.on.includes('any') ? retryable.includes(failure) : retry.on.includes(failure);
}

function trailing(attempts: readonly Attempt[], test: (attempt: Attempt) => boolean): number {
  let count = 0;
  for (const attempt of attempts.toReversed()) {
    if (!test(attempt)) break;
    count += 1;
  }
  return count;
}

/** The chain behind the one that tried (a command or a tool has none): it may have been another than the first, where the first has no key. */
function agentsAfter(unit: Unit, agent: string): readonly string[] {
  return unit.agents.slice(Math.max(0, unit.agents.indexOf(agent)) + 1);
}

/** A missing key is seen before the chain is gone through; what is no agent's fault is no other agent's gain. */
const fallsBack: Readonly<Record<Failure, boolean>> = {
  auth: true, 'rate-limit': true, overloaded: true, network: true, context: true, refused: true, model: true, loop: true, idle: true, timeout: true, output: true,
  key: false, budget: false, tampered: false, 'unsupported-filter': false, workspace: false, 'disk-full': false, interrupted: false, command: false, tool: false,
};

function givenUp(state: RunState, unit: Unit, outcome: Failed): UnitPhase {
  const resume = { kind: 'ready', notBefore: 0, why: null } as const;
  const { kind, waitingFor } = waitFor(outcome.failure);
  const lets = letsFail(state, unit) && (kind === 'own' || (waitingFor === 'key' && unit.landing === 'choice'));
  if (lets || (kind === 'own' && unit.does !== 'agent')) return { kind: 'failed', why: `${outcome.failure}: ${outcome.message}`, evidence: null, resume };
  return { kind: 'stuck', waitingFor, why: outcome.message, next: nextFor(waitingFor), resume };
}

/** `own`: the failure is the step's, which may be an outcome; `world`: whatever the workflow says, only a person can mend it. */
function waitFor(failure: Failure): { readonly kind: 'own' | 'world'; readonly waitingFor: 'key' | 'budget' | 'agent' } {
  const after = afterFailure(failure, Number.POSITIVE_INFINITY);
  const waitingFor = after.kind === 'person' ? after.waitingFor : 'agent';
  const world = waitingFor !== 'agent' || failure === 'tampered' || failure === 'unsupported-filter' || failure === 'workspace' || failure === 'disk-full';
  return { kind: world ? 'world' : 'own', waitingFor };
}

function nextFor(waitingFor: 'key' | 'budget' | 'agent'): string {
  switch (waitingFor) {
    case 'key': return 'Set the provider\'s key (for example ANTHROPIC_API_KEY) and retry the task from there.';
    case 'budget': return 'Raise the budget with a retry, or cancel the task.';
    case 'agent': return 'Read the step\'s log, then retry it, or cancel the task.';
  }
}
