/**
 * The tools by which an attempt gives its result: a plan, a review, a document, a finding, or "done". Owns: what may be submitted.
 * Refuses: a plan that breaks the core's rules, an empty or endless document, outputs of other types than the step declared;
 * the model hears every mistake at once.
 */
import * as z from 'zod';
import { documentLimit } from '../../core/outcome.ts';
import { outputsSchema } from '../../core/typedOutputs.ts';
import type { Declared } from '../../core/typedOutputs.ts';
import { planMistakes, planSchema, reviewSchema, reviewVerdict } from '../../core/plan.ts';
import type { Value } from '../../core/workflow.ts';
import type { WorkRequest } from '../../ports/workers.ts';
import { defineTool } from './tool.ts';
import type { Tool } from './tool.ts';

type Outputs = Readonly<Record<string, Value>>;

/** Where nothing is declared the schema has no word of outputs: it is the same, byte by byte, for every such step. */
function withOutputs<Shape extends z.core.$ZodLooseShape>(schema: z.ZodObject<Shape, z.core.$strict>, declared: Declared) {
  const whole: z.ZodType = Object.keys(declared).length === 0 ? schema : schema.extend({ outputs: outputsSchema(declared).describe('what later steps look at') });
  return whole as z.ZodType<z.infer<typeof schema> & { readonly outputs?: Outputs }>;
}

function handed(outputs: Outputs | undefined): { readonly outputs?: Outputs } {
  return outputs === undefined ? {} : { outputs };
}

const summary = z.string().min(1).max(4_000);

const answers: Readonly<Record<WorkRequest['gives'], (declared: Declared) => Tool>> = {
  plan: (declared) => defineTool({
    name: 'submit_plan',
    description: 'Hands over the plan and ends your work. Subtasks without needs between them are done at once, each in its own worktree.',
    input: withOutputs(planSchema, declared),
    summary: (plan) => `${plan.subtasks.length} subtasks`,
    run: async ({ outputs, ...plan }) => {
      const mistakes = planMistakes(plan);
      return mistakes.length === 0 ? { kind: 'submitted', end: { kind: 'plan', plan, ...handed(outputs) } } : { kind: 'rejected', text: `The plan cannot be used:\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}` };
    },
  }),
  review: (declared) => defineTool({
    name: 'submit_review',
    description: 'Hands over the review and ends your work: a verdict per criterion and of the whole, and findings with file, line and severity.',
    input: withOutputs(reviewSchema.extend({ verdict: z.enum(['approve', 'changes']) }), declared),
    summary: (review) => `${review.verdict}, ${review.findings.length} findings`,
    run: async ({ outputs, ...review }) => (reviewVerdict(review) === review.verdict ? { kind: 'submitted', end: { kind: 'review', review, ...handed(outputs) } }
      : { kind: 'rejected', text: 'The verdict is approve, yet a finding is high or a criterion is not met. Say changes, or judge those again.' }),
  }),
  document: (declared) => defineTool({
    name: 'submit_document',
    description: 'Hands over the document and ends your work: the whole text, Markdown.',
    input: withOutputs(z.strictObject({ text: z.string().max(documentLimit, `a document has at most ${documentLimit} characters`).regex(/\S/, 'the document is empty') }), declared),
    summary: ({ text }) => `${text.length} characters`,
    run: async ({ text, outputs }) => ({ kind: 'submitted', end: { kind: 'document', text, ...handed(outputs) } }),
  }),
  result: (declared) => defineTool({
    name: 'submit_result',
    description: 'Hands over what you found and ends your work.',
    input: withOutputs(z.strictObject({ summary: summary.describe('what was found and where, for a person') }), declared),
    summary: (input) => input.summary,
    run: async ({ summary: words, outputs }) => ({ kind: 'submitted', end: { kind: 'result', summary: words, ...handed(outputs) } }),
  }),
  tree: (declared) => defineTool({
    name: 'finish',
    description: 'Says that the work in the worktree is done, and ends it. The engine runs the tests and decides; you do not.',
    input: withOutputs(z.strictObject({ summary: summary.describe('what was changed and why, for a person') }), declared),
    summary: (input) => input.summary,
    run: async ({ summary: words, outputs }) => ({ kind: 'submitted', end: { kind: 'edited', summary: words, ...handed(outputs) } }),
  }),
};

/** The tool that ends an attempt which gives this, with these outputs. */
export function handOver(gives: WorkRequest['gives'], outputs: Declared): Tool {
  return answers[gives](outputs);
}
