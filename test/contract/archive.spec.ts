// The contract of the port Archive that every adapter keeps: each method, done again with the same arguments after a crash, comes to the same end.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Archive } from '../../src/ports/archive.ts';
import { refusalOf, repositoryWith } from '../git/support/repositories.ts';

interface Subject {
  /** The adapter as a new process would have it. */
  reopen(): Promise<Archive>;
  /** Writes a file of a worktree, as an agent would. */
  write(root: string, path: string, text: string): void;
  end(): void;
}

const target = 'refs/heads/main';
const at = 1_700_000_000_000;

function keepsTheContract(name: string, make: () => Subject): void {
  describe(`Archive: ${name}`, () => {
    let subject: Subject;
    beforeEach(() => { subject = make(); });
    afterEach(() => { subject.end(); });
    /** Asks three times: twice in one process, once in the next. */
    const thrice = async <Value>(ask: (archive: Archive) => Promise<Value>): Promise<Value> => {
      const archive = await subject.reopen();
      const answers = [await ask(archive), await ask(archive), await ask(await subject.reopen())];
      assert.deepEqual(answers[1], answers[0]);
      assert.deepEqual(answers[2], answers[0]);
      return answers[0] as Value;
    };

    it('REQ-GIT-19 a task goes from its base to its landing, each step asked three times', async () => {
      const base = await thrice((archive) => archive.resolveBase(null));
      assert.deepEqual([base.target, base.dirty], [target, []]);
      const start = base.commit;
      const worktree = await thrice((archive) => archive.openWorktree({ task: 't1', unit: 'implement/a', start, keep: true }));
      subject.write(worktree.path, 'a.txt', 'changed\n');
      subject.write(worktree.path, 'b.txt', 'new\n');
      const committed = await thrice((archive) => archive.commitWorktree({ task: 't1', unit: 'implement/a', n: 1, parent: start, message: 'A', at }));
      assert.deepEqual(committed?.files, ['a.txt', 'b.txt']);
      const merged = await thrice((archive) => archive.integrate({ task: 't1', unit: 'implement/a', commit: committed.commit, onto: start, message: 'A', at }));
      assert.ok(merged.kind === 'clean');
      await thrice((archive) => archive.advance({ task: 't1', from: start, to: merged.commit }));
      const candidate = await thrice((archive) => archive.makeCandidate({ task: 't1', head: merged.commit, base: start, target, message: 'Task', at }));
      assert.ok(candidate.kind === 'clean');
      assert.deepEqual([candidate.onto, candidate.tree], [start, merged.tree]);
      assert.deepEqual((await thrice((archive) => archive.changes(start, candidate.commit))).map(({ path, status }) => [path, status]), [['a.txt', 'modified'], ['b.txt', 'added']]);
      assert.match(await thrice((archive) => archive.diff(start, candidate.commit, 10_000)), /\+changed/);
      assert.deepEqual(await thrice((archive) => archive.listFiles(candidate.commit)), ['a.txt', 'b.txt']);
      assert.equal(Buffer.from(await thrice((archive) => archive.readFile(candidate.commit, 'b.txt')) ?? []).toString(), 'new\n');
      assert.equal(await thrice((archive) => archive.readFile(candidate.commit, 'c.txt')), null);
      const request = { target, onto: start, commit: candidate.commit, tree: candidate.tree };
      const landed = await thrice((archive) => archive.land(request, (reasons) => assert.fail(reasons.join()), new AbortController().signal));
      assert.deepEqual(landed, { kind: 'landed', commit: candidate.commit, tree: candidate.tree });
      assert.equal(await thrice((archive) => archive.tip(target)), candidate.commit);
      assert.equal((await thrice((archive) => archive.worktrees('t1'))).length, 1);
      await thrice((archive) => archive.cleanUp('t1'));
      assert.deepEqual(await thrice((archive) => archive.worktrees('t1')), []);
    });

    it('REQ-GIT-19 what cannot be is said, never done', async () => {
      const archive = await subject.reopen();
      const { commit: start } = await archive.resolveBase('main');
      assert.equal((await refusalOf(archive.resolveBase('nowhere'))).reason, 'unknown-ref');
      await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
      assert.equal(await archive.commitWorktree({ task: 't1', unit: 'u', n: 1, parent: start, message: 'm', at }), null);
      assert.equal(await archive.tip('refs/heads/nowhere'), null);
    });
  });
}

keepsTheContract('git', () => {
  const repository = repositoryWith({ 'a.txt': 'one\n' });
  return { reopen: async () => (await repository.open()).archive, write: (root, path, text) => { writeFileSync(join(root, path), text); }, end: () => { repository.end(); } };
});
