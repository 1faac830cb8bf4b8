import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Archive } from '../../src/ports/archive.ts';
import { refusalOf, repositoryWith, testLog, writeFiles, type TestRepository } from './support/repositories.ts';

const at = 1_700_000_000_999;

describe('the engine\'s commit of a worktree', () => {
  let repository: TestRepository;
  let start: string;
  let archive: Archive;
  let path: string;
  const commit = (message = 'Do it') => archive.commitWorktree({ task: 't1', unit: 'u', n: 1, parent: start, message, at });
  const setUp = async (files: Parameters<typeof repositoryWith>[0] = { 'a.txt': 'one\n', 'src/b.txt': 'two\n', '.gitignore': 'build/\n' }) => {
    repository = repositoryWith(files);
    start = repository.git('rev-parse', 'HEAD');
    ({ archive } = await repository.open());
    ({ path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false }));
  };
  afterEach(() => { repository.end(); });

  it('REQ-GIT-30 takes the tree as one commit on the start, the same for the same work, kept under a private ref, the worktree clean after it', async () => {
    await setUp();
    writeFiles(path, { 'a.txt': 'changed\n', 'src/b.txt': null, 'new/c.txt': 'three\n' });
    const made = await commit('Subject\n\nBody');
    assert.ok(made);
    assert.deepEqual([made.files, made.hidden], [['a.txt', 'new/c.txt', 'src/b.txt'], []]);
    assert.equal(repository.git('show', '-s', '--format=%an <%ae> %at %ct %P%n%B', made.commit), `Ada <ada@example.org> 1700000000 1700000000 ${start}\nSubject\n\nBody\n`.trimEnd());
    assert.equal(repository.git('rev-parse', 'refs/treeline/t1/attempts/u/1', 'treeline/t1/u'), `${made.commit}\n${made.commit}`);
    assert.equal(repository.gitIn(path, 'status', '--porcelain', '--branch'), '## treeline/t1/u');
    assert.equal((await commit('Subject\n\nBody'))?.commit, made.commit);
    repository.git('fsck', '--strict');
  });

  it('REQ-GIT-31 says null when nothing differs, and keeps nothing', async () => {
    await setUp();
    assert.deepEqual([await commit(), repository.git('for-each-ref', 'refs/treeline/')], [null, '']);
  });

  it('REQ-GIT-16 refuses a worktree that was never made, not made to its end, or is gone, and says which and what to do', async () => {
    await setUp();
    const refused = async (unit = 'u'): Promise<string> => {
      const { reason = '', message, next = '' } = await refusalOf(archive.commitWorktree({ task: 't1', unit, n: 1, parent: start, message: 'm', at }));
      assert.match(next, /made anew/);
      return `${reason}: ${message}`;
    };
    assert.equal(await refused('never'), 'failed: the worktree of never is gone, and what was not committed with it');
    const record = join(repository.path, '.git/treeline/git/tasks/t1/u/record.json');
    const text = readFileSync(record, 'utf8');
    writeFileSync(record, text.replace('"ready"', '"adding"'));
    assert.match(await refused(), /the worktree of u is gone/);
    writeFileSync(record, text);
    rmSync(path, { recursive: true });
    assert.equal(await refused(), `failed: the worktree of u is gone (${path}), and what was not committed with it`);
  });

  it('REQ-GIT-34 a submodule that an agent filled is listed beside what is ignored and nested, each once and in order; what it is at is not taken', async () => {
    repository = repositoryWith({ 'a.txt': 'one\n', '.gitignore': '*.log\n' });
    for (const name of ['filled', 'left']) repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.git('rev-parse', 'HEAD')},${name}`);
    repository.git('commit', '--quiet', '-m', 'Modules');
    start = repository.git('rev-parse', 'HEAD');
    ({ archive } = await repository.open());
    ({ path } = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false }));
    for (const name of ['filled', 'nested']) {
      mkdirSync(join(path, name), { recursive: true });
      repository.gitIn(join(path, name), 'init', '--quiet');
      repository.gitIn(join(path, name), 'commit', '--quiet', '--allow-empty', '-m', 'x');
    }
    writeFiles(path, { 'run.log': 'x\n', 'b\xff.log': 'x\n', 'a.txt': 'two\n' });
    const made = await commit();
    assert.deepEqual([made?.files, made?.hidden], [['a.txt'], ['b\\xff.log', 'filled/', 'nested/', 'run.log']]);
    assert.equal(made?.tree, repository.git('rev-parse', `${made?.commit}^{tree}`));
    assert.equal(repository.git('rev-parse', `${made?.commit}:filled`), repository.git('rev-parse', `${start}:filled`));
  });

  it('REQ-GIT-32 an agent\'s own commits, branches, tags, flags and excludes count for nothing (cases 15, 63)', async () => {
    const log = testLog();
    await setUp();
    ({ archive } = await repository.open({ log }));
    writeFiles(path, { 'a.txt': 'evil\n', 'hidden.txt': 'hidden\n', 'src/b.txt': 'flagged\n' });
    const inside = (...args: string[]): string => repository.gitIn(path, ...args);
    inside('commit', '--quiet', '--all', '-m', 'mine');
    const mine = inside('rev-parse', 'HEAD');
    inside('switch', '--quiet', '-c', 'other');
    writeFiles(path, { 'src/b.txt': 'flagged again\n' });
    inside('update-index', '--assume-unchanged', 'src/b.txt');
    inside('update-index', '--skip-worktree', 'a.txt');
    writeFileSync(join(repository.path, '.git/info/exclude'), 'hidden.txt\n');
    const made = await commit();
    assert.deepEqual(made?.files, ['a.txt', 'hidden.txt', 'src/b.txt']);
    assert.equal(repository.git('show', `${made?.commit}:src/b.txt`), 'flagged again');
    assert.equal(repository.git('rev-list', '--count', `${start}..${made?.commit}`), '1');
    assert.equal(inside('symbolic-ref', 'HEAD'), 'refs/heads/treeline/t1/u');
    assert.equal(repository.git('rev-parse', `refs/treeline/t1/foreign/u/${mine.slice(0, 12)}`), mine);
    assert.match(log.lines.join('\n'), /Something else committed in the worktree of u/);
  });

  it('REQ-GIT-33 ignored files are listed, never committed; excludes of the person count as they were at the start', async () => {
    await setUp();
    writeFileSync(join(repository.path, '.git/info/exclude'), '*.secret\n');
    ({ archive } = await repository.open());
    ({ path } = await archive.openWorktree({ task: 't1', unit: 'v', start, keep: false }));
    writeFiles(path, { 'key.secret': 'k\n', 'build/out.js': 'o\n', '.gitignore': 'build/\nhide.js\n', 'hide.js': 'evil\n', 'shown.js': 'ok\n' });
    const made = await archive.commitWorktree({ task: 't1', unit: 'v', n: 1, parent: start, message: 'm', at });
    assert.deepEqual([made?.files, made?.hidden], [['.gitignore', 'shown.js'], ['build/', 'hide.js', 'key.secret']]);
  });

  it('REQ-GIT-34 nested repositories are not taken and are listed, with or without commits; the run goes on (case 11)', async () => {
    await setUp({ 'a.txt': 'one\n', 'file': 'f\n' });
    const canary = join(repository.ground, 'canary');
    for (const name of ['nested', 'empty', 'deep/er', 'file']) {
      if (name === 'file') writeFiles(path, { file: null });
      mkdirSync(join(path, name), { recursive: true });
      repository.gitIn(join(path, name), 'init', '--quiet');
      repository.gitIn(join(path, name), 'config', 'core.fsmonitor', `touch ${canary}; false`);
      writeFiles(join(path, name), { 'inner.txt': 'x\n' });
      if (name !== 'empty') { repository.gitIn(join(path, name), '-c', 'core.fsmonitor=', 'add', '.'); repository.gitIn(join(path, name), '-c', 'core.fsmonitor=', 'commit', '--quiet', '-m', 'x'); }
    }
    writeFiles(path, { 'a.txt': 'two\n' });
    const made = await commit();
    assert.deepEqual([made?.files, made?.hidden], [['a.txt', 'file'], ['deep/er/', 'empty/', 'file/', 'nested/']]);
    assert.equal(repository.git('ls-tree', '-r', made?.commit ?? '').includes('160000'), false);
    assert.equal(existsSync(canary), false);
    assert.equal(readFileSync(join(path, 'nested/inner.txt'), 'utf8'), 'x\n');
  });

  it('REQ-GIT-35 names with any byte, and those that look like options or magic, come through exact (case 13)', async () => {
    await setUp();
    const names = ['line\nbreak', '"quoted"', '-rf', '--output=zz', ':(glob)x', 'inv\xffalid', 'bidi\u202e.txt', '$(touch x)', ' lead', 'tab\t'];
    writeFiles(path, Object.fromEntries(names.map((name) => [name, `of ${name.length}\n`])));
    const made = await commit();
    assert.ok(made);
    const expected = ['line\nbreak', '"quoted"', '-rf', '--output=zz', ':(glob)x', 'inv\\xffalid', 'bidi\u202e.txt', '$(touch x)', ' lead', 'tab\t'];
    assert.deepEqual([...made.files].sort(), expected.sort());
    assert.deepEqual((await archive.changes(start, made.commit)).map((file) => file.path).sort(), expected.sort());
    assert.equal(Buffer.from(await archive.readFile(made.commit, ':(glob)x') ?? []).toString(), 'of 8\n');
    assert.equal(Buffer.from(await archive.readFile(made.commit, 'inv\\xffalid') ?? []).toString(), 'of 8\n');
    assert.equal(existsSync(join(path, 'zz')), false);
  });

  it('REQ-GIT-36 line ends, marks, modes and links stay as they are (case 59)', async () => {
    await setUp({ 'crlf.txt': 'a\r\nb\r\n', 'mixed.txt': 'a\r\nb\n', 'bom.txt': '\ufeffa\n', 'open.txt': 'no end', 'run.sh': { text: '#!/bin/sh\n', mode: 0o755 }, 'link': { link: 'crlf.txt' } });
    assert.equal(await commit(), null);
    chmodSync(join(path, 'run.sh'), 0o644);
    writeFiles(path, { link: null, 'link2': { link: '../../outside' }, 'mixed.txt': 'a\r\nc\n' });
    const made = await commit();
    assert.deepEqual((await archive.changes(start, made?.commit ?? '')).map(({ path: name, status, marks }) => [name, status, marks]),
      [['link', 'deleted', ['symlink']], ['link2', 'added', ['symlink']], ['mixed.txt', 'modified', []], ['run.sh', 'modified', ['mode']]]);
    assert.equal(Buffer.from(await archive.readFile(made?.commit ?? '', 'mixed.txt') ?? []).toString(), 'a\r\nc\n');
    assert.equal(Buffer.from(await archive.readFile(made?.commit ?? '', 'link2') ?? []).toString(), '../../outside');
  });

  it('REQ-GIT-37 files become folders, folders become links, and back', async () => {
    await setUp({ 'a': 'file\n', 'd/x': 'x\n', 'd/y': 'y\n' });
    writeFiles(path, { a: null, d: null });
    writeFiles(path, { 'a/inner': 'in\n', d: { link: 'a' } });
    const made = await commit();
    assert.equal(repository.git('ls-tree', '-r', '--name-only', made?.commit ?? ''), 'a/inner\nd');
  });

  it('REQ-GIT-38 a changed path under a filter that is not the person\'s own stops the run; under their own it is applied', async () => {
    await setUp({ '.gitattributes': '*.up filter=upper\n*.lo filter=local\n', 'a.txt': 'x\n' });
    const canary = join(repository.ground, 'canary');
    repository.git('config', '--global', 'filter.upper.clean', 'tr a-z A-Z');
    repository.git('config', 'filter.local.clean', `touch ${canary}; cat`);
    ({ archive } = await repository.open());
    ({ path } = await archive.openWorktree({ task: 't1', unit: 'u2', start, keep: false }));
    writeFiles(path, { 'b.up': 'loud\n' });
    const made = await archive.commitWorktree({ task: 't1', unit: 'u2', n: 1, parent: start, message: 'm', at });
    assert.equal(repository.git('cat-file', 'blob', `${made?.commit}:b.up`), 'LOUD');
    writeFiles(path, { 'c.lo': 'x\n' });
    const refused = await refusalOf(archive.commitWorktree({ task: 't1', unit: 'u2', n: 2, parent: start, message: 'm', at }));
    assert.equal(refused.reason, 'unsupported-filter');
    assert.match(refused.message, /"local".*c\.lo/);
    assert.equal(existsSync(canary), false);
  });

  it('REQ-GIT-39 the author is Treeline where the person has named none', async () => {
    await setUp();
    repository.git('config', '--global', '--unset', 'user.email');
    ({ archive } = await repository.open());
    writeFiles(path, { 'a.txt': 'changed\n' });
    assert.equal(repository.git('show', '-s', '--format=%an <%ae>', (await commit())?.commit ?? ''), 'Treeline <treeline@localhost>');
  });
});
