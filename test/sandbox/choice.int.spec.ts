import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxMode } from '../../src/ports/sandbox.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { needsWalls, openGround, silent, type Ground } from './ground.ts';
import { skipBecause } from '../support/skip.ts';

describe('with walls or without (specs/sandbox.md)', function () {
  this.timeout(60_000);
  const grounds: Ground[] = [];
  const ground = (mode: SandboxMode, bwrapPath?: string): Ground => {
    const opened = openGround(mode, bwrapPath === undefined ? {} : { bwrapPath });
    grounds.push(opened);
    return opened;
  };

  before(function () { if (process.platform !== 'linux') skipBecause(this, 'Tries out a bubblewrap that does not work, which is about Linux.'); });
  afterEach(() => { for (const opened of grounds.splice(0)) opened.close(); });

  it('REQ-WALL-40: "required" without bubblewrap starts nothing, and says how to install it', async () => {
    const here = ground('required', '/nonexistent/bwrap');
    const { end, sandbox } = await here.run('touch started');
    assert.equal(end.kind, 'not-started');
    assert.match(end.kind === 'not-started' ? end.why : '', /A sandbox is required here.*install bubblewrap/);
    assert.match(sandbox, /^none: /);
    assert.deepEqual(await here.sandbox.files(here.root).list('.'), []);
  });

  it('REQ-WALL-41: "prefer" without bubblewrap runs, and the result says that nothing was confined', async () => {
    const { end, sandbox } = await ground('prefer', '/nonexistent/bwrap').run('true');
    assert.deepEqual([end, /^none: \/nonexistent\/bwrap does not work here/.test(sandbox)], [{ kind: 'exited', code: 0 }, true]);
  });

  it('REQ-WALL-40: forbidden namespaces are told apart from a missing program, with the way to allow them', async () => {
    const folder = ground('off').folder;
    const fake = join(folder, 'bwrap');
    writeFileSync(fake, '#!/bin/sh\n[ "$1" = --help ] && exit 0\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n');
    chmodSync(fake, 0o755);
    const { kind, why } = await createSandbox({ log: silent, environment: process.env, hidden: [], bwrapPath: fake }).probe();
    assert.equal(kind, 'none');
    assert.match(why, /setting up uid map: Permission denied.*AppArmor/);
  });

  it('REQ-WALL-40: a bubblewrap that confines nothing is not believed', async () => {
    const folder = ground('off').folder;
    const fake = join(folder, 'bwrap');
    writeFileSync(fake, '#!/bin/sh\nexit 0\n');
    chmodSync(fake, 0o755);
    assert.equal((await createSandbox({ log: silent, environment: process.env, hidden: [], bwrapPath: fake }).probe()).kind, 'none');
  });

  it('REQ-WALL-41: "prefer" with bubblewrap confines; the machine is asked once', async function () {
    await needsWalls(this);
    const said: string[] = [];
    const here = openGround('prefer', { log: { ...silent, info: (message) => { said.push(message); } } });
    grounds.push(here);
    const results = [await here.run('true'), await here.run('true')];
    assert.deepEqual([results.map(({ sandbox }) => sandbox), said.length, (await here.sandbox.probe()).kind], [['bubblewrap', 'bubblewrap'], 1, 'bubblewrap']);
  });

  it('REQ-WALL-16: a user without rights is confined as well, and a fork bomb meets its limit', async function () {
    await needsWalls(this);
    const root = process.getuid?.() === 0; // the system exempts root from this limit
    const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./boundedBomb.ts'))], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: { ...process.env, TMPDIR: '/tmp' }, ...(root ? { uid: 65534, gid: 65534 } : {}) });
    let output = '';
    let errors = '';
    child.stdout.on('data', (part: Buffer) => { output += part.toString(); });
    child.stderr.on('data', (part: Buffer) => { errors += part.toString(); });
    // A checkout in a folder of root's own: the program itself cannot be started.
    child.on('error', (error) => { errors += String(error); });
    await new Promise((closed) => { child.on('close', closed); });
    if (errors.includes('EACCES')) skipBecause(this, 'This checkout cannot be read by a user without rights.');
    assert.equal(output, 'bubblewrap exited limited\n', errors);
  });
});
