/** The list of bad input, as a client of the real engine meets it: what, why, what next; exit 2 or 6; nothing changed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TreelineError } from '../../src/client/treelineError.ts';
import { connectEngine } from '../../src/client/connectEngine.ts';
import { findRun, readRuns } from '../../src/client/readRuns.ts';
import type { Launch } from '../../src/protocol/messages.ts';
import { bundleTestEngine } from '../client/support/bundleTestEngine.ts';
import { isAlive, openGround } from '../client/support/ground.ts';
import type { Ground } from '../client/support/ground.ts';
import { until } from '../support/until.ts';
import { skipBecause } from '../support/skip.ts';
import { git, makeSample } from './support.ts';

const launch: Launch = {
  request: 'Do it', workflow: null, base: null, specs: [], agents: { implementer: ['demo'] }, budget: { usd: null, minutes: null }, yes: [], sandbox: null, trust: null, keys: {}, by: 'a person',
};

describe('bad input', function () {
  this.timeout(60_000);
  let program: { folder: string; bundle: string };
  let ground: Ground;
  before(async () => { program = await bundleTestEngine('src/app/engineMain.ts'); });
  after(() => rm(program.folder, { recursive: true }));
  beforeEach(async () => {
    ground = await openGround(program.bundle);
    await rm(ground.repository, { recursive: true });
    await mkdir(ground.repository);
  });
  afterEach(() => ground.close());

  /** Rejects with this code and exit, a message that has `words`, and a next step; gives it back. */
  async function refused(work: Promise<unknown>, code: string, exit: number, words: RegExp): Promise<void> {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof TreelineError, String(error));
      assert.deepEqual([error.code, error.exit], [code, exit], error.message);
      assert.match(error.message, words);
      assert.notEqual(error.next, '');
      return true;
    });
  }

  it('REQ-BAD-01 no folder, no repository, a pointer to nowhere', async () => {
    await refused(ground.connect({ directory: join(ground.folder, 'nowhere') }), 'no-folder', 2, /no folder/);
    await refused(ground.connect(), 'not-a-repository', 2, /no git repository/);
    await writeFile(join(ground.repository, '.git'), 'gitdir: ../gone\n');
    await refused(ground.connect(), 'not-a-repository', 2, /not there any more/);
    assert.deepEqual(await readdir(ground.repository), ['.git']);
  });

  it('REQ-BAD-02 a bare repository', async () => {
    git(ground.repository, 'init', '--quiet', '--bare');
    await refused(ground.connect(), 'bare-repository', 2, /bare/);
  });

  it('REQ-BAD-03 no commits, an unknown base', async () => {
    git(ground.repository, 'init', '--quiet', '--initial-branch=main');
    const client = await ground.connect();
    await refused(client.request('launch', launch), 'no-commits', 6, /commit/);
    await refused(client.request('inspect', { base: null }), 'no-commits', 6, /commit/);
    await makeSample(ground.repository);
    await refused(client.request('launch', { ...launch, base: '--output=x' }), 'unknown-base', 2, /--output=x/);
    assert.deepEqual([await client.request('list', {}), existsSync(join(ground.repository, 'x'))], [[], false]);
  });

  it('REQ-BAD-04 a broken project.yaml: every mistake with its line', async () => {
    await makeSample(ground.repository);
    await mkdir(join(ground.repository, '.treeline'));
    await writeFile(join(ground.repository, '.treeline/project.yaml'), 'setup: [1]\ngates:\n  - id: UNIT\n    run: ""\nsurprise: true\n');
    git(ground.repository, 'add', '--all');
    git(ground.repository, 'commit', '--quiet', '--message', 'Break it');
    const client = await ground.connect();
    await refused(client.request('launch', launch), 'invalid-file', 2, /line 1.*line 3.*line 5/s);
  });

  it('REQ-BAD-05 broken settings of the user: every mistake with its line', async () => {
    await makeSample(ground.repository);
    await mkdir(join(ground.folder, 'config/treeline'));
    await writeFile(join(ground.folder, 'config/treeline/settings.yaml'), 'sandbox:\n  mode: sometimes\nrun.maxParallelAgents: 99\nfancy: 1\n');
    const client = await ground.connect();
    await refused(client.request('launch', launch), 'invalid-file', 2, /line 2.*line 3.*line 4/s);
  });

  it('REQ-BAD-06 git missing or too old', async () => {
    await makeSample(ground.repository);
    const bin = join(ground.folder, 'bin');
    await mkdir(bin);
    await refused(ground.connect({ environment: { ...ground.environment, PATH: bin } }), 'git-missing', 6, /git/);
    await writeFile(join(bin, 'git'), '#!/bin/sh\necho git version 2.25.1\n');
    await chmod(join(bin, 'git'), 0o755);
    await refused(ground.connect({ environment: { ...ground.environment, PATH: `${bin}:/usr/bin:/bin` } }), 'git-too-old', 6, /2\.25.*2\.38/);
    assert.equal(ground.engineFile(), null);
  });

  it('REQ-BAD-07 a .git that cannot be written', async () => {
    await makeSample(ground.repository);
    await writeFile(ground.treeline, 'a file where the folder should be');
    await refused(ground.connect(), 'unwritable', 6, new RegExp(ground.treeline));
    assert.equal(await readFile(ground.treeline, 'utf8'), 'a file where the folder should be');
  });

  it('REQ-BAD-08 a corrupt journal line: the run is read only, the others go on', async () => {
    await makeSample(ground.repository);
    await mkdir(join(ground.treeline, 'runs'), { recursive: true });
    const path = join(ground.treeline, 'runs/0damaged.jsonl');
    await writeFile(path, '12345678 {"v":1,"seq":1}\n');
    const client = await ground.connect();
    await refused(client.request('show', { task: '0damaged' }), 'corrupt-journal', 6, /line 1/);
    await refused(client.request('act', { task: '0dam', act: { kind: 'cancel', by: 'a person' }, keys: {} }), 'corrupt-journal', 6, /line 1/);
    assert.equal(await readFile(path, 'utf8'), '12345678 {"v":1,"seq":1}\n');
    assert.ok((await readdir(join(ground.treeline, 'runs'))).some((name) => name.startsWith('0damaged.jsonl.corrupt-')));
    const found = await readRuns(ground.repository);
    assert.throws(() => findRun(found, '0damaged'), { code: 'corrupt-journal', exit: 6 });
    const { content } = await client.request('inspect', { base: null });
    const { task } = await client.request('launch', { ...launch, trust: content.hash });
    await client.request('act', { task, act: { kind: 'cancel', by: 'a person' }, keys: {} });
  });

  it('REQ-BAD-09 a full disk while journaling', async function () {
    await makeSample(ground.repository);
    await mkdir(ground.treeline);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', ground.treeline], { stdio: 'ignore' });
    } catch {
      skipBecause(this, 'no small file system can be mounted here (not root)');
    }
    try {
      const client = await ground.connect();
      const { content } = await client.request('inspect', { base: null });
      await refused(client.request('launch', { ...launch, trust: content.hash }), 'disk-full', 6, /1 MB/);
      assert.deepEqual([await client.request('list', {}), await readdir(join(ground.treeline, 'runs'))], [[], []]);
      await client.close();
    } finally {
      await endEngine(ground);
      execFileSync('umount', ['--lazy', ground.treeline]);
    }
  });

  it('REQ-BAD-10 an engine\'s program that is not there', async () => {
    await makeSample(ground.repository);
    await refused(connectEngine({ directory: ground.repository, engineBundle: join(ground.folder, 'engine.js'), clientName: 'test', version: '1', start: true, environment: ground.environment }), 'engine-failed', 6, /engine\.js/);
  });

  it('REQ-BAD-11 a storage folder that cannot be written', async () => {
    await makeSample(ground.repository);
    await rm(join(ground.folder, 'data'), { recursive: true });
    await writeFile(join(ground.folder, 'data'), '');
    await refused(ground.connect(), 'unwritable', 6, new RegExp(join(ground.folder, 'data')));
  });
});

async function endEngine(ground: Ground): Promise<void> {
  const left = ground.engineFile();
  if (left && isAlive(left.pid)) process.kill(left.pid, 'SIGTERM');
  await until('the engine to end', () => !left || !isAlive(left.pid));
}
