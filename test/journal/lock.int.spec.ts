/** specs/journal.md: the lock, seen from one process; what becomes of it when processes are killed is in crash.int.spec.ts. */
import assert from 'node:assert/strict';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock } from '../../src/journal/lock.ts';
import { JournalError } from '../../src/ports/journal.ts';
import { inFolder } from './support.ts';

function refusal(folder: string): JournalError {
  try {
    acquireLock(folder)?.release();
  } catch (error) {
    if (error instanceof JournalError) return error;
    throw error;
  }
  throw new Error('the lock was given');
}

describe('the lock', () => {
  it('REQ-JOURNAL-15 is refused while it is held, as often as one asks, and free again when it is let go of', () => inFolder(async (folder) => {
    const held = acquireLock(folder);
    assert.ok(held);
    assert.deepEqual([acquireLock(folder), acquireLock(folder)], [null, null]);
    held.release();
    const next = acquireLock(folder);
    assert.equal(next?.epoch, held.epoch + 1);
    assert.equal(acquireLock(folder), null);
    next.release();
  }));

  it('REQ-JOURNAL-16 counts from the time of the day when there is no count, in seconds, so that a number of before is not given again', () => inFolder(async (folder) => {
    const seconds = Math.floor(Date.now() / 1000);
    const epochs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const lock = acquireLock(folder);
      epochs.push(lock?.epoch ?? 0);
      lock?.release();
    }
    const [first = 0, ...others] = epochs;
    assert.deepEqual(others, [first + 1, first + 2]);
    assert.ok(first > seconds && first < seconds * 2, `${first}`);
    await rm(join(folder, 'lock.db'));
    const anew = acquireLock(folder);
    assert.ok((anew?.epoch ?? 0) >= first);
    anew?.release();
  }));

  it('REQ-JOURNAL-07 lies in a file for the user alone', () => inFolder(async (folder) => {
    const lock = acquireLock(folder);
    assert.equal((await stat(join(folder, 'lock.db'))).mode & 0o777, 0o600);
    lock?.release();
  }));

  it('REQ-JOURNAL-15 says that a lock file that is no database may be removed', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'lock.db'), 'no database at all, but text. '.repeat(40));
    const { reason, message, cause } = refusal(folder);
    assert.deepEqual([reason, message.includes(`${join(folder, 'lock.db')} could not be taken: `), message.includes('remove it when no engine runs'), cause instanceof Error && message.includes(cause.message)], ['corrupt', true, true, true]);
  }));

  it('REQ-JOURNAL-13 names the lock file that cannot be written, and does not advise to remove it', () => inFolder(async (folder) => {
    await mkdir(join(folder, 'taken/lock.db'), { recursive: true });
    for (const where of ['missing', 'taken']) {
      const { reason, message } = refusal(join(folder, where));
      assert.deepEqual([reason, message.includes(join(folder, where, 'lock.db')), /[^ ]\.$/.test(message), message.includes('remove')], ['unwritable', true, true, false], message);
    }
  }));
});
