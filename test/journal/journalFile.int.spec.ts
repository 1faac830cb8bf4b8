/** specs/journal.md: what happens to the file when the world is not kind. */
import assert from 'node:assert/strict';
import { appendFile, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createJournal } from '../../src/journal/createJournal.ts';
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
    assert.deepEqual(await readdir(join(folder, 'runs')), []);
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
});
