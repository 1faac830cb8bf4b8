import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAgentGitDir } from '../../src/git/agentGitDir.ts';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import type { WorktreeRecord } from '../../src/git/worktreeRecords.ts';

describe('the git dir that an agent\'s shell has', () => {
  let ground: string;
  let index: string;
  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
    index = join(ground, 'index');
    writeFileSync(index, 'entries');
  });
  afterEach(() => { rmSync(ground, { recursive: true, force: true }); });
  const folder = (): string => join(ground, 'state/tasks/t1/implement__u');
  const make = () => {
    const record: WorktreeRecord = { task: 't1', unit: 'implement/u', path: '/work/u', branch: 'refs/heads/treeline/t1/implement/u', phase: 'ready', head: 'c1', admin: '/admin', guarded: {} };
    mkdirSync(folder(), { recursive: true });
    const config = [{ scope: 'global', key: 'filter.mine.clean', value: 'cat' }];
    const context = { state: join(ground, 'state'), objectFolders: ['/o1', '/o2'], inheritance: { commonDir: join(ground, 'common'), config, exclude: '', attributes: '', infoAttributes: '' } } as unknown as ArchiveContext;
    return makeAgentGitDir(context, record, index);
  };
  const read = (name: string): string => readFileSync(join(folder(), name), 'utf8');

  it('REQ-GIT-41 lies beside the worktree, to be written; the pointer to it lies in the worktree, not to be written; of the person\'s only the objects are read', async () => {
    assert.deepEqual(await make(), {
      readable: ['/o1', '/o2'], writable: [],
      bind: [{ from: join(folder(), 'agent'), to: '/work/u.git', write: true }, { from: join(folder(), 'pointer'), to: '/work/u/.git', write: false }],
    });
    assert.deepEqual([read('pointer'), read('agent/objects/info/alternates')], ['gitdir: /work/u.git\n', '/o1\n/o2\n']);
  });

  it('REQ-GIT-40 is on the unit\'s branch at its commit, knows what the files are, and has the agent for its author', async () => {
    await make();
    assert.deepEqual([read('agent/HEAD'), read('agent/refs/heads/treeline/t1/implement/u'), read('agent/index')], ['ref: refs/heads/treeline/t1/implement/u\n', 'c1\n', 'entries']);
    assert.match(read('agent/config'), /bare = "false"[^]*name = "Treeline agent"[^]*email = "agent@localhost"/);
  });

  it('REQ-GIT-38 runs no filter, not even one of the person\'s own', async () => {
    await make();
    assert.doesNotMatch(read('agent/config'), /filter/);
  });

  it('REQ-GIT-40 is made anew for each attempt: nothing of the one before is left, with or without an index', async () => {
    await make();
    writeFileSync(join(folder(), 'agent/refs/heads/mine'), 'c2\n');
    rmSync(index);
    await make();
    assert.deepEqual(['agent/refs/heads/mine', 'agent/index', 'agent/HEAD'].map((name) => existsSync(join(folder(), name))), [false, false, true]);
  });
});
