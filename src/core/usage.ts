/**
 * Tokens and money. Owns: adding usage up, and what a budget says before the next spend (I16).
 * Refuses: to guess a price: an unknown one is null, shown as tokens only.
 */
import * as z from 'zod';

/** Tokens of one or more model calls. `input` never contains `cached` (OpenAI's count is normalised by its provider file). */
export const usageSchema = z.object({ input: z.number(), cached: z.number(), output: z.number(), calls: z.number() });
export type Usage = z.infer<typeof usageSchema>;

export const noUsage: Usage = { input: 0, cached: 0, output: 0, calls: 0 };

export function addUsage(left: Usage, right: Usage): Usage {
  return { input: left.input + right.input, cached: left.cached + right.cached, output: left.output + right.output, calls: left.calls + right.calls };
}

/** Null plus anything is null: a sum with an unknown part is unknown, but for nothing spent at all. */
export function addCost(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

export const budgetSchema = z.object({ usd: z.number().positive().nullable(), minutes: z.number().positive().nullable() });
export type Budget = z.infer<typeof budgetSchema>;

/** Which limit is reached, in words, or null while the next spend is allowed. `minutes` is time worked by agents. */
export function budgetReached(budget: Budget, spent: { readonly usd: number | null; readonly minutes: number }): string | null {
  if (budget.usd !== null && spent.usd !== null && spent.usd >= budget.usd) return `$${spent.usd.toFixed(2)} of $${budget.usd.toFixed(2)} spent`;
  if (budget.minutes !== null && spent.minutes >= budget.minutes) return `${Math.floor(spent.minutes)} of ${budget.minutes} minutes used`;
  return null;
}
