/** A person's checkout that is not clean neither stops a task nor is touched by it: landing waits, says why, and goes on by itself. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { RunView } from '../../src/protocol/runView.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { fingerprint, lastView, openGround } from '../cli/support/ground.ts';
import type { Ground } from '../cli/support/ground.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { until } from '../support/until.ts';

const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'sum.test.js': 'import { test } from "node:test";\ntest("adds", () => {});\n', 'lines.txt': 'one\n', 'mine.txt': 'mine\n', 'other.txt': 'other\n',
};

interface Dirt {
  readonly title: string;
  readonly make: (git: (...words: string[]) => string, at: (name: string) => string) => void;
  readonly reasons: readonly RegExp[];
  readonly clean: Dirt['make'];
}

const dirts: readonly Dirt[] = [
  {
    title: 'has a changed file, a staged one, and an untracked one in the way',
    make: (git, at) => {
      writeFileSync(at('mine.txt'), 'mine, changed\n');
      writeFileSync(at('other.txt'), 'other, staged\n');
      git('add', 'other.txt');
      writeFileSync(at('new.txt'), 'the person wrote this\n');
    },
    reasons: [/changes that are not committed: .*mine\.txt/, /other\.txt/, /does? not track would be overwritten: new\.txt/],
    clean: (git, at) => {
      rmSync(at('new.txt'));
      git('stash', '--quiet');
    },
  },
  { title: 'is on no branch', make: (git) => { git('checkout', '--quiet', '--detach'); }, reasons: [/HEAD is detached .*git switch main/], clean: (git) => { git('switch', '--quiet', 'main'); } },
  {
    title: 'is in a rebase',
    make: (git, at) => {
      git('switch', '--quiet', '--create', 'topic', 'main');
      writeFileSync(at('mine.txt'), 'topic\n');
      git('commit', '--quiet', '--all', '--message', 'topic');
      git('switch', '--quiet', 'main');
      git('-c', 'core.editor=true', '-c', 'sequence.editor=printf "break\\n" >', 'rebase', '--interactive', 'topic');
    },
    reasons: [/a rebase is in progress .*--abort/],
    clean: (git) => { git('rebase', '--abort'); },
  },
];

describe('a landing while the person\'s checkout', function () {
  this.timeout(60_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;

  beforeEach(async () => {
    ground = openGround();
    repository = ground.repository('sums', project);
    server = await startModelServer(({ calls }) => [
      call('write_file', { path: 'lines.txt', content: 'changed\n' }), call('write_file', { path: 'new.txt', content: 'new\n' }), call('finish', { summary: 'done' }),
    ][Math.min(calls.length, 2)] ?? { kind: 'status', status: 500 });
  });
  afterEach(async () => {
    await server.close();
    await ground.close();
  });

  const git = (...words: string[]): string => ground.git(repository, ...words);
  const at = (name: string): string => join(repository, name);
  const status = (): string => git('status', '--porcelain=v2', '--branch');

  async function run(...more: string[]): Promise<{ code: number | null; view: RunView }> {
    const { code, stdout, stderr } = await ground.treeline(['run', 'change it', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--yes', '--repo', repository, '--json', ...more], {
      environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' },
    });
    assert.ok(code === 0 || code === 3, stdout + stderr);
    return { code, view: lastView(stdout) };
  }

  for (const dirt of dirts) {
    it(`${dirt.title}: waits with the reasons, touches nothing, and lands by itself afterwards`, async () => {
      const main = git('rev-parse', 'main');
      dirt.make(git, at);
      const before = { status: status(), files: checkoutOf(repository) };
      const { code, view } = await run('--base', 'main');
      assert.deepEqual([code, view.state, view.waiting?.for, view.merge?.state, git('rev-parse', 'main')], [3, 'waiting', 'clean-checkout', 'waiting', main]);
      for (const reason of dirt.reasons) assert.match(view.waiting?.why ?? '', reason);
      assert.deepEqual({ status: status(), files: checkoutOf(repository) }, before);
      dirt.clean(git, at);
      await until('the landing', async () => runViewSchema.parse(JSON.parse((await ground.treeline(['show', view.task, '--repo', repository, '--json'])).stdout)).state, (state) => state === 'merged');
      const watched = await ground.treeline(['watch', view.task, '--repo', repository, '--json']);
      assert.deepEqual([watched.code, lastView(watched.stdout).state], [0, 'merged'], watched.stderr);
      assert.deepEqual([git('log', '--format=%s', 'main'), readFileSync(at('lines.txt'), 'utf8'), readFileSync(at('new.txt'), 'utf8'), git('status', '--porcelain')], ['change it\nfirst\n', 'changed\n', 'new\n', '']);
    });
  }

  for (const engine of ['still runs', 'has ended']) {
    it(`was not clean until a moment ago, while the engine ${engine}: REQ-CLI-32 watch stays for the landing`, async () => {
      writeFileSync(at('mine.txt'), 'mine, changed\n');
      const { code, view } = await run();
      assert.deepEqual([code, view.waiting?.for], [3, 'clean-checkout']);
      if (engine === 'has ended') await until('the engine to end', () => !existsSync(join(repository, '.git/treeline/engine.json')));
      git('stash', '--quiet');
      const watched = await ground.treeline(['watch', view.task, '--repo', repository, '--json']);
      assert.deepEqual([watched.code, lastView(watched.stdout).state], [0, 'merged'], watched.stderr);
    });
  }

  it('is on another branch, and not clean: the target moves by compare-and-swap, the checkout is not touched', async () => {
    git('switch', '--quiet', '--create', 'topic');
    writeFileSync(at('mine.txt'), 'mine, changed\n');
    writeFileSync(at('new.txt'), 'the person wrote this\n');
    git('add', 'mine.txt');
    const before = { status: status(), files: checkoutOf(repository), topic: git('rev-parse', 'topic') };
    const { code, view } = await run('--base', 'main');
    assert.deepEqual([code, view.state, git('log', '--format=%s', 'main'), git('show', 'main:new.txt')], [0, 'merged', 'change it\nfirst\n', 'new\n']);
    assert.deepEqual({ status: status(), files: checkoutOf(repository), topic: git('rev-parse', 'topic') }, before);
    assert.match(git('reflog', 'show', 'main'), /^[^\n]+main@\{0\}/);
  });

  it('stops a second task, too: it stands behind the first in the queue, says so and ends with 3, and both land by themselves afterwards', async () => {
    writeFileSync(at('mine.txt'), 'mine, changed\n');
    const first = await run();
    const second = await run();
    assert.deepEqual([second.code, second.view.state, second.view.waiting?.for], [3, 'waiting', 'clean-checkout']);
    assert.match(second.view.waiting?.why ?? '', new RegExp(`behind task ${first.view.task} in the merge queue; .*mine\\.txt`));
    git('stash', '--quiet');
    const ended = async (task: string): Promise<string> => runViewSchema.parse(JSON.parse((await ground.treeline(['show', task, '--repo', repository, '--json'])).stdout)).state;
    await until('the first landing', () => ended(first.view.task), (state) => state === 'merged');
    // Both wrote the same: nothing is left for the second to change.
    await until('the end of the second', () => ended(second.view.task), (state) => state !== 'waiting' && state !== 'running');
  });

  it('has uncommitted work that nothing lands on: it stays as it is when it has been committed, and the task is proven anew on it', async () => {
    writeFileSync(at('mine.txt'), 'mine, changed\n');
    const { code, view } = await run();
    assert.deepEqual([code, view.waiting?.for], [3, 'clean-checkout']);
    git('commit', '--quiet', '--all', '--message', 'my own work');
    await until('the landing', () => git('log', '--format=%s', 'main'), (log) => log === 'change it\nmy own work\nfirst\n');
    const watched = await ground.treeline(['watch', view.task, '--repo', repository, '--json']);
    const merged = lastView(watched.stdout);
    assert.deepEqual([watched.code, merged.state, merged.evidence?.tree, readFileSync(at('mine.txt'), 'utf8')], [0, 'merged', git('rev-parse', 'main^{tree}').trim(), 'mine, changed\n']);
    assert.equal(existsSync(`${repository}.worktrees`), false);
  });
});

/** Everything in the checkout but git's own folder. */
function checkoutOf(repository: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fingerprint(repository)).filter(([path]) => path !== '.git' && !path.startsWith('.git/')));
}
