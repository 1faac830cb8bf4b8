/**
 * What tokens cost, in USD per million. Owns: the built-in list and the sum. Refuses: to guess: an unknown model has no price.
 * Pure; the list is a default that settings may replace.
 */
import type { TokenUsage } from './providers/provider.ts';

/** USD per million tokens. `written`: tokens that were put into the cache. */
export interface Price { readonly input: number; readonly output: number; readonly cached: number; readonly written: number }

/** Anthropic bills writing the 5-minute cache at 1.25 of the input price and reading it at a tenth. */
const anthropic = (input: number, output: number, cached = input / 10): Price => ({ input, output, cached, written: input * 1.25 });
/** OpenAI bills no writing, and reading at a tenth. */
const openai = (input: number, output: number): Price => ({ input, output, cached: input / 10, written: input });

/** Model name's beginning → price. The longest beginning that fits counts. */
const prices: Readonly<Record<string, Price>> = {
  'anthropic:claude-opus-5-5': anthropic(4, 20, 0.2),
  'anthropic:claude-fable-5-1': anthropic(10, 50),
  'anthropic:claude-sonnet-5-5': anthropic(2, 10),
  'anthropic:claude-haiku-5-5': anthropic(0.1, 0.5),
  'openai:gpt-6-sol': openai(2, 10),
  'openai:gpt-6-luna': openai(0.1, 0.5),
  'openai:gpt-6-astra': openai(10, 50),
};

const nothing: Price = { input: 0, output: 0, cached: 0, written: 0 };

/** Price of the agent as it stands in the record (`anthropic:MODEL`, `demo/openai`); null: unknown. */
export function priceOf(agent: string): Price | null {
  if (agent.startsWith('demo/')) return nothing;
  const [known] = Object.keys(prices).filter((name) => agent === name || agent.startsWith(`${name}-`)).sort((left, right) => right.length - left.length);
  return known === undefined ? null : (prices[known] ?? null);
}

/** USD for one turn. */
export function costOf(price: Price, usage: TokenUsage): number {
  const plain = usage.input - usage.written;
  return (plain * price.input + usage.written * price.written + usage.cached * price.cached + usage.output * price.output) / 1_000_000;
}
