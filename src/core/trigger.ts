/**
 * What may start a workflow without anybody asking (product.md W7), as data.
 * Owns: the kinds of triggers. Refuses: to watch anything, and to be armed: that is a person's, per repository (specs/triggers.md).
 */
import * as z from 'zod';

export const triggerSchema = z.discriminatedUnion('kind', [
  /** Five fields as cron has them: minute, hour, day of month, month, day of week; local time. */
  z.strictObject({ kind: z.literal('schedule'), cron: z.string().min(9) }),
  /** A specification that fits one of the globs differs from what it was when this last ran. */
  z.strictObject({ kind: z.literal('spec-changed'), paths: z.array(z.string().min(1)).min(1) }),
  /** One of these branches has another tip than when this last ran. */
  z.strictObject({ kind: z.literal('branch-moved'), branches: z.array(z.string().min(1)).min(1) }),
  /** A test whose name fits one of these (`*` stands for anything) failed in a gate. */
  z.strictObject({ kind: z.literal('test-failed'), tests: z.array(z.string().min(1)).min(1) }),
]);
export type Trigger = z.infer<typeof triggerSchema>;
