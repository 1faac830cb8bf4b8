/**
 * kill -9 of the real engine at random moments of a demo task, with a client attached: it resumes by itself and lands the same tree,
 * with no event lost and nothing merged twice. TREELINE_TEST_KILLS says how many kills there are in all (10).
 */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineClient, EventNotice } from '../../src/client/engineClient.ts';
import { checkJournal } from '../../src/client/checkJournal.ts';
import type { Launch } from '../../src/protocol/messages.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { git, makeSample } from '../app/support.ts';
import { bundleTestEngine } from '../client/support/bundleTestEngine.ts';
import { openGround } from '../client/support/ground.ts';
import type { Ground } from '../client/support/ground.ts';
import { until } from '../support/until.ts';

const wanted = Number(process.env['TREELINE_TEST_KILLS'] ?? 10);
const killsPerTask = 5;
const wait = 180_000;

describe(`kill -9 of the engine, ${wanted} times`, function () {
  this.timeout(30 * 60_000);
  let program: { folder: string; bundle: string };
  const trees = new Map<string, number>();
  before(async () => { program = await bundleTestEngine('src/app/engineMain.ts'); });
  after(() => rm(program.folder, { recursive: true }));

  for (let done = 0; done < wanted; done += killsPerTask) {
    const kills = Math.min(killsPerTask, wanted - done);
    it(`REQ-ENGINE-05 kills ${done + 1} to ${done + kills}: the task goes on by itself and lands the same tree`, async () => {
      const ground = await openGround(program.bundle);
      try {
        await runAndKill(ground, kills);
      } finally {
        await ground.close();
      }
    });
  }

  async function runAndKill(ground: Ground, kills: number): Promise<void> {
    await rm(ground.repository, { recursive: true });
    await makeSample(ground.repository);
    ground.environment['TREELINE_DEMO_PACE_MS'] = '2';
    const client = await ground.connect();
    const events: EventNotice[] = [];
    client.onEvent((event) => events.push(event));
    await client.request('subscribe', { task: null });
    const { task } = await client.request('launch', await demoLaunch(client));
    let view: RunView = await client.request('show', { task });
    client.onRunChanged((changed) => { view = changed; });
    const moments: number[] = [];
    while (moments.length < kills && view.state === 'running') {
      const moment = Math.round(100 + Math.random() * 1_400);
      await pause(moment);
      moments.push(moment);
      const { epoch } = client.engine;
      ground.kill();
      await until('the next leader', () => client.engine.epoch > epoch && client.connection === 'connected', Boolean, wait);
    }
    const story = `killed after ${moments.join(', ')} ms; log: ${join(ground.treeline, 'engine.log')}`;
    await until(`the merge (${story})`, () => view.state, (state) => state === 'merged', wait);
    const gone = await until('the worktrees to go', () => client.request('show', { task }), (now) => now.worktrees.length === 0, wait);
    await until('every event', () => events.length, (count) => count === gone.seq, wait);
    assert.deepEqual(events.map((event) => event.seq), events.map((_, index) => index + 1), story);
    assert.equal(events.filter((event) => (event.event as { type: string }).type === 'Landed').length, 1, story);
    assert.deepEqual((await checkJournal(ground.repository, null)).map((check) => check.bad), [null, null]);
    const tree = git(ground.repository, 'rev-parse', 'main^{tree}');
    trees.set(tree, (trees.get(tree) ?? 0) + 1);
    assert.equal(trees.size, 1, `trees: ${[...trees.keys()].join(', ')}; ${story}`);
    assert.deepEqual({
      commits: git(ground.repository, 'rev-list', '--count', 'main'), branches: git(ground.repository, 'branch', '--format=%(refname:short)'),
      worktrees: git(ground.repository, 'worktree', 'list').split('\n').length, status: git(ground.repository, 'status', '--porcelain'), fsck: git(ground.repository, 'fsck', '--full', '--no-dangling'),
    }, { commits: '2', branches: 'main', worktrees: 1, status: '', fsck: '' }, story);
    const log = await readFile(join(ground.treeline, 'engine.log'), 'utf8');
    assert.equal(log.split('\n').filter((line) => /leader \d+ listens/.test(line)).length, moments.length + 1, story);
  }
});

async function demoLaunch(client: EngineClient): Promise<Launch> {
  const { content } = await client.request('inspect', { base: null });
  return {
    request: 'Let people count their bookmarks by tag and export them', workflow: 'spec-and-build', base: null, specs: [], agents: { implementer: ['demo'] }, budget: { usd: null, minutes: null },
    yes: ['plan', 'merge'], sandbox: null, trust: content.hash, keys: {}, by: 'a person',
  };
}
