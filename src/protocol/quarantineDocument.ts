/** The document that `treeline quarantine --json` prints. Owns its schema. */
import * as z from 'zod';
import { quarantineEntrySchema } from '../core/quarantine.ts';

export const quarantineDocumentSchema = z.object({
  schema: z.literal('treeline/quarantine/1'),
  path: z.string().describe('in the checkout'),
  entries: z.array(quarantineEntrySchema.extend({ over: z.boolean().describe('past its last day') })).describe('as they are in the checkout now; what counts is what the base commit says'),
  changed: z.enum(['added', 'removed']).nullable(),
});
export type QuarantineDocument = z.infer<typeof quarantineDocumentSchema>;
