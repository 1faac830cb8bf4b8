import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { cleanUp } from '../../src/git/cleanUp.ts';
import { listRecords, writeRecord, type WorktreeRecord } from '../../src/git/worktreeRecords.ts';
import { openWorktree } from '../../src/git/worktrees.ts';
import { contextOf } from './support/contexts.ts';
import { repositoryWith, testClock, testLog, writeFiles, type TestRepository } from './support/repositories.ts';

describe('the end of a task', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let log: ReturnType<typeof testLog>;
  let start: string;
  let root: string;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', '.gitignore': '*.env\n' });
    // A submodule that nobody has filled yet.
    repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.git('rev-parse', 'HEAD')},sub`);
    repository.git('commit', '--quiet', '-m', 'Submodule');
    start = repository.git('rev-parse', 'HEAD');
    context = await contextOf(repository);
    root = context.worktreesRoot;
  });
  after(() => { repository.end(); });
  beforeEach(() => {
    log = testLog();
    context = { ...context, log };
  });

  const open = async (task: string, unit: string): Promise<WorktreeRecord> => {
    await openWorktree(context, { task, unit, start, keep: false });
    const record = (await listRecords(context, task)).find((one) => one.unit === unit);
    assert.ok(record);
    return record;
  };
  const refs = (...prefixes: string[]): readonly string[] => repository.git('for-each-ref', '--format=%(refname)', ...prefixes).split('\n').filter((ref) => ref !== '');
  const listed = (): readonly string[] => repository.git('worktree', 'list', '--porcelain').split('\n').flatMap((line) => (line.startsWith('worktree ') ? [line.slice('worktree '.length)] : []));
  const trashed = (task: string, unit: string): readonly string[] => {
    const folder = join(repository.path, '.git/treeline/trash', task, unit);
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/') && !path.includes('.git/')).map((path) => path.slice(path.indexOf('/') + 1)).sort() : [];
  };

  it('REQ-GIT-23 comes after all of it is kept: what no ref can hold is in the trash, and the log says where', async () => {
    const { path } = await open('t1', 'u');
    for (const nested of ['nested', 'sub']) {
      mkdirSync(join(path, nested), { recursive: true });
      repository.gitIn(join(path, nested), 'init', '--quiet');
    }
    writeFiles(path, { 'a.txt': 'modified\n', 'new.txt': 'n\n', 'local.env': 'secret\n', 'nested/n.txt': 'n\n', 'sub/s.txt': 's\n' });
    await cleanUp(context, 't1');
    assert.deepEqual(trashed('t1', 'u'), ['local.env', 'nested', 'nested/.git', 'nested/n.txt', 'sub', 'sub/.git', 'sub/s.txt']);
    const [snapshot = ''] = refs('refs/treeline/t1/snapshots/u');
    assert.deepEqual(['a.txt', 'new.txt'].map((name) => repository.git('show', `${snapshot}:${name}`)), ['modified', 'n']);
    assert.deepEqual(log.lines.filter((line) => line.startsWith('Ignored files')), [`Ignored files of u are in ${repository.path}/.git/treeline/trash/t1/u/${context.clock.now()} for 14 days.`]);
  });

  it('REQ-GIT-23 leaves no folder, worktree, branch or record of the task; another task\'s stay, and asked again there is nothing to do', async () => {
    const [one, two] = [await open('t2', 'a/one'), await open('t2', 'two')];
    rmSync(two.path, { recursive: true });
    const other = await open('t3', 'one');
    repository.git('branch', 'treeline/t2/integration');
    repository.git('update-ref', 'refs/heads/treeline-/t2/deep/er', start);
    repository.git('branch', 'treeline/t22/one');
    await cleanUp(context, 't2');
    const left = () => ({ folders: readdirSync(root).sort(), worktrees: listed(), branches: refs('refs/heads/').filter((ref) => !ref.endsWith('/main')), records: readdirSync(join(context.state, 'tasks')), kept: refs('refs/treeline/t2'), one: existsSync(one.path) });
    const wanted = {
      folders: ['t3'], worktrees: [repository.path, other.path], branches: ['refs/heads/treeline/t22/one', 'refs/heads/treeline/t3/one'], records: ['t3'],
      kept: ['a__one', 'deep__er', 'integration', 'two'].map((name) => `refs/treeline/t2/branches/${name}`), one: false,
    };
    assert.deepEqual([left(), log.lines, trashed('t2', 'a__one')], [wanted, [], []]);
    await cleanUp(context, 't2');
    assert.deepEqual(left(), wanted);
    await cleanUp(context, 't3');
    assert.deepEqual([existsSync(root), existsSync(join(context.state, 'tasks/t3'))], [false, false]);
  });

  it('REQ-GIT-23 keeps nothing of a worktree that was never handed out, and deletes none that lies elsewhere than where it was put', async () => {
    const cut = await open('t4', 'cut');
    await writeRecord(context, { ...cut, phase: 'adding' });
    writeFiles(cut.path, { 'a.txt': 'half\n', 'x.env': 'x\n' });
    // The person took git's entry of this one away.
    const unlisted = await open('t4', 'unlisted');
    rmSync(unlisted.admin, { recursive: true });
    await writeRecord(context, { ...unlisted, phase: 'adding' });
    const elsewhere = join(repository.ground, 'elsewhere/u');
    writeFiles(elsewhere, { 'mine.txt': 'm\n' });
    await writeRecord(context, { ...cut, unit: 'moved', phase: 'adding', path: elsewhere });
    writeFiles(join(root, 't4'), { 'note.txt': 'mine\n' });
    await cleanUp(context, 't4');
    assert.deepEqual([existsSync(cut.path), existsSync(unlisted.path), refs('refs/treeline/t4/snapshots'), trashed('t4', 'cut'), readFileSync(join(elsewhere, 'mine.txt'), 'utf8'), readdirSync(join(root, 't4')), listed()], [false, false, [], [], 'm\n', ['note.txt'], [repository.path]]);
    rmSync(root, { recursive: true });
  });

  it('REQ-GIT-24 lets a branch be that a person has checked out, and says so', async () => {
    repository.git('branch', 'treeline/t5/integration');
    repository.git('branch', 'treeline/t5/u');
    const mine = join(repository.ground, 'mine');
    repository.git('worktree', 'add', '--quiet', mine, 'treeline/t5/integration');
    await cleanUp(context, 't5');
    assert.deepEqual([refs('refs/heads/treeline/t5'), refs('refs/treeline/t5'), log.lines], [
      ['refs/heads/treeline/t5/integration'], ['refs/treeline/t5/branches/u'], [`The branch refs/heads/treeline/t5/integration stays: it is checked out in ${mine}.`],
    ]);
  });

  it('REQ-GIT-93 removes what a killed process left outside the repository, and what has lain in the trash for long', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const folder = join(repository.ground, `treeline-scratch-${gone}-abc`);
    mkdirSync(folder);
    mkdirSync(join(context.state, 'scratch'), { recursive: true });
    writeFileSync(join(context.state, 'scratch', `treeline-scratch-${gone}-abc`), folder);
    const clock = testClock();
    clock.advance(15 * 24 * 60 * 60_000);
    await cleanUp({ ...context, clock }, 't6');
    assert.deepEqual([existsSync(folder), trashed('t1', 'u')], [false, []]);
  });
});
