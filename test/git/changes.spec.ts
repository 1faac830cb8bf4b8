import assert from 'node:assert/strict';
import { changes, diff, parseRaw } from '../../src/git/changes.ts';
import { plumbingThat } from './support/plumbing.ts';

const blobs = { a: 'a'.repeat(40), b: 'b'.repeat(40), c: 'c'.repeat(40), d: 'd'.repeat(40), e: 'e'.repeat(40), none: '0'.repeat(40) };

/** What git says of changes: `raw` with its counts, the patch (`cut`: as far as it is looked at), the files of the new commit, the sizes of blobs. */
interface Said { readonly raw?: readonly string[]; readonly patch?: string; readonly cut?: boolean; readonly tree?: readonly string[]; readonly sizes?: Readonly<Record<string, number>> }

/** Nothing of a repository's choice has a say: no attribute, no driver, no setting. */
const honest = '--full-index --no-ext-diff --no-textconv --no-color --find-renames --ignore-submodules=none from to --';

/** A git that knows these questions, word for word, and no other. */
function gitThat({ raw = [], patch = '', cut = false, tree = [], sizes = {} }: Said) {
  return plumbingThat((args, input) => {
    switch (args.join(' ')) {
      case `diff-tree -r -z --raw --numstat ${honest}`: return raw.map((part) => `${part}\0`).join('');
      case `diff-tree -r -p --unified=0 --text ${honest}`: return cut ? { cut: patch } : patch;
      case `diff-tree -r -p --text -Oattributes-first ${honest}`: return cut ? { cut: patch } : patch;
      case 'ls-tree -z --full-tree -r --end-of-options to': return tree.map((path) => `100644 blob ${blobs.a}\t${path}\0`).join('');
      case 'cat-file --batch-check=%(objectname) %(objectsize)': return input.split('\n').slice(0, -1).map((blob) => `${blob} ${sizes[blob] ?? 1}\n`).join('');
      default: return assert.fail(`was asked ${args.join(' ')}`);
    }
  });
}

/** A raw entry of a change. */
const raw = (letter: string, modes: string, blob: string, ...paths: readonly string[]): readonly string[] => [`:${modes} ${blobs.none} ${blob} ${letter}`, ...paths];
const plain = '100644 100644';
/** A patch that adds lines to a file. */
const section = (blob: string, path: string, ...added: readonly string[]): string =>
  `diff --git a/${path} b/${path}\nindex ${blobs.none}..${blob} 100644\n--- a/${path}\n+++ b/${path}\n@@ -1,0 +1,${added.length} @@\n${added.map((line) => `+${line}\n`).join('')}`;
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

