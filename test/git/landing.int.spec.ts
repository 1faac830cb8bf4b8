import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Archive } from '../../src/ports/archive.ts';
import { until } from '../support/until.ts';
import { fingerprint, refusalOf, repositoryWith, testClock, type TestClock, type TestRepository } from './support/repositories.ts';

const target = 'refs/heads/main';
const ageless = (reason: string): string => reason.replace(/\([^()]*\); if none runs/, '(age); if none runs');

describe('landing on a branch of the person\'s', () => {
  let repository: TestRepository;
  let archive: Archive;
  let clock: TestClock;
  let onto: string;
  let commit: string;
  let tree: string;
  beforeEach(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n', '.gitignore': '*.env\n' });
    onto = repository.git('rev-parse', 'HEAD');
    clock = testClock();
    ({ archive } = await repository.open({ clock }));
    // What a candidate is: the approved tree as one commit on the tip.
    repository.git('checkout', '--quiet', '--detach');
    commit = repository.commit({ 'a.txt': 'landed\n', 'new.txt': 'new\n', 'dir/x': 'x\n' }, 'Land it');
    tree = repository.git('rev-parse', `${commit}^{tree}`);
    repository.git('switch', '--quiet', 'main');
  });
  afterEach(() => { repository.end(); });

  const land = (blocked: (reasons: readonly string[]) => void = () => undefined, signal = new AbortController().signal) => archive.land({ target, onto, commit, tree }, blocked, signal);
  /** Lands while `obstacle` is there, takes it away at the third wait, and gives what was said meanwhile. */
  const landPast = async (clear: () => void): Promise<readonly string[]> => {
    const said: string[] = [];
    const foreseen = await archive.landingBlockers({ target, onto, commit });
    const files = JSON.stringify(fingerprint(repository));
    clock.onWait = (count) => {
      if (count !== 3) return;
      assert.equal(JSON.stringify(fingerprint(repository)), files);
      clear();
    };
    assert.deepEqual(await land((reasons) => said.push(...reasons)), { kind: 'landed', commit, tree });
    assert.equal(repository.git('rev-parse', target), commit);
    // REQ-GIT-83
    assert.deepEqual([foreseen.map(ageless), await archive.landingBlockers({ target, onto, commit })], [said.map(ageless), []]);
    return said;
  };

  it('REQ-GIT-70 fast-forwards the clean checkout that has the branch, runs no hook, and is done when asked again', async () => {
    const canary = join(repository.ground, 'canary');
    for (const hook of ['post-merge', 'reference-transaction', 'post-checkout', 'pre-merge-commit']) writeFileSync(join(repository.path, '.git/hooks', hook), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    assert.deepEqual(await land(() => assert.fail('was blocked')), { kind: 'landed', commit, tree });
    assert.equal(readFileSync(join(repository.path, 'a.txt'), 'utf8'), 'landed\n');
    assert.equal(repository.git('status', '--porcelain'), '');
    assert.deepEqual(await land(), { kind: 'landed', commit, tree });
    assert.equal(existsSync(canary), false);
    repository.commit({ 'later.txt': 'x\n' });
    assert.deepEqual(await land(), { kind: 'landed', commit, tree });
  });

  it('REQ-GIT-71 moves a branch that is checked out nowhere by compare-and-swap, the checkout untouched', async () => {
    repository.git('switch', '--quiet', '-c', 'other');
    repository.write({ 'a.txt': 'dirty\n' });
    const before = fingerprint(repository);
    assert.deepEqual(await land(() => assert.fail('was blocked')), { kind: 'landed', commit, tree });
    const after = fingerprint(repository);
    assert.deepEqual({ ...after, 'refs/heads/main': '', 'logs/refs/heads/main': '' }, { ...before, 'refs/heads/main': '', 'logs/refs/heads/main': '' });
    assert.equal(repository.git('rev-parse', target), commit);
  });

  it('REQ-GIT-83 a landing that is just being made is no reason against itself', async () => {
    const asked: Promise<readonly string[]>[] = [];
    writeFileSync(join(repository.path, '.git/info/attributes'), 'a.txt filter=slow\n');
    // While its files are written, somebody asks.
    repository.git('config', '--global', 'filter.slow.smudge', 'sleep 0.5; cat');
    ({ archive } = await repository.open({ clock }));
    const landing = land(() => assert.fail('was blocked'));
    await until('the landing to be made', () => existsSync(join(repository.path, '.git/index.lock')));
    asked.push(archive.landingBlockers({ target, onto, commit }));
    assert.deepEqual([await landing, await Promise.all(asked)], [{ kind: 'landed', commit, tree }, [[]]]);
  });

  it('REQ-GIT-72 fast-forwards a linked worktree of the person\'s that has the branch', async () => {
    repository.git('switch', '--quiet', '-c', 'other');
    const linked = join(repository.ground, 'linked');
    repository.git('worktree', 'add', '--quiet', linked, 'main');
    assert.equal((await land()).kind, 'landed');
    assert.equal(readFileSync(join(linked, 'a.txt'), 'utf8'), 'landed\n');
  });

  it('REQ-GIT-73 says moved when the tip is another one, or gone (cases 22, 56)', async () => {
    const tip = repository.commit({ 'c.txt': 'c\n' });
    const moved = await land();
    assert.deepEqual(moved, { kind: 'moved', tip, why: `refs/heads/main is at ${tip} and not at ${onto} any more` });
    assert.equal(await archive.tip(target), tip);
    repository.git('switch', '--quiet', '-c', 'other');
    repository.git('branch', '-D', 'main');
    assert.deepEqual(await land(), { kind: 'moved', tip: '', why: 'refs/heads/main is gone' });
    assert.equal(await archive.tip(target), null);
  });

  it('REQ-GIT-74 refuses a commit that is not the approved tree on the approved tip (case 21)', async () => {
    for (const request of [{ target, onto, commit: onto, tree }, { target, onto, commit, tree: onto }, { target, onto: commit, commit, tree }, { target: 'HEAD', onto, commit, tree }]) {
      const refused = await refusalOf(archive.land(request, () => undefined, new AbortController().signal));
      assert.match(refused.message, /is not what was to land/);
    }
    assert.equal(repository.git('rev-parse', target), onto);
  });

  it('REQ-GIT-75 waits while tracked files are modified or staged, backing off, and says so once (case 49)', async () => {
    repository.write({ 'b.txt': 'mine\n' });
    const said = await landPast(() => { repository.git('checkout', '--', 'b.txt'); });
    assert.deepEqual(said, [`${repository.path} has changes that are not committed: b.txt. Commit or stash them`]);
    assert.deepEqual(clock.waited, [250, 500, 1_000]);
  });

  it('REQ-GIT-76 waits for staged files that do not overlap too', async () => {
    repository.write({ 'staged.txt': 'mine\n' });
    repository.git('add', 'staged.txt');
    assert.match((await landPast(() => { repository.git('rm', '--quiet', '--cached', 'staged.txt'); })).join(), /staged\.txt/);
  });

  it('REQ-GIT-77 waits while untracked or ignored files are in the way, and lets others be (case 49)', async () => {
    repository.write({ 'new.txt': 'mine\n', 'dir': 'a file\n', 'unrelated.txt': 'x\n' });
    const said = await landPast(() => { for (const name of ['new.txt', 'dir']) rmSync(join(repository.path, name)); });
    assert.deepEqual(said, [`files in ${repository.path} that git does not track would be overwritten: dir, new.txt. Move them away`]);
    assert.equal(readFileSync(join(repository.path, 'unrelated.txt'), 'utf8'), 'x\n');
  });

  it('REQ-GIT-78 an ignored file that would be overwritten without a word blocks too', async () => {
    writeFileSync(join(repository.path, '.git/info/exclude'), 'new.txt\n');
    repository.write({ 'new.txt': 'secret\n' });
    assert.match((await landPast(() => { rmSync(join(repository.path, 'new.txt')); })).join(), /new\.txt/);
  });

  it('REQ-GIT-79 waits while HEAD is detached, or a rebase, merge, cherry-pick or bisect is in progress (case 48)', async () => {
    repository.git('checkout', '--quiet', '--detach');
    assert.match((await landPast(() => { repository.git('switch', '--quiet', 'main'); })).join(), /HEAD is detached in .*: switch to a branch \(git switch main\)/);
  });

  for (const [name, begin, end, words] of [
    ['merge', (r: TestRepository) => { r.gitIn(r.path, 'merge', '--no-commit', '--no-ff', '--quiet', 'side'); r.gitIn(r.path, 'reset', '--quiet', '--hard', 'HEAD'); writeFileSync(join(r.path, '.git/MERGE_HEAD'), r.git('rev-parse', 'side')); }, (r: TestRepository) => r.git('merge', '--abort'), /a merge is in progress/],
    ['rebase', (r: TestRepository) => { r.git('-c', 'sequence.editor=sed -i 1ibreak', 'rebase', '--quiet', '-i', 'side'); }, (r: TestRepository) => r.git('rebase', '--abort'), /a rebase is in progress/],
    ['bisect', (r: TestRepository) => { r.git('bisect', 'start'); }, (r: TestRepository) => r.git('bisect', 'reset'), /a bisect is in progress/],
  ] as const) {
    it(`REQ-GIT-79 waits while a ${name} is in progress, and lands after it (case 48)`, async () => {
      repository.git('branch', 'side', onto);
      begin(repository);
      const said = await landPast(() => { end(repository); });
      assert.match(said.join(), words);
    });
  }

  it('REQ-GIT-80 waits for index.lock, says its age, and does not delete it (case 51)', async () => {
    const lock = join(repository.path, '.git/index.lock');
    writeFileSync(lock, '');
    const said = await landPast(() => { rmSync(lock); });
    assert.match(said.join(), /index\.lock is there since \d{4}-\d\d-\d\dT.*\(.*\); if none runs, remove that file/);
  });

  it('REQ-GIT-81 ends with the signal\'s reason while it waits, nothing changed', async () => {
    repository.write({ 'a.txt': 'mine\n' });
    const before = fingerprint(repository);
    const controller = new AbortController();
    clock.onWait = (count) => { if (count === 2) controller.abort(new Error('withdrawn')); };
    const refused = await refusalOf(land(() => undefined, controller.signal));
    assert.equal(refused.message, 'withdrawn');
    assert.deepEqual(fingerprint(repository), before);
  });

  it('REQ-GIT-82 waits when filters were reconfigured since the start and a landing file is under one', async () => {
    repository.git('config', '--global', 'filter.own.clean', 'cat');
    writeFileSync(join(repository.path, '.git/info/attributes'), 'a.txt filter=own\n');
    const said: string[] = [];
    const controller = new AbortController();
    clock.onWait = () => { controller.abort(new Error('enough')); };
    await refusalOf(land((reasons) => said.push(...reasons), controller.signal));
    assert.match(said.join(), /configuration of git filters is not what it was/);
    assert.deepEqual(await archive.landingBlockers({ target, onto, commit }), said);
    ({ archive } = await repository.open({ clock }));
    assert.equal((await land()).kind, 'landed');
  });
});
