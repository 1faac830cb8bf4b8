/** I10 behind real walls: a test of the project's own suite tries to reach the engine, from the gate and from an agent's shell. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '../../src/protocol/messages.ts';
import { bundleTestEngine } from '../client/support/bundleTestEngine.ts';
import { openGround } from '../client/support/ground.ts';
import type { Ground } from '../client/support/ground.ts';
import { skipBecause } from '../support/skip.ts';
import { until } from '../support/until.ts';
import { git, makeSample } from './support.ts';

const wait = 120_000;

/** A suite's file that passes when nothing of the engine can be reached, knowing everything that an engine's own user knows. */
const canary = (ground: Ground, secret: { readonly socket: string; readonly token: string }): string => `
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const reaches = (path) => new Promise((resolve) => {
  const socket = connect(path);
  socket.once('connect', () => { socket.destroy(); resolve(true); });
  socket.once('error', () => resolve(false));
});
const tries = (work) => { try { return work() ?? true; } catch { return false; } };

test('canary: the engine cannot be reached', async () => {
  assert.deepEqual({
    socket: await reaches(${JSON.stringify(secret.socket)}),
    token: tries(() => readFileSync(${JSON.stringify(join(ground.treeline, 'engine.json'))})),
    journals: tries(() => readdirSync(${JSON.stringify(join(ground.treeline, 'runs'))}).length > 0),
    decision: tries(() => writeFileSync(${JSON.stringify(join(ground.treeline, 'queue.jsonl'))}, '')),
    trust: tries(() => readdirSync(${JSON.stringify(join(ground.folder, 'state/treeline'))}).length > 0),
    config: tries(() => readFileSync(${JSON.stringify(join(ground.repository, '.git/config'))})),
    environment: Object.entries(process.env).some(([name, value]) => /KEY|TOKEN/.test(name) || value.includes(${JSON.stringify(secret.token)})),
  }, { socket: false, token: false, journals: false, decision: false, trust: false, config: false, environment: false });
});
`;

describe('a canary in the project\'s suite', function () {
  this.timeout(5 * 60_000);
  let program: { folder: string; bundle: string };
  let ground: Ground;
  before(async () => {
    program = await bundleTestEngine('src/app/engineMain.ts');
    ground = await openGround(program.bundle);
    await rm(ground.repository, { recursive: true });
    await makeSample(ground.repository);
    ground.environment['TREELINE_DEMO_PACE_MS'] = '0';
  });
  after(async () => { await ground.close(); await rm(program.folder, { recursive: true }); });

  it('REQ-DOOR-07 reaches neither socket, token, journal, trust nor configuration, from gates and agents\' shells', async function () {
    const client = await ground.connect({ environment: { ...ground.environment, ANTHROPIC_API_KEY: 'sk-of-the-person' } });
    if (client.engine.sandbox !== 'bubblewrap') skipBecause(this, `no sandbox works here (${client.engine.sandbox})`);
    const secret = ground.engineFile();
    assert.ok(secret);
    await writeFile(join(ground.repository, 'test/canary.test.js'), canary(ground, secret));
    git(ground.repository, 'add', '--all');
    git(ground.repository, 'commit', '--quiet', '--message', 'Add the canary');
    const { content } = await client.request('inspect', { base: null });
    const launch: Launch = {
      request: 'Let people count their bookmarks by tag and export them', workflow: 'spec-and-build', base: null, specs: [], agents: { implementer: ['demo'] },
      budget: { usd: null, minutes: null }, yes: ['plan'], sandbox: 'required', trust: content.hash, keys: { ANTHROPIC_API_KEY: 'sk-of-the-person' }, by: 'a person',
    };
    const { task } = await client.request('launch', launch);
    const view = await until('the merge checkpoint', () => client.request('show', { task }), (now) => now.waiting?.for !== undefined || now.state === 'failed', wait);
    const results = view.steps.flatMap((step) => step.attempts.flatMap((attempt) => attempt.evidence?.gates ?? []));
    assert.deepEqual(results.flatMap((gate) => gate.failures.filter((failure) => failure.test.includes('canary'))), []);
    assert.deepEqual([view.waiting?.for, view.evidence?.verdict, view.evidence?.gates[0]?.evidence.sandbox], ['checkpoint', 'accepted', 'bubblewrap']);
    const { logs } = await client.request('log', { task, step: null });
    const texts = await Promise.all(logs.map(async (step) => (await client.request('log', { task, step })).text));
    const ran = logs.filter((_, index) => texts[index]?.includes('canary: the engine cannot be reached'));
    assert.ok(ran.some((log) => log.endsWith(':gate')), `gates that ran it: ${ran.join()}`);
    assert.doesNotMatch(texts.join('\n'), new RegExp(`sk-of-the-person|${secret.token}`));
    await client.request('act', { task, act: { kind: 'cancel', by: 'a person' }, keys: {} });
    await until('its worktrees to go', () => client.request('show', { task }), (now) => now.worktrees.length === 0, wait);
  });
});
