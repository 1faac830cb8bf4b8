import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Recorded } from '../../src/core/event.ts';
import type { QueueEvent } from '../../src/core/queue.ts';
import { openMergeQueue } from '../../src/engine/mergeQueue.ts';
import type { Archive } from '../../src/ports/archive.ts';
import { handClock, quietLog } from '../agents/support.ts';

describe('the merge queue at work', () => {
  it('REQ-MOTOR-12 lets go of entries that no run wants any more, so that nobody stands behind them for ever', async () => {
    const binding = (commit: string) => ({ commit, base: 'tip', tree: `${commit}-tree`, evidence: 'e' });
    const queued = (task: string): QueueEvent => ({ type: 'EntryQueued', entry: `${task}/merge#1`, task, target: 'refs/heads/main', binding: binding(task) });
    const records: Recorded<QueueEvent>[] = [queued('gone'), queued('wanted')].map((event, index) => ({ seq: index + 1, epoch: 1, at: 1, event }));
    const written: string[] = [];
    const queue = openMergeQueue({
      stream: {
        records, close: () => Promise.resolve(),
        append: (events, at) => { written.push(...events.map((event) => `${event.type} ${event.entry}`)); return Promise.resolve(events.map((event, index) => ({ seq: records.length + index + 1, epoch: 2, at, event }))); },
      },
      archive: { land: ({ commit, tree }: Parameters<Archive['land']>[0]) => Promise.resolve({ kind: 'landed' as const, commit, tree }) } as unknown as Archive, clock: handClock(), log: quietLog, stillLandable: () => true,
    });
    const landed = queue.land({ id: 'wanted/merge#1', task: 'wanted', target: 'refs/heads/main', binding: binding('wanted') }, () => undefined, new AbortController().signal);
    await queue.forget((entry) => entry.task === 'wanted');
    assert.deepEqual([await landed, written], [{ kind: 'landed', commit: 'wanted', tree: 'wanted-tree' }, ['EntryWithdrawn gone/merge#1', 'EntryLanded wanted/merge#1']]);
    await queue.close();
  });
});
