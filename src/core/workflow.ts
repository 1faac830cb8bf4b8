/**
 * A workflow: a typed graph of steps, as data, pinned into the run when it starts.
 * Owns: what a step may be. Refuses: to know how a step is carried out, or where a workflow was written (see `workflows/`, which
 * compiles YAML and Markdown to this; nested workflows arrive here already laid out flat, their steps as `<use>/<step>`).
 * Every field that came after the first version has a default, so that journals of every version can be folded.
 */
import * as z from 'zod';
import { changeKindSchema } from './redGreen.ts';

export const roles = ['planner', 'implementer', 'tester', 'reviewer', 'resolver'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** `test`, or `build/test` for a step of the nested workflow that the step `build` uses. */
const stepIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}(\/[a-z][a-z0-9-]{0,39}){0,4}$/);
const nameSchema = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/);
/** Text of the expression language (`core/expression.ts`), checked when the workflow was compiled. */
const expression = z.string().min(1).max(2_000);

export const scalarSchema = z.union([z.string().max(65_536), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalarSchema>;
export const valueSchema = z.union([scalarSchema, z.array(scalarSchema).max(1_000)]);
/** What inputs and outputs hold. A list holds scalars. */
export type Value = z.infer<typeof valueSchema>;

const valueTypeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('string') }),
  z.strictObject({ type: z.literal('number') }),
  z.strictObject({ type: z.literal('boolean') }),
  z.strictObject({ type: z.literal('enum'), values: z.array(z.string().min(1)).min(1) }),
  z.strictObject({ type: z.literal('list') }),
]);
export type ValueType = z.infer<typeof valueTypeSchema>;

/** Kinds of trouble that `retry` names and `fallback` answers: see `core/outcome.ts`. `any` stands for each that can pass by itself. */
const retrySchema = z.strictObject({
  /** How often it is tried again, after the first time. */
  times: z.number().int().min(1).max(20),
  /** Pause before the first repetition; doubled (× `factor`) for each further one, an hour at most. */
  pauseMs: z.number().int().min(0).max(3_600_000).default(1_000),
  factor: z.number().min(1).max(10).default(2),
  on: z.array(z.string()).min(1).default(['any']),
});
export type Retry = z.infer<typeof retrySchema>;

/** What a step runs once for each of. A plain step id is the first version's way to say `subtasks`. */
const fanOutSchema = z.preprocess((raw) => (typeof raw === 'string' ? { over: 'subtasks', of: raw } : raw), z.discriminatedUnion('over', [
  /** The subtasks of the plan that the step `of` gave; their `needs` hold. */
  z.strictObject({ over: z.literal('subtasks'), of: stepIdSchema }),
  /** Each row is `matrix` in expressions and prompts; ids are `<step>/<row name>`. */
  z.strictObject({ over: z.literal('matrix'), rows: z.array(z.strictObject({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/), values: z.record(nameSchema, scalarSchema) })).min(1).max(256) }),
  /** A list that an earlier step gave or an input holds; each element is `matrix.item`. */
  z.strictObject({ over: z.literal('list'), of: expression }),
  /** The agents of the role's chain side by side instead of one after another, `copies` at least (a chain of one runs so often). */
  z.strictObject({ over: z.literal('agents'), copies: z.number().int().min(2).max(16) }),
]));

const common = {
  id: stepIdSchema,
  /** What a person reads; null: made from what the step does. */
  title: z.string().max(120).nullable().default(null),
  needs: z.array(stepIdSchema),
  /** `all`: each need succeeded. `any`: as soon as one succeeded. `settled`: each has ended, one at least well. */
  join: z.enum(['all', 'any', 'settled']).default('all'),
  /** Begins only when this holds, else it is skipped. Without one of `always() failure()` in it, the join has to hold, too. */
  if: expression.nullable().default(null),
  /** The `use` step that it belongs to. */
  within: stepIdSchema.nullable().default(null),
  /** Done only when `until` holds, looked at after each round; after `max` rounds that came to nothing the step has failed. */
  loop: z.strictObject({ until: expression, max: z.number().int().min(1).max(100) }).nullable().default(null),
  /** A failure is an outcome that later steps may look at, not the end of the way. */
  continueOnError: z.boolean().default(false),
};

const work = {
  forEach: fanOutSchema.optional(),
  maxParallel: z.number().int().min(1).max(64).nullable().default(null),
  retry: retrySchema.nullable().default(null),
  /** Of one attempt; null: what the settings say. */
  timeoutMs: z.number().int().min(1_000).max(86_400_000).nullable().default(null),
  /** What it hands over by name, beside its work. */
  outputs: z.record(nameSchema, valueTypeSchema).default({}),
};

/** How a changed tree reaches the integration branch: through the gates, directly, or (`choice`) judged, then chosen at a checkpoint. */
const landing = z.enum(['gated', 'direct', 'choice']).optional();
const times = z.number().int().min(0).max(20);

