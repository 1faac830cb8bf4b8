/**
 * The page of the graph panel: shows what the panel sends, and says what the person opens.
 * Owns: which view is shown, zoom, the one tab stop, and what is spoken. Refuses: messages of another shape; to take the focus by itself.
 */
import { graphWords, toGraphPageSchema } from '../protocol/graph.ts';
import type { FromGraphPage, Graph, GraphWord } from '../protocol/graph.ts';
import { drawGraph } from './drawGraph.ts';
import type { Drawing } from './drawGraph.ts';
import { drawTable } from './drawTable.ts';
import type { Table } from './drawTable.ts';
import { layoutOf, neighbour, structureOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { speak, word } from './words.ts';

interface Host { postMessage(message: FromGraphPage): void; getState(): unknown; setState(state: unknown): void }
declare function acquireVsCodeApi(): Host;

const host = acquireVsCodeApi();
const part = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const stage = part('stage');
const speech = part('speech');
/** What is spoken at most so often, ms: a run with many agents is not a stream of words. */
const speechPauseMs = 4_000;
/** Letters of 11 px are about 9 then. */
const smallest = 0.85;

let graph: Graph | undefined;
let structure = '';
let layout: Layout = { down: false, width: 0, height: 0, boxes: [], arrows: [] };
let drawing: Drawing | undefined;
let table: Table | undefined;
let chosen = '';
let zoom = 1;
let fitted = true;
let mode: 'graph' | 'table' = (host.getState() as { mode?: string } | undefined)?.mode === 'table' ? 'table' : 'graph';
let lastSpoken = 0;
let unsaid = new Map<string, string>();
let offered = '[]';

const open = (node: string): void => host.postMessage({ type: 'open', node });
const choose = (id: string): void => {
  chosen = id;
  drawing?.select(id, false);
  table?.select(id, false);
};

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const parsed = toGraphPageSchema.safeParse(event.data);
  if (!parsed.success) return;
  speak(parsed.data.words);
  host.setState({ ...(host.getState() as object | undefined), ...parsed.data.state });
  offer(parsed.data.actions);
  take(parsed.data.graph);
});

/** The panel's own buttons: made anew only when they are others, so that the focus stays. */
function offer(actions: readonly { readonly id: string; readonly title: string; readonly pressed: boolean }[]): void {
  const now = JSON.stringify(actions);
  if (now === offered) return;
  offered = now;
  const held = document.activeElement?.closest('[data-action]')?.getAttribute('data-action');
  part('actions').replaceChildren(...actions.map(({ id, title, pressed }) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset['action'] = id;
    button.textContent = title;
    button.setAttribute('aria-pressed', String(pressed));
    button.addEventListener('click', () => host.postMessage({ type: 'action', id }));
    return button;
  }));
  if (held != null) document.querySelector<HTMLElement>(`[data-action="${CSS.escape(held)}"]`)?.focus();
}

