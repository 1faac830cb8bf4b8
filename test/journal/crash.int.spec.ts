/** specs/journal.md: kill -9 of real processes: nothing acknowledged is lost, and there is one leader at a time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { acquireLock } from '../../src/journal/lock.ts';
import { readRunJournal, verifyJournal } from '../../src/journal/readJournal.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { inFolder, recordingLog } from './support.ts';

const run = (program: string, folder: string): ChildProcess => spawn(process.execPath, [join(import.meta.dirname, 'programs', program), folder], { stdio: ['pipe', 'pipe', 'inherit'] });

/** Kills the appender once it has acknowledged `count` entries; answers the last acknowledged seq. */
async function appendAndKill(folder: string, count: number): Promise<number> {
  const child = run('appender.ts', folder);
  let [last, seen] = [0, 0];
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    last = Number(line);
    if ((seen += 1) === count) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return last;
}

describe('journal and kill -9', () => {
  it('REQ-JOURNAL-14 loses no acknowledged entry in 10 rounds, and the next leader goes on at once', () => inFolder(async (folder) => {
    const epochs = new Set<number>();
    for (let round = 0; round < 10; round += 1) {
      const acknowledged = await appendAndKill(folder, 7 + round * 13);
      const { records, problem } = await readRunJournal(folder, 't1');
      assert.equal(problem, null);
      assert.ok(records.length >= acknowledged, `${records.length} of ${acknowledged}`);
      assert.ok(records.every((record, index) => record.seq === index + 1 && record.event.type === 'UnitLanded' && record.event.n === index + 1));
      epochs.add(records.at(-1)?.epoch ?? 0);
    }
    assert.equal(epochs.size, 10);
    const stream = await createJournal({ folder, epoch: Number.MAX_SAFE_INTEGER, log: recordingLog() }).run('t1');
    await stream.close();
    assert.equal((await verifyJournal(folder, 't1'))?.bad, null);
  })).timeout(60_000);

  it('REQ-JOURNAL-15 gives the lock to one of many at a time, and to the next as soon as that one is killed', () => inFolder(async (folder) => {
    const contenders = Array.from({ length: 4 }, () => run('contender.ts', folder));
    const readers = contenders.map((child) => createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]());
    const say = async (index: number): Promise<string> => String((await readers[index]?.next())?.value);
    await Promise.all(contenders.map((_, index) => say(index)));
    for (const child of contenders) child.stdin?.write('go\n');
    const answers = await Promise.all(contenders.map((_, index) => say(index)));
    const leader = answers.findIndex((answer) => answer !== 'locked');
    assert.deepEqual(answers.filter((answer) => answer === 'locked').length, 3, answers.join());
    assert.equal(acquireLock(folder), null);
    const killed = contenders[leader];
    killed?.kill('SIGKILL');
    if (killed) await once(killed, 'exit');
    const next = acquireLock(folder);
    assert.equal(next?.epoch, Number(answers[leader]) + 1);
    next?.release();
    await Promise.all(contenders.filter((child) => child !== killed).map((child) => { child.stdin?.end(); return once(child, 'exit'); }));
  })).timeout(30_000);

  it('REQ-JOURNAL-16 counts leaders on when the lock file was removed', () => inFolder(async (folder) => {
    const lock = acquireLock(folder);
    assert.ok((lock?.epoch ?? 0) > 1_000_000_000);
    lock?.release();
    const again = acquireLock(folder);
    assert.equal(again?.epoch, (lock?.epoch ?? 0) + 1);
    again?.release();
  }));
});
