/** The document that `treeline verify --json` prints. Owns its schema. An error is `{ error: { code, message, next } }`, as everywhere. */
import * as z from 'zod';
import { evidenceSchema, gateResultSchema } from '../core/gate.ts';
import { integrityFindingSchema } from '../core/integrity.ts';
import { quarantinedSchema } from '../core/quarantine.ts';
import { baseTestsSchema, changeKindSchema, redGreenSchema } from '../core/redGreen.ts';
import { reasonSchema, verdictSchema } from '../core/verdict.ts';

export const verifyDocumentSchema = z.object({
  schema: z.literal('treeline/verify/1'),
  verdict: verdictSchema, reason: reasonSchema,
  /** Full commit ids, as they were asked for. `tree`: what was judged: the head's, or where the base has moved on the tree of both together. */
  base: z.string(), head: z.string(), tree: z.string(),
  /** Where the two part; the base itself where the head stands on it, null where they share no history. */
  mergeBase: z.string().nullable(),
  /** What the base has that the head has not, newest first, and files that both change so that no tree of both can be made. Null: the head stands on the base, or is judged as it is. */
  merged: z.object({ since: z.array(z.object({ commit: z.string(), subject: z.string() })), conflicts: z.array(z.string()) }).nullable(),
  kind: changeKindSchema,
  gates: z.array(gateResultSchema),
  /** Tests that a person put aside, as the base has them, with what became of each. */
  quarantine: z.array(quarantinedSchema),
  /** Gates that were not begun: `--stop-early`, and one before them rejected. */
  notRun: z.array(z.string()),
  /** Requirements that a test has to show and none does (`--spec`, or stated by the change itself). */
  incomplete: z.array(z.object({ requirement: z.string(), why: z.string(), file: z.string().nullable(), line: z.number().int().nullable() })),
  /** What the change does to the proof that it is judged by. */
  integrity: z.array(integrityFindingSchema),
  /** The change's tests over the base's sources: red there and green here is proven. */
  redGreen: redGreenSchema,
  /** The base's tests, as they were, over the change's sources. */
  baseTests: baseTestsSchema,
  /** What a person must look at before this may land. */
  ticks: evidenceSchema.shape.ticks,
  /** Names all of the above by its content. */
  evidence: z.string(),
  /** What this verdict does not stand on. */
  notes: z.array(z.string()),
});
export type VerifyDocument = z.infer<typeof verifyDocumentSchema>;
