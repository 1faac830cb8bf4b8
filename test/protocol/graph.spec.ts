import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { graphSchema, runGraph } from '../../src/protocol/graph.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { finishedAttempt, given, planApproved, startedAttempt } from '../support/given.ts';

const graph = runGraph(viewOf(given([...planApproved(), startedAttempt('implement/a'), finishedAttempt('implement/a', { kind: 'failed', failure: 'rate-limit', message: 'slow down', retryAt: null })]).state));

describe('a run as a graph (specs/graph.md)', () => {
  it('REQ-GRAPH-01 has a box for each step and subtask, inside its fan-out, and an arrow for each need', () => {
    assert.deepEqual(graph.nodes.map((node) => [node.id, node.parent, node.state, node.opens]), [
      ['plan', null, 'done', 'log'], ['approve-plan', null, 'done', 'nothing'], ['implement', null, 'ready', 'nothing'],
      ['implement/a', 'implement', 'ready', 'log'], ['implement/b', 'implement', 'ready', 'nothing'], ['implement/c', 'implement', 'pending', 'nothing'],
      ['test', null, 'pending', 'nothing'], ['review', null, 'pending', 'nothing'], ['approve-merge', null, 'pending', 'nothing'], ['merge', null, 'pending', 'nothing'],
    ]);
    assert.deepEqual(graph.edges.map(({ from, to }) => `${from} → ${to}`), [
      'plan → approve-plan', 'approve-plan → implement', 'implement/a → implement/c', 'implement/b → implement/c',
      'implement → test', 'test → review', 'review → approve-merge', 'approve-merge → merge',
    ]);
    assert.deepEqual(graphSchema.parse(graph), graph);
  });

  it('REQ-GRAPH-01 says at a box who works, how often, and why it waits', () => {
    const { agent, attempts, detail } = graph.nodes.find((node) => node.id === 'implement/a') ?? { agent: '', attempts: 0, detail: '' };
    assert.deepEqual({ agent, attempts, why: detail.includes('slow down') }, { agent: 'demo', attempts: 1, why: true });
  });
});
