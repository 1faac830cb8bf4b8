/** Files for the help: a cursor is written as `|`. Owns: how other workflows are known in these tests. */
import type { Around } from '../../../src/workflows/help/complete.ts';
import { createReader } from '../../../src/workflows/part.ts';
import type { Part } from '../../../src/workflows/part.ts';

export const head = 'name: X\ndescription: d\n';
const lookCloser = `${head}inputs: { area: string, deep: { type: boolean, default: false, description: How far } }\nsteps:\n  - { id: look, agent: planner, gives: result, outputs: { found: boolean } }\n`;

export function read(text: string): Part {
  return createReader((id) => (id === 'look-closer' ? lookCloser : null), ['look-closer', 'review-only']).part(text, 'mine');
}

/** `last`: what was read before the text was broken. */
export function around(last = ''): Around {
  return {
    read: (marked) => { const part = read(marked); return part.outline.nodes.length > 0 || last === '' ? part : read(last); },
    gates: ['unit', 'lint'],
    workflows: [{ id: 'look-closer', description: 'd', inputs: { area: 'string', deep: 'boolean: How far' } }, { id: 'review-only', description: 'Reviews', inputs: {} }],
  };
}

export function cursorIn(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}
