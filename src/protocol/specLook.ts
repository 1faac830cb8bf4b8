/**
 * What a task would work under, as faces show it before anything is launched: which specifications, why, how much, and to whom it goes.
 * Owns: the shape of that look. Refuses: the texts themselves: they are in the repository.
 */
import * as z from 'zod';

const change = z.enum(['added', 'changed', 'removed']);

const requirementSchema = z.object({
  id: z.string().describe('names it in the whole repository: REQ-GATE-03, 001-albums/FR-002, csv-export/1.2'),
  label: z.string().nullable().describe('as its file calls it; null: the file gives it no name'),
  kind: z.enum(['ears', 'story', 'scenario', 'criterion', 'success', 'requirement']),
  text: z.string(), file: z.string(), line: z.number().int(),
  parent: z.string().nullable().describe('id of the story or requirement that it is a part of'),
  priority: z.string().nullable(),
});

const lookedFileSchema = z.object({
  path: z.string(),
  kind: z.enum(['rules', 'architecture', 'requirements', 'design', 'tasks', 'decision', 'schema', 'document']),
  format: z.enum(['agents', 'claude', 'copilot', 'spec-kit', 'kiro', 'zenflow', 'markdown', 'openapi', 'protobuf', 'graphql']),
  title: z.string(), bytes: z.number().int(), tokens: z.number().int().describe('estimated'),
  hash: z.string().describe('git\'s object id of the content'),
  requirements: z.array(z.string()).describe('ids'),
  always: z.boolean().describe('in whatever the request is'),
  chosen: z.boolean(), why: z.string(),
});
export type LookedFile = z.infer<typeof lookedFileSchema>;

export const specLookSchema = z.object({
  base: z.object({ ref: z.string(), commit: z.string() }),
  files: z.array(lookedFileSchema),
  tokens: z.number().int().describe('of rules, specifications and map, as every agent gets them; estimated'),
  mapTokens: z.number().int(), budget: z.number().int(),
  choice: z.array(z.string()).describe('what to launch with to get exactly this'),
  withheld: z.number().int().describe('files of the commit that are never sent'),
  providers: z.array(z.object({ provider: z.string(), roles: z.array(z.string()), where: z.string().nullable().describe('address of a compatible endpoint; null: the provider\'s own') })).describe('who would get it; empty where no agent is configured'),
  remarks: z.array(z.string()),
  requirements: z.array(requirementSchema).describe('of the chosen files; only where asked for'),
  changes: z.array(z.object({ path: z.string(), change, requirements: z.array(z.object({ id: z.string(), change })) })).nullable().describe('since another commit; null: not asked for'),
});
export type SpecLookView = z.infer<typeof specLookSchema>;

export const specQuestionSchema = z.object({
  base: z.string().nullable(), request: z.string(),
  /** As in a launch. */
  specs: z.array(z.string()), agents: z.record(z.string(), z.array(z.string())),
  /** Names of keys that a launch would bring along, without what is in them. */
  keyNames: z.array(z.string()),
  since: z.string().nullable(), requirements: z.boolean(),
  /** Whose steps may name agents of their own; null: the one that the settings name. Absent: no task is meant. */
  workflow: z.string().nullable().optional(),
});
