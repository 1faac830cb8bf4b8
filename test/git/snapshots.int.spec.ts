import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { keepBranch, takeSnapshot } from '../../src/git/snapshots.ts';
import { openWorkTree, type WorkTree } from '../../src/git/workTree.ts';
import type { WorktreeRecord } from '../../src/git/worktreeRecords.ts';
import { contextOf } from './support/context.ts';
import { repositoryWith, testLog, type TestRepository } from './support/repositories.ts';

describe('what is kept of a worktree before it is set back', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let record: WorktreeRecord;
  let workTree: WorkTree;
  let other: string;
  const log = testLog();
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n' });
    const head = repository.git('rev-parse', 'HEAD');
    other = repository.git('commit-tree', '-m', 'x', '-p', head, `${head}^{tree}`);
    context = await contextOf(repository, { log });
    record = { task: 't1', unit: 'implement/u', path: repository.path, branch: 'refs/heads/treeline/t1/implement/u', phase: 'ready', head, admin: '', guarded: {} };
    workTree = openWorkTree(context, repository.path, join(repository.path, '.git'), context.objects);
  });
  after(() => { repository.end(); });
  const refs = (): string[] => repository.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/treeline/').split('\n').filter((ref) => ref !== '');

  it('REQ-GIT-13 are no files that its commit has anyway', async () => {
    const { ref, captured } = await takeSnapshot(context, record, workTree);
    assert.deepEqual([ref, captured, refs()], [null, { tree: repository.git('rev-parse', 'HEAD^{tree}'), differences: { removed: [], modified: [], added: [], nested: [] } }, []]);
  });

  it('REQ-GIT-13 are all other files, as a commit on its own under a private ref of the task and the unit, with what they are for and when', async () => {
    repository.write({ 'a.txt': 'mine\n', 'b.txt': null, 'c.txt': 'new\n' });
    const { ref, captured } = await takeSnapshot(context, record, workTree);
    const [tree, parent, when = '', ...message] = repository.git('show', '-s', '--format=%T%n%P%n%ct%n%B', ref ?? '').split('\n');
    assert.deepEqual([tree, parent], [captured.tree, record.head]);
    assert.ok(Number(when) === Math.floor(context.clock.now() / 1000));
    assert.match(message.join('\n'), /^State of implement\/u before it was set back\n\n.*Treeline/);
    assert.equal(repository.git('ls-tree', '--name-only', ref ?? ''), 'a.txt\nc.txt');
    const commit = repository.git('rev-parse', ref ?? '');
    assert.deepEqual(refs(), [`refs/treeline/t1/snapshots/implement__u/${commit.slice(0, 12)} ${commit}`]);
    assert.deepEqual(captured.differences.removed, ['b.txt']);
    repository.git('update-ref', '-d', ref ?? '');
  });

  it('REQ-GIT-32 is the tip of its branch where somebody else put it there, with a word in the log; where it is ours or gone nothing is kept', async () => {
    assert.equal(await keepBranch(context, record), null);
    repository.git('update-ref', record.branch, record.head);
    assert.equal(await keepBranch(context, record), record.head);
    assert.deepEqual([refs(), log.lines], [[], []]);
    repository.git('update-ref', record.branch, other);
    assert.equal(await keepBranch(context, record), other);
    assert.deepEqual(refs(), [`refs/treeline/t1/foreign/implement__u/${other.slice(0, 12)} ${other}`]);
    assert.match(log.lines.join(), new RegExp(`in the worktree of implement/u: ${other} is kept under refs/treeline/t1/foreign/implement__u/${other.slice(0, 12)}`));
  });
});