function take(next: Graph): void {
  noteChanges(graph, next);
  const first = graph === undefined;
  graph = next;
  part('title').textContent = next.title;
  part('subtitle').textContent = next.subtitle;
  for (const button of document.querySelectorAll<HTMLElement>('[data-word]')) {
    const text = word(button.dataset['word'] as GraphWord);
    button.textContent = text;
    button.title = text;
  }
  const now = structureOf(next);
  if (now !== structure || goesDown() !== layout.down || !drawing || !table) {
    structure = now;
    layout = layoutOf(next, goesDown());
    const held = document.activeElement?.closest('[data-id]') !== null && stage.contains(document.activeElement);
    drawing = drawGraph(layout, { open, chosen: choose });
    table = drawTable(open, choose);
    show();
    if (held) selectAgain(true);
  }
  update();
  // Where the run stands, once: from then on the person scrolls.
  if (first) stage.querySelector('.box.waiting, .box.failed, .box.working, .box.gating, .box.landing')?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

/** In a panel beside a text, which is higher than it is wide, the flow goes down. */
function goesDown(): boolean {
  return stage.clientHeight > stage.clientWidth;
}

function update(): void {
  if (!graph) return;
  const now = Date.now();
  drawing?.update(graph, now);
  table?.update(graph, now);
  if (!graph.nodes.some((node) => node.id === chosen)) selectAgain(false);
}

function selectAgain(focus: boolean): void {
  const target = graph?.nodes.some((node) => node.id === chosen) ? chosen : layout.boxes.find((box) => !box.frame)?.id ?? '';
  chosen = target;
  drawing?.select(target, focus && mode === 'graph');
  table?.select(target, focus && mode === 'table');
}

function show(): void {
  stage.replaceChildren(...(graph?.nodes.length === 0 ? [emptyLine()] : mode === 'graph' ? [drawing?.element ?? ''] : [table?.element ?? '']));
  for (const button of document.querySelectorAll<HTMLElement>('[data-mode]')) button.setAttribute('aria-pressed', String(button.dataset['mode'] === mode));
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-zoom]')) button.hidden = mode === 'table';
  scale();
}

function emptyLine(): HTMLElement {
  const line = document.createElement('p');
  line.textContent = word('nothing');
  return line;
}

/** Fits until the person zooms; never larger than life, nor smaller than can be read: a long chain is scrolled. */
function scale(): void {
  if (fitted && layout.width > 0) zoom = Math.min(1, Math.max(smallest, (stage.clientWidth - 8) / layout.width));
  drawing?.element.setAttribute('width', String(layout.width * zoom));
  drawing?.element.setAttribute('height', String(layout.height * zoom));
}

function noteChanges(before: Graph | undefined, after: Graph): void {
  if (!before) return;
  const states = new Map(before.nodes.map((node) => [node.id, node.state]));
  for (const node of after.nodes) if (states.has(node.id) && states.get(node.id) !== node.state) unsaid.set(node.id, word('changed', node.title, word(node.state)));
}

/** State changes in one polite sentence, gathered: every few seconds at the most. */
function sayChanges(): void {
  if (unsaid.size === 0 || Date.now() - lastSpoken < speechPauseMs) return;
  speech.textContent = [...unsaid.values()].slice(-4).join('. ');
  unsaid = new Map();
  lastSpoken = Date.now();
}

stage.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || chosen === '') return;
  const { key } = event;
  if (key === 'Enter' || key === ' ') open(chosen);
  else if (key === 'l' || key === 'L') host.postMessage({ type: 'log', node: chosen });
  else if (key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown') {
    const next = mode === 'graph' ? neighbour(layout, chosen, key) : rowBeside(key);
    if (next === null) return;
    choose(next);
    (mode === 'graph' ? drawing : table)?.select(next, true);
  } else return;
  event.preventDefault();
});

function rowBeside(key: string): string | null {
  const ids = graph?.nodes.map((node) => node.id) ?? [];
  return ids[ids.indexOf(chosen) + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0)] ?? null;
}

for (const button of document.querySelectorAll<HTMLElement>('[data-mode]')) {
  button.addEventListener('click', () => {
    mode = button.dataset['mode'] === 'table' ? 'table' : 'graph';
    host.setState({ ...(host.getState() as object | undefined), mode });
    show();
    selectAgain(false);
  });
}
for (const button of document.querySelectorAll<HTMLElement>('[data-zoom]')) {
  button.addEventListener('click', () => {
    fitted = button.dataset['zoom'] === 'fit';
    if (!fitted) zoom = Math.min(3, Math.max(0.2, zoom * (button.dataset['zoom'] === 'in' ? 1.25 : 0.8)));
    scale();
  });
}
window.addEventListener('resize', () => {
  if (graph && goesDown() !== layout.down) take(graph);
  else scale();
});
setInterval(() => {
  if (graph?.live) update();
  sayChanges();
}, 1_000);
speak(graphWords);
host.postMessage({ type: 'ready' });
