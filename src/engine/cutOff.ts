/**
 * Attempts whose outcome nobody waits for: they were under way when the last engine ended, when their work was sent back, or when their task ended.
 * Owns: how they are closed, and that what they had spent and how long they had worked by then counts, as far as that is known.
 */
import type { RunEvent } from '../core/event.ts';
import type { Attempt, RunState } from '../core/state.ts';
import { nothingSpent } from '../core/usage.ts';
import type { Spend } from '../core/usage.ts';
import type { AttemptLog } from '../ports/attemptLog.ts';

/** One `AttemptFinished` for each, as interrupted. */
export async function cutOff(state: RunState, log: AttemptLog): Promise<readonly RunEvent[]> {
  if (state.end) return [];
  const working = state.units.flatMap((unit) => {
    const last = unit.attempts.at(-1);
    return unit.phase.kind === 'working' && last ? [closed(state.task, unit.id, last, log)] : [];
  });
  // Stopped when its work was sent back, and the engine ended before what it had spent was written down.
  const stopped = state.units.flatMap((unit) => unit.attempts.filter(isUncounted).map(async (attempt): Promise<readonly RunEvent[]> => {
    const found = await log.lastSpend(state.task, `${unit.id}#${attempt.n}`);
    const spend = found && { ...found.spend, durationMs: Math.max(0, found.heardAt - attempt.startedAt) };
    return spend && !isNothing(spend) ? [finished(unit.id, attempt, spend)] : [];
  }));
  return [...await Promise.all(working), ...(await Promise.all(stopped)).flat()];
}

/** What an attempt had spent that was stopped, or came too late: nothing comes of it, but it was paid for. Empty: it is counted already. */
export function spentInVain(state: RunState, { unit, n }: { readonly unit: string; readonly n: number }, spend: Spend & { readonly durationMs: number }): readonly RunEvent[] {
  const attempt = state.units.find((candidate) => candidate.id === unit)?.attempts.find((candidate) => candidate.n === n);
  return attempt && !isNothing(spend) && (isUncounted(attempt) || (state.end && attempt.outcome === null)) ? [finished(unit, attempt, spend)] : [];
}

/** Closed as interrupted by what made it void, not by an event of its own. */
function isUncounted(attempt: Attempt): boolean {
  return attempt.outcome?.kind === 'failed' && attempt.outcome.failure === 'interrupted' && isNothing(attempt);
}

function isNothing({ usage, costUsd, estimatedUsd, durationMs }: Spend & { readonly durationMs: number }): boolean {
  return usage.calls === 0 && costUsd === 0 && estimatedUsd === 0 && durationMs === 0;
}

function finished(unit: string, { n, outcome }: Attempt, { usage, costUsd, estimatedUsd, durationMs }: Spend & { readonly durationMs: number }): RunEvent {
  const stopped = outcome ?? { kind: 'failed', failure: 'interrupted', message: 'its task ended before it did', retryAt: null };
  return { type: 'AttemptFinished', command: `${unit}#${n}`, unit, n, outcome: stopped, usage, costUsd, estimatedUsd, durationMs };
}

async function closed(task: string, unit: string, { n, startedAt }: { readonly n: number; readonly startedAt: number }, log: AttemptLog): Promise<RunEvent> {
  const command = `${unit}#${n}`;
  const found = await log.lastSpend(task, command);
  const { usage, costUsd, estimatedUsd } = found?.spend ?? nothingSpent;
  const outcome = { kind: 'failed', failure: 'interrupted', message: 'the engine ended while it worked', retryAt: null } as const;
  return { type: 'AttemptFinished', command, unit, n, outcome, usage, costUsd, estimatedUsd, durationMs: Math.max(0, (found?.heardAt ?? startedAt) - startedAt) };
}
