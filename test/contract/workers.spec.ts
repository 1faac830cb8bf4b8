// Every Workers keeps this contract, whoever speaks: here the built-in one, over both providers, behind the real walls. specs/agents.md.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import type { Clock } from '../../src/ports/system.ts';
import type { Workers } from '../../src/ports/workers.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { collect, quietLog, workRequest } from '../agents/support.ts';
import { needsWalls } from '../sandbox/ground.ts';
import { claimsThatTestsPass, writesOutside, writesOutsideByCommand } from '../support/modelBehaviours.ts';
import type { ModelScript, ModelServer } from '../support/modelServer.ts';
import { call, startModelServer } from '../support/modelServer.ts';

const clock: Clock = { now: () => Date.now(), after: (ms, signal) => pause(ms, undefined, { signal }) };

for (const chain of [['anthropic:test'], ['openai:test']]) {
  describe(`workers: ${chain.join()}`, () => {
    let folder: string;
    let root: string;
    let server: ModelServer | null;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'treeline-workers-'));
      root = join(folder, 'worktree');
      mkdirSync(join(root, '.git'), { recursive: true });
      writeFileSync(join(root, 'answer.txt'), '42\n');
      server = null;
    });
    afterEach(async () => {
      await server?.close();
      rmSync(folder, { recursive: true });
    });
    const workers = async (script: ModelScript): Promise<Workers> => {
      server = await startModelServer(script);
      const { endpoints } = server;
      // The person's own environment has the key, as it has in earnest.
      const environment = { ...process.env, ANTHROPIC_API_KEY: endpoints.anthropic.apiKey, OPENAI_API_KEY: endpoints.openai.apiKey };
      return createWorkers({ sandbox: createSandbox({ log: quietLog, environment, hidden: [] }), clock, log: quietLog, endpoints: () => endpoints });
    };

    it('REQ-AGENT-26 give an outcome, and judge nothing: a model that claims that tests pass has only stopped', async () => {
      const result = await (await workers(claimsThatTestsPass('answer.txt', '41\n'))).work(workRequest({ agents: chain, root }), collect(), new AbortController().signal);
      assert.deepEqual({ end: result.end, agent: result.agent, calls: result.usage.calls, costUsd: result.costUsd }, {
        end: { kind: 'edited', summary: 'Everything is done, all tests pass.' }, agent: chain[0], calls: 2, costUsd: null,
      });
      assert.equal(readFileSync(join(root, 'answer.txt'), 'utf8'), '41\n');
    });

    it('REQ-AGENT-23 leave nothing outside of the worktree by file tools, whatever a model tries', async () => {
      const report = collect();
      const result = await (await workers(writesOutside(join(folder, 'absolute.txt')))).work(workRequest({ agents: chain, root }), report, new AbortController().signal);
      assert.equal(result.end.kind, 'edited', JSON.stringify(result.end));
      assert.deepEqual(readdirSync(folder), ['worktree']);
      assert.deepEqual(readdirSync(root).sort(), ['.git', 'answer.txt', 'inside.txt']);
      assert.deepEqual(readdirSync(join(root, '.git')), []);
      const refusals = report.parts.flatMap((part) => (part.kind === 'tool-result' && !part.ok ? [part.text.slice(0, 20)] : []));
      assert.ok(refusals.filter((text) => text.startsWith('Refused (')).length >= 4, JSON.stringify(refusals));
    });

    it('REQ-AGENT-23 leave nothing outside of the worktree by a command, where it is sandboxed', async function () {
      await needsWalls(this);
      const result = await (await workers(writesOutsideByCommand(join(folder, 'absolute.txt')))).work(workRequest({ agents: chain, root }), collect(), new AbortController().signal);
      assert.deepEqual([result.end.kind, readdirSync(folder), readdirSync(root).sort()], ['edited', ['worktree'], ['.git', 'answer.txt', 'inside.txt']]);
    });

    it('REQ-AGENT-27 show no key to a command', async () => {
      const report = collect();
      const script = await workers(({ calls }) => (calls.length === 0 ? call('run_command', { command: 'env; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"' }) : call('finish', { summary: 'looked' })));
      await script.work(workRequest({ agents: chain, root }), report, new AbortController().signal);
      const [looked] = report.parts.filter((part) => part.kind === 'tool-result');
      assert.match(looked?.text ?? '', /^exit code/);
      assert.doesNotMatch(JSON.stringify(server?.requests.map(({ calls }) => calls)), /test-key-0123456789/);
    });

    it('REQ-AGENT-17 fail by name where no key is bound, without a request', async () => {
      const keyless = createWorkers({ sandbox: createSandbox({ log: quietLog, environment: process.env, hidden: [] }), clock, log: quietLog, endpoints: () => ({}) });
      const { end } = await keyless.work(workRequest({ agents: chain, root }), collect(), new AbortController().signal);
      assert.deepEqual(end.kind === 'failed' && { failure: end.failure, says: /is bound to this task/.test(end.message) }, { failure: 'key', says: true });
      assert.equal(existsSync(join(root, 'inside.txt')), false);
    });

    it('REQ-AGENT-03 fail by name where nobody listens', async () => {
      const dead = createWorkers({
        sandbox: createSandbox({ log: quietLog, environment: process.env, hidden: [] }), clock, log: quietLog,
        endpoints: () => ({ anthropic: { apiKey: 'secret-key', baseUrl: 'http://127.0.0.1:1' }, openai: { apiKey: 'secret-key', baseUrl: 'http://127.0.0.1:1/v1' } }),
      });
      const { end } = await dead.work(workRequest({ agents: chain, root }), collect(), new AbortController().signal);
      assert.deepEqual(end.kind === 'failed' && { failure: end.failure, says: /could not be reached: .*(ECONNREFUSED|bad port|fetch failed)/.test(end.message), key: end.message.includes('secret') }, { failure: 'network', says: true, key: false });
    });
  });
}
