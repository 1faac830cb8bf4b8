// Who an agent spec names, and what its tokens cost. specs/agents.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { candidateOf } from '../../src/agents/agentSpec.ts';
import { costOf, pricingOf } from '../../src/agents/prices.ts';
import { toolbox } from '../../src/agents/tools/toolbox.ts';
import { createWorkers } from '../../src/agents/workers.ts';
import type { Endpoints, WorkRequest } from '../../src/ports/workers.ts';
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

  it('REQ-AGENT-19 know prices with and without a date behind the model', () => {
    const known = pricingOf('anthropic:claude-opus-5-5');
    assert.deepEqual([known.countedAs, pricingOf('anthropic:claude-opus-5-5-20261001')], [null, known]);
    assert.equal(costOf(known.price, { input: 3_000_000, written: 1_000_000, cached: 10_000_000, output: 1_000_000 }), 2 * 4 + 5 + 10 * 0.2 + 20);
    const demo = pricingOf('demo/openai');
    assert.deepEqual([demo.countedAs, costOf(demo.price, { input: 1e6, written: 0, cached: 1e6, output: 1e6 })], [null, 0]);
  });

  it('REQ-AGENT-31 count what they do not know as the dearest of its provider, else of all, by name', () => {
    const as = (agent: string): string | null => pricingOf(agent).countedAs;
    assert.deepEqual([as('openai:gpt-9'), as('openai:gpt-6-solar'), as('anthropic:test'), as('compatible:local/x') === null], ['openai:gpt-6-astra', 'openai:gpt-6-astra', 'anthropic:claude-fable-5-1', false]);
    assert.deepEqual(pricingOf('openai:gpt-9').price, pricingOf('openai:gpt-6-astra').price);
    assert.equal(pricingOf('compatible:local/x').price.output, 50);
  });

  it('REQ-AGENT-32 take the user\'s own prices first, the longest name that fits', () => {
    const price = (output: number) => ({ input: 1, output, cached: 1, written: 1 });
    const own = { 'compatible:local': price(0), 'compatible:local/big': price(3), 'openai:gpt-6-sol': price(4) };
    const output = (agent: string): unknown[] => [pricingOf(agent, own).price.output, pricingOf(agent, own).countedAs];
    assert.deepEqual(['compatible:local/small', 'compatible:local/big:8b', 'compatible:locally/x', 'openai:gpt-6-sol', 'openai:gpt-6-luna'].map(output), [[0, null], [3, null], [50, 'anthropic:claude-fable-5-1'], [4, null], [0.5, null]]);
  });

  it('REQ-AGENT-20 give planners and reviewers nothing to write or run with', () => {
    const names = (gives: WorkRequest['gives'], writes: boolean): readonly string[] => toolbox({ gives, writes, outputs: {}, amendable: false }).map(({ name }) => name);
    assert.deepEqual([names('plan', false), names('review', false), names('document', false), names('result', false), names('tree', true)], [
      ...['submit_plan', 'submit_review', 'submit_document', 'submit_result'].map((answer) => ['read_file', 'list_files', 'search', answer]),
      ['read_file', 'list_files', 'search', 'edit_file', 'write_file', 'run_command', 'finish'],
    ]);
  });
});
