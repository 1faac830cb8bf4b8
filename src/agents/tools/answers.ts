/**
 * The tools by which an attempt gives its result: a plan, a review, or "done". Owns: what may be submitted.
 * Refuses: a plan that breaks the core's rules; the model hears every mistake at once.
 */
import * as z from 'zod';
import { planMistakes, planSchema, reviewSchema } from '../../core/plan.ts';
import { defineTool } from './tool.ts';

export const submitPlan = defineTool({
  name: 'submit_plan',
  description: 'Hands over the plan and ends your work. Subtasks without needs between them are done at once, each in its own worktree.',
  input: planSchema,
  summary: (plan) => `${plan.subtasks.length} subtasks`,
  run: async (plan) => {
    const mistakes = planMistakes(plan);
    return mistakes.length === 0 ? { kind: 'submitted', end: { kind: 'plan', plan } } : { kind: 'rejected', text: `The plan cannot be used:\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}` };
  },
});

export const submitReview = defineTool({
  name: 'submit_review',
  description: 'Hands over the review and ends your work: a verdict per criterion, and findings with file, line and severity.',
  input: reviewSchema,
  summary: (review) => `${review.findings.length} findings`,
  run: async (review) => ({ kind: 'submitted', end: { kind: 'review', review } }),
});

export const finish = defineTool({
  name: 'finish',
  description: 'Says that the work in the worktree is done, and ends it. The engine runs the tests and decides; you do not.',
  input: z.strictObject({ summary: z.string().min(1).max(4_000).describe('what was changed and why, for a person') }),
  summary: (input) => input.summary,
  run: async (input) => ({ kind: 'submitted', end: { kind: 'edited', summary: input.summary } }),
});
