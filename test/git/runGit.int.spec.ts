import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit, hardenedSettings, type Git, type GitCall } from '../../src/git/runGit.ts';
import { until } from '../support/until.ts';
import { refusalOf } from './support/repositories.ts';

describe('the one function that spawns git', () => {
  let ground: string;
  let count = 0;
  /** Time enough to end by itself, little enough to wait for. */
  const graceMs = 200;
  /** A program in git's place. */
  const gitThat = (body: string): Git => {
    const path = join(ground, `git-${count += 1}`);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return createGit(path, process.env, graceMs);
  };
  const stubborn = 'trap "" TERM; echo started; while :; do sleep 0.05; done';
  /** What our process waits for. Mocha starts its own timer once a test has begun. */
  const timers = async (): Promise<number> => Promise.resolve().then(() => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);
  before(() => { ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-'))); });
  after(() => { rmSync(ground, { recursive: true, force: true }); });

  it('REQ-GIT-28 gives an empty stdin, the arguments as they are, and no environment but the allow-list', async () => {
    process.env['TREELINE_TEST_SECRET'] = 'secret';
    const git = gitThat('wc -c; for last; do :; done; echo "$last"; env');
    const { stdout } = await git({ args: ['x', '$(touch canary) \'"'], cwd: ground, environment: { GIT_DIR: '/d', GIT_PAGER: 'ours' } });
    delete process.env['TREELINE_TEST_SECRET'];
    const [bytes, last, ...environment] = stdout.toString().split('\n');
    assert.deepEqual([bytes?.trim(), last], ['0', '$(touch canary) \'"']);
    assert.doesNotMatch(environment.join('\n'), /secret|TREELINE/);
    assert.deepEqual(environment.filter((entry) => /^(GIT_DIR|GIT_PAGER|LC_ALL)=/.test(entry)).sort(), ['GIT_DIR=/d', 'GIT_PAGER=ours', 'LC_ALL=C']);
    assert.equal(existsSync(join(ground, 'canary')), false);
  });

  it('REQ-GIT-28 starts in the folder, with the hardened settings first and those of the call after them, and writes what is to be read', async () => {
    const git = gitThat('pwd; cat; echo; printf "%s\\n" "$@"');
    const said = async (settings: Pick<GitCall, 'settings'>): Promise<string[]> => (await git({ args: ['x', '--y'], cwd: ground, input: Buffer.from('in\0put'), ...settings })).stdout.toString().split('\n');
    const hardened = hardenedSettings.flatMap((setting) => ['-c', setting]);
    assert.deepEqual(await said({ settings: ['gc.auto=1', 'a.b=c d'] }), [ground, 'in\0put', ...hardened, '-c', 'gc.auto=1', '-c', 'a.b=c d', 'x', '--y', '']);
    assert.deepEqual(await said({}), [ground, 'in\0put', ...hardened, 'x', '--y', '']);
  });

  it('REQ-GIT-28 does not mind a git that reads nothing of what it is given', async () => {
    assert.equal((await gitThat('exec 0<&-; echo done')({ args: ['x'], cwd: ground, input: Buffer.alloc(4_000_000) })).stdout.toString(), 'done\n');
  });

  it('REQ-GIT-29 ends git at its time limit and when it is cancelled, also one that ignores the first asking', async () => {
    const before = await timers();
    const timedOut = await refusalOf(gitThat(stubborn)({ args: ['-q', 'merge', '--x', 'y', 'z'], cwd: ground, timeoutMs: 50 }));
    assert.deepEqual([timedOut.reason, timedOut.message], ['failed', 'git merge y did not end within 0 s']);
    const controller = new AbortController();
    const reason = new Error('enough');
    const cancelled = refusalOf(gitThat(stubborn)({ args: ['x'], cwd: ground, signal: controller.signal }));
    controller.abort(reason);
    const refused = await cancelled as Awaited<typeof cancelled> & { readonly cause?: unknown };
    assert.deepEqual([refused.reason, refused.message, refused.cause], ['aborted', 'git x was cancelled', reason]);
    const canary = join(ground, 'late');
    assert.equal((await refusalOf(gitThat(`touch ${canary}`)({ args: ['x'], cwd: ground, signal: controller.signal }))).reason, 'aborted');
    assert.equal(existsSync(canary), false);
    assert.ok(await timers() <= before);
  });

  it('REQ-GIT-29 of several causes the first counts', async () => {
    const [controller, ready] = [new AbortController(), join(ground, 'ready')];
    const cut = gitThat(`trap "" TERM; echo x; touch ${ready}; while :; do sleep 0.05; done`)({ args: ['x'], cwd: ground, limit: 0, signal: controller.signal });
    await until('git to say something', () => existsSync(ready));
    // What it said is read before this comes back.
    await new Promise((resolve) => { setImmediate(resolve); });
    controller.abort();
    assert.equal((await cut).cut, true);
  });

  it('REQ-GIT-29 lets git clean up when it is asked to end', async () => {
    const canary = join(ground, 'cleaned');
    const asked = await refusalOf(gitThat(`trap "touch ${canary}; exit 1" TERM; while :; do sleep 0.05; done`)({ args: ['x'], cwd: ground, timeoutMs: 100 }));
    assert.deepEqual([existsSync(canary), /did not end/.test(asked.message)], [true, true]);
  });

  it('REQ-GIT-29 cuts what is more than the limit, however little, and not what is as much', async () => {
    const cut = async (body: string, limit: number) => {
      const { stdout, cut: wasCut } = await gitThat(body)({ args: ['x'], cwd: ground, limit });
      return [stdout.toString(), wasCut];
    };
    // More than one reading of it, and it goes on after it was asked to end.
    const [long, wasCut] = await cut('trap "" TERM; yes', 100_001);
    assert.deepEqual([long, wasCut], ['y\n'.repeat(50_000).concat('y'), true]);
    assert.deepEqual(await Promise.all([cut('yes', 1_000), cut('yes', 0), cut('printf 1234', 4), cut('printf 12345', 4), cut(':', 0)]), [['y\n'.repeat(500), true], ['', true], ['1234', false], ['1234', true], ['', false]]);
  });

  it('REQ-GIT-29 does not wait for what outlives git and holds its output', async () => {
    for (const open of ['2>/dev/null', '>/dev/null']) {
      const { code, stdout } = await gitThat(`sleep 600 ${open} & echo $!`)({ args: ['x'], cwd: ground });
      process.kill(Number(stdout.toString()));
      assert.equal(code, 0);
    }
  });

  it('REQ-GIT-29 leaves nothing behind that waits for a git that has ended', async () => {
    const [before, { signal }] = [await timers(), new AbortController()];
    await gitThat(':')({ args: ['x'], cwd: ground, signal });
    await refusalOf(createGit('/nowhere/git', {})({ args: ['x'], cwd: ground, signal }));
    assert.ok(await timers() <= before);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  it('REQ-GIT-27 an exit code is a failure unless it is an answer, and so is an end by a signal', async () => {
    const git = gitThat('echo out; echo "fatal: größer" >&2; exit 3');
    const { code, stdout, stderr, cut } = await git({ args: ['x'], cwd: ground, accept: [0, 3] });
    assert.deepEqual([code, stdout.toString(), stderr, cut], [3, 'out\n', 'fatal: größer\n', false]);
    assert.match((await refusalOf(git({ args: ['x'], cwd: ground }))).message, /^git x failed: fatal: größer$/);
    assert.match((await refusalOf(git({ args: ['x'], cwd: ground, accept: [0, 1] }))).message, /größer/);
    assert.match((await refusalOf(gitThat('kill -KILL $$')({ args: ['x'], cwd: ground, accept: [0, 1] }))).message, /ended by SIGKILL/);
    assert.match((await refusalOf(gitThat(':')({ args: ['x'], cwd: ground, accept: [1] }))).message, /exit code 0/);
  });

  it('REQ-GIT-27 keeps git\'s own words, the first of them where they have no end', async () => {
    const refused = await refusalOf(createGit('git', process.env)({ args: ['cat-file', 'blob', 'nothing', '--x'], cwd: ground, environment: { GIT_DIR: ground } }));
    assert.match(refused.message, /^git cat-file blob failed: fatal: not a git repository/);
    const endless = await refusalOf(gitThat('echo first >&2; yes | head -c 2000000 >&2; exit 1')({ args: ['x'], cwd: ground })) as { readonly cause?: { readonly stderr: string } };
    const { stderr = '' } = endless.cause ?? {};
    assert.ok(stderr.startsWith('first\ny\n') && stderr.length < 500_000, String(stderr.length));
  });

  it('REQ-GIT-27 a git that is not there, or cannot be run, is told with what the system said', async () => {
    mkdirSync(join(ground, 'folder'));
    const refusals = await Promise.all(['/nowhere/git', join(ground, 'folder')].map((binary) => refusalOf(createGit(binary, {})({ args: ['x'], cwd: ground }))));
    assert.deepEqual(refusals.map((refused) => [refused.reason, (refused as { readonly cause?: NodeJS.ErrnoException }).cause?.code]), [['git-missing', 'ENOENT'], ['failed', 'EACCES']]);
    assert.match(refusals[1]?.message ?? '', /git x could not be started: .*EACCES/);
  });
});
