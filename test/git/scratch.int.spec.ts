import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fingerprint, refusalOf, repositoryWith, writeFiles, type TestRepository } from './support/repositories.ts';

describe('scratch checkouts', () => {
  let repository: TestRepository;
  beforeEach(() => { repository = repositoryWith({ 'a.txt': 'one\n', 'dir/b.txt': 'two\n', '.gitignore': 'node_modules/\n*.log\n', 'package-lock.json': '{"packages":{"node_modules/x":{"version":"1.0.0"}}}' }); });
  afterEach(() => { repository.end(); });

  it('REQ-GIT-90 hold exactly the commit: nothing ignored or untracked, HEAD detached, a git of their own that reads the person\'s objects (case 20)', async () => {
    const commit = repository.git('rev-parse', 'HEAD');
    repository.commit({ 'a.txt': 'later\n' });
    repository.write({ 'untracked.txt': 'x\n', 'b.log': 'x\n', 'node_modules/x/index.js': 'x\n' });
    const { scratch } = await repository.open();
    const before = fingerprint(repository);
    const checkout = await scratch.open(commit);
    try {
      assert.deepEqual(readdirSync(checkout.path).sort(), ['.git', '.gitignore', 'a.txt', 'dir', 'package-lock.json']);
      assert.equal(readFileSync(join(checkout.path, 'a.txt'), 'utf8'), 'one\n');
      assert.deepEqual([checkout.path, join(checkout.path, '..')].map((path) => statSync(path).mode & 0o777), [0o700, 0o700]);
      assert.deepEqual(['user.name', 'user.email'].map((key) => repository.gitIn(checkout.path, 'config', key)), ['Treeline', 'treeline@localhost']);
      assert.equal(repository.gitIn(checkout.path, 'status', '--porcelain', '--branch'), '## HEAD (no branch)');
      assert.equal(repository.gitIn(checkout.path, 'log', '--format=%H'), commit);
      repository.gitIn(checkout.path, 'commit', '--quiet', '--allow-empty', '-m', 'in a suite');
      repository.gitIn(checkout.path, 'config', 'core.hooksPath', '/nowhere');
      assert.deepEqual(checkout.mounts, { readable: [join(repository.path, '.git/objects')], writable: [], bind: [] });
      assert.deepEqual(fingerprint(repository), before);
    } finally {
      await checkout.close();
    }
    assert.equal(existsSync(checkout.path), false);
    await checkout.close();
    for (const id of ['main', `x${commit}`, `${commit}x`, commit.slice(1)]) assert.deepEqual([(await refusalOf(scratch.open(id))).reason, (await refusalOf(scratch.open(id))).message], ['unknown-ref', `"${id}" is not a commit id`]);
  });

  it('REQ-GIT-94 that are discarded go while work goes on, whoever waits for them finds them gone, and what stays is said', async () => {
    const warned: string[] = [];
    const { scratch } = await repository.open({ log: { debug: () => undefined, info: () => undefined, warn: (text) => { warned.push(text); }, error: () => undefined } });
    const commit = repository.git('rev-parse', 'HEAD');
    const [one, other] = [await scratch.open(commit), await scratch.open(commit)];
    for (const checkout of [one, other]) scratch.discard(checkout);
    assert.equal(existsSync(one.path), true);
    await scratch.settled();
    assert.deepEqual([one, other].map(({ path }) => existsSync(path)), [false, false]);
    scratch.discard({ ...one, close: () => Promise.reject(new Error('busy')) });
    await scratch.settled();
    assert.deepEqual(warned, [`${one.path} could not be removed: Error: busy`]);
  });

  it('REQ-GIT-94 are not made faster than they go', async () => {
    const [{ scratch }, { scratch: unhindered }] = [await repository.open(), await repository.open()];
    const commit = repository.git('rev-parse', 'HEAD');
    const going: (() => void)[] = [];
    const checkout = await scratch.open(commit);
    for (let n = 0; n < 4; n += 1) scratch.discard({ ...checkout, close: () => new Promise((gone) => { going.push(gone); }) });
    const order: string[] = [];
    const next = scratch.open(commit).then((made) => { order.push('made'); return made; });
    // Begun later, and done: what is not held up would be, too.
    const [beside, besides] = [await unhindered.open(commit), await unhindered.open(commit)];
    order.push('one went');
    going[2]?.();
    const made = await next;
    assert.deepEqual(order, ['one went', 'made']);
    for (const gone of going) gone();
    await Promise.all([...[checkout, made, beside, besides].map((one) => one.close()), scratch.settled()]);
  });

  it('REQ-GIT-91 say what a run changed, whatever it did to git in there', async () => {
    const { scratch } = await repository.open();
    const checkout = await scratch.open(repository.git('rev-parse', 'HEAD'));
    try {
      assert.deepEqual(await checkout.changed(), { modified: [], added: [] });
      writeFiles(checkout.path, { 'a.txt': null, 'dir/b.txt': 'x\n', 'new.txt': 'n\n', 'run.log': 'ignored\n' });
      repository.gitIn(checkout.path, 'add', '--all');
      repository.gitIn(checkout.path, 'commit', '--quiet', '-m', 'hide it');
      assert.deepEqual(await checkout.changed(), { modified: ['a.txt', 'dir/b.txt'], added: ['new.txt'] });
      writeFileSync(join(checkout.path, '.git/config'), '[core]\n\tfsmonitor = touch /tmp/never\n');
      assert.equal((await checkout.changed()).added.length, 1);
    } finally {
      await checkout.close();
    }
  });

  it('REQ-GIT-92 get a copy of the installed dependencies only when the lock file is the commit\'s and the tree is of it', async () => {
    const commit = repository.git('rev-parse', 'HEAD');
    const { scratch } = await repository.open();
    const checkout = await scratch.open(commit);
    const copy = (folder = 'node_modules', lockFile = 'package-lock.json') => scratch.copyDependencies(checkout, commit, lockFile, folder);
    try {
      assert.equal(await copy(), null);
      repository.write({ 'node_modules/x/index.js': 'x\n', 'node_modules/.bin/x': { link: '../x/index.js' } });
      assert.equal(await copy(), null);
      repository.write({ 'node_modules/.package-lock.json': '{"packages":{"node_modules/x":{"version":"2.0.0"}}}' });
      assert.equal(await copy(), null);
      repository.write({ 'node_modules/.package-lock.json': '{"packages":{"node_modules/x":{"version":"1.0.0"}}}', 'package-lock.json': '{"packages":{}}' });
      assert.equal(await copy(), null);
      repository.git('checkout', '--quiet', '--', 'package-lock.json');
      assert.equal(await copy('../x'), null);
      assert.equal(await copy(), 'copied from the checkout (same package-lock.json)');
      writeFileSync(join(checkout.path, 'node_modules/x/index.js'), 'changed\n');
      assert.equal(readFileSync(join(repository.path, 'node_modules/x/index.js'), 'utf8'), 'x\n');
      assert.equal(readFileSync(join(checkout.path, 'node_modules/.bin/x'), 'utf8'), 'changed\n');
      assert.deepEqual(await checkout.changed(), { modified: [], added: [] });
    } finally {
      await checkout.close();
    }
  });

  it('REQ-GIT-92 what workspaces have for themselves comes along, where the lock file names it and the commit has the workspace', async () => {
    const at = { version: '1.0.0' };
    repository.commit({ 'package-lock.json': JSON.stringify({ packages: { 'node_modules/x': at, 'packages/a/node_modules/y': at, 'packages/gone/node_modules/y': at } }), 'packages/a/package.json': '{}' });
    const installed = JSON.stringify({ packages: { 'node_modules/x': at } });
    repository.write({ 'node_modules/.package-lock.json': installed, 'node_modules/x/index.js': 'x\n', 'packages/a/node_modules/y/index.js': 'y\n', 'packages/gone/node_modules/y/index.js': 'y\n', 'packages/other/node_modules/z/index.js': 'z\n' });
    const { scratch } = await repository.open();
    const commit = repository.git('rev-parse', 'HEAD');
    const checkout = await scratch.open(commit);
    try {
      assert.equal(await scratch.copyDependencies(checkout, commit, 'package-lock.json', 'node_modules'), 'copied from the checkout (same package-lock.json)');
      assert.deepEqual([await checkout.made?.(), await checkout.changed()], [['node_modules', 'packages/a/node_modules'], { modified: [], added: [] }]);
    } finally {
      await checkout.close();
    }
  });

  it('REQ-GIT-92 a worktree gets such a copy, too, keeps it for the next attempt, and does not count it as part of its tree', async () => {
    repository.commit({ '.gitignore': null });
    repository.write({ 'node_modules/x/index.js': 'x\n', 'node_modules/.package-lock.json': '{"packages":{"node_modules/x":{"version":"1.0.0"}}}' });
    const commit = repository.git('rev-parse', 'HEAD');
    const { scratch, archive } = await repository.open();
    const worktree = await archive.openWorktree({ task: 't1', unit: 'format', start: commit, keep: false });
    const copy = () => scratch.copyDependencies(worktree, commit, 'package-lock.json', 'node_modules');
    assert.deepEqual([await copy(), await copy()], ['copied from the checkout (same package-lock.json)', 'there already (same package-lock.json)']);
    const take = () => archive.commitWorktree({ task: 't1', unit: 'format', n: 1, parent: commit, message: 'Format', at: 0 });
    assert.equal(await take(), null);
    writeFiles(worktree.path, { 'a.txt': 'formatted\n' });
    assert.deepEqual((await take())?.files, ['a.txt']);
  });

  it('REQ-GIT-93 of a process that was killed are removed by the next one', async () => {
    await repository.open();
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const name = `treeline-scratch-${gone}-abc`;
    const folder = join(repository.ground, name);
    mkdirSync(join(repository.path, '.git/treeline/git/scratch'), { recursive: true });
    for (const [file, content] of [[name, folder], [`treeline-scratch-${process.pid}-abc`, repository.path], [`treeline-scratch-${gone}-def`, repository.path]] as const) writeFileSync(join(repository.path, '.git/treeline/git/scratch', file), content);
    mkdirSync(folder);
    await repository.open();
    assert.deepEqual([existsSync(folder), existsSync(repository.path)], [false, true]);
  });
});
