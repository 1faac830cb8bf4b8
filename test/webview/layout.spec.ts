import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Graph, GraphNode } from '../../src/protocol/graph.ts';
import { layoutOf, neighbour, structureOf } from '../../src/webview/layout.ts';

const node = (id: string, parent: string | null = null): GraphNode => ({ id, parent, kind: 'agent', title: id, state: 'pending', detail: '', agent: '', attempts: 0, startedAt: null, finishedAt: null, costUsd: 0, tokens: 0, opens: 'nothing' });
const needs = (from: string, to: string): Graph['edges'][number] => ({ from, to, kind: 'needs' });
const fanOut: Graph = {
  title: '', subtitle: '', live: false, nodes: [node('plan'), node('build'), node('build/a', 'build'), node('build/b', 'build'), node('build/c', 'build'), node('test')],
  edges: [needs('plan', 'build'), needs('build/a', 'build/c'), needs('build', 'test')],
};

describe('the layout of a graph (specs/graph.md)', () => {
  const layout = layoutOf(fanOut);
  const box = (id: string) => layout.boxes.find((candidate) => candidate.id === id) ?? assert.fail(id);

  it('REQ-GRAPH-01 leads arrows at a frame to the steps that begin in it, and from those that end there', () => {
    assert.deepEqual(layout.arrows.map(({ from, to }) => `${from} → ${to}`).sort(), ['build/a → build/c', 'build/b → test', 'build/c → test', 'plan → build/a', 'plan → build/b']);
  });

  it('REQ-GRAPH-01 puts what needs something to the right of it, boxes over no other, and a frame around its own', () => {
    assert.equal(layout.arrows.every(({ from, to }) => box(from).x + box(from).width < box(to).x), true);
    const boxes = layout.boxes.filter((candidate) => !candidate.frame);
    const overlaps = boxes.flatMap((left, index) => boxes.slice(index + 1).filter((right) => left.x < right.x + right.width && right.x < left.x + left.width && left.y < right.y + right.height && right.y < left.y + left.height));
    const inside = ['build/a', 'build/b', 'build/c'].map(box).every((one) => one.x > box('build').x && one.y > box('build').y && one.x + one.width < box('build').x + box('build').width && one.y + one.height < box('build').y + box('build').height);
    assert.deepEqual({ overlaps, inside, frame: box('build').frame }, { overlaps: [], inside: true, frame: true });
  });

  it('REQ-GRAPH-03 is the same for the same boxes and arrows, whatever their states', () => {
    const later = { ...fanOut, nodes: fanOut.nodes.map((one) => ({ ...one, state: 'done' as const })) };
    assert.deepEqual([structureOf(later) === structureOf(fanOut), layoutOf(later)], [true, layout]);
    assert.notEqual(structureOf({ ...fanOut, nodes: fanOut.nodes.slice(1) }), structureOf(fanOut));
  });

  it('REQ-GRAPH-05 reaches every box by arrow keys', () => {
    const reached = new Set(['plan']);
    for (const from of reached) for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const) reached.add(neighbour(layout, from, key) ?? from);
    assert.deepEqual([...reached].sort(), ['build/a', 'build/b', 'build/c', 'plan', 'test']);
    assert.equal(neighbour(layout, 'plan', 'ArrowLeft'), null);
  });

  it('REQ-GRAPH-05 goes down in a panel that is higher than wide, and the arrow keys with it', () => {
    const down = layoutOf(fanOut, true);
    const at = (id: string) => down.boxes.find((candidate) => candidate.id === id) ?? assert.fail(id);
    assert.equal(down.arrows.every(({ from, to }) => at(from).y + at(from).height < at(to).y), true);
    const reached = new Set(['plan']);
    for (const from of reached) for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const) reached.add(neighbour(down, from, key) ?? from);
    assert.deepEqual([[...reached].sort(), neighbour(down, 'plan', 'ArrowUp'), neighbour(down, 'build/c', 'ArrowDown')], [['build/a', 'build/b', 'build/c', 'plan', 'test'], null, 'test']);
  });

  it('REQ-GRAPH-01 lays out nothing, a circle of work sent back, and an arrow that leads nowhere', () => {
    assert.deepEqual(layoutOf({ ...fanOut, nodes: [], edges: [] }).boxes, []);
    const circle = layoutOf({ ...fanOut, nodes: [node('a'), node('b')], edges: [needs('a', 'b'), { from: 'b', to: 'a', kind: 'back' }, needs('gone', 'b')] });
    assert.deepEqual(circle.arrows.map(({ from, to }) => `${from} → ${to}`), ['a → b', 'b → a']);
  });
});
