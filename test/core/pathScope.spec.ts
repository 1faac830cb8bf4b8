import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { insideScope, scopeCovers, scopesMeet } from '../../src/core/pathScope.ts';
import { seeded } from '../simulation/chance.ts';

describe('REQ-MOTOR-01 a declared scope', () => {
  for (const [path, scope, inside] of [
    ['src/csv.ts', ['src/**'], true], ['src/deep/er/csv.ts', ['src/**'], true], ['src/csv.ts', ['src'], true], ['src/csv.ts', ['src/'], true], ['src/csv.ts', ['src//'], true],
    ['src/csv.ts', ['src/*.ts'], true], ['src/deep/csv.ts', ['src/*.ts'], false], ['test/csv.test.ts', ['**/*.test.ts'], true], ['csv.test.ts', ['**/*.test.ts'], true],
    ['lib/csv.ts', ['src/**', 'test/**'], false], ['test/csv.ts', ['src/**', 'test/**'], true], ['a/b', ['a/b/*'], false], ['a', [], false], ['src/a-b-c.ts', ['src/a*b*c.ts'], true], ['README.md', ['README.md'], true], ['docs/README.md', ['README.md'], false],
  ] as const) it(`${inside ? 'holds' : 'does not hold'} ${path} in ${scope.join(' ')}`, () => assert.equal(insideScope(path, scope), inside));

  it('answers a hostile glob at once (case 5)', () => assert.equal(insideScope('a'.repeat(200), ['*a*a*a*..b', '**/*a*a*a*..b', `${'a*'.repeat(100)}b`, `${'**/'.repeat(100)}b`]), false));
});

describe('REQ-SCHEDULE-04 two scopes', () => {
  for (const [left, right, meet] of [
    [['src/**'], ['src/a.ts'], true], [['src'], ['src/deep/a.ts'], true], [['src/a.ts'], ['src/b.ts'], false], [['src/'], ['lib'], false], [['**'], ['docs/x.md'], true],
    [['src/*.ts'], ['src/a*'], true], [['src/*.ts'], ['src/*.js'], false], [['src/a*.ts'], ['src/b*.ts'], false], [['src/ab*yz'], ['src/a*z'], true], [['**/*.test.ts'], ['src/deep'], true],
    [['a/**/z'], ['a/b/c'], true], [['a/**/b/x'], ['a/b/y'], true], [['**/b'], ['a/b'], true], [['a/*'], ['a'], true], [['a/x', 'b'], ['c', 'b'], true], [['a/*/z'], ['a/b/y'], false], [['docs', 'src/a'], ['lib', 'src/a/b'], true], [['README.md'], ['docs/README.md'], false], [[], ['**'], false],
  ] as const) it(`${meet ? 'meet' : 'do not meet'}: ${left.join(' ')} and ${right.join(' ')}`, () => {
    // The answer is kept beside the very lists.
    const mine = [...left], theirs = [...right];
    assert.deepEqual([scopesMeet(mine, theirs), scopesMeet(theirs, mine), scopesMeet(mine, theirs)], [meet, meet, meet]);
  });

  it('meet wherever a path lies in both', () => {
    const draw = seeded(7);
    const name = (): string => draw.pick(['a', 'b', 'ab', 'a*', '*b', '*', '**', 'a*b']);
    const glob = (): string => Array.from({ length: draw.between(1, 4) }, name).join('/');
    const paths = Array.from({ length: 200 }, () => Array.from({ length: draw.between(1, 5) }, () => draw.pick(['a', 'b', 'ab', 'aab', 'c'])).join('/'));
    const missed: string[] = [];
    for (let round = 0; round < 500; round += 1) {
      const left = [glob()], right = [glob()];
      if (!scopesMeet(left, right)) for (const path of paths) if (insideScope(path, left) && insideScope(path, right)) missed.push(`${path}: ${left[0] ?? ''} ${right[0] ?? ''}`);
    }
    assert.deepEqual(missed, []);
  });

  it('answer hostile globs at once (case 5)', () => assert.equal(scopesMeet([`${'**/'.repeat(200)}a`], [`${'**/x*'.repeat(200)}b`]), true));
});

describe('REQ-AMEND-08 one scope in another', () => {
  for (const [wide, narrow, covers] of [
    [['src'], 'src/a.ts', true], [['lib', 'src/*'], 'src/*', true], [['src/*'], 'src/**', false], [['src/**'], 'src/*/a', true], [['*'], '**', false], [['src/a'], 'src', false], [[], 'src', false],
  ] as const) it(`${wide.join(' ')} ${covers ? 'holds' : 'may not hold'} all of ${narrow}`, () => assert.equal(scopeCovers(wide, narrow), covers));
});
