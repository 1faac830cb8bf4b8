/** specs/cli.md REQ-CLI-31: where a person's comments stand. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { placed } from '../../src/app/commentPlaces.ts';
import { commentOf } from '../../src/cli/decisionOptions.ts';
import { TreelineError } from '../../src/client/treelineError.ts';
import type { Comment } from '../../src/core/event.ts';

const base = 'b'.repeat(40);
const commit = 'c'.repeat(40);
const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [base]: { 'src/a.js': '1\n2\n3\n4\n' }, [commit]: { 'src/a.js': '1\n2\n3', 'lib/b.js': '\n', Makefile: 'all:\n', 'empty.txt': '' },
};
const trees = {
  readFile: async (at: string, path: string) => { const text = files[at]?.[path]; return text === undefined ? null : new TextEncoder().encode(text); },
  listFiles: async (at: string) => Object.keys(files[at] ?? {}),
};
const binding = { commit, base, tree: 't', evidence: 'e' };
const say = async (about: 'plan' | 'merge', ...comments: readonly (string | Comment)[]): Promise<unknown> => {
  const parsed = comments.map((comment) => (typeof comment === 'string' ? commentOf(comment) : comment));
  return placed(parsed, { about, binding }, trees).then((found) => found.map(({ file, line, text }) => (file === null ? text : `[${file}|${line}] ${text}`)), (error: unknown) => (error instanceof TreelineError ? [error.exit, error.message] : error));
};

describe('a comment', () => {
  it('REQ-CLI-31 stands at a file and line that the checkpoint has', async () => {
    assert.deepEqual(await say('merge', 'src/a.js:3: why?', './src/a.js:1: here', 'src\\a.js:2: there', 'Makefile:1: what?'), ['[src/a.js|3] why?', '[src/a.js|1] here', '[src/a.js|2] there', '[Makefile|1] what?']);
  });

  it('REQ-CLI-31 is refused with everything that is not there, and what is', async () => {
    assert.deepEqual(await say('merge', 'src/a.js:4: gone', 'src/b.js:1: moved', 'a.md:1: never', 'lib/b.js:2: x', 'empty.txt:1: x', 'src/a.js:1: fine'), [2, [
      'src/a.js has 3 lines in cccccccccc: there is no line 4.', 'There is no file src/b.js in cccccccccc; there is lib/b.js.', 'There is no file a.md in cccccccccc.',
      'lib/b.js has 1 line in cccccccccc: there is no line 2.', 'empty.txt has 0 lines in cccccccccc: there is no line 1.',
    ].join(' ')]);
  });

  it('REQ-CLI-31 is plain text where its beginning is no place', async () => {
    const texts = ['note: 12 things', '10:30: too late', 'TODO:3: do it', 'http://localhost:3000: does not answer', 'src/a.js: all of it', 'see src/a.js:9: there'];
    assert.deepEqual(await say('merge', ...texts), texts);
  });

  it('REQ-CLI-31 on a plan is plain text, whatever it begins with', async () => {
    assert.deepEqual(await say('plan', 'src/new.js:99: not there', 'smaller'), ['src/new.js:99: not there', 'smaller']);
  });

  it('REQ-EXT-15 on the side of a diff that was there before stands in the base', async () => {
    assert.deepEqual(await say('merge', { file: 'src/a.js', line: 4, text: 'keep', side: 'old' }), ['[src/a.js|4] keep']);
    assert.deepEqual(await say('merge', { file: 'lib/b.js', line: 1, text: 'x', side: 'old' }), [2, 'There is no file lib/b.js in bbbbbbbbbb.']);
  });
});
