/** specs/engine-process.md REQ-ENGINE-22: who works in which role. */
import assert from 'node:assert/strict';
import { agentChains } from '../../src/app/agentChains.ts';
import type { Wanted } from '../../src/app/agentChains.ts';
import { endpointsOf } from '../../src/app/keyRing.ts';

const anthropic = { apiKey: 'a' };
const openai = { apiKey: 'o' };
const chains = (wanted: Partial<Wanted>) => agentChains({ named: {}, settings: {}, endpoints: {}, sample: false, ...wanted });
const all = (planner: string, implementer: string, reviewer: string, sameProvider: boolean) => ({ agents: { planner: [planner], implementer: [implementer], reviewer: [reviewer] }, sameProvider });

describe('agentChains', () => {
  it('REQ-ENGINE-22 follows the keys, with a reviewer of the other provider where there is one', () => {
    assert.deepEqual(chains({ endpoints: { anthropic } }), all('anthropic:claude-sonnet-5-5', 'anthropic:claude-sonnet-5-5', 'anthropic:claude-sonnet-5-5', true));
    assert.deepEqual(chains({ endpoints: { openai } }), all('openai:gpt-6-sol', 'openai:gpt-6-sol', 'openai:gpt-6-sol', true));
    assert.deepEqual(chains({ endpoints: { anthropic, openai } }), all('anthropic:claude-sonnet-5-5', 'anthropic:claude-sonnet-5-5', 'openai:gpt-6-sol', false));
    assert.deepEqual(chains({ named: { implementer: ['openai:x'] }, endpoints: { anthropic, openai } }), all('openai:x', 'openai:x', 'anthropic:claude-sonnet-5-5', false));
  });

  it('REQ-ENGINE-22 takes what was named before what the settings say, and the implementer for a role that nobody named', () => {
    assert.deepEqual(chains({ named: { implementer: ['anthropic:x', 'openai:y'] }, settings: { planner: ['openai:p'], implementer: ['openai:z'] } }),
      { agents: { planner: ['openai:p'], implementer: ['anthropic:x', 'openai:y'], reviewer: ['anthropic:x', 'openai:y'] }, sameProvider: true });
    assert.deepEqual(chains({ named: { implementer: ['compatible:ollama/a'], reviewer: ['compatible:ollama/b'] }, endpoints: { compatible: { ollama: { baseUrl: 'http://127.0.0.1:1/v1' } } } }).sameProvider, true);
  });

  it('REQ-ENGINE-22 takes the demo agent in the sample repository, which is both providers by itself', () => {
    assert.deepEqual(chains({ sample: true }), all('demo', 'demo', 'demo', false));
    assert.deepEqual(chains({ sample: true, endpoints: { openai } }).agents.implementer, ['openai:gpt-6-sol']);
    assert.deepEqual(chains({ sample: true, named: { implementer: ['demo'] }, endpoints: { openai } }).agents.reviewer, ['demo']);
  });

  it('REQ-ENGINE-08 refuses what cannot work, with the way out', () => {
    assert.throws(() => chains({}), { code: 'no-agent', exit: 6 });
    assert.throws(() => chains({ named: { implementer: ['demo'] } }), { code: 'demo-outside-sample', exit: 2 });
    for (const spec of ['acp:claude', 'anthropic:', 'claude', 'openai:a b', 'compatible:x', 'compatible:nobody/x']) assert.throws(() => chains({ named: { implementer: [spec] } }), { code: 'unknown-agent', exit: 2 }, spec);
    assert.throws(() => chains({ named: { boss: ['demo'] }, sample: true }), { code: 'unknown-agent' });
  });

  it('REQ-ENGINE-03 makes endpoints of the SDKs\' standard names, and of nothing else', () => {
    assert.deepEqual(endpointsOf({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://x', OPENAI_BASE_URL: 'http://y', OTHER: 'z' }), { anthropic: { apiKey: 'k', baseUrl: 'http://x' } });
    assert.deepEqual(endpointsOf({ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: '' }), { openai: { apiKey: 'k' } });
  });
});
