import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyRepository, refusalOf, repositoryWith, testLog, type TestRepository } from './support/repositories.ts';

describe('opening a repository', () => {
  let repository: TestRepository;
  afterEach(() => { repository.end(); });

  it('REQ-GIT-01 finds it from a subfolder, through a link and from a linked worktree, as one identity (case 39, 47)', async () => {
    repository = repositoryWith({ 'sub/a.txt': 'x\n' });
    symlinkSync(repository.path, join(repository.ground, 'alias'));
    repository.git('worktree', 'add', '--quiet', '-b', 'other', join(repository.ground, 'linked'));
    const found = await Promise.all([repository.path, join(repository.ground, 'alias/sub'), join(repository.ground, 'linked')].map((directory) => repository.open({ directory })));
    assert.deepEqual(found.map(({ commonDir }) => commonDir), Array.from({ length: 3 }, () => join(repository.path, '.git')));
    assert.deepEqual(found.map(({ topLevel }) => topLevel), [repository.path, repository.path, join(repository.ground, 'linked')]);
    const worktree = await found[2]?.archive.openWorktree({ task: 't', unit: 'u', start: repository.git('rev-parse', 'HEAD'), keep: false });
    assert.equal(worktree?.path, join(repository.ground, 'project.worktrees/t/u'));
  });

  it('REQ-GIT-02 refuses no repository, a bare one, a git dir and a missing folder, each with a next step (case 47)', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    const bare = join(repository.ground, 'bare.git');
    repository.git('clone', '--quiet', '--bare', repository.path, bare);
    const refusals = await Promise.all([repository.ground, bare, join(repository.path, '.git'), join(repository.ground, 'missing')].map((directory) => refusalOf(repository.open({ directory }))));
    assert.deepEqual(refusals.map(({ reason }) => reason), ['not-a-repository', 'bare', 'not-a-repository', 'not-a-repository']);
    assert.ok(refusals.every(({ next, message }) => (next ?? '').length > 10 && message.length > 10));
  });

  it('REQ-GIT-03 refuses git that is missing, older than 2.38 or unreadable, and takes a noisy one (case 60)', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    const fake = (name: string, script: string): string => {
      const path = join(repository.ground, name);
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      return path;
    };
    const refusals = await Promise.all(['/nowhere/git', fake('old', 'echo git version 2.25.1'), fake('odd', 'echo hello'), fake('nearly', 'echo git version 2.37.9')].map((gitBinary) => refusalOf(repository.open({ gitBinary }))));
    assert.deepEqual(refusals.map(({ reason }) => reason), ['git-missing', 'git-too-old', 'git-too-old', 'git-too-old']);
    assert.match(refusals[1]?.message ?? '', /git is 2\.25; Treeline needs 2\.38/);
    const noisy = await repository.open({ gitBinary: fake('noisy', 'echo "a wrapper says hello" >&2; exec git "$@"') });
    assert.equal((await noisy.archive.resolveBase(null)).target, 'refs/heads/main');
  });

  it('REQ-GIT-04 refuses a repository of somebody else with git\'s own words', async function ownership() {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    const git = join(repository.ground, 'git');
    writeFileSync(git, '#!/bin/sh\nexport GIT_TEST_ASSUME_DIFFERENT_OWNER=1\nexec git "$@"\n');
    chmodSync(git, 0o755);
    const refused = await refusalOf(repository.open({ gitBinary: git }));
    assert.equal(refused.reason, 'not-a-repository');
    assert.match(refused.message, /dubious ownership/);
    assert.match(refused.next ?? '', /safe\.directory/);
  });

  it('REQ-GIT-05 resolves a base: the checked-out branch, a named one, a commit; dirty files are named', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n', 'b.txt': 'x\n' });
    const first = repository.git('rev-parse', 'HEAD');
    const second = repository.commit({ 'a.txt': 'y\n' });
    repository.git('branch', 'feature/x', first);
    repository.git('tag', 'v1', first);
    repository.write({ 'b.txt': 'dirty\n', 'neu é.txt': 'u\n' });
    const { archive } = await repository.open();
    const dirty = ['b.txt', 'neu é.txt'];
    const [treeOne, treeTwo] = [repository.git('rev-parse', `${first}^{tree}`), repository.git('rev-parse', `${second}^{tree}`)];
    assert.deepEqual(await Promise.all([null, 'main', 'feature/x', 'refs/heads/feature/x', 'v1', first.slice(0, 10)].map((ref) => archive.resolveBase(ref))), [
      { ref: 'main', commit: second, tree: treeTwo, target: 'refs/heads/main', dirty }, { ref: 'main', commit: second, tree: treeTwo, target: 'refs/heads/main', dirty },
      { ref: 'feature/x', commit: first, tree: treeOne, target: 'refs/heads/feature/x', dirty }, { ref: 'refs/heads/feature/x', commit: first, tree: treeOne, target: 'refs/heads/feature/x', dirty },
      { ref: 'v1', commit: first, tree: treeOne, target: 'refs/heads/main', dirty }, { ref: first.slice(0, 10), commit: first, tree: treeOne, target: 'refs/heads/main', dirty },
    ]);
  });

  it('REQ-GIT-06 refuses what names no commit, options in disguise, and a base without a branch to land on', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    const { archive } = await repository.open();
    for (const ref of ['nowhere', '--output=x', '-x', 'a..b', '', 'HEAD:a.txt', 'main^{tree}']) {
      assert.equal((await refusalOf(archive.resolveBase(ref))).reason, 'unknown-ref', ref);
    }
    repository.git('checkout', '--quiet', '--detach');
    assert.equal((await refusalOf(archive.resolveBase(null))).reason, 'no-target');
    assert.equal((await archive.resolveBase('main')).target, 'refs/heads/main');
  });

  it('REQ-GIT-06 says of a shallow clone that what is not there may only not have been fetched', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    const { resolve } = await repository.open();
    assert.match((await refusalOf(resolve('nowhere'))).next ?? '', /git branch --all/);
    repository.write({ '.git/shallow': `${repository.git('rev-parse', 'HEAD')}\n` });
    const { reason, message, next } = await refusalOf(resolve('HEAD^'));
    assert.equal(reason, 'unknown-ref');
    assert.match(message, /shallow/);
    assert.match(next ?? '', /--unshallow.*fetch-depth: 0/);
  });

  it('REQ-GIT-07 refuses a repository without commits (case 47)', async () => {
    repository = emptyRepository();
    const { archive } = await repository.open();
    const refusals = [await refusalOf(archive.resolveBase(null)), await refusalOf(archive.resolveBase('main'))];
    assert.deepEqual(refusals.map(({ reason }) => reason), ['no-commits', 'no-commits']);
    assert.match(refusals[0]?.next ?? '', /first commit/);
  });

  it('REQ-GIT-08 works whatever the person configured: colours, prefixes, signing, pagers, formats (case 60)', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    for (const [key, value] of [['color.ui', 'always'], ['diff.noprefix', 'true'], ['diff.mnemonicPrefix', 'true'], ['commit.gpgSign', 'true'], ['gpg.program', '/nowhere'], ['core.pager', 'sleep 100'],
      ['status.short', 'true'], ['status.showUntrackedFiles', 'no'], ['log.showSignature', 'true'], ['i18n.commitEncoding', 'ISO-8859-1'], ['merge.ff', 'false'], ['diff.renames', 'false'], ['core.quotePath', 'false']] as const) repository.git('config', '--global', key, value);
    const { archive } = await repository.open();
    const start = repository.git('rev-parse', 'HEAD');
    const { path } = await archive.openWorktree({ task: 't', unit: 'u', start, keep: false });
    writeFileSync(join(path, 'ü.txt'), 'ü\n');
    const made = await archive.commitWorktree({ task: 't', unit: 'u', n: 1, parent: start, message: 'Ünïcode', at: 0 });
    const candidate = await archive.makeCandidate({ task: 't', head: made?.commit ?? '', base: start, target: 'refs/heads/main', message: 'm', at: 0 });
    assert.ok(candidate.kind === 'clean');
    assert.match(await archive.diff(start, candidate.commit, 10_000), /^diff --git "a\/\\303\\274.txt"/);
    repository.write({ 'left.txt': 'x\n' });
    assert.deepEqual((await archive.resolveBase(null)).dirty, ['left.txt']);
    assert.equal((await archive.land({ target: 'refs/heads/main', onto: start, commit: candidate.commit, tree: candidate.tree }, (reasons) => assert.fail(reasons.join()), new AbortController().signal)).kind, 'landed');
  });

  it('REQ-GIT-09 works in a shallow clone and in one that borrows objects', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    repository.commit({ 'a.txt': 'y\n' });
    for (const [name, ...options] of [['shallow', '--depth=1', '--no-local'], ['shared', '--shared']] as const) {
      const clone = join(repository.ground, name);
      repository.git('clone', '--quiet', ...options, `file://${repository.path}`.slice(name === 'shared' ? 7 : 0), clone);
      const { archive, scratch } = await repository.open({ directory: clone });
      const { commit } = await archive.resolveBase(null);
      const { path, mounts } = await archive.openWorktree({ task: 't', unit: 'u', start: commit, keep: false });
      writeFileSync(join(path, 'b.txt'), 'x\n');
      const made = await archive.commitWorktree({ task: 't', unit: 'u', n: 1, parent: commit, message: 'm', at: 0 });
      assert.equal((await archive.integrate({ task: 't', unit: 'u', commit: made?.commit ?? '', onto: commit, message: 'm', at: 0 })).kind, 'clean');
      assert.equal(mounts.readable.length, name === 'shared' ? 2 : 1);
      const checkout = await scratch.open(commit);
      assert.equal(repository.gitIn(checkout.path, 'log', '--oneline').split('\n').length, name === 'shared' ? 2 : 1);
      await checkout.close();
      await archive.cleanUp('t');
    }
  });

  it('REQ-GIT-09 works with sha256', async () => {
    repository = emptyRepository('--object-format=sha256');
    const start = repository.commit({ 'a.txt': 'x\n' });
    const { archive } = await repository.open();
    const { path } = await archive.openWorktree({ task: 't', unit: 'u', start, keep: false });
    mkdirSync(join(path, 'd'));
    writeFileSync(join(path, 'd/b.txt'), 'x\n');
    const made = await archive.commitWorktree({ task: 't', unit: 'u', n: 1, parent: start, message: 'm', at: 0 });
    assert.equal(made?.commit.length, 64);
    await archive.cleanUp('t');
    assert.equal(repository.git('rev-parse', 'refs/treeline/t/attempts/u/1'), made?.commit);
  });

  it('REQ-GIT-21 names drivers of the repository\'s own that will not run', async () => {
    repository = repositoryWith({ 'a.txt': 'x\n' });
    repository.git('config', 'filter.a=b.clean', 'cat');
    repository.git('config', 'merge.evil.driver', 'cat');
    const log = testLog();
    await repository.open({ log });
    assert.deepEqual(log.lines, ['Drivers in the repository\'s own configuration are not run: filter a=b, merge evil.']);
  });
});
