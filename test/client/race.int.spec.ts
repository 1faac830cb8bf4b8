/** specs/engine-process.md: two clients that start an engine at once get one leader. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { until } from '../support/until.ts';
import { bundleTestEngine } from './support/bundleTestEngine.ts';
import { isAlive, openGround } from './support/ground.ts';
import type { Ground } from './support/ground.ts';

const rounds = 50;

describe('two clients at once', () => {
  let program: { folder: string; bundle: string };
  let ground: Ground;
  before(async () => {
    program = await bundleTestEngine();
    await build({ entryPoints: [join(import.meta.dirname, 'programs/contender.ts')], outfile: join(program.folder, 'contender.js'), bundle: true, format: 'cjs', platform: 'node', mainFields: ['module', 'main'] });
    ground = await openGround(program.bundle);
  });
  after(async () => { await ground.close(); await rm(program.folder, { recursive: true }); });

  it(`REQ-ENGINE-09 makes exactly one leader of two starters, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const clients = [0, 1].map(() => spawn(process.execPath, [join(program.folder, 'contender.js'), ground.repository, program.bundle], { env: ground.environment, stdio: ['pipe', 'pipe', 'inherit'] }));
      const lines = clients.map((client) => createInterface({ input: client.stdout })[Symbol.asyncIterator]());
      const say = async (index: number): Promise<string> => String((await lines[index]?.next())?.value);
      await Promise.all([say(0), say(1)]);
      for (const client of clients) client.stdin.write('go\n');
      const [left = '', right] = await Promise.all([say(0), say(1)]);
      assert.match(left, /^\d+ \d+$/, `round ${round}`);
      assert.equal(left, right, `round ${round}`);
      const pid = Number(left.split(' ')[0]);
      // In every second round the leader dies under its clients, which may start another one at once.
      if (round % 2 === 0) process.kill(pid, 'SIGKILL');
      await Promise.all(clients.map((client) => { client.stdin.end(); return once(client, 'exit'); }));
      const next = ground.engineFile();
      for (const one of [pid, ...(next ? [next.pid] : [])]) if (isAlive(one)) process.kill(one, 'SIGKILL');
      await until('the leader to be gone', () => !isAlive(pid) && !(next && isAlive(next.pid)));
    }
    const leaders = (await readFile(join(ground.treeline, 'engine.log'), 'utf8')).split('\n').flatMap((line) => /leader (\d+) listens/.exec(line)?.[1] ?? []);
    assert.equal(new Set(leaders).size, leaders.length);
  }).timeout(300_000);
});
