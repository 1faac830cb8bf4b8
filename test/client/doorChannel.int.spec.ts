/** specs/engine-process.md: what a client does when an engine breaks off in the middle of a word, or answers what nobody understands. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openChannel } from '../../src/client/doorChannel.ts';
import type { DoorChannel } from '../../src/client/doorChannel.ts';
import { protocolVersion } from '../../src/protocol/messages.ts';

const listeners = { runChanged: () => undefined, event: () => undefined, progress: () => undefined };
const message = (body: unknown): string => { const text = JSON.stringify(body); return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`; };
const hello = { version: '1', protocol: protocolVersion, epoch: 1, pid: 1, sandbox: 'none', busy: false };

describe('a connection to an engine', () => {
  let folder: string;
  let server: Server;
  let guests: Socket[];
  /** What the engine writes for each request in turn, whatever was asked. */
  let answers: ((id: number) => string)[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tld-'));
    guests = [];
    server = createServer((socket) => {
      guests.push(socket);
      let asked = 0;
      socket.on('error', () => undefined).on('data', (data) => {
        for (const [, id] of data.toString().matchAll(/"id":(\d+)/g)) {
          socket.write(answers[asked]?.(Number(id)) ?? '');
          asked += 1;
        }
      });
    });
    await new Promise<void>((resolve) => { server.listen(join(folder, 'door'), resolve); });
  });
  afterEach(async () => {
    for (const socket of guests) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
    rmSync(folder, { recursive: true });
  });

  const open = async (): Promise<DoorChannel> => {
    const channel = await openChannel({ socket: join(folder, 'door'), token: 't', pid: 1, epoch: 1, protocol: protocolVersion, version: '1' }, { client: 'test', version: '1' }, listeners);
    assert.ok(channel);
    return channel;
  };
  const immediately = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  it('REQ-ENGINE-16 that was killed in the middle of a message leaves nothing behind that keeps the client\'s process alive', async () => {
    await immediately(); // mocha's own timer is there from now on
    const before = timers();
    answers = [(id) => `${message({ jsonrpc: '2.0', id, result: hello })}Content-Length: 100\r\n\r\n{"jsonrpc"`];
    const channel = await open();
    // The cut message is there when the answer is: both came in one piece.
    await immediately();
    for (const socket of guests) socket.destroy();
    await channel.ended;
    assert.equal(timers(), before);
  });

  it('REQ-ENGINE-17 that answers what cannot be understood is told so at once, and stays connected', async () => {
    answers = [hello, { nothing: 'known' }, []].map((result) => (id: number) => message({ jsonrpc: '2.0', id, result }));
    const channel = await open();
    await assert.rejects(channel.request('list', {}), { code: 'failed', message: /answer to "list" cannot be understood/ });
    assert.deepEqual(await channel.request('list', {}), []);
    channel.close();
    await channel.ended;
  });
});
