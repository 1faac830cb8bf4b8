/**
 * Every test of a judged gate with what became of it, and since when an old failure is known.
 * Owns: what is remembered of old failures, by command. Refuses: verdicts.
 */
import * as z from 'zod';
import type { Flake } from '../core/gate.ts';
import { testState, type JudgedTest } from '../core/testState.ts';
import { hashOf } from './canonical.ts';
import type { GateRun } from './gateRun.ts';
import type { GateStore } from './gateStore.ts';

const rememberedAtMost = 5_000;
const sinceSchema = z.record(z.string(), z.string());

export async function judgedTests(command: string, head: GateRun, base: { readonly run: GateRun; readonly commit: string } | null, flakes: readonly Flake[], aside: ReadonlyMap<string, unknown>, store: GateStore): Promise<readonly JudgedTest[]> {
  const now = head.report?.tests ?? [], whole = head.report !== null && !head.report.truncated && head.report.damaged !== true;
  const before = base?.run.report ? new Map(base.run.report.tests.map((test) => [test.id, test])) : null;
  const since = before && base ? await failingSince(command, [...before.values()].flatMap(({ id, state }) => (state === 'failed' ? [id] : [])), base.commit, store) : new Map<string, string>();
  const flips = new Set(flakes.map(({ test }) => test));
  const present = new Set(now.map(({ id }) => id));
  const gone = whole && before ? [...before.values()].filter(({ id, state }) => !present.has(id) && state !== 'skipped') : [];
  return [
    ...now.map(({ id, state, message, file, line }) => ({ test: id, state: testState(state, before === null ? null : before.get(id)?.state, flips.has(id), aside.has(id)), message, file, line, since: since.get(id) ?? null })),
    ...gone.map(({ id, state, file }) => ({ test: id, state: testState(undefined, state, flips.has(id)), message: '', file, line: null, since: null })),
  ];
}

/** Test → the first base that is known to fail it. One that passes in between begins anew. */
async function failingSince(command: string, failing: readonly string[], commit: string, store: GateStore): Promise<ReadonlyMap<string, string>> {
  const key = hashOf({ since: 1, command });
  const known = read(await store.get(key));
  const next = new Map(failing.slice(0, rememberedAtMost).map((test) => [test, known[test] ?? commit]));
  if (next.size > 0 || Object.keys(known).length > 0) await store.put(key, JSON.stringify(Object.fromEntries(next)));
  return next;
}

function read(text: string | null): Readonly<Record<string, string>> {
  try {
    return sinceSchema.safeParse(JSON.parse(text ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}
