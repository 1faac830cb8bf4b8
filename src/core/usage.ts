/**
 * Tokens and money. Owns: adding usage up, and what a budget says before the next spend (I16).
 * Refuses: to pass a guess off as a price: an unknown one is null, and what counts against the budget instead is called an estimate.
 */
import * as z from 'zod';

/** Tokens of one or more model calls. `input` never contains `cached` (OpenAI's count is normalised by its provider file). */
export const usageSchema = z.object({ input: z.number(), cached: z.number(), output: z.number(), calls: z.number() });
export type Usage = z.infer<typeof usageSchema>;

export const noUsage: Usage = { input: 0, cached: 0, output: 0, calls: 0 };

export function addUsage(left: Usage, right: Usage): Usage {
  return { input: left.input + right.input, cached: left.cached + right.cached, output: left.output + right.output, calls: left.calls + right.calls };
}

/** What work has cost. `costUsd` null: the price is not known; then `estimatedUsd` is what its tokens would cost at the dearest price known. Otherwise that is 0. */
export interface Spend { readonly usage: Usage; readonly costUsd: number | null; readonly estimatedUsd: number }

export const nothingSpent: Spend = { usage: noUsage, costUsd: 0, estimatedUsd: 0 };

/** What of it counts against a budget: an unknown price does not lift the limit. */
export function countedUsd(spend: Pick<Spend, 'costUsd' | 'estimatedUsd'>): number {
  return spend.costUsd ?? spend.estimatedUsd;
}

/** Null plus anything is null: a sum with an unknown part is unknown, but for nothing spent at all. */
export function addCost(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

export const budgetSchema = z.object({ usd: z.number().positive().nullable(), minutes: z.number().positive().nullable() });
export type Budget = z.infer<typeof budgetSchema>;

/** What a whole run has spent as its budget sees it. `usd` is what counts, `estimatedUsd` the part of it whose price is not known; `minutes` is time worked by agents. */
export interface Counted { readonly usd: number; readonly estimatedUsd: number; readonly minutes: number }

/** Which limit is reached, in words, or null while the next spend is allowed. */
export function budgetReached(budget: Budget, spent: Counted): string | null {
  if (budget.usd !== null && spent.usd >= budget.usd) {
    const words = `$${spent.usd.toFixed(2)} of $${budget.usd.toFixed(2)} spent`;
    return spent.estimatedUsd > 0 ? `about ${words}; $${spent.estimatedUsd.toFixed(2)} of it is an estimate, at the dearest known price, since the model's own is not known` : words;
  }
  if (budget.minutes !== null && spent.minutes >= budget.minutes) return `${Math.floor(spent.minutes)} of ${budget.minutes} minutes used`;
  return null;
}
