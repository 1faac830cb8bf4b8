/** specs/engine-process.md: engines of other versions, and everything that a socket can be but an engine. */
import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openDoor } from '../../src/app/door.ts';
import type { Answers } from '../../src/app/door.ts';
import { protocolVersion } from '../../src/protocol/messages.ts';
import { recordingLog } from '../journal/support.ts';
import { bundleTestEngine } from './support/bundleTestEngine.ts';
import { openGround } from './support/ground.ts';
import type { Ground } from './support/ground.ts';

describe('engines of other versions, and sockets that are none', () => {
  let program: { folder: string; bundle: string };
  let ground: Ground;
  let undo: (() => Promise<unknown>)[] = [];
  before(async () => { program = await bundleTestEngine(); });
  after(() => rm(program.folder, { recursive: true }));
  beforeEach(async () => { ground = await openGround(program.bundle); });
  afterEach(async () => {
    for (const step of undo) await step();
    undo = [];
    await ground.close();
  });

  /** What engine.json says, with a pid that is nobody's to end. */
  async function sayEngine(file: { socket: string; token?: string; protocol?: number }): Promise<void> {
    await mkdir(ground.treeline, { recursive: true });
    await writeFile(join(ground.treeline, 'engine.json'), JSON.stringify({ token: 't', pid: 2 ** 30, epoch: 1, protocol: protocolVersion, version: '9', ...file }));
    undo.push(() => rm(join(ground.treeline, 'engine.json'), { force: true }));
  }

  async function otherEngine(protocol: number, stepsDown: boolean): Promise<{ readonly asked: string[] }> {
    const socket = join(ground.folder, 'other.sock');
    const asked: string[] = [];
    const stepDown = async (): Promise<boolean> => {
      asked.push('stepDown');
      if (stepsDown) setImmediate(() => void door.close());
      return stepsDown;
    };
    const door = await openDoor({ path: socket, token: 't', log: recordingLog(), host: { answers: { stepDown } as unknown as Answers, describe: () => ({ version: '9', protocol, epoch: 1, pid: 1, sandbox: 'none', busy: !stepsDown }), left: () => undefined } });
    if (!stepsDown) undo.push(() => door.close());
    await sayEngine({ socket, protocol });
    return { asked };
  }

  it('REQ-ENGINE-10 takes the place of an older engine that is idle', async () => {
    const other = await otherEngine(protocolVersion - 1, true);
    const client = await ground.connect();
    assert.deepEqual([other.asked, client.engine.version], [['stepDown'], '0.0.0-test']);
  });

  it('REQ-ENGINE-10 says so when the older engine is busy, and changes nothing', async () => {
    await otherEngine(protocolVersion - 1, false);
    await assert.rejects(ground.connect(), { code: 'protocol-older-busy', exit: 6 });
  });

  it('REQ-ENGINE-10 never asks a newer engine to step down', async () => {
    const other = await otherEngine(protocolVersion + 1, false);
    await assert.rejects(ground.connect(), { code: 'protocol-newer', exit: 6 });
    assert.deepEqual(other.asked, []);
  });

  it('REQ-ENGINE-11 knows an engine that does not take its token', async () => {
    await otherEngine(protocolVersion, false);
    await sayEngine({ socket: join(ground.folder, 'other.sock'), token: 'stolen' });
    await assert.rejects(ground.connect(), { code: 'wrong-token', exit: 6 });
  });

  it('REQ-ENGINE-11 tells a file in the socket\'s place from an engine', async () => {
    await writeFile(join(ground.folder, 'file.sock'), '');
    await sayEngine({ socket: join(ground.folder, 'file.sock') });
    await assert.rejects(ground.connect(), { code: 'socket-squatted', exit: 6 });
  });

  it('REQ-ENGINE-11 takes whoever hangs up for no engine', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => { server.listen(join(ground.folder, 'rude.sock'), resolve); });
    undo.push(() => new Promise((resolve) => { server.close(resolve); }));
    await sayEngine({ socket: join(ground.folder, 'rude.sock') });
    const client = await ground.connect();
    assert.equal(client.engine.version, '0.0.0-test');
  });

  it('REQ-ENGINE-12 names a socket path that is too long, and starts nothing', async () => {
    const long = join(ground.folder, 'x'.repeat(120));
    await mkdir(long, { mode: 0o700 });
    await assert.rejects(ground.connect({ environment: { ...ground.environment, XDG_RUNTIME_DIR: long } }), (error: { code: string; message: string; next: string; exit: number }) =>
      error.code === 'socket-too-long' && error.exit === 6 && error.message.includes(long) && /XDG_RUNTIME_DIR/.test(error.next));
    assert.equal(ground.engineFile(), null);
  });

  it('REQ-ENGINE-13 uses no folder of sockets that somebody could have put there', async () => {
    const run = ground.environment['XDG_RUNTIME_DIR'] ?? '';
    await mkdir(join(ground.folder, 'elsewhere'));
    await symlink(join(ground.folder, 'elsewhere'), join(run, 'treeline'));
    await assert.rejects(ground.connect(), { code: 'socket-squatted', exit: 6 });
  });
});
