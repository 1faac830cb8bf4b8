/**
 * Newly failing tests, run again: what passes then is flaky, and the base is asked whether it flips there, too (G4).
 * Owns: how often, and what is remembered of a test between examinations. Refuses: to excuse a test that fails every time, and verdicts.
 */
import * as z from 'zod';
import type { Flake } from '../core/gate.ts';
import type { FlakeFacts, RunFacts } from '../core/verdict.ts';
import { hashOf } from './canonical.ts';
import type { GateRun } from './gateRun.ts';
import type { GateStore } from './gateStore.ts';

/** A change that breaks more than this is broken, not flaky. */
const testsAtMost = 20;
const onHeadAtMost = 4;
/** Eight find a flake of 30 % with 94 %. */
const onBaseAtMost = 8;

const rememberedSchema = z.object({ runs: z.number().int().nonnegative(), failed: z.number().int().nonnegative() });
type Counted = z.infer<typeof rememberedSchema>;

export interface FlakeRuns {
  /** Runs the gate on that side once more; null: no more time for it. */
  readonly head: (n: number) => Promise<GateRun | null>;
  readonly base: (n: number) => Promise<GateRun | null>;
}

export interface FoundFlakes { readonly facts: FlakeFacts; readonly flakes: readonly Flake[] }

/** Ids that fail on the head and are not known to fail on the base; empty: nothing is worth a second look. */
export function newlyFailing(head: RunFacts | null, base: RunFacts | null): readonly string[] {
  const already = new Set(base?.tests?.failed ?? []);
  const newly = (head?.tests?.failed ?? []).filter((id) => !already.has(id));
  return newly.length > testsAtMost || head?.tests?.truncated || head?.tests?.damaged ? [] : newly;
}

/**
 * @param newly tests that failed in the first run of the head
 * @param passedBefore those that passed on the base
 */
export async function lookForFlakes(command: string, newly: readonly string[], passedBefore: ReadonlySet<string>, runs: FlakeRuns, store: GateStore): Promise<FoundFlakes> {
  const onHead = new Map(newly.map((test) => [test, { runs: 1, failed: 1 }]));
  await again(onHead, (count) => count.failed < count.runs, onHeadAtMost, runs.head);
  const flipped = newly.filter((test) => flips(onHead.get(test)));
  const remembered = new Map<string, Counted>();
  for (const test of newly.filter((one) => passedBefore.has(one))) remembered.set(test, await recall(store, command, test));

  const onBase = new Map(flipped.filter((test) => passedBefore.has(test)).map((test) => [test, { runs: 1, failed: 0 }]));
  const open = new Map([...onBase].filter(([test]) => !flips(remembered.get(test))));
  await again(open, (count) => count.failed > 0, onBaseAtMost, runs.base);
  for (const [test, count] of open) await remember(store, command, test, count, remembered.get(test));

  const before = (test: string): Counted => added(open.get(test), remembered.get(test));
  return {
    facts: { onHead: flipped, onBase: newly.filter((test) => flips(before(test))) },
    flakes: newly.filter((test) => flips(onHead.get(test)) || flips(before(test))).map((test) => ({ test, head: onHead.get(test) ?? nothing, base: before(test) })),
  };
}

const nothing: Counted = { runs: 0, failed: 0 };
const flips = (count: Counted | undefined): boolean => count !== undefined && count.failed > 0 && count.failed < count.runs;
const added = (one: Counted = nothing, other: Counted = nothing): Counted => ({ runs: one.runs + other.runs, failed: one.failed + other.failed });

/** Runs again until each test is `settled`, or it has been tried often enough. A run without a whole report says nothing. */
async function again(counts: Map<string, Counted>, settled: (count: Counted) => boolean, most: number, run: (n: number) => Promise<GateRun | null>): Promise<void> {
  for (let n = 1; n <= most && [...counts.values()].some((count) => !settled(count)); n += 1) {
    const found = await run(n);
    if (found === null) return;
    const states = new Map((found.report?.tests ?? []).map(({ id, state }) => [id, state]));
    for (const [test, count] of counts) {
      const state = states.get(test);
      if (state === 'passed' || state === 'failed') counts.set(test, { runs: count.runs + 1, failed: count.failed + (state === 'failed' ? 1 : 0) });
    }
  }
}

const keyOf = (command: string, test: string): string => hashOf({ flake: 1, command, test });

async function recall(store: GateStore, command: string, test: string): Promise<Counted> {
  try {
    return rememberedSchema.safeParse(JSON.parse(await store.get(keyOf(command, test)) ?? '')).data ?? nothing;
  } catch {
    return nothing;
  }
}

async function remember(store: GateStore, command: string, test: string, seen: Counted, before: Counted = nothing): Promise<void> {
  if (flips(seen)) await store.put(keyOf(command, test), JSON.stringify(added(seen, before)));
}
