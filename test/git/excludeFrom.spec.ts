import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { excludeFrom } from '../../src/git/excludeFrom.ts';
import { writeRecord } from '../../src/git/worktreeRecords.ts';

describe('a folder that we brought into a checkout', () => {
  let ground: string;
  let context: ArchiveContext;
  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
    context = { state: join(ground, 'state') } as ArchiveContext;
  });
  afterEach(() => { rmSync(ground, { recursive: true, force: true }); });
  /** A git dir with exclude rules. */
  const gitDir = (name: string): string => {
    const exclude = join(ground, name, 'info/exclude');
    mkdirSync(join(exclude, '..'), { recursive: true });
    writeFileSync(exclude, 'theirs');
    return exclude;
  };
  const textOf = (path: string): string => readFileSync(path, 'utf8');

  it('REQ-GIT-92 is excluded from what a scratch checkout\'s own git sees and from what it is judged by, after the rules that are there', async () => {
    const files = [gitDir('scratch/judge'), gitDir('scratch/tree/.git')];
    await excludeFrom(context, join(ground, 'scratch/tree'), 'packages/a/node_modules');
    await excludeFrom(context, join(ground, 'scratch/tree'), 'vendor');
    assert.deepEqual(files.map(textOf), Array(2).fill('theirs\n/packages/a/node_modules/\n\n/vendor/\n'));
  });

  it('REQ-GIT-92 is excluded from what is taken of a worktree of ours, whose pointer to git stays as it is', async () => {
    const [taken, other] = [gitDir('state/tasks/t1/u/git'), gitDir('state/tasks/t1/v/git')];
    for (const unit of ['u', 'v']) await writeRecord(context, { task: 't1', unit, path: join(ground, unit), branch: 'refs/heads/x', phase: 'ready', head: 'c', admin: '/admin', guarded: {} });
    await excludeFrom(context, join(ground, 'u'), 'node_modules');
    assert.deepEqual([textOf(taken), textOf(other), existsSync(join(ground, 'u'))], ['theirs\n/node_modules/\n', 'theirs', false]);
  });

  it('REQ-GIT-92 is excluded by exactly its name, whatever that means in a rule', async () => {
    const [file] = [gitDir('scratch/judge'), gitDir('scratch/tree/.git')];
    await excludeFrom(context, join(ground, 'scratch/tree'), '#a*b?c[d]!e f\\g');
    assert.equal(textOf(file ?? ''), 'theirs\n/\\#a\\*b\\?c\\[d\\]\\!e\\ f\\\\g/\n');
  });
});
