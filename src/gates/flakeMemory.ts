/**
 * What is remembered of flaky tests between examinations, by command: how often they ran and failed, on the base and in all.
 * Owns: the record and its size. Refuses: verdicts. A record that cannot be read is none.
 */
import * as z from 'zod';
import { added, countedSchema, nothingCounted, type Counted } from '../core/rerun.ts';
import { hashOf } from './canonical.ts';
import type { GateRun } from './gateRun.ts';
import type { GateStore } from './gateStore.ts';

const testsAtMost = 500;
/** `base`: where it flipped on a base; `seen`: all its runs since it is known. The one that was seen last stands last. */
const recordSchema = z.record(z.string(), z.object({ base: countedSchema, seen: countedSchema }));

export class FlakeMemory {
  readonly #store: GateStore;
  readonly #key: string;
  readonly #known: Map<string, { readonly base: Counted; readonly seen: Counted }>;
  #changed = false;

  private constructor(store: GateStore, key: string, known: z.infer<typeof recordSchema>) {
    this.#store = store;
    this.#key = key;
    this.#known = new Map(Object.entries(known));
  }

  static async open(store: GateStore, command: string): Promise<FlakeMemory> {
    const key = hashOf({ flakes: 2, command });
    return new FlakeMemory(store, key, read(await store.get(key)));
  }

  base(test: string): Counted {
    return this.#known.get(test)?.base ?? nothingCounted;
  }

  seen(test: string): Counted | null {
    return this.#known.get(test)?.seen ?? null;
  }

  add(test: string, more: { readonly base: Counted; readonly seen: Counted }): void {
    const before = this.#known.get(test);
    this.#known.delete(test);
    this.#known.set(test, { base: added(before?.base ?? nothingCounted, more.base), seen: added(before?.seen ?? nothingCounted, more.seen) });
    this.#changed = true;
  }

  /** What an ordinary run says of tests that are known. */
  note(run: GateRun, without: ReadonlySet<string>): void {
    for (const { id, state } of run.report?.tests ?? []) {
      if (state === 'skipped' || without.has(id) || !this.#known.has(id)) continue;
      this.add(id, { base: nothingCounted, seen: { runs: 1, failed: state === 'failed' ? 1 : 0 } });
    }
  }

  async keep(): Promise<void> {
    if (this.#changed) await this.#store.put(this.#key, JSON.stringify(Object.fromEntries([...this.#known].slice(-testsAtMost))));
  }
}

function read(text: string | null): z.infer<typeof recordSchema> {
  try {
    return recordSchema.safeParse(JSON.parse(text ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}
