/** specs/engine-process.md REQ-ENGINE-22: who works in which role. */
import assert from 'node:assert/strict';
import { agentChains } from '../../src/app/agentChains.ts';
import type { Wanted } from '../../src/app/agentChains.ts';
import { endpointsOf } from '../../src/app/keyRing.ts';

const anthropic = { apiKey: 'a' };
const openai = { apiKey: 'o' };
const chains = (wanted: Partial<Wanted>) => agentChains({ named: {}, settings: {}, endpoints: {}, sample: false, ...wanted });
const all = (planner: string, implementer: string, reviewer: string, sameProvider: boolean) => ({ agents: { planner: [planner], implementer: [implementer], reviewer: [reviewer] }, notes: [], sameProvider });
const step = (id: string, agents: readonly string[] | null = null, role: 'planner' | 'implementer' | 'reviewer' = 'implementer') => ({ id, role, agents });

describe('agentChains', () => {
  it('REQ-ENGINE-22 follows the keys, with a reviewer of the other provider where there is one', () => {
    assert.deepEqual(chains({ endpoints: { anthropic } }), all('anthropic:claude-sonnet-5-5', 'anthropic:claude-sonnet-5-5', 'anthropic:claude-sonnet-5-5', true));
    assert.deepEqual(chains({ endpoints: { openai } }), all('openai:gpt-6-sol', 'openai:gpt-6-sol', 'openai:gpt-6-sol', true));
    assert.deepEqual(chains({ endpoints: { anthropic, openai } }), all('anthropic:claude-sonnet-5-5', 'anthropic:claude-sonnet-5-5', 'openai:gpt-6-sol', false));
    assert.deepEqual(chains({ named: { implementer: ['openai:x'] }, endpoints: { anthropic, openai } }), all('openai:x', 'openai:x', 'anthropic:claude-sonnet-5-5', false));
  });

  it('REQ-ENGINE-22 takes what was named before what the settings say, and the implementer for a role that nobody named', () => {
    const { agents, sameProvider } = chains({ named: { implementer: ['anthropic:x', 'openai:y'] }, settings: { planner: ['openai:p'], implementer: ['openai:z'], tester: ['openai:t'] } });
    assert.deepEqual([agents, sameProvider], [{ planner: ['openai:p'], implementer: ['anthropic:x', 'openai:y'], reviewer: ['anthropic:x', 'openai:y'], tester: ['openai:t'] }, true]);
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

  it('REQ-ENGINE-08 names everything that is wrong at once, the agents of steps too', () => {
    assert.throws(() => chains({ named: { implementer: ['claude'], boss: ['demo'] }, steps: [step('plan', ['acp:x', 'anthropic:ok']), step('do', ['compatible:nobody/x']), step('see')], endpoints: { anthropic } }), {
      code: 'unknown-agent', exit: 2, message: 'There is no role "boss". This version has no agent "claude". This version has no agent "acp:x" (step "plan"). "compatible:nobody/x" names the endpoint "nobody", which your settings do not have (step "do").',
    });
    assert.throws(() => chains({ steps: [step('plan', ['auto']), step('do')] }), { code: 'no-agent', exit: 6, message: /No agent is configured.* "auto" \(step "plan"\)/ });
  });

  it('REQ-ENGINE-22 needs nobody else where each step says who does it', () => {
    const ollama = { compatible: { ollama: { baseUrl: 'http://127.0.0.1:1/v1' } } };
    assert.deepEqual(chains({ steps: [step('do', ['compatible:ollama/a'])], endpoints: ollama }).agents.implementer, ['compatible:ollama/a']);
  });

  it('REQ-ENGINE-24 says at the launch whose work will wait for a key', () => {
    const steps = [step('plan', null, 'planner'), step('do'), step('fix', ['anthropic:z']), step('look', null, 'reviewer')];
    const { notes } = chains({ named: { implementer: ['anthropic:x', 'anthropic:y'], reviewer: ['anthropic:x', 'openai:y'], tester: ['anthropic:t'] }, steps, endpoints: { openai } });
    assert.deepEqual(notes, [
      'There is no key for anthropic:x, anthropic:y (role planner, role implementer): that work waits until ANTHROPIC_API_KEY is set and the task is retried.',
      'There is no key for anthropic:z (step fix): that work waits until ANTHROPIC_API_KEY is set and the task is retried.',
    ]);
  });

  it('REQ-ENGINE-03 makes endpoints of the SDKs\' standard names, and of nothing else', () => {
    assert.deepEqual(endpointsOf({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://x', OPENAI_BASE_URL: 'http://y', OTHER: 'z' }), { anthropic: { apiKey: 'k', baseUrl: 'http://x' } });
    assert.deepEqual(endpointsOf({ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: '' }), { openai: { apiKey: 'k' } });
  });
});
