/** Times, tokens and money in a few characters. Owns: how a figure is written. Refuses: to guess a price: an unknown one is left out. */
import type { Usage } from '../core/usage.ts';
import { t } from './words.ts';

/** `8 s`, `4 min`, `1 h 05 min`, `2 d`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return t('{0} s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t('{0} h {1} min', hours, String(minutes % 60).padStart(2, '0')) : t('{0} d', Math.floor(hours / 24));
}

/** `950 tokens`, `12.3k tokens`, or nothing when none were used. Cached ones count: they were sent. */
export function tokens(usage: Usage): string {
  const sum = usage.input + usage.cached + usage.output;
  if (sum === 0) return '';
  if (sum < 1000) return t('{0} tokens', sum);
  return sum < 1_000_000 ? t('{0}k tokens', (sum / 1000).toFixed(sum < 100_000 ? 1 : 0)) : t('{0}M tokens', (sum / 1_000_000).toFixed(1));
}

/** `$0.42`; `<$0.01` for less than a cent; nothing for an unknown price or nothing spent. */
export function money(costUsd: number | null): string {
  if (costUsd === null || costUsd === 0) return '';
  return costUsd < 0.01 ? '<$0.01' : `$${costUsd.toFixed(2)}`;
}

/** Cost where it is known, else tokens: what fits into a row. */
export function spent(usage: Usage, costUsd: number | null): string {
  return money(costUsd) || tokens(usage);
}

/** The parts that say something, as one line. */
export function line(...parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}

export const short = (commit: string): string => commit.slice(0, 8);

/** `refs/heads/main` as a person says it. */
export const branchName = (ref: string): string => ref.replace(/^refs\/heads\//, '');
