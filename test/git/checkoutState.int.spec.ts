import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { dirtyReasons } from '../../src/git/checkoutState.ts';
import { contextOf } from './support/context.ts';
import { repositoryWith, type TestRepository } from './support/repositories.ts';

describe('what lies in a checkout against a landing', () => {
  let repository: TestRepository;
  let context: ArchiveContext;
  let onto: string;
  let commit: string;
  before(async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'kept': 'x\n', 'folder/x': 'x\n', '.gitignore': '*.env\n' });
    onto = repository.git('rev-parse', 'HEAD');
    repository.write({ folder: null });
    commit = repository.commit({ 'a.txt': 'changed\n', 'new.txt': 'n\n', 'é.txt': 'n\n', 'd/e/f': 'n\n', 'kept': null, 'kept/x': 'n\n', 'local.env': 'n\n', 'folder': 'a file now\n', 'moved.txt': 'two\n', 'b.txt': null });
    repository.git('reset', '--quiet', '--hard', onto);
    context = await contextOf(repository);
  });
  after(() => { repository.end(); });
  afterEach(() => {
    repository.git('reset', '--quiet', '--hard');
    repository.git('clean', '--quiet', '--force', '-dx');
  });
  const reasons = (checkout = { path: repository.path, gitDir: join(repository.path, '.git') }) => dirtyReasons(context, 'git', checkout, onto, commit);
  const modified = (...paths: readonly string[]): string => `${repository.path} has changes that are not committed: ${paths.join(', ')}. Commit or stash them`;
  const inTheWay = (...paths: readonly string[]): string => `files in ${repository.path} that git does not track would be overwritten: ${paths.join(', ')}. Move them away`;

  it('REQ-GIT-77 is nothing where it is clean, also where a file becomes a folder or a folder a file, and nothing that lies beside', async () => {
    assert.deepEqual(await reasons(), []);
    repository.write({ 'unrelated.txt': 'x\n', 'd/other': 'x\n', 'd/e/g': 'x\n', 'other.env': 'x\n', 'a.txt.orig': 'x\n' });
    assert.deepEqual(await reasons(), []);
  });

  it('REQ-GIT-75 is every tracked file that is modified, staged or gone', async () => {
    repository.write({ 'b.txt': null, 'kept': 'mine\n', 'staged.txt': 'mine\n' });
    repository.git('add', 'staged.txt');
    assert.deepEqual(await reasons(), [modified('b.txt', 'kept', 'staged.txt')]);
  });

  it('REQ-GIT-77 is what stands where a file is to come, or where a folder of it is: untracked, ignored or a link to nowhere', async () => {
    repository.write({ 'new.txt': 'mine\n', 'é.txt': { link: 'nowhere' }, 'd': 'a file\n', 'local.env': 'secret\n', 'moved.txt': 'mine\n' });
    assert.deepEqual(await reasons(), [inTheWay('d', 'local.env', 'moved.txt', 'new.txt', 'é.txt')]);
    repository.write({ 'new.txt': null, 'é.txt': null, 'd': null, 'local.env': null, 'moved.txt': null });
    repository.write({ 'd/e': 'a file\n', 'new.txt/mine': 'in a folder\n', 'folder/y/mine': 'beside a tracked one\n', 'folder/z.env': 'secret\n', 'folder2/x': 'elsewhere\n' });
    assert.deepEqual(await reasons(), [inTheWay('d/e', 'folder/y/', 'folder/z.env', 'new.txt/')]);
  });

  it('REQ-GIT-75 is both at once, each in a reason of its own', async () => {
    repository.write({ 'a.txt': 'mine\n', 'new.txt': 'mine\n' });
    assert.deepEqual(await reasons(), [modified('a.txt'), inTheWay('new.txt')]);
  });

  it('REQ-GIT-75 is told by ten names at most, and how many more there are', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `s${String(at).padStart(2, '0')}`);
    for (const [many, said] of [[10, names.slice(0, 10).join(', ')], [12, `${names.slice(0, 10).join(', ')} and 2 more`]] as const) {
      repository.write(Object.fromEntries(names.slice(0, many).map((name) => [name, 'x\n'])));
      repository.git('add', '--all');
      assert.deepEqual(await reasons(), [modified(said)]);
    }
  });

  it('REQ-GIT-72 is looked for in that checkout, whichever of them was opened', async () => {
    const path = join(repository.ground, 'linked');
    repository.git('worktree', 'add', '--quiet', '--detach', path, onto);
    repository.write({ 'a.txt': 'mine in the other one\n', 'new.txt': 'x\n' });
    const linked = { path, gitDir: join(repository.path, '.git/worktrees/linked') };
    assert.deepEqual(await reasons(linked), []);
    rmSync(join(path, 'b.txt'));
    assert.deepEqual(await reasons(linked), [`${path} has changes that are not committed: b.txt. Commit or stash them`]);
  });

  it('REQ-GIT-21 is found out without a filter of the repository\'s own', async () => {
    repository.git('config', 'filter.evil.clean', 'false');
    repository.git('config', 'filter.evil.required', 'true');
    repository.write({ '.git/info/attributes': '*.txt filter=evil\n', 'a.txt': 'two\n' });
    const said = await reasons();
    repository.git('config', '--remove-section', 'filter.evil');
    assert.deepEqual(said, [modified('a.txt')]);
  });
});
