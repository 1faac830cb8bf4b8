// Who an agent spec names, and what its tokens cost. specs/agents.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { candidateOf } from '../../src/agents/agentSpec.ts';
import { costOf, priceOf } from '../../src/agents/prices.ts';
import { toolbox } from '../../src/agents/tools/toolbox.ts';
import { createWorkers } from '../../src/agents/workers.ts';
import type { Endpoints } from '../../src/ports/workers.ts';
import { handClock, memorySandbox, patience, quietLog } from './support.ts';

const demo = { anthropicUrl: 'http://127.0.0.1:1/anthropic', openaiUrl: 'http://127.0.0.1:1/openai/v1', key: 'k' };
const choose = (endpoints: Endpoints, agents: readonly string[], role: 'planner' | 'implementer' | 'reviewer' = 'implementer'): string | null => createWorkers({
  sandbox: memorySandbox(new Map()), clock: handClock(), log: quietLog, endpoints: () => endpoints, patience,
}).choose('task-1', agents, role);

describe('agent specs', () => {
  it('REQ-AGENT-17 choose the first of the chain that has what it needs', () => {
    const keys: Endpoints = { openai: { apiKey: 'k' }, compatible: { local: { baseUrl: 'http://127.0.0.1:1/v1' } } };
    assert.deepEqual([
      choose(keys, ['anthropic:claude-opus-5-5', 'openai:gpt-6-sol']), choose(keys, ['compatible:local/org/model:7b']), choose(keys, ['compatible:other/x', 'demo', 'openai:']), choose({}, ['demo']),
    ], ['openai:gpt-6-sol', 'compatible:local/org/model:7b', null, null]);
  });

  it('REQ-AGENT-18 resolve the demo by role: the reviewer is of another provider', () => {
    assert.deepEqual((['planner', 'implementer', 'reviewer'] as const).map((role) => choose({ demo }, ['demo'], role)), ['demo/anthropic', 'demo/anthropic', 'demo/openai']);
  });

  it('REQ-AGENT-17 say what is missing', () => {
    const missing = (spec: string): string | null => candidateOf(spec, 'implementer', {}).missing;
    assert.match(missing('anthropic:x') ?? '', /ANTHROPIC_API_KEY/);
    assert.match(missing('acp:claude') ?? '', /no agent of the kind "acp"/);
    assert.match(missing('gpt') ?? '', /"gpt" is no agent/);
    assert.match(missing('compatible:local') ?? '', /names no model/);
  });

  it('REQ-AGENT-19 know prices with and without a date behind the model, and none of what they do not know', () => {
    assert.deepEqual(priceOf('anthropic:claude-opus-5-5-20261001'), priceOf('anthropic:claude-opus-5-5'));
    assert.deepEqual([priceOf('openai:gpt-9'), priceOf('openai:gpt-6-solar'), priceOf('compatible:local/x')], [null, null, null]);
    const price = priceOf('anthropic:claude-opus-5-5') ?? assert.fail();
    assert.equal(costOf(price, { input: 3_000_000, written: 1_000_000, cached: 10_000_000, output: 1_000_000 }), 2 * 4 + 5 + 10 * 0.2 + 20);
    assert.equal(costOf(priceOf('demo/openai') ?? assert.fail(), { input: 1e6, written: 0, cached: 1e6, output: 1e6 }), 0);
  });

  it('REQ-AGENT-20 give planners and reviewers nothing to write or run with', () => {
    const names = (gives: 'plan' | 'tree' | 'review', writes: boolean): readonly string[] => toolbox({ gives, writes }).map(({ name }) => name);
    assert.deepEqual([names('plan', false), names('review', false), names('tree', true)], [
      ['read_file', 'list_files', 'search', 'submit_plan'], ['read_file', 'list_files', 'search', 'submit_review'],
      ['read_file', 'list_files', 'search', 'edit_file', 'write_file', 'run_command', 'finish'],
    ]);
  });
});
