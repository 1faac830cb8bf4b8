/**
 * What happened in a run: past tense, versioned, the journal's only language.
 * Owns: every event of a run's stream. Refuses: anything that is not a fact: no progress, no intention, no clock.
 */
import * as z from 'zod';
import { amendmentSchema } from './amendment.ts';
import { evidenceSchema, executableContentSchema } from './gate.ts';
import { documentLimit, outcomeSchema } from './outcome.ts';
import { planSchema } from './plan.ts';
import { requirementSchema } from './requirement.ts';
import { specFileChangeSchema } from './specChange.ts';
import { budgetSchema, usageSchema } from './usage.ts';
import { roleSchema, valueSchema, workflowSchema } from './workflow.ts';

/** What an approval names (I6): when one of these differs from what would land, it is void. */
export const bindingSchema = z.object({ commit: z.string(), base: z.string(), tree: z.string(), evidence: z.string() });
export type Binding = z.infer<typeof bindingSchema>;

export const commentSchema = z.object({ file: z.string().nullable(), line: z.number().int().nullable(), text: z.string().min(1), /** `old`: the line is one of the base's, as it stood before the change. Absent: of the change. */ side: z.enum(['old', 'new']).optional() });
export type Comment = z.infer<typeof commentSchema>;

/** `amendment`: a change of the plan that an agent proposes; the others are steps of a workflow. */
export const checkpointKinds = ['plan', 'document', 'choice', 'review', 'merge', 'amendment'] as const;
export type CheckpointKind = (typeof checkpointKinds)[number];

/** Settings that count for this run, pinned when it starts. */
export const pinnedSettingsSchema = z.object({
  sandbox: z.enum(['required', 'prefer', 'off']),
  slots: z.number().int().min(1),
  /** Checkpoint kinds that `--yes` approves. */
  yes: z.array(z.enum(checkpointKinds)),
  stepMinutes: z.number().positive(),
  /** Which checkpoints wait for a person; absent: all. */
  policy: z.enum(['always', 'on-risk', 'never']).optional(),
});
export type PinnedSettings = z.infer<typeof pinnedSettingsSchema>;

export const taskAcceptedSchema = z.object({
  type: z.literal('TaskAccepted'), version: z.literal(1), task: z.string(), request: z.string(), title: z.string(),
  workflow: workflowSchema, workflowHash: z.string(),
  /** `ref` as the person said it; `commit` what it was. */
  base: z.object({ ref: z.string(), commit: z.string(), tree: z.string() }),
  /** Full ref name that the result lands on: `refs/heads/main`. */
  target: z.string(),
  specs: z.array(z.string()),
  /** Of the contents of the specifications at the base that its agents work under. And the target's tip at this moment: from there on their changes are looked for. */
  specsHash: z.string().optional(), targetTip: z.string().optional(),
  /** Of the specifications that it works under (S2), with the texts of this moment. */
  requirements: z.array(requirementSchema).optional(),
  /** Chain of agent specs per role, first is tried first. */
  agents: z.partialRecord(roleSchema, z.array(z.string()).min(1)),
  sameProvider: z.boolean(),
  /** Agents whose price was not known at launch, and whose price their tokens are counted at instead. Absent: none. */
  unpriced: z.array(z.object({ agent: z.string(), countedAs: z.string() })).optional(),
  /** What of the launch is otherwise than somebody may think: a preset that nobody has set, a key that is missing. */
  notes: z.array(z.string()).optional(),
  budget: budgetSchema, settings: pinnedSettingsSchema, content: executableContentSchema, by: z.string(),
  /** Of the workflow, by name, as given at the launch; what is missing has its default. */
  inputs: z.record(z.string(), valueSchema).default({}),
  /** The task that this one starts after, or is stacked on: then `base` is the tip of that one's integration branch. */
  upstream: z.object({ task: z.string(), how: z.enum(['after', 'on']) }).optional(),
});

