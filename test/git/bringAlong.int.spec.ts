import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { bringAlong } from '../../src/git/bringAlong.ts';
import { openWorkTree } from '../../src/git/workTree.ts';
import { readRecord, type WorktreeRecord } from '../../src/git/worktreeRecords.ts';
import { contextOf } from './support/contexts.ts';
import { refusalOf, repositoryWith, testClock, testLog, type TestClock, type TestRepository } from './support/repositories.ts';

describe('branch, HEAD and index of a worktree that the engine moved on', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let clock: TestClock;
  let log: ReturnType<typeof testLog>;
  /** The commit that units are on; the one that they come to; others' work, which stands on neither. */
  let [start, next, foreign, other] = ['', '', '', ''];
  /** The index of `next`. */
  let index: Buffer;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n' });
    start = repository.git('rev-parse', 'HEAD');
    [foreign, other, next] = [repository.commit({ 'a.txt': 'foreign\n' }), repository.commit({ 'a.txt': 'other\n' }), repository.commit({ 'a.txt': 'next\n' })] as const;
    index = readFileSync(join(repository.path, '.git/index'));
    context = await contextOf(repository);
  });
  after(() => { repository.end(); });
  beforeEach(() => {
    [clock, log] = [testClock(), testLog()];
    context = { ...context, clock, log };
  });

  /** A worktree at `start` whose private index is that of `next`. */
  const unitOf = (unit: string): { readonly record: WorktreeRecord; readonly bring: (given?: ArchiveContext) => Promise<WorktreeRecord> } => {
    const path = join(repository.ground, 'worktrees', unit);
    repository.git('worktree', 'add', '--quiet', '-b', `treeline/t1/${unit}`, path, start);
    const gitDir = join(repository.ground, 'own', unit);
    mkdirSync(gitDir, { recursive: true });
    writeFileSync(join(gitDir, 'index'), index);
    const record = { task: 't1', unit, path, branch: `refs/heads/treeline/t1/${unit}`, phase: 'ready', head: start, admin: join(repository.path, '.git/worktrees', unit), guarded: {} } as const;
    return { record, bring: (given = context) => bringAlong(given, record, next, openWorkTree(given, path, gitDir, given.objects)) };
  };
  /** Where the worktree is for whoever opens it, and what of others' work is kept. */
  const standing = ({ path, branch, unit, admin }: WorktreeRecord) => ({
    head: readFileSync(join(admin, 'HEAD'), 'utf8').trim(), tip: repository.git('rev-parse', branch), index: readFileSync(join(admin, 'index')).equals(index), staged: repository.gitIn(path, 'diff', '--cached', '--name-only'),
    kept: repository.git('for-each-ref', '--format=%(objectname) %(refname)', `refs/treeline/t1/foreign/${unit}/`),
  });
  const moved = (record: WorktreeRecord, kept = '') => ({ head: `ref: ${record.branch}`, tip: next, index: true, staged: '', kept });
  const keptAs = (record: WorktreeRecord, ...commits: readonly string[]): string => commits.toSorted().map((commit) => `${commit} refs/treeline/t1/foreign/${record.unit}/${commit.slice(0, 12)}`).join('\n');

  it('REQ-GIT-30 are on its commit, so that a person finds it clean, and that is written down', async () => {
    const { record, bring } = unitOf('plain');
    assert.deepEqual(await bring(), { ...record, head: next });
    assert.deepEqual([standing(record), await readRecord(context, 't1', 'plain'), log.lines], [moved(record), { ...record, head: next }, []]);
  });

  it('REQ-GIT-32 come back from wherever somebody put them, and what was committed there is kept and told', async () => {
    for (const [unit, put, kept] of [
      ['detached', ({ path }) => { repository.gitIn(path, 'checkout', '--quiet', '--detach', foreign); }, [foreign]],
      ['arrived', ({ path }) => { repository.gitIn(path, 'checkout', '--quiet', '--detach', next); }, []],
      ['elsewhere', ({ path }) => { repository.gitIn(path, 'switch', '--quiet', '-c', 'elsewhere', other); }, []],
      ['branch', ({ branch }) => { repository.git('update-ref', branch, other); }, [other]],
      ['both', ({ path, branch }) => { repository.gitIn(path, 'checkout', '--quiet', '--detach', foreign); repository.git('update-ref', branch, other); }, [foreign, other]],
      ['gone', ({ path, branch }) => { repository.gitIn(path, 'checkout', '--quiet', '--detach'); repository.git('update-ref', '-d', branch); }, [start]],
    ] as const satisfies readonly (readonly [string, (record: WorktreeRecord) => void, readonly string[]])[]) {
      const { record, bring } = unitOf(unit);
      put(record);
      log.lines.length = 0;
      await bring();
      assert.deepEqual(standing(record), moved(record, keptAs(record, ...kept)), unit);
      assert.equal(log.lines.filter((line) => line.includes('Something else committed')).length, kept.length, unit);
    }
    assert.equal(repository.git('rev-parse', 'elsewhere'), other);
  });

  it('REQ-GIT-20 wait for a git that has the index there locked; when it stays so, the index alone is left, with a word in the log', async () => {
    const { record, bring } = unitOf('locked');
    const lock = join(record.admin, 'index.lock');
    copyFileSync(join(record.admin, 'HEAD'), lock);
    await bring();
    assert.deepEqual([standing(record), existsSync(lock), (await readRecord(context, 't1', 'locked'))?.head], [{ ...moved(record), index: false, staged: 'a.txt' }, true, next]);
    assert.match(log.lines.join('\n'), /^The index of .*locked is left as it was: .*index\.lock is there\. Wait/);
    repository.git('update-ref', record.branch, start);
    clock.onWait = () => { rmSync(lock, { force: true }); };
    await bring();
    assert.deepEqual(standing(record), moved(record));
  });

  it('REQ-GIT-27 an index that cannot be put there is an error', async () => {
    const { record, bring } = unitOf('full');
    rmSync(join(record.admin, 'index'));
    mkdirSync(join(record.admin, 'index/in the way'), { recursive: true });
    await assert.rejects(bring(), { code: 'EISDIR' });
  });

  it('REQ-GIT-27 a branch that something else moves at this very moment is an error, and stays where that put it', async () => {
    const { record, bring } = unitOf('raced');
    const raced: ArchiveContext = { ...context, real: async (call) => {
      if (call.args[0] === 'update-ref') repository.git('update-ref', record.branch, other);
      return context.real(call);
    } };
    const { reason, message } = await refusalOf(bring(raced));
    assert.deepEqual([reason, message, repository.git('rev-parse', record.branch)], ['failed', `the branch ${record.branch} is being moved by something else`, other]);
  });
});
