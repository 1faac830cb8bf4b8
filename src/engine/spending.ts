/** What a run has spent, work under way included: asked before every model call (I16). */
import type { RunState } from '../core/state.ts';
import { countedUsd, nothingSpent } from '../core/usage.ts';
import type { Counted, Spend } from '../core/usage.ts';
import type { Clock } from '../ports/system.ts';

interface Live { readonly task: string; readonly startedAt: number; spend: Spend }

export interface LiveSpending {
  /** Notes this attempt's own spend so far and answers the run's whole. */
  spent(own: Spend, state: RunState): Counted;
  /** Notes what it has spent so far. */
  note(own: Spend): void;
  /** What it had spent and how long it had worked when it was heard of last. */
  own(): Spend & { readonly durationMs: number };
  end(): void;
}

export function createSpending(clock: Clock): { begin(task: string, command: string): LiveSpending } {
  const live = new Map<string, Live>();
  return {
    begin: (task, command) => {
      const key = `${task}/${command}`;
      const mine: Live = { task, startedAt: clock.now(), spend: nothingSpent };
      live.set(key, mine);
      return {
        spent: (own, state) => {
          mine.spend = own;
          const attempts = state.units.flatMap((unit) => unit.attempts);
          const working = [...live.values()].filter((candidate) => candidate.task === task);
          const spends = [...attempts, ...working.map((candidate) => candidate.spend)];
          const workedMs = attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0) + working.reduce((sum, candidate) => sum + clock.now() - candidate.startedAt, 0);
          return {
            usd: spends.reduce((sum, spend) => sum + countedUsd(spend), 0),
            estimatedUsd: spends.reduce((sum, spend) => sum + (spend.costUsd === null ? spend.estimatedUsd : 0), 0),
            minutes: workedMs / 60_000,
          };
        },
        note: (own) => { mine.spend = own; },
        own: () => ({ ...mine.spend, durationMs: clock.now() - mine.startedAt }),
        end: () => { live.delete(key); },
      };
    },
  };
}
