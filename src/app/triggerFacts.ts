/**
 * What the world looks like to a trigger: tips of branches, contents of specifications, tests that failed.
 * Owns: gathering it. Refuses: to judge it (core/triggering.ts).
 */
import { compileGlob } from '../context/glob.ts';
import type { RunEvent } from '../core/event.ts';
import { fitsName } from '../core/namePattern.ts';
import type { RunState } from '../core/state.ts';
import type { Trigger } from '../core/trigger.ts';
import type { ArmedTrigger, TriggerFacts } from '../core/triggering.ts';
import type { BaseTree } from '../ports/library.ts';
import { timesBetween } from './schedule.ts';

export interface Surroundings {
  /** Short name → tip. */
  readonly branches: () => Promise<ReadonlyMap<string, string>>;
  readonly tree: Pick<BaseTree, 'files'>;
  /** Test → tree that it failed on, by whoever ran it. */
  readonly failed: readonly FailedTest[];
  readonly task: (id: string) => RunState | undefined;
}

export interface FailedTest { readonly test: string; readonly tree: string; readonly by: string }

/** Who a trigger's tasks are launched by. */
export const launchedBy = (id: string): string => `trigger ${id}`;

/** Failing tests of gates, oldest first; whatever else an event says is passed over. */
export function failedTests(event: RunEvent, by: string): readonly FailedTest[] {
  if (event.type !== 'UnitJudged' && event.type !== 'CandidateJudged') return [];
  const { evidence } = event;
  return evidence.gates.flatMap((gate) => gate.failures.map(({ test }) => ({ test, tree: evidence.tree, by })));
}

export async function factsFor(armed: ArmedTrigger, around: Surroundings, now: number): Promise<TriggerFacts> {
  const last = armed.last?.task != null ? around.task(armed.last.task) : undefined;
  const there = await thereFor(armed.id, armed.trigger, armed.base, around);
  const landed = last?.end?.kind === 'merged' ? last.end.commit : null;
  const tip = landed === null ? undefined : (await around.branches()).get(armed.base);
  return {
    now, there, running: last !== undefined && last.end === null,
    times: armed.trigger.kind === 'schedule' ? timesBetween(armed.trigger.cron, armed.lookedAt, now) : [],
    // Only while nobody else has put something on top: then the difference is somebody else's.
    own: landed === null || tip !== landed ? {} : armed.trigger.kind === 'spec-changed' ? there : { [armed.base]: landed },
  };
}

/** What there is to be seen, for a trigger that is armed at this moment or looked at again. */
export async function thereFor(id: string, trigger: Trigger, base: string, around: Surroundings): Promise<Readonly<Record<string, string>>> {
  switch (trigger.kind) {
    case 'schedule': return {};
    case 'branch-moved': return Object.fromEntries([...await around.branches()].filter(([name]) => trigger.branches.some((pattern) => fitsName(pattern, name))));
    case 'test-failed': return Object.fromEntries(around.failed.filter(({ test, by }) => by !== launchedBy(id) && trigger.tests.some((pattern) => fitsName(pattern, test))).map(({ test, tree }) => [test, tree]));
    case 'spec-changed': {
      const tip = (await around.branches()).get(base);
      if (tip === undefined) return {};
      const globs = trigger.paths.map((path) => compileGlob(path, { below: true }));
      return Object.fromEntries((await around.tree.files(tip)).filter(({ path }) => globs.some((glob) => glob.ok && glob.matches(path))).map(({ path, hash }) => [path, hash]));
    }
  }
}
