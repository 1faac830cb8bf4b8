/** specs/engine-process.md: who is let in at the door. */
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { openDoor } from '../../src/app/door.ts';
import type { Answers, Door } from '../../src/app/door.ts';
import { TreelineError } from '../../src/client/treelineError.ts';
import { protocolVersion } from '../../src/protocol/messages.ts';
import { recordingLog } from '../journal/support.ts';

const token = 'a'.repeat(64);
const asked: string[] = [];
const answers = new Proxy({}, {
  ownKeys: () => ['list', 'show', 'readFile', 'stepDown'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  get: (_, name) => async (params: unknown) => {
    asked.push(`${String(name)} ${JSON.stringify(params)}`);
    if (name === 'show') throw new TreelineError('unknown-task', 'There is no such task.', 'See treeline list.');
    if (name === 'readFile') throw new Error('a defect of ours');
    return [];
  },
}) as Answers;

describe('door', () => {
  let folder: string;
  let door: Door;
  const log = recordingLog();
  const left: string[] = [];
  const clients: MessageConnection[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tld-'));
    const describe = () => ({ version: '1', protocol: protocolVersion, epoch: 1, pid: 1, sandbox: 'none', busy: false });
    door = await openDoor({ path: join(folder, 'door.sock'), token, log, host: { answers, describe, left: (visitor) => left.push(visitor.name) } });
  });
  after(async () => { await door.close(); await rm(folder, { recursive: true }); });
  afterEach(() => { for (const client of clients.splice(0)) client.dispose(); asked.length = 0; });

  async function visit(): Promise<MessageConnection & { gone: Promise<unknown> }> {
    const socket = createConnection(join(folder, 'door.sock'));
    await once(socket, 'connect');
    const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    connection.onError(() => undefined);
    connection.listen();
    clients.push(connection);
    connection.onDispose(() => socket.destroy());
    return Object.assign(connection, { gone: once(socket, 'close') });
  }
  const hello = (of: Partial<Record<'token' | 'protocol', unknown>> = {}) => ({ token, protocol: protocolVersion, client: 'test', version: '1', ...of });

  it('REQ-DOOR-01 answers nothing before the token was shown, and ends the connection', async () => {
    const client = await visit();
    await assert.rejects(client.sendRequest('list', {}), (error: { data?: unknown }) => (error.data as { code: string }).code === 'wrong-token');
    await client.gone;
    assert.deepEqual([asked, door.visitors()], [[], 0]);
  });

  it('REQ-DOOR-01 turns away a wrong token, a short one, and a hello of another shape, and logs it', async () => {
    for (const bad of [hello({ token: 'b'.repeat(64) }), hello({ token: '' }), hello({ protocol: 'one' }), [], null]) {
      const client = await visit();
      await assert.rejects(client.sendRequest('hello', bad), (error: { data?: unknown }) => (error.data as { code: string; exit: number }).exit === 6);
      await client.gone;
    }
    assert.equal(log.lines.filter((line) => line.includes('turned away')).length, 6);
    assert.ok(!log.lines.join('\n').includes(token));
  });

  it('REQ-DOOR-02 answers whoever showed it, and forgets who left', async () => {
    const client = await visit();
    assert.equal((await client.sendRequest<{ epoch: number }>('hello', hello())).epoch, 1);
    assert.deepEqual(await client.sendRequest('list', {}), []);
    assert.equal(door.visitors(), 1);
    client.dispose();
    await client.gone;
    const next = await visit();
    await next.sendRequest('hello', hello());
    assert.deepEqual([door.visitors(), left.at(-1)], [1, 'test']);
  });

  it('REQ-DOOR-03 refuses what is not well formed without asking anyone', async () => {
    const client = await visit();
    await client.sendRequest('hello', hello());
    await assert.rejects(client.sendRequest('show', { task: 7 }), (error: { data?: unknown; message: string }) => (error.data as { code: string }).code === 'invalid-request' && /task/.test(error.message));
    assert.deepEqual(asked, []);
  });

  it('REQ-DOOR-04 gives every refusal as code, message, next step and exit code', async () => {
    const client = await visit();
    await client.sendRequest('hello', hello());
    const data = async (name: string, params: object): Promise<unknown> => client.sendRequest(name, params).then(() => null, (error: { data?: unknown }) => error.data);
    assert.deepEqual(await data('show', { task: 'x' }), { code: 'unknown-task', message: 'There is no such task.', next: 'See treeline list.', exit: 2 });
    assert.deepEqual(await data('readFile', { commit: 'a', path: 'b' }), { code: 'failed', message: 'a defect of ours', next: 'Look at treeline/engine.log in the git folder.', exit: 6 });
  });

  it('REQ-DOOR-05 lets another protocol only ask it to step down', async () => {
    const client = await visit();
    await client.sendRequest('hello', hello({ protocol: protocolVersion + 1 }));
    await assert.rejects(client.sendRequest('list', {}), (error: { data?: unknown }) => (error.data as { code: string }).code === 'protocol-older-busy');
    await client.sendRequest('stepDown', {});
    assert.deepEqual(asked, ['stepDown {}']);
  });

  it('REQ-DOOR-06 survives what is no message at all', async () => {
    const socket = createConnection(join(folder, 'door.sock'));
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write('Content-Length: 5\r\n\r\n{{{{{GET / HTTP/1.1\r\n\r\n');
    socket.end();
    await once(socket, 'close');
    const client = await visit();
    assert.ok(await client.sendRequest('hello', hello()));
  });
});
