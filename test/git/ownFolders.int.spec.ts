/** specs/git.md REQ-GIT-93: folders of a process that was killed, wherever that was. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { openOwnFolders } from '../../src/git/ownFolders.ts';
import { until } from '../support/until.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const programs = join(import.meta.dirname, 'programs');

describe('folders of a killed process', () => {
  let ground: string;
  let places: { readonly register: string; readonly root: string };
  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'tl-folders-')));
    places = { register: join(ground, 'register'), root: join(ground, 'root') };
    mkdirSync(places.root);
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  const open = () => openOwnFolders(places.register, 'treeline-test', silent);
  const left = (): string[] => [places.root, places.register].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  const run = (killAt: number) => spawnSync(process.execPath, ['--import', join(programs, 'killAtCall.ts'), join(programs, 'ownFolderProcess.ts'), places.register, places.root], {
    encoding: 'utf8', env: { ...process.env, TREELINE_TEST_KILL_AT: String(killAt) },
  });

  it('REQ-GIT-93 are removed by the next one, at whichever of its calls it was killed', async function killEverywhere() {
    this.timeout(60_000);
    const whole = run(0);
    assert.equal(whole.status, 0, whole.stderr);
    const calls = Number(whole.stdout);
    assert.ok(calls >= 6, String(calls));
    const found = new Set<number>();
    for (let at = 1; at <= calls; at += 1) {
      assert.equal(run(at).signal, 'SIGKILL', `killed at ${at}`);
      found.add(left().length);
      await open().sweep();
      assert.deepEqual(left(), [], `killed at ${at}`);
    }
    assert.deepEqual([...found].sort(), [0, 1, 2], 'nothing, an entry, an entry and its folder were left');
  });

  it('REQ-GIT-93 are removed although nobody has waited for the process yet', async () => {
    // A child ends once its parent has become `sleep`, which waits for nobody; a shell would wait for one that ends before.
    const parent = spawn('sh', ['-c', 'read go <&3 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    const gone = once(parent, 'exit');
    try {
      const [pid] = await once(createInterface({ input: parent.stdout as Readable }), 'line') as [string];
      await until('the shell to become sleep', () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8'), (name) => name === 'sleep\n');
      (parent.stdio[3] as Writable).end('\n');
      await until('the zombie', () => readFileSync(`/proc/${pid}/stat`, 'utf8'), (stat) => stat.includes(') Z '));
      const folder = join(places.root, `treeline-test-${pid}-abc`);
      mkdirSync(folder);
      mkdirSync(places.register);
      writeFileSync(join(places.register, `treeline-test-${pid}-abc`), folder);
      await open().sweep();
      assert.deepEqual(left(), []);
    } finally {
      parent.kill('SIGKILL');
      await gone;
    }
  });

  it('REQ-GIT-93 are left alone while their process lives, and where the register only claims them', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const mine = await open().make(places.root);
    mkdirSync(join(places.root, 'other'));
    writeFileSync(join(places.register, `treeline-test-${gone}-abc`), join(places.root, 'other'));
    writeFileSync(join(places.register, 'something else'), join(places.root, 'other'));
    await open().sweep();
    assert.deepEqual({ left: left().sort(), mode: statSync(mine).mode & 0o777 }, { left: ['other', 'something else', mine.slice(places.root.length + 1), mine.slice(places.root.length + 1)].sort(), mode: 0o700 });
  });

  it('REQ-GIT-93 are made where nothing can be registered, and none is registered that could not be made', async () => {
    writeFileSync(places.register, 'in the way');
    const folder = await open().make(places.root);
    await open().remove(folder);
    rmSync(places.register);
    await assert.rejects(open().make(join(ground, 'nowhere')), { code: 'ENOENT' });
    mkdirSync(places.register);
    assert.deepEqual(left(), []);
  });
});
