/**
 * The run view: what the tree, the terminal and `--json` show of a run. Versioned; the published JSON schema is made from it.
 * Owns: its shape. Refuses: anything that cannot be derived from the run's state (see `viewOf.ts`) but what the engine adds: worktrees.
 */
import * as z from 'zod';
import { checkpointKinds, commentSchema } from '../core/event.ts';
import { evidenceSchema } from '../core/gate.ts';
import { planSchema, reviewSchema } from '../core/plan.ts';
import { proofStandingSchema } from '../core/proofStanding.ts';
import { runStates, waitingFors } from '../core/status.ts';
import { traceRowSchema } from '../core/trace.ts';
import { usageSchema } from '../core/usage.ts';
import { reasonSchema, verdictSchema } from '../core/verdict.ts';

const attemptViewSchema = z.object({
  n: z.number().int(), agent: z.string(), commit: z.string().nullable(),
  /** The commit that its worktree stood at when it began. */
  start: z.string(),
  /** `running`, `tree`, `plan`, `review`, `document`, `result`, `no-changes`, or `failed: <failure>`. */
  outcome: z.string(),
  message: z.string().nullable(),
  usage: usageSchema, costUsd: z.number().nullable(),
  startedAt: z.number(), finishedAt: z.number().nullable(),
  evidence: evidenceSchema.nullable(),
  /** The commit that the specifications it worked under are of, and the hash of their contents. */
  specs: z.object({ commit: z.string(), hash: z.string() }).nullable().default(null),
});

export const stepViewSchema = z.object({
  /** `plan`, `implement`, `implement/<subtask>`, `test`, `approve-merge`, `merge`. */
  id: z.string(),
  kind: z.enum(['agent', 'run', 'tool', 'gate', 'checkpoint', 'use', 'merge']),
  title: z.string(),
  /** `skipped`: its needs or its condition did not hold, or the run ended before it did. `working`, `gating` and `landing` are work; `ready` waits for a slot or a time; `waiting` for a person; `pending` for other steps. */
  state: z.enum(['pending', 'ready', 'working', 'gating', 'landing', 'waiting', 'done', 'skipped', 'failed']),
  /** Why it waits or what it does, in a few words. */
  detail: z.string(),
  /** Of work that is ready and pauses (a rate limit, a retry): when it goes on at the earliest, ms since 1970. Null: nothing but a slot is waited for. */
  notBefore: z.number().nullable().default(null),
  needs: z.array(z.string()),
  /** The fan-out step that it belongs to. */
  parent: z.string().nullable(),
  attempts: z.array(attemptViewSchema),
  startedAt: z.number().nullable(), finishedAt: z.number().nullable(),
  usage: usageSchema, costUsd: z.number().nullable(),
  /** Specifications that it worked under, or would, are not what they were: which, in words. Null: they are. */
  stale: z.string().nullable().default(null),
  /** Command ids whose logs belong to it, newest last. */
  logs: z.array(z.string()),
});
export type StepView = z.infer<typeof stepViewSchema>;

/** A change of the plan that an agent proposed. */
const amendmentViewSchema = z.object({
  n: z.number().int(), by: z.string(), at: z.number(), why: z.string(),
  added: z.array(z.string()), split: z.array(z.object({ id: z.string(), into: z.array(z.string()) })), dropped: z.array(z.string()),
  /** What speaks against it: globs that no subtask was allowed to change before, and what nobody would do any more. */
  wider: z.array(z.string()), givenUp: z.array(z.string()),
  /** `taken`: nothing spoke against it. Else what became of its newest checkpoint. */
  state: z.enum(['taken', 'open', 'approved', 'rejected', 'void']),
});
export type AmendmentView = z.infer<typeof amendmentViewSchema>;

export const checkpointViewSchema = z.object({
  id: z.string(), step: z.string(), kind: z.enum(checkpointKinds), state: z.enum(['open', 'approved', 'changes-requested', 'rejected', 'void']),
  commit: z.string(), base: z.string(), tree: z.string(), evidence: z.string(),
  openedAt: z.number(), decidedAt: z.number().nullable(), by: z.string().nullable(), reason: z.string().nullable(),
  /** Passed by the policy, with nobody looking: what spoke against it then. Null: not so. */
  passed: z.array(z.string()).nullable().default(null),
  comments: z.array(commentSchema),
  /** What the workflow asks the person here. */
  message: z.string().nullable().default(null),
  /** Of a document: its name. Of a choice that was made: the chosen candidate's id. */
  subject: z.string().nullable().default(null),
  /** Of a choice that is open, best first: verdict, then findings, then size. An approval takes the first, or the one whose commit it names. */
  candidates: z.array(z.object({ id: z.string(), agent: z.string(), commit: z.string(), base: z.string(), verdict: z.string(), reason: z.string(), findings: z.number().int(), files: z.number().int() })).default([]),
  /** What an approval needs beside the word: gates to waive, findings to tick. Empty when open and proven. */
  needsWaiver: z.array(z.string()),
  needsTick: z.array(z.object({ id: z.string(), why: z.string() })),
  /** Of an amendment: what is proposed, and the plan before and after. */
  amendment: amendmentViewSchema.extend({ before: planSchema, after: planSchema }).nullable().default(null),
});
export type CheckpointView = z.infer<typeof checkpointViewSchema>;

