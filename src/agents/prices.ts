/**
 * What tokens cost, in USD per million. Owns: the built-in list and the sum. Refuses: to pass a guess off as a price: what is counted
 * for a model that is not listed bears the name of the one whose price it is. Pure; the user's settings (`agents.prices`) come before the list.
 */
import type { TokenUsage } from './providers/provider.ts';

/** USD per million tokens. `written`: tokens that were put into the cache. */
export interface Price { readonly input: number; readonly output: number; readonly cached: number; readonly written: number }

/** Anthropic bills writing the 5-minute cache at 1.25 of the input price and reading it at a tenth. */
const anthropic = (input: number, output: number, cached = input / 10): Price => ({ input, output, cached, written: input * 1.25 });
/** OpenAI bills no writing, and reading at a tenth. */
const openai = (input: number, output: number): Price => ({ input, output, cached: input / 10, written: input });

/** Model name's beginning → price. The longest beginning that fits counts. */
const prices: PriceList = {
  'anthropic:claude-opus-5-5': anthropic(4, 20, 0.2),
  'anthropic:claude-fable-5-1': anthropic(10, 50),
  'anthropic:claude-sonnet-5-5': anthropic(2, 10),
  'anthropic:claude-haiku-5-5': anthropic(0.1, 0.5),
  'openai:gpt-6-sol': openai(2, 10),
  'openai:gpt-6-luna': openai(0.1, 0.5),
  'openai:gpt-6-astra': openai(10, 50),
};

const nothing: Price = { input: 0, output: 0, cached: 0, written: 0 };

export type PriceList = Readonly<Record<string, Price>>;

/** `countedAs`: null where the price is the agent's own; else the name on the list whose price stands in for it. */
export interface Pricing { readonly price: Price; readonly countedAs: string | null }

/**
 * What the tokens of an agent count as. One that is on no list counts as the dearest of its provider, else as the dearest of all:
 * so that a limit in dollars still holds (I16).
 * @param agent as it stands in the record (`anthropic:MODEL`, `demo/openai`)
 * @param own the user's prices, by the beginning of the agent's name: the longest that fits counts
 */
export function pricingOf(agent: string, own: PriceList = {}): Pricing {
  if (agent.startsWith('demo/')) return { price: nothing, countedAs: null };
  const [known] = [own, prices].flatMap((list) => named(agent, list) ?? []);
  if (known) return { price: known, countedAs: null };
  const all = Object.entries({ ...prices, ...own }).sort(([, left], [, right]) => right.output - left.output || right.input - left.input);
  const [countedAs, price] = all.find(([name]) => providerOf(name) === providerOf(agent)) ?? all[0] ?? ['', nothing];
  return { price, countedAs };
}

function named(agent: string, list: PriceList): Price | undefined {
  const [name] = Object.keys(list).filter((beginning) => agent === beginning || (agent.startsWith(beginning) && /^[-/:]/.test(agent.slice(beginning.length)))).sort((left, right) => right.length - left.length);
  return name === undefined ? undefined : list[name];
}

/** `anthropic`, `openai`, `compatible:NAME`. */
function providerOf(agent: string): string {
  return /^compatible:[^/]*|^[^:/]*/.exec(agent)?.[0] ?? agent;
}

/** USD for one turn. */
export function costOf(price: Price, usage: TokenUsage): number {
  const plain = usage.input - usage.written;
  return (plain * price.input + usage.written * price.written + usage.cached * price.cached + usage.output * price.output) / 1_000_000;
}
