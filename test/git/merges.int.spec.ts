import assert from 'node:assert/strict';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { integrate } from '../../src/git/merges.ts';
import type { Archive } from '../../src/ports/archive.ts';
import { contextOf } from './support/contexts.ts';
import { fingerprint, refusalOf, repositoryWith, type Files, type TestRepository } from './support/repositories.ts';

const target = 'refs/heads/main';
const at = 1_700_000_000_000;

describe('merging without a working tree', () => {
  let repository: TestRepository;
  let archive: Archive;
  let base: string;
  beforeEach(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'c.bin': Buffer.from([0, 1, 2]), 'd.txt': 'four\nlines\nof\ntext\n', 'run.sh': { text: 'x\n', mode: 0o644 } });
    base = repository.git('rev-parse', 'HEAD');
    ({ archive } = await repository.open());
  });
  afterEach(() => { repository.end(); });
  /** A commit on the base that is on no branch of the person's. */
  const made = (files: Files, from = base): string => {
    repository.git('checkout', '--quiet', '--detach', from);
    const commit = repository.commit(files, 'side');
    repository.git('switch', '--quiet', 'main');
    return commit;
  };

  it('REQ-GIT-60 integrates a unit\'s commits as one with the single parent it goes onto, the same each time', async () => {
    const onto = made({ 'b.txt': 'theirs\n' });
    const commit = made({ 'a.txt': 'second\n' }, made({ 'a.txt': 'first\n' }));
    const request = { task: 't1', unit: 'u', commit, onto, message: 'Unit', at };
    const merged = await archive.integrate(request);
    assert.ok(merged.kind === 'clean');
    assert.deepEqual(await archive.integrate(request), merged);
    assert.equal(repository.git('show', '-s', '--format=%P %T', merged.commit), `${onto} ${merged.tree}`);
    assert.deepEqual(['a.txt', 'b.txt'].map((path) => repository.git('show', `${merged.commit}:${path}`)), ['second', 'theirs']);
    await archive.advance({ task: 't1', from: base, to: onto });
    await archive.advance({ task: 't1', from: onto, to: merged.commit });
    await archive.advance({ task: 't1', from: onto, to: merged.commit });
    assert.equal(repository.git('rev-parse', 'treeline/t1/integration'), merged.commit);
    const refused = await refusalOf(archive.advance({ task: 't1', from: base, to: commit }));
    assert.match(refused.message, /something else moved it/);
  });

  it('REQ-GIT-64 integrates work by what it changed on the tip that it was begun on, when all of that was laid on another commit meanwhile', async () => {
    const old = made({ 'new.txt': 'first\n' });
    const commit = made({ 'new.txt': 'second\n' }, old);
    const onto = made({ 'new.txt': 'first\n' }, made({ 'b.txt': 'below\n' }));
    const request = { task: 't1', unit: 'u', commit, onto, message: 'Unit', at };
    const merged = await archive.integrate({ ...request, also: [base, old] });
    assert.ok(merged.kind === 'clean');
    assert.deepEqual(['new.txt', 'b.txt'].map((path) => repository.git('show', `${merged.commit}:${path}`)), ['second', 'below']);
    assert.deepEqual(await archive.integrate(request), { kind: 'conflict', files: ['new.txt'], onto });
  });

  it('REQ-GIT-61 squashes a task onto the tip as it is now, also when the tip has moved (case 22)', async () => {
    const head = made({ 'a.txt': 'second\n' }, made({ 'a.txt': 'first\n' }));
    const request = { task: 't1', head, base, target, message: 'Task', at };
    const first = await archive.makeCandidate(request);
    const tip = repository.commit({ 'b.txt': 'moved\n' });
    const second = await archive.makeCandidate(request);
    assert.ok(first.kind === 'clean' && second.kind === 'clean');
    assert.deepEqual([first.onto, second.onto, first.tree === second.tree], [base, tip, false]);
    assert.equal(repository.git('rev-list', '--count', `${tip}..${second.commit}`), '1');
    assert.equal(repository.git('show', `${second.commit}:a.txt`), 'second');
  });

  it('REQ-GIT-62 lands exactly the task\'s change when the target was rewritten (case 56)', async () => {
    const kept = repository.commit({ 'e.txt': 'dropped\n' });
    const head = made({ 'a.txt': 'mine\n' }, kept);
    repository.git('reset', '--quiet', '--hard', base);
    const candidate = await archive.makeCandidate({ task: 't1', head, base: kept, target, message: 'Task', at });
    assert.ok(candidate.kind === 'clean');
    assert.deepEqual((await archive.changes(base, candidate.commit)).map(({ path }) => path), ['a.txt']);
    repository.git('switch', '--quiet', '-c', 'other');
    repository.git('branch', '-D', 'main');
    const refused = await refusalOf(archive.makeCandidate({ task: 't1', head, base, target, message: 'Task', at }));
    assert.deepEqual([refused.reason, refused.message], ['unknown-ref', 'the branch refs/heads/main that the task was to land on is gone']);
  });

  it('REQ-GIT-60 keeps what it made under private refs', async () => {
    const head = made({ 'a.txt': 'mine\n' });
    const onto = made({ 'b.txt': 'theirs\n' });
    const unit = await archive.integrate({ task: 't1', unit: 'implement/u', commit: head, onto, message: 'Unit', at });
    const candidate = await archive.makeCandidate({ task: 't1', head, base, target, message: 'Task', at });
    assert.ok(unit.kind === 'clean' && candidate.kind === 'clean');
    assert.equal(repository.git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/treeline'), [`${candidate.commit} refs/treeline/t1/candidates/${candidate.commit.slice(0, 12)}`, `${unit.commit} refs/treeline/t1/integrated/implement__u/${unit.commit.slice(0, 12)}`].join('\n'));
  });

  it('REQ-GIT-60 takes as it is what one side alone changed, or both in the same way, without a merge', async () => {
    const context = await contextOf(repository);
    const asked: string[] = [];
    const watched: ArchiveContext = { ...context, plumbing: (call) => { asked.push(call.args[0] ?? ''); return context.plumbing(call); } };
    const [mine, same, theirs] = [made({ 'a.txt': 'mine\n' }), made({ 'a.txt': 'mine\n' }, made({ 'a.txt': 'x\n' })), made({ 'b.txt': 'theirs\n' })];
    const trees = await Promise.all([[mine, base], [base, theirs], [mine, same]].map(async ([commit = '', onto = '']) => {
      const merged = await integrate(watched, { task: 't1', unit: 'u', commit, onto, message: 'Unit', at });
      return merged.kind === 'clean' ? merged.tree : merged.files;
    }));
    assert.deepEqual([trees, asked.includes('merge-tree')], [[mine, theirs, mine].map((commit) => repository.git('rev-parse', `${commit}^{tree}`)), false]);
  });

  it('REQ-GIT-64 of all that work may stand on the nearest counts, in whatever order it is told, and what shares no history with it is no help', async () => {
    const old = made({ 'new.txt': 'first\n' });
    const commit = made({ 'new.txt': 'second\n' }, old);
    const onto = made({ 'new.txt': 'first\n' }, made({ 'b.txt': 'below\n' }));
    const alone = repository.git('commit-tree', '-m', 'Alone', `${base}^{tree}`);
    for (const also of [[old, base], [alone, old], [old, old, alone, onto]]) assert.equal((await archive.integrate({ task: 't1', unit: 'u', commit, onto, also, message: 'Unit', at })).kind, 'clean', String(also));
    const refused = await refusalOf(archive.integrate({ task: 't1', unit: 'u', commit: alone, onto, also: [old], message: 'Unit', at }));
    assert.deepEqual([refused.reason, refused.message], ['failed', `${alone} and ${onto} have no common history`]);
    assert.match(refused.next ?? '', /git fetch --unshallow/);
  });

  for (const [kind, ours, theirs, files] of [
    ['text', { 'a.txt': 'ours\n' }, { 'a.txt': 'theirs\n', 'new.txt': 'fine\n' }, ['a.txt']],
    ['binary', { 'c.bin': Buffer.from([0, 9]) }, { 'c.bin': Buffer.from([0, 8]) }, ['c.bin']],
    ['delete and modify', { 'a.txt': null }, { 'a.txt': 'theirs\n' }, ['a.txt']],
    ['rename and rename', { 'd.txt': null, 'd1.txt': 'four\nlines\nof\ntext\n' }, { 'd.txt': null, 'd2.txt': 'four\nlines\nof\ntext\n' }, ['d.txt', 'd1.txt', 'd2.txt']],
    ['a file where the other has a folder', { 'e': 'a file\n' }, { 'e/f.txt': 'below\n' }, ['e']],
    ['mode and link', { 'run.sh': null, 'b.txt': { link: 'x' } }, { 'run.sh': { text: 'x\n', mode: 0o755 }, 'b.txt': 'theirs\n' }, ['b.txt', 'run.sh']],
  ] as const satisfies readonly (readonly [string, Files, Files, readonly string[]])[]) {
    it(`REQ-GIT-63 a conflict (${kind}) names its files and touches nothing (case 55)`, async () => {
      const head = made(Object.fromEntries([...Object.entries(theirs).filter(([, content]) => content === null || typeof content === 'object').map(([name]) => [name, null]), ...Object.entries(theirs).filter(([, content]) => content !== null)]) as Files);
      for (const name of Object.keys(ours)) repository.write({ [name]: null });
      const tip = repository.commit(ours);
      const before = fingerprint(repository);
      const merged = await archive.makeCandidate({ task: 't1', head, base, target, message: 'Task', at });
      assert.ok(merged.kind === 'conflict');
      assert.deepEqual([merged.onto, merged.files], [tip, files]);
      assert.deepEqual(fingerprint(repository), before);
    });
  }
});