export const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common, ...work, kind: z.literal('agent'), role: roleSchema,
    /** What the attempt hands over: a plan, a changed tree, a review, a document (artifact), or only its outputs. */
    gives: z.enum(['plan', 'tree', 'review', 'document', 'result']),
    landing,
    /** How often rejected work goes back to the same agent with the evidence. */
    repairs: times,
    /** What this step is told beside its role's own words: a template with `${{ expression }}`. */
    prompt: z.string().max(65_536).nullable().default(null),
    /** Chain of agents for this step alone, first is tried first; null: the role's. */
    agents: z.array(z.string()).min(1).nullable().default(null),
    /** An artifact's name (`requirements.md`), for `gives: document`. */
    document: z.string().nullable().default(null),
    /** Artifacts of earlier steps that it is given. */
    reads: z.array(z.string()).default([]),
    /** Ending without a changed file is a good end (a step that only looks, or writes only when it must). */
    mayChangeNothing: z.boolean().default(false),
    /** Of a review: the agent step that gets the findings when the review does not approve, `repairs` times. */
    rework: stepIdSchema.nullable().default(null),
  }),
  z.strictObject({
    ...common, kind: z.literal('gate'),
    /** Ids of the project's gates; null: all. */
    gates: z.array(z.string()).min(1).nullable().default(null),
    /** `merged`: the tree that would land on the target. `task`: the integration branch as it is. */
    tree: z.enum(['merged', 'task']).default('merged'),
    /** The agent step that gets the evidence of a red verdict. */
    rework: stepIdSchema.nullable().default(null), repairs: times,
  }),
  z.strictObject({
    ...common, kind: z.literal('checkpoint'),
    /** `plan`, `document` and `choice` are about what the step `of` gave; `review`: the work so far; `merge`: exactly what would land. */
    about: z.enum(['plan', 'document', 'choice', 'review', 'merge']),
    of: stepIdSchema.nullable().default(null),
    /** What the person is asked, beside what is shown. */
    message: z.string().max(2_000).nullable().default(null),
    /** The agent step that gets the person's comments; null: changes cannot be requested here. */
    rework: stepIdSchema.nullable().default(null),
    /** `always`: a person decides even where the policy would let it pass. */
    policy: z.enum(['always']).nullable().default(null),
  }),
  z.strictObject({
    ...common, ...work, kind: z.literal('run'),
    /** A shell command, confined; nothing is put into its text: values come as environment variables. */
    command: z.string().min(1).max(16_384),
    env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), expression).default({}),
    /** `result`: what it changes is thrown away. `tree`: it lands like an agent's work. */
    gives: z.enum(['result', 'tree']).default('result'),
    landing,
  }),
  z.strictObject({
    ...common, ...work, kind: z.literal('tool'),
    /** An MCP server of the user's settings, and one of its tools. */
    server: z.string().min(1), tool: z.string().min(1),
    /** Arguments: strings are templates, the rest is passed on as it is. */
    with: z.record(z.string(), z.json()).default({}),
  }),
  z.strictObject({
    ...common, kind: z.literal('use'),
    /** The name it was written with, for the record: its steps are in this workflow already, `within` this step. */
    workflow: z.string().min(1),
    inputs: z.record(nameSchema, expression).default({}),
    /** Name → expression over the nested steps. */
    outputs: z.record(nameSchema, expression).default({}),
  }),
  z.strictObject({ ...common, kind: z.literal('merge') }),
]);
export type Step = z.infer<typeof stepSchema>;
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;
/** Steps that attempts work on: each has units. */
export type WorkStep = StepOf<'agent' | 'run' | 'tool'>;

export const inputSchema = z.strictObject({
  type: valueTypeSchema, description: z.string().default(''), default: valueSchema.nullable().default(null), required: z.boolean().default(false),
  /** It names a commit (a branch, a tag…): pinned as the full id when the task starts. */
  commit: z.boolean().default(false),
});
export type Input = z.infer<typeof inputSchema>;

export const workflowSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  /** What its tasks claim to be: what their tests have to prove where the result would land. Absent: `auto`. */
  kind: changeKindSchema.optional(),
  /** Where it was written: a Zenflow workflow keeps its `plan.md` current. */
  origin: z.enum(['treeline', 'zenflow']).default('treeline'),
  /**
   * Of a Zenflow workflow: where in the repository its artifacts are written (`{task_id}` stands for the task), its `plan.md` before anything is
   * done, what each agent is told first (a template), and the user's presets by name, for steps that the plan comes to have.
   */
  zenflow: z.strictObject({ artifacts: z.string().min(1), plan: z.string(), instructions: z.string().nullable().default(null), presets: z.record(z.string(), z.array(z.string()).min(1)).default({}) }).nullable().default(null),
  inputs: z.record(nameSchema, inputSchema).default({}),
  outputs: z.record(nameSchema, expression).default({}),
  steps: z.array(stepSchema).min(1).max(2_000),
});
export type Workflow = z.infer<typeof workflowSchema>;
