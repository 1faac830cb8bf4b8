/**
 * The graph as SVG. Owns: its elements, made once per structure and brought up to date in place, so that nothing blinks and the
 * focus stays. Refuses: markup from outside: every text is a text node.
 */
import type { Graph, GraphNode } from '../protocol/graph.ts';
import { boxSize } from './layout.ts';
import type { Arrow, Box, Layout } from './layout.ts';
import { elapsed, money, spoken, word } from './words.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';

/** One outline per state: they differ in shape, not in colour alone. 12 × 12. */
const icons: Readonly<Record<GraphNode['state'], string>> = {
  drawn: 'M2.5 2.5h7v7h-7z',
  wrong: 'M6 1.5v5.5M6 9.7v.3',
  pending: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  ready: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9zM6 3.5V6l2 1.5',
  working: 'M10.5 6A4.5 4.5 0 1 1 6 1.5',
  gating: 'M4.5 1.5h3M5 1.5v3l-2.6 5.2a.6.6 0 0 0 .5.8h6.2a.6.6 0 0 0 .5-.8L7 4.5v-3M3.7 7.5h4.6',
  landing: 'M3 2v8M3 5.5c3 0 5-1 6-3M9 2.5l.3 2M9 2.5l-2 .3',
  waiting: 'M6 1.5l5 9H1zM6 5v2.5M6 9v.3',
  done: 'M2 6.5l3 3l5-7',
  skipped: 'M2 3l4 3l-4 3zM10 3v6',
  failed: 'M2.5 2.5l7 7M9.5 2.5l-7 7',
};

export interface Drawing {
  /** Brings every box up to date. The structure is the one that it was made for. */
  update(graph: Graph, now: number): void;
  /** Moves the one tab stop; `focus` gives it the keyboard, too. */
  select(id: string, focus: boolean): void;
  readonly element: SVGSVGElement;
}

export function drawGraph(layout: Layout, handlers: { readonly open: (id: string) => void; readonly chosen: (id: string) => void }): Drawing {
  const element = svg('svg', { role: 'group', width: layout.width, height: layout.height, viewBox: `0 0 ${layout.width} ${layout.height}` });
  element.append(arrowHead());
  const boxes = new Map<string, BoxElements>();
  const frames = layout.boxes.filter((box) => box.frame).sort((left, right) => right.width * right.height - left.width * left.height);
  for (const box of frames) boxes.set(box.id, frameOf(element, box));
  for (const arrow of layout.arrows) element.append(pathOf(arrow));
  for (const box of layout.boxes.filter((candidate) => !candidate.frame)) {
    const made = boxOf(element, box);
    made.group.addEventListener('click', () => { handlers.chosen(box.id); handlers.open(box.id); });
    made.group.addEventListener('focus', () => handlers.chosen(box.id));
    boxes.set(box.id, made);
  }
  return {
    element,
    update: (graph, now) => { for (const node of graph.nodes) boxes.get(node.id)?.update(node, now); },
    select: (id, focus) => {
      for (const [own, { group }] of boxes) {
        if (group.hasAttribute('tabindex')) group.setAttribute('tabindex', own === id ? '0' : '-1');
      }
      if (focus) boxes.get(id)?.group.focus();
    },
  };
}

interface BoxElements { readonly group: SVGGElement; update(node: GraphNode, now: number): void }

function frameOf(parent: SVGElement, box: Box): BoxElements {
  const group = svg('g', { class: 'frame', transform: `translate(${box.x} ${box.y})` });
  const title = text(8, 15, 'frame-title');
  group.append(svg('rect', { width: box.width, height: box.height, rx: 6 }), title);
  parent.append(group);
  return { group, update: (node) => { write(title, [node.title, node.detail].filter(Boolean).join(' · '), Math.floor(box.width / 7)); } };
}

function boxOf(parent: SVGElement, box: Box): BoxElements {
  const group = svg('g', { class: 'box', role: 'button', tabindex: '-1', transform: `translate(${box.x} ${box.y})`, 'data-id': box.id });
  // The place is the group's: the turning of the icon is a transform of its own.
  const place = svg('g', { transform: 'translate(10 9)' });
  const icon = svg('path', { class: 'icon' });
  place.append(icon);
  const tip = svg('title', {});
  const lines = [text(29, 19, 'title'), text(10, 34, 'line'), text(10, 48, 'line quiet')] as const;
  group.append(tip, svg('rect', { width: box.width, height: box.height, rx: 5 }), place, ...lines);
  parent.append(group);
  return {
    group,
    update: (node, now) => {
      group.setAttribute('class', `box ${node.state}`);
      group.setAttribute('aria-label', spoken(node, now));
      if (icon.getAttribute('d') !== icons[node.state]) icon.setAttribute('d', icons[node.state]);
      const width = Math.floor(boxSize.width / 6.6);
      write(lines[0], node.title, Math.floor((boxSize.width - 33) / 8));
      write(lines[1], [node.agent, node.attempts > 1 ? word('attempt', node.attempts) : ''].filter(Boolean).join(' · ') || (node.opens === 'line' ? '' : node.detail) || node.kind, width);
      // Of a file there is no time and no cost: what a step would do, or came to in a dry run, stands there.
      write(lines[2], node.opens === 'line' ? node.detail || word(node.state) : [word(node.state), elapsed(node, now), money(node)].filter(Boolean).join(' · '), width);
      if (tip.textContent !== node.detail) tip.textContent = node.detail;
    },
  };
}

function pathOf(arrow: Arrow): SVGPathElement {
  const [first, ...rest] = arrow.points;
  const last = rest.at(-1);
  if (!first || !last) return svg('path', {});
  // Through dagre's points with the bends rounded: each bend is the control of a curve between the middles beside it.
  const middles = rest.slice(0, -1).map((point, index) => ({ x: (point.x + (rest[index + 1]?.x ?? point.x)) / 2, y: (point.y + (rest[index + 1]?.y ?? point.y)) / 2 }));
  const curves = middles.map((middle, index) => `Q${rest[index]?.x ?? 0} ${rest[index]?.y ?? 0} ${middle.x} ${middle.y}`).join('');
  return svg('path', { class: `arrow ${arrow.kind}`, d: `M${first.x} ${first.y}${curves}L${last.x} ${last.y}`, 'marker-end': 'url(#head)', 'aria-hidden': 'true' });
}

function arrowHead(): SVGDefsElement {
  const defs = svg('defs', {});
  const marker = svg('marker', { id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' });
  marker.append(svg('path', { d: 'M0 0L8 4L0 8z', class: 'head' }));
  defs.append(marker);
  return defs;
}

/** Cut to a number of characters; the whole stands in the table and in the tooltip. */
function write(target: SVGTextElement, value: string, characters: number): void {
  const line = value.replaceAll(/\s+/g, ' ').trim();
  const shown = line.length > characters ? `${line.slice(0, characters - 1)}…` : line;
  if (target.textContent !== shown) target.textContent = shown;
}

function text(x: number, y: number, name: string): SVGTextElement {
  return svg('text', { x, y, class: name });
}

function svg<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Readonly<Record<string, string | number>>): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
