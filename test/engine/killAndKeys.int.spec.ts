/** Engines that die while an agent works whose key only a client has: who brings it back, and what waits until then. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { launchedDocument } from '../../src/cli/documents.ts';
import { readEvents } from '../../src/client/readRuns.ts';
import { engineFileSchema } from '../../src/protocol/messages.ts';
import { cli, lastView, openGround } from '../cli/support/ground.ts';
import type { Ended, Ground } from '../cli/support/ground.ts';
import { isAlive } from '../client/support/ground.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { until } from '../support/until.ts';

const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }), 'sum.test.js': 'import { test } from "node:test";\ntest("adds", () => {});\n', 'lines.txt': 'one\n',
};

describe('kill -9 of the engine while an agent works that needs a key', function () {
  this.timeout(60_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;
  /** The model is silent until it may speak: the agent is at work for sure. */
  let speaks: boolean;

  beforeEach(async () => {
    ground = openGround();
    ground.environment['TREELINE_IDLE_MS'] = '500';
    repository = ground.repository('sums', project);
    speaks = false;
    server = await startModelServer(({ calls }) => {
      if (!speaks) return { kind: 'silence' };
      return calls.length === 0 ? call('write_file', { path: 'lines.txt', content: 'changed\n' }) : call('finish', { summary: 'done' });
    });
  });
  afterEach(async () => {
    await server.close();
    await ground.close();
  });

  const key = (): Record<string, string> => ({ ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' });
  const treeline = (environment: Record<string, string>, ...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository, '--json'], { environment });
  const launch = ['run', 'change it', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--yes'];

  function kill(): void {
    process.kill(engine()?.pid ?? Number.NaN, 'SIGKILL');
  }
  function engine(): { readonly pid: number; readonly epoch: number } | null {
    const file = join(repository, '.git/treeline/engine.json');
    return existsSync(file) ? engineFileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  }
  const asked = (count: number): Promise<number> => until(`request ${count}`, () => server.requests.length, (now) => now >= count);

  async function landedOnce(task: string): Promise<void> {
    const events = (await readEvents(repository, task)).map(({ event }) => (event as { type: string }).type);
    assert.deepEqual([events.filter((type) => type === 'Landed').length, ground.git(repository, 'log', '--format=%s', 'main')], [1, 'change it\nfirst\n']);
    await until('the branches to go', () => ground.git(repository, 'branch', '--format=%(refname)'), (branches) => branches === 'refs/heads/main\n');
    assert.deepEqual(server.faults, []);
  }

  it('REQ-ENGINE-05 REQ-ENGINE-14: the client that is attached starts the next one and offers its key again, however often', async () => {
    const running = treeline(key(), ...launch);
    for (let times = 1; times <= 3; times += 1) {
      await asked(times);
      kill();
    }
    await asked(4);
    speaks = true;
    kill();
    const { code, stdout, stderr } = await running;
    const view = lastView(stdout);
    assert.deepEqual([code, view.state], [0, 'merged'], stderr);
    assert.doesNotMatch(stdout + stderr + readFileSync(join(repository, '.git/treeline/engine.log'), 'utf8'), new RegExp(server.endpoints.anthropic.apiKey));
    await landedOnce(view.task);
  });

  it('REQ-MOTOR-10: what an attempt had spent by then counts against the budget of the next ones', async () => {
    await server.close();
    // Each attempt's first call costs $3; the first attempt's second one is silent until the engine is killed.
    const usage = { input: 1_000_000, cached: 0, output: 100_000 };
    server = await startModelServer(({ number }) => (number === 2 ? { kind: 'silence' } : call('read_file', { path: 'lines.txt' }, { usage })));
    const running = treeline(key(), 'run', 'change it', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:claude-sonnet-5-5', '--trust', '--yes', '--max-usd', '5');
    await asked(2);
    kill();
    const { code, stdout, stderr } = await running;
    const view = lastView(stdout);
    const attempts = view.steps.find((step) => step.id === 'implement')?.attempts.map(({ outcome, usage: { input }, costUsd }) => ({ outcome, input, costUsd }));
    assert.deepEqual([code, view.waiting?.why, attempts], [5, '$6.00 of $5.00 spent', [{ outcome: 'failed: interrupted', input: 1_000_000, costUsd: 3 }, { outcome: 'failed: budget', input: 1_000_000, costUsd: 3 }]], stderr);
  });

  it('REQ-ENGINE-14: with nobody attached it waits; who comes without a key sees that it wants one, who comes with one brings it on', async () => {
    const { task } = launchedDocument.parse(JSON.parse((await treeline(key(), ...launch, '--detach')).stdout));
    await asked(1);
    const { pid } = engine() ?? { pid: Number.NaN };
    kill();
    await until('its end', () => !isAlive(pid));
    speaks = true;
    const keyless = await treeline({}, 'watch', task);
    assert.deepEqual([keyless.code, lastView(keyless.stdout).waiting?.for], [3, 'key'], keyless.stdout);
    const offered = await treeline(key(), 'retry', task);
    assert.equal(offered.code, 0, offered.stdout);
    const watched = await treeline({}, 'watch', task);
    assert.deepEqual([watched.code, lastView(watched.stdout).state], [0, 'merged']);
    await landedOnce(task);
  });

  it('REQ-ENGINE-09 REQ-CLI-20: three clients that are attached come to one next leader, and each is told every event once', async () => {
    const { task } = launchedDocument.parse(JSON.parse((await treeline(key(), ...launch, '--detach')).stdout));
    await asked(1);
    const first = engine()?.epoch ?? 0;
    const attached = [0, 1, 2].map(() => ground.start(process.execPath, [cli, 'watch', task, '--repo', repository, '--json']));
    const heard = attached.map(() => '');
    const codes = attached.map((child, at) => new Promise<number | null>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => { heard[at] += text; });
      child.on('close', resolve);
    }));
    await until('all three to be attached', () => heard.every((text) => text.includes('\n')));
    kill();
    const next = await until('the next leader', engine, (now) => now !== null && now.epoch > first);
    // Watching hands no key on: that is for a launch or a decision.
    assert.deepEqual(await Promise.all(codes), [3, 3, 3]);
    speaks = true;
    assert.equal((await treeline(key(), 'retry', task)).code, 0);
    const watched = await treeline({}, 'watch', task);
    assert.equal(watched.code, 0, watched.stdout);
    const journal = await readEvents(repository, task);
    for (const text of heard) {
      const told = text.trim().split('\n').map((line) => JSON.parse(line) as { schema: string; seq: number }).filter(({ schema }) => schema === 'treeline/event/1');
      assert.deepEqual(told, journal.slice(0, told.length).map((event) => ({ schema: 'treeline/event/1', ...event })));
    }
    const epochs = [...new Set(journal.map(({ epoch }) => epoch))];
    assert.deepEqual(epochs, [...epochs].sort((a, b) => a - b));
    assert.equal(next?.epoch, first + 1);
    await landedOnce(task);
  });
});
