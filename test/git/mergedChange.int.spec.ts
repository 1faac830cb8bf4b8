import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { openRepository, type Repository } from '../../src/git/createArchive.ts';
import { repositoryWith, testClock, testLog, type Files, type TestRepository } from './support/repositories.ts';

const lines = (...of: readonly string[]): string => `${of.join('\n')}\n`;

describe('a change and its base', () => {
  let repository: TestRepository;
  let opened: Repository;
  let base: string;
  before(async () => {
    repository = repositoryWith({ 'a.txt': lines('1', '2', '3'), 'd.txt': lines('four', 'lines', 'of', 'text'), 'ü.txt': 'ü\n' });
    base = repository.git('rev-parse', 'HEAD');
    opened = await repository.open();
  });
  after(() => { repository.end(); });

  /** A commit on the base, on no branch. */
  const made = (files: Files): string => {
    repository.git('checkout', '--quiet', '--detach', base);
    return repository.commit(files, 'side');
  };
  /** Commits one upon the other, newest last; they change nothing. */
  const chain = (from: string, ...messages: readonly string[]): readonly string[] => messages.reduce<readonly string[]>((commits, message) => [...commits, repository.git('commit-tree', '-p', commits.at(-1) ?? from, '-m', message, `${from}^{tree}`)], []);

  describe('how they stand to one another', () => {
    it('REQ-VERIFY-07 the base that the change stands on has not moved', async () => {
      const unmoved = { mergeBase: base, moved: false, since: [] };
      assert.deepEqual([await opened.standing(base, base), await opened.standing(base, made({ 'a.txt': 'x\n' }))], [unmoved, unmoved]);
    });

    it('REQ-VERIFY-07 what the base has brought since they parted is told newest first, in the words of its authors', async () => {
      const head = made({ 'a.txt': 'mine\n' });
      const [first = '', second = '', third = ''] = chain(base, 'Erst das  größere', '', 'Then this: a b\n\nand why');
      assert.deepEqual(await opened.standing(third, head), { mergeBase: base, moved: true, since: [{ commit: third, subject: 'Then this: a b' }, { commit: second, subject: '' }, { commit: first, subject: 'Erst das  größere' }] });
    });

    it('REQ-VERIFY-07 of many commits the newest twenty are told', async () => {
      const names = Array.from({ length: 21 }, (_, at) => String(at));
      const { since } = await opened.standing(chain(base, ...names).at(-1) ?? '', made({ 'a.txt': 'mine\n' }));
      assert.deepEqual(since.map(({ subject }) => subject), names.slice(1).reverse());
    });

    it('REQ-VERIFY-07 without a common history nothing is said of what moved', async () => {
      const alone = repository.git('commit-tree', '-m', 'Alone', `${base}^{tree}`);
      assert.deepEqual(await opened.standing(base, alone), { mergeBase: null, moved: false, since: [] });
    });
  });

  describe('both together', () => {
    /** Opens it with a store of its own. */
    const together = async (): Promise<{ readonly merged: Repository['mergedOnto']; readonly archive: Repository['archive']; readonly path: string; close(): Promise<void> }> => {
      const store = await opened.ownStore();
      const { mergedOnto, archive } = await openRepository({ directory: repository.path, clock: testClock(), log: testLog(), store: store.path });
      return { merged: mergedOnto, archive, ...store };
    };

    it('REQ-VERIFY-07 are one commit on the base, the same for the same two, and nothing of it comes into the person\'s store', async () => {
      const [head, moved] = [made({ 'a.txt': lines('1', '2', 'mine') }), made({ 'a.txt': lines('theirs', '2', '3'), 'b.txt': 'b\n' })];
      const objects = join(repository.path, '.git/objects');
      const before = readdirSync(objects, { recursive: true }).length;
      const place = await together();
      try {
        const found = await place.merged(moved, head);
        assert.ok(found.kind === 'clean');
        assert.equal(Buffer.from(await place.archive.readFile(found.commit, 'a.txt') ?? []).toString(), lines('theirs', '2', 'mine'));
        const again = await together();
        assert.deepEqual(await again.merged(moved, head), found);
        await again.close();
        assert.deepEqual([dirname(place.path), statSync(place.path).mode & 0o777, statSync(join(place.path, 'info/alternates')).mode & 0o777, readFileSync(join(place.path, 'info/alternates'), 'utf8')], [realpathSync(tmpdir()), 0o700, 0o600, `${objects}\n`]);
        assert.throws(() => repository.git('cat-file', '-e', found.commit));
        assert.equal(readdirSync(objects, { recursive: true }).length, before);
        const raw = inflateSync(readFileSync(join(place.path, found.commit.slice(0, 2), found.commit.slice(2)))).toString();
        const by = `Ada <ada@example.org> ${repository.git('log', '-1', '--format=%ct', head)} +0000`;
        assert.equal(raw.slice(raw.indexOf('\0') + 1), lines(`tree ${found.tree}`, `parent ${moved}`, `author ${by}`, `committer ${by}`, '', `${head} on ${moved}`));
      } finally {
        await place.close();
      }
      assert.equal(existsSync(place.path), false);
    });

    it('REQ-VERIFY-08 in conflict are told by the names of the files, each once, whatever git had to call them', async () => {
      const [head, moved] = [
        made({ 'a.txt': 'mine\n', 'ü.txt': 'mine\n', 'd.txt': null, 'd1.txt': lines('four', 'lines', 'of', 'text'), 'e': 'a file\n' }),
        made({ 'a.txt': 'theirs\n', 'ü.txt': 'theirs\n', 'd.txt': null, 'd2.txt': lines('four', 'lines', 'of', 'text'), 'e/f': 'below\n' }),
      ];
      const place = await together();
      try {
        assert.deepEqual(await place.merged(moved, head), { kind: 'conflict', files: ['a.txt', 'd.txt', 'd1.txt', 'd2.txt', 'e', 'ü.txt'] });
      } finally {
        await place.close();
      }
    });
  });
});
