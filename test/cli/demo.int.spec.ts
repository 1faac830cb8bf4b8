// The demo as a person calls it: nothing but the built programs, no key, no network.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openGround, lastView } from './support/ground.ts';
import type { Ground } from './support/ground.ts';
import { leftIn } from '../support/temporaryFiles.ts';

describe('treeline demo', () => {
  let ground: Ground;
  beforeEach(() => { ground = openGround(); });
  afterEach(() => ground.close());

  it('REQ-CLI-24: merges by itself with --yes, shows history and proof, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await ground.treeline(['demo', '--yes']);
    assert.equal(code, 0, stderr + stdout);
    assert.match(stdout, /^✓ {2}plan +demo\/anthropic {2}3 subtasks/m);
    assert.match(stdout, /^✗ {2}implement\/\S+ +gate \S+: rejected, new-failures \(\d+ of \d+ failed\)$/m);
    assert.match(stdout, /^↻ {2}implement\/\S+ +demo\/anthropic {2}repair 1 of 3$/m);
    assert.match(stdout, /^✓ {2}review +demo\/openai {2}\d+ findings?/m);
    assert.match(stdout, /^✓ {2}merge +onto main as [0-9a-f]{10}$/m);
    assert.match(stdout, /^git log of .*\n {2}[0-9a-f]{7,} .*\n {2}[0-9a-f]{7,} Keep bookmarks/m);
    assert.match(stdout, /Proven on exactly the tree that landed:\n {2}✓ gate unit: accepted \(\d+ passed\)/);
    assert.doesNotMatch(stdout, /\u001b/);
    assert.deepEqual(leftIn(join(ground.folder, 'tmp')), []);
  });

  it('REQ-CLI-06: prints one event per line and the run view last, with --json', async () => {
    const { code, stdout } = await ground.treeline(['demo', '--yes', '--keep', '--json']);
    assert.equal(code, 0);
    const view = lastView(stdout);
    assert.deepEqual([view.state, view.merge?.state, view.waiting], ['merged', 'merged', null]);
    const [kept] = leftIn(join(ground.folder, 'tmp'));
    const repository = join(ground.folder, 'tmp', kept ?? '', 'shelf');
    assert.equal(ground.git(repository, 'rev-parse', 'main').trim(), view.merge?.commit);
    assert.equal(ground.git(repository, 'status', '--porcelain'), '');
    assert.doesNotMatch(ground.git(repository, 'fsck', '--strict'), /error|missing/);
    assert.deepEqual(ground.git(repository, 'branch', '--format=%(refname:short)').trim().split('\n'), ['main']);
    assert.equal(ground.git(repository, 'worktree', 'list').trim().split('\n').length, 1);
  });

  it('REQ-CLI-24: without --yes it ends with 3 where nobody can be asked, and keeps the copy to go on with', async () => {
    const { code, stdout, stderr } = await ground.treeline(['demo']);
    assert.equal(code, 3, stderr);
    assert.match(stdout, /waits: the plan is ready to be approved/);
    const [, task, repository] = /treeline approve (\S+) --repo (\S+)/.exec(stdout) ?? [];
    assert.ok(task !== undefined && repository !== undefined && existsSync(repository));
    assert.match(stderr, /The copy stays at/);
    assert.equal((await ground.treeline(['approve', task, '--repo', repository])).code, 0);
  });

  it('REQ-CLI-24: --prepare makes the same repository every time, trusted, and says how to run its task', async () => {
    mkdirSync(join(ground.folder, 'empty'));
    const made = await Promise.all(['one', 'empty'].map((name) => ground.treeline(['demo', '--prepare', name])));
    const [first, second] = made.map(({ code, stdout }) => ({ code, ...(JSON.parse(stdout) as { schema: string; repository: string; commit: string; request: string; workflow: string }) }));
    assert.ok(first && second);
    assert.deepEqual([first.code, first.schema, first.repository, first.workflow], [0, 'treeline/prepared/1', join(ground.folder, 'one'), 'spec-and-build']);
    assert.equal(first.commit, second.commit);
    assert.equal(ground.git(first.repository, 'status', '--porcelain', '--branch').trim(), '## main');
    // No --trust: preparing was saying so.
    const run = await ground.treeline(['run', first.request, '--workflow', first.workflow, '--agent', 'implementer=demo', '--detach', '--repo', first.repository]);
    assert.equal(run.code, 0, run.stderr);
  });
});
