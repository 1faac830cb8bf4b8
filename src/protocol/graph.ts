/**
 * A run or a workflow file as a graph: boxes, arrows, and the facts at each box. Pure projections; the graph panel draws them.
 * Owns: the shape that the panel's page is given, and which words of a run stand at a box. Refuses: places and colours (the page lays out).
 */
import * as z from 'zod';
import type { RunView, StepView } from './runView.ts';

export const graphNodeSchema = z.object({
  id: z.string(), kind: z.string(), title: z.string(),
  /** `drawn`, `wrong`: of a file, where nothing runs; without and with a mistake in it. */
  state: z.enum(['drawn', 'wrong', 'pending', 'ready', 'working', 'gating', 'landing', 'waiting', 'done', 'skipped', 'failed']),
  /** What it does or why it waits, in a few words. */
  detail: z.string(),
  agent: z.string(),
  attempts: z.number().int(),
  /** ms since 1970. */
  startedAt: z.number().nullable(), finishedAt: z.number().nullable(),
  costUsd: z.number().nullable(), tokens: z.number(),
  /** The fan-out or nested workflow that it belongs to. */
  parent: z.string().nullable(),
  /** What a click opens: the checkpoint that is open here, what the attempt changed, its log, or nothing yet. */
  opens: z.enum(['checkpoint', 'changes', 'log', 'line', 'nothing']),
});
export type GraphNode = z.infer<typeof graphNodeSchema>;

export const graphSchema = z.object({
  title: z.string(), subtitle: z.string(),
  /** Time goes on: elapsed times are counted further. */
  live: z.boolean(),
  nodes: z.array(graphNodeSchema).max(5_000),
  /** `needs`: waits for it. `any`: for this one or another. `back`: work goes back that way. */
  edges: z.array(z.object({ from: z.string(), to: z.string(), kind: z.enum(['needs', 'any', 'back']) })).max(50_000),
});
export type Graph = z.infer<typeof graphSchema>;

/** Page → panel. */
export const fromGraphPageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('open'), node: z.string() }),
  z.object({ type: z.literal('log'), node: z.string() }),
  z.object({ type: z.literal('action'), id: z.string() }),
]);
export type FromGraphPage = z.infer<typeof fromGraphPageSchema>;

/** Panel → page. `words`: the page's own words in the person's language. `state`: what the editor keeps over a reload, so that the panel finds its run again. `actions`: buttons beside the page's own. */
export const toGraphPageSchema = z.object({
  type: z.literal('graph'), graph: graphSchema, words: z.record(z.string(), z.string()), state: z.record(z.string(), z.string()),
  actions: z.array(z.object({ id: z.string(), title: z.string(), pressed: z.boolean() })).max(10).default([]),
});
export type ToGraphPage = z.input<typeof toGraphPageSchema>;

/** Words that the page says by itself; the panel hands their translations over. */
export const graphWords = {
  drawn: '', wrong: 'mistake',
  pending: 'pending', ready: 'ready', working: 'working', gating: 'testing', landing: 'merging', waiting: 'needs you', done: 'done', skipped: 'skipped', failed: 'failed',
  step: 'Step', kind: 'Kind', state: 'State', agent: 'Agent', attempts: 'Attempts', time: 'Time', cost: 'Cost', detail: 'What it does or waits for',
  graph: 'Graph', table: 'Table', fit: 'Fit', in: 'Zoom In', out: 'Zoom Out', help: 'Arrows move, Enter opens, L opens the log', attempt: 'attempt {0}', nothing: 'Nothing to show yet.', changed: '{0}: {1}',
} as const;
export type GraphWord = keyof typeof graphWords;

export function runGraph(view: RunView): Graph {
  const shown = view.steps;
  const parents = new Set(shown.flatMap((step) => step.parent ?? []));
  return {
    title: view.title, subtitle: view.workflow, live: view.state === 'running' || view.state === 'waiting',
    nodes: shown.map((step) => nodeOf(view, step)),
    edges: shown.filter((step) => !parents.has(step.id) || step.needs.length > 0).flatMap((step) => step.needs.map((need) => ({ from: need, to: step.id, kind: 'needs' as const }))),
  };
}

function nodeOf(view: RunView, step: StepView): GraphNode {
  const last = step.attempts.at(-1);
  const open = view.checkpoints.some((checkpoint) => checkpoint.step === step.id && checkpoint.state === 'open');
  const agents = [...new Set(step.attempts.map((attempt) => attempt.agent))];
  return {
    id: step.id, kind: step.kind, title: step.parent === null || step.title === '' ? step.id.split('/').at(-1) ?? step.id : step.title, state: step.state,
    detail: [step.detail, step.stale === null ? '' : `stale: ${step.stale}`].filter(Boolean).join(' · '), agent: agents.at(-1) ?? '', attempts: step.attempts.length, startedAt: step.startedAt, finishedAt: step.finishedAt,
    costUsd: step.costUsd, tokens: step.usage.input + step.usage.cached + step.usage.output, parent: step.parent,
    opens: open ? 'checkpoint' : step.state === 'done' && last?.commit != null ? 'changes' : step.logs.length > 0 ? 'log' : 'nothing',
  };
}
