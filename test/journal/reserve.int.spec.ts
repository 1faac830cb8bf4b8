/** specs/journal.md: the space that is held back, and what a failure of the system means. */
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOf, isDiskFull } from '../../src/journal/journalFailure.ts';
import { createReserve } from '../../src/journal/reserve.ts';
import { JournalError } from '../../src/ports/journal.ts';
import { inFolder } from './support.ts';

const megabyte = 1024 * 1024;
const failed = (code: unknown): Error => Object.assign(new Error(`${String(code)}: it failed`), { code });

describe('space held back', () => {
  it('REQ-JOURNAL-10 holds 1 MB back, that is there on disk and not only in name, for the user alone', () => inFolder(async (folder) => {
    await createReserve(folder).hold();
    const held = await readFile(join(folder, 'reserve'));
    assert.equal(held.length, megabyte);
    assert.ok(new Set(held).size > 200);
    assert.equal((await stat(join(folder, 'reserve'))).mode & 0o777, 0o600);
  }));

  it('REQ-JOURNAL-10 leaves the space alone that is held back already, and makes up for what is missing', () => inFolder(async (folder) => {
    const reserve = createReserve(folder);
    for (const [size, after] of [[megabyte + 1, megabyte + 1], [megabyte, megabyte], [megabyte - 1, megabyte], [0, megabyte]] as const) {
      const before = Buffer.alloc(size, 7);
      await writeFile(join(folder, 'reserve'), before);
      await reserve.hold();
      const held = await readFile(join(folder, 'reserve'));
      assert.deepEqual([held.length, held.equals(before)], [after, size >= megabyte]);
    }
  }));

  it('REQ-JOURNAL-10 says whether there was space to give, and gives it once', () => inFolder(async (folder) => {
    const reserve = createReserve(folder);
    assert.equal(await reserve.free(), false);
    await reserve.hold();
    assert.deepEqual([await reserve.free(), await readdir(folder), await reserve.free()], [true, [], false]);
  }));

  it('REQ-JOURNAL-11 says what could not be held back and where', () => inFolder(async (folder) => {
    await mkdir(join(folder, 'taken/reserve'), { recursive: true });
    for (const where of ['missing', 'taken']) {
      const of = join(folder, where);
      await assert.rejects(createReserve(of).hold(), (error: unknown) => error instanceof JournalError && error.reason === 'unwritable' && error.message.startsWith(`1 MB could not be held back for the journal in ${of}; free some disk space: E`));
    }
  }));
});

describe('failures of the system', () => {
  it('REQ-JOURNAL-10 knows a full disk and a full quota by the system\'s own code alone', () => {
    const errors = [failed('ENOSPC'), failed('EDQUOT'), failed('EIO'), failed(28), new Error('ENOSPC'), { code: 'ENOSPC' }, 'ENOSPC', null, undefined];
    assert.deepEqual(errors.map(isDiskFull), [true, true, ...Array<boolean>(7).fill(false)]);
  });

  it('REQ-JOURNAL-13 says what was tried, what the system said, and whether the disk is full', () => {
    const of = (error: unknown): unknown[] => {
      const { reason, message, cause } = failureOf(error, 'x could not be written');
      return [reason, message, cause === error];
    };
    assert.deepEqual([of(failed('EDQUOT')), of(failed('EACCES')), of('gone')], [
      ['disk-full', 'x could not be written: EDQUOT: it failed', true], ['unwritable', 'x could not be written: EACCES: it failed', true], ['unwritable', 'x could not be written: gone', true],
    ]);
    const own = new JournalError('closed', 'it is closed');
    assert.equal(failureOf(own, 'x could not be written'), own);
  });
});
