/** Appends to a journal for ever, several at a time, and says each acknowledged seq on its standard output. For kill -9. */
import { writeSync } from 'node:fs';
import { createJournal } from '../../../src/journal/createJournal.ts';
import { acquireLock } from '../../../src/journal/lock.ts';
import { eventNumber, recordingLog } from '../support.ts';

const folder = process.argv[2] ?? '';
const lock = acquireLock(folder);
if (!lock) throw new Error('the lock is taken');
const stream = await createJournal({ folder, epoch: lock.epoch, log: recordingLog() }).run('t1');
for (;;) {
  const from = stream.records.length;
  const acknowledged = await Promise.all(Array.from({ length: 5 }, (_, index) => stream.append([eventNumber(from + index + 1)], lock.epoch)));
  for (const [record] of acknowledged) writeSync(1, `${record?.seq}\n`);
}
