import assert from 'node:assert/strict';
import { createBaseTree, listFiles, readFile } from '../../src/git/readTree.ts';
import { refusalOf } from './support/repositories.ts';
import { plumbingThat } from './support/plumbing.ts';

const id = (digit: string): string => digit.repeat(40);
const entry = (mode: string, kind: string, hash: string, path: string): string => `${mode} ${kind} ${id(hash)}\t${path}\0`;

describe('files of a commit, as git lists them', () => {
  const listing = entry('100644', 'blob', '1', 'a\tb') + entry('160000', 'commit', '2', 'module') + entry('120000', 'blob', '3', 'link') + entry('100755', 'blob', '4', 'x\xff') + entry('040000', 'tree', '5', 'dir');

  it('REQ-GIT-56 are listed by their whole names; submodules are no files', async () => {
    const git = plumbingThat(() => entry('100644', 'blob', '1', 'a\tb') + entry('160000', 'commit', '2', 'module') + entry('120000', 'blob', '3', 'Ã¼'));
    assert.deepEqual(await listFiles(git, 'c1'), ['a\tb', 'ü']);
    assert.deepEqual(git.asked, [{ args: ['ls-tree', '-z', '--full-tree', '-r', '--end-of-options', 'c1'] }]);
  });

  it('REQ-GIT-56 are read by exactly their name, links as their targets; folders, submodules and other names are no files', async () => {
    const git = plumbingThat((args) => (args[0] === 'ls-tree' ? listing : `content of ${args.at(-1)}`));
    const read = async (path: string): Promise<string | undefined> => {
      const found = await readFile(git, 'c1', path);
      return found === null ? undefined : Buffer.from(found).toString();
    };
    assert.deepEqual(await Promise.all(['a\tb', 'link', 'x\\xff'].map(read)), ['1', '3', '4'].map((digit) => `content of ${id(digit)}`));
    assert.deepEqual(await Promise.all(['dir', 'module', 'a', 'A\tB', 'x'].map(read)), Array(5).fill(undefined));
  });

  it('REQ-GIT-56 are asked for by name, or, where the name is no UTF-8, looked for among all; content by its id', async () => {
    const git = plumbingThat((args) => (args[0] === 'ls-tree' ? listing : 'x'));
    for (const path of ['a\tb', 'x\\xff']) await readFile(git, 'c1', path);
    assert.deepEqual(git.asked.map(({ args }) => args), [
      ['ls-tree', '-z', '--full-tree', '--end-of-options', 'c1', '--', 'a\tb'], ['cat-file', 'blob', id('1')], ['ls-tree', '-z', '--full-tree', '-r', '--end-of-options', 'c1'], ['cat-file', 'blob', id('4')],
    ]);
  });

  it('REQ-GIT-56 no path leads out of the commit: git is not even asked', async () => {
    const git = plumbingThat(() => assert.fail('was asked'));
    for (const path of ['', '/etc/passwd', 'a/', 'a//b', '.', './a', 'a/../b', '..']) assert.equal(await readFile(git, 'c1', path), null, path);
  });

  it('REQ-GIT-58 are listed with id and size, in the order of their names, also where an object is not here', async () => {
    const long = (mode: string, hash: string, size: string, path: string): string => `${mode} blob ${id(hash)} ${size.padStart(7)}\t${path}\0`;
    const git = plumbingThat(() => `${long('100644', '1', '12', 'z')}${long('120000', '2', '1234567', 'b\tc')}160000 commit ${id('3')}       -\tmodule\0${long('100755', '4', 'BAD', 'a\xff')}${long('100644', '5', '0', 'b')}`);
    assert.deepEqual(await createBaseTree(git).files('c1'), [
      { path: 'a\\xff', hash: id('4'), bytes: null, link: false }, { path: 'b', hash: id('5'), bytes: 0, link: false }, { path: 'b\tc', hash: id('2'), bytes: 1234567, link: true }, { path: 'z', hash: id('1'), bytes: 12, link: false },
    ]);
    assert.deepEqual(git.asked, [{ args: ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', 'c1'] }]);
  });
});

describe('some files of a commit, as git lists them', () => {
  const listing = ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', 'c1'];
  const entry = (path: string): string => `100644 blob ${id('1')}       1\t${path}\0`;
  const asked = async (only: readonly string[], answer = '') => {
    const git = plumbingThat(() => answer);
    const found = await createBaseTree(git).files('c1', only);
    return { args: git.asked.map(({ args }) => args), paths: found.map(({ path }) => path) };
  };

  it('REQ-GIT-58 are asked for by name, once each; what only lies below a folder of that name is none of them', async () => {
    assert.deepEqual(await asked(['a', 'd/b', 'a'], `${entry('a/x')}${entry('d/b')}`), { args: [[...listing, '--', 'a', 'd/b']], paths: ['d/b'] });
    assert.deepEqual(await asked([]), { args: [], paths: [] });
  });

  it('REQ-GIT-58 are looked for among all where git cannot be told their names: too many, too long, with magic, no UTF-8', async () => {
    for (const only of [['x\\xff'], [':(glob)*'], ['a'.repeat(201)], Array.from({ length: 501 }, (_, index) => `f${index}`)]) {
      const [path = ''] = only;
      assert.deepEqual(await asked(only, `${entry('other')}${entry(path.replace('\\xff', '\xff'))}`), { args: [listing], paths: [path] }, path.slice(0, 20));
    }
    assert.deepEqual((await asked(['a'.repeat(200)])).args, [[...listing, '--', 'a'.repeat(200)]]);
    assert.equal((await asked(Array.from({ length: 500 }, (_, index) => `f${index}`))).args[0]?.length, listing.length + 501);
  });
});

describe('content of many objects, as git gives it', () => {
  const blob = (hash: string, content = `of ${hash}`): string => `${hash} blob ${content.length}\n${content}\n`;
  const read = async (git: Parameters<typeof createBaseTree>[0], hashes: readonly string[]) => Object.fromEntries([...await createBaseTree(git).contents(hashes)].map(([hash, bytes]) => [hash, Buffer.from(bytes).toString('latin1')]));
  const linesOf = (input: string): string[] => input.split('\n').slice(0, -1);

  it('REQ-GIT-58 is taken by its size, whatever it holds; what is not there, and what is no file, is left out', async () => {
    const git = plumbingThat(() => `${blob('a', 'x\nb blob 3\n')}b missing\nc tree 4\n\n\n\0\xff\n${blob('d', '')}${blob('e', '\0\xff')}`);
    assert.deepEqual(await read(git, ['a', 'b', 'c', 'd', 'e']), { a: 'x\nb blob 3\n', d: '', e: '\0\xff' });
    assert.deepEqual(git.asked.map(({ args, input }) => [args, Buffer.from(input ?? []).toString()]), [[['cat-file', '--batch'], 'a\nb\nc\nd\ne\n']]);
  });

  it('REQ-GIT-58 is asked for two thousand at a time', async () => {
    const all = Array.from({ length: 4_001 }, (_, at) => `h${at}`);
    const git = plumbingThat((_, input) => linesOf(input).map((hash) => blob(hash)).join(''));
    assert.deepEqual(await read(git, all), Object.fromEntries(all.map((hash) => [hash, `of ${hash}`])));
    assert.deepEqual(git.asked.map(({ input }) => linesOf(Buffer.from(input ?? []).toString()).length), [2_000, 2_000, 1]);
    assert.deepEqual(await read(plumbingThat(() => assert.fail('was asked')), []), {});
  });

  it('REQ-GIT-58 is asked for in smaller parts where one answer cannot carry it; what is too much alone is left out', async () => {
    const git = plumbingThat((_, input) => {
      const hashes = linesOf(input);
      const said = hashes.map((hash) => blob(hash)).join('');
      return hashes.length > 2 || hashes.includes('large') ? { cut: said.slice(0, 5) } : said;
    });
    assert.deepEqual(await read(git, ['a', 'b', 'large', 'c', 'd']), { a: 'of a', b: 'of b', c: 'of c', d: 'of d' });
  });

  it('REQ-GIT-27 is a failure where git answers something else', async () => {
    for (const [said, words] of [['a ambiguous\n', '"a ambiguous"'], [`${blob('b')}fatal`, '"fatal "'], ['a blob 12', '"a blob"'], ['a blob -1\nx\n', '"a blob"'], ['a blob 1x\nx\n', '"a blob"'], [`${'x'.repeat(200)} y z\n`, `"${'x'.repeat(100)}"`]] as const) {
      const { reason, message } = await refusalOf(read(plumbingThat(() => said), ['a']));
      assert.deepEqual([reason, message], ['failed', `git cat-file --batch answered ${words}`]);
    }
  });
});