export const runEventSchema = z.discriminatedUnion('type', [
  taskAcceptedSchema,
  z.object({ type: z.literal('AttemptStarted'), command: z.string(), unit: z.string(), n: z.number().int(), agent: z.string(), start: z.string() }),
  z.object({ type: z.literal('AttemptFinished'), command: z.string(), unit: z.string(), n: z.number().int(), outcome: outcomeSchema, usage: usageSchema, costUsd: z.number().nullable(), /** See `Spend`; absent: 0. */ estimatedUsd: z.number().optional(), durationMs: z.number(), /** What an agent worked under: the commit that its specifications are of, and the hash of their contents. */ specs: z.object({ commit: z.string(), hash: z.string() }).optional() }),
  /** A unit's commit laid on the integration branch's tip: `commit` is the commit that would be its next tip. */
  z.object({ type: z.literal('Integrated'), command: z.string(), unit: z.string(), n: z.number().int(), onto: z.string(), commit: z.string(), tree: z.string() }),
  z.object({ type: z.literal('IntegrationConflicted'), command: z.string(), unit: z.string(), n: z.number().int(), onto: z.string(), files: z.array(z.string()) }),
  /** `again`: it ran out of time on a machine under load, which says nothing about the tree: it runs once more, alone. */
  z.object({ type: z.literal('UnitJudged'), command: z.string(), unit: z.string(), n: z.number().int(), evidence: evidenceSchema, again: z.literal(true).optional() }),
  z.object({ type: z.literal('UnitLanded'), command: z.string(), unit: z.string(), n: z.number().int(), commit: z.string() }),
  /** Specifications that the run works under are others at this commit of the target than at the one before that was looked at. Nothing is done again by itself. */
  z.object({ type: z.literal('SpecsChanged'), commit: z.string(), files: z.array(specFileChangeSchema).min(1) }),
  /** Stale work is to be done again, under the specifications as they are now. */
  z.object({ type: z.literal('RerunRequested'), units: z.array(z.string()).min(1), by: z.string() }),
  /** An agent at work proposes another plan: `plan` is what it comes to, `wider` and `dropped` what speaks against it. `waits`: a person decides; else it counts from here on. */
  z.object({ type: z.literal('PlanAmendmentProposed'), command: z.string(), unit: z.string(), /** The fan-out whose subtasks it is about. */ step: z.string(), amendment: amendmentSchema, plan: planSchema, wider: z.array(z.string()), dropped: z.array(z.string()), waits: z.boolean() }),
  /** The integration branch laid on the target: what would land, exactly. */
  z.object({ type: z.literal('CandidateMade'), command: z.string(), step: z.string(), n: z.number().int(), head: z.string(), onto: z.string(), commit: z.string(), tree: z.string() }),
  /** `back`: it goes to the agent that the gate sends work back to. The first journals do not say so: their gate failed. */
  z.object({ type: z.literal('CandidateConflicted'), command: z.string(), step: z.string(), n: z.number().int(), head: z.string(), onto: z.string(), files: z.array(z.string()), back: z.boolean().optional() }),
  /** `complete`: what would land is held against what the task promised, too (completeness.ts). The first journals were not. `proofBack`: a missing proof goes to the agent first; before it went to a person at once. */
  z.object({ type: z.literal('CandidateJudged'), command: z.string(), step: z.string(), n: z.number().int(), evidence: evidenceSchema, again: z.literal(true).optional(), complete: z.literal(true).optional(), proofBack: z.literal(true).optional() }),
  /** An activity that is no agent's broke (git, disk): the command is offered again when a person retries. */
  z.object({ type: z.literal('CommandFailed'), command: z.string(), at: z.string(), reason: z.string(), message: z.string(), next: z.string() }),
  z.object({ type: z.literal('CheckpointApproved'), checkpoint: z.string(), binding: bindingSchema, by: z.string(), waivers: z.array(z.object({ gate: z.string(), reason: z.string() })), ticks: z.array(z.string()), /** Commit of the chosen candidate, at a choice. */ choice: z.string().optional(), /** Passed by the policy: what spoke against it then (`never`), or nothing. */ risks: z.array(z.string()).optional() }),
  z.object({ type: z.literal('ChangesRequested'), checkpoint: z.string(), comments: z.array(commentSchema).min(1), by: z.string() }),
  z.object({ type: z.literal('CheckpointRejected'), checkpoint: z.string(), reason: z.string(), by: z.string() }),
  /** A person's own words in place of an agent's document: what stood open for it is void, and stands open anew about this. */
  /** The plan of an open checkpoint, changed by a person: a version of its own. */
  z.object({ type: z.literal('PlanEdited'), checkpoint: z.string(), plan: planSchema, by: z.string() }),
  z.object({ type: z.literal('ArtifactEdited'), checkpoint: z.string(), name: z.string(), text: z.string().max(documentLimit), by: z.string() }),
  /** A red gate past its repairs, let through by a person. `at` is the unit or the gate step. */
  z.object({ type: z.literal('GateWaived'), at: z.string(), gate: z.string(), reason: z.string(), by: z.string() }),
  z.object({ type: z.literal('RetryRequested'), at: z.string().nullable(), by: z.string(), budget: budgetSchema.nullable() }),
  z.object({ type: z.literal('LandingBlocked'), command: z.string(), reasons: z.array(z.string()).min(1) }),
  z.object({ type: z.literal('LandingVoided'), command: z.string(), tip: z.string(), why: z.string() }),
  z.object({ type: z.literal('Landed'), command: z.string(), commit: z.string(), tree: z.string(), target: z.string() }),
  /** The task that this one depends on is at work (again), its integration branch at `head`. */
  z.object({ type: z.literal('UpstreamAtWork'), task: z.string(), head: z.string(), tree: z.string() }),
  /** It has landed as `commit`. `base`: what stands on this run's target since then; null: it landed on another branch. */
  z.object({ type: z.literal('UpstreamLanded'), task: z.string(), commit: z.string(), base: z.object({ commit: z.string(), tree: z.string() }).nullable() }),
  /** It has failed, or ended without landing. */
  z.object({ type: z.literal('UpstreamLost'), task: z.string(), why: z.string() }),
  z.object({ type: z.literal('TaskCancelled'), by: z.string() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type TaskAccepted = z.infer<typeof taskAcceptedSchema>;

/** An event as the journal holds it. `at`: milliseconds since 1970; `epoch`: of the leader that wrote it; `seq` from 1. */
export interface Recorded<Event> {
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly event: Event;
}
