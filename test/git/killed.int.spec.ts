import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryWith, type TestRepository } from './support/repositories.ts';

const program = fileURLToPath(import.meta.resolve('./support/cycleProcess.ts'));

describe('a task whose process is killed', () => {
  let repository: TestRepository;
  const counter = () => join(repository.ground, 'calls');
  /** Git that kills whoever started it at the n-th call, before anything happens. */
  const deadlyGit = (at: number): string => {
    const path = join(repository.ground, 'git');
    writeFileSync(path, `#!/bin/sh\necho x >>${counter()}\nif [ "$(wc -l <${counter()})" -eq ${at} ]; then kill -9 $PPID; exit 1; fi\nexec git "$@"\n`);
    chmodSync(path, 0o755);
    writeFileSync(counter(), '');
    return path;
  };
  const run = (git: string) => spawnSync(process.execPath, [program, repository.path, git], { encoding: 'utf8' });
  const prepare = (): void => {
    repository = repositoryWith({ 'a.txt': 'one\n', '.gitignore': '*.env\n' });
    repository.git('branch', 'base');
    // The same ids each time: the start is made at a date of its own.
    repository.git('-c', 'user.name=A', 'commit', '--quiet', '--amend', '--no-edit', '--date=@1600000000 +0000');
    repository.git('branch', '--force', 'base');
  };
  afterEach(() => { repository.end(); });

  it('REQ-GIT-19 at a call of git comes to the same end when it is done again, with nothing left over', function killEverywhere() {
    this.timeout(300_000);
    prepare();
    const whole = run(deadlyGit(0));
    assert.equal(whole.status, 0, whole.stderr);
    const calls = readFileSync(counter(), 'utf8').length / 2;
    const tree = repository.git('rev-parse', 'main^{tree}');
    assert.ok(calls > 40, String(calls));
    for (let at = 9; at <= calls; at += 19) {
      repository.end();
      prepare();
      assert.equal(run(deadlyGit(at)).signal, 'SIGKILL');
      const again = run(deadlyGit(0));
      assert.equal(again.status, 0, `killed at ${at}: ${again.stderr}`);
      assert.deepEqual([repository.git('rev-parse', 'main^{tree}'), repository.git('rev-list', '--count', 'base..main'), repository.git('status', '--porcelain')], [tree, '1', ''], `killed at ${at}`);
      assert.deepEqual([repository.git('for-each-ref', '--format=%(refname)', 'refs/heads').split('\n'), repository.git('worktree', 'list').split('\n').length, existsSync(join(repository.ground, 'project.worktrees'))],
        [['refs/heads/base', 'refs/heads/main'], 1, false], `killed at ${at}`);
      repository.git('fsck', '--strict');
      assert.deepEqual(readdirSync(join(repository.path, '.git/treeline/git/tasks')), []);
    }
  });
});
