import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTree } from '../../src/git/copyTree.ts';
import { writeFiles } from './support/repositories.ts';

describe('a copy of an installed tree', () => {
  let ground: string;
  let from: string;
  let to: string;
  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
    [from, to] = [join(ground, 'from'), join(ground, 'to')];
    mkdirSync(from);
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  /** What of a tree can be seen from outside: kinds, modes, times (those of folders cp alone brings along), contents. */
  const seen = (root: string, times = true): readonly string[] => ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()].map((name) => {
    const path = join(root, name), stats = lstatSync(path);
    return `${name} ${stats.isSymbolicLink() ? `-> ${readlinkSync(path)}` : `${stats.mode.toString(8)} ${stats.isDirectory() ? '' : readFileSync(path, 'latin1')} ${times || stats.isFile() ? stats.mtimeMs : ''}`}`;
  });
  const fill = (names: number): void => {
    for (let at = 0; at < names; at += 1) writeFileSync(join(from, `m${at}`), String(at));
    writeFiles(from, { 'a b.js': 'a\n', '-rf': 'option\n', '.bin/run': { link: '../a b.js' }, 'dangling': { link: '/nowhere' }, 'run.sh': { text: '#!/bin/sh\n', mode: 0o755 }, 'read-only/x': { text: 'x\n', mode: 0o444 }, 'empty/x': null });
    mkdirSync(join(from, 'empty'), { recursive: true });
    chmodSync(from, 0o3775);
    for (const name of ['', ...readdirSync(from, { recursive: true, encoding: 'utf8' })]) if (!lstatSync(join(from, name)).isSymbolicLink()) utimesSync(join(from, name), 1_000, 1_000);
  };

  for (const platform of [process.platform, 'darwin'] as const) {
    for (const names of [0, 9]) {
      it(`REQ-GIT-92 has the modes, times and links of the tree and shares no file with it (${platform}, ${names} more names)`, async () => {
        fill(names);
        const real = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
        Object.defineProperty(process, 'platform', { ...real, value: platform });
        try {
          await copyTree(from, to);
        } finally {
          Object.defineProperty(process, 'platform', real);
        }
        assert.deepEqual(seen(to, platform === 'linux'), seen(from, platform === 'linux'));
        assert.deepEqual(['a b.js', 'run.sh'].map((name) => statSync(join(to, name)).nlink), [1, 1]);
        writeFileSync(join(to, 'a b.js'), 'changed\n');
        assert.equal(readFileSync(join(from, 'a b.js'), 'utf8'), 'a\n');
      });
    }
  }

  it('REQ-GIT-92 may be of one file', async () => {
    writeFileSync(join(from, 'one.js'), 'one\n');
    await copyTree(join(from, 'one.js'), to);
    assert.equal(readFileSync(to, 'utf8'), 'one\n');
  });

  it('REQ-GIT-92 fails with the reason where it cannot be made, and needs no PATH to be made', async () => {
    await assert.rejects(copyTree(join(ground, 'nowhere'), to), { code: 'ENOENT' });
    fill(9);
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = ground;
      const refused = await copyTree(from, to).then(() => null, (error: unknown) => error as Error);
      assert.deepEqual([refused?.message, (refused?.cause as NodeJS.ErrnoException | undefined)?.code], [`from could not be copied to ${to}`, 'ENOENT']);
      delete process.env['PATH'];
      await copyTree(from, join(ground, 'again'));
    } finally {
      process.env['PATH'] = path;
    }
    assert.deepEqual(seen(join(ground, 'again')), seen(from));
  });
});