export const runViewSchema = z.object({
  schema: z.literal('treeline/run/1'),
  task: z.string(), title: z.string(), request: z.string(),
  state: z.enum(runStates),
  workflow: z.string(), base: z.object({ ref: z.string(), commit: z.string() }), target: z.string(),
  /** Paths that its agents work under, beside the rules. Empty: all of specs/; `!**`: none. */
  specs: z.array(z.string()),
  /** Hash of the contents of rules and specifications at the base. */
  specsHash: z.string().nullable().default(null),
  /** Work that stands on specifications which have changed on the target since. Nothing is done again by itself: `retry TASK STEP`. */
  stale: z.array(z.object({ at: z.string(), why: z.string(), files: z.array(z.object({ path: z.string(), change: z.enum(['added', 'changed', 'removed']), requirements: z.array(z.string()) })) })).default([]),
  agents: z.record(z.string(), z.array(z.string())),
  sameProvider: z.boolean(),
  sandbox: z.string(),
  waiting: z.object({ for: z.enum(waitingFors), why: z.string(), next: z.string(), at: z.string() }).nullable(),
  /** Only as `list` and `show` give it: no engine leads the run, and it would go on by itself if one did. `next` says with what. Null: it goes on, or is not one's to go on by itself. */
  stalled: z.object({ why: z.string(), next: z.string() }).nullable().default(null),
  failures: z.array(z.object({ at: z.string(), why: z.string() })),
  /** Gates that stopped the run, each of which a waiver lets pass: at the subtask or step whose evidence they are of. */
  red: z.array(z.object({ at: z.string(), gates: z.array(z.object({ id: z.string(), verdict: verdictSchema, reason: reasonSchema })) })).default([]),
  /** The task that this one was to start after, or is stacked on. `lost`: it failed, or ended without landing, `why` says which; `released`: a person let this one go on without it. */
  dependsOn: z.object({ task: z.string(), how: z.enum(['after', 'on']), state: z.enum(['waiting', 'landed', 'lost', 'released']), why: z.string().nullable() }).nullable().default(null),
  steps: z.array(stepViewSchema),
  checkpoints: z.array(checkpointViewSchema),
  subtasks: z.array(z.object({ id: z.string(), title: z.string(), needs: z.array(z.string()), scope: z.array(z.string()), requirements: z.array(z.string()), tests: z.array(z.string()), state: z.string() })),
  /** Requirement → subtasks → tests → evidence. */
  trace: z.array(traceRowSchema).default([]),
  /** What steps wrote for later ones, by name; the text is read apart (`show TASK --document NAME`). */
  documents: z.array(z.object({ name: z.string(), versions: z.number().int(), by: z.string(), at: z.number(), /** The step that writes it. */ step: z.string().nullable().default(null) })).default([]),
  /** Every version of the plan, oldest first (`show TASK --plan N` prints one), and what agents proposed to change of it. */
  planVersions: z.array(z.object({ version: z.number().int(), by: z.string(), at: z.number(), subtasks: z.number().int() })).default([]),
  amendments: z.array(amendmentViewSchema).default([]),
  /** `review`: the newest; `reviews`: the newest of each reviewer, `at` its step or subtask. */
  plan: planSchema.nullable(), review: reviewSchema.nullable(), reviews: z.array(z.object({ at: z.string(), by: z.string(), review: reviewSchema })).default([]),
  head: z.string(),
  evidence: evidenceSchema.nullable(),
  /** The same in the order in which a person has to know it: what is proven, what is not, what was touched that is protected; each with its tick and its waiver. */
  proof: proofStandingSchema.nullable().default(null),
  /** Where the work and the target could not be brought together, oldest first. */
  conflicts: z.array(z.object({ onto: z.string(), files: z.array(z.string()) })).default([]),
  /** Gates that a person let through, with the reason given. */
  waivers: z.array(z.object({ gate: z.string(), reason: z.string(), by: z.string() })),
  merge: z.object({ state: z.enum(['pending', 'waiting', 'landing', 'merged']), commit: z.string().nullable() }).nullable(),
  budget: z.object({ usd: z.number().nullable(), minutes: z.number().nullable() }),
  usage: usageSchema,
  /** Null: the price of something in it is not known. */
  costUsd: z.number().nullable(),
  /** What counts against the budget: known costs, and estimates where a price is not known. */
  countedUsd: z.number(),
  /** Agents whose price was not known at launch, and at whose price their tokens are estimated. */
  unpriced: z.array(z.object({ agent: z.string(), countedAs: z.string() })),
  /** What of the launch is otherwise than somebody may think. */
  notes: z.array(z.string()).default([]),
  worktrees: z.array(z.object({ unit: z.string(), path: z.string(), branch: z.string() })),
  startedAt: z.number(), updatedAt: z.number(), seq: z.number().int(),
});
export type RunView = z.infer<typeof runViewSchema>;

/** One line of `treeline list` and of the Runs tree before it is opened. */
export const runSummarySchema = runViewSchema.pick({ task: true, title: true, state: true, workflow: true, target: true, waiting: true, stalled: true, dependsOn: true, usage: true, costUsd: true, startedAt: true, updatedAt: true });
export type RunSummary = z.infer<typeof runSummarySchema>;

