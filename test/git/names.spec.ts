import assert from 'node:assert/strict';
import fc from 'fast-check';
import { branchPrefix, freeBranch, privateRef, safeSegment, unitFolder } from '../../src/git/names.ts';

describe('names made from ids', () => {
  it('REQ-GIT-17 safe ids stay as they are', () => {
    assert.deepEqual([safeSegment('01j9-abc'), unitFolder('implement/parser'), freeBranch([], 't1', 'implement/parser'), privateRef('t1', 'attempts', 'implement/parser', 2)],
      ['01j9-abc', 'implement__parser', 'refs/heads/treeline/t1/implement/parser', 'refs/treeline/t1/attempts/implement__parser/2']);
  });

  it('REQ-GIT-17 whatever a unit is called, its branch is a safe one (case 12)', () => {
    for (const unit of ['--output=x', '-x', 'a..b', 'HEAD', 'x'.repeat(300), '🌳', '', 'a b', 'x.lock', '.hidden', 'integration', 'a__b', 'con', '@{-1}', 'a/../b', '../../x', 'a//b', '\n']) {
      const name = freeBranch([], 't1', unit);
      assert.match(name, /^refs\/heads\/treeline\/t1(\/[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)+$/, JSON.stringify(unit));
      assert.doesNotMatch(name, /\.\.|\.lock(\/|$)|\/integration$|\/HEAD$/i);
      assert.ok(name.length < 250);
    }
  });

  it('REQ-GIT-17 two units never share a folder or a branch', () => {
    const id = fc.oneof(fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'A', '/', '_', '-', '.', ' ') }), fc.string());
    fc.assert(fc.property(id, id, (left, right) => {
      fc.pre(left !== right);
      assert.notEqual(unitFolder(left), unitFolder(right));
      assert.notEqual(freeBranch([], 't', left), freeBranch([], 't', right));
    }));
  });

  it('REQ-GIT-17 a branch that is taken, or in the way as a folder, gives another (case 52)', () => {
    const free = (...branches: string[]): string => freeBranch(branches.map((branch) => `refs/heads/${branch}`), 't1', 'implement/a').slice('refs/heads/'.length);
    assert.deepEqual([free('treeline/t1/implement/a'), free('treeline/t1/implement/a', 'treeline/t1/implement/a-2'), free('treeline/t1/implement/a/b'), free('treeline/t1/implement')],
      ['treeline/t1/implement/a-2', 'treeline/t1/implement/a-3', 'treeline/t1/implement/a-2', 'treeline/t1/implement__a-2']);
  });

  it('REQ-GIT-18 a branch named treeline moves ours aside, and they stay aside', () => {
    assert.deepEqual([[], ['refs/heads/treeline'], ['refs/heads/treeline-/t1/u'], ['refs/heads/treeline-/t2/u']].map((branches) => branchPrefix(branches, 't1')),
      ['refs/heads/treeline/t1/', 'refs/heads/treeline-/t1/', 'refs/heads/treeline-/t1/', 'refs/heads/treeline/t1/']);
  });
});
