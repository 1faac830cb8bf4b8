import assert from 'node:assert/strict';
import { shellQuoted } from '../../src/core/shellQuoted.ts';

describe('a word of a shell', () => {
  it('REQ-CLI-41 stands in quotes where it has blanks, signs or nothing, and an apostrophe is written outside of them', () => {
    const words = ['', 'two words', "it's", "''", '$HOME `id` "x" \\ \n*', 'ü'];
    assert.deepEqual(words.map(shellQuoted), ["''", "'two words'", String.raw`'it'\''s'`, String.raw`''\'''\'''`, "'$HOME `id` \"x\" \\ \n*'", "'ü'"]);
  });

  it('REQ-CLI-41 stands as it is where a shell takes it so', () => {
    const words = ['plain-word_1', '@%+=:,./', '-n'];
    assert.deepEqual(words.map(shellQuoted), words);
  });
});
