/**
 * What `treeline workflow …` prints with --json: made by the program that reads workflow files, shown by the command line.
 * Owns: those shapes. Refuses: text that was not cleaned where it is shown.
 */
import * as z from 'zod';

const input = z.object({ name: z.string(), type: z.string().describe('string, number, boolean, list, commit, or words parted by " | "'), description: z.string(), default: z.unknown().optional(), required: z.boolean() });
export type InputDocument = z.infer<typeof input>;
const mistakeSchema = z.object({
  line: z.number().int().describe('from 1'), column: z.number().int().describe('from 1, UTF-16 units'),
  code: z.string().describe('yaml, schema, use, reference, double, circle, expression, never, unreachable or rule'), message: z.string(), fix: z.string().describe('what to do'),
});
const from = z.enum(['built-in', 'repository', 'zenflow']);

export const workflowListDocument = z.object({
  schema: z.literal('treeline/workflow-list/1'),
  workflows: z.array(z.object({
    id: z.string(), name: z.string(), description: z.string(), from, path: z.string().describe('in the repository; the name of the file of a built-in one'),
    mistakes: z.number().int().describe('how many; one with any cannot be started'), inputs: z.array(input), triggers: z.array(z.string()).describe('what the file offers; nothing is armed by it'), steps: z.number().int(),
  })),
});
export type WorkflowListDocument = z.infer<typeof workflowListDocument>;

export const workflowCheckDocument = z.object({
  schema: z.literal('treeline/workflow-check/1'), ok: z.boolean(),
  files: z.array(z.object({ path: z.string(), steps: z.number().int(), mistakes: z.array(mistakeSchema) })),
});
export type WorkflowCheckDocument = z.infer<typeof workflowCheckDocument>;

export const workflowWrittenDocument = z.object({ schema: z.literal('treeline/workflow-written/1'), path: z.string().describe('where it was written'), from: z.string().describe('what it was made from') });
export type WorkflowWrittenDocument = z.infer<typeof workflowWrittenDocument>;
