/** The document that `treeline verify --json` prints. Owns its schema. An error is `{ error: { code, message, next } }`, as everywhere. */
import * as z from 'zod';
import { evidenceSchema, gateResultSchema } from '../core/gate.ts';
import { integrityFindingSchema } from '../core/integrity.ts';
import { baseTestsSchema, changeKindSchema, redGreenSchema } from '../core/redGreen.ts';
import { reasonSchema, verdictSchema } from '../core/verdict.ts';

export const verifyDocumentSchema = z.object({
  schema: z.literal('treeline/verify/1'),
  verdict: verdictSchema, reason: reasonSchema,
  /** Full commit ids; `tree` is the head's. */
  base: z.string(), head: z.string(), tree: z.string(),
  kind: changeKindSchema,
  gates: z.array(gateResultSchema),
  /** Gates that were not begun: `--stop-early`, and one before them rejected. */
  notRun: z.array(z.string()),
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
