import assert from 'node:assert/strict';
import type { ConfigEntry } from '../../src/git/config.ts';
import { driversOff, filterFingerprint, filtersOn, foreignDrivers, personalFilterNames, personalFilters, refuseForeignFilters } from '../../src/git/drivers.ts';
import type { GitCall } from '../../src/git/runGit.ts';
import { GitError } from '../../src/ports/archive.ts';

const entry = (scope: string, key: string, value = 'x'): ConfigEntry => ({ scope, key, value });
const local = (...keys: readonly string[]): readonly ConfigEntry[] => keys.map((key) => entry('local', key));

describe('programs that a repository names', () => {
  it('REQ-GIT-38 a filter is the person\'s own when the system\'s or their own configuration says what it runs', () => {
    const own = ['clean', 'smudge', 'process', 'required'].map((key) => entry('global', `filter.a.b.${key}`));
    const others = [entry('local', 'filter.c.clean'), entry('worktree', 'filter.c.smudge'), entry('global', 'filter.d.colour'), entry('global', 'merge.e.driver'), entry('global', 'filter.clean'), entry('global', 'xfilter.f.clean')];
    const system = entry('system', 'filter.s.clean');
    assert.deepEqual(personalFilters([...others, ...own, system]), [...own, system]);
    assert.deepEqual(personalFilterNames([...others, ...own, system]), new Set(['a.b', 's']));
  });

  it('REQ-GIT-21 a driver is the repository\'s own when any other scope says something about it: each is named once, in order', () => {
    assert.deepEqual(foreignDrivers([...local('filter.z.clean', 'filter.z.smudge', 'filter.a.b.required', 'merge.z.driver', 'merge.m.name'), entry('worktree', 'filter.w.process'), entry('global', 'filter.own.clean'), entry('system', 'merge.own.driver')]),
      { filters: ['a.b', 'w', 'z'], merges: ['m', 'z'] });
    assert.deepEqual(foreignDrivers(local('merge.ff', 'filter.clean', 'merge.', 'core.filter.x', 'filterx.y.clean', 'merger.z.driver')), { filters: [], merges: [] });
  });

  it('REQ-GIT-21 where the repository changes a filter of the person\'s, theirs runs as they last said; the rest of it is off', () => {
    const off = driversOff([entry('system', 'filter.lfs.clean', 'old'), entry('global', 'filter.lfs.clean', 'mine'), entry('global', 'filter.lfs.required', 'true'), entry('local', 'filter.lfs.clean', 'evil'), entry('local', 'filter.lfs.smudge', 'evil')]);
    assert.deepEqual(off, {
      GIT_CONFIG_COUNT: '4', GIT_CONFIG_KEY_0: 'filter.lfs.clean', GIT_CONFIG_VALUE_0: 'mine', GIT_CONFIG_KEY_1: 'filter.lfs.smudge', GIT_CONFIG_VALUE_1: '',
      GIT_CONFIG_KEY_2: 'filter.lfs.process', GIT_CONFIG_VALUE_2: '', GIT_CONFIG_KEY_3: 'filter.lfs.required', GIT_CONFIG_VALUE_3: 'true',
    });
    assert.deepEqual(driversOff([entry('global', 'filter.lfs.clean', 'mine')]), {});
  });

  it('REQ-GIT-21 a filter of the repository\'s own does nothing and is not required, a merge driver of its own is a clean conflict', () => {
    assert.deepEqual(Object.entries(driversOff(local('merge.m.driver', 'filter.f.clean'))).filter(([name]) => name.startsWith('GIT_CONFIG_VALUE')).map(([, value]) => value), ['', '', '', 'false', 'false']);
    assert.equal(driversOff(local('merge.m.driver'))['GIT_CONFIG_KEY_0'], 'merge.m.driver');
  });

  it('REQ-GIT-82 the configuration of filters is another one when a key, a value, a scope or the order of one is another, and for nothing else', () => {
    const [clean, smudge] = [entry('global', 'filter.a.clean', 'x'), entry('local', 'filter.a.smudge', 'y')];
    const all = [[clean, smudge], [smudge, clean], [clean], [clean, { ...smudge, value: 'z' }], [clean, { ...smudge, scope: 'global' }], [clean, { ...smudge, key: 'filter.b.smudge' }], [clean, smudge, entry('local', 'filter.b.required')]].map(filterFingerprint);
    assert.equal(new Set(all).size, all.length);
    assert.equal(filterFingerprint([entry('local', 'core.eol'), clean, entry('local', 'merge.filter.x'), smudge]), all[0]);
  });

  it('REQ-GIT-38 git is asked for the filters of byte paths; a path without one, or with one taken away, has none', async () => {
    const asked: unknown[] = [];
    const git = async ({ args, input }: Omit<GitCall, 'cwd'>) => {
      asked.push(args, Buffer.from(input ?? []).toString('latin1'));
      return { code: 0, stdout: Buffer.from('a\xff\0filter\0lfs\0b\0filter\0unspecified\0c\0filter\0unset\0d\0filter\0set\0e\nf\0filter\0git=crypt\0', 'latin1'), stderr: '', cut: false };
    };
    assert.deepEqual(await filtersOn(git, ['a\xff', 'b', 'c', 'd', 'e\nf']), new Map([['a\xff', 'lfs'], ['e\nf', 'git=crypt']]));
    assert.deepEqual(asked, [['check-attr', '-z', '--stdin', 'filter'], 'a\xff\0b\0c\0d\0e\nf\0']);
    assert.deepEqual(await filtersOn(async () => assert.fail('was asked about nothing'), []), new Map());
  });

  it('REQ-GIT-38 files under a filter that is not the person\'s own are refused, by its name and the first five of theirs', () => {
    const refusal = (found: readonly (readonly [string, string])[]): string => {
      try {
        refuseForeignFilters(new Map(found), new Set(['mine']));
        return '';
      } catch (error) {
        assert.ok(error instanceof GitError);
        assert.equal(error.reason, 'unsupported-filter');
        return error.message;
      }
    };
    assert.equal(refusal([['a', 'mine']]), '');
    assert.match(refusal([['a', 'mine'], ['b\xff', 'evil\xfe'], ['c', 'evil\xfe'], ['d', 'other']]), /the filter "evil\\xfe", "other", .*: b\\xff, c, d$/);
    const paths = ['1', '2', '3', '4', '5', '6', '7'];
    assert.match(refusal(paths.slice(0, 5).map((path) => [path, 'evil'])), /: 1, 2, 3, 4, 5$/);
    assert.match(refusal(paths.map((path) => [path, 'evil'])), /: 1, 2, 3, 4, 5 and 2 more$/);
  });
});
