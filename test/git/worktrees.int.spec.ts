import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, refusalOf, repositoryWith, testClock, testLog, writeFiles, type TestRepository } from './support/repositories.ts';

describe('worktrees of agents', () => {
  let repository: TestRepository;
  let start: string;
  beforeEach(() => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'src/b.txt': 'two\n', '.gitignore': 'build/\n*.env\n' });
    start = repository.git('rev-parse', 'HEAD');
  });
  afterEach(() => { repository.end(); });

  it('REQ-GIT-10 are made beside the repository, locked with a reason, on a branch of their own that tracks nothing', async () => {
    const { archive } = await repository.open();
    const before = fingerprint(repository);
    const worktree = await archive.openWorktree({ task: 't1', unit: 'implement/parser', start, keep: false });
    assert.equal(worktree.path, join(repository.ground, 'project.worktrees/t1/implement__parser'));
    assert.equal(worktree.branch, 'treeline/t1/implement/parser');
    assert.equal(readFileSync(join(worktree.path, 'src/b.txt'), 'utf8'), 'two\n');
    assert.equal(repository.gitIn(worktree.path, 'status', '--porcelain', '--branch'), '## treeline/t1/implement/parser');
    assert.match(repository.git('worktree', 'list', '--porcelain'), /\nlocked treeline task t1/);
    assert.deepEqual(fingerprint(repository), before);
    assert.deepEqual(await archive.worktrees('t1'), [{ unit: 'implement/parser', path: worktree.path, branch: worktree.branch }]);
  });

  it('REQ-GIT-11 sixteen at once meet no lock, and all are gone after the clean-up (case 46)', async () => {
    const { archive } = await repository.open();
    const units = Array.from({ length: 16 }, (_, index) => `implement/s${index}`);
    const made = await Promise.all(units.map((unit) => archive.openWorktree({ task: 't1', unit, start, keep: false })));
    assert.equal(new Set(made.map(({ path }) => path)).size, 16);
    await archive.cleanUp('t1');
    assert.equal(repository.git('worktree', 'list').split('\n').length, 1);
    assert.equal(repository.git('branch', '--list', 'treeline/*'), '');
    assert.equal(existsSync(join(repository.ground, 'project.worktrees')), false);
    assert.deepEqual(await archive.worktrees('t1'), []);
  });

  it('REQ-GIT-12 one that is there with unfinished work is given as it is when it is to be kept', async () => {
    const { archive } = await repository.open();
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    writeFiles(path, { 'new.txt': 'half\n' });
    const again = await (await repository.open()).archive.openWorktree({ task: 't1', unit: 'u', start, keep: true });
    assert.equal(again.path, path);
    assert.equal(readFileSync(join(path, 'new.txt'), 'utf8'), 'half\n');
  });

  it('REQ-GIT-13 one that is not to be kept is set back, its state (edits by hand too) under a private ref first (case 57)', async () => {
    const { archive } = await repository.open();
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    writeFiles(path, { 'a.txt': 'by hand\n', 'new.txt': 'half\n', 'src/b.txt': null, 'build/out': 'ignored\n' });
    await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    assert.deepEqual(readdirSync(path).sort(), ['.git', '.gitignore', 'a.txt', 'build', 'src']);
    assert.equal(repository.gitIn(path, 'status', '--porcelain'), '');
    const ref = repository.git('for-each-ref', '--format=%(refname)', 'refs/treeline/t1/snapshots');
    assert.equal(repository.git('show', `${ref}:a.txt`), 'by hand');
    assert.equal(repository.git('ls-tree', '-r', '--name-only', ref), '.gitignore\na.txt\nnew.txt');
  });

  it('REQ-GIT-14 moves to a new start, and what is ignored there but tracked at the start goes to the trash, not away', async () => {
    const { archive } = await repository.open();
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    writeFiles(path, { 'local.env': 'mine\n' });
    const next = repository.commit({ 'local.env': 'theirs\n' });
    await archive.openWorktree({ task: 't1', unit: 'u', start: next, keep: true });
    assert.equal(readFileSync(join(path, 'local.env'), 'utf8'), 'theirs\n');
    const trash = join(repository.path, '.git/treeline/trash/t1/u');
    assert.equal(readFileSync(join(trash, readdirSync(trash)[0] ?? '', 'local.env'), 'utf8'), 'mine\n');
  });

  it('REQ-GIT-15 a repointed worktree stops the attempt as tampered, with its files kept (case 9)', async () => {
    const { archive } = await repository.open();
    const canary = join(repository.ground, 'canary');
    for (const [unit, tamper] of [
      ['pointer', (path: string) => {
        mkdirSync(join(repository.ground, 'evil'));
        repository.gitIn(join(repository.ground, 'evil'), 'init', '--quiet');
        repository.gitIn(join(repository.ground, 'evil'), 'config', 'core.fsmonitor', `touch ${canary}; false`);
        writeFileSync(join(path, '.git'), `gitdir: ${repository.ground}/evil/.git\n`);
      }],
      ['commondir', (path: string) => { writeFileSync(join(adminOf(path), 'commondir'), `${repository.ground}/evil/.git\n`); }],
      ['config', (path: string) => { writeFileSync(join(adminOf(path), 'config.worktree'), `[core]\n\tfsmonitor = touch ${canary}\n`); }],
      ['folder', (path: string) => { rmSync(join(path, '.git')); repository.gitIn(path, 'init', '--quiet'); }],
    ] as const) {
      const { path } = await archive.openWorktree({ task: 't1', unit, start, keep: false });
      writeFiles(path, { 'work.txt': `${unit}\n` });
      tamper(path);
      const refusals = [
        await refusalOf(archive.commitWorktree({ task: 't1', unit, n: 1, parent: start, message: 'm', at: 0 })),
        await refusalOf(archive.openWorktree({ task: 't1', unit, start, keep: true })),
      ];
      assert.deepEqual(refusals.map(({ reason }) => reason), ['tampered', 'tampered']);
      const ref = /under (refs\/treeline\/\S+)/.exec(refusals[0]?.message ?? '')?.[1] ?? '';
      assert.equal(repository.git('show', `${ref}:work.txt`), unit);
    }
    assert.equal(existsSync(canary), false);
  });

  it('REQ-GIT-16 one whose folder was deleted or moved is made anew (case 53)', async () => {
    const log = testLog();
    const { archive } = await repository.open({ log });
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    rmSync(path, { recursive: true });
    const refused = await refusalOf(archive.commitWorktree({ task: 't1', unit: 'u', n: 1, parent: start, message: 'm', at: 0 }));
    assert.match(refused.message, /is gone/);
    const again = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: true });
    assert.deepEqual([again.path, again.branch], [path, 'treeline/t1/u']);
    assert.match(log.lines.join('\n'), /is gone; it is made anew/);
    repository.git('worktree', 'unlock', path);
    repository.git('worktree', 'move', path, join(repository.ground, 'elsewhere'));
    const third = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: true });
    assert.deepEqual([third.path, third.branch], [path, 'treeline/t1/u-2']);
    assert.ok(existsSync(join(repository.ground, 'elsewhere/a.txt')));
  });

  it('REQ-GIT-17 names that are taken give another one, never force (case 52)', async () => {
    repository.git('branch', 'treeline/t1/u');
    repository.git('branch', 'treeline/t1/implement/s1/extra');
    mkdirSync(join(repository.ground, 'project.worktrees/t1/u'), { recursive: true });
    writeFileSync(join(repository.ground, 'project.worktrees/t1/u/mine.txt'), 'keep\n');
    const { archive } = await repository.open();
    const taken = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    const folder = await archive.openWorktree({ task: 't1', unit: 'implement/s1', start, keep: false });
    assert.deepEqual([taken.branch, folder.branch], ['treeline/t1/u-2', 'treeline/t1/implement/s1-2']);
    assert.match(taken.path, /u-2$/);
    assert.equal(readFileSync(join(repository.ground, 'project.worktrees/t1/u/mine.txt'), 'utf8'), 'keep\n');
  });

  it('REQ-GIT-18 lie under treeline-/ where the person has a branch named treeline', async () => {
    repository.git('branch', 'treeline');
    const { archive } = await repository.open();
    const { branch } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    await archive.advance({ task: 't1', from: start, to: start });
    repository.git('branch', '-D', 'treeline');
    await archive.advance({ task: 't1', from: start, to: start });
    assert.equal(branch, 'treeline-/t1/u');
    assert.equal(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/treeline-', 'refs/heads/treeline'), 'refs/heads/treeline-/t1/integration\nrefs/heads/treeline-/t1/u');
  });

  it('REQ-GIT-19 an add that was cut off is finished by the next process', async () => {
    const { archive } = await repository.open();
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    const record = join(repository.path, '.git/treeline/git/tasks/t1/u/record.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace('"ready"', '"adding"'));
    rmSync(join(path, 'a.txt'));
    const again = await (await repository.open()).archive.openWorktree({ task: 't1', unit: 'u', start, keep: true });
    assert.deepEqual([again.path, again.branch, existsSync(join(path, 'a.txt'))], [path, 'treeline/t1/u', true]);
    assert.equal(repository.git('worktree', 'list').split('\n').length, 2);
  });

  it('REQ-GIT-20 a lock of another git is waited for, told with its age when it stays, and never deleted (case 51)', async () => {
    const clock = testClock();
    const { archive } = await repository.open({ clock });
    const lock = join(repository.path, '.git/refs/heads/treeline/t1/u.lock');
    mkdirSync(join(lock, '..'), { recursive: true });
    writeFileSync(lock, '');
    clock.onWait = (count) => { if (count === 3) rmSync(lock); };
    const { branch } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    assert.deepEqual([branch, clock.waited], ['treeline/t1/u', [50, 100, 200]]);
    const other = join(repository.path, '.git/refs/heads/treeline/t1/v.lock');
    writeFileSync(other, '');
    const refused = await refusalOf(archive.openWorktree({ task: 't1', unit: 'v', start, keep: false }));
    assert.equal(refused.reason, 'locked');
    assert.match(refused.message, /v\.lock is there since \d{4}-/);
    assert.ok(existsSync(other));
  });
});

function adminOf(path: string): string {
  return readFileSync(join(path, '.git'), 'utf8').slice('gitdir: '.length).trim();
}
