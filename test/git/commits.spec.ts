import assert from 'node:assert/strict';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';
import { writeCommit } from '../../src/git/commits.ts';
import type { GitCall } from '../../src/git/runGit.ts';

describe('commit objects', () => {
  /** What git is given for a commit. */
  const asked = async (request: Partial<Parameters<typeof writeCommit>[1]>): Promise<{ readonly args: readonly string[]; readonly message: string; readonly environment: Readonly<Record<string, string>> }> => {
    const calls: Pick<GitCall, 'args' | 'input' | 'environment'>[] = [];
    const context: Pick<ArchiveContext, 'facts' | 'plumbing'> = {
      facts: { commonDir: '/r/.git', gitDir: '/r/.git', topLevel: '/r', config: [], author: { name: 'Ada', email: 'ada@example.org' } },
      plumbing: async (call) => { calls.push(call); return { code: 0, stdout: Buffer.from('c0ffee\n'), stderr: '', cut: false }; },
    };
    assert.equal(await writeCommit(context, { tree: 'tree', parents: [], message: 'm', at: 0, ...request }), 'c0ffee');
    const [{ args, input, environment = {} } = assert.fail('git was not asked')] = calls;
    return { args, message: Buffer.from(input ?? []).toString(), environment };
  };

  it('REQ-GIT-30 have their parents in order, and the tree', async () => {
    assert.deepEqual((await asked({ parents: ['one', 'two'] })).args, ['commit-tree', '-p', 'one', '-p', 'two', '-F', '-', 'tree']);
    assert.deepEqual((await asked({})).args, ['commit-tree', '-F', '-', 'tree']);
  });

  it('REQ-GIT-30 have the same person and date for author and committer: the full second, in UTC, of the time that is given, and never one before 1970', async () => {
    const { environment } = await asked({ at: 1_700_000_000_999 });
    assert.deepEqual(environment, {
      GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_AUTHOR_DATE: '@1700000000 +0000', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org', GIT_COMMITTER_DATE: '@1700000000 +0000',
    });
    assert.deepEqual(await Promise.all([0, -5_000].map(async (at) => (await asked({ at })).environment['GIT_AUTHOR_DATE'])), ['@0 +0000', '@0 +0000']);
  });

  it('REQ-GIT-30 have a message that ends with one line end, holds no NUL and is never empty', async () => {
    assert.deepEqual(await Promise.all(['Subject\n\n  Body é\n\n \n', 'a\0b\0', ' lead', '\0 \n', ''].map(async (message) => (await asked({ message })).message)),
      ['Subject\n\n  Body é\n', 'ab\n', ' lead\n', 'Work of an agent\n', 'Work of an agent\n']);
  });
});
