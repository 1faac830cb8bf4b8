/**
 * The form of a workflow file: `.treeline/workflows/<id>.yaml` (specs/workflows.md). One zod schema gives the types, the validation, the
 * published JSON schema and what an editor shows while typing.
 * Owns: the keys, their forms and their words. Refuses: what needs more than one place of the file to be judged (see `check*.ts`), so that
 * the JSON schema says exactly what zod says.
 */
import * as z from 'zod';
import { failureSchema } from '../core/outcome.ts';
import { changeKindSchema } from '../core/redGreen.ts';
import { roles } from '../core/workflow.ts';
import { triggersSchema } from './triggers.ts';

const stepId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected small letters, digits and "-", beginning with a letter, at most 40');
const name = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, 'expected a name of letters, digits, "_" and "-", beginning with a letter');
const scalar = z.union([z.string().max(65_536), z.number(), z.boolean()]);
const expression = z.string().min(1).max(2_000);
/** YAML reads `true` and `3` as values: they are expressions, too. */
const looseExpression = z.union([expression, z.number(), z.boolean()]);
const condition = z.union([expression, z.boolean()]);
const duration = z.string().regex(/^[1-9]\d{0,4}(s|m|h)$/, 'expected a duration such as 10s, 5m or 2h');
const figure = (least: number, most: number) => z.number().int().min(least).max(most);

const typeNotation = z.union([z.enum(['string', 'number', 'boolean', 'list']), z.array(z.string().min(1).max(100)).min(1).max(50)])
  .describe('string, number, boolean, list, or a list of words of which it is one.');
const inputType = z.union([z.enum(['string', 'number', 'boolean', 'list', 'commit']), typeNotation.options[1]])
  .describe('string, number, boolean, list, commit (a branch, tag or commit, pinned when the task starts), or a list of words of which it is one.');
const outputs = z.record(name, typeNotation).describe('What the step hands over by name, and of which type. Later steps read it as steps.ID.outputs.NAME.');

const needs = z.union([
  stepId, z.array(stepId).max(100),
  z.strictObject({ all: z.array(stepId).min(1).max(100) }), z.strictObject({ any: z.array(stepId).min(1).max(100) }), z.strictObject({ settled: z.array(stepId).min(1).max(100) }),
]).describe('Steps it waits for. A list: each has succeeded. { any: [a, b] }: one has. { settled: [a, b] }: each has ended, one at least well.');

const retryOn = z.enum(['any', ...failureSchema.options]);
const retry = z.union([figure(1, 20), z.strictObject({
  times: figure(1, 20).describe('How often, after the first time.'),
  pause: duration.optional().describe('Before the first repetition; grows with each one.'),
  factor: z.number().min(1).max(10).optional().describe('What the pause grows by; 2 when left out.'),
  on: z.union([retryOn, z.array(retryOn).min(1).max(30)]).optional().describe('Which failures are tried again; any that can pass by itself when left out.'),
})]).describe('Tries an attempt again that failed.');

const matrix = z.record(name, z.array(scalar).min(1).max(256));
const forEach = z.union([
  z.string().regex(/^[a-z][a-z0-9-]{0,39}\.subtasks$/, 'expected the subtasks of a plan, such as plan.subtasks'),
  z.strictObject({ matrix: matrix.describe('Once for each combination of the values.') }),
  z.strictObject({ list: expression.describe('Once for each element; it is matrix.item in expressions and prompts.') }),
  z.strictObject({ agents: figure(2, 16).describe('The agents of the chain side by side, so many at least.') }),
]).describe('Runs the step once for each: plan.subtasks, { matrix: … }, { list: … } or { agents: N }.');

const onReject = z.union([stepId, z.strictObject({ to: stepId.describe('The agent step that gets the work back.'), times: figure(0, 20).optional().describe('How often.') })])
  .describe('Which agent step gets rejected work back, with the evidence.');
const landing = z.enum(['gated', 'direct', 'choice']).optional()
  .describe('How changes reach the task\'s branch: through the gates (gated), at once (direct), or judged and then chosen at a checkpoint (choice).');
