/** How a specification file changed while a run worked under it: a fact for the journal. Owns: its shape, and that of what it makes of some work. Refuses: to say whom it concerns (staleSpecs.ts). */
import * as z from 'zod';

const change = z.enum(['added', 'changed', 'removed']);

export const specFileChangeSchema = z.object({
  path: z.string(), change,
  /** Object ids of the content; null: the file is not there. */
  before: z.string().nullable(), after: z.string().nullable(),
  /** Requirements that differ, by id. */
  requirements: z.array(z.object({ id: z.string(), change })),
  /** Ids of all requirements that the file states, before or after; empty for rules and for what explains. */
  states: z.array(z.string()),
});
export type SpecFileChange = z.infer<typeof specFileChangeSchema>;

/** Between what some work stands on and what there is now. */
export interface StaleFile { readonly path: string; readonly change: SpecFileChange['change']; /** Ids of requirements that were added, changed or removed. */ readonly requirements: readonly string[] }
