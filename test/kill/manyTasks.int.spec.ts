/**
 * kill -9 of the engine, again and again, while three tasks of one repository are under way and in its merge queue, each with its own client.
 * Owns: rounds of three kills each, as many as TREELINE_TEST_KILLS (10) needs at a fifth of it; TREELINE_TEST_SEED plays the same moments again.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { readEvents } from '../../src/client/readRuns.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { engineFileSchema } from '../../src/protocol/messages.ts';
import { cli, lastView, openGround } from '../cli/support/ground.ts';
import type { Ground } from '../cli/support/ground.ts';
import { seeded } from '../simulation/chance.ts';
import type { Chance } from '../simulation/chance.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import { leftIn } from '../support/temporaryFiles.ts';
import { until } from '../support/until.ts';

const rounds = Math.max(1, Math.round(Number(process.env['TREELINE_TEST_KILLS'] ?? 10) / 5));
const seed = Number(process.env['TREELINE_TEST_SEED'] ?? Date.now() % 1_000_000);
const killsEach = 3;
/** Longest pause before a kill, in ms: three tasks that nobody disturbs take about 5 s. */
const longestMs = 1_800;
const requests = ['left', 'middle', 'right'];
const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }), 'sum.test.js': 'import { test } from "node:test";\ntest("adds", () => {});\n',
};

describe(`kill -9 of the engine with three tasks under way, ${rounds} times ${killsEach} (seed ${seed})`, function () {
  this.timeout(120_000);
  const chance = seeded(seed);

  for (let round = 1; round <= rounds; round += 1) {
    it(`REQ-ENGINE-05 REQ-ENGINE-08 round ${round}: all land, once each, on exactly what was proven, and leave nothing behind`, async () => {
      const ground = openGround();
      // Answered by what is asked, so that a killed agent's next attempt does the same.
      const server = await startModelServer(({ request, calls }) => (calls.length === 0 ? call('write_file', { path: `${request}.txt`, content: `${request}\n` }) : call('finish', { summary: 'done' })));
      try {
        ground.environment['TREELINE_IDLE_MS'] = '300';
        Object.assign(ground.environment, { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl });
        await landAll(ground, chance);
      } finally {
        await server.close();
        await ground.close();
      }
    });
  }
});

async function landAll(ground: Ground, chance: Chance): Promise<void> {
  const repository = ground.repository('sums', project);
  const clients = requests.map((request) => {
    const child = ground.start(process.execPath, [cli, 'run', request, '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--yes', '--json', '--repo', repository]);
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => { said.stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said.stderr += text; });
    return { said, code: new Promise<number | null>((resolve) => { child.on('close', resolve); }) };
  });
  await until('the launches', () => clients.every(({ said }) => said.stdout.includes('\n')));
  const moments: number[] = [];
  for (let kill = 0; kill < killsEach; kill += 1) {
    const moment = chance.between(0, longestMs);
    moments.push(moment);
    await pause(moment);
    killEngine(repository);
  }
  const story = `killed after pauses of ${moments.join(', ')} ms (seed ${seed})`;
  const codes = await Promise.all(clients.map(({ code }) => code));
  assert.deepEqual(codes, [0, 0, 0], `${story}: ${clients.map(({ said }) => `${said.stderr}${said.stdout.trimEnd().split('\n').at(-1) ?? ''}`).join('\n')}`);
  for (const { said } of clients) {
    const events = (await readEvents(repository, lastView(said.stdout).task)).map(({ event }) => event as RunEvent);
    const landed = events.filter((event) => event.type === 'Landed');
    const proven = events.findLast((event) => event.type === 'CandidateJudged')?.evidence;
    assert.deepEqual([landed.length, proven?.verdict, proven?.tree], [1, 'accepted', landed[0]?.tree], story);
  }
  assert.deepEqual(ground.git(repository, 'log', '--format=%s', 'main').trim().split('\n').sort(), ['first', ...requests], story);
  assert.deepEqual(requests.map((name) => readFileSync(join(repository, `${name}.txt`), 'utf8')), requests.map((name) => `${name}\n`));
  await until(`the branches to go (${story})`, () => ground.git(repository, 'branch', '--format=%(refname)'), (branches) => branches === 'refs/heads/main\n');
  await until(`the worktrees' folder to go (${story})`, () => !existsSync(`${repository}.worktrees`), Boolean, 20_000);
  assert.deepEqual({
    worktrees: ground.git(repository, 'worktree', 'list').trim().split('\n').length, status: ground.git(repository, 'status', '--porcelain'),
    fsck: ground.git(repository, 'fsck', '--full', '--no-dangling'), temporary: leftIn(join(ground.folder, 'tmp')),
  }, { worktrees: 1, status: '', fsck: '', temporary: [] }, story);
}

/** Where the next engine has not written its file yet, or all is done, there is nothing to kill. */
function killEngine(repository: string): void {
  try {
    process.kill(engineFileSchema.parse(JSON.parse(readFileSync(join(repository, '.git/treeline/engine.json'), 'utf8'))).pid, 'SIGKILL');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH' && !(error instanceof SyntaxError)) throw error;
  }
}
