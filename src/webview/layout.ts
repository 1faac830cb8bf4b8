/**
 * Graph → places. Pure. Owns: sizes of boxes, and dagre. Refuses: to draw.
 * A fan-out or a nested workflow is a frame around its steps; dagre wants no arrow at a frame, so one goes to each step that
 * begins inside it and comes from each that ends there.
 */
import { Graph as Dagre, layout } from '@dagrejs/dagre';
import type { Graph, GraphNode } from '../protocol/graph.ts';

export interface Box { readonly id: string; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly frame: boolean; /** Column of the flow (row, where it goes down), from 0: what left and right move between. */ readonly rank: number }
export interface Arrow { readonly from: string; readonly to: string; readonly kind: 'needs' | 'any' | 'back'; readonly points: readonly { readonly x: number; readonly y: number }[] }
export interface Layout { /** The flow goes down, not to the right. */ readonly down: boolean; readonly width: number; readonly height: number; readonly boxes: readonly Box[]; readonly arrows: readonly Arrow[] }

export const boxSize = { width: 196, height: 56 } as const;
const frameHead = 22;

/** Two graphs of one structure have one layout: only then boxes may stay where they are. */
export function structureOf(graph: Graph): string {
  return JSON.stringify([graph.nodes.map((node) => [node.id, node.parent]), graph.edges]);
}

export function layoutOf(graph: Graph, down = false): Layout {
  if (graph.nodes.length === 0) return { down, width: 0, height: 0, boxes: [], arrows: [] };
  const children = childrenOf(graph.nodes);
  const dagre = new Dagre({ compound: true, multigraph: true });
  dagre.setGraph({ rankdir: down ? 'TB' : 'LR', nodesep: 18, ranksep: down ? 28 : 46, edgesep: 10, marginx: 16, marginy: 16 });
  dagre.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) dagre.setNode(node.id, children.has(node.id) ? { paddingTop: frameHead } : { ...boxSize });
  for (const node of graph.nodes) if (node.parent !== null && dagre.hasNode(node.parent)) dagre.setParent(node.id, node.parent);
  const drawn = arrowsOf(graph, children);
  for (const { from, to, kind } of drawn) dagre.setEdge(from, to, { kind, ...(kind === 'back' ? { weight: 0 } : {}) }, kind);
  layout(dagre);
  const { width = 0, height = 0 } = dagre.graph() as { width?: number; height?: number };
  const boxes = graph.nodes.map((node): Omit<Box, 'rank'> => {
    const place = dagre.node(node.id) as { x: number; y: number; width: number; height: number };
    const frame = children.has(node.id);
    const top = place.y - place.height / 2 - (frame ? frameHead - 8 : 0);
    return { id: node.id, x: place.x - place.width / 2, y: top, width: place.width, height: place.height + (frame ? frameHead - 8 : 0), frame };
  });
  return {
    down, width, height: height + frameHead, boxes: ranked(boxes, down),
    arrows: drawn.map(({ from, to, kind }) => ({ from, to, kind, points: (dagre.edge(from, to, kind) as { points: { x: number; y: number }[] }).points })),
  };
}

function childrenOf(nodes: readonly GraphNode[]): ReadonlyMap<string, readonly GraphNode[]> {
  const known = new Set(nodes.map((node) => node.id));
  const children = new Map<string, GraphNode[]>();
  for (const node of nodes) if (node.parent !== null && known.has(node.parent)) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  return children;
}

function arrowsOf(graph: Graph, children: ReadonlyMap<string, readonly GraphNode[]>): readonly Omit<Arrow, 'points'>[] {
  const known = new Set(graph.nodes.map((node) => node.id));
  const inside = new Map<string, { needs: Set<string>; needed: Set<string> }>();
  for (const edge of graph.edges) {
    inside.set(edge.to, { needs: (inside.get(edge.to)?.needs ?? new Set()).add(edge.from), needed: inside.get(edge.to)?.needed ?? new Set() });
    inside.set(edge.from, { needs: inside.get(edge.from)?.needs ?? new Set(), needed: (inside.get(edge.from)?.needed ?? new Set()).add(edge.to) });
  }
  const ends = (id: string, side: 'first' | 'last'): readonly string[] => {
    const own = children.get(id);
    if (!own) return [id];
    const siblings = new Set(own.map((node) => node.id));
    const chosen = own.filter((node) => ![...(side === 'first' ? inside.get(node.id)?.needs : inside.get(node.id)?.needed) ?? []].some((other) => siblings.has(other)));
    return (chosen.length > 0 ? chosen : own).flatMap((node) => ends(node.id, side));
  };
  const seen = new Set<string>();
  return graph.edges.filter((edge) => known.has(edge.from) && known.has(edge.to)).flatMap(({ from, to, kind }) => ends(from, 'last').flatMap((start) => ends(to, 'first').flatMap((end) => {
    const key = JSON.stringify([start, end, kind]);
    if (start === end || seen.has(key)) return [];
    seen.add(key);
    return [{ from: start, to: end, kind }];
  })));
}

/** Columns by where boxes stand: dagre's own ranks are its own affair. */
function ranked(boxes: readonly Omit<Box, 'rank'>[], down: boolean): readonly Box[] {
  const place = (box: Omit<Box, 'rank'>): number => Math.round((down ? box.y : box.x) / 20);
  const columns = [...new Set(boxes.filter((box) => !box.frame).map(place))].sort((left, right) => left - right);
  return boxes.map((box) => ({ ...box, rank: box.frame ? -1 : columns.indexOf(place(box)) }));
}

/** Where the flow goes down, keys are turned with it. */
const turned = { ArrowLeft: 'ArrowUp', ArrowRight: 'ArrowDown', ArrowUp: 'ArrowLeft', ArrowDown: 'ArrowRight' } as const;

/** The box that an arrow key leads to, or null at the border: next column at about this height, or next in this column. */
export function neighbour(layout: Layout, from: string, pressed: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'): string | null {
  const key = layout.down ? turned[pressed] : pressed;
  const at = layout.boxes.find((box) => box.id === from);
  if (!at) return layout.boxes.find((box) => !box.frame)?.id ?? null;
  const middle = (box: Box): number => (layout.down ? box.x + box.width / 2 : box.y + box.height / 2);
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const column = layout.boxes.filter((box) => box.rank === at.rank && !box.frame && box.id !== at.id && (key === 'ArrowUp' ? middle(box) < middle(at) : middle(box) > middle(at)));
    return column.sort((left, right) => Math.abs(middle(left) - middle(at)) - Math.abs(middle(right) - middle(at)))[0]?.id ?? null;
  }
  const step = key === 'ArrowRight' ? 1 : -1;
  const linked = new Set(layout.arrows.flatMap((arrow) => (arrow.kind === 'back' ? [] : step > 0 && arrow.from === at.id ? [arrow.to] : step < 0 && arrow.to === at.id ? [arrow.from] : [])));
  const others = layout.boxes.filter((box) => !box.frame && box.id !== at.id);
  const beside = others.filter((box) => box.rank === at.rank + step);
  const candidates = others.some((box) => linked.has(box.id)) ? others.filter((box) => linked.has(box.id)) : beside;
  return candidates.sort((left, right) => Math.abs(middle(left) - middle(at)) - Math.abs(middle(right) - middle(at)))[0]?.id ?? null;
}
