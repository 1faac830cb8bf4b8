import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { readRecord, recordFolder, writeRecord, type WorktreeRecord } from '../../src/git/worktreeRecords.ts';
import { openWorktree, refuseTampered, workTreeOf } from '../../src/git/worktrees.ts';
import { contextOf } from './support/contexts.ts';
import { refusalOf, repositoryWith, testClock, testLog, writeFiles, type Files, type TestClock, type TestRepository } from './support/repositories.ts';

describe('a worktree that is there already, or was', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let clock: TestClock;
  let log: ReturnType<typeof testLog>;
  let [start, other] = ['', ''];
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'loud.txt': 'quiet\n', '.gitignore': '*.env\n/build/\n', '.gitattributes': 'loud.txt filter=loud\n' });
    repository.git('config', '--global', 'filter.loud.smudge', 'tr a-z A-Z');
    repository.git('config', '--global', 'filter.loud.clean', 'tr A-Z a-z');
    start = repository.git('rev-parse', 'HEAD');
    other = repository.git('commit-tree', '-m', 'Somebody else', '-p', start, `${start}^{tree}`);
    context = await contextOf(repository);
  });
  after(() => { repository.end(); });
  beforeEach(() => {
    [clock, log] = [testClock(), testLog()];
    context = { ...context, clock, log };
  });

  const open = (unit: string, given = context, options: { readonly start?: string; readonly keep?: boolean } = {}) => openWorktree(given, { task: 't1', unit, start, keep: false, ...options });
  const recordOf = async (unit: string): Promise<WorktreeRecord> => {
    const record = await readRecord(context, 't1', unit);
    assert.ok(record);
    return record;
  };
  const place = (unit: string): string => join(repository.ground, 'project.worktrees/t1', unit);
  const refs = (...prefixes: string[]): string => repository.git('for-each-ref', '--format=%(objectname) %(refname)', ...prefixes);
  /** A commit on the start, on no branch. */
  const made = (files: Files): string => {
    repository.git('checkout', '--quiet', '--detach', start);
    const commit = repository.commit(files);
    repository.git('switch', '--quiet', 'main');
    return commit;
  };
  const trashed = (unit: string): readonly string[] => {
    const folder = join(repository.path, '.git/treeline/trash/t1', unit);
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/')).map((path) => path.slice(path.indexOf('/') + 1)).sort() : [];
  };

  it('REQ-GIT-11 is one when it is asked for twice at once', async () => {
    const [one, two] = await Promise.all([open('once'), open('once')]);
    assert.deepEqual([one, (await recordOf('once')).phase, log.lines], [two, 'ready', []]);
    // As the person's own filter has it, with an index of it for the agent's git.
    assert.deepEqual([readFileSync(join(one.path, 'loud.txt'), 'utf8'), readFileSync(join(one.mounts.bind[0]?.from ?? '', 'index')).equals(readFileSync(join(recordFolder(context, 't1', 'once'), 'git/index')))], ['QUIET\n', true]);
  });

  it('REQ-GIT-14 gives its place to files of the new start, and what is ignored there goes to the trash: a file, a folder, what lies below or above; the rest stays', async () => {
    const { path } = await open('way');
    writeFiles(path, { 'same.env': 's\n', 'above.env/x': 'x\n', 'below.env': 'b\n', 'build/out/x': 'x\n', 'stays.env': 's\n', 'above.envy.env': 'y\n', 'x/same.env': 'x\n', 'mixed/new.txt': 'n\n', 'mixed/x.env': 'x\n' });
    mkdirSync(join(path, 'nested'));
    repository.gitIn(join(path, 'nested'), 'init', '--quiet');
    writeFiles(path, { 'nested/n': 'n\n' });
    const next = made({ 'same.env': 'theirs\n', 'above.env': 'theirs\n', 'below.env/deep/y': 'theirs\n', 'build/out/y': 'theirs\n', 'mixed': 'theirs\n' });
    await open('way', context, { start: next, keep: true });
    assert.deepEqual(['same.env', 'above.env', 'below.env/deep/y', 'build/out/y', 'mixed'].map((name) => readFileSync(join(path, name), 'utf8')), Array(5).fill('theirs\n'));
    assert.deepEqual(trashed('way').filter((name) => !name.includes('.git')), ['above.env', 'above.env/x', 'below.env', 'build', 'build/out', 'build/out/x', 'mixed', 'mixed/x.env', 'nested', 'nested/n', 'same.env']);
    assert.deepEqual([existsSync(join(path, 'nested')), ...['stays.env', 'above.envy.env', 'x/same.env'].map((name) => existsSync(join(path, name)))], [false, true, true, true]);
    assert.deepEqual([(await recordOf('way')).head, repository.gitIn(path, 'status', '--porcelain')], [next, '']);
  });

  it('REQ-GIT-12 is given as it is only above the start, and set back to a start that it does not stand on', async () => {
    const next = made({ 'b.txt': 'b\n' });
    const { path } = await open('kept', context, { start: next });
    writeFiles(path, { 'half.txt': 'h\n' });
    await open('kept', context, { keep: true });
    assert.deepEqual([existsSync(join(path, 'half.txt')), (await recordOf('kept')).head], [true, next]);
    await open('kept', context, { start: made({ 'c.txt': 'c\n' }), keep: true });
    assert.deepEqual(readdirSync(path).sort(), ['.git', '.gitattributes', '.gitignore', 'a.txt', 'c.txt', 'loud.txt']);
  });

  it('REQ-GIT-15 that was repointed and has nothing new says so, and names what was changed and what to do', async () => {
    const { path } = await open('repointed');
    const record = await recordOf('repointed');
    await refuseTampered(context, record);
    const pointer = readFileSync(join(path, '.git'), 'utf8');
    writeFileSync(join(path, '.git'), 'gitdir: /nowhere\n');
    const { reason, message, next } = await refusalOf(open('repointed'));
    assert.deepEqual([reason, message, next?.includes(path)], ['tampered', `the worktree ${path} is not the one that was made: ${path}/.git was changed or removed. Its files are kept as they are (nothing differs from ${start})`, true]);
    writeFileSync(join(path, '.git'), pointer);
  });

  it('REQ-GIT-20 waits for a git of ours that still runs in it, and takes the lock of one that was killed away, with a word in the log', async () => {
    await open('locked');
    const record = await recordOf('locked');
    const lock = join(recordFolder(context, 't1', 'locked'), 'git/index.lock');
    writeFileSync(lock, '');
    clock.onWait = (count) => { if (count === 2) rmSync(lock); };
    assert.equal((await workTreeOf(context, record)).path, record.path);
    assert.deepEqual([clock.waited, log.lines], [[50, 100], []]);
    clock.onWait = () => undefined;
    writeFileSync(lock, '');
    await workTreeOf(context, record);
    assert.deepEqual([existsSync(lock), log.lines], [false, [`${lock} was left by a git that was killed; it is taken away.`]]);
  });

  it('REQ-GIT-16 whose folder is gone is made anew on its branch, and what somebody else put on that is kept', async () => {
    const { path, branch } = await open('gone');
    rmSync(path, { recursive: true });
    repository.git('update-ref', `refs/heads/${branch}`, other);
    assert.deepEqual({ ...await open('gone'), mounts: null }, { path, branch, mounts: null });
    assert.deepEqual([repository.git('rev-parse', branch), refs('refs/treeline/t1/foreign/gone')], [start, `${other} refs/treeline/t1/foreign/gone/${other.slice(0, 12)}`]);
    assert.equal(log.lines[0], `The worktree ${path} is gone; it is made anew at ${start}. Earlier states are under refs/treeline/t1.`);
  });

  it('REQ-GIT-16 whose branch is gone, too, is made anew with both', async () => {
    const { path, branch } = await open('both');
    rmSync(path, { recursive: true });
    repository.git('worktree', 'remove', '--force', '--force', path);
    repository.git('branch', '-D', branch);
    const again = await open('both');
    assert.deepEqual([again.path, again.branch, repository.git('rev-parse', branch)], [path, branch, start]);
  });

  for (const [unit, what, put, folder] of [
    ['empty', 'an empty folder', (path: string) => { mkdirSync(path, { recursive: true }); }, 'empty'],
    ['file', 'a file', (path: string) => { writeFiles(join(path, '..'), { file: 'mine\n' }); }, 'file-2'],
    ['full', 'folders of others', (path: string) => { writeFiles(join(path, '..'), { 'full/mine.txt': 'm\n', 'full-2/mine.txt': 'm\n' }); }, 'full-3'],
  ] as const) {
    it(`REQ-GIT-17 is made beside ${what} of its name`, async () => {
      put(place(unit));
      assert.equal((await open(unit)).path, place(folder));
    });
  }

  it('REQ-GIT-27 whose place cannot be looked into is not made', async () => {
    mkdirSync(place('.'), { recursive: true });
    symlinkSync('loop', place('loop'));
    await assert.rejects(open('loop'), { code: 'ELOOP' });
  });

  for (const [unit, what, put, wanted] of [
    ['half', 'of ours, with half of its files', (path: string) => { rmSync(join(path, 'a.txt')); writeFiles(path, { 'x.env': 'x\n' }); }, { folder: 'half', branch: 'half', kept: false }],
    ['alien', 'no worktree any more, but somebody\'s', (path: string) => { rmSync(join(path, '.git')); writeFiles(path, { 'x.env': 'x\n' }); }, { folder: 'alien-2', branch: 'alien-2', kept: true }],
    ['clone', 'a repository of its own', (path: string) => { rmSync(join(path, '.git')); repository.gitIn(path, 'init', '--quiet'); writeFiles(path, { 'x.env': 'x\n' }); }, { folder: 'clone-2', branch: 'clone-2', kept: true }],
    ['void', 'gone', (path: string) => { rmSync(path, { recursive: true }); }, { folder: 'void', branch: 'void', kept: false }],
  ] as const) {
    it(`REQ-GIT-19 that was being made when the process was killed is made again where its folder is ${what}`, async () => {
      const { path } = await open(unit);
      await writeRecord(context, { ...await recordOf(unit), phase: 'adding' });
      put(path);
      log.lines.length = 0;
      const again = await open(unit);
      assert.deepEqual([again.path, again.branch, existsSync(join(path, 'x.env')), readFileSync(join(again.path, 'a.txt'), 'utf8'), log.lines], [place(wanted.folder), `treeline/t1/${wanted.branch}`, wanted.kept, 'one\n', []]);
    });
  }

  it('REQ-GIT-17 is not made on a branch that somebody else makes at this very moment', async () => {
    const raced: ArchiveContext = { ...context, real: async (call) => {
      if (call.args[0] === 'update-ref') repository.git('update-ref', 'refs/heads/treeline/t1/raced', other);
      return context.real(call);
    } };
    const { reason, message } = await refusalOf(open('raced', raced));
    assert.deepEqual([reason, message, repository.git('rev-parse', 'treeline/t1/raced')], ['locked', 'the branch refs/heads/treeline/t1/raced was made or moved by something else meanwhile', other]);
  });

  it('REQ-GIT-27 is not made where the repository cannot be written, and the place is named', async () => {
    const { facts } = context;
    const bare = join(repository.ground, 'bare');
    mkdirSync(bare);
    for (const [given, path] of [
      [{ ...context, facts: { ...facts, commonDir: '/nowhere' } }, '/nowhere'], [{ ...context, objects: '/nowhere/objects' }, '/nowhere/objects'], [{ ...context, facts: { ...facts, commonDir: bare } }, join(bare, 'refs')],
    ] as const) {
      const { reason, message, next } = await refusalOf(open('unwritable', given));
      assert.deepEqual([reason, message, next], ['unwritable', `${path} cannot be written`, `Make ${path} writable for this user, then retry`]);
    }
    assert.equal(await readRecord(context, 't1', 'unwritable'), null);
  });
});
