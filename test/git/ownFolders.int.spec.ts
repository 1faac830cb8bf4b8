/** specs/git.md REQ-GIT-93: folders of a process that was killed, wherever that was. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { openOwnFolders } from '../../src/git/ownFolders.ts';
import { skipBecause } from '../support/skip.ts';
import { until } from '../support/until.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const programs = join(import.meta.dirname, 'programs');

describe('folders of a killed process', () => {
  let ground: string;
  let places: { readonly register: string; readonly root: string };
  beforeEach(() => {
    // Some are tried without root's rights, and the temporary folder of a test run is for its user alone.
    ground = realpathSync(mkdtempSync(join(process.getuid?.() === 0 ? '/tmp' : tmpdir(), 'tl-folders-')));
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
    const modes = [mine, places.register, join(places.register, mine.slice(places.root.length + 1))].map((path) => statSync(path).mode & 0o777);
    assert.deepEqual({ left: left().sort(), modes }, { left: ['other', 'something else', mine.slice(places.root.length + 1), mine.slice(places.root.length + 1)].sort(), modes: [0o700, 0o700, 0o600] });
  });

  it('REQ-GIT-93 are written down in a register that is made when the first is', async () => {
    places = { ...places, register: join(ground, 'deep/er') };
    await open().sweep();
    const folder = await open().make(places.root);
    const written = readdirSync(places.register).map((name) => readFileSync(join(places.register, name), 'utf8'));
    await open().remove(folder);
    assert.deepEqual([written, left()], [[folder], []]);
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

  it('REQ-GIT-93 have names of their own, need no register, and are removed whatever ran in them took away', async () => {
    await asNobody(ground, async () => {
      const lines: string[] = [];
      const folders = openOwnFolders(null, 'treeline-test', { ...silent, debug: (line) => { lines.push(line); } });
      const made = [await folders.make(places.root), await folders.make(places.root)];
      for (const folder of made) assert.match(folder, new RegExp(`^${places.root}/treeline-test-${process.pid}-[0-9a-f]{12}$`));
      const [one = '', other = ''] = made;
      assert.notEqual(one, other);
      for (const folder of ['a/b', 'c']) {
        mkdirSync(join(one, folder), { recursive: true });
        writeFileSync(join(one, folder, 'file'), '');
      }
      for (const [folder, mode] of [['a/b', 0o555], ['a', 0], ['c', 0o555], ['', 0o500]] as const) chmodSync(join(one, folder), mode);
      await folders.remove(one);
      await folders.remove(one);
      await folders.sweep();
      assert.deepEqual([left(), lines], [[other.slice(places.root.length + 1)], []]);
    });
  });

  it('REQ-GIT-93 are left alone while a process of another person\'s lives; entries of folders that were never made go, and what others have there stays', async () => {
    const lines: string[] = [];
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    // Whoever is not root may not even ask whether init lives; root gives one to somebody else.
    const others = process.getuid?.() === 0 ? spawn('sleep', ['600'], { uid: nobody - 1, stdio: 'ignore' }) : null;
    const name = `treeline-test-${others?.pid ?? 1}-abc`;
    const alive = join(places.root, name);
    mkdirSync(places.register);
    try {
      await asNobody(ground, async () => {
        mkdirSync(alive);
        for (const [entry, folder] of [[name, alive], [`treeline-test-${gone}-def`, join(places.root, `treeline-test-${gone}-def`)], [`treeline-test-${gone}-abc`, ''], [`x-treeline-test-${gone}-abc`, ''], ['treeline-test--abc', '']] as const) writeFileSync(join(places.register, entry), folder);
        await openOwnFolders(places.register, 'treeline-test', { ...silent, warn: (line) => { lines.push(line); } }).sweep();
      });
    } finally {
      others?.kill('SIGKILL');
    }
    assert.deepEqual([existsSync(alive), readdirSync(places.register).sort(), lines], [true, ['treeline-test--abc', name, `x-treeline-test-${gone}-abc`].sort(), []]);
  });

  it('REQ-GIT-93 of another person go out of the register and stay', async function anotherPerson() {
    if (process.getuid?.() !== 0) skipBecause(this, 'Gives a folder to another person, which only root may.');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const name = `treeline-test-${gone}-abc`;
    mkdirSync(places.register);
    mkdirSync(join(places.root, name));
    chownSync(join(places.root, name), nobody, nobody);
    writeFileSync(join(places.register, name), join(places.root, name));
    await open().sweep();
    assert.deepEqual(left(), [name]);
  });

  it('REQ-GIT-93 are left alone where the register is another person\'s, and nothing fails for that', async () => {
    const folder = await open().make(places.root);
    chmodSync(ground, 0o755);
    chmodSync(places.register, 0);
    await asNobody(ground, () => open().sweep());
    chmodSync(places.register, 0o700);
    assert.deepEqual(left(), [folder, folder].map((path) => basename(path)));
  });

  it('REQ-GIT-93 that cannot be removed now, or be registered, are told; one does not keep the others from being removed', async () => {
    const lines: string[] = [];
    const folders = openOwnFolders(places.register, 'treeline-test', { ...silent, warn: (line) => { lines.push(line); }, debug: (line) => { lines.push(line); } });
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const names = ['a', 'b'].map((end) => `treeline-test-${gone}-${end}`);
    mkdirSync(places.register);
    for (const name of names) {
      mkdirSync(join(places.root, name));
      writeFileSync(join(places.register, name), join(places.root, name));
    }
    // What is no file is none of ours to read.
    mkdirSync(join(places.register, `treeline-test-${gone}-c`));
    for (const [folder, mode] of [[ground, 0o755], [places.root, 0]] as const) chmodSync(folder, mode);
    await asNobody(places.register, async () => {
      await folders.sweep();
      chmodSync(places.register, 0o555);
      await assert.rejects(folders.make(places.root), { code: 'EACCES' });
    });
    for (const folder of [places.root, places.register]) chmodSync(folder, 0o755);
    assert.deepEqual(lines.map((line) => line.replace(/-[0-9a-f]{12} is/, ' is').replace(/: .*/, '')).sort(), [`${places.root}/treeline-test-${process.pid} is not registered`, ...[...names, `treeline-test-${gone}-c`].map((name) => `${name} could not be removed`)]);
    assert.deepEqual(left().sort(), [...names, ...names, `treeline-test-${gone}-c`].sort());
  });
});

const nobody = 65_534;

/** Does it without root's rights, with `folder` and all in it theirs: root may write what is read-only, and to processes of others. */
async function asNobody(folder: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) chownSync(join(folder, name), nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
