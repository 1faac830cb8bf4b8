import assert from 'node:assert/strict';
import { advance } from '../../src/git/advance.ts';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { commitOf, isAncestor, listRefs, readRef, setPrivateRef, swapRef, treeOf } from '../../src/git/refs.ts';
import { createGit, type GitCall } from '../../src/git/runGit.ts';
import { GitError } from '../../src/ports/archive.ts';
import { contextOf } from './support/context.ts';
import { refusalOf, repositoryWith, testClock, type TestRepository } from './support/repositories.ts';

describe('refs of the person\'s repository', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let [one, two, three] = ['', '', ''];
  /** Runs before git is asked: somebody else who is quicker. */
  let meanwhile: (call: GitCall) => void = () => undefined;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n' });
    one = repository.git('rev-parse', 'HEAD');
    two = repository.commit({ 'a.txt': 'two\n' });
    three = repository.commit({ 'a.txt': 'three\n' });
    const git = createGit('git', process.env);
    context = await contextOf(repository, { git: async (call) => { meanwhile(call); return git(call); } });
  });
  after(() => { repository.end(); });
  beforeEach(() => { meanwhile = () => undefined; });
  const tipOf = (ref: string): string => repository.git('for-each-ref', '--format=%(objectname)', ref);

  it('REQ-GIT-71 are listed below a prefix, or by a whole name, and read by a whole name alone', async () => {
    for (const [ref, commit] of [['refs/heads/list/a', one], ['refs/heads/list/a-b', two], ['refs/tags/list', three]] as const) repository.git('update-ref', ref, commit);
    assert.deepEqual(await listRefs(context, 'refs/heads/list/', 'refs/tags/list'), new Map([['refs/heads/list/a', one], ['refs/heads/list/a-b', two], ['refs/tags/list', three]]));
    assert.deepEqual(await listRefs(context, 'refs/nothing/'), new Map());
    assert.deepEqual(await Promise.all(['refs/heads/list/a', 'refs/heads/list', 'list/a', 'refs/heads/LIST/a'].map((ref) => readRef(context, ref))), [one, null, null, null]);
  });

  it('REQ-GIT-71 are made, moved and removed only from what they are said to be at; what is so already is done', async () => {
    const ref = 'refs/heads/swap';
    const swap = async (from: string | null, to: string | null) => [await swapRef(context, ref, from, to), tipOf(ref)];
    assert.deepEqual([await swap(null, null), await swap(one, one), await swap(one, two), await swap(one, null)], [[true, ''], [false, ''], [false, ''], [true, '']]);
    assert.deepEqual([await swap(null, one), await swap(null, one), await swap(null, two), await swap(two, three)], [[true, one], [true, one], [false, one], [false, one]]);
    assert.deepEqual([await swap(one, two), await swap(one, two), await swap(two, two), await swap(one, one), await swap(null, null)], [[true, two], [true, two], [true, two], [false, two], [false, two]]);
    assert.deepEqual([await swap(one, null), await swap(two, null), await swap(two, null)], [[false, two], [true, ''], [true, '']]);
  });

  it('REQ-GIT-71 say in their log who moved them, and a ref that points to another one is written itself', async () => {
    repository.git('update-ref', '--create-reflog', 'refs/heads/logged', one);
    await swapRef(context, 'refs/heads/logged', one, two);
    assert.equal(repository.git('reflog', '--format=%gs', '-1', 'refs/heads/logged'), 'treeline');
    repository.git('symbolic-ref', 'refs/heads/symbolic', 'refs/heads/logged');
    await swapRef(context, 'refs/heads/symbolic', two, three);
    assert.deepEqual([tipOf('refs/heads/logged'), tipOf('refs/heads/symbolic')], [two, three]);
  });

  it('REQ-GIT-27 a name that is not full, and what git refuses for another reason than that somebody was quicker, are failures', async () => {
    const { reason, message } = await refusalOf(swapRef(context, 'main', three, two));
    assert.deepEqual([reason, message], ['failed', '"main" is not a full ref name']);
    assert.match((await refusalOf(swapRef(context, 'refs/heads/bad', null, '1'.repeat(40)))).message, /nonexistent object/);
    assert.equal(tipOf('refs/heads/bad'), '');
    const clock = testClock();
    const failures = [new GitError('locked', 'x.lock is there', 'Wait'), new GitError('disk-full', 'No space left', 'Free some'), new TypeError('x')];
    for (const failure of failures) {
      meanwhile = ({ args }) => { if (args[0] === 'update-ref') throw failure; };
      await assert.rejects(swapRef({ ...context, clock }, 'refs/heads/made', null, one), failure);
      // Nor is it taken for somebody who was quicker where somebody was.
      await assert.rejects(swapRef({ ...context, clock }, 'refs/heads/main', one, two), failure);
    }
    assert.equal(clock.waited.length, 16);
  });

  it('REQ-GIT-30 a private ref is set whatever it was, also when something else moves it meanwhile, but not for ever', async () => {
    const ref = 'refs/treeline/t/attempts/u/1';
    await setPrivateRef(context, ref, one);
    await setPrivateRef(context, ref, two);
    await setPrivateRef(context, ref, two);
    assert.equal(tipOf(ref), two);
    let moves = 0;
    meanwhile = ({ args }) => { if (args[0] === 'update-ref' && (moves += 1) < 5) repository.git('update-ref', ref, moves % 2 === 0 ? two : three); };
    await setPrivateRef(context, ref, one);
    assert.deepEqual([tipOf(ref), moves], [one, 5]);
    moves = -5;
    const refused = await refusalOf(setPrivateRef(context, ref, '0'.repeat(39).concat('1')).finally(() => { moves = 5; }));
    assert.equal(refused.reason, 'failed');
    assert.match(refused.message, /refs\/treeline\/t\/attempts\/u\/1 could not be set: something else keeps moving it/);
  });

  it('REQ-GIT-06 a commit is found by any name of it, and by nothing that is no name of one', async () => {
    repository.git('tag', '-a', '-m', 'x', 'annotated', one);
    assert.deepEqual(await Promise.all(['main', 'HEAD^', 'annotated', two.slice(0, 9)].map((name) => commitOf(context, name))), [three, two, one, two]);
    assert.deepEqual(await Promise.all(['nowhere', 'HEAD:a.txt', 'main^{tree}', '--all', 'HEAD~9', '', `main ${two}`, '^main'].map((name) => commitOf(context, name))), Array(8).fill(null));
    assert.equal(await treeOf(context, one), repository.git('rev-parse', `${one}^{tree}`));
    assert.deepEqual([await isAncestor(context, one, three), await isAncestor(context, three, one), await isAncestor(context, two, two)], [true, false, true]);
  });

  describe('the integration branch of a task', () => {
    const branch = 'refs/heads/treeline/t/integration';
    const move = (from: string, to: string) => advance(context, { task: 't', from, to });

    it('REQ-GIT-60 is made at its first commit, moved from where it is, and moved already when it is asked again', async () => {
      const tips: string[] = [];
      for (const [from, to] of [[one, two], [one, two], [two, three]] as const) {
        await move(from, to);
        tips.push(tipOf(branch));
      }
      assert.deepEqual(tips, [two, two, three]);
    });

    it('REQ-GIT-60 is never moved from where somebody else has put it', async () => {
      repository.git('update-ref', branch, one);
      const refused = await refusalOf(move(two, three));
      assert.equal(refused.reason, 'failed');
      assert.match(refused.message, new RegExp(`treeline/t/integration is at ${one} and not at ${two}: something else moved it`));
      meanwhile = ({ args }) => { if (args[0] === 'update-ref') { meanwhile = () => undefined; repository.git('update-ref', branch, three); } };
      assert.match((await refusalOf(move(one, two))).message, /something else moved it/);
      assert.equal(tipOf(branch), three);
      repository.git('update-ref', '-d', branch);
      meanwhile = ({ args }) => { if (args[0] === 'update-ref') { meanwhile = () => undefined; repository.git('update-ref', branch, three); } };
      assert.match((await refusalOf(move(one, two))).message, /is at another commit and not at/);
    });
  });
});
