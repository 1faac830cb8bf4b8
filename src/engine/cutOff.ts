/**
 * Attempts that were under way when the last engine ended: their outcome will never come.
 * Owns: how they are closed, and that what they had spent and how long they had worked by then counts, as far as their logs tell.
 */
import type { RunEvent } from '../core/event.ts';
import type { RunState } from '../core/state.ts';
import { nothingSpent } from '../core/usage.ts';
import type { AttemptLog } from '../ports/attemptLog.ts';

/** One `AttemptFinished` for each, as interrupted. */
export async function cutOff(state: RunState, log: AttemptLog): Promise<readonly RunEvent[]> {
  if (state.end) return [];
  return Promise.all(state.units.flatMap((unit) => {
    const last = unit.attempts.at(-1);
    return unit.phase.kind === 'working' && last ? [closed(state.task, unit.id, last, log)] : [];
  }));
}

async function closed(task: string, unit: string, { n, startedAt }: { readonly n: number; readonly startedAt: number }, log: AttemptLog): Promise<RunEvent> {
  const command = `${unit}#${n}`;
  const found = await log.lastSpend(task, command);
  const { usage, costUsd, estimatedUsd } = found?.spend ?? nothingSpent;
  const outcome = { kind: 'failed', failure: 'interrupted', message: 'the engine ended while it worked', retryAt: null } as const;
  return { type: 'AttemptFinished', command, unit, n, outcome, usage, costUsd, estimatedUsd, durationMs: Math.max(0, (found?.heardAt ?? startedAt) - startedAt) };
}
