import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytePath, pathText } from '../../src/git/bytePath.ts';
import { parseRaw } from '../../src/git/changes.ts';
import { gitDirConfigText, parseConfig } from '../../src/git/config.ts';
import { driversOff, foreignDrivers, personalFilterNames } from '../../src/git/drivers.ts';
import { failureOf } from '../../src/git/gitFailure.ts';
import { caseTwins, nameMarks, showHidden } from '../../src/git/marks.ts';
import { gitEnvironment } from '../../src/git/runGit.ts';
import { parseWorktreeList } from '../../src/git/worktreeList.ts';

describe('what git says, read', () => {
  it('REQ-GIT-35 every name in UTF-8 comes back, others are shown with their bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const whole = text.toWellFormed();
      assert.equal(pathText(bytePath(whole)), whole);
    }));
    assert.equal(pathText('a\xff\\b'), 'a\\xff\\\\b');
  });

  it('REQ-GIT-21 configuration by scope; drivers of the repository\'s own are told from the person\'s and switched off, `=` in a name or not', () => {
    const entries = parseConfig('global\0filter.lfs.clean\ngit-lfs clean\0local\0filter.lfs.clean\nevil\0local\0filter.a=b.process\nevil\0worktree\0merge.x.y.driver\nevil\0local\0core.bare\0system\0a.b\nc\nd\0');
    assert.deepEqual(entries.slice(-2), [{ scope: 'local', key: 'core.bare', value: 'true' }, { scope: 'system', key: 'a.b', value: 'c\nd' }]);
    assert.deepEqual([foreignDrivers(entries), [...personalFilterNames(entries)]], [{ filters: ['a=b', 'lfs'], merges: ['x.y'] }, ['lfs']]);
    const off = driversOff(entries);
    const pairs = Array.from({ length: Number(off['GIT_CONFIG_COUNT']) }, (_, at) => `${off[`GIT_CONFIG_KEY_${at}`]}=${off[`GIT_CONFIG_VALUE_${at}`]}`);
    assert.deepEqual(pairs, ['filter.a=b.clean=', 'filter.a=b.smudge=', 'filter.a=b.process=', 'filter.a=b.required=false', 'filter.lfs.clean=git-lfs clean', 'filter.lfs.smudge=', 'filter.lfs.process=', 'filter.lfs.required=false', 'merge.x.y.driver=false']);
    assert.deepEqual(driversOff([]), {});
  });

  it('REQ-GIT-21 a git dir of ours takes over only what cannot run anything', () => {
    const entries = parseConfig(['core.autocrlf\ninput', 'core.fsmonitor\nevil', 'core.hooksPath\nevil', 'core.filemode\nfalse', 'include.path\nevil', 'extensions.objectformat\nsha256'].map((pair) => `local\0${pair}\0`).join(''));
    const text = gitDirConfigText(entries, { bare: false, attributesFile: '/x "y"\\z', lfs: null, filters: [{ scope: 'global', key: 'filter.a"b.clean', value: 'c "d"' }], name: null, email: null });
    assert.doesNotMatch(text, /evil/);
    assert.match(text, /autocrlf = "input"[^]*filemode = "false"[^]*attributesfile = "\/x \\"y\\"\\\\z"[^]*objectformat = "sha256"[^]*\[filter "a\\"b"\]\n\tclean = "c \\"d\\""/);
  });

  it('REQ-GIT-53 raw entries and counts, renames among them', () => {
    const { raw, counts } = parseRaw([':100644 100755 aa bb M', 'x', ':100644 100644 cc cc R100', 'old', 'new', '1\t2\tx', '-\t-\t', 'old', 'new']);
    assert.deepEqual(raw, [{ letter: 'M', modes: ['100644', '100755'], blob: 'bb', path: 'x', previous: null }, { letter: 'R', modes: ['100644', '100644'], blob: 'cc', path: 'new', previous: 'old' }]);
    assert.deepEqual([...counts], [['x', { added: 1, removed: 2 }], ['new', { added: null, removed: null }]]);
  });

  it('REQ-GIT-16 the list of worktrees: detached, locked, gone', () => {
    assert.deepEqual(parseWorktreeList('worktree /a b\0HEAD 11\0branch refs/heads/main\0\0worktree /c\nd\0HEAD 22\0detached\0locked why\0prunable gone\0\0'), [
      { path: '/a b', branch: 'refs/heads/main', locked: false, prunable: false }, { path: '/c\nd', branch: null, locked: true, prunable: true },
    ]);
    assert.deepEqual(parseWorktreeList('worktree /a\0locked\0prunable\0\0'), [{ path: '/a', branch: null, locked: true, prunable: true }]);
  });

  it('REQ-GIT-27 failures have a reason and a next step', () => {
    const reasonOf = (stderr: string): string => failureOf('git x', { code: 128, stderr }, null).reason;
    assert.deepEqual(['error: unable to write file: No space left on device', 'error: insufficient permission for adding an object', 'fatal: Unable to create \'/x/index.lock\': File exists.', 'fatal: failed to read worktrees/x/commondir: Success',
      'fatal: not a git repository', 'fatal: something else', 'fatal: cannot lock ref \'refs/heads/x\': is at aa but expected bb'].map(reasonOf), ['disk-full', 'unwritable', 'locked', 'locked', 'not-a-repository', 'failed', 'failed']);
  });

  it('REQ-GIT-28 git sees nothing of our environment but an allow-list', () => {
    const environment = gitEnvironment({ PATH: '/bin', HOME: '/h', GIT_DIR: '/evil', GIT_CONFIG_COUNT: '1', ANTHROPIC_API_KEY: 'k', SSH_AUTH_SOCK: 's', LD_PRELOAD: 'x' });
    assert.deepEqual(Object.keys(environment).filter((name) => !name.startsWith('GIT_')).sort(), ['HOME', 'LC_ALL', 'PATH', 'SSH_ASKPASS']);
    assert.deepEqual([environment['GIT_DIR'], environment['GIT_CONFIG_COUNT']], [undefined, undefined]);
  });

  it('REQ-GIT-55 protected places are found in any case and form, and twins of one another', () => {
    const marked = (path: string): boolean => nameMarks(path).includes('protected');
    assert.deepEqual(['.GitHub/workflows/x.yml', 'PACKAGE.JSON', 'a/.npmrc', '.git', 'x/.gitmodules', 'Dockerfile.dev', '.VSCODE/tasks.json', 'x.code-workspace', 'AGENTS.md', '.treeline/project.yaml'].map(marked), Array.from({ length: 10 }, () => true));
    assert.deepEqual(['src/package.ts', 'github/x', 'docs/git.md', 'lib/hook.ts', '.zenflow/tasks/t1/plan.md', '.zenflow/worktrees/t1/spec.md'].map(marked), Array(6).fill(false));
    assert.deepEqual(['.zenflow/settings.json', '.zenflow/workflows/x.md', '.Zenflow/tasks'].map(marked), [true, true, true]);
    assert.deepEqual(['CON', 'a/aux.txt', 'x.', 'a:b', 'trail '].map((path) => nameMarks(path)), Array.from({ length: 5 }, () => ['unportable-name']));
    assert.deepEqual([...caseTwins(['a/B', 'a/b', 'c', 'e\u0301', 'é'])], ['a/B', 'a/b', 'e\u0301', 'é']);
  });

  it('REQ-GIT-52 characters that hide are named, an emoji and a line end are not', () => {
    assert.equal(showHidden('a\u200db 👩‍💻 \ud83c\udff3\ufe0f\u200d\ud83c\udf08\r\n\tx\u009b\u0000'), 'a<U+200D>b 👩‍💻 \ud83c\udff3\ufe0f\u200d\ud83c\udf08\r\n\tx<U+009B><U+0000>');
  });
});
