// The door of every npm script, run for real with a machine that lies about its Node, its platform or its git.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Machine { readonly node?: string; readonly platform?: string; readonly path?: string }

/** Runs bootstrap.mjs with `args` on a machine that says it is `machine`. */
function bootstrap(args: readonly string[], machine: Machine): { status: number | null; stderr: string } {
  const lies = [
    machine.node ? `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${machine.node}' } });` : '',
    machine.platform ? `Object.defineProperty(process, 'platform', { value: '${machine.platform}' });` : '',
  ].join('');
  const { status, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(lies)}`, 'src/build/bootstrap.mjs', ...args], {
    cwd: root, encoding: 'utf8', env: { ...process.env, ...(machine.path === undefined ? {} : { PATH: machine.path }) },
  });
  return { status, stderr };
}

describe('bootstrap', () => {
  it('REQ-HOUSE-05: names the Node it needs to begin', () => {
    const { status, stderr } = bootstrap(['check'], { node: '18.20.8' });
    assert.equal(status, 6);
    assert.match(stderr, /^Node 20\.0\.0 or newer is needed to begin, this is Node 18\.20\.8\. .+\n$/);
  });

  it('REQ-HOUSE-05: names the Node it needs where the registry has none to install', () => {
    const { status, stderr } = bootstrap(['check'], { node: '20.20.0', platform: 'darwin' });
    assert.equal(status, 6);
    assert.match(stderr, /^Node 22\.15\.0 or newer is needed on darwin \S+, this is Node 20\.20\.0 .+\n$/);
  });

  it('REQ-HOUSE-05: says that git is missing', () => {
    const { status, stderr } = bootstrap(['check'], { path: '' });
    assert.equal(status, 6);
    assert.match(stderr, /^git 2\.38\.0 or newer is needed, .+\n$/);
  });

  it('REQ-HOUSE-05: says that git is too old', () => {
    const folder = mkdtempSync(join(tmpdir(), 'git-'));
    try {
      writeFileSync(join(folder, 'git'), '#!/bin/sh\necho git version 2.30.1\n', { mode: 0o755 });
      const { status, stderr } = bootstrap(['check'], { path: folder });
      assert.equal(status, 6);
      assert.match(stderr, /^git 2\.38\.0 or newer is needed, this is git 2\.30\.1\. .+\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('REQ-HOUSE-05: refuses a script it does not know, and names those it knows', () => {
    const { status, stderr } = bootstrap(['tset'], {});
    assert.equal(status, 6);
    assert.match(stderr, /^Unknown script "tset"\. Known: .*\btest\b/);
  });

  it('REQ-HOUSE-06: hands over to the module, with its exit code', () => {
    assert.equal(bootstrap(['test', 'no-such-stage'], {}).status, 2);
  });
});

describe('bootstrap in a fresh clone', () => {
  let clone: string;
  const installing = 'Installing the pinned packages (npm ci, scripts off) …\n';
  const run = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['src/build/bootstrap.mjs', 'check', 'more'], { cwd: clone, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const writeLock = (version: string) => {
    const manifest = { name: 'clone', version, dependencies: { part: 'file:part' } };
    const packages = { '': manifest, part: { name: 'part', version: '1.0.0' }, 'node_modules/part': { resolved: 'part', link: true } };
    writeFileSync(join(clone, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ name: 'clone', version, lockfileVersion: 3, requires: true, packages }));
  };

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'clone-'));
    for (const folder of ['src/build', 'part']) mkdirSync(join(clone, folder), { recursive: true });
    writeFileSync(join(clone, 'part/package.json'), '{ "name": "part", "version": "1.0.0" }');
    for (const file of ['bootstrap.mjs', 'node.mjs']) copyFileSync(join(root, 'src/build', file), join(clone, 'src/build', file));
    writeFileSync(join(clone, 'src/build/check.mjs'), 'console.log(process.argv.slice(2).join()); process.exitCode = 7;');
    writeLock('1.0.0');
  });

  afterEach(() => rmSync(clone, { recursive: true }));

  it('REQ-HOUSE-06: installs once, again when the lock file changed, and passes arguments and exit code on', () => {
    const handedOver = { status: 7, stdout: 'types,pageTypes,more\n' };
    assert.deepEqual(run(), { ...handedOver, stderr: installing });
    assert.deepEqual(run(), { ...handedOver, stderr: '' });
    writeLock('1.0.1');
    assert.deepEqual(run(), { ...handedOver, stderr: installing });
  });

  it('REQ-HOUSE-06: does nothing after an install that failed, and tries it again the next time', () => {
    writeFileSync(join(clone, 'package-lock.json'), 'broken');
    for (const time of ['first', 'second']) {
      const { status, stdout, stderr } = run();
      assert.deepEqual({ time, status, stdout }, { time, status: 6, stdout: '' });
      assert.match(stderr, /"npm ci" failed \(exit 1\): /);
    }
  });
});
