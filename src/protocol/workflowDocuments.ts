/**
 * What `treeline workflow …` prints with --json: made by the program that reads workflow files, shown by the command line.
 * Owns: those shapes. Refuses: text that was not cleaned where it is shown.
 */
import * as z from 'zod';
import { runStates } from '../core/status.ts';
import { valueSchema } from '../core/workflow.ts';

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

export const workflowDryRunDocument = z.object({
  schema: z.literal('treeline/workflow-dry-run/1'), workflow: z.string(), path: z.array(z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('attempt'), step: z.string(), unit: z.string(), n: z.number().int(), agent: z.string(), outcome: z.string() }),
    z.object({ kind: z.literal('gate'), step: z.string(), unit: z.string().nullable(), n: z.number().int(), verdict: z.string() }),
    z.object({ kind: z.literal('merge'), step: z.string(), unit: z.string().nullable(), outcome: z.literal('conflict') }),
    z.object({ kind: z.literal('decision'), step: z.string(), n: z.number().int(), decision: z.enum(['approve', 'changes', 'reject', 'edit']) }),
    z.object({ kind: z.literal('retry'), at: z.string() }),
    z.object({ kind: z.literal('landing'), step: z.string(), outcome: z.enum(['landed', 'moved']) }),
    z.object({ kind: z.literal('step'), step: z.string(), n: z.number().int(), outcome: z.enum(['success', 'failure', 'skipped']), why: z.string().nullable(), outputs: z.record(z.string(), valueSchema) }),
  ])),
  state: z.enum(runStates), waiting: z.object({ for: z.string(), why: z.string(), at: z.string() }).nullable(), failures: z.array(z.object({ at: z.string(), why: z.string() })),
  outputs: z.record(z.string(), valueSchema), unreached: z.array(z.string()).describe('steps that never ended'), endless: z.boolean().describe('it still went on after 10,000 events'),
});
export type WorkflowDryRunDocument = z.infer<typeof workflowDryRunDocument>;

export const workflowWrittenDocument = z.object({ schema: z.literal('treeline/workflow-written/1'), path: z.string().describe('where it was written'), from: z.string().describe('what it was made from') });
export type WorkflowWrittenDocument = z.infer<typeof workflowWrittenDocument>;
