import assert from 'node:assert/strict';
import { ConfinementError } from '../../src/ports/sandbox.ts';
import { namesIn } from '../../src/sandbox/confinedPath.ts';

const roots = ['/work/tree', '/real/tree'];

function refusedFor(path: string, windows = false): string {
  try {
    namesIn(windows ? ['C:\\work\\tree'] : roots, path, windows);
  } catch (error) {
    assert.ok(error instanceof ConfinementError);
    return error.reason;
  }
  return 'accepted';
}

describe('paths that file tools may name (specs/sandbox.md)', () => {
  it('REQ-WALL-20: relative ones, and absolute ones below the root in either spelling', () => {
    for (const path of ['src/a.ts', './src//a.ts', '/work/tree/src/a.ts', '/real/tree/src/a.ts/']) assert.deepEqual(namesIn(roots, path, false), ['src', 'a.ts']);
    for (const path of ['', '.', '/work/tree', '/work/tree/']) assert.deepEqual(namesIn(roots, path, false), []);
    for (const path of ['.gitignore', '.github/x', 'a.git', 'git', '...', 'a..b', '.gitattributes']) assert.equal(refusedFor(path), 'accepted', path);
  });

  it('REQ-WALL-20: nothing outside, no "..", no NUL', () => {
    for (const path of ['/etc/passwd', '/work/treeline', '/', '../x', 'a/../b', 'a/..', 'a\0b']) assert.equal(refusedFor(path), 'outside', path);
  });

  it('REQ-WALL-21: git\'s folder in no spelling that some file system takes for it', () => {
    for (const path of ['.git', '.git/config', 'sub/.git/hooks/x', '.GIT/x', '.giT', 'git~1', 'GIT~2/x', '.git.', '.git /x', '.git::$INDEX_ALLOCATION/x', '.g\u200cit', '.git\ufeff', 'a\\.git\\config', '．git']) {
      assert.equal(refusedFor(path), 'protected', path);
    }
  });

  it('REQ-WALL-21: on Windows no device and no stream', () => {
    for (const path of ['con', 'aux.txt', 'a\\NUL', 'xx:y']) assert.equal(refusedFor(path, true), 'not-a-file', path);
    assert.equal(refusedFor('D:\\x', true), 'outside');
    assert.equal(refusedFor('C:\\work\\tree\\a\\b', true), 'accepted');
  });
});
