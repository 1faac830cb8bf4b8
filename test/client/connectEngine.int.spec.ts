/** specs/engine-process.md: one engine for all clients, started when needed, again when it dies. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineClient, EventNotice } from '../../src/client/engineClient.ts';
import type { Launch } from '../../src/protocol/messages.ts';
import { until } from '../support/until.ts';
import { bundleTestEngine } from './support/bundleTestEngine.ts';
import { isAlive, openGround } from './support/ground.ts';
import type { Ground } from './support/ground.ts';

const launch: Launch = {
  request: 'Add a thing', workflow: 'quick-change', base: null, specs: [], agents: { implementer: ['anthropic:test'] }, budget: { usd: null, minutes: null },
  yes: [], sandbox: null, trust: null, keys: { ANTHROPIC_API_KEY: 'sk-secret-of-the-test' }, by: 'a person',
};

const unitOf = async (client: EngineClient, task: string): Promise<string | undefined> => (await client.request('show', { task })).steps.find((step) => step.id.startsWith('implement'))?.state;

describe('connectEngine', () => {
  let program: { folder: string; bundle: string };
  let ground: Ground;
  before(async () => { program = await bundleTestEngine(); });
  after(() => rm(program.folder, { recursive: true }));
  beforeEach(async () => { ground = await openGround(program.bundle); });
  afterEach(() => ground.close());

  it('REQ-ENGINE-01 starts an engine from a copy in the user\'s storage, and shares it with the next client', async () => {
    const first = await ground.connect();
    const second = await ground.connect({ start: false });
    assert.equal(first.engine.pid, second.engine.pid);
    const command = readFileSync(`/proc/${first.engine.pid}/cmdline`, 'utf8').split('\0');
    assert.ok(command[2]?.startsWith(join(ground.folder, 'data/treeline/engines/0.0.0-test-')), command[2]);
    assert.equal((await stat(join(ground.treeline, 'engine.json'))).mode & 0o777, 0o600);
    assert.equal((await stat(join(ground.folder, 'run/treeline'))).mode & 0o777, 0o700);
  });

  it('REQ-ENGINE-30 keeps what V8 lets lie small', async () => {
    const { engine } = await ground.connect();
    assert.match(readFileSync(`/proc/${engine.pid}/cmdline`, 'utf8').split('\0')[1] ?? '', /^--max-semi-space-size=\d$/);
  });

  it('REQ-ENGINE-02 says so when none runs and none may be started', async () => {
    await assert.rejects(ground.connect({ start: false }), { code: 'not-running', exit: 6 });
  });

  it('REQ-ENGINE-03 gives the engine no key, and nothing that was not allowed', async () => {
    const client = await ground.connect({ environment: { ...ground.environment, ANTHROPIC_API_KEY: 'sk-1', TREELINE_API_KEY: 'sk-2', SOMETHING: 'else' } });
    const environment = readFileSync(`/proc/${client.engine.pid}/environ`, 'utf8');
    assert.doesNotMatch(environment, /sk-|SOMETHING/);
  });

  it('REQ-ENGINE-04 ends itself when nothing is to do and nobody watches, and leaves neither socket nor engine.json', async () => {
    const client = await ground.connect();
    const { pid } = client.engine;
    await client.close();
    assert.equal(await client.closed, null);
    await until('the engine to end by itself', () => !isAlive(pid));
    assert.equal(ground.engineFile(), null);
    await assert.rejects(stat(join(ground.folder, 'run/treeline')), { code: 'ENOENT' });
  });

  it('REQ-ENGINE-05 starts it again after kill -9, subscribed and with its keys, and passes every event on once', async () => {
    const client = await ground.connect();
    const events: EventNotice[] = [];
    client.onEvent((event) => events.push(event));
    await client.request('subscribe', { task: null });
    const { task } = await client.request('launch', launch);
    await until('the agent to work', () => unitOf(client, task), (state) => state === 'working');
    for (let round = 0; round < 3; round += 1) {
      const before = client.engine.epoch;
      ground.kill();
      await until('the next leader', () => client.engine.epoch, (epoch) => epoch > before);
      await until('the agent to work again, with its key', () => unitOf(client, task), (state) => state === 'working');
    }
    const seen = events.map((event) => event.seq);
    assert.deepEqual(seen, seen.map((_, index) => index + 1));
    assert.equal(new Set(events.map((event) => event.epoch)).size, 4);
    const { text } = await client.request('log', { task, step: 'implement' });
    assert.match(text, /at work with a key of 21 characters/);
    const written = (await readdir(ground.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && !entry.parentPath.includes('/data/'));
    assert.ok(written.length > 5);
    for (const entry of written) assert.doesNotMatch(readFileSync(join(entry.parentPath, entry.name), 'latin1'), /sk-secret-of-the-test/, entry.name);
    await client.request('act', { task, act: { kind: 'cancel', by: 'a person' }, keys: {} });
  });

  it('REQ-TOOL-06 lends a task the variables that the settings name and this client has, also to the next engine', async () => {
    const client = await ground.connect({ environment: { ...ground.environment, TRACKER_TOKEN: 'sk-token', OTHER_TOKEN: 'sk-other' } });
    const { task } = await client.request('launch', launch);
    const worked = (times: number): Promise<string> => until('the agent to say what it has', async () => (await client.request('log', { task, step: 'implement' })).text, (text) => text.split('a token of 8').length > times);
    await worked(1);
    const before = client.engine.epoch;
    ground.kill();
    await until('the next leader', () => client.engine.epoch, (epoch) => epoch > before);
    assert.match(await worked(1), /at work with a key of 21 characters, and a token of 8/);
    await client.request('act', { task, act: { kind: 'cancel', by: 'a person' }, keys: {} });
    const stranger = await ground.connect({ environment: { ...ground.environment, OTHER_TOKEN: 'sk-other' } });
    const { task: second } = await stranger.request('launch', launch);
    await until('the agent to work', () => unitOf(stranger, second), (state) => state === 'working');
    assert.match((await stranger.request('log', { task: second, step: 'implement' })).text, /characters\n/);
    await stranger.request('act', { task: second, act: { kind: 'cancel', by: 'a person' }, keys: {} });
  });

  it('REQ-ENGINE-14 waits for a key in words, and begins again when one is offered', async () => {
    const client = await ground.connect();
    const { task } = await client.request('launch', { ...launch, keys: {} });
    await until('the task to wait', () => client.request('show', { task }), (view) => view.state === 'waiting' && view.waiting?.for === 'key');
    await client.request('offerKeys', { task, keys: launch.keys });
    await until('the agent to work', () => unitOf(client, task), (state) => state === 'working');
    await client.request('act', { task: task.slice(0, 12), act: { kind: 'cancel', by: 'a person' }, keys: {} });
    await assert.rejects(client.request('act', { task, act: { kind: 'cancel', by: 'a person' }, keys: {} }), { code: 'ended', exit: 2 });
  });

  it('REQ-ENGINE-06 answers a launch or a decision that was under way with "engine-lost", never twice', async () => {
    const client = await ground.connect();
    const { pid } = client.engine;
    process.kill(pid, 'SIGSTOP');
    const asked = client.request('launch', launch);
    const read = client.request('list', {});
    process.kill(pid, 'SIGKILL');
    await assert.rejects(asked, { code: 'engine-lost', exit: 6 });
    assert.deepEqual((await read).filter((run) => run.title !== launch.request), []);
  });

  it('REQ-ENGINE-07 takes a file and a socket of a killed engine for what they are', async () => {
    const client = await ground.connect();
    const { pid, epoch } = client.engine;
    await client.close();
    process.kill(pid, 'SIGKILL');
    await until('the engine to be gone', () => !isAlive(pid));
    assert.notEqual(ground.engineFile(), null);
    await assert.rejects(ground.connect({ start: false }), { code: 'not-running' });
    const next = await ground.connect();
    assert.ok(next.engine.epoch > epoch);
  });

  it('REQ-ENGINE-08 refuses in words: unknown task, empty request, unknown workflow, demo outside the sample', async () => {
    const client = await ground.connect();
    await assert.rejects(client.request('show', { task: 'nope' }), { code: 'unknown-task', exit: 2 });
    await assert.rejects(client.request('launch', { ...launch, request: '  ' }), { code: 'empty-request', exit: 2 });
    await assert.rejects(client.request('launch', { ...launch, workflow: 'dance' }), { code: 'unknown-workflow', exit: 2 });
    await assert.rejects(client.request('launch', { ...launch, agents: { implementer: ['demo'] } }), { code: 'demo-outside-sample', exit: 2 });
    await assert.rejects(client.request('launch', { ...launch, agents: {}, keys: {} }), { code: 'no-agent', exit: 6 });
    assert.deepEqual(await client.request('list', {}), []);
  });
});
