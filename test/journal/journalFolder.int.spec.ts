/** specs/journal.md: names of files and folders, and journals read as plain files. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createJournal } from '../../src/journal/createJournal.ts';
import { evidenceFile, gateLogFile, journalFolder, logsFolder, makeFolder, queueFile, runFile, tasksIn } from '../../src/journal/journalFolder.ts';
import { readRunJournal, verifyJournal } from '../../src/journal/readJournal.ts';
import { JournalError } from '../../src/ports/journal.ts';
import { skipBecause } from '../support/skip.ts';
import { events, inFolder, recordingLog } from './support.ts';

/** Makes a folder read-only for one process. */
const readOnlyBy = 'bwrap';

describe('names of the journal', () => {
  it('REQ-JOURNAL-20 lays all it has below one folder of the repository', () => {
    const folder = journalFolder('/r/.git');
    assert.deepEqual([folder, queueFile(folder), runFile(folder, 't-1'), logsFolder(folder, 't-1'), evidenceFile(folder, 'ab')].map((path) => path.replaceAll('\\', '/')), [
      '/r/.git/treeline', '/r/.git/treeline/queue.jsonl', '/r/.git/treeline/runs/t-1.jsonl', '/r/.git/treeline/logs/t-1', '/r/.git/treeline/gates/evidence/ab.json.gz',
    ]);
  });

  it('REQ-JOURNAL-20 names no file for what is no task id', () => {
    for (const task of ['', '.', '..', '../t1', 'a/b', 'a\\b', 'T1', '-a', 'a.jsonl', 'a\n', 'x'.repeat(65)]) {
      const refused = { name: 'RangeError', message: `"${task}" is no task id` };
      assert.throws(() => runFile('/f', task), refused);
      assert.throws(() => logsFolder('/f', task), refused);
    }
    assert.equal(runFile('/f', 'x'.repeat(64)), join('/f/runs', `${'x'.repeat(64)}.jsonl`));
  });

  it('REQ-JOURNAL-20 finds what a gate printed by its address, wherever the repository was then, and nothing by another name', () => {
    const found = join('/f/gates/logs/t-1/a_b.log.gz');
    const addresses = ['/elsewhere/gates/logs/t-1/a_b.log.gz', 't-1/a_b.log.gz', 'a_b.log.gz', 't-1/a_b.log', 't-1/.log.gz', 't-1/.a.log.gz', '../a.log.gz', '/x/t 1/a.log.gz', '/x/t-1/a b.log.gz', '/x/t-1/a.log.gz.exe', ''];
    assert.deepEqual(addresses.map((address) => gateLogFile('/f', address)), [found, found, ...Array<null>(9).fill(null)]);
  });

  it('REQ-JOURNAL-20 lists as tasks what has a task id for a name and something in it', () => inFolder(async (folder) => {
    assert.deepEqual(await tasksIn(folder), []);
    await mkdir(join(folder, 'runs'));
    for (const name of ['t2.jsonl', 't1.jsonl', 'T3.jsonl', 't4.jsonl.corrupt-1', 't5.txt', 'tttttttt', '.jsonl']) await writeFile(join(folder, 'runs', name), 'x');
    await writeFile(join(folder, 'runs/t6.jsonl'), '');
    await symlink('nowhere', join(folder, 'runs/t7.jsonl'));
    assert.deepEqual(await tasksIn(folder), ['t1', 't2']);
  }));

  it('REQ-JOURNAL-13 names the folder that cannot be read or made', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'runs'), '');
    const naming = (path: string) => (error: unknown) => error instanceof JournalError && error.reason === 'unwritable' && error.message.startsWith(`the folder ${path} could not be `);
    await assert.rejects(tasksIn(folder), naming(join(folder, 'runs')));
    await assert.rejects(makeFolder(join(folder, 'runs/deeper')), naming(join(folder, 'runs/deeper')));
  }));

  it('REQ-JOURNAL-13 says of a disk that may only be read that it is one', async function readOnlyDisk() {
    await inFolder(async (folder) => {
      const program = `const { makeFolder } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/journal/journalFolder.ts'))}); await makeFolder(${JSON.stringify(join(folder, 'a/b'))}).catch((error) => console.log(error.reason, error.message));`;
      const { stdout, status } = spawnSync(readOnlyBy, ['--bind', '/', '/', '--dev', '/dev', '--ro-bind', folder, folder, process.execPath, '--input-type=module', '-e', program], { encoding: 'utf8' });
      if (status !== 0) skipBecause(this, 'bubblewrap, which makes a folder read-only, does not work here.');
      assert.equal(stdout.includes(`unwritable the folder ${join(folder, 'a/b')} could not be made: EROFS`), true, stdout);
    });
  });

  it('REQ-JOURNAL-07 makes a folder with those above it, for the user alone, and none that is there', () => inFolder(async (folder) => {
    for (let round = 0; round < 2; round += 1) await makeFolder(join(folder, 'a/b'));
    for (const path of ['a', 'a/b']) assert.equal((await stat(join(folder, path))).mode & 0o777, 0o700);
  }));
});

describe('journals read as files', () => {
  const written = async (folder: string): Promise<void> => {
    const journal = createJournal({ folder, epoch: 1, log: recordingLog() });
    const [run, queue] = [await journal.run('t1'), await journal.queue()];
    await run.append(events(2), 1);
    await queue.append([{ type: 'EntryWithdrawn', entry: 't1/merge#1' }], 1);
    await Promise.all([run.close(), queue.close()]);
  };

  it('REQ-JOURNAL-04 verifies a run\'s journal and the merge queue\'s, each by what may stand in it', () => inFolder(async (folder) => {
    assert.deepEqual([await verifyJournal(folder, 't1'), await verifyJournal(folder, null)], [null, null]);
    await written(folder);
    assert.deepEqual([await verifyJournal(folder, 't1'), await verifyJournal(folder, null)], [{ entries: 2, bad: null }, { entries: 1, bad: null }]);
    await appendFile(queueFile(folder), 'damage\n');
    assert.deepEqual(await verifyJournal(folder, null), { entries: 1, bad: { line: 2, why: 'the checksum does not fit the text' } });
  }));

  it('REQ-JOURNAL-04 names an unfinished last entry with its place and size, and reads what is before it', () => inFolder(async (folder) => {
    await written(folder);
    await appendFile(runFile(folder, 't1'), 'half');
    assert.deepEqual(await verifyJournal(folder, 't1'), { entries: 2, bad: { line: 3, why: 'the last entry is unfinished (4 bytes)' } });
    const { records, problem } = await readRunJournal(folder, 't1');
    assert.deepEqual([records.map(({ seq }) => seq), problem], [[1, 2], null]);
    await truncate(runFile(folder, 't1'), 0);
    assert.deepEqual(await verifyJournal(folder, 't1'), { entries: 0, bad: null });
  }));

  it('REQ-JOURNAL-13 passes on that a journal cannot be read, which is another thing than that there is none', () => inFolder(async (folder) => {
    await mkdir(runFile(folder, 't1'), { recursive: true });
    await assert.rejects(verifyJournal(folder, 't1'), { code: 'EISDIR' });
    await assert.rejects(readRunJournal(folder, 't1'), { code: 'EISDIR' });
    await assert.rejects(readRunJournal(folder, 't2'), { code: 'ENOENT' });
  }));
});
