/** What the engine may rely on from any journal (ports/journal.ts). Each adapter passes it; so far there is one. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/core/event.ts';
import type { QueueEvent } from '../../src/core/queue.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { eventNumber, events, recordingLog } from '../journal/support.ts';

/** One memory that journals of several leaders are opened on, one after another. */
interface Memory { open(epoch: number): Journal<RunEvent, QueueEvent>; close(): Promise<void> }

async function onDisk(): Promise<Memory> {
  const folder = await mkdtemp(join(tmpdir(), 'tlc-'));
  return { open: (epoch) => createJournal({ folder, epoch, log: recordingLog() }), close: () => rm(folder, { recursive: true }) };
}

for (const [name, adapter] of [['on disk', onDisk]] as const) {
  describe(`journal contract: ${name}`, () => {
    let memory: Memory;
    beforeEach(async () => { memory = await adapter(); });
    afterEach(() => memory.close());

    it('REQ-JOURNAL-01 begins empty', async () => {
      const journal = memory.open(1);
      assert.deepEqual(await journal.tasks(), []);
      assert.deepEqual([(await journal.run('t1')).records, (await journal.queue()).records], [[], []]);
    });

    it('REQ-JOURNAL-01 gives what it acknowledged to the next leader, numbered from 1 and marked with the leader', async () => {
      const first = await memory.open(1).run('t1');
      const answers = [...await first.append(events(2), 10), ...await first.append([eventNumber(3)], 20)];
      assert.deepEqual(first.records, answers);
      await first.close();
      const second = await memory.open(2).run('t1');
      const [fourth] = await second.append([eventNumber(4)], 30);
      assert.deepEqual(second.records, [...answers, fourth]);
      assert.deepEqual(second.records.map(({ seq, epoch, at }) => ({ seq, epoch, at })), [{ seq: 1, epoch: 1, at: 10 }, { seq: 2, epoch: 1, at: 10 }, { seq: 3, epoch: 1, at: 20 }, { seq: 4, epoch: 2, at: 30 }]);
      await second.close();
    });

    it('REQ-JOURNAL-08 keeps the order of appends that were not waited for', async () => {
      const stream = await memory.open(1).run('t1');
      const answers = await Promise.all([stream.append(events(3), 1), stream.append([], 2), stream.append([eventNumber(4)], 3)]);
      assert.deepEqual(answers.map((records) => records.map((record) => record.seq)), [[1, 2, 3], [], [4]]);
      await stream.close();
    });

    it('REQ-JOURNAL-01 keeps streams apart', async () => {
      const journal = memory.open(1);
      const [run, other, queue] = [await journal.run('t1'), await journal.run('t2'), await journal.queue()];
      await Promise.all([run.append([eventNumber(1)], 1), other.append([eventNumber(2)], 1), queue.append([{ type: 'EntryWithdrawn', entry: 't1/merge#1' }], 1)]);
      assert.deepEqual([run, other, queue].map((stream) => stream.records.length), [1, 1, 1]);
      assert.deepEqual(await journal.tasks(), ['t1', 't2']);
      await Promise.all([run, other, queue].map((stream) => stream.close()));
    });

    it('REQ-JOURNAL-12 takes nothing after it was closed', async () => {
      const stream = await memory.open(1).run('t1');
      await stream.close();
      await assert.rejects(stream.append([eventNumber(1)], 1), { reason: 'closed' });
    });
  });
}
