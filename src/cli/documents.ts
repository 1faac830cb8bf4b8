/**
 * The JSON documents that the command line prints, each with its schema and version.
 * Owns: their shapes and names; the published files under media/schemas are made from them. Refuses: a document without a schema.
 */
import * as z from 'zod';
import { runEventSchema } from '../core/event.ts';
import { planSchema } from '../core/plan.ts';
import { evidenceDocumentSchema } from '../core/testState.ts';
import { quarantineDocumentSchema } from '../protocol/quarantineDocument.ts';
import { requests } from '../protocol/messages.ts';
import { runSummarySchema, runViewSchema } from '../protocol/runView.ts';
import { specLookSchema } from '../protocol/specLook.ts';
import { triggerViewSchema } from '../protocol/triggerView.ts';
import { verifyDocumentSchema } from '../protocol/verifyDocument.ts';
import { workflowCheckDocument, workflowDryRunDocument, workflowListDocument, workflowWrittenDocument } from '../protocol/workflowDocuments.ts';

/** One line of `run` and `watch`: what happened, as the journal has it. */
export const eventDocument = z.object({ schema: z.literal('treeline/event/1'), task: z.string(), seq: z.number().int(), epoch: z.number().int(), at: z.number().describe('milliseconds since 1970'), event: runEventSchema });

export const listDocument = z.object({
  schema: z.literal('treeline/list/1'),
  runs: z.array(runSummarySchema).describe('oldest first'),
  unreadable: z.array(z.object({ task: z.string(), message: z.string() })).describe('tasks whose journal cannot be read'),
});

export const launchedDocument = z.object({ schema: z.literal('treeline/launched/1'), task: z.string() });

export const logDocument = z.object({ schema: z.literal('treeline/log/1'), task: z.string(), step: z.string().nullable(), logs: z.array(z.string()).describe('every log of the task, oldest first'), text: z.string() });

const errorBody = z.object({ code: z.string(), message: z.string(), next: z.string() });
export const errorDocument = z.object({ error: errorBody });

export const journalCheckDocument = z.object({
  schema: z.literal('treeline/journal-check/1'),
  ok: z.boolean(),
  files: z.array(z.object({ file: z.string(), entries: z.number().int(), bad: z.object({ line: z.number().int(), why: z.string() }).nullable() })),
  error: errorBody.optional().describe('only when not ok'),
});

/** What `journal export` prints, with or without --json. */
export const exportDocument = z.object({
  schema: z.literal('treeline/export/1'), task: z.string(), events: z.array(eventDocument),
  evidence: z.array(z.object({ hash: z.string().describe('sha256 of the document as canonical JSON: sorted keys, no spaces'), document: evidenceDocumentSchema })),
  missing: z.array(z.string()).describe('documents that the journal names and that are not there any more'),
});

export const agentsDocument = z.object({
  schema: z.literal('treeline/agents/1'),
  agents: z.array(z.object({
    provider: z.string().describe('anthropic, openai, compatible:NAME or demo'), ok: z.boolean(),
    where: z.string().describe('where it is configured'), problem: z.string().nullable(), next: z.string().nullable(),
  })),
});

const preparedDocument = z.object({ schema: z.literal('treeline/prepared/1'), repository: z.string(), request: z.string(), workflow: z.string(), commit: z.string() });

const documentDocument = z.object({ schema: z.literal('treeline/document/1'), task: z.string(), name: z.string(), version: z.number().int().describe('from 1'), versions: z.number().int(), by: z.string(), text: z.string() });

const planVersion = { version: z.number().int().describe('from 1'), by: z.string(), at: z.number().describe('milliseconds since 1970') };
const planDocument = z.object({ schema: z.literal('treeline/plan/1'), task: z.string(), ...planVersion, plan: planSchema, versions: z.array(z.object(planVersion)).describe('oldest first') });

/** What `edit --print` prints: what an open checkpoint is about, as a person may change it. */
const editableDocument = requests.editable.result.extend({ schema: z.literal('treeline/editable/1'), task: z.string() });

export const triggersDocument = z.object({ schema: z.literal('treeline/triggers/1'), triggers: z.array(triggerViewSchema) });

export const specsDocument = specLookSchema.extend({ schema: z.literal('treeline/specs/1') });

/** Name of the published file → schema. The name is what `treeline schema NAME` takes. */
export const publishedDocuments = {
  run: runViewSchema, event: eventDocument, list: listDocument, launched: launchedDocument, log: logDocument, error: errorDocument,
  'journal-check': journalCheckDocument, export: exportDocument, evidence: evidenceDocumentSchema, agents: agentsDocument, prepared: preparedDocument, specs: specsDocument, editable: editableDocument, document: documentDocument, plan: planDocument, triggers: triggersDocument,
  verify: verifyDocumentSchema, quarantine: quarantineDocumentSchema, 'workflow-list': workflowListDocument, 'workflow-check': workflowCheckDocument, 'workflow-written': workflowWrittenDocument, 'workflow-dry-run': workflowDryRunDocument,
} as const;

/** The JSON schema (draft 2020-12) of a document. Later minor versions may add members: unknown ones are no mistake. */
export function jsonSchemaOf(name: keyof typeof publishedDocuments): object {
  return {
    $id: `treeline/${name}/1`,
    ...z.toJSONSchema(publishedDocuments[name], {
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    }),
  };
}
