import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, repositoryWith, testClock, testLog, writeFiles, type TestClock, type TestRepository } from './support/repositories.ts';

const target = 'refs/heads/main';
const hooks = ['applypatch-msg', 'commit-msg', 'post-checkout', 'post-commit', 'post-index-change', 'post-merge', 'post-rewrite', 'pre-commit', 'pre-merge-commit', 'prepare-commit-msg', 'reference-transaction', 'update'];

describe('a task from its base to its landing', () => {
  let repository: TestRepository;
  let clock: TestClock;
  beforeEach(() => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n', '.gitignore': '*.env\nnode_modules/\n' });
    clock = testClock();
  });
  afterEach(() => { repository.end(); });

  it('REQ-GIT-22 leaves the person\'s configuration, HEAD, index, hooks, refs and files byte for byte, and runs nothing that was planted (cases 7, 8, 15)', async () => {
    const canary = join(repository.ground, 'canary');
    const touch = `touch ${canary}`;
    const start = repository.commit({ '.gitattributes': 'a.txt merge=evil diff=evil\n' });
    repository.git('switch', '--quiet', '-c', 'elsewhere');
    repository.write({ 'b.txt': 'dirty\n', 'untracked.txt': 'u\n' });
    const { archive, scratch } = await repository.open({ clock });
    const path = join(repository.path, '.git');
    for (const hook of hooks) writeFileSync(join(path, 'hooks', hook), `#!/bin/sh\n${touch}\n`, { mode: 0o755 });
    for (const [key, value] of [['core.fsmonitor', `${touch}; false`], ['core.hooksPath', join(path, 'hooks')], ['filter.evil.clean', `${touch}; cat`], ['filter.evil.smudge', `${touch}; cat`], ['filter.a=b.clean', `${touch}; cat`],
      ['filter.a=b.process', touch], ['merge.evil.driver', `${touch}; false`], ['diff.evil.textconv', touch], ['diff.evil.command', touch], ['diff.external', touch], ['core.pager', touch], ['core.sshCommand', touch], ['core.editor', touch],
      ['gpg.program', touch], ['commit.gpgSign', 'true'], ['merge.autoStash', 'true'], ['core.alternateRefsCommand', touch], ['alias.status', `!${touch}`]] as const) repository.git('config', key, value);
    writeFileSync(join(repository.ground, 'included'), `[filter "evil"]\n\tclean = "${touch}; cat"\n`);
    repository.git('config', 'include.path', join(repository.ground, 'included'));
    writeFileSync(join(path, 'info/attributes'), 'b.txt filter=evil\nuntracked.txt filter="a=b"\n');
    repository.git('update-ref', `refs/replace/${start}`, repository.git('rev-parse', `${start}~1`));
    // The person's own git ran some of it while it was planted.
    rmSync(canary, { force: true });
    const before = fingerprint(repository);

    assert.equal((await archive.resolveBase('main')).commit, start);
    const [one, two] = await Promise.all(['implement/one', 'implement/two'].map((unit) => archive.openWorktree({ task: 't1', unit, start, keep: false })));
    assert.ok(one && two);
    writeFiles(one.path, { 'a.txt': 'by one\n', 'sub/new.txt': 'n\n', '.env': 's\n' });
    writeFiles(two.path, { 'a.txt': 'by two\n' });
    assert.equal(existsSync(canary), false);
    repository.gitIn(repository.ground, '-C', two.path, '-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=', 'update-index', '--assume-unchanged', 'a.txt');
    rmSync(canary, { force: true });
    const commits = [];
    for (const unit of ['implement/one', 'implement/two']) commits.push(await archive.commitWorktree({ task: 't1', unit, n: 1, parent: start, message: unit, at: clock.now() }));
    const first = await archive.integrate({ task: 't1', unit: 'implement/one', commit: commits[0]?.commit ?? '', onto: start, message: 'One', at: clock.now() });
    assert.ok(first.kind === 'clean');
    await archive.advance({ task: 't1', from: start, to: first.commit });
    const second = await archive.integrate({ task: 't1', unit: 'implement/two', commit: commits[1]?.commit ?? '', onto: first.commit, message: 'Two', at: clock.now() });
    assert.deepEqual(second, { kind: 'conflict', files: ['a.txt'], onto: first.commit });
    await archive.openWorktree({ task: 't1', unit: 'implement/two', start: first.commit, keep: false });
    const candidate = await archive.makeCandidate({ task: 't1', head: first.commit, base: start, target, message: 'Land', at: clock.now() });
    assert.ok(candidate.kind === 'clean');
    const checkout = await scratch.open(candidate.commit);
    assert.deepEqual([readFileSync(join(checkout.path, 'a.txt'), 'utf8'), await checkout.changed()], ['by one\n', { modified: [], added: [] }]);
    await checkout.close();
    assert.match(await archive.diff(start, candidate.commit, 10_000), /\+by one/);
    assert.equal((await archive.changes(start, candidate.commit)).length, 2);
    assert.equal((await archive.land({ target, onto: start, commit: candidate.commit, tree: candidate.tree }, (reasons) => assert.fail(reasons.join()), new AbortController().signal)).kind, 'landed');
    await archive.cleanUp('t1');

    const { 'refs/heads/main': landed, 'logs/refs/heads/main': log, ...rest } = fingerprint(repository);
    const { 'refs/heads/main': was, 'logs/refs/heads/main': logWas, ...restBefore } = before;
    assert.deepEqual([landed === was, log === logWas], [false, false]);
    assert.deepEqual(rest, restBefore);
    assert.equal(existsSync(canary), false);
    assert.equal(readFileSync(join(path, 'refs/heads/main'), 'utf8').trim(), candidate.commit);
    repository.git('-c', 'core.fsmonitor=', '-c', 'core.hooksPath=', 'fsck', '--strict');
  });

  it('REQ-GIT-22 lands in a checkout without running what was planted there', async () => {
    const canary = join(repository.ground, 'canary');
    const start = repository.git('rev-parse', 'HEAD');
    const { archive } = await repository.open({ clock });
    for (const [key, value] of [['filter.evil.smudge', `touch ${canary}; cat`], ['filter.evil.clean', `touch ${canary}; cat`], ['core.fsmonitor', `touch ${canary}`]] as const) repository.git('config', key, value);
    writeFileSync(join(repository.path, '.git/info/attributes'), 'b.txt filter=evil\n');
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    writeFiles(path, { 'a.txt': 'landed\n' });
    const made = await archive.commitWorktree({ task: 't1', unit: 'u', n: 1, parent: start, message: 'm', at: 0 });
    assert.equal((await archive.land({ target, onto: start, commit: made?.commit ?? '', tree: made?.tree ?? '' }, (reasons) => assert.fail(reasons.join()), new AbortController().signal)).kind, 'landed');
    assert.equal(readFileSync(join(repository.path, 'a.txt'), 'utf8'), 'landed\n');
    assert.equal(existsSync(canary), false);
  });

  it('REQ-GIT-23 the clean-up keeps modified, untracked and ignored files before it removes a worktree, and leaves those of others (case 54)', async () => {
    const start = repository.git('rev-parse', 'HEAD');
    const log = testLog();
    const { archive } = await repository.open({ clock, log });
    repository.git('worktree', 'add', '--quiet', '--detach', join(repository.ground, 'mine'));
    const open = (unit: string) => archive.openWorktree({ task: 't1', unit, start, keep: false });
    const [{ path }, gone, other] = [await open('u'), await open('gone'), await archive.openWorktree({ task: 't2', unit: 'u', start, keep: false })];
    writeFiles(path, { 'a.txt': 'modified\n', 'untracked.txt': 'u\n', 'local.env': 'secret\n', 'node_modules/x/y.js': 'y\n' });
    mkdirSync(join(path, 'nested'));
    repository.gitIn(join(path, 'nested'), 'init', '--quiet');
    writeFiles(path, { 'nested/n.txt': 'n\n' });
    repository.git('worktree', 'unlock', gone.path);
    repository.git('worktree', 'remove', gone.path);
    await archive.advance({ task: 't1', from: start, to: start });
    await archive.cleanUp('t1');
    await archive.cleanUp('t1');
    assert.equal(existsSync(path), false);
    const snapshot = repository.git('for-each-ref', '--format=%(refname)', 'refs/treeline/t1/snapshots/u');
    assert.deepEqual(['a.txt', 'untracked.txt'].map((name) => repository.git('show', `${snapshot}:${name}`)), ['modified', 'u']);
    const trash = join(repository.path, '.git/treeline/trash/t1/u');
    const [stamp = ''] = readdirSync(trash);
    assert.deepEqual(['local.env', 'node_modules/x/y.js', 'nested/n.txt'].map((name) => readFileSync(join(trash, stamp, name), 'utf8')), ['secret\n', 'y\n', 'n\n']);
    assert.equal(repository.git('rev-parse', 'refs/treeline/t1/branches/integration', 'refs/treeline/t1/branches/u'), `${start}\n${start}`);
    assert.deepEqual(repository.git('worktree', 'list').split('\n').map((entry) => entry.split(/\s+/)[0]), [repository.path, join(repository.ground, 'mine'), other.path]);
    assert.equal(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads'), 'refs/heads/main\nrefs/heads/treeline/t2/u');
    clock.advance(13 * 24 * 60 * 60_000);
    await archive.cleanUp('t1');
    assert.equal(existsSync(trash), true);
    clock.advance(2 * 24 * 60 * 60_000);
    await archive.cleanUp('t2');
    assert.equal(existsSync(join(repository.path, '.git/treeline/trash')) && readdirSync(join(repository.path, '.git/treeline/trash')).length > 0, false);
  });

  it('REQ-GIT-24 a branch that a person has checked out stays, with a word in the log', async () => {
    const start = repository.git('rev-parse', 'HEAD');
    const log = testLog();
    const { archive } = await repository.open({ clock, log });
    await archive.advance({ task: 't1', from: start, to: start });
    repository.git('switch', '--quiet', 'treeline/t1/integration');
    await archive.cleanUp('t1');
    assert.equal(repository.git('symbolic-ref', 'HEAD'), 'refs/heads/treeline/t1/integration');
    assert.match(log.lines.join(), /stays: it is checked out in/);
  });

  it('REQ-GIT-25 survives the person\'s gc and worktree prune in the middle (case 58)', async () => {
    const start = repository.git('rev-parse', 'HEAD');
    const { archive } = await repository.open({ clock });
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    writeFiles(path, { 'a.txt': 'work\n' });
    const made = await archive.commitWorktree({ task: 't1', unit: 'u', n: 1, parent: start, message: 'm', at: 0 });
    const candidate = await archive.makeCandidate({ task: 't1', head: made?.commit ?? '', base: start, target, message: 'm', at: 0 });
    assert.ok(candidate.kind === 'clean');
    repository.git('gc', '--quiet', '--prune=now');
    repository.git('worktree', 'prune');
    assert.equal((await archive.openWorktree({ task: 't1', unit: 'u', start, keep: true })).path, path);
    assert.equal((await archive.land({ target, onto: start, commit: candidate.commit, tree: candidate.tree }, () => undefined, new AbortController().signal)).kind, 'landed');
  });

  it('REQ-GIT-26 two landings of one commit at once are one', async () => {
    const start = repository.git('rev-parse', 'HEAD');
    const { archive } = await repository.open({ clock });
    const { path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    writeFiles(path, { 'a.txt': 'work\n' });
    const made = await archive.commitWorktree({ task: 't1', unit: 'u', n: 1, parent: start, message: 'm', at: 0 });
    const request = { target, onto: start, commit: made?.commit ?? '', tree: made?.tree ?? '' };
    const results = await Promise.all([1, 2, 3].map(() => archive.land(request, () => undefined, new AbortController().signal)));
    assert.deepEqual(results.map(({ kind }) => kind), ['landed', 'landed', 'landed']);
    assert.equal(repository.git('rev-list', '--count', `${start}..main`), '1');
  });
});
