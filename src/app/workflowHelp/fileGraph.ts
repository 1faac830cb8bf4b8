/**
 * A workflow file as a graph while it is written: every step that can be made out, its mistakes at its box.
 * Owns: what of a file stands at a box, and frames of the workflows that it uses. Refuses: to run anything (see `playedGraph.ts`).
 */
import type { Graph, GraphNode } from '../../protocol/graph.ts';
import { stepInWords } from '../../workflows/help/stepInWords.ts';
import { spanOf } from '../../workflows/help/written.ts';
import type { Written } from '../../workflows/help/written.ts';
import type { Node } from '../../workflows/outline.ts';
import { onRejectOf } from '../../workflows/outline.ts';
import type { Part } from '../../workflows/part.ts';

/** Boxes beyond which what other files hold is not opened up. */
const openedLimit = 200;

export function fileGraph(part: Part, file: Written): Graph {
  const opened = part.size <= openedLimit;
  const told = new Map<string, string>();
  part.outline.nodes.forEach((node, at) => {
    const written = file.at(['steps', at]);
    if (!written) return;
    const span = spanOf(written, file.text);
    const mistake = part.mistakes.find((one) => { const offset = file.offset(one); return offset >= span.from && offset <= span.to; });
    if (mistake && !told.has(node.id)) told.set(node.id, mistake.message);
  });
  const { nodes, edges } = boxes(part, null, told, opened);
  return { title: part.head.name, subtitle: '', live: false, nodes: [...nodes], edges: [...edges] };
}

function boxes(part: Part, within: string | null, told: ReadonlyMap<string, string>, opened: boolean): Pick<Graph, 'nodes' | 'edges'> {
  const flat = (id: string): string => (within === null ? id : `${within}/${id}`);
  const seen = new Set<string>();
  const nodes: GraphNode[] = [], edges: Graph['edges'] = [];
  for (const node of part.outline.nodes) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    nodes.push(boxOf(node, flat(node.id), within, within === null ? told.get(node.id) ?? null : null));
    edges.push(...node.needs.map((need) => ({ from: flat(need.id), to: flat(node.id), kind: node.join === 'any' ? 'any' as const : 'needs' as const })));
    const back = node.step ? onRejectOf(node.step, node.path) : null;
    if (back) edges.push({ from: flat(node.id), to: flat(back.to), kind: 'back' });
    const used = opened && node.step?.kind === 'use' ? part.uses.get(node.step.use) : undefined;
    if (!used) continue;
    const inside = boxes(used, flat(node.id), told, opened);
    nodes.push(...inside.nodes);
    edges.push(...inside.edges);
  }
  return { nodes, edges };
}

function boxOf(node: Node, id: string, parent: string | null, mistake: string | null): GraphNode {
  const { does, more } = stepInWords(node);
  return {
    id, parent, kind: node.step?.kind ?? 'step', title: node.step?.title ?? (node.id === '' ? '…' : node.id), state: mistake === null && node.step ? 'drawn' : 'wrong',
    detail: mistake ?? [does, ...more].join('; '), agent: node.step?.kind === 'agent' ? node.step.agent : node.step?.kind ?? '', attempts: 0, startedAt: null, finishedAt: null, costUsd: null, tokens: 0, opens: 'line',
  };
}
