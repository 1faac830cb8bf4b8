/** specs/engine-process.md: the whole way through the real process: launch over the door, two approvals, merged. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineClient } from '../../src/client/engineClient.ts';
import { checkJournal } from '../../src/client/checkJournal.ts';
import { readRuns } from '../../src/client/readRuns.ts';
import type { Launch } from '../../src/protocol/messages.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { bundleTestEngine } from '../client/support/bundleTestEngine.ts';
import { openGround } from '../client/support/ground.ts';
import type { Ground } from '../client/support/ground.ts';
import { until } from '../support/until.ts';
import { git, makeSample } from './support.ts';

const wait = 120_000;

describe('a demo task through the real engine', function () {
  this.timeout(5 * 60_000);
  let program: { folder: string; bundle: string };
  let ground: Ground;
  let base: string;
  before(async () => {
    program = await bundleTestEngine('src/app/engineMain.ts');
    ground = await openGround(program.bundle);
    await rm(ground.repository, { recursive: true });
    base = await makeSample(ground.repository);
    ground.environment['TREELINE_DEMO_PACE_MS'] = '0';
  });
  after(async () => { await ground.close(); await rm(program.folder, { recursive: true }); });

  const launch: Launch = {
    request: 'Let people count their bookmarks by tag and export them', workflow: null, base: null, specs: [], agents: { implementer: ['demo'] },
    budget: { usd: null, minutes: null }, yes: [], sandbox: null, trust: null, keys: {}, by: 'a person',
  };
  const open = (view: RunView): string | undefined => view.checkpoints.find((checkpoint) => checkpoint.state === 'open')?.kind;
  const approve = (client: EngineClient, task: string): Promise<unknown> => client.request('act', { task, act: { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by: 'a person' }, keys: {} });

  it('REQ-ENGINE-20 says what the repository would run before anybody trusts it, and starts nothing', async () => {
    const client = await ground.connect();
    const seen = await client.request('inspect', { base: null });
    assert.deepEqual({ sample: seen.sample, trusted: seen.trusted, commit: seen.base.commit, target: seen.base.target, gates: seen.content.gates.map((gate) => gate.command) },
      { sample: true, trusted: false, commit: base, target: 'refs/heads/main', gates: ['npm test'] });
    assert.deepEqual(seen.workflows.map((workflow) => workflow.id), ['fix-bug', 'full-sdd', 'quick-change', 'race', 'review-only', 'spec-and-build']);
    await assert.rejects(client.request('launch', launch), (error: { code: string; message: string; exit: number }) => error.code === 'untrusted' && error.exit === 6 && /npm test/.test(error.message));
    await assert.rejects(client.request('launch', { ...launch, trust: 'f'.repeat(64) }), { code: 'untrusted' });
    await assert.rejects(client.request('launch', { ...launch, base: 'no-such-branch' }), { code: 'unknown-base', exit: 2 });
    assert.deepEqual(await client.request('list', {}), []);
  });

  it('REQ-EXT-26 says which workflow a launch takes that names none', async () => {
    const client = await ground.connect();
    const settings = join(ground.folder, 'config/treeline/settings.yaml');
    const shown = async (text: string): Promise<string | null> => {
      await mkdir(dirname(settings), { recursive: true });
      await writeFile(settings, text);
      return (await client.request('inspect', { base: null })).defaultWorkflow;
    };
    const usual = (await client.request('inspect', { base: null })).defaultWorkflow;
    assert.deepEqual([usual, await shown('workflow.default: Quick change\n'), await shown('workflow.default: nosuch\n'), await shown('no-such-setting: 1\n')], ['spec-and-build', 'quick-change', null, null]);
    await rm(settings);
  });

  it('REQ-ENGINE-21 lands what was planned, built, tested, reviewed and approved, and tidies up', async () => {
    const client = await ground.connect();
    const { content } = await client.request('inspect', { base: null });
    await client.request('subscribe', { task: null });
    const { task } = await client.request('launch', { ...launch, trust: content.hash });
    let view = await client.request('show', { task });
    client.onRunChanged((changed) => { view = changed; });
    await until('the plan', () => view, (now) => open(now) === 'plan', wait);
    await approve(client, task);
    await until('the merge checkpoint', () => ({ state: view.state, waiting: view.waiting }), () => open(view) === 'merge', wait);
    assert.equal(view.evidence?.verdict, 'accepted');
    const binding = view.checkpoints.find((checkpoint) => checkpoint.state === 'open');
    await approve(client, task);
    await until('the merge', () => view.state, (state) => state === 'merged', wait);
    assert.deepEqual([git(ground.repository, 'rev-parse', 'main'), git(ground.repository, 'rev-parse', 'main^')], [binding?.commit, base]);
    assert.equal(git(ground.repository, 'status', '--porcelain'), '');
    await until('its worktrees to go', () => view.worktrees, (worktrees) => worktrees.length === 0, wait);
    assert.deepEqual([git(ground.repository, 'branch', '--list', 'treeline*'), git(ground.repository, 'worktree', 'list').split('\n').length], ['', 1]);
    assert.match((await client.request('log', { task, step: 'plan' })).text, /\S/);
    const onDisk = await readRuns(ground.repository);
    assert.deepEqual(onDisk.runs.map((run) => [run.task, run.state]), [[task, 'merged']]);
    assert.ok((await checkJournal(ground.repository, null)).every((check) => check.bad === null));
    assert.ok(existsSync(join(ground.treeline, 'lock.db')));
  });

  it('REQ-ENGINE-20 trusts what was trusted once', async () => {
    const client = await ground.connect();
    assert.equal((await client.request('inspect', { base: base })).trusted, true);
  });
});
