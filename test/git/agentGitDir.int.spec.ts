import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worktree } from '../../src/ports/archive.ts';
import { skipBecause } from '../support/skip.ts';
import { fingerprint, repositoryWith, type TestRepository } from './support/repositories.ts';

const bubblewrap = 'bwrap';

/** Runs a script as an agent's shell would be: the worktree, what its mounts say, the system, and nothing else. */
function confined(worktree: Worktree, script: string): string {
  const system = ['/usr', '/bin', '/lib', '/lib64', '/etc'].flatMap((path) => ['--ro-bind-try', path, path]);
  const mounts = [...worktree.mounts.readable.flatMap((path) => ['--ro-bind', path, path]), '--bind', worktree.path, worktree.path,
    ...worktree.mounts.bind.flatMap(({ from, to, write }) => [write ? '--bind' : '--ro-bind', from, to])];
  const result = spawnSync(bubblewrap, ['--unshare-all', '--clearenv', '--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'HOME', '/tmp', ...system, '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', ...mounts,
    '--chdir', worktree.path, '--', 'bash', '--noprofile', '--norc', '-c', script], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
  return `${result.stdout}${result.stderr}`.trimEnd();
}

describe('git in an agent\'s confined shell', () => {
  let repository: TestRepository;
  before(function probe() {
    if (spawnSync(bubblewrap, ['--unshare-all', '--ro-bind', '/', '/', 'true']).status !== 0) skipBecause(this, 'bubblewrap does not work here');
  });
  beforeEach(() => { repository = repositoryWith({ 'a.txt': 'one\n', '.gitignore': '*.log\n' }); });
  afterEach(() => { repository.end(); });

  it('REQ-GIT-40 log, status, diff, commit and switch work; the real repository sees only changed files', async () => {
    const start = repository.git('rev-parse', 'HEAD');
    const { archive } = await repository.open();
    const worktree = await archive.openWorktree({ task: 't1', unit: 'implement/u', start, keep: false });
    const before = fingerprint(repository);
    const refs = repository.git('for-each-ref');
    const said = confined(worktree, [
      'git status --porcelain --branch', 'git log --format=%s', 'echo two >a.txt', 'git diff --stat | cat', 'git add a.txt && git commit --quiet -m "by the agent"', 'git log --format="%s by %an" -1',
      'git switch --quiet -c mine', 'git tag t', 'git status --porcelain', 'git config core.fsmonitor /evil',
    ].join('\n')).split('\n').map((line) => line.trim());
    assert.deepEqual(said, ['## treeline/t1/implement/u', 'Start', 'a.txt | 2 +-', '1 file changed, 1 insertion(+), 1 deletion(-)', 'by the agent by Treeline agent']);
    assert.deepEqual([fingerprint(repository), repository.git('for-each-ref')], [before, refs]);
    const made = await archive.commitWorktree({ task: 't1', unit: 'implement/u', n: 1, parent: start, message: 'Taken', at: 0 });
    assert.deepEqual(made?.files, ['a.txt']);
    const again = await archive.openWorktree({ task: 't1', unit: 'implement/u', start: made.commit, keep: false });
    assert.equal(confined(again, 'git status --porcelain --branch; git log --format=%s; git config core.fsmonitor'), '## treeline/t1/implement/u\nTaken\nStart');
  });

  it('REQ-GIT-41 nothing of the real git dir but its objects is there, and neither they nor the pointer can be written', async () => {
    const start = repository.git('rev-parse', 'HEAD');
    const { archive } = await repository.open();
    const worktree = await archive.openWorktree({ task: 't1', unit: 'u', start, keep: false });
    await archive.openWorktree({ task: 't1', unit: 'other', start, keep: false });
    const common = join(repository.path, '.git');
    const said = confined(worktree, [
      `ls ${common}`, `ls ${join(worktree.path, '..')}`, `echo x >${common}/objects/x`, 'echo gitdir: /x >.git', 'rm -f .git', `cat ${common}/config`, `cat ${common}/treeline/git/tasks/t1/u/record.json`, 'git remote -v', 'git branch --all',
    ].join('\n')).split('\n');
    assert.deepEqual(said.slice(0, 3), ['objects', 'u', 'u.git']);
    assert.deepEqual(said.filter((line) => line.includes('Read-only') || line.includes('busy') || line.includes('No such file')).length, 5);
    assert.equal(said.filter((line) => line.includes('treeline/t1/u') && line.startsWith('*')).length, 1);
    assert.ok(!said.some((line) => line.includes('main')));
    assert.deepEqual(readdirSync(join(worktree.path, '..')).sort(), ['other', 'u']);
  });
});