describe('changes, as git lists them', () => {
  const listed = async (said: Said) => (await changes(gitThat(said), 'from', 'to')).map(({ path, previous, status, added, removed, marks }) => [path, previous, status, added, removed, marks.join(' ')]);

  it('REQ-GIT-55 are added, deleted, modified and renamed files, a copy being a modified one, with their lines', async () => {
    assert.deepEqual(await listed({
      raw: [...raw('A', '000000 100644', blobs.a, 'new'), ...raw('D', '100644 000000', blobs.none, 'old'), ...raw('M', plain, blobs.b, 'x\ty\n'), ...raw('R087', plain, blobs.c, 'from', 'to'), ...raw('C100', plain, blobs.c, 'of', 'copy'),
        ...raw('T', '100644 120000', blobs.d, 'now a link'), '1\t0\tnew', '0\t2\told', '3\t4\tx\ty\n', '5\t6\t', 'from', 'to', '0\t0\t', 'of', 'copy', '1\t1\tnow a link'],
    }), [
      ['new', null, 'added', 1, 0, ''], ['old', null, 'deleted', 0, 2, ''], ['x\ty\n', null, 'modified', 3, 4, 'unportable-name'], ['to', 'from', 'renamed', 5, 6, ''], ['copy', 'of', 'modified', 0, 0, ''],
      ['now a link', null, 'modified', 1, 1, 'symlink mode'],
    ]);
    assert.deepEqual(await listed({}), []);
  });

  it('REQ-GIT-35 have their names as text, those that are no UTF-8 with their bytes', async () => {
    assert.deepEqual(await listed({ raw: [...raw('R100', plain, blobs.a, bytes('é'), 'b\xff'), '0\t0\t', bytes('é'), 'b\xff'] }), [['b\\xff', 'é', 'renamed', 0, 0, 'unportable-name']]);
  });

  for (const [mark, what, said] of [
    ['symlink', 'became or was a link', [[...raw('T', '120000 100644', blobs.a, 'x')], [...raw('A', '000000 120000', blobs.a, 'x')]]],
    ['submodule', 'became or was a submodule', [[...raw('T', '160000 100644', blobs.a, 'x')], [...raw('A', '000000 160000', blobs.a, 'x')]]],
    ['mode', 'is new and can be run, or can be run since or no more', [[...raw('A', '000000 100755', blobs.a, 'x')], [...raw('M', '100644 100755', blobs.a, 'x')], [...raw('R100', '100755 100644', blobs.a, 'y', 'x')]]],
    ['binary', 'has no lines to count', [[...raw('M', plain, blobs.a, 'x'), '-\t-\tx'], [...raw('R099', plain, blobs.a, 'y', 'x'), '-\t-\t', 'y', 'x']]],
    ['protected', 'was in a protected place before', [[...raw('R100', plain, blobs.a, '.github/x', 'x')]]],
  ] as const) {
    it(`REQ-GIT-55 are marked "${mark}" where a file ${what}`, async () => {
      for (const parts of said) {
        const [file] = await changes(gitThat({ raw: parts }), 'from', 'to');
        assert.ok(file?.marks.includes(mark), JSON.stringify([parts, file]));
      }
      const others = [raw('M', plain, blobs.a, 'x'), raw('A', '000000 100644', blobs.a, 'x'), raw('D', '100755 000000', blobs.none, 'x'), raw('R100', plain, blobs.a, 'y', 'x'), [...raw('M', plain, blobs.a, 'x'), '0\t0\tx']];
      for (const parts of others) assert.deepEqual((await changes(gitThat({ raw: parts }), 'from', 'to'))[0]?.marks, [], JSON.stringify(parts));
    });
  }

  it('REQ-GIT-55 have each mark once, attributes first of all', async () => {
    assert.deepEqual(await listed({ raw: [...raw('M', plain, blobs.a, 'b'), ...raw('R100', plain, blobs.a, '.github/a', '.github/b'), ...raw('M', plain, blobs.a, 'd/.gitattributes'), ...raw('M', plain, blobs.a, 'a'), ...raw('M', plain, blobs.a, '.gitattributes')] }).then((files) => files.map(([path, , , , , marks]) => [path, marks])),
      [['d/.gitattributes', 'attributes protected'], ['.gitattributes', 'attributes protected'], ['b', ''], ['.github/b', 'protected'], ['a', '']]);
  });

  it('REQ-GIT-55 are marked as case twins where a new name, or a renamed one, is another one elsewhere; where no name is new nothing is listed for it', async () => {
    const marks = async (parts: readonly string[]) => {
      const git = gitThat({ raw: parts, tree: ['x', 'X', 'y'] });
      return [(await changes(git, 'from', 'to')).map((file) => file.marks.join()), git.asked.filter(({ args }) => args[0] === 'ls-tree').map(({ args }) => args.at(-1))];
    };
    assert.deepEqual(await marks([...raw('A', '000000 100644', blobs.a, 'X'), ...raw('M', plain, blobs.a, 'y')]), [['case-twin', ''], ['to']]);
    assert.deepEqual(await marks(raw('R100', plain, blobs.a, 'z', 'X')), [['case-twin'], ['to']]);
    assert.deepEqual(await marks(raw('M', plain, blobs.a, 'X')), [[''], []]);
  });

  it('REQ-GIT-57 are marked as large above ten megabytes; what is gone or of another repository has no size', async () => {
    const git = gitThat({ raw: [...raw('M', plain, blobs.a, 'a'), ...raw('A', '000000 100644', blobs.b, 'b'), ...raw('D', '100644 000000', blobs.none, 'c'), ...raw('M', '160000 160000', blobs.d, 'd')], sizes: { [blobs.a]: 10 * 1024 * 1024, [blobs.b]: 10 * 1024 * 1024 + 1, [blobs.none]: 1e9, [blobs.d]: 1e9 } });
    assert.deepEqual((await changes(git, 'from', 'to')).map(({ path, marks }) => [path, marks.join()]), [['a', ''], ['b', 'large'], ['c', ''], ['d', 'submodule']]);
    const asked = async (parts: readonly string[]): Promise<number> => {
      const other = gitThat({ raw: parts });
      await changes(other, 'from', 'to');
      return other.asked.filter(({ args }) => args[0] === 'cat-file').length;
    };
    assert.deepEqual([await asked(raw('D', '100644 000000', blobs.none, 'c')), await asked(raw('M', '100644 160000', blobs.d, 'd'))], [0, 0]);
  });

  it('REQ-GIT-52 are marked where a line that came holds characters that hide, not where one went or stands beside it, nor in their heads', async () => {
    const head = (blob: string): string => section(blob, bytes('na\u202eme'));
    const files: Said = {
      raw: [...raw('M', plain, blobs.a, 'came'), ...raw('M', plain, blobs.b, 'went'), ...raw('M', plain, blobs.c, 'start'), ...raw('M', plain, blobs.d, 'binary'), ...raw('M', plain, blobs.e, 'index 1..2')],
      patch: `diff --git a/y b/z\nsimilarity index 100%\nrename from y\nrename to z\n${section(blobs.a, 'came', 'x', bytes('y\u202e'))}${head(blobs.b)}-${bytes('z\u202e')}\n ${bytes('\u200b')}\n${section(blobs.c, 'start', bytes('\ufeffx'))}${section(blobs.d, 'binary', '\0\x01\x02\x03')}${section(blobs.e, 'index 1..2', bytes('À\u202e'))}`,
    };
    assert.deepEqual((await listed(files)).map(([path, , , , , marks]) => [path, marks]), [['came', 'invisible-characters'], ['went', ''], ['start', ''], ['binary', ''], ['index 1..2', 'invisible-characters']]);
    assert.deepEqual((await listed({ raw: raw('M', plain, blobs.a, 'x'), patch: section(blobs.a, 'x', bytes('À')) })).map(([, , , , , marks]) => marks), ['']);
  });

  it('REQ-GIT-52 are marked whatever a line that came looks like: a head of the patch, or a section after a lone carriage return', async () => {
    const files: Said = {
      raw: [...raw('M', plain, blobs.a, 'head'), ...raw('M', plain, blobs.b, 'return'), ...raw('M', plain, blobs.c, 'hunk')],
      patch: section(blobs.a, 'head', bytes('++ b/\u202e')) + section(blobs.b, 'return', 'x\rdiff --git a/x b/x', bytes('y\u202e')) + section(blobs.c, 'hunk', 'x').concat(`@@ -9,0 +9 @@ f\n+${bytes('\u202e')}\n`),
    };
    assert.deepEqual((await listed(files)).map(([path, , , , , marks]) => [path, marks]), ['head', 'return', 'hunk'].map((path) => [path, 'invisible-characters']));
  });

  it('REQ-GIT-52 are marked as not looked at where the patch is too long to reach them; what was deleted needs no look', async () => {
    const files: Said = { raw: [...raw('M', plain, blobs.a, 'reached'), ...raw('M', plain, blobs.b, 'beyond'), ...raw('D', '100644 000000', blobs.none, 'gone')], patch: section(blobs.a, 'reached', 'x') };
    assert.deepEqual((await listed({ ...files, cut: true })).map(([path, , , , , marks]) => [path, marks]), [['reached', ''], ['beyond', 'not-scanned'], ['gone', '']]);
    assert.deepEqual((await listed(files)).map(([path, , , , , marks]) => [path, marks]), [['reached', ''], ['beyond', ''], ['gone', '']]);
  });

  it('REQ-GIT-53 a count after that of a renamed file is its own', () => {
    assert.deepEqual([...parseRaw(['1\t2\t', 'old', 'new', '3\t4\tx']).counts], [['new', { added: 1, removed: 2 }], ['x', { added: 3, removed: 4 }]]);
  });

  it('REQ-GIT-53 raw entries and counts that break off are read as far as they go', () => {
    assert.deepEqual(parseRaw([':']), { raw: [{ letter: '', modes: ['', ''], blob: '', path: '', previous: null }], counts: new Map() });
    assert.deepEqual([parseRaw([':100644 100644 1 2 R100']).raw[0]?.previous, parseRaw([]), [...parseRaw(['1\t2\tx']).counts.keys()]], ['', { raw: [], counts: new Map() }, ['x']]);
    assert.deepEqual(parseRaw([':100644 100644 1 2 R100', 'old']), { raw: [{ letter: 'R', modes: ['100644', '100644'], blob: '2', path: '', previous: 'old' }], counts: new Map() });
    assert.deepEqual([...parseRaw(['1\t2\tx', '3\t4\t']).counts], [['x', { added: 1, removed: 2 }], ['', { added: 3, removed: 4 }]]);
  });
});

