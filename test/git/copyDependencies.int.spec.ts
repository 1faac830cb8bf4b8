import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { copyDependencies } from '../../src/git/copyDependencies.ts';
import { dropRecord, writeRecord } from '../../src/git/worktreeRecords.ts';
import { contextOf } from './support/contexts.ts';
import { repositoryWith, writeFiles, type Files, type TestRepository } from './support/repositories.ts';

const x = { version: '1.0.0', integrity: 'sha512-x' };
const lockOf = (packages: Readonly<Record<string, unknown>>): string => JSON.stringify({ packages: { '': { name: 'root' }, ...packages } });
const pnpm = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      x:
        specifier: 1.0.0
        version: 1.0.0

  packages/a:
    dependencies:
      y:
        specifier: 1.0.0

  'packages/b c':
    devDependencies: {}

  packages/'q':
    devDependencies: {}

  ../outside: {}

  packages/d: {}

packages:

  packages/other:
    resolution: {}
`;

describe('installed dependencies of the person\'s checkout', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let checkout: string;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    context = await contextOf(repository);
    checkout = join(repository.ground, 'scratch/checkout');
  });
  after(() => { repository.end(); });
  beforeEach(() => {
    for (const name of readdirSync(repository.path)) if (name !== '.git') rmSync(join(repository.path, name), { recursive: true });
    rmSync(join(checkout, '..'), { recursive: true, force: true });
    // As much of a scratch checkout as is looked at.
    for (const folder of ['packages/a', 'packages/b c', 'packages/q', 'packages/\'q\'', 'packages/d', 'packages/other', 'dependencies', '.git/info', '../judge/info']) mkdirSync(join(checkout, folder), { recursive: true });
  });

  /** All workspaces have something of their own in the person's checkout, which is at `files`. */
  const commit = (files: Files): string => {
    for (const place of ['', 'packages/a/', 'packages/b c/', 'packages/q/', 'packages/\'q\'/', 'packages/d/', 'packages/other/', 'packages/gone/', 'dependencies/', '../outside/']) repository.write({ [`${place}node_modules/y/index.js`]: `${place}\n` });
    repository.write({ '.gitignore': 'node_modules/\n', ...files });
    repository.git('add', '--all');
    return repository.git('commit-tree', '-m', 'Lock', repository.git('write-tree'));
  };
  const copy = (of: string, lockFile: string, folder = 'node_modules') => copyDependencies(context, { path: checkout }, of, lockFile, folder);
  const brought = (): readonly string[] => readdirSync(checkout, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('node_modules')).sort();

  for (const [what, lockFile, files, folders] of [
    ['pnpm: all that its importers name', 'pnpm-lock.yaml', { 'pnpm-lock.yaml': pnpm }, ['node_modules', 'packages/\'q\'/node_modules', 'packages/a/node_modules', 'packages/b c/node_modules', 'packages/d/node_modules']],
    ['pnpm: the last line of the file is one of them', 'pnpm-lock.yaml', { 'pnpm-lock.yaml': 'importers:\n  packages/a: {}\n  packages/d:' }, ['node_modules', 'packages/a/node_modules', 'packages/d/node_modules']],
    ['pnpm: one package', 'pnpm-lock.yaml', { 'pnpm-lock.yaml': 'lockfileVersion: 5.4\n\ndependencies:\n  packages/a: {}\n' }, ['node_modules']],
    ['npm: those that something is installed in', 'npm-shrinkwrap.json', { 'npm-shrinkwrap.json': lockOf({ 'packages/a': {}, 'packages/a/node_modules/y': x, 'packages/a/node_modules/z/node_modules/y': x, 'packages/d': {}, 'packages/gone/node_modules/y': x, '../outside/node_modules/y': x, '/packages/other/node_modules/y': x, 'node_modules/x': x, 'node_modules/x/node_modules/y': x }) }, ['node_modules', 'packages/a/node_modules']],
    ['npm: an old lock file without places', 'npm-shrinkwrap.json', { 'npm-shrinkwrap.json': '{"lockfileVersion":1}' }, ['node_modules']],
    ['npm: what is no JSON', 'npm-shrinkwrap.json', { 'npm-shrinkwrap.json': 'x' }, ['node_modules']],
    ['yarn: a package without workspaces', 'yarn.lock', { 'yarn.lock': 'y\n', 'package.json': '{"name":"workspaces"}' }, ['node_modules']],
    ['yarn: no package file', 'yarn.lock', { 'yarn.lock': 'y\n' }, ['node_modules']],
  ] as const satisfies readonly (readonly [string, string, Files, readonly string[]])[]) {
    it(`REQ-GIT-92 come along as ${what}`, async () => {
      assert.equal(await copy(commit(files), lockFile), `copied from the checkout (same ${lockFile})`);
      assert.deepEqual(brought(), folders);
      const rules = folders.map((folder) => `\n/${folder.replaceAll(' ', '\\ ')}/\n`);
      assert.deepEqual(['../judge', '.git'].map((gitDir) => readFileSync(join(checkout, gitDir, 'info/exclude'), 'utf8').split(/(?<=\n)(?=\n)/).sort()), [[...rules].sort(), [...rules].sort()]);
    });
  }

  it('REQ-GIT-92 stay where a workspace has them already, or has a file or a link of that name', async () => {
    const of = commit({ 'pnpm-lock.yaml': 'importers:\n  packages/a: {}\n  packages/d: {}\n  packages/other: {}\n' });
    writeFiles(checkout, { 'packages/a/node_modules/mine': 'm\n' });
    repository.write({ 'packages/d/node_modules': null, 'packages/other/node_modules': null });
    repository.write({ 'packages/d/node_modules': 'a file\n', 'packages/other/node_modules': { link: '../a/node_modules' } });
    assert.equal(await copy(of, 'pnpm-lock.yaml'), 'copied from the checkout (same pnpm-lock.yaml)');
    assert.deepEqual([brought(), readdirSync(join(checkout, 'packages/a/node_modules'))], [['node_modules', 'packages/a/node_modules'], ['mine']]);
  });

  it('REQ-GIT-92 may lie deep, where the commit has no folder', async () => {
    const of = commit({ 'yarn.lock': 'y\n' });
    repository.write({ 'vendor/deep/er/x': 'x\n' });
    assert.equal(await copy(of, 'yarn.lock', 'vendor/deep'), 'copied from the checkout (same yarn.lock)');
    assert.equal(readFileSync(join(checkout, 'vendor/deep/er/x'), 'utf8'), 'x\n');
  });

  const whole = lockOf({ 'node_modules/x': x, 'node_modules/optional': x });
  const installed = (of: Readonly<Record<string, unknown>>): Files => ({ 'node_modules/.package-lock.json': JSON.stringify({ packages: of }) });
  for (const [what, files, folder, after] of [
    ['the lock file is not in the commit', { 'other.json': '{}' }, 'node_modules', { 'package-lock.json': whole, ...installed({}) }],
    ['the lock file is not in the checkout', { 'package-lock.json': whole }, 'node_modules', { 'package-lock.json': null, ...installed({}) }],
    ['the lock file is another', { 'package-lock.json': whole }, 'node_modules', { 'package-lock.json': `${whole}\n`, ...installed({}) }],
    ['the folder is not there', { 'package-lock.json': whole }, 'elsewhere', { 'elsewhere/.package-lock.json': null }],
    ['the folder is a link', { 'package-lock.json': whole }, 'linked', { linked: { link: 'node_modules' }, ...installed({}) }],
    ['the folder leads out', { 'package-lock.json': whole }, '../outside/node_modules', { '../outside/node_modules/.package-lock.json': '{"packages":{}}' }],
    ['the folder leads out on the way', { 'package-lock.json': whole }, 'node_modules/../../outside/node_modules', { '../outside/node_modules/.package-lock.json': '{"packages":{}}' }],
    ['the folder is absolute', { 'package-lock.json': whole }, '/node_modules', installed({})],
    ['npm wrote nothing about the tree of a folder', { 'sub/package-lock.json': whole }, 'sub/node_modules', { 'sub/node_modules/x/index.js': 'x\n' }],
    ['npm wrote nothing about the tree', { 'package-lock.json': whole }, 'node_modules', {}],
    ['npm wrote half of it', { 'package-lock.json': whole }, 'node_modules', { 'node_modules/.package-lock.json': '{"packages":{' }],
    ['something is installed that is not locked', { 'package-lock.json': whole }, 'node_modules', installed({ 'node_modules/x': x, 'node_modules/z': x })],
    ['another version is installed', { 'package-lock.json': whole }, 'node_modules', installed({ 'node_modules/x': { ...x, version: '2.0.0' } })],
    ['other content is installed', { 'package-lock.json': whole }, 'node_modules', installed({ 'node_modules/x': { ...x, integrity: 'sha512-z' } })],
    ['the lock file is none', { 'package-lock.json': '[]' }, 'node_modules', installed({})],
    ['yarn has workspaces in a package file without blanks', { 'yarn.lock': 'y\n', 'package.json': '{"workspaces":["packages/*"]}' }, 'node_modules', {}],
    ['yarn has workspaces, which its lock file does not name', { 'yarn.lock': 'y\n', 'package.json': '{"workspaces" : ["packages/*"]}' }, 'node_modules', {}],
  ] as const satisfies readonly (readonly [string, Files, string, Files])[]) {
    it(`REQ-GIT-92 do not come along where ${what}`, async () => {
      const of = commit(files);
      repository.write(after);
      assert.equal(await copy(of, Object.keys(files).find((name) => name.includes('lock')) ?? 'package-lock.json', folder), null);
      assert.deepEqual([brought(), existsSync(join(checkout, '..', 'outside'))], [[], false]);
    });
  }

  it('REQ-GIT-92 come along where less is installed than is locked, or nothing is said of its content', async () => {
    const of = commit({ 'package-lock.json': whole });
    repository.write(installed({ 'node_modules/x': { version: x.version } }));
    assert.equal(await copy(of, 'package-lock.json'), 'copied from the checkout (same package-lock.json)');
  });

  it('REQ-GIT-92 are kept in a worktree as long as they are of the lock file, and never taken for such in a scratch checkout', async () => {
    const of = commit({ 'package-lock.json': whole });
    repository.write(installed({ 'node_modules/x': x }));
    writeFiles(checkout, installed({ 'node_modules/x': x }));
    assert.equal(await copy(of, 'package-lock.json'), null);
    const record = { task: 't1', unit: 'u', path: checkout, branch: 'refs/heads/treeline/t1/u', phase: 'ready', head: of, admin: '', guarded: {} } as const;
    await writeRecord(context, record);
    try {
      assert.equal(await copy(of, 'package-lock.json'), 'there already (same package-lock.json)');
      writeFiles(checkout, installed({ 'node_modules/x': { ...x, version: '2.0.0' } }));
      assert.equal(await copy(of, 'package-lock.json'), null);
      rmSync(join(checkout, 'node_modules'), { recursive: true });
      symlinkSync('/nowhere', join(checkout, 'node_modules'));
      assert.equal(await copy(of, 'package-lock.json'), null);
    } finally {
      await dropRecord(context, record);
    }
  });
});
