import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { moveToTrash, removeIfEmpty, sweepTrash } from '../../src/git/trash.ts';
import { skipBecause } from '../support/skip.ts';
import { contextOf } from './support/contexts.ts';
import { repositoryWith, testClock, writeFiles, type TestClock, type TestRepository } from './support/repositories.ts';

const day = 24 * 60 * 60_000;

describe('the trash folder', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let clock: TestClock;
  let trash: string;
  let workTree: string;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    context = await contextOf(repository);
    trash = join(repository.path, '.git/treeline/trash');
    workTree = join(repository.ground, 'tree');
  });
  after(() => { repository.end(); });
  beforeEach(() => {
    clock = testClock();
    context = { ...context, clock };
    mkdirSync(workTree);
  });
  afterEach(() => { for (const folder of [trash, workTree]) rmSync(folder, { recursive: true, force: true }); });

  const move = (paths: readonly string[], from = workTree) => moveToTrash(context, 't 1', 'implement/a', from, paths);

  it('REQ-GIT-23 holds files, folders and names of any bytes under the time they came, in their places, for the person alone; what is gone already is none of it', async () => {
    writeFiles(workTree, { 'a.env': 'a\n', 'build/out/x': 'x\n', 'deep/er/b.env': 'b\n', 'n\xff.env': 'bytes\n', 'stays.txt': 's\n' });
    const folder = await move(['a.env', 'build/', 'deep/er/b.env', 'n\xff.env', 'gone.env']);
    const task = readdirSync(trash)[0] ?? '';
    assert.match(task, /^t-1-[0-9a-f]{8}$/);
    assert.equal(folder, join(trash, task, 'implement__a', String(clock.now())));
    assert.deepEqual(['a.env', 'build/out/x', 'deep/er/b.env'].map((name) => readFileSync(join(folder ?? '', name), 'utf8')), ['a\n', 'x\n', 'b\n']);
    assert.equal(readFileSync(Buffer.concat([Buffer.from(`${folder}/n`), Buffer.from([0xff]), Buffer.from('.env')]), 'utf8'), 'bytes\n');
    assert.deepEqual([readdirSync(workTree).sort(), readdirSync(join(workTree, 'deep/er'))], [['deep', 'stays.txt'], []]);
    assert.equal(statSync(trash).mode & 0o777, 0o700);
  });

  it('REQ-GIT-23 is not made where there is nothing to keep', async () => {
    assert.deepEqual([await move([]), existsSync(trash)], [null, false]);
  });

  it('REQ-GIT-23 what cannot be brought there stays where it is, and that is an error', async () => {
    writeFiles(workTree, { 'build/mine': 'm\n' });
    writeFiles(await move(['nothing']) ?? '', { 'build/earlier': 'e\n' });
    await assert.rejects(move(['build/']), { code: 'ENOTEMPTY' });
    assert.equal(readFileSync(join(workTree, 'build/mine'), 'utf8'), 'm\n');
  });

  it('REQ-GIT-23 holds what lay on another file system as it was, and it is gone there', async function otherFileSystem() {
    const here = statSync(repository.ground).dev;
    const other = ['/dev/shm', tmpdir(), '/tmp', '/var/tmp'].find((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() && statSync(folder).dev !== here);
    if (other === undefined) skipBecause(this, 'Moves files from one file system to another, and there is only one here.');
    const far = mkdtempSync(join(other, 'treeline-test-'));
    try {
      writeFiles(far, { 'build/out/x': 'x\n', 'build/out/link': { link: 'x' }, 'a.env': 'a\n' });
      utimesSync(join(far, 'build/out/x'), 1_000, 1_000);
      const folder = await move(['build/', 'a.env'], far) ?? '';
      assert.deepEqual([readFileSync(join(folder, 'build/out/x'), 'utf8'), readlinkSync(join(folder, 'build/out/link')), readFileSync(join(folder, 'a.env'), 'utf8')], ['x\n', 'x', 'a\n']);
      assert.deepEqual([lstatSync(join(folder, 'build/out/x')).mtimeMs, readdirSync(far)], [1_000_000, []]);
    } finally {
      rmSync(far, { recursive: true });
    }
  });

  it('REQ-GIT-23 keeps what came no more than 14 days ago, and what is none of ours; then nothing is left of it', async () => {
    const now = clock.now();
    const lies = (path: string): void => { writeFiles(trash, { [path]: 'x\n' }); };
    for (const path of [`t1/u/${now - 14 * day}/x`, `t1/u/${now - 14 * day - 1}/x`, `t1/v/${now - 15 * day}/x`, `t2/u/${now - 15 * day}/sub/x`, 't3/u/-5/x', 't3/u/1e3/x', 't3/note', 'note']) lies(path);
    const paths = (): string[] => readdirSync(trash, { recursive: true, encoding: 'utf8' }).filter((path) => !statSync(join(trash, path)).isDirectory() || readdirSync(join(trash, path)).length === 0).sort();
    await sweepTrash(context);
    assert.deepEqual(paths(), ['note', `t1/u/${now - 14 * day}/x`, 't3/note', 't3/u/-5/x', 't3/u/1e3/x']);
    clock.advance(1);
    await sweepTrash(context);
    assert.deepEqual(paths(), ['note', 't3/note', 't3/u/-5/x', 't3/u/1e3/x']);
  });

  it('REQ-GIT-23 need not be there, but what cannot be looked into is an error', async () => {
    await sweepTrash(context);
    mkdirSync(join(trash, '..'), { recursive: true });
    symlinkSync('trash', trash);
    await assert.rejects(sweepTrash(context), { code: 'ELOOP' });
    await assert.rejects(removeIfEmpty(join(trash, 'x')), { code: 'ELOOP' });
  });

  it('REQ-GIT-23 a folder goes only when nothing is in it', async () => {
    writeFileSync(join(workTree, 'file'), '');
    mkdirSync(join(workTree, 'empty'));
    for (const name of ['', 'file', 'empty', 'gone']) await removeIfEmpty(join(workTree, name));
    assert.deepEqual(readdirSync(workTree), ['file']);
  });
});
