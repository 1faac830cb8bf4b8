/** What a run has spent, work under way included: asked before every model call (I16). */
import type { RunState } from '../core/state.ts';
import type { Usage } from '../core/usage.ts';
import type { Clock } from '../ports/system.ts';

interface Live { readonly task: string; readonly startedAt: number; costUsd: number | null }

export interface LiveSpending {
  /** Notes this attempt's own spend so far and answers the run's whole. `usd` is what is known: an attempt without a price does not lift the limit for the others. */
  spent(own: { readonly usage: Usage; readonly costUsd: number | null }, state: RunState): { usd: number; minutes: number };
  end(): void;
}

export function createSpending(clock: Clock): { begin(task: string, command: string): LiveSpending } {
  const live = new Map<string, Live>();
  return {
    begin: (task, command) => {
      const key = `${task}/${command}`;
      const mine: Live = { task, startedAt: clock.now(), costUsd: 0 };
      live.set(key, mine);
      return {
        spent: (own, state) => {
          mine.costUsd = own.costUsd;
          const attempts = state.units.flatMap((unit) => unit.attempts);
          const others = [...live.values()].filter((candidate) => candidate.task === task);
          const recorded = attempts.reduce((sum, attempt) => sum + (attempt.costUsd ?? 0), 0);
          const workedMs = attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0) + others.reduce((sum, candidate) => sum + clock.now() - candidate.startedAt, 0);
          return { usd: others.reduce((sum, candidate) => sum + (candidate.costUsd ?? 0), recorded), minutes: workedMs / 60_000 };
        },
        end: () => { live.delete(key); },
      };
    },
  };
}
