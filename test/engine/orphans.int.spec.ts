/** I11 after a kill -9 of the engine: what an agent's command left running ends, behind walls and without them. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { engineFileSchema } from '../../src/protocol/messages.ts';
import { lastView, openGround } from '../cli/support/ground.ts';
import type { Ground } from '../cli/support/ground.ts';
import { isAlive } from '../client/support/ground.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { until } from '../support/until.ts';

const project = { 'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }), 'sum.test.js': 'import { test } from "node:test";\ntest("adds", () => {});\n' };
/** Ignores every polite word, leaves its session and its group, and writes into the worktree for ever. */
const stubborn = 'setsid bash -c \'trap "" TERM HUP INT; while :; do date >>ticks.txt; sleep 0.05; done\' </dev/null >/dev/null 2>&1 & trap "" TERM; touch started; while :; do sleep 0.05; done';

describe('a command of an agent whose engine was killed', function () {
  this.timeout(60_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;

  beforeEach(async () => {
    ground = openGround();
    ground.environment['TREELINE_IDLE_MS'] = '500';
    repository = ground.repository('sums', project);
    let first = true;
    server = await startModelServer(({ calls }) => {
      if (first) {
        first = false;
        return call('run_command', { command: stubborn, timeout_seconds: 600 });
      }
      return calls.length === 0 ? call('run_command', { command: 'rm -f ticks.txt started; echo made >made.txt' }) : call('finish', { summary: 'done' });
    });
  });
  afterEach(async () => {
    await server.close();
    await ground.close();
  });

  /** Processes that work in a worktree of the repository: bash, sleep, date. */
  function inWorktrees(): string[] {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isAlive(Number(name))).flatMap((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${repository}.worktrees`) ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 100)}`] : [];
      } catch {
        return [];
      }
    });
  }

  for (const sandbox of ['prefer', 'off']) {
    it(`REQ-ENGINE-15 ends with it or before the next attempt (--sandbox ${sandbox}), and nothing of it lands`, async () => {
      const running = ground.treeline(['run', 'make it', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--yes', '--sandbox', sandbox, '--repo', repository, '--json'], {
        environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' },
      });
      await until('the command to run', () => ground.git(repository, 'worktree', 'list', '--porcelain').split('\n').some((line) => {
        const path = line.startsWith('worktree ') ? line.slice('worktree '.length) : '';
        return path.includes('.worktrees/') && readdirSync(path).includes('ticks.txt');
      }));
      const { pid } = engineFileSchema.parse(JSON.parse(readFileSync(join(repository, '.git/treeline/engine.json'), 'utf8')));
      process.kill(pid, 'SIGKILL');
      const { code, stdout, stderr } = await running;
      assert.deepEqual([code, lastView(stdout).state], [0, 'merged'], stderr);
      assert.equal(ground.git(repository, 'diff', '--name-only', 'main~1', 'main'), 'made.txt\n');
      await until('its processes to end', inWorktrees, (left) => left.length === 0, 5_000);
    });
  }
});
