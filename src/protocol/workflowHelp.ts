/**
 * What the editor asks the program that helps to write workflow files, beside what the Language Server Protocol has words for.
 * Owns: those requests and their shapes. Refuses: diagnostics, completion, hover and quick fixes, which that protocol has.
 */
import * as z from 'zod';
import { graphSchema } from './graph.ts';

/** Name of the request for a file's graph, as it is being written, or as it would be run. */
export const fileGraphRequest = 'treeline/fileGraph';

/** A dry run: outcomes as the command line takes them (`test=rejected,success`), all else as well as it can be, or by chance from a seed. */
export const playSchema = z.object({ outcomes: z.array(z.string().max(500)).max(200), seed: z.number().int().min(0).max(999_999_999).nullable() });
export type Play = z.infer<typeof playSchema>;

export const fileGraphParamsSchema = z.object({ /** Of the file. */ uri: z.string(), /** Null: the file alone. */ play: playSchema.nullable() });
export type FileGraphParams = z.infer<typeof fileGraphParamsSchema>;

const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('word'), word: z.string() }),
  /** `value` null: whatever the person writes. */
  z.object({ kind: z.literal('output'), name: z.string(), value: z.string().nullable() }),
]);
export type OutcomeChoice = z.infer<typeof outcomeSchema>;

export const fileGraphSchema = z.object({
  /** Null: the text is no YAML at the moment. */
  graph: graphSchema.nullable(),
  mistakes: z.array(z.object({ /** From 1. */ line: z.number().int(), message: z.string() })),
  /** Null: not asked for, or not possible with mistakes. `words`: how it ended. */
  played: z.object({ state: z.string(), words: z.string(), /** Outcomes that do not fit the file, in words. */ refused: z.array(z.string()) }).nullable(),
  /** Steps with where they are written (from 1), and what can come of each in a dry run. */
  steps: z.array(z.object({ id: z.string(), line: z.number().int(), outcomes: z.array(outcomeSchema) })),
});
export type FileGraph = z.infer<typeof fileGraphSchema>;
