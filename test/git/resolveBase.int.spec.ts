import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { resolveBase, resolveCommit } from '../../src/git/resolveBase.ts';
import { checkoutStatus } from '../../src/git/simpleGit.ts';
import { contextOf } from './support/context.ts';
import { emptyRepository, refusalOf, repositoryWith, type TestRepository } from './support/repositories.ts';

describe('the person\'s word for where to start', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let start: string;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n' });
    start = repository.git('rev-parse', 'HEAD');
    for (const name of ['feature', 'v1']) repository.git('branch', name);
    repository.git('tag', 'tagged');
    repository.git('tag', 'v1', repository.git('commit-tree', '-m', 'of the tag', '-p', start, 'HEAD^{tree}'));
    context = await contextOf(repository);
  });
  after(() => { repository.end(); });
  afterEach(() => {
    repository.git('switch', '--quiet', 'main');
    repository.git('reset', '--quiet', '--hard');
    repository.git('clean', '--quiet', '--force', '-dx');
  });
  const base = (ref: string | null) => resolveBase(context, 'git', ref);
  const refusal = async (ref: string | null): Promise<string> => {
    const { reason = '', message } = await refusalOf(base(ref));
    return `${reason}: ${message}`;
  };

  it('REQ-GIT-05 lands on the branch that it names, as far as it is written, else on the one that is checked out', async () => {
    const targets = await Promise.all(['feature', 'heads/feature', 'refs/heads/feature', 'v1', 'tags/tagged', 'refs/tags/tagged', 'tagged', 'HEAD', start].map(async (ref) => (await base(ref)).target));
    assert.deepEqual(targets, ['feature', 'feature', 'feature', 'v1', 'main', 'main', 'main', 'main', 'main'].map((name) => `refs/heads/${name}`));
    assert.equal((await base('v1')).commit, start);
    repository.git('switch', '--quiet', 'feature');
    assert.deepEqual(await base(null), { ref: 'feature', commit: start, tree: repository.git('rev-parse', 'HEAD^{tree}'), target: 'refs/heads/feature', dirty: [] });
  });

  it('REQ-GIT-06 is refused where HEAD is on no branch and it names none', async () => {
    repository.git('checkout', '--quiet', '--detach');
    assert.equal(await refusal(null), `no-target: HEAD is detached in ${repository.path}, so there is no branch to land on`);
    assert.equal(await refusal('tagged'), `no-target: "tagged" names no branch and HEAD is detached in ${repository.path}, so there is no branch to land on`);
    repository.git('symbolic-ref', 'HEAD', 'refs/elsewhere/x');
    repository.git('update-ref', 'refs/elsewhere/x', start);
    assert.match(await refusal(null), /^no-target: /);
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/main');
  });

  it('REQ-GIT-06 in the middle of a rebase it says so, and with what that ends', async () => {
    repository.git('checkout', '--quiet', '--detach');
    mkdirSync(join(repository.path, '.git/rebase-merge'));
    const { message, next } = await refusalOf(base(null));
    rmSync(join(repository.path, '.git/rebase-merge'), { recursive: true });
    assert.deepEqual([message, next], [
      `HEAD is detached in ${repository.path} (a rebase is in progress), so there is no branch to land on`, 'Finish or end it (git rebase --continue or --abort), or name a branch with --base',
    ]);
  });

  it('REQ-GIT-07 on a branch without a commit there is nothing to start from, but other branches are still there', async () => {
    repository.git('switch', '--quiet', '--orphan', 'fresh');
    assert.match(await refusal(null), /^no-commits: /);
    assert.match(await refusal('nowhere'), /^unknown-ref: "nowhere"/);
    assert.equal((await base('main')).target, 'refs/heads/main');
    assert.match(await refusal('tagged'), /^no-target: /);
    assert.equal((await refusalOf(resolveCommit(context, 'nowhere', '--head'))).reason, 'unknown-ref');
  });

  it('REQ-GIT-06 a commit alone is found without a branch to land on', async () => {
    repository.git('checkout', '--quiet', '--detach');
    assert.deepEqual(await resolveCommit(context, 'tagged', '--base'), { commit: start, tree: repository.git('rev-parse', 'HEAD^{tree}') });
    const { reason, message } = await refusalOf(resolveCommit(context, 'nowhere', '--head'));
    assert.equal(reason, 'unknown-ref');
    assert.doesNotMatch(message, /shallow/);
  });

  it('REQ-GIT-06 what is said of a name that is not there names the flag by which it was given', async () => {
    const said = await Promise.all([base('nowhere'), resolveCommit(context, 'nowhere', '--base'), resolveCommit(context, 'nowhere', '--head')].map(refusalOf));
    assert.deepEqual(said.map(({ next = '' }) => next.split(' ').at(-1)), ['--base', '--base', '--head']);
  });

  it('REQ-GIT-06 in a shallow clone what is not there may only not have been fetched', async () => {
    repository.write({ '.git/shallow': `${start}\n` });
    const said = await Promise.all([base('nowhere'), resolveCommit(context, 'nowhere', '--head')].map(refusalOf));
    rmSync(join(repository.path, '.git/shallow'));
    for (const { reason, message } of said) assert.deepEqual([reason, /this clone is shallow/.test(message)], ['unknown-ref', true]);
    assert.doesNotMatch((await refusalOf(base('nowhere'))).message, /shallow/);
  });

  it('REQ-GIT-07 in a repository without any commit that is what is said of every name', async () => {
    const empty = emptyRepository();
    try {
      const without = await contextOf(empty);
      const refusals = await Promise.all([resolveBase(without, 'git', null), resolveBase(without, 'git', 'main'), resolveCommit(without, 'main', '--head')].map(refusalOf));
      assert.deepEqual(refusals.map(({ reason }) => reason), ['no-commits', 'no-commits', 'no-commits']);
      assert.ok(refusals.every(({ message }) => message.startsWith(empty.path)));
      empty.commit({ 'a.txt': 'x\n' });
      empty.git('checkout', '--quiet', '--detach');
      empty.git('branch', '-D', 'main');
      assert.equal((await refusalOf(resolveCommit(without, 'main', '--head'))).reason, 'unknown-ref');
    } finally {
      empty.end();
    }
  });

  it('REQ-GIT-05 names what is staged, modified, deleted, renamed and untracked; what is ignored is not', async () => {
    repository.git('mv', 'a.txt', 'moved.txt');
    repository.write({ 'b.txt': null, '.gitignore': '*.log\n', 'run.log': 'x\n', 'new é/in.txt': 'x\n' });
    assert.deepEqual([...(await base(null)).dirty].sort(), ['.gitignore', 'b.txt', 'moved.txt', 'new é/in.txt']);
    const status = async () => checkoutStatus('git', repository.path, { GIT_DIR: join(repository.path, '.git') });
    assert.deepEqual(await status(), { branch: 'main', tracked: ['b.txt', 'moved.txt'], untracked: ['.gitignore', 'new é/in.txt'] });
    repository.git('checkout', '--quiet', '--detach');
    assert.equal((await status()).branch, null);
  });

  it('REQ-GIT-21 a filter of the repository\'s own does not run to find out what is modified', async () => {
    repository.write({ '.git/info/attributes': '*.txt filter=evil\n' });
    repository.git('config', 'filter.evil.clean', `touch ${join(repository.ground, 'canary')}; cat`);
    repository.write({ 'a.txt': 'two\n' });
    assert.deepEqual((await base(null)).dirty, ['a.txt']);
    assert.equal(existsSync(join(repository.ground, 'canary')), false);
    repository.git('config', '--unset', 'filter.evil.clean');
  });

  it('REQ-GIT-22 nothing that was planted runs to find out what is modified', async () => {
    const canary = join(repository.ground, 'planted');
    repository.git('config', 'core.fsmonitor', `touch ${canary}; false`);
    const { dirty } = await base(null);
    repository.git('config', '--unset', 'core.fsmonitor');
    assert.deepEqual([dirty, existsSync(canary)], [[], false]);
  });

  it('REQ-GIT-27 a status that fails has git\'s own words, and their reason', async () => {
    const { reason, message } = await refusalOf(checkoutStatus('git', repository.path, { GIT_DIR: join(repository.ground, 'nowhere') }));
    assert.equal(reason, 'not-a-repository');
    assert.match(message, new RegExp(`^git status in ${repository.path} failed: .*not a git repository`));
  });
});
