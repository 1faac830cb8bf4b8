/** Dependencies of gates, by real package managers without a network: npm and pip from files of the tree, cargo from a repository, Go from a proxy that is a folder. */
import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openInstalledTrees } from '../../src/app/installedTrees.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { skipBecause } from '../support/skip.ts';
import { bench, realSandbox, silent, type Bench } from './support/judge.ts';
import { gate } from './support/projects.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

describe('dependencies of gates', function () {
  this.timeout(120_000);
  let ground: Awaited<ReturnType<typeof temporaryFolder>>;
  let here: Bench;
  const proxy = (): string => join(ground.path, 'tools/proxy');
  beforeEach(async () => {
    ground = await temporaryFolder('dependencies');
    for (const name of ['tools', 'downloads']) await mkdir(join(ground.path, name));
    here = await bench({
      places: { installed: await openInstalledTrees(join(ground.path, 'store'), join(ground.path, 'running'), 'machine', silent), downloads: join(ground.path, 'downloads') },
      sandbox: realSandbox({ GOPROXY: `file://${proxy()}` }), shown: join(ground.path, 'tools'),
    });
  });
  afterEach(async () => {
    await here.close();
    await ground.remove();
  });
  const found = ({ verdict, reason, gates: [first] }: Evidence): unknown => [`${verdict} ${reason}`, first?.evidence.dependencies];
  /** A tar file as npm and cargo have them: all in one folder. */
  async function packed(file: string, folder: string, files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(join(ground.path, folder, 'src'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(ground.path, folder, name), text);
    equal(spawnSync('tar', ['-czf', file, folder], { cwd: ground.path }).status, 0);
  }

  it('REQ-GATE-160: an installed tree is restored for the next checkout with the same lock file; a suite that edits a file in node_modules does not change what the next one gets', async () => {
    const file = 'two-1.0.0.tgz';
    await packed(join(here.repository.path, file), 'package', { 'package.json': '{"name":"two","version":"1.0.0"}', 'index.js': 'module.exports = 2;\n' });
    const integrity = `sha512-${createHash('sha512').update(await readFile(join(here.repository.path, file))).digest('base64')}`;
    const manifest = { name: 'small', version: '1.0.0', dependencies: { two: `file:${file}` } };
    const lock = (more: object = {}): string => JSON.stringify({ name: 'small', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': manifest, 'node_modules/two': { version: '1.0.0', resolved: `file:${file}`, integrity } }, ...more });
    const first = await here.judge({
      ...gate('mocha'), 'package.json': JSON.stringify(manifest), 'package-lock.json': lock(), '.gitignore': 'node_modules\n',
      'test/two.spec.js': 'it("is two, and edits it", () => { require("node:assert").equal(require("two"), 2); require("node:fs").writeFileSync(require.resolve("two"), "module.exports = 3;"); });\n',
    }, { 'README.md': 'one' });
    const second = await here.judge({}, { 'README.md': 'two' });
    const other = await here.judge({ 'package-lock.json': lock({ packages: { '': manifest, 'node_modules/two': { version: '1.0.0', resolved: `file:${file}`, integrity, license: 'MIT' } } }) }, { 'README.md': 'three' });
    deepEqual([first, second, other].map(found), [
      ['accepted passed', 'setup: npm ci'], ['accepted passed', 'restored from an earlier set-up (same package-lock.json)'], ['accepted passed', 'setup: npm ci'],
    ], JSON.stringify(first.gates));
  });

  it('REQ-GATE-164: Go modules are fetched by the set-up, and read by a gate without a network', async function () {
    if (!works('go', 'version')) return skipBecause(this, 'go version does not work here');
    const folder = join(proxy(), 'example.com/two/@v');
    const files = { 'example.com/two@v1.0.0/go.mod': 'module example.com/two\n', 'example.com/two@v1.0.0/two.go': 'package two\n\nfunc Two() int { return 2 }\n' };
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'v1.0.0.zip'), zipOf(files));
    await writeFile(join(folder, 'v1.0.0.info'), '{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}');
    await writeFile(join(folder, 'v1.0.0.mod'), 'module example.com/two\n');
    const evidence = await here.judge({
      'go.mod': 'module example.com/small\n\ngo 1.19\n\nrequire example.com/two v1.0.0\n', 'go.sum': `example.com/two v1.0.0 ${goHash(files)}\nexample.com/two v1.0.0/go.mod ${goHash({ 'go.mod': 'module example.com/two\n' })}\n`,
      'a_test.go': 'package small\n\nimport (\n\t"testing"\n\n\t"example.com/two"\n)\n\nfunc TestTwo(t *testing.T) {\n\tif two.Two() != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n',
    }, { 'README.md': 'more' });
    deepEqual(found(evidence), ['accepted passed', 'setup: go mod download'], JSON.stringify(evidence.gates));
  });

  it('REQ-GATE-164: crates are fetched by the set-up, and read by a gate without a network', async function () {
    if (!works('cargo', '--version')) return skipBecause(this, 'cargo --version does not work here');
    // Out of a repository: what lies in a folder, a newer cargo takes from there without a network.
    const crate = join(ground.path, 'tools/two');
    await mkdir(join(crate, 'src'), { recursive: true });
    await writeFile(join(crate, 'Cargo.toml'), '[package]\nname = "two"\nversion = "1.0.0"\nedition = "2021"\n');
    await writeFile(join(crate, 'src/lib.rs'), 'pub fn two() -> i32 { 2 }\n');
    const git = (...words: string[]): string => spawnSync('git', ['-C', crate, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...words], { encoding: 'utf8' }).stdout.trim();
    for (const words of [['init', '-q'], ['add', '.'], ['commit', '-q', '-m', 'two']]) git(...words);
    const commit = git('rev-parse', 'HEAD');
    const evidence = await here.judge({
      '.gitignore': 'target\n', 'lib.rs': '#[test]\nfn two() { assert_eq!(two::two(), 2); }\n',
      'Cargo.toml': `[package]\nname = "small"\nversion = "0.1.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\ndoctest = false\n[dependencies]\ntwo = { git = "file://${crate}", rev = "${commit}" }\n`,
      'Cargo.lock': `version = 3\n\n[[package]]\nname = "small"\nversion = "0.1.0"\ndependencies = [\n "two",\n]\n\n[[package]]\nname = "two"\nversion = "1.0.0"\nsource = "git+file://${crate}?rev=${commit}#${commit}"\n`,
    }, { 'README.md': 'more' });
    deepEqual(found(evidence), ['accepted passed', 'setup: cargo fetch --locked'], JSON.stringify(evidence.gates));
  });

  it('REQ-GATE-165: an environment of Python is made for the checkout, and comes first for its gate', async function () {
    if (!works('python3', '-c', 'import venv, ensurepip')) return skipBecause(this, 'python3 has no venv here');
    await mkdir(join(here.repository.path, 'wheels'));
    const about = 'two-1.0.0.dist-info';
    await writeFile(join(here.repository.path, 'wheels/two-1.0.0-py3-none-any.whl'), zipOf({
      'two.py': 'TWO = 2\n', [`${about}/METADATA`]: 'Metadata-Version: 2.1\nName: two\nVersion: 1.0.0\n', [`${about}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${about}/RECORD`]: ['two.py', `${about}/METADATA`, `${about}/WHEEL`, `${about}/RECORD`].map((name) => `${name},,\n`).join(''),
    }));
    const evidence = await here.judge({
      'requirements.txt': '--no-index\n--find-links wheels\ntwo==1.0.0\n', '.gitignore': '.venv\n__pycache__\n', ...gate('python3 -m unittest'),
      'tests/__init__.py': '', 'tests/test_two.py': 'import os\nimport sys\nimport unittest\nimport two\n\n\nclass TestTwo(unittest.TestCase):\n    def test_two(self):\n        self.assertEqual([two.TWO, sys.prefix], [2, os.getcwd() + "/.venv"])\n',
    }, { 'README.md': 'more' });
    deepEqual(found(evidence), ['accepted passed', 'setup: python3 -m venv --system-site-packages .venv && .venv/bin/python -m pip install -r requirements.txt'], JSON.stringify(evidence.gates));
  });
});

const works = (program: string, ...words: readonly string[]): boolean => spawnSync(program, words).status === 0;

/** A zip file whose entries are stored as they are. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const [entries, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, content] = [Buffer.from(name), Buffer.from(text)];
    // Version needed, flags, method, time, date (1 January 1980), checksum, both sizes, length of the name, of more.
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(0x21, 8);
    header.writeUInt32LE(crc32(content), 10);
    header.writeUInt32LE(content.length, 14);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), header, path, content]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), header, place, path]));
    entries.push(entry);
    offset += entry.length;
  }
  const [all, end] = [Buffer.concat(directory), Buffer.alloc(18)];
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(all.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...entries, all, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** How go.sum names what a module holds. */
function goHash(files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files).map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`);
  return `h1:${createHash('sha256').update(lines.join('')).digest('base64')}`;
}
