/** Installed dependencies that are kept between checkouts. REQ ids: specs/gates.md. */
import { deepEqual, equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openInstalledTrees } from '../../src/app/installedTrees.ts';
import type { InstalledTrees } from '../../src/gates/gateStore.ts';
import { silent } from '../gates/support/judge.ts';
import { temporaryFolder } from '../gates/support/temporaryFolder.ts';
import { until } from '../support/until.ts';

const [one, two, three] = ['1'.repeat(64), '2'.repeat(64), '3'.repeat(64)] as const;

describe('installed dependencies that are kept', function () {
  this.timeout(60_000);
  let ground: Awaited<ReturnType<typeof temporaryFolder>>;
  let trees: InstalledTrees;
  const at = (...parts: readonly string[]): string => join(ground.path, ...parts);
  const open = (limit?: number): Promise<InstalledTrees> => openInstalledTrees(at('store'), at('running'), 'machine', silent, limit);
  const entries = async (): Promise<readonly string[]> => (await readdir(at('store'))).sort();
  beforeEach(async () => {
    ground = await temporaryFolder('installed');
    trees = await open();
  });
  afterEach(() => ground.remove());

  /** A checkout with these files; `->` begins a link's target. */
  async function checkout(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    await mkdir(at(name), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(at(name, path)), { recursive: true });
      if (text.startsWith('->')) await symlink(text.slice(2), at(name, path));
      else await writeFile(at(name, path), text);
    }
    return at(name);
  }

  it('REQ-GATE-161: several folders come back as they were: workspaces, links, modes', async () => {
    const from = await checkout('from', { 'node_modules/two/cli.js': '#!/usr/bin/env node\n', 'node_modules/.bin/two': '->../two/cli.js', 'node_modules/a': '->../packages/a', 'packages/a/node_modules/three/index.js': 'three', '.pnp.cjs': 'x', 'packages/a/a.js': 'tracked' });
    await chmod(join(from, 'node_modules/two/cli.js'), 0o755);
    await trees.keep(one, from, ['node_modules', 'packages/a/node_modules', '.pnp.cjs']);
    await rm(from, { recursive: true });
    const to = await checkout('to', { 'packages/a/a.js': 'tracked' });
    equal(await trees.restore(one, to), true);
    deepEqual([
      (await readdir(to, { recursive: true })).filter((name) => !name.startsWith('node_modules/a/')).sort(), await readlink(join(to, 'node_modules/.bin/two')), await readlink(join(to, 'node_modules/a')), (await stat(join(to, 'node_modules/.bin/two'))).mode & 0o777,
    ], [
      ['.pnp.cjs', 'node_modules', 'node_modules/.bin', 'node_modules/.bin/two', 'node_modules/a', 'node_modules/two', 'node_modules/two/cli.js', 'packages', 'packages/a', 'packages/a/a.js', 'packages/a/node_modules', 'packages/a/node_modules/three', 'packages/a/node_modules/three/index.js'],
      '../two/cli.js', '../packages/a', 0o755,
    ]);
    equal(await trees.restore(two, to), false);
  });

  it('REQ-GATE-160: what is written into a restored file, or into the one that was kept, is in no other checkout: no file is shared', async () => {
    const from = await checkout('from', { 'node_modules/two/index.js': 'two' });
    await trees.keep(one, from, ['node_modules']);
    await writeFile(join(from, 'node_modules/two/index.js'), 'edited after it was kept');
    for (const name of ['first', 'second', 'third']) {
      const to = await checkout(name);
      equal(await trees.restore(one, to), true);
      const file = join(to, 'node_modules/two/index.js');
      deepEqual([await readFile(file, 'utf8'), (await lstat(file)).nlink], ['two', 1]);
      await chmod(file, 0o666);
      await writeFile(file, 'edited');
    }
  });

  it('REQ-GATE-160: packages that run something when they are installed are found wherever npm, pnpm and yarn lay them, and not among what a package has of its own', async () => {
    const scripted = (name: string): string => JSON.stringify({ name, scripts: { postinstall: 'node x' } });
    const root = await checkout('from', {
      'node_modules/plain/package.json': '{"scripts":{"test":"x"}}', 'node_modules/plain/test/package.json': scripted('a-fixture'), 'node_modules/plain/node_modules/inner/package.json': scripted('inner'), 'node_modules/@a/b/package.json': scripted('@a/b'),
      'node_modules/.pnpm/c@1/node_modules/c/package.json': scripted('c'), 'node_modules/.store/d-npm-1/package/package.json': scripted('d'), '.yarn/unplugged/e-npm-1/node_modules/e/package.json': scripted('e'), 'node_modules/native/package.json': '{"name":"native"}', 'node_modules/native/binding.gyp': '',
      'node_modules/f': '->../elsewhere', 'elsewhere/package.json': scripted('f'), '.pnp.cjs': '',
    });
    deepEqual(await trees.scripted(root, ['node_modules', '.yarn', '.pnp.cjs']), ['@a/b', 'c', 'd', 'e', 'inner', 'native']);
  });

  it('REQ-GATE-162: a text that names its place names the new one; bytes that do, and links, cannot stand elsewhere and are not kept', async () => {
    const from = await checkout('from', { '.venv/bin/tool': `#!${at('from')}/.venv/bin/python\n` });
    await chmod(join(from, '.venv/bin/tool'), 0o755);
    await trees.keep(one, from, ['.venv']);
    const to = await checkout('a longer name');
    equal(await trees.restore(one, to), true);
    deepEqual([await readFile(join(to, '.venv/bin/tool'), 'utf8'), (await stat(join(to, '.venv/bin/tool'))).mode & 0o777], [`#!${to}/.venv/bin/python\n`, 0o755]);
    await trees.keep(two, await checkout('binary', { 'node_modules/x.node': `\0${at('binary')}/x` }), ['node_modules']);
    await trees.keep(three, await checkout('linked', { 'node_modules/x': `->${at('linked')}/y` }), ['node_modules']);
    deepEqual(await entries(), [one]);
  });

  it('REQ-GATE-161: nothing is laid over what a commit has, or through a link of it, and nothing is left where it could not be laid whole', async () => {
    await trees.keep(one, await checkout('from', { 'node_modules/x.js': 'x', 'packages/a/node_modules/y.js': 'y' }), ['node_modules', 'packages/a/node_modules']);
    const outside = await checkout('outside', { 'a/a.js': '' });
    equal(await trees.restore(one, await checkout('own', { 'node_modules/x.js': 'own' })), false);
    equal(await trees.restore(one, await checkout('led away', { packages: `->${outside}` })), false);
    equal(await trees.restore(one, await checkout('led away below', { 'packages/a': `->${outside}/a` })), false);
    await rm(at('store', one, 'tree/packages'), { recursive: true });
    equal(await trees.restore(one, await checkout('damaged')), false);
    deepEqual([await readdir(at('own/node_modules')), await readdir(join(outside, 'a')), (await readdir(at('damaged'))).includes('node_modules')], [['x.js'], ['a.js'], false]);
  });

  it('REQ-GATE-163: of more than is kept the one goes that was not used for longest; one that would take half of it is not kept', async () => {
    trees = await open(1_000);
    const keep = async (key: string, bytes: number): Promise<void> => trees.keep(key, await checkout(`from ${key}`, { 'node_modules/x.js': 'x'.repeat(bytes) }), ['node_modules']);
    await keep(one, 400);
    await keep(two, 400);
    const used = async (key: string, seconds: number): Promise<void> => utimes(at('store', key, 'about.json'), seconds, seconds);
    await used(one, 1_000);
    await used(two, 2_000);
    equal(await trees.restore(one, await checkout('to')), true);
    await keep(three, 400);
    await keep('4'.repeat(64), 501);
    deepEqual(await entries(), [one, three]);
  });

  it('REQ-GATE-163: of two processes that keep the same at once one does, and both go on', async () => {
    const from = await checkout('from', Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`node_modules/p${n}/index.js`, `${n}`])));
    const others = await open();
    await Promise.all([trees.keep(one, from, ['node_modules']), others.keep(one, from, ['node_modules'])]);
    equal(await others.restore(one, await checkout('to')), true);
    deepEqual([await entries(), (await readdir(at('to/node_modules'))).length], [[one], 200]);
  });

  it('REQ-GATE-163: what a killed process began is removed by the next one; what it had kept is whole', async () => {
    const from = await checkout('from', Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`node_modules/p${n % 100}/f${n}.js`, `${n}`])));
    const half = async (): Promise<boolean> => (await readdir(at('store')).catch(() => [])).some((name) => name.startsWith('treeline-install-') && existsSync(at('store', name, 'tree/node_modules')));
    const whole = async (): Promise<boolean> => (await entries().catch(() => [])).some((name) => name.length === 64);
    for (const seen of [half, whole]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'programs/keepUntilKilled.ts'), at('store'), at('running'), from], { stdio: ['ignore', 'inherit', 'inherit'] });
      await until('something is kept', seen, (yes) => yes);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const next = await open();
      const left = await entries();
      deepEqual(left.filter((name) => !/^[0-9a-f]{64}$/.test(name)), []);
      for (const key of left) {
        const to = await checkout(`to ${key}`);
        deepEqual([await next.restore(key, to), (await readdir(to, { recursive: true })).length], [true, 601]);
        await rm(to, { recursive: true });
      }
    }
  });
});
