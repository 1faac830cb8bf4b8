import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGit } from '../../src/git/runGit.ts';
import { refusalOf, repositoryWith, type TestRepository } from './support/repositories.ts';

describe('the one function that spawns git', () => {
  let repository: TestRepository;
  const script = (body: string): string => {
    const path = join(repository.ground, 'git');
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  beforeEach(() => { repository = repositoryWith({ 'a.txt': 'x\n' }); });
  afterEach(() => { repository.end(); });

  it('REQ-GIT-28 gives an empty stdin, the arguments as they are, and no environment but the allow-list', async () => {
    process.env['TREELINE_TEST_SECRET'] = 'secret';
    const git = createGit(script('wc -c; for last; do :; done; echo "$last"; env'), process.env);
    const { stdout } = await git({ args: ['x', '$(touch canary) \'"'], cwd: repository.ground });
    delete process.env['TREELINE_TEST_SECRET'];
    const [bytes, last, ...environment] = stdout.toString().split('\n');
    assert.deepEqual([bytes?.trim(), last], ['0', '$(touch canary) \'"']);
    assert.doesNotMatch(environment.join('\n'), /secret|TREELINE/);
    assert.equal(existsSync(join(repository.ground, 'canary')), false);
  });

  it('REQ-GIT-29 ends git at its time limit, at too much output, and when it is cancelled, also one that ignores the first asking', async () => {
    const stubborn = createGit(script('trap "" TERM; echo started; while :; do sleep 0.05; done'), process.env);
    assert.match((await refusalOf(stubborn({ args: ['x'], cwd: repository.ground, timeoutMs: 50 }))).message, /did not end within/);
    const controller = new AbortController();
    const cancelled = refusalOf(stubborn({ args: ['x'], cwd: repository.ground, signal: controller.signal }));
    controller.abort(new Error('enough'));
    assert.equal((await cancelled).reason, 'aborted');
    assert.equal((await refusalOf(stubborn({ args: ['x'], cwd: repository.ground, signal: controller.signal }))).reason, 'aborted');
    const { stdout, cut } = await createGit(script('yes'), process.env)({ args: ['x'], cwd: repository.ground, limit: 1_000 });
    assert.deepEqual([stdout.length, cut], [1_000, true]);
  });

  it('REQ-GIT-27 keeps git\'s own words', async () => {
    const git = createGit('git', process.env);
    const refused = await refusalOf(git({ args: ['cat-file', 'blob', 'nothing'], cwd: repository.path }));
    assert.deepEqual([refused.reason, refused.message], ['failed', 'git cat-file blob failed: fatal: Not a valid object name nothing']);
  });
});