const loop = z.strictObject({ until: condition.describe('Looked at after each round.'), max: figure(1, 100).describe('Rounds at most; then the step has failed.') })
  .optional().describe('Begins the step again until a check holds.');

const common = {
  id: stepId.describe('Name of the step in this file.'),
  title: z.string().min(1).max(120).optional().describe('What a person reads.'),
  needs: needs.optional(),
  if: condition.optional().describe('Begins only when this holds, else it is skipped.'),
};
const work = {
  'for-each': forEach.optional(),
  'max-parallel': figure(1, 64).optional().describe('How many of them run at once, at most.'),
  retry: retry.optional(),
  timeout: duration.optional().describe('Of one attempt.'),
  outputs: outputs.optional(),
  loop,
  'continue-on-error': z.boolean().optional().describe('A failure is an outcome that later steps may look at, not the end of the way.'),
};
const agentSpec = z.string().max(200).regex(/^(?:demo|auto|preset:[^,\n]{1,80}|(?:anthropic|openai|vscode|acp):[^\s,]+|compatible:[^\s,/]+\/[^\s,]+)$/, 'expected an agent such as anthropic:MODEL, openai:MODEL, compatible:NAME/MODEL, acp:NAME, vscode:FAMILY, preset:NAME or demo');
const artifact = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'expected the name of a file, such as findings.md');

/** What a step does is said by its key. */
export const stepSchemas = {
  agent: z.strictObject({
    ...common, agent: z.enum(roles).describe('The role of the agent that does this step.'), ...work,
    gives: z.enum(['plan', 'tree', 'review', 'document', 'result']).optional().describe('What it hands over. Left out: what the role usually gives (planner a plan, reviewer a review, others changed files).'),
    document: artifact.optional().describe('Name of the document that it writes.'),
    prompt: z.string().min(1).max(65_536).optional().describe('What the agent is told beside its role\'s own words. ${{ expression }} is filled in.'),
    agents: z.union([agentSpec, z.array(agentSpec).min(1).max(16)]).optional().describe('Agents for this step alone, first is tried first.'),
    reads: z.union([artifact, z.array(artifact).max(50)]).optional().describe('Documents of earlier steps that it is given.'),
    landing, repairs: figure(0, 20).optional().describe('How often work that the gates reject goes back to the same agent.'),
    'on-reject': onReject.optional(),
    'may-change-nothing': z.boolean().optional().describe('Ending without a changed file is a good end.'),
  }),
  gate: z.strictObject({
    ...common, gate: z.union([z.string().min(1).max(40), z.array(z.string().min(1).max(40)).min(1).max(40)]).describe('"all", or ids of the project\'s gates.'),
    tree: z.enum(['merged', 'task']).optional().describe('merged: what would land on the target. task: the task\'s branch as it is.'),
    'on-reject': onReject.optional(), 'continue-on-error': work['continue-on-error'],
  }),
  checkpoint: z.strictObject({
    ...common, checkpoint: z.enum(['plan', 'document', 'choice', 'review', 'merge']).describe('What a person decides about.'),
    of: stepId.optional().describe('The step whose plan, document or candidates it is about.'),
    message: z.string().min(1).max(2_000).optional().describe('What the person is asked.'),
    'on-reject': z.union([stepId, z.strictObject({ to: stepId })]).optional().describe('The agent step that gets a person\'s request for changes.'),
    'continue-on-error': z.boolean().optional().describe('A rejection is an outcome that later steps may look at, not the end of the run.'),
    policy: z.enum(['always']).optional().describe('always: a person decides even where the policy would let it pass.'),
  }),
  run: z.strictObject({
    ...common, run: z.string().min(1).max(16_384).describe('A shell command, confined. Values reach it only as environment variables; lines name=value in the file $TREELINE_OUTPUT are its outputs.'), ...work,
    env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'expected a name of capitals, digits and "_"'), looseExpression).optional().describe('Environment variables: name and expression.'),
    gives: z.enum(['result', 'tree']).optional().describe('tree: the files it changes land like an agent\'s work. result (when left out): they are thrown away.'),
    landing,
  }),
  tool: z.strictObject({
    ...common, tool: z.string().regex(/^[^\s/]{1,80}\/\S{1,120}$/, 'expected SERVER/TOOL').describe('A tool of an MCP server of the user\'s settings: SERVER/TOOL.'), ...work,
    with: z.record(name, z.json()).optional().describe('Arguments; ${{ expression }} is filled in.'),
  }),
  use: z.strictObject({
    ...common, use: z.string().min(1).max(80).describe('Another workflow, by its id. Its steps become ID/STEP.'),
    with: z.record(name, looseExpression).optional().describe('Inputs of that workflow: name and expression. A fixed text has quotes of its own: "\'src\'".'),
    loop, 'continue-on-error': work['continue-on-error'],
  }),
  merge: z.strictObject({ ...common, merge: z.literal('target').describe('Lands the task\'s result on the target branch.') }),
} as const;
export type StepKind = keyof typeof stepSchemas;
export const stepKinds = Object.keys(stepSchemas) as StepKind[];

