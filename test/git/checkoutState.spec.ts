import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { busyReasons, gitDirOf, rebasedBranch } from '../../src/git/checkoutState.ts';

describe('a checkout of the person\'s, by its git dir', () => {
  let ground: string;
  beforeEach(() => { ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-'))); });
  afterEach(() => { rmSync(ground, { recursive: true, force: true }); });
  const write = (name: string, text = ''): string => {
    const path = join(ground, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const began = 1_700_000_000_000;
  const reasons = (afterMs = 0) => busyReasons({ clock: { now: () => began + afterMs, after: () => assert.fail('waited') } }, { path: '/the/checkout', gitDir: ground });

  for (const [file, words] of [
    ['rebase-merge/head-name', /^a rebase is in progress in \/the\/checkout: .*git rebase --continue or --abort/], ['rebase-apply/next', /^a rebase or "git am" is in progress.*git rebase --continue or --abort/],
    ['MERGE_HEAD', /^a merge is in progress.*git merge --continue or --abort/], ['CHERRY_PICK_HEAD', /^a cherry-pick is in progress.*git cherry-pick --continue or --abort/],
    ['REVERT_HEAD', /^a revert is in progress.*git revert --continue or --abort/], ['BISECT_LOG', /^a bisect is in progress.*git bisect reset/],
  ] as const) {
    it(`REQ-GIT-79 with ${file} in it, it is busy, and what ends that is said`, async () => {
      write(file);
      const [reason = '', ...others] = await reasons();
      assert.match(reason, words);
      assert.deepEqual(others, []);
    });
  }

  it('REQ-GIT-79 with nothing of that it is not busy, with several things it is busy for each', async () => {
    assert.deepEqual(await reasons(), []);
    for (const file of ['BISECT_LOG', 'MERGE_HEAD', 'index.lock']) write(file);
    assert.deepEqual((await reasons()).map((reason) => /a merge|a bisect|index\.lock/.exec(reason)?.[0]), ['a merge', 'a bisect', 'index.lock']);
  });

  it('REQ-GIT-80 a lock of its index is named with when it was made and how long ago that is', async () => {
    utimesSync(write('index.lock'), began / 1000, began / 1000);
    const minute = 60_000;
    const told = async (afterMs: number): Promise<string | undefined> => /is there since 2023-11-14T22:13:20\.000Z \((.*)\); if none runs/.exec((await reasons(afterMs)).join())?.[1];
    assert.deepEqual(await Promise.all([0, minute - 1, minute, 90_000, 119 * minute, 120 * minute, 179 * minute, 50 * 60 * minute].map(told)), ['less than a minute', 'less than a minute', '1 min', '1 min', '119 min', '2 h', '2 h', '50 h']);
  });

  it('REQ-GIT-79 a rebase comes back to the branch that either kind of it has written down', async () => {
    assert.equal(await rebasedBranch(ground), null);
    write('rebase-apply/head-name', 'refs/heads/applied\n');
    assert.equal(await rebasedBranch(ground), 'refs/heads/applied');
    write('rebase-merge/head-name', 'refs/heads/merged\n');
    assert.equal(await rebasedBranch(ground), 'refs/heads/merged');
  });

  it('REQ-GIT-72 its git dir is its folder .git, or where the file .git points, from there or from the root, through links', async () => {
    mkdirSync(join(ground, 'main/.git/worktrees/w'), { recursive: true });
    symlinkSync(join(ground, 'main'), join(ground, 'alias'));
    write('near/.git', 'gitdir: ../alias/.git/worktrees/w\n');
    write('far/.git', `gitdir: ${ground}/alias/.git/worktrees/w\n`);
    const linked = join(ground, 'main/.git/worktrees/w');
    assert.deepEqual(await Promise.all(['main', 'alias', 'near', 'far'].map((name) => gitDirOf(join(ground, name)))), [join(ground, 'main/.git'), join(ground, 'main/.git'), linked, linked]);
    await assert.rejects(gitDirOf(ground), { code: 'ENOENT' });
  });
});
