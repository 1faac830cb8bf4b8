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

  it('REQ-GIT-17 what cannot stay becomes the nearest safe name, with a short hash of what it was', () => {
    const x59 = 'x'.repeat(59);
    const rows: readonly (readonly [id: string, name: string])[] = [
      ['a  b', 'a-b'], ['a!b c', 'a-b-c'], ['a...b', 'a.b'], ['-.a.-', 'a'], ['--a--', 'a'], ['x.lock', 'x-lock'], ['X.LOCK', 'X-lock'], [`${x59}.-y`, x59], [`${x59}xy`, `${x59}x`],
      ['a__b', 'a_b'], ['a__b__c', 'a_b_c'], ['con', 'con'], ['Com1', 'Com1'], ['lpt9', 'lpt9'], ['HEAD', 'HEAD'], ['', 'unit'], ['\u{1f333}', 'unit'],
    ];
    for (const [id, name] of rows) assert.match(safeSegment(id), new RegExp(`^${name.replaceAll('.', '\\.')}-[0-9a-f]{8}$`), JSON.stringify(id));
    assert.equal(safeSegment(''), 'unit-e3b0c442');
    for (const id of ['a.b', 'a-b', 'a_b', '_a', 'a.lock.b', 'alock', 'console', 'falcon', 'com10', 'headline', 'x'.repeat(60)]) assert.equal(safeSegment(id), id);
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
    assert.deepEqual([free('treeline/t1/implement/a', 'treeline/t1/implement/a-2/deep'), free('treeline/t1/implement/ab', 'treeline/t1/impl'), free('treeline', 'treeline-/t1/implement')],
      ['treeline/t1/implement/a-3', 'treeline/t1/implement/a', 'treeline-/t1/implement__a-2']);
  });

  it('REQ-GIT-18 a branch named treeline moves ours aside, and they stay aside', () => {
    assert.deepEqual([[], ['refs/heads/treeline'], ['refs/heads/treeline-/t1/u'], ['refs/heads/treeline-/t2/u']].map((branches) => branchPrefix(branches, 't1')),
      ['refs/heads/treeline/t1/', 'refs/heads/treeline-/t1/', 'refs/heads/treeline-/t1/', 'refs/heads/treeline/t1/']);
  });
});
