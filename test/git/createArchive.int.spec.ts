import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openRepository } from '../../src/git/createArchive.ts';
import { refusalOf, repositoryWith, testClock, testLog, type TestRepository } from './support/repositories.ts';

describe('an opened repository', () => {
  let repository: TestRepository;
  let start: string;
  before(() => {
    repository = repositoryWith({ 'a.txt': 'one\n' });
    start = repository.git('rev-parse', 'HEAD');
  });
  after(() => { repository.end(); });

  it('REQ-GIT-10 has its worktrees where it was told, and names each with its unit and branch', async () => {
    const worktreesRoot = join(repository.ground, 'elsewhere');
    const log = testLog();
    const { archive, worktreesFolder } = await openRepository({ directory: repository.path, clock: testClock(), log, worktreesRoot });
    assert.deepEqual([worktreesFolder, log.lines], [worktreesRoot, []]);
    for (const unit of ['b', 'a/x']) await archive.openWorktree({ task: 't1', unit, start, keep: false });
    assert.deepEqual(await archive.worktrees('t1'), [{ unit: 'a/x', path: join(worktreesRoot, 't1/a__x'), branch: 'treeline/t1/a/x' }, { unit: 'b', path: join(worktreesRoot, 't1/b'), branch: 'treeline/t1/b' }]);
    await archive.cleanUp('t1');
    assert.equal((await openRepository({ directory: repository.path, clock: testClock(), log: testLog() })).worktreesFolder, join(repository.ground, 'project.worktrees'));
  });

  it('REQ-GIT-05 says what a name stands for, and which branches a person has, agents\' not among them', async () => {
    for (const branch of ['feature/x', 'treeline', 'my/treeline/x', 'treeliner/x', 'treeline-x/y']) repository.git('branch', branch);
    repository.git('update-ref', 'refs/heads/treeline-/t1/u', start);
    const { branches, resolve } = await repository.open();
    assert.deepEqual([...await branches()], ['feature/x', 'main', 'my/treeline/x', 'treeline', 'treeline-x/y', 'treeliner/x'].map((branch) => [branch, start]));
    repository.git('branch', '-D', 'treeline');
    repository.git('branch', 'treeline/t1/u');
    assert.equal((await branches()).has('treeline/t1/u'), false);
    assert.deepEqual(await resolve('feature/x'), { commit: start, tree: repository.git('rev-parse', `${start}^{tree}`) });
    assert.equal((await refusalOf(resolve('nowhere'))).reason, 'unknown-ref');
  });

  for (const [key, named] of [['filter.evil.clean', 'filter evil'], ['merge.evil.driver', 'merge evil']] as const) {
    it(`REQ-GIT-21 names a ${key} of the repository's own that will not run`, async () => {
      repository.git('config', key, 'cat');
      const log = testLog();
      await repository.open({ log });
      repository.git('config', '--unset', key);
      assert.deepEqual(log.lines, [`Drivers in the repository's own configuration are not run: ${named}.`]);
    });
  }
});
