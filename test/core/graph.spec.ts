/** Who needs whom in a workflow, and who is within whom. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ancestors, downstream, graphOf } from '../../src/core/graph.ts';
import { workflowSchema } from '../../src/core/workflow.ts';

const run = (id: string, needs: readonly string[], within: string | null = null) => ({ id, kind: 'run', command: 'true', needs, within });
/** Written so that needs stand after who needs them: the order of the file is no order of work. */
const workflow = workflowSchema.parse({ name: 'graph', description: '', steps: [
  { id: 'land', kind: 'merge', needs: ['check', 'scan'] }, run('check', ['build']), { id: 'build', kind: 'use', workflow: 'build.yaml', needs: ['scan'] },
  run('build/make', [], 'build'), run('build/pack', ['build/make'], 'build'), run('scan', []), run('aside', ['elsewhere']), { id: 'again', kind: 'merge', needs: ['land'] },
  { id: 'choose', kind: 'checkpoint', about: 'choice', needs: ['aside'] }, { id: 'ask', kind: 'checkpoint', about: 'review', needs: ['choose'] },
] });
const ids = (steps: readonly { readonly id: string }[]): string => steps.map(({ id }) => id).join(' ');

describe('the graph of a workflow', () => {
  it('REQ-FLOW-01 says of each step what it needs, who needs it, and within which use it is', () => {
    const { needs, dependants, within, inside, merges, choices } = graphOf(workflow);
    assert.deepEqual({ needs, dependants, within, inside, merges, choices }, {
      needs: [[1, 5], [2], [5], [], [3], [], [], [0], [6], [8]], dependants: [[7], [0], [1], [4], [], [0, 2], [8], [], [9], []],
      within: [-1, -1, -1, 2, 2, -1, -1, -1, -1, -1], inside: [[], [], [3, 4], [], [], [], [], [], [], []], merges: [0, 7], choices: [8],
    });
  });

  it('REQ-FLOW-01 is built once for each workflow: every event asks for it', () => {
    assert.equal(graphOf(workflow), graphOf(workflow));
    assert.notEqual(graphOf(structuredClone(workflow)), graphOf(workflow));
  });

  it('REQ-FLOW-01 tells all that has to end before a step, however far, as the workflow lists it', () => {
    assert.deepEqual(['again', 'land', 'build/pack', 'scan', 'aside'].map((step) => ids(ancestors(workflow, step))), ['land check build scan', 'check build scan', 'build/make', '', '']);
  });

  it('REQ-FLOW-01 tells all that has to wait for a step, however far, as the workflow lists it', () => {
    assert.deepEqual(['scan', 'build', 'again'].map((step) => ids(downstream(workflow, step))), ['land check build again', 'land check again', '']);
  });

  it('REQ-FLOW-01 knows nothing before or after a step that there is not', () => {
    assert.deepEqual([ancestors(workflow, 'nosuch'), downstream(workflow, 'nosuch')], [[], []]);
  });

  it('REQ-FLOW-01 comes to an end where steps need each other: such a workflow is refused elsewhere', () => {
    const circle = workflowSchema.parse({ name: 'circle', description: '', steps: [run('a', ['b']), run('b', ['a']), run('c', ['b'])] });
    assert.deepEqual([ids(ancestors(circle, 'c')), ids(downstream(circle, 'a'))], ['a b', 'a b c']);
  });
});
