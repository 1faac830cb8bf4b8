/** What an attempt has used so far. Owns: the sum over its turns, cut ones too, and its price. Refuses: to lose a turn that was paid for. */
import type { Spend, Usage } from '../core/usage.ts';
import { addUsage, noUsage } from '../core/usage.ts';
import { costOf } from './prices.ts';
import type { Pricing } from './prices.ts';
import type { TokenUsage } from './providers/provider.ts';

export interface MeterEntry { set(usage: TokenUsage): void }

export interface Meter {
  /** As in the record: `anthropic:MODEL`. */
  readonly agent: string;
  /** One model call: its latest figure counts. */
  open(): MeterEntry;
  total(): Spend;
}

export function createMeter(agent: string, { price, countedAs }: Pricing): Meter {
  const turns: TokenUsage[] = [];
  const plain = ({ input, cached, output }: TokenUsage): Usage => ({ input, cached, output, calls: 1 });
  return {
    agent,
    open: () => {
      const index = turns.push({ input: 0, cached: 0, written: 0, output: 0 }) - 1;
      return {
        set: (usage) => {
          turns[index] = usage;
        },
      };
    },
    total: () => {
      const usd = turns.reduce((sum, turn) => sum + costOf(price, turn), 0);
      const known = countedAs === null || turns.length === 0;
      return { usage: turns.map(plain).reduce(addUsage, noUsage), costUsd: known ? usd : null, estimatedUsd: known ? 0 : usd };
    },
  };
}
