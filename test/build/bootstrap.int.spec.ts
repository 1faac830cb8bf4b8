// The door of every npm script, run for real with a machine that lies about its Node, its platform or its git.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
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
    const { status } = bootstrap(['test', 'no-such-stage'], { path: [dirname(process.execPath), process.env['PATH']].join(delimiter) });
    assert.equal(status, 2);
  });
});