type StepOfFile = { readonly [Kind in StepKind]: z.infer<(typeof stepSchemas)[Kind]> & { readonly kind: Kind } };
/** A step as it is written, with the kind that its key says. */
export type FileStep<Kind extends StepKind = StepKind> = StepOfFile[Kind];

/** All but the steps, each of which is read by the schema of its own kind, so that a mistake is named and not "matches no form". */
export const headSchema = z.strictObject({
  version: z.literal(1).optional().describe('Of this form; there is one so far.'),
  name: z.string().min(1).max(120).describe('What a person reads; the file\'s name is its id.'),
  description: z.string().max(2_000).describe('One line about what it is for.'),
  kind: changeKindSchema.optional().describe('What its tasks are: a fix and a feature need a test that fails without the change, auto (when left out) needs one where it brings tests, a refactor, perf and docs need none and may not change what tests expect.'),
  instructions: z.string().min(1).max(65_536).optional().describe('What each agent of this workflow is told before what its own step says. ${{ expression }} is filled in.'),
  zenflow: z.strictObject({
    artifacts: z.string().regex(/^(?!\/)(?!.*(?:^|[\\/])\.\.(?:[\\/]|$))[^\\:*?"<>|\u0000-\u001f]{1,200}$/, 'expected a path inside the repository, such as .zenflow/tasks/{task_id}').describe('Where artifacts are written; {@artifacts_path} in prompts.'),
  }).optional().describe('Runs as Zenflow runs it: the artifacts\' path is known, and plan.md there is kept current.'),
  on: triggersSchema.optional(),
  inputs: z.record(name, z.union([inputType, z.strictObject({
    type: inputType, default: z.union([scalar, z.array(scalar).max(1_000)]).optional().describe('What it is when nobody says.'),
    description: z.string().max(500).optional(), required: z.boolean().optional().describe('It has to be given.'),
  })])).optional().describe('What is asked for when a task starts; inputs.NAME in expressions.'),
  outputs: z.record(name, expression).optional().describe('What a workflow that uses this one reads as outputs of its step: name and expression.'),
  steps: z.array(z.unknown()).min(1).max(500),
});
export type FileHead = Omit<z.infer<typeof headSchema>, 'steps'>;
export type FileInput = NonNullable<FileHead['inputs']>[string];
export type TypeNotation = z.infer<typeof typeNotation>;
export type InputType = z.infer<typeof inputType>;

const { agent, gate, checkpoint, run, tool, use, merge } = stepSchemas;
/** The whole file: what the JSON schema is made from. */
export const workflowFileSchema = headSchema.extend({
  steps: z.array(z.union([agent, gate, checkpoint, run, tool, use, merge])).min(1).max(500).describe('What is done. Steps without "needs" begin at once.'),
});
