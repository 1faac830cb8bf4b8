import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultWorktreesRoot, detectRepository, realEnvironment } from '../../src/git/repository.ts';
import type { Git } from '../../src/git/runGit.ts';
import { GitError } from '../../src/ports/archive.ts';
import { refusalOf } from './support/repositories.ts';

describe('what git says of a folder', () => {
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
    mkdirSync(join(folder, '.git/worktrees'), { recursive: true });
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });
  /** A git that says this of a checkout, but for what is named here, and knows no other question. */
  const gitThat = (says: Readonly<Record<string, string | Error>>): Git => async ({ args, environment = {} }) => {
    const all: Readonly<Record<string, string | Error>> = {
      'version': 'git version 2.39.5', 'rev-parse --is-bare-repository': 'false', 'rev-parse --is-inside-work-tree': 'true', 'rev-parse --show-toplevel': folder, 'rev-parse --path-format=absolute --git-common-dir': join(folder, '.git'),
      'rev-parse --absolute-git-dir': join(folder, '.git'), 'config --show-scope -z --list': '', ...says,
    };
    const said = all[args.join(' ')] ?? assert.fail(`was asked ${args.join(' ')}`);
    if (args[0] === 'config') assert.deepEqual(Object.keys(environment), ['GIT_DIR', 'GIT_COMMON_DIR', 'GIT_WORK_TREE']);
    if (said instanceof Error) throw said;
    return { code: 0, stdout: Buffer.from(`${said}\n`), stderr: '', cut: false };
  };

  it('REQ-GIT-03 from 2.38 on git is new enough, whatever stands before and after its version', async () => {
    const taken = async (version: string): Promise<boolean> => detectRepository(gitThat({ version }), folder).then(() => true, (error: unknown) => { assert.equal((error as GitError).reason, 'git-too-old'); return false; });
    assert.deepEqual(await Promise.all(['git version 2.38', 'git version 2.38.0.windows.1', 'a wrapper\ngit version 2.100.1 (Apple Git-1)', 'git version 3.0', 'git version 12.1'].map(taken)), Array(5).fill(true));
    assert.deepEqual(await Promise.all(['git version 2.37.9', 'git version 1.99', 'git version 2', 'hub version 3.1', ''].map(taken)), Array(5).fill(false));
    assert.match((await refusalOf(detectRepository(gitThat({ version: 'git version 2.37.9' }), folder))).message, /^git is 2\.37; Treeline needs 2\.38 or newer/);
    assert.match((await refusalOf(detectRepository(gitThat({ version: ` ${'x'.repeat(90)}` }), folder))).message, /an unknown version \("x{80}"\)/);
  });

  it('REQ-GIT-01 is which checkout, git dir and shared git dir it belongs to', async () => {
    const linked = join(folder, '.git/worktrees');
    const { topLevel, gitDir, commonDir } = await detectRepository(gitThat({ 'rev-parse --absolute-git-dir': linked }), folder);
    assert.deepEqual({ topLevel, gitDir, commonDir }, { topLevel: folder, gitDir: linked, commonDir: join(folder, '.git') });
    assert.deepEqual(realEnvironment({ topLevel: '/t', gitDir: '/g', commonDir: '/c' }), { GIT_DIR: '/g', GIT_COMMON_DIR: '/c', GIT_WORK_TREE: '/t' });
  });

  it('REQ-GIT-02 a folder of a git dir is one, whether git calls it a bare repository or not, and a bare repository is one', async () => {
    const bare = new GitError('bare', 'fatal: cannot use bare repository (safe.bareRepository is \'explicit\')', 'x');
    for (const said of ['true', bare]) {
      const [inside, outside] = await Promise.all([join(folder, '.git/worktrees'), folder].map((directory) => refusalOf(detectRepository(gitThat({ 'rev-parse --is-bare-repository': said }), directory))));
      assert.deepEqual([inside?.reason, outside?.reason], ['not-a-repository', 'bare']);
      assert.match(inside?.message ?? '', /is inside a git dir/);
    }
    const refused = await refusalOf(detectRepository(gitThat({ 'rev-parse --is-inside-work-tree': 'false' }), folder));
    assert.equal(refused.reason, 'not-a-repository');
    assert.match(refused.message, /is inside a git dir/);
  });

  it('REQ-GIT-02 a checkout may lie inside of a git dir, and what is no folder is refused with what the system said', async () => {
    assert.equal((await detectRepository(gitThat({}), join(folder, '.git/worktrees'))).topLevel, folder);
    const missing = await refusalOf(detectRepository(gitThat({}), join(folder, 'missing'))) as GitError;
    assert.deepEqual([missing.reason, (missing.cause as NodeJS.ErrnoException).code], ['not-a-repository', 'ENOENT']);
  });

  it('REQ-GIT-27 what else git says against it is told as it is, with the folder where that is no repository', async () => {
    const refusal = (error: Error) => refusalOf(detectRepository(gitThat({ 'rev-parse --is-bare-repository': error }), folder));
    for (const other of [new GitError('locked', 'x.lock is there', 'Wait'), new Error('safe.bareRepository')]) assert.equal(await refusal(other), other);
    const foreign = new GitError('not-a-repository', 'fatal: detected dubious ownership', 'Trust it');
    const refused = await refusal(foreign) as GitError;
    assert.deepEqual([refused.reason, refused.next, refused.cause], ['not-a-repository', 'Trust it', foreign]);
    assert.ok(refused.message.startsWith(folder) && refused.message.endsWith(foreign.message));
  });

  it('REQ-GIT-39 is who the person is, by their name and address without what a commit cannot hold, else Treeline', async () => {
    const authorOf = async (name: string | null, email: string | null) => {
      const entries = Object.entries({ name, email }).flatMap(([key, value]) => (value === null ? [] : [`global\0user.${key}\n${value}\0`]));
      return (await detectRepository(gitThat({ 'config --show-scope -z --list': entries.join('') }), folder)).author;
    };
    const nobody = { name: 'Treeline', email: 'treeline@localhost' };
    assert.deepEqual(await authorOf(' Ada\n<Countess>\r ', '<ada@example.org>'), { name: 'AdaCountess', email: 'ada@example.org' });
    assert.deepEqual([await authorOf('Ada', null), await authorOf(null, 'ada@example.org'), await authorOf('<>', 'ada@example.org'), await authorOf('Ada', ' ')], Array(4).fill(nobody));
  });

  it('REQ-GIT-10 worktrees go beside the main checkout, or beside the one that was opened where there is none', () => {
    assert.equal(defaultWorktreesRoot({ commonDir: '/a/project/.git', topLevel: '/b/linked' }), '/a/project.worktrees');
    assert.equal(defaultWorktreesRoot({ commonDir: '/a/project.git', topLevel: '/b/linked' }), '/b/linked.worktrees');
  });
});
