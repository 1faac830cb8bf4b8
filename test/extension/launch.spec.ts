import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agentsOf, agentsText, launchPrompt, launchTitle, readAgents, readChoice, runsSomething, trustText } from '../../src/extension/launch/launchChoice.ts';
import type { Inspection } from '../../src/extension/launch/launchChoice.ts';

const inspection: Inspection = {
  base: { ref: 'refs/heads/main', commit: 'a1b2c3d4e5f6', target: 'refs/heads/main' }, dirty: [], trusted: false, sample: true, specs: [],
  content: { hash: 'h', setup: 'npm ci', copy: ['.env.local'], protect: [], target: null, gates: [{ id: 'unit', command: 'npm test', timeoutMs: 1, report: null, runner: 'mocha', resolves: { 'package.json#scripts.test': 'x' }, from: 'package.json' }] },
  workflows: [{ name: 'Quick change', id: 'quick-change', description: '' }, { name: 'Spec and build', id: 'spec-and-build', description: '' }],
};
const none = readChoice(undefined);

describe('launching from the editor', () => {
  it('REQ-EXT-20 states workflow, agents and base, and that files are not touched', () => {
    assert.equal(launchTitle(none, inspection), 'New Task · Spec and build · demo · main a1b2c3d4');
    assert.equal(launchTitle({ workflow: 'quick-change', base: 'dev', agents: { implementer: ['anthropic:m'], reviewer: ['openai:n'] } }, { ...inspection, sample: false }), 'New Task · Quick change · implementer anthropic:m · reviewer openai:n · main a1b2c3d4');
    assert.equal(launchTitle(none, null), 'New Task · spec-and-build · agents by your keys · current branch');
    assert.equal(launchPrompt(inspection, 0), 'Runs in new worktrees from main a1b2c3d4; your files are not touched.');
    assert.equal(launchPrompt({ ...inspection, dirty: ['a', 'b'] }, 1), 'Runs in new worktrees from main a1b2c3d4; your files are not touched. 2 uncommitted files are not seen by it. Runs in parallel with 1 more.');
  });

  it('REQ-EXT-20 remembers a choice and survives what it cannot read', () => {
    const choice = { workflow: 'quick-change', base: null, agents: { implementer: ['demo'] } };
    assert.deepEqual([readChoice(JSON.parse(JSON.stringify(choice))), readChoice({ workflow: 3 })], [choice, { workflow: null, base: null, agents: {} }]);
  });

  it('REQ-EXT-21 shows everything that would run before it is trusted', () => {
    assert.deepEqual(trustText(inspection).split('\n').slice(0, 4), ['Set-up: npm ci', 'Gate unit: npm test', '    package.json#scripts.test', 'Copied into worktrees: .env.local']);
    const harmless = { ...inspection, content: { ...inspection.content, setup: null, gates: [] } };
    assert.deepEqual([runsSomething(inspection), runsSomething(harmless)], [true, false]);
  });

  it('REQ-EXT-22 takes the demo agent in the sample repository, and never elsewhere', () => {
    const demo = { ...none, agents: { implementer: ['demo'] } };
    assert.deepEqual([agentsOf(none, true), agentsOf(none, false), agentsOf(demo, true), agentsOf(demo, false)], [demo.agents, {}, demo.agents, {}]);
    const own = { ...none, agents: { implementer: ['openai:m'] } };
    assert.deepEqual([agentsOf(own, true), agentsOf(own, false)], [own.agents, own.agents]);
    assert.equal(agentsText({}), 'agents by your keys');
  });

  it('reads agents as one for all, as a chain, or for each role, and refuses what does not exist', () => {
    assert.deepEqual(['', 'anthropic:m', 'anthropic:m , openai:n', 'implementer=demo reviewer=compatible:local/qwen'].map((text) => readAgents(text)), [
      { ok: true, agents: {} }, { ok: true, agents: { implementer: ['anthropic:m'] } }, { ok: true, agents: { implementer: ['anthropic:m', 'openai:n'] } },
      { ok: true, agents: { implementer: ['demo'], reviewer: ['compatible:local/qwen'] } },
    ]);
    assert.deepEqual(['claude', 'boss=demo', 'openai:', 'acp:codex'].map((text) => readAgents(text).ok), [false, false, false, false]);
  });
});