describe('a diff, as git writes it', () => {
  const shown = (said: Said, limit = 10_000): Promise<string> => diff(gitThat(said), 'from', 'to', limit);

  it('REQ-GIT-50 is shown as text, file by file, whatever its lines look like', async () => {
    const patch = section(blobs.a, 'a', bytes('ü'), 'diff --git a/x b/x') + section(blobs.b, 'b', '+', '');
    assert.equal(await shown({ patch }), Buffer.from(patch, 'latin1').toString());
    assert.equal(await shown({}), '');
  });

  it('REQ-GIT-52 no line of it passes for the head of a file', async () => {
    const patch = section(blobs.a, 'a', 'x\rdiff --git a/x b/x', bytes('y\u2028diff --git a/y b/y'));
    assert.equal(await shown({ patch }), Buffer.from(patch, 'latin1').toString().replace('\r', '<U+000D>').replace('\u2028', '<U+2028>'));
  });

  it('REQ-GIT-53 of what is mostly not text only the head is shown: more than a tenth of what is no text in the first of it', async () => {
    const binary = await shown({ patch: section(blobs.a, bytes('pic\u0007é'), '\0\x01\x02 text') + section(blobs.b, 'b', 'x') });
    assert.equal(binary, `${section(blobs.a, 'pic<U+0007>é').split('\n@@')[0]}\nBinary content: not shown.\n${section(blobs.b, 'b', 'x')}`);
    assert.match(await shown({ patch: section(blobs.a, 'few', `\0${'x'.repeat(30)}`) }), /\+<U\+0000>x{30}\n$/);
    assert.doesNotMatch(await shown({ patch: section(blobs.a, 'long', 'x'.repeat(70_000), '\0'.repeat(70_000)) }, 1_000_000), /Binary content/);
    for (const strange of ['\x08', '\x0e', '\x1f', '\xff']) assert.match(await shown({ patch: section(blobs.a, 'a', strange.repeat(20)) }), /Binary content/, strange);
    for (const plainText of ['\t', '\x0b', '\x0c', ' ', bytes('é')]) assert.doesNotMatch(await shown({ patch: section(blobs.a, 'a', plainText.repeat(20)) }), /Binary content/, plainText);
  });

  it('REQ-GIT-54 ends at a whole line where it is longer than the limit, and says how many files are missing', async () => {
    const said: Said = { raw: ['a', 'b', 'c'].flatMap((path) => raw('M', plain, blobs.a, path)), patch: section(blobs.a, 'a', 'one') + section(blobs.b, 'b', 'two', 'three') + section(blobs.c, 'c', 'four') };
    const { patch = '' } = said;
    assert.equal(await shown(said, patch.length), patch);
    const two = section(blobs.a, 'a', 'one') + section(blobs.b, 'b', 'two', 'three');
    const ending = (limit: number, missing: number): string => `[cut: this diff is longer than ${limit} characters; ${missing} of 3 changed files are not shown, and the last one shown may be incomplete]\n`;
    assert.equal(await shown(said, two.length), `${two}${ending(two.length, 1)}`);
    assert.equal(await shown(said, two.length - 1), `${two.slice(0, two.lastIndexOf('+three'))}${ending(two.length - 1, 1)}`);
    assert.equal(await shown(said, 10), ending(10, 3));
    assert.equal(await shown({ ...said, cut: true }), `${patch}${ending(10_000, 0)}`);
  });

  it('REQ-GIT-54 of a patch only four times as much as is shown is read, at least a megabyte', async () => {
    for (const [limit, read] of [[1_000, 1024 * 1024], [1024 * 1024, 4 * 1024 * 1024]] as const) {
      const git = gitThat({});
      await diff(git, 'from', 'to', limit);
      assert.equal(git.asked[0]?.limit, read);
    }
  });
});
