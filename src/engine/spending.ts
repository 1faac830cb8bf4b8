/** What a run has spent, work under way included: asked before every model call (I16). */
import type { RunState } from '../core/state.ts';
import { addCost } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import type { Clock } from '../ports/system.ts';

interface Live { readonly task: string; readonly startedAt: number; costUsd: number | null }

export interface LiveSpending {
  /** Notes this attempt's own spend so far and answers the run's whole. */
  spent(own: { readonly usage: Usage; readonly costUsd: number | null }, state: RunState): { usd: number | null; minutes: number };
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
          const recorded = attempts.reduce<number | null>((sum, attempt) => addCost(sum, attempt.costUsd), 0);
          const workedMs = attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0) + others.reduce((sum, candidate) => sum + clock.now() - candidate.startedAt, 0);
          return { usd: others.reduce<number | null>((sum, candidate) => addCost(sum, candidate.costUsd), recorded), minutes: workedMs / 60_000 };
        },
        end: () => { live.delete(key); },
      };
    },
  };
}
