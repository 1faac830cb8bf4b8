/** REQ-ZEN-08 of specs/workflows.md: what a preset's name comes to. */
import assert from 'node:assert/strict';
import { withPresets } from '../../src/app/presets.ts';
import { workflowSchema } from '../../src/core/workflow.ts';

const workflow = (agents: readonly (readonly string[] | null)[]) => workflowSchema.parse({
  name: 'Z', description: '', steps: agents.map((specs, at) => ({ kind: 'agent', id: `s${at}`, needs: [], role: 'implementer', gives: 'tree', repairs: 0, agents: specs })),
});

describe('presets', () => {
  it('REQ-ZEN-08 are the chains that the user\'s settings give these names, each agent once', () => {
    const { workflow: resolved, notes } = withPresets(workflow([['preset:thinker'], ['openai:a', 'preset:thinker'], null]), { thinker: ['anthropic:x', 'openai:a'] });
    assert.deepEqual([resolved.steps.map((step) => step.kind === 'agent' && step.agents), notes], [[['anthropic:x', 'openai:a'], ['openai:a', 'anthropic:x'], null], []]);
  });

  it('REQ-ZEN-08 that the settings do not have are the role\'s agents, and that is said once for each, with its steps', () => {
    const { workflow: resolved, notes } = withPresets(workflow([['preset:a'], ['preset:a'], ['preset:constructor', 'openai:b']]), {});
    assert.deepEqual(resolved.steps.map((step) => step.kind === 'agent' && step.agents), [null, null, ['openai:b']]);
    assert.deepEqual(notes.map((note) => note.split(':')[0]), ['Your settings have no preset "a", for which the steps s0, s1 ask', 'Your settings have no preset "constructor", for which the step s2 asks']);
  });
});
