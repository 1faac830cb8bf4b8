import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { land, landingBlockers, type LandRequest } from '../../src/git/landing.ts';
import { GitError } from '../../src/ports/archive.ts';
import { contextOf } from './support/contexts.ts';
import { refusalOf, repositoryWith, testClock, type TestClock, type TestRepository } from './support/repositories.ts';

describe('what a landing meets', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let clock: TestClock;
  let request: LandRequest;
  let count = 0;
  let [onto, commit, tree] = ['', '', ''];
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n' });
    onto = repository.git('rev-parse', 'HEAD');
    repository.git('checkout', '--quiet', '--detach');
    commit = repository.commit({ 'a.txt': 'landed\n' }, 'Land it');
    tree = repository.git('rev-parse', `${commit}^{tree}`);
    repository.git('switch', '--quiet', 'main');
    context = await contextOf(repository);
  });
  after(() => { repository.end(); });
  beforeEach(() => {
    // Each has a branch of its own in the one repository.
    const target = `refs/heads/target-${count += 1}`;
    repository.git('update-ref', target, onto);
    request = { target, onto, commit, tree };
    clock = testClock();
    context = { ...context, clock };
  });

  const branch = (): string => request.target.slice('refs/heads/'.length);
  /** A linked worktree of the person's. */
  const linked = (name: string, ...args: readonly string[]): string => {
    const path = join(repository.ground, `${name}-${count}`);
    repository.git('worktree', 'add', '--quiet', ...args, '--', path, branch());
    return path;
  };
  const landIt = (given = context, blocked: (reasons: readonly string[]) => void = (reasons) => assert.fail(`was blocked: ${reasons.join()}`), signal = new AbortController().signal) => land(given, 'git', request, blocked, signal);
  const landed = () => ({ kind: 'landed', commit, tree });
  /** With a git whose fast-forward is this. */
  const merging = (merge: ArchiveContext['git']): ArchiveContext => ({ ...context, git: (call) => (call.args[0] === 'merge' ? merge(call) : context.git(call)) });

  it('REQ-GIT-75 is looked at less and less often, at least each 5 s, and anew each time that the reason is another', async () => {
    const said: string[][] = [];
    const gone = (name: string): string => {
      const path = linked(name, '--lock');
      rmSync(path, { recursive: true });
      return path;
    };
    const back = (path: string): void => { repository.git('worktree', 'remove', '--force', '--force', path); };
    const paths = [gone('one')];
    clock.onWait = (at) => {
      if (at === 7) { back(paths[0] ?? ''); paths.push(gone('two')); }
      if (at === 9) back(paths[1] ?? '');
    };
    assert.deepEqual(await landIt(context, (reasons) => said.push([...reasons])), landed());
    assert.deepEqual(said, paths.map((path) => [`${request.target} is checked out in ${path}, which cannot be reached: bring it back, or run "git worktree remove"`]));
    assert.deepEqual(clock.waited, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 250, 500]);
  });

  it('REQ-GIT-81 is not made when it was cancelled before it began', async () => {
    const { message } = await refusalOf(landIt(context, undefined, AbortSignal.abort(new Error('withdrawn'))));
    assert.deepEqual([message, repository.git('rev-parse', request.target)], ['withdrawn', onto]);
  });

  it('REQ-GIT-74 is refused when the commit has another parent beside the approved tip, or none', async () => {
    for (const parents of [[onto, commit], []]) {
      const other = repository.git('commit-tree', '-m', 'Other', ...parents.flatMap((parent) => ['-p', parent]), tree);
      const { reason, message } = await refusalOf(land(context, 'git', { ...request, commit: other }, () => undefined, new AbortController().signal));
      assert.deepEqual([reason, message], ['failed', `${other} is not what was to land on ${request.target}: its tree is ${tree} (approved: ${tree}), its parent ${parents.join(', ')} (approved: ${onto})`]);
    }
    assert.equal(repository.git('rev-parse', request.target), onto);
  });

  for (const [what, prepare, reason] of [
    ['is checked out in a folder that is gone for good', () => { rmSync(linked('gone'), { recursive: true }); }, null],
    ['is checked out nowhere, while another branch is in a folder that cannot be reached', () => {
      const path = linked('far', '--lock', '-b', `other-${count}`);
      rmSync(path, { recursive: true });
      return path;
    }, null],
    ['is checked out nowhere, while a worktree is on no branch', () => linked('detached', '--detach'), null],
    ['is checked out nowhere, while a worktree rebases another branch', () => {
      const path = linked('other', '-b', `other-${count}`);
      repository.gitIn(path, '-c', 'sequence.editor=sed -i 1ibreak', 'rebase', '--quiet', '-i', '--root');
      return path;
    }, null],
    ['is rebased in a worktree', () => {
      const path = linked('rebased');
      repository.gitIn(path, '-c', 'sequence.editor=sed -i 1ibreak', 'rebase', '--quiet', '-i', '--root');
      return path;
    }, (path: string) => `a rebase is in progress in ${path}: finish or end it (git rebase --continue or --abort)`],
    ['is checked out twice', () => {
      const path = linked('first');
      return `${path} and ${linked('second', '--force')}`;
    }, (paths: string, target: string) => `${target} is checked out twice, in ${paths}: switch one of them to another branch`],
    ['is checked out in a worktree, and in another one that cannot be reached', () => {
      linked('near');
      const path = linked('lost', '--force', '--lock');
      rmSync(path, { recursive: true });
      return path;
    }, (path: string, target: string) => `${target} is checked out in ${path}, which cannot be reached: bring it back, or run "git worktree remove"`],
    ['is checked out in a worktree with changes', () => {
      const path = linked('dirty');
      writeFileSync(join(path, 'b.txt'), 'mine\n');
      return path;
    }, (path: string) => `${path} has changes that are not committed: b.txt. Commit or stash them`],
  ] as const satisfies readonly (readonly [string, () => string | void, ((path: string, target: string) => string) | null])[]) {
    it(`REQ-GIT-${reason === null ? '71' : '79'} ${reason === null ? 'is made' : 'waits'} where the branch ${what}`, async () => {
      const path = prepare() ?? '';
      const wanted = reason === null ? [] : [reason(path, request.target)];
      assert.deepEqual(await landingBlockers(context, 'git', request), wanted);
      if (reason === null) assert.deepEqual(await landIt(), landed());
      assert.equal(repository.git('rev-parse', request.target), reason === null ? commit : onto);
      // From a tip that is there no more it would end at once: nothing is in its way.
      assert.deepEqual(await landingBlockers(context, 'git', { ...request, onto: tree }), []);
    });
  }

  it('REQ-GIT-79 waits for what is in progress in the opened checkout, whose HEAD is then on nothing, and names that alone', async () => {
    repository.git('bisect', 'start');
    repository.git('checkout', '--quiet', '--detach');
    try {
      assert.deepEqual(await landingBlockers(context, 'git', request), [`a bisect is in progress in ${repository.path}: finish or end it (git bisect reset)`]);
      repository.git('bisect', 'reset', 'HEAD');
      assert.deepEqual(await landingBlockers(context, 'git', request), [`HEAD is detached in ${repository.path}: switch to a branch (git switch ${branch()})`]);
    } finally {
      repository.git('switch', '--quiet', 'main');
    }
  });

  it('REQ-GIT-80 waits where git refuses the fast-forward, with git\'s own words; an hour is time enough', async () => {
    const path = linked('refused');
    const said: string[] = [];
    let tries = 0;
    const busy = merging(async (call) => {
      assert.equal(call.timeoutMs, 3_600_000);
      tries += 1;
      if (tries === 1) throw new GitError('locked', 'x.lock is there', 'Wait for it');
      return context.git(call);
    });
    assert.deepEqual(await landIt(busy, (reasons) => said.push(...reasons)), landed());
    assert.deepEqual([said, repository.gitIn(path, 'status', '--porcelain')], [[`git refused the fast-forward in ${path}: x.lock is there. Wait for it`], '']);
  });

  it('REQ-GIT-73 says moved where somebody moves the branch while it is made', async () => {
    linked('raced');
    const moved = repository.git('commit-tree', '-m', 'Somebody else', '-p', onto, `${onto}^{tree}`);
    const found = await landIt(merging(async () => {
      repository.git('update-ref', request.target, moved);
      throw new GitError('failed', 'not possible to fast-forward', 'Merge it');
    }));
    assert.deepEqual(found, { kind: 'moved', tip: moved, why: `${request.target} is at ${moved} and not at ${onto} any more` });
  });

  it('REQ-GIT-27 ends where git was cancelled or is gone, and with what is no answer of git\'s', async () => {
    linked('ended');
    for (const error of [new GitError('aborted', 'cancelled', ''), new GitError('git-missing', 'no git', ''), Object.assign(new Error('defect'), { reason: 'failed' })]) {
      await assert.rejects(landIt(merging(async () => { throw error; })), error);
    }
  });

  it('REQ-GIT-82 is made although filters were reconfigured, where no file to land is under one; a filter that is not the person\'s own stops it', async () => {
    const path = linked('filtered');
    repository.git('config', '--global', 'filter.own.clean', 'cat');
    writeFileSync(join(repository.path, '.git/info/attributes'), 'b.txt filter=own\n');
    assert.deepEqual(await landingBlockers(context, 'git', request), []);
    writeFileSync(join(repository.path, '.git/info/attributes'), 'a.txt filter=foreign\n');
    assert.equal((await refusalOf(landingBlockers(context, 'git', request))).reason, 'unsupported-filter');
    assert.equal((await refusalOf(landIt())).reason, 'unsupported-filter');
    assert.equal(repository.gitIn(path, 'rev-parse', 'HEAD'), onto);
    writeFileSync(join(repository.path, '.git/info/attributes'), 'b.txt filter=own\n');
    assert.deepEqual(await landIt(), landed());
  });
});
