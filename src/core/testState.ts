/**
 * What became of each test between base and head (product.md G3), and the document that keeps all that a verdict stands on.
 * Owns: the closed list of states and the shape of that document. Refuses: to look for anything.
 */
import * as z from 'zod';
import { evidenceSchema, gateDefinitionSchema } from './gate.ts';

export const testStateSchema = z.enum(['passes', 'fails', 'skipped', 'new', 'removed', 'newly-failing', 'already-failing', 'fixed', 'flaky', 'quarantined']);
export type TestState = z.infer<typeof testStateSchema>;

type Reported = 'passed' | 'failed' | 'skipped' | undefined;

/**
 * @param head what the head's report says; undefined: nothing
 * @param aside a person put it into quarantine
 * @param base the same of the base; null: nothing is known of the base
 */
export function testState(head: Reported, base: Reported | null, flips: boolean, aside = false): TestState {
  if (aside && head === 'failed') return 'quarantined';
  if (flips) return 'flaky';
  if (head === undefined) return 'removed';
  if (head === 'skipped') return 'skipped';
  if (base === null) return head === 'passed' ? 'passes' : 'fails';
  if (head === 'failed') return base === 'failed' ? 'already-failing' : 'newly-failing';
  return base === undefined ? 'new' : base === 'failed' ? 'fixed' : 'passes';
}

export const judgedTestSchema = z.object({
  test: z.string(), state: testStateSchema, message: z.string(), file: z.string().nullable(), line: z.number().int().nullable(),
  /** Of one that fails on the base as well: the first base commit that is known to have it so. */
  since: z.string().nullable(),
});
export type JudgedTest = z.infer<typeof judgedTestSchema>;

/** One per verdict, named by the hash of all that it says. */
export const evidenceDocumentSchema = z.object({
  schema: z.literal('treeline/evidence/1'),
  base: z.string(),
  evidence: evidenceSchema,
  /** What ran it: platform, toolchain, walls. */
  environment: z.string(),
  gates: z.array(z.object({ id: z.string(), /** As the base defines it. */ definition: gateDefinitionSchema, tests: z.array(judgedTestSchema) })),
});
export type EvidenceDocument = z.infer<typeof evidenceDocumentSchema>;
