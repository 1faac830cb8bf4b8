import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTree } from '../../src/git/copyTree.ts';
import { skipBecause } from '../support/skip.ts';
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
          // Where cp has other options, none is needed.
          await withPath(platform === 'linux' ? process.env['PATH'] : ground, () => copyTree(from, to));
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

  it('REQ-GIT-92 fails with the reason where it cannot be made, and needs no PATH to be made', async function otherSystems() {
    if (process.platform !== 'linux') skipBecause(this, 'Takes cp away, which only Linux starts.');
    await assert.rejects(copyTree(join(ground, 'nowhere'), to), { code: 'ENOENT' });
    fill(9);
    const refused = await withPath(ground, () => copyTree(from, to)).then(() => null, (error: unknown) => error as Error);
    assert.deepEqual([refused?.message, (refused?.cause as NodeJS.ErrnoException | undefined)?.code], [`from could not be copied to ${to}`, 'ENOENT']);
    await withPath(undefined, () => copyTree(from, join(ground, 'again')));
    assert.deepEqual(seen(join(ground, 'again')), seen(from));
  });

  it('REQ-GIT-92 is made by one command where there is little to copy, else by one for each core, four at most, which take each thing once and see nothing of our environment', async function otherSystems() {
    if (process.platform !== 'linux') skipBecause(this, 'Counts the commands, which only Linux starts.');
    const width = Math.min(availableParallelism(), 4);
    const names = Array.from({ length: 2 * width }, (_, at) => join(from, `m${at}`));
    for (const name of names.slice(1)) writeFileSync(name, '');
    const cp = execFileSync('sh', ['-c', 'command -v cp'], { encoding: 'utf8' }).trim();
    const log = join(ground, 'log');
    writeFileSync(join(ground, 'cp'), `#!/bin/sh\necho "$HOME $*" >>'${log}'\nexec ${cp} "$@"\n`, { mode: 0o755 });
    const commands = (): readonly string[] => readFileSync(log, 'utf8').trimEnd().split('\n').sort();
    await withPath(ground, () => copyTree(from, to));
    assert.deepEqual(commands(), [` -a --reflink=auto -T -- ${from} ${to}`]);
    rmSync(log);
    writeFileSync(names[0] ?? '', '');
    await withPath(ground, () => copyTree(from, join(ground, 'many')));
    assert.deepEqual([commands().length, commands().flatMap((command) => command.replace(` -a --reflink=auto -t ${join(ground, 'many')} -- `, '').split(' ')).sort()], [width, names.toSorted()]);
  });
});

async function withPath(path: string | undefined, work: () => Promise<void>): Promise<void> {
  const before = process.env['PATH'];
  try {
    if (path === undefined) delete process.env['PATH'];
    else process.env['PATH'] = path;
    await work();
  } finally {
    process.env['PATH'] = before;
  }
}
