/** specs/journal.md: what happens to the file when the world is not kind. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { encodeLine } from '../../src/journal/codec.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { openOnDisk } from '../../src/journal/journalFile.ts';
import type { OpenFile, WritableFile } from '../../src/journal/journalFile.ts';
import { readRunJournal, verifyJournal } from '../../src/journal/readJournal.ts';
import { JournalError } from '../../src/ports/journal.ts';
import { eventNumber, events, inFolder, recordingLog, strainedFile } from './support.ts';

const journalIn = (folder: string, epoch = 1, openFile = strainedFile({}).openFile, log = recordingLog()) => createJournal({ folder, epoch, log, openFile });

async function writeSome(folder: string, count: number): Promise<string> {
  const stream = await journalIn(folder).run('t1');
  await stream.append(events(count), 5);
  await stream.close();
  return join(folder, 'runs/t1.jsonl');
}

type Deed = 'open' | 'write' | 'truncate' | 'datasync';

/** A real file of which some deeds fail until it is mended, and that counts how often it is open. */
function failingFile(...deeds: readonly Deed[]): { readonly openFile: (path: string, syncing?: () => void) => Promise<WritableFile>; readonly mend: () => void; readonly left: () => number } {
  let [failing, left] = [new Set(deeds), 0];
  const fail = (deed: Deed): Promise<void> => (failing.has(deed) ? Promise.reject(Object.assign(new Error('EIO: it failed'), { code: 'EIO' })) : Promise.resolve());
  const openFile = async (path: string, syncing?: () => void): Promise<WritableFile> => {
    await fail('open');
    const file = await openOnDisk(path);
    left += 1;
    return {
      write: (...args) => fail('write').then(() => file.write(...args)),
      truncate: (length) => fail('truncate').then(() => file.truncate(length)),
      datasync: () => { syncing?.(); return fail('datasync').then(() => file.datasync()); },
      close: () => { left -= 1; return file.close(); },
    };
  };
  return { openFile, mend: () => { failing = new Set(); }, left: () => left };
}

