/** Times, tokens and money in a few characters. Owns: how a figure is written. Refuses: to pass an estimate off as a cost. */
import type { Usage } from '../../core/usage.ts';

/** `8 s`, `4 min`, `1 h 05 min`, `2 d`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} d`;
}

/** `950 tokens`, `12.3k tokens`, or nothing when none were used. Cached ones count: they were sent. */
export function tokens(usage: Usage): string {
  const sum = usage.input + usage.cached + usage.output;
  if (sum === 0) return '';
  if (sum < 1000) return `${sum} tokens`;
  return sum < 1_000_000 ? `${(sum / 1000).toFixed(1)}k tokens` : `${(sum / 1_000_000).toFixed(1)}M tokens`;
}

/** `$0.42`; `<$0.01` for less than a cent; nothing for an unknown price or nothing spent. */
export function money(costUsd: number | null): string {
  if (costUsd === null || costUsd === 0) return '';
  return costUsd < 0.01 ? '<$0.01' : `$${costUsd.toFixed(2)}`;
}

/** Of a whole run: its cost, or what stands in for it against the budget where a price is not known. */
export function runMoney({ costUsd, countedUsd }: { readonly costUsd: number | null; readonly countedUsd: number }): string {
  return costUsd === null && countedUsd > 0 ? `about ${money(countedUsd)} by estimate` : money(costUsd);
}

/** `3 files`, `1 file`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** The parts that say something, as one line. */
export function parts(...texts: (string | null | undefined)[]): string {
  return texts.filter(Boolean).join(' · ');
}

export const short = (commit: string): string => commit.slice(0, 10);

/** `refs/heads/main` as a person says it. */
export const branchName = (ref: string): string => ref.replace(/^refs\/heads\//, '');
