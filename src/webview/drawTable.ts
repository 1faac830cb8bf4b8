/** The same facts as the graph, as a table. Owns: its rows. Refuses: to know more or less than the graph does, and markup from outside. */
import type { Graph, GraphNode } from '../protocol/graph.ts';
import { elapsed, money, word } from './words.ts';

const columns = ['step', 'kind', 'state', 'agent', 'attempts', 'time', 'cost', 'detail'] as const;

export interface Table { update(graph: Graph, now: number): void; select(id: string, focus: boolean): void; readonly element: HTMLTableElement }

export function drawTable(open: (id: string) => void, chosen: (id: string) => void): Table {
  const element = document.createElement('table');
  const head = element.createTHead().insertRow();
  const body = element.createTBody();
  const rows = new Map<string, HTMLTableRowElement>();
  for (const column of columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.className = column;
    cell.textContent = word(column);
    head.append(cell);
  }
  const rowOf = (id: string): HTMLTableRowElement => {
    const row = body.insertRow();
    row.tabIndex = -1;
    row.dataset['id'] = id;
    row.addEventListener('click', () => { chosen(id); open(id); });
    row.addEventListener('focus', () => chosen(id));
    for (const column of columns) row.insertCell().className = column;
    rows.set(id, row);
    return row;
  };
  return {
    element,
    update: (graph, now) => {
      const there = new Set(graph.nodes.map((node) => node.id));
      // A file has no times and no costs, and its table stands in a narrow panel.
      element.className = graph.nodes.every((node) => node.opens === 'line') ? 'file' : '';
      for (const [id, row] of rows) if (!there.has(id)) { row.remove(); rows.delete(id); }
      for (const node of graph.nodes) {
        const row = rows.get(node.id) ?? rowOf(node.id);
        row.className = `${node.state}${node.parent === null ? '' : ' inner'}`;
        for (const [index, text] of cellsOf(node, now).entries()) {
          const cell = row.cells[index];
          if (cell && cell.textContent !== text) cell.textContent = text;
        }
      }
    },
    select: (id, focus) => {
      for (const [own, row] of rows) row.tabIndex = own === id ? 0 : -1;
      if (focus) rows.get(id)?.focus();
    },
  };
}

function cellsOf(node: GraphNode, now: number): readonly string[] {
  return [node.title, node.kind, word(node.state), node.agent, node.attempts > 0 ? String(node.attempts) : '', elapsed(node, now), money(node), node.detail];
}
