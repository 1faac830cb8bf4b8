/** Whole tasks through the built programs, with scripted models behind the real SDKs: agents that lie, break, escape, collide. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { RunView } from '../../src/protocol/runView.ts';
import { lastView, openGround } from '../cli/support/ground.ts';
import type { Ground } from '../cli/support/ground.ts';
import { needsWalls } from '../sandbox/ground.ts';
import { claimsThatTestsPass, writesOutside, writesOutsideByCommand } from '../support/modelBehaviours.ts';
import { call, inTurn, say, startModelServer } from '../support/modelServer.ts';
import type { ModelScript, ModelServer } from '../support/modelServer.ts';
import { until } from '../support/until.ts';

const sumTest = 'import { test } from "node:test";\nimport assert from "node:assert/strict";\nimport { sum } from "./sum.js";\ntest("adds", () => assert.equal(sum(2, 3), 5));\n';
const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'sum.js': 'export const sum = (a, b) => a + b;\n', 'sum.test.js': sumTest, 'lines.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n',
};

describe('a whole task with a model that', function () {
  this.timeout(180_000);
  let ground: Ground;
  let servers: ModelServer[];
  let repository: string;

  beforeEach(() => {
    ground = openGround();
    servers = [];
    repository = ground.repository('sums', project);
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await ground.close();
  });

  const main = (): string => ground.git(repository, 'rev-parse', 'main').trim();
  const subjects = (): string[] => ground.git(repository, 'log', '--format=%s', 'main').trim().split('\n');

  async function treeline(server: ModelServer | null, ...words: string[]) {
    const environment = server ? { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' } : {};
    return ground.treeline([...words, '--repo', repository, '--json'], { environment });
  }

  async function model(script: ModelScript): Promise<ModelServer> {
    const server = await startModelServer(script);
    servers.push(server);
    return server;
  }

  async function quickChange(script: ModelScript, ...more: string[]): Promise<{ code: number | null; view: RunView; server: ModelServer }> {
    const server = await model(script);
    const ran = await treeline(server, 'run', 'change something', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--yes', ...more);
    return { code: ran.code, view: lastView(ran.stdout), server };
  }

  const outcomes = (view: RunView) => view.steps.find((step) => step.id === 'implement')?.attempts.map((attempt) => attempt.outcome);

  it('does what was asked: REQ-MOTOR-03 lands one clean commit and leaves nothing behind', async () => {
    const { code, view } = await quickChange(inTurn([call('write_file', { path: 'lines.txt', content: 'changed\n' }), call('finish', { summary: 'changed the lines' })]));
    assert.deepEqual([code, view.state, subjects()], [0, 'merged', ['change something', 'first']]);
    assert.equal(ground.git(repository, 'show', 'main:lines.txt'), 'changed\n');
    assert.equal(ground.git(repository, 'status', '--porcelain'), '');
    assert.equal(ground.git(repository, 'fsck', '--no-dangling'), '');
    assert.equal(ground.git(repository, 'branch', '--format=%(refname)'), 'refs/heads/main\n');
    assert.equal(ground.git(repository, 'worktree', 'list').trim().split('\n').length, 1);
    assert.equal(existsSync(`${repository}.worktrees`), false);
  });

  it('says that all tests pass while they do not: the gate says otherwise and nothing is merged', async () => {
    const before = main();
    const { code, view, server } = await quickChange(claimsThatTestsPass('sum.js', 'export const sum = () => 4;\n'));
    assert.deepEqual([code, view.state, main()], [1, 'failed', before]);
    assert.deepEqual(view.failures.map(({ at, why }) => ({ at, why })), [{ at: 'test', why: 'gate rejected: new-failures' }]);
    assert.deepEqual(outcomes(view), ['tree', 'no-changes', 'no-changes', 'no-changes', 'no-changes'], 'the evidence went back up to the cap');
    assert.match(JSON.stringify(server.requests.at(-1)?.body), /adds/, 'the failing test is named to the agent');
  });

  it('ends its stream in the middle, every time: the run pauses with a next step', async () => {
    const before = main();
    const { code, view } = await quickChange(() => ({ kind: 'no-stop', reply: { text: 'half an ans', calls: [], usage: { input: 1, cached: 0, output: 1 } } }));
    assert.deepEqual([code, view.state, view.waiting?.for, main()], [3, 'waiting', 'agent', before]);
    assert.deepEqual(new Set(outcomes(view)), new Set(['failed: network']));
    assert.match(view.waiting?.next ?? '', /retry/i);
  });

  for (const status of [429, 500, 529]) {
    it(`answers ${status} once: the run waits a little and goes on`, async () => {
      const { code, view } = await quickChange(inTurn([
        { kind: 'status', status, ...(status === 429 ? { retryAfter: 1 } : {}) }, call('write_file', { path: 'lines.txt', content: 'changed\n' }), call('finish', { summary: 'done' }),
      ]));
      assert.deepEqual([code, outcomes(view)], [0, [`failed: ${status === 429 ? 'rate-limit' : 'overloaded'}`, 'tree']]);
    });
  }

  it('calls an unknown tool again and again: a named state, and a retry helps when it has come to its senses', async () => {
    let sane = false;
    const script: ModelScript = (request) => (sane ? inTurn([call('write_file', { path: 'lines.txt', content: 'x\n' }), call('finish', { summary: 'done' })])({ ...request, number: request.calls.length + 1 }) : call('teleport', { to: request.number }));
    const { code, view, server } = await quickChange(script);
    assert.deepEqual([code, view.waiting?.for, outcomes(view)], [3, 'agent', ['failed: model', 'failed: model']]);
    sane = true;
    assert.equal((await treeline(server, 'retry', view.task)).code, 0);
    const watched = await treeline(server, 'watch', view.task);
    assert.deepEqual([watched.code, lastView(watched.stdout).state], [0, 'merged']);
  });

  for (const [way, script] of [['file tools', writesOutside], ['a command', writesOutsideByCommand]] as const) {
    it(`writes outside of its worktree by ${way}: REQ-AGENT-23 nothing is there, and only what is inside lands`, async function () {
      if (way === 'a command') await needsWalls(this);
      const outside = join(ground.folder, 'outside.txt');
      const { code } = await quickChange(script(outside));
      assert.deepEqual([code, existsSync(outside), ground.git(repository, 'diff', '--name-only', 'main~1', 'main')], [0, false, 'inside.txt\n']);
      // A file beside the worktree would keep its folder from being removed.
      await until('the worktrees to go', () => !existsSync(`${repository}.worktrees`));
    });
  }

  it('changes nothing and says it is done: that is no success', async () => {
    const { code, view } = await quickChange(inTurn([call('read_file', { path: 'sum.js' }), say('It was right already.')]));
    assert.deepEqual([code, view.waiting?.for, outcomes(view)], [3, 'agent', ['no-changes']]);
  });

  it('spends more than the budget: the run pauses and asks', async () => {
    const usage = { input: 1_000_000, cached: 0, output: 100_000 };
    const server = await model(({ number }) => call('read_file', { path: number % 2 ? 'sum.js' : 'lines.txt' }, { usage }));
    const ran = await treeline(server, 'run', 'spend', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:claude-sonnet-5-5', '--trust', '--yes', '--max-usd', '5');
    const view = lastView(ran.stdout);
    assert.deepEqual([ran.code, view.waiting?.for], [5, 'budget']);
    assert.ok(server.requests.length < 5, `${server.requests.length} calls`);
  });

  it('has no known price: REQ-AGENT-31 the limit is said to hold by an estimate, and holds', async () => {
    const usage = { input: 1_000_000, cached: 0, output: 0 };
    const server = await model(({ number }) => call('read_file', { path: number % 2 ? 'sum.js' : 'lines.txt' }, { usage }));
    const ran = await treeline(server, 'run', 'spend', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:new-model', '--trust', '--yes', '--max-usd', '15');
    const view = lastView(ran.stdout);
    assert.deepEqual([ran.code, view.waiting?.for, view.costUsd, view.countedUsd, view.unpriced, server.requests.length], [5, 'budget', null, 20, [{ agent: 'anthropic:new-model', countedAs: 'anthropic:claude-fable-5-1' }], 2]);
    assert.match(view.waiting?.why ?? '', /^about \$20\.00 of \$15\.00 spent; \$20\.00 of it is an estimate/);
    assert.match(ran.stderr, /^The limit of \$15 holds by an estimate: the price is not known for anthropic:new-model; .* anthropic:claude-fable-5-1,/m);
  });

  it('has the price that the person\'s settings say: REQ-AGENT-32 it counts, and nothing is an estimate', async () => {
    const settings = join(ground.folder, 'settings.yaml');
    writeFileSync(settings, 'agents.prices: { "anthropic:new-model": { input: 6, output: 6 } }\n');
    const usage = { input: 1_000_000, cached: 0, output: 0 };
    const server = await model(({ number }) => call('read_file', { path: number % 2 ? 'sum.js' : 'lines.txt' }, { usage }));
    const ran = await treeline(server, 'run', 'spend', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:new-model', '--trust', '--yes', '--max-usd', '15', '--config', settings);
    const view = lastView(ran.stdout);
    assert.deepEqual([ran.code, view.costUsd, view.countedUsd, view.unpriced, view.waiting?.why], [5, 18, 18, [], '$18.00 of $15.00 spent']);
  });
});
