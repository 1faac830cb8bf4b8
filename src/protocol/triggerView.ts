/**
 * A trigger as faces show it: what a workflow offers, whether it is armed, when it is next, what came of it.
 * Owns: the shape. Refuses: to be the record of what is armed (core/triggering.ts).
 */
import * as z from 'zod';
import { triggerSchema } from '../core/trigger.ts';
import { firingSchema } from '../core/triggering.ts';

export const triggerViewSchema = z.object({
  /** `<workflow>/<kind>-<n>`. */
  id: z.string(), workflow: z.string(), name: z.string(), trigger: triggerSchema,
  /** `on schedule "0 6 * * 1-5"`. */
  words: z.string(),
  /** `off`: offered, not armed. `changed`: the workflow is not what was armed, or is gone; it starts nothing. */
  state: z.enum(['off', 'armed', 'paused', 'changed']),
  /** Branch that its tasks start from and land on; null while it is off. */
  base: z.string().nullable(),
  /** ms since 1970, of a schedule that is armed. */
  next: z.number().nullable(),
  /** The task that it started and that has not ended. */
  running: z.string().nullable(),
  last: firingSchema.nullable(),
  /** Why it starts nothing, and what to do. */
  why: z.string(),
});
export type TriggerView = z.infer<typeof triggerViewSchema>;

export const triggerActs = ['arm', 'pause', 'resume', 'disarm'] as const;
export type TriggerAct = (typeof triggerActs)[number];
