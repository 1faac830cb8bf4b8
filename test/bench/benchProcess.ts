/** The engine's own process under work: 20 tasks at once in one repository, as many agents at a time as the settings allow, each reading, writing and answering at length. */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGround } from '../client/support/ground.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import { until } from '../support/until.ts';
import type { Figure } from './figure.ts';

const tasks = 20, agentsAtOnce = 8, turns = 12;
const answer = 'What I found in this file, at length. '.repeat(500);

export async function benchProcess(): Promise<readonly Figure[]> {
  if (process.platform !== 'linux') return [];
  const ground = await openGround(join(import.meta.dirname, '../../dist/engine.js'));
  let finished = 0;
  const server = await startModelServer(({ calls }) => {
    if (calls.length === turns - 1) finished += 1;
    if (calls.length >= turns - 1) return call('finish', { summary: 'done' });
    return calls.length % 3 === 2 ? call('write_file', { path: `made${calls.length}.txt`, content: answer }, { text: answer }) : call('read_file', { path: 'large.txt' }, { text: answer });
  });
  try {
    await rm(ground.repository, { recursive: true });
    await mkdir(ground.repository);
    await writeFile(join(ground.repository, 'large.txt'), 'A line of a large file.\n'.repeat(4_000));
    for (const words of [['init', '-q', '-b', 'main'], ['add', '-A'], ['-c', 'user.name=Bench', '-c', 'user.email=bench@test.invalid', 'commit', '-q', '-m', 'first']]) {
      const ran = spawnSync('git', ['-C', ground.repository, ...words], { encoding: 'utf8', env: { ...ground.environment, GIT_CONFIG_NOSYSTEM: '1' } });
      if (ran.status !== 0) throw new Error(ran.stderr);
    }
    const configuration = join(ground.environment['XDG_CONFIG_HOME'] ?? ground.folder, 'treeline');
    await mkdir(configuration, { recursive: true });
    await writeFile(join(configuration, 'settings.yaml'), `run.maxParallelAgents: ${agentsAtOnce}\n`);
    const client = await ground.connect();
    await client.request('subscribe', { task: null });
    const { content } = await client.request('inspect', { base: null });
    const keys = { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' };
    for (let task = 1; task <= tasks; task += 1) {
      await client.request('launch', { request: `Do part ${task}`, workflow: 'quick-change', base: null, specs: [], agents: { implementer: ['anthropic:claude-sonnet-5-5'] }, budget: { usd: null, minutes: null }, yes: [], sandbox: null, trust: content.hash, keys, by: 'bench' });
    }
    await until('all agents to finish', () => finished, (count) => count >= tasks, 120_000);
    const most = Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${ground.engineFile()?.pid ?? 0}/status`, 'utf8'))?.[1]) / 1_024;
    return [{ what: `the engine's memory with ${tasks} tasks`, value: `${Math.round(most)} MB`, against: `${agentsAtOnce} agents at a time, ${turns} turns each`, budget: '≤ 300 MB', inside: most <= 300 }];
  } finally {
    await ground.close();
    await server.close();
  }
}
