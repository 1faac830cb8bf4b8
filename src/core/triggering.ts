/**
 * When an armed trigger starts its workflow: pure, over facts that somebody else gathered.
 * Owns: what is due, what counts as seen, and that no cause starts two tasks. Refuses: a clock, a watch, a file.
 */
import * as z from 'zod';
import { triggerSchema } from './trigger.ts';
import type { Trigger } from './trigger.ts';

export const firingSchema = z.object({
  /** ms since 1970. */
  at: z.number(),
  /** What it was started for, in words: `main moved to 1a2b3c4d`. */
  cause: z.string(),
  result: z.enum(['started', 'refused']),
  task: z.string().nullable(),
  /** Why it was refused, and what to do. */
  why: z.string(),
  /** Times of a schedule that passed unseen before this one. */
  missed: z.number().int(),
});
export type Firing = z.infer<typeof firingSchema>;

export const armedTriggerSchema = z.object({
  /** `<workflow>/<kind>-<n>`, n from 1 in the order of the file. */
  id: z.string(), workflow: z.string(), trigger: triggerSchema,
  /** Content hash of the workflow as it was when a person armed it. */
  hash: z.string(),
  /** Branch that its tasks start from and land on. */
  base: z.string(),
  by: z.string(), armedAt: z.number(),
  paused: z.boolean(),
  /** ms since 1970: times of a schedule up to here are over. */
  lookedAt: z.number(),
  /** What was there when this was last looked at: branch → tip, path → content, test → tree. Names are the facts' own. */
  seen: z.record(z.string(), z.string()),
  last: firingSchema.nullable(),
});
export type ArmedTrigger = z.infer<typeof armedTriggerSchema>;

/** What the world looks like now, for one trigger. */
export interface TriggerFacts {
  /** ms since 1970. */
  readonly now: number;
  /** Times of the schedule after `lookedAt` and not after `now`, oldest first; empty for other kinds. */
  readonly times: readonly number[];
  /** Of the other kinds: branch → tip, path → content, test → tree it failed on; a name that is gone is not in it. */
  readonly there: Readonly<Record<string, string>>;
  /** The trigger's last task has not ended. */
  readonly running: boolean;
  /** Tip and contents that the trigger's own last task put there: name → value, as in `there`. */
  readonly own: Readonly<Record<string, string>>;
}

export type Looked =
  | { readonly kind: 'nothing'; readonly armed: ArmedTrigger }
  | { readonly kind: 'due'; /** As it will be once its task has started, but for `last`. */ readonly armed: ArmedTrigger; readonly cause: string; readonly missed: number };

/** Pausing forgets nothing: what happens meanwhile is due, once, when it is resumed. */
export function look(armed: ArmedTrigger, facts: TriggerFacts): Looked {
  if (armed.paused || facts.running) return { kind: 'nothing', armed };
  if (armed.trigger.kind === 'schedule') {
    if (facts.times.length === 0) return { kind: 'nothing', armed };
    return { kind: 'due', armed: { ...armed, lookedAt: facts.now }, cause: causeOf(armed.trigger, []), missed: facts.times.length - 1 };
  }
  const changed = Object.entries(facts.there).filter(([name, value]) => armed.seen[name] !== value && facts.own[name] !== value);
  const gone = armed.trigger.kind === 'spec-changed' ? Object.keys(armed.seen).filter((name) => !Object.hasOwn(facts.there, name)) : [];
  // A failure that is not there any more is kept as seen: the same test on the same tree is the same cause.
  const seen = armed.trigger.kind === 'test-failed' ? { ...armed.seen, ...facts.there } : { ...facts.there };
  const next = { ...armed, seen, lookedAt: facts.now };
  if (changed.length === 0 && gone.length === 0) return { kind: 'nothing', armed: sameSeen(armed.seen, seen) ? armed : next };
  return { kind: 'due', armed: next, cause: causeOf(armed.trigger, [...changed, ...gone.map((name) => [name, ''] as const)]), missed: 0 };
}

function sameSeen(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  return Object.keys(left).length === Object.keys(right).length && Object.entries(left).every(([name, value]) => right[name] === value);
}

function causeOf(trigger: Trigger, changed: readonly (readonly [string, string])[]): string {
  const names = changed.map(([name]) => name);
  const some = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  switch (trigger.kind) {
    case 'schedule': return `the time of "${trigger.cron}"`;
    case 'branch-moved': return `${some} moved to ${changed.map(([, tip]) => tip.slice(0, 8)).slice(0, 3).join(', ')}`;
    case 'spec-changed': return `${some} changed`;
    case 'test-failed': return `${some} failed`;
  }
}

/** What a trigger says of itself: `on schedule "0 6 * * 1-5"`. */
export function triggerWords(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'schedule': return `on schedule "${trigger.cron}"`;
    case 'spec-changed': return `when a specification changes: ${trigger.paths.join(', ')}`;
    case 'branch-moved': return `when a branch moves: ${trigger.branches.join(', ')}`;
    case 'test-failed': return `when a test fails: ${trigger.tests.join(', ')}`;
  }
}

/** Ids in the order of a file's triggers. */
export function triggerIds(workflow: string, triggers: readonly Trigger[]): readonly string[] {
  const counts = new Map<Trigger['kind'], number>();
  return triggers.map(({ kind }) => {
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    return `${workflow}/${kind}-${n}`;
  });
}
