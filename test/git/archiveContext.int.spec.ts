import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attributesFirst, createContext, type ArchiveContext } from '../../src/git/archiveContext.ts';
import type { Turn } from '../../src/git/serialize.ts';
import type { GitCall } from '../../src/git/runGit.ts';
import { testClock, testLog } from './support/repositories.ts';

describe('the three ways to call git', () => {
  let ground: string;
  let common: string;
  let calls: GitCall[];
  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
    common = join(ground, 'project/.git');
    mkdirSync(common, { recursive: true });
    calls = [];
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  /** With a git that writes down how it is called, and says what it is given to say. */
  const create = (stdout = ''): Promise<ArchiveContext> => createContext({
    git: async (call) => { calls.push(call); return { code: 0, stdout: Buffer.from(stdout), stderr: '', cut: false }; }, clock: testClock(), log: testLog(),
    facts: { commonDir: common, gitDir: join(common, 'worktrees/w'), topLevel: join(ground, 'w'), config: [], author: { name: 'Ada', email: 'ada@example.org' } },
    inheritance: { commonDir: common, config: [{ scope: 'global', key: 'filter.own.clean', value: 'cat' }], exclude: '', attributes: '', infoAttributes: '' }, objects: join(ground, 'store'), objectFolders: [], worktreesRoot: join(ground, 'worktrees'),
  });
  const plumbing = (): string => join(common, 'treeline/git/plumbing');

  it('REQ-GIT-28 name the git dir each time: the person\'s own for refs, one of ours for objects, whatever the call adds', async () => {
    const context = await create();
    const own = { GIT_DIR: join(common, 'worktrees/w'), GIT_COMMON_DIR: common, GIT_WORK_TREE: join(ground, 'w') };
    const clean = { GIT_DIR: plumbing(), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull, GIT_ATTR_NOSYSTEM: '1', GIT_LFS_SKIP_SMUDGE: '1', GIT_OBJECT_DIRECTORY: join(ground, 'store') };
    for (const call of [{ args: ['a'], limit: 7 }, { args: ['b'], environment: { GIT_DIR: '/other', X: 'y' } }]) {
      await context.real(call);
      await context.plumbing(call);
    }
    assert.deepEqual(calls, [
      { args: ['a'], limit: 7, cwd: common, environment: { ...own, GIT_LFS_SKIP_SMUDGE: '1' } }, { args: ['a'], limit: 7, cwd: plumbing(), environment: clean },
      { args: ['b'], cwd: common, environment: { ...own, GIT_LFS_SKIP_SMUDGE: '1', GIT_DIR: '/other', X: 'y' } }, { args: ['b'], cwd: plumbing(), environment: { ...clean, GIT_DIR: '/other', X: 'y' } },
    ]);
    assert.equal(context.state, dirname(plumbing()));
    // Objects only: there are no files that a filter could be for.
    const config = readFileSync(join(plumbing(), 'config'), 'utf8');
    assert.deepEqual([config.includes('bare = "true"'), config.includes('filter')], [true, false]);
  });

  it('REQ-GIT-82 read the configuration as it is now', async () => {
    const context = await create('global\0filter.own.clean\ncat\0');
    assert.deepEqual([await context.configNow(), calls.map(({ cwd, environment }) => [cwd, environment?.['GIT_DIR']])], [[{ scope: 'global', key: 'filter.own.clean', value: 'cat' }], [[common, join(common, 'worktrees/w')]]]);
  });

  it('REQ-GIT-50 have a file that puts attributes first, for the person alone, and write it only when it is another', async () => {
    await create();
    const file = join(plumbing(), attributesFirst);
    assert.deepEqual([readFileSync(file, 'utf8'), statSync(dirname(plumbing())).mode & 0o777, existsSync(join(plumbing(), 'index')), readdirSync(plumbing()).includes('objects')], ['.gitattributes\n*/.gitattributes\n', 0o700, false, true]);
    utimesSync(file, 1_000, 1_000);
    await create();
    assert.equal(statSync(file).mtimeMs, 1_000_000);
    writeFileSync(file, 'cut');
    await create();
    assert.equal(readFileSync(file, 'utf8'), '.gitattributes\n*/.gitattributes\n');
  });

  it('REQ-VERIFY-05 work from a folder elsewhere where the repository cannot be written, and that one goes with the process', async () => {
    writeFileSync(join(common, 'treeline'), 'no folder');
    const before = process.listeners('exit');
    const context = await create();
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    await context.plumbing({ args: ['a'] });
    const folder = calls[0]?.cwd ?? '';
    try {
      assert.deepEqual([dirname(folder), calls[0]?.environment?.['GIT_DIR'], existsSync(join(folder, attributesFirst)), statSync(folder).mode & 0o777], [realpathSync(tmpdir()), folder, true, 0o700]);
      assert.match(folder, /\/treeline-git-[^/]+$/);
      for (const listener of added) listener(0);
      assert.deepEqual([added.length, existsSync(folder)], [1, false]);
    } finally {
      for (const listener of added) process.off('exit', listener);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('REQ-GIT-11 let one worktree be added at a time, four be filled, and one thing be done to each unit', async () => {
    const { turns } = await create();
    const atOnce = async (turn: Turn): Promise<number> => {
      const held = Promise.withResolvers<undefined>();
      let running = 0;
      const all = Array.from({ length: 6 }, () => turn(async () => { running += 1; await held.promise; }));
      await Promise.resolve();
      const seen = running;
      held.resolve(undefined);
      await Promise.all(all);
      return seen;
    };
    assert.deepEqual([await atOnce(turns.addWorktree), await atOnce(turns.checkOut), await atOnce(turns.of('t1/u')), turns.of('t1/u') === turns.of('t1/v')], [1, 4, 1, false]);
  });
});
