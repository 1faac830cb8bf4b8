// Canaries behind the walls: each is first shown to get through without them, so that it proves something when it does not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noMounts } from '../../src/ports/sandbox.ts';
import { living, needsWalls, openGround, rareSleep, type Ground } from './ground.ts';

const connect = (target: string): string => `node -e 'require("net").connect(${target}).on("connect", () => { console.log("CONNECTED"); process.exit() }).on("error", (e) => console.log(e.code))'`;

describe('the walls of namespaces (specs/sandbox.md)', function () {
  this.timeout(60_000);
  let walled: Ground;
  let open: Ground;
  const servers: Server[] = [];

  before(async function () { await needsWalls(this); });
  beforeEach(() => {
    walled = openGround('required', { environment: { ...process.env, ANTHROPIC_API_KEY: 'canary-key' } });
    open = openGround('off', { environment: { ...process.env, ANTHROPIC_API_KEY: 'canary-key' } });
  });
  afterEach(() => {
    walled?.close();
    open?.close();
    for (const server of servers.splice(0)) server.close();
  });

  async function listen(at: string | number): Promise<Server> {
    const server = createServer((socket) => socket.end());
    servers.push(server);
    if (typeof at === 'string') server.listen(at);
    else server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  it('REQ-WALL-02: a socket and a token beside the root cannot be reached, under no name', async () => {
    for (const { folder } of [walled, open]) {
      mkdirSync(join(folder, 'engine'));
      writeFileSync(join(folder, 'engine/token'), 'canary-token');
      await listen(join(folder, 'engine/socket'));
    }
    const attempt = ({ folder }: Ground): string => `${connect(JSON.stringify(join(folder, 'engine/socket')))}; cat ${folder}/engine/token; ln -s ${folder}/engine/token link; cat link; ls ${folder}`;
    assert.equal((await open.run(attempt(open))).output, 'CONNECTED\ncanary-tokencanary-tokenengine\ntree\n');
    const { output } = await walled.run(attempt(walled));
    assert.doesNotMatch(output, /CONNECTED|canary/);
    assert.match(output, /^ENOENT\n(.*No such file.*\n){2}tree\n$/);
  });

  it('REQ-WALL-03: a hidden folder inside the root is empty, its socket and token are not there', async () => {
    const hidden = join(walled.root, 'engine');
    mkdirSync(hidden);
    writeFileSync(join(hidden, 'token'), 'canary-token');
    await listen(join(hidden, 'socket'));
    const masked = openGround('required', { hidden: [hidden] });
    try {
      const command = `${connect('"engine/socket"')}; ls -A engine; echo x > engine/forged`;
      assert.equal((await walled.run(`${connect('"engine/socket"')}; ls -A engine`)).output, 'CONNECTED\nsocket\ntoken\n');
      assert.match((await masked.run(command, { root: walled.root })).output, /^ENOENT\n.*Read-only file system\n$/);
      assert.ok(!existsSync(join(hidden, 'forged')));
    } finally {
      masked.close();
    }
  });

  it('REQ-WALL-05: no key of ours, and no environment of a process outside, can be read', async () => {
    const outsider = spawn('sleep', ['600'], { env: { OUTSIDER: 'canary-outside' }, stdio: 'ignore' });
    try {
      const look = 'env; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"; cat /proc/*/cmdline | tr "\\0" " "';
      assert.match((await open.run(look, { output: { head: 4e6, tail: 0, killAt: 1e8 } })).output, /canary-outside/);
      const { output } = await walled.run(look);
      assert.match(output, /TREELINE_CONFINED=/);
      assert.doesNotMatch(output, /canary|API_KEY|--ro-bind/);
    } finally {
      outsider.kill('SIGKILL');
    }
  });

  it('REQ-WALL-01: no network, not even the loopback of this machine, unless it was asked for', async () => {
    const { port } = (await listen(0)).address() as AddressInfo;
    const command = connect(`${port}, "127.0.0.1"`);
    assert.equal((await walled.run(command, { network: true })).output, 'CONNECTED\n');
    assert.equal((await walled.run(command)).output, 'ECONNREFUSED\n');
    assert.match((await walled.run(connect('80, "169.254.169.254"'))).output, /^(ENETUNREACH|EHOSTUNREACH)\n$/);
  });

  it('REQ-WALL-01: a server and a client inside find each other', async () => {
    const both = `node -e 'const net = require("net"); const s = net.createServer((c) => c.end("hello")).listen(0, "127.0.0.1", () => net.connect(s.address().port).on("data", (d) => { console.log(String(d)); process.exit() }))'`;
    assert.equal((await walled.run(both)).output, 'hello\n');
  });

  it('REQ-WALL-02: only the root and the mounts made for writing can be written; home and /tmp are private and vanish', async () => {
    const readable = join(walled.folder, 'readable');
    const writable = join(walled.folder, 'writable');
    for (const folder of [readable, writable]) mkdirSync(folder);
    writeFileSync(join(readable, 'a'), 'a');
    const { output } = await walled.run(
      `for at in . ${writable} ${readable} / /usr /etc /usr/local/bin ~ /tmp /dev; do if echo x > $at/treeline-canary; then echo "$at yes"; else echo "$at no"; fi; done 2>/dev/null; cat ${readable}/a`,
      { mounts: { ...noMounts, readable: [readable, join(walled.folder, 'absent')], writable: [writable] } });
    assert.equal(output, `. yes\n${writable} yes\n${readable} no\n/ no\n/usr no\n/etc no\n/usr/local/bin no\n${process.env['HOME']} yes\n/tmp yes\n/dev no\na`);
    assert.deepEqual([walled.root, writable, '/tmp', process.env['HOME'] ?? '/'].map((folder) => existsSync(join(folder, 'treeline-canary'))), [true, true, false, false]);
  });

  it('REQ-WALL-04: a worktree\'s pointer to git cannot be rewritten, removed or replaced', async () => {
    writeFileSync(join(walled.root, '.git'), 'gitdir: /nowhere\n');
    const { output } = await walled.run('echo "gitdir: /evil" > .git || rm -f .git || mv .git x || ln -f /dev/null .git || echo refused');
    assert.match(output, /refused\n$/);
    assert.equal(readFileSync(join(walled.root, '.git'), 'utf8'), 'gitdir: /nowhere\n');
  });

  it('REQ-WALL-04: a git dir made for the command may stand beside the worktree and a pointer in it, both out of hidden folders', async () => {
    const [state, trees] = [join(walled.folder, 'state'), join(walled.folder, 'trees')];
    const root = join(trees, 'a');
    for (const folder of [join(state, 'agent'), root, join(trees, 'other')]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(state, 'pointer'), `gitdir: ${root}.git\n`);
    writeFileSync(join(root, '.git'), 'gitdir: /real\n');
    const here = openGround('required', { hidden: [state, trees] });
    try {
      const mounts = { ...noMounts, bind: [{ from: join(state, 'agent'), to: `${root}.git`, write: true }, { from: join(state, 'pointer'), to: join(root, '.git'), write: false }] };
      const { output } = await here.run(`ls ${trees}; cat .git; echo made > ../a.git/file; echo x > .git || echo refused; ls ${state}`, { root, mounts });
      assert.match(output, new RegExp(`^a\na\\.git\ngitdir: ${root}\\.git\n.*\nrefused\n.*No such file.*\n$`));
      assert.deepEqual([readFileSync(join(state, 'agent/file'), 'utf8'), readFileSync(join(root, '.git'), 'utf8'), existsSync(`${root}.git`)], ['made\n', 'gitdir: /real\n', false]);
    } finally {
      here.close();
    }
  });

  it('REQ-WALL-11: daemons of every kind die with the command', async () => {
    const sleep = rareSleep();
    const result = await walled.run(`setsid ${sleep} & (setsid sh -c "env -i ${sleep} & disown" &); nohup ${sleep} >/dev/null 2>&1 & exit 4`);
    assert.deepEqual([result.end, result.leftovers, living(sleep)], [{ kind: 'exited', code: 4 }, 0, []]);
  });

  it('REQ-WALL-11: what runs behind the walls dies with the engine, even when that is killed', async () => {
    const sleep = rareSleep();
    const engine = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./runUntilKilled.ts')), walled.root, sleep], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(engine.stdout, 'data');
    assert.notEqual(living(sleep).length, 0);
    engine.kill('SIGKILL');
    await once(engine, 'close');
    while (living(sleep).length > 0) await new Promise((resolve) => { setImmediate(resolve); });
  });

  it('REQ-WALL-07: what the user has on PATH runs inside, the same as outside', async () => {
    const versions = 'for tool in node npm git python3 cargo; do command -v $tool && $tool --version; done 2>&1; :';
    const [inside, outside] = [await walled.run(versions), await open.run(versions)];
    assert.equal(inside.output, outside.output);
    assert.match(inside.output, /node\nv\d+/);
  });

  it('REQ-WALL-07: toolchains under home are seen read-only, with what their links need; the rest of home is not', async () => {
    const home = join(walled.folder, 'home');
    const script = (path: string, body: string): void => {
      mkdirSync(join(home, path, '..'), { recursive: true });
      writeFileSync(join(home, path), body, { mode: 0o755 });
    };
    script('.nvm/versions/node/v1/lib/words', 'from nvm');
    script('.nvm/versions/node/v1/bin/one', '#!/bin/sh\ncat "$(dirname "$0")/../lib/words"; echo');
    script('.local/share/venvs/two/lib/words', 'from a link');
    script('.local/share/venvs/two/bin/two', '#!/bin/sh\ncat "$(dirname "$(readlink -f "$0")")/../lib/words"; echo');
    for (const secret of ['.ssh/id', '.local/share/keyrings/k', '.cargo/credentials.toml', '.npmrc', '.config/x', 'notes', '.nvm/alias']) script(secret, 'canary');
    script('.cargo/bin/three', '#!/bin/sh\necho three');
    mkdirSync(join(home, '.local/bin'));
    symlinkSync('../share/venvs/two/bin/two', join(home, '.local/bin/two'));
    const path = `${home}/.nvm/versions/node/v1/bin:${home}/.local/bin:${home}/.cargo/bin:${home}:/usr/bin:/bin`;
    const here = openGround('required', { environment: { HOME: home, PATH: path } });
    try {
      const { output } = await here.run('one; two; three; grep -rl canary ~ ; echo x 2>/dev/null > ~/.nvm/versions/node/v1/bin/one || echo read-only');
      assert.equal(output, 'from nvm\nfrom a link\nthree\nread-only\n');
    } finally {
      here.close();
    }
  });

  it('REQ-WALL-08: a root or a mount that would show too much is refused before anything starts', async () => {
    const hidden = join(walled.folder, 'engine');
    mkdirSync(hidden);
    const here = openGround('required', { hidden: [hidden] });
    try {
      const ends = [
        await here.run('true', { root: '/' }), await here.run('true', { root: join(walled.folder, 'absent') }), await here.run('true', { root: hidden }),
        await here.run('true', { directory: '/usr' }), await here.run('true', { mounts: { ...noMounts, readable: [hidden] } }),
        await here.run('true', { mounts: { ...noMounts, writable: [join(walled.folder, 'absent')] } }),
      ].map(({ end }) => (end.kind === 'not-started' ? end.why.replaceAll(walled.folder, 'F').replaceAll(here.folder, 'G') : end.kind));
      assert.deepEqual(ends, [
        '/ is a folder of the system and cannot be the root of a confined process. Use a worktree or a scratch checkout.',
        'F/absent is not a folder. A command needs the absolute path of a worktree or scratch checkout.',
        'F/engine must not be seen by a confined process. Mount only what it needs from inside.',
        '/usr lies outside G/tree. Start in a folder of the root.',
        'F/engine must not be seen by a confined process. Mount only what it needs from inside.',
        'F/absent is to be seen by the command and does not exist. It must be made before.',
      ]);
    } finally {
      here.close();
    }
  });
});
