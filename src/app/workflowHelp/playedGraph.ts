/**
 * A dry run as a graph: the boxes that a run would have, with what came of each and in which order.
 * Owns: the words of the path at its boxes, and how the run ended. Refuses: to start anything: core alone plays.
 */
import type { DryRun, PathEntry } from '../../core/dryRun.ts';
import { runGraph } from '../../protocol/graph.ts';
import type { Graph } from '../../protocol/graph.ts';
import { viewOf } from '../../protocol/viewOf.ts';

export function playedGraph(played: DryRun): Graph {
  const { workflow } = played.state;
  const within = new Map(workflow.steps.map((step) => [step.id, step.within]));
  const roles = new Map(workflow.steps.flatMap((step) => (step.kind === 'agent' ? [[step.id, step.role] as const] : [])));
  const words = wordsByBox(played.path);
  const graph = runGraph(viewOf(played.state));
  return {
    ...graph, title: workflow.name, live: false,
    nodes: graph.nodes.map((node) => ({
      ...node, parent: node.parent ?? within.get(node.id) ?? null, title: workflow.steps.find((step) => step.id === node.id)?.title ?? node.title, agent: roles.get(node.id) ?? (node.parent === null ? node.kind : roles.get(node.parent) ?? node.kind),
      detail: words.get(node.id)?.join(' · ') ?? (node.state === 'pending' ? 'not reached' : ''), startedAt: null, finishedAt: null, costUsd: null, tokens: 0, opens: 'line' as const,
    })),
  };
}

/** How it ended, as a sentence. */
export function endWords({ status, waiting, failures, endless }: DryRun): string {
  if (endless) return 'it never comes to an end';
  const [failure] = failures;
  if (waiting) return `waits for ${waiting.for} at ${waiting.at}: ${waiting.why}`;
  return failure ? `${status} at ${failure.at}: ${failure.why}` : status;
}

/** For each box what happened there, numbered over the whole path. */
function wordsByBox(path: readonly PathEntry[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let count = 0;
  for (const entry of path) {
    const words = wordsOf(entry);
    if (words === null) continue;
    count += 1;
    const box = entry.kind === 'retry' ? entry.at : 'unit' in entry && entry.unit !== null ? entry.unit : entry.step;
    found.set(box, [...found.get(box) ?? [], `${count}. ${words}`]);
  }
  return found;
}

function wordsOf(entry: PathEntry): string | null {
  switch (entry.kind) {
    case 'attempt': return entry.outcome === 'tree' ? 'files changed' : entry.outcome;
    case 'gate': return `gates: ${entry.verdict}`;
    case 'merge': return 'conflict';
    case 'decision': return entry.decision;
    case 'retry': return 'retried by a person';
    case 'landing': return entry.outcome === 'moved' ? 'the target moved' : 'landed';
    case 'step': return entry.outcome === 'success' ? null : [entry.outcome, entry.why].filter(Boolean).join(': ');
  }
}