describe('journal file', () => {
  it('REQ-JOURNAL-07 makes folders and files for the user alone', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 1);
    const mode = async (of: string): Promise<number> => (await stat(of)).mode & 0o777;
    assert.deepEqual([await mode(join(folder, 'runs')), await mode(path), await mode(join(folder, 'reserve'))], [0o700, 0o600, 0o600]);
  }));

  it('REQ-JOURNAL-08 lets many appends share a sync, and keeps their order', () => inFolder(async (folder) => {
    const strained = strainedFile({ shortest: 100 });
    const stream = await journalIn(folder, 1, strained.openFile).run('t1');
    const answers = await Promise.all(events(200).map((event) => stream.append([event], 1)));
    assert.deepEqual(answers.map(([record]) => record?.seq), Array.from({ length: 200 }, (_, index) => index + 1));
    assert.ok(strained.syncs() < 10, `${strained.syncs()} syncs`);
    await stream.close();
    assert.equal((await readRunJournal(folder, 't1')).records.length, 200);
  }));

  it('REQ-JOURNAL-02 cuts a torn tail at open, says so, and goes on', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 3);
    await truncate(path, (await stat(path)).size - 4);
    const log = recordingLog();
    const stream = await journalIn(folder, 2, undefined, log).run('t1');
    assert.equal(stream.records.length, 2);
    assert.match(log.lines.join('\n'), /unfinished entry .* was cut/);
    await stream.append([eventNumber(9)], 7);
    await stream.close();
    assert.deepEqual(await verifyJournal(folder, 't1'), { entries: 3, bad: null });
  }));

  it('REQ-JOURNAL-09 keeps a copy of a journal with damage before its end, and writes no further', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 3);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('implement#2', 'implement#5'));
    const before = await readFile(path, 'utf8');
    for (let round = 0; round < 2; round += 1) await assert.rejects(journalIn(folder, 2).run('t1'), (error: unknown) => error instanceof JournalError && error.reason === 'corrupt' && /line 2 .*corrupt-/.test(error.message));
    const copies = (await readdir(join(folder, 'runs'))).filter((name) => name.includes('.corrupt-'));
    assert.equal(copies.length, 1);
    assert.equal(await readFile(join(folder, 'runs', copies[0] ?? ''), 'utf8'), before);
    assert.equal(await readFile(path, 'utf8'), before);
    assert.deepEqual(await verifyJournal(folder, 't1'), { entries: 1, bad: { line: 2, why: 'the checksum does not fit the text' } });
    const { records, problem } = await readRunJournal(folder, 't1');
    assert.deepEqual([records.length, problem], [1, 'line 2: the checksum does not fit the text']);
  }));

  it('REQ-JOURNAL-05 leaves a journal of a newer version as it is', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 1);
    const line = `${crc32('{"v":2}').toString(16).padStart(8, '0')} {"v":2}\n`;
    await writeFile(path, line);
    await assert.rejects(journalIn(folder, 2).run('t1'), { reason: 'newer-version' });
    assert.deepEqual([await readFile(path, 'utf8'), (await readdir(join(folder, 'runs'))).length], [line, 1]);
  }));

  it('REQ-JOURNAL-10 writes down what happened from the space held back when the disk is full', () => inFolder(async (folder) => {
    let left = Infinity;
    const strained = strainedFile({ full: () => left-- <= 0 });
    const log = recordingLog();
    const stream = await journalIn(folder, 1, strained.openFile, log).run('t1');
    await stream.append([eventNumber(1)], 1);
    left = 0;
    const full = stream.append([eventNumber(2)], 2);
    await assert.rejects(full, (error: unknown) => error instanceof JournalError && error.reason === 'disk-full');
    assert.equal((await readRunJournal(folder, 't1')).records.length, 1);
    left = Infinity;
    await stream.append([eventNumber(2)], 3);
    await stream.close();
    assert.deepEqual((await readRunJournal(folder, 't1')).records.map((record) => record.at), [1, 3]);
    assert.match(log.lines.join('\n'), /space held back/);
    await assert.rejects(stat(join(folder, 'reserve')), { code: 'ENOENT' });
  }));

  it('REQ-JOURNAL-10 uses the space held back before it gives up', () => inFolder(async (folder) => {
    const writes: boolean[] = [];
    const strained = strainedFile({ full: () => { writes.push(true); return writes.length === 2; } });
    const stream = await journalIn(folder, 1, strained.openFile).run('t1');
    await stream.append([eventNumber(1)], 1);
    await stream.append([eventNumber(2)], 2);
    await stream.close();
    assert.deepEqual(await verifyJournal(folder, 't1'), { entries: 2, bad: null });
  }));

  it('REQ-JOURNAL-11 begins nothing new on a full disk, and leaves no file', () => inFolder(async (folder) => {
    const stream = await journalIn(folder, 1, strainedFile({ full: () => true }).openFile).run('t2');
    await assert.rejects(stream.append([eventNumber(1)], 1), { reason: 'disk-full' });
    assert.deepEqual([await readdir(join(folder, 'runs')), (await stat(join(folder, 'reserve'))).size], [[], 1024 * 1024]);
    assert.deepEqual(await journalIn(folder).tasks(), []);
  }));

  it('REQ-JOURNAL-12 writes no further after a sync that failed', () => inFolder(async (folder) => {
    let failing = false;
    const stream = await journalIn(folder, 1, strainedFile({ failSync: () => failing }).openFile).run('t1');
    await stream.append([eventNumber(1)], 1);
    failing = true;
    await assert.rejects(stream.append([eventNumber(2)], 2), { reason: 'unwritable' });
    failing = false;
    await assert.rejects(stream.append([eventNumber(3)], 3), { reason: 'unwritable' });
    await stream.close();
  }));

  it('REQ-JOURNAL-06 is not written by a leader that is older than its last entry', () => inFolder(async (folder) => {
    const stream = await journalIn(folder, 5).run('t1');
    await stream.append([eventNumber(1)], 1);
    await stream.close();
    await assert.rejects(journalIn(folder, 4).run('t1'), { reason: 'unwritable' });
  }));

  it('REQ-JOURNAL-01 lists tasks oldest first, without those that have no entry', () => inFolder(async (folder) => {
    const journal = journalIn(folder);
    for (const task of ['t3', 't1', 't2']) {
      const stream = await journal.run(task);
      if (task !== 't2') await stream.append([eventNumber(1)], 1);
      await stream.close();
    }
    await appendFile(join(folder, 'runs/t0.jsonl'), '');
    assert.deepEqual(await journal.tasks(), ['t1', 't3']);
  }));

  it('REQ-JOURNAL-13 names the path that cannot be written', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'runs'), 'a file where a folder should be');
    await assert.rejects(journalIn(folder).run('t1'), (error: unknown) => error instanceof JournalError && error.reason === 'unwritable' && error.message.includes(join(folder, 'runs')));
  }));

  it('REQ-JOURNAL-09 keeps another copy when the damage is another one of the same size', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 3);
    const text = await readFile(path, 'utf8');
    const damaged = ['implement#5', 'implement#6'].map((unit) => text.replace('implement#2', unit));
    for (const [at, name] of ['queue.jsonl', 't1.jsonl.other'].entries()) await writeFile(join(folder, 'runs', name), damaged[at] ?? '');
    for (const bytes of [...damaged, ...damaged]) {
      await writeFile(path, bytes);
      await assert.rejects(journalIn(folder, 2).run('t1'), (error: unknown) => {
        const copy = /A copy is kept as (.*); nothing/.exec(error instanceof Error ? error.message : '')?.[1] ?? '';
        return /[/\\]t1\.jsonl\.corrupt-\d{8}T\d{9}Z$/.test(copy) && readFileSync(copy, 'utf8') === bytes;
      });
    }
    assert.equal((await readdir(join(folder, 'runs'))).filter((name) => name.includes('.corrupt-')).length, 2);
  }));

  it('REQ-JOURNAL-06 says how many entries of a leader that was replaced are left out, and nothing of a journal in order', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 2);
    const log = recordingLog();
    const open: OpenFile = () => Promise.reject(new Error('there is nothing to write'));
    await (await journalIn(folder, 1, open, log).run('t1')).close();
    assert.deepEqual(log.lines, []);
    await appendFile(path, encodeLine({ seq: 1, epoch: 2, at: 1, event: eventNumber(1) }, null).text);
    const stream = await journalIn(folder, 2, open, log).run('t1');
    await stream.close();
    assert.deepEqual([stream.records.length, log.lines], [1, [`${path}: 2 entries of a leader that had been replaced are left out`]]);
  }));

  it('REQ-JOURNAL-13 names a journal that cannot be read', () => inFolder(async (folder) => {
    await mkdir(join(folder, 'runs/t1.jsonl'), { recursive: true });
    await assert.rejects(journalIn(folder).run('t1'), (error: unknown) => error instanceof JournalError && error.reason === 'unwritable' && error.message.startsWith(`${join(folder, 'runs/t1.jsonl')} could not be read: `));
  }));

  it('REQ-JOURNAL-02 opens no journal whose unfinished end cannot be cut off', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 1);
    await appendFile(path, 'half');
    const failing = failingFile('truncate');
    await assert.rejects(journalIn(folder, 2, failing.openFile).run('t1'), (error: unknown) => error instanceof JournalError && error.reason === 'unwritable' && error.message.startsWith(`the unfinished end of ${path} could not be cut: `));
    assert.equal(failing.left(), 0);
  }));

  it('REQ-JOURNAL-12 takes no further entry when an unfinished one could not be taken back', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 1);
    const failing = failingFile('write', 'truncate');
    const stream = await journalIn(folder, 1, failing.openFile).run('t1');
    await assert.rejects(stream.append([eventNumber(2)], 1), { reason: 'unwritable', message: `1 entries could not be written to ${path}: EIO: it failed` });
    failing.mend();
    await assert.rejects(stream.append([eventNumber(2)], 1), { reason: 'unwritable', message: `an unfinished entry could not be taken back from ${path}: EIO: it failed` });
    await stream.close();
    assert.deepEqual([failing.left(), await verifyJournal(folder, 't1')], [0, { entries: 1, bad: null }]);
  }));

  it('REQ-JOURNAL-10 leaves the space held back alone when something else fails, and goes on once it works', () => inFolder(async (folder) => {
    await writeSome(folder, 1);
    const failing = failingFile('write');
    const stream = await journalIn(folder, 1, failing.openFile).run('t1');
    await assert.rejects(stream.append([eventNumber(2)], 1), { reason: 'unwritable' });
    assert.equal((await stat(join(folder, 'reserve'))).size, 1024 * 1024);
    failing.mend();
    await stream.append([eventNumber(2)], 1);
    await stream.close();
    assert.deepEqual([failing.left(), await verifyJournal(folder, 't1')], [0, { entries: 2, bad: null }]);
  }));

  it('REQ-JOURNAL-13 says that a new journal could not be opened, leaves no file, and begins it once it can', () => inFolder(async (folder) => {
    for (const what of ['open', 'write'] as const) {
      const failing = failingFile(what);
      const stream = await journalIn(folder, 1, failing.openFile).run(what);
      assert.deepEqual(await stream.append([], 1), []);
      await assert.rejects(stream.append([eventNumber(1)], 1), { reason: 'unwritable', message: `1 entries could not be written to ${join(folder, 'runs', what)}.jsonl: EIO: it failed` });
      assert.deepEqual((await readdir(join(folder, 'runs'))).filter((name) => name.startsWith(what)), []);
      failing.mend();
      await stream.append([eventNumber(1)], 1);
      await stream.close();
      assert.deepEqual([failing.left(), await verifyJournal(folder, what)], [0, { entries: 1, bad: null }]);
    }
  }));

  it('REQ-JOURNAL-12 writes nothing of what waited while a sync failed', () => inFolder(async (folder) => {
    const path = await writeSome(folder, 1);
    const failing = failingFile('datasync');
    let waited: Promise<unknown> = Promise.resolve();
    const stream = await journalIn(folder, 1, (name) => failing.openFile(name, () => { waited = assert.rejects(stream.append([eventNumber(3)], 1), { reason: 'unwritable', message: /could not be brought to disk/ }); })).run('t1');
    await assert.rejects(stream.append([eventNumber(2)], 1), { reason: 'unwritable', message: `${path} could not be brought to disk; it is written no further until the engine starts again: EIO: it failed` });
    await waited;
    await stream.close();
    assert.equal((await readRunJournal(folder, 't1')).records.length, 2);
  }));
});
