import assert from 'node:assert/strict';
import { caseTwins, hides, nameMarks, showHidden } from '../../src/git/marks.ts';

describe('what a person must not overlook about a file', () => {
  const marked = (mark: string, paths: readonly string[]): readonly string[] => paths.filter((path) => nameMarks(path).includes(mark));

  it('REQ-GIT-55 is whether it holds attributes: in any folder, by its whole name, in any case and form', () => {
    assert.deepEqual(marked('attributes', ['.gitattributes', 'a/b/.GitAttributes', 'x.gitattributes', '.gitattributes.bak', '.gitattributes/x']), ['.gitattributes', 'a/b/.GitAttributes']);
    assert.deepEqual(marked('protected', ['a\u0308/.ENVRC', 'Cafe\u0301/Makefile', 'makefile.txt']), ['a\u0308/.ENVRC', 'Cafe\u0301/Makefile']);
  });

  it('REQ-GIT-55 is whether it is a test, whether some systems cannot hold its name, whether the name hides something; of most files nothing of this', () => {
    const tests = ['tests/a', 'SPEC/a', 'x/__tests__/a', 'a.test.ts', 'a_spec.rb', 'test_a.py', 'a_test.go', 'a.snap'];
    assert.deepEqual(marked('test', [...tests, 'latest/a', 'contest.ts', 'src/a.ts']), tests);
    const unportable = ['a/NUL', 'com1.txt', 'a\\b', 'a?', 'dot.', 'sub /x', 'a\u0007'];
    assert.deepEqual(marked('unportable-name', [...unportable, 'console', 'com.txt', 'a/.x', 'a b']), unportable);
    assert.deepEqual(nameMarks('a\u202eb'), ['invisible-characters']);
    assert.deepEqual(nameMarks('src/é 👩‍💻.ts'), []);
    assert.deepEqual(nameMarks('test/.gitattributes'), ['attributes', 'protected', 'test']);
  });

  it('REQ-GIT-55 is whether another file has its name in other case or form, however many there are', () => {
    assert.deepEqual([...caseTwins(['A', 'b', 'a', 'c', 'B', 'd/A'])].sort(), ['A', 'B', 'a', 'b']);
    assert.deepEqual(caseTwins(['a', 'b']), new Set());
  });

  it('REQ-GIT-52 is which characters of its text hide, each by its code point in at least four digits', () => {
    assert.equal(showHidden('// a\u2028b\u2029'), '// a<U+2028>b<U+2029>');
    assert.equal(showHidden('\u00ad \u2066x\u2069 \u{e0041} \u0001 \u007f'), '<U+00AD> <U+2066>x<U+2069> <U+E0041> <U+0001> <U+007F>');
    assert.deepEqual(['plain \t text', 'a\u200bb', 'end\r'].map(hides), [false, true, false]);
  });

  it('REQ-GIT-52 a byte-order mark is let through where a file starts with it, in a diff too, and named anywhere else', () => {
    for (const text of ['\ufeffa', 'a\n\ufeffb', '@@ -1 +1 @@\n+\ufeffb', 'x\n-\ufeffb', 'x\n \ufeffb']) assert.equal(showHidden(text), text);
    for (const before of ['a', '+', 'ab', 'a\nb', 'a\n*', 'a\n++', 'a\n+b', 'long before it\n+more']) assert.equal(showHidden(`${before}\ufeffb`), `${before}<U+FEFF>b`);
  });
});
