// The merge queue as data: who stands in it, who lands now, who hears that they wait. The process that works it off is in test/engine.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decideQueue, emptyQueue, evolveQueue, heldUp, queueEventSchema } from '../../src/core/queue.ts';
import type { QueueEvent, QueueState } from '../../src/core/queue.ts';

const bindingOf = (task: string) => ({ commit: `${task}-commit`, base: 'base', tree: `${task}-tree`, evidence: `${task}-evidence` });
const queued = (task: string, target = 'main'): QueueEvent => ({ type: 'EntryQueued', entry: `${task}/merge#1`, task, target, binding: bindingOf(task) });
const blocked = (task: string, ...reasons: string[]): QueueEvent => ({ type: 'EntryBlocked', entry: `${task}/merge#1`, reasons });
const landed = (task: string): QueueEvent => ({ type: 'EntryLanded', entry: `${task}/merge#1`, commit: 'done', tree: 'done-tree' });
const withdrawn = (task: string): QueueEvent => ({ type: 'EntryWithdrawn', entry: `${task}/merge#1` });
const queue = (...events: readonly QueueEvent[]): QueueState => events.reduce((state, event, index) => evolveQueue(state, { seq: index + 1, epoch: 1, at: index, event }), emptyQueue);
const line = (state: QueueState): string[] => state.entries.map((entry) => `${entry.task} ${entry.state.kind}`);
const now = (state: QueueState): string[] => decideQueue(state).map((entry) => entry.task);

describe('REQ-MOTOR-20 the merge queue', () => {
  it('keeps of each entry what lands and where, and how it ended', () => {
    const ends: readonly QueueEvent[] = [blocked('a', 'x is modified'), landed('a'), { type: 'EntryVoided', entry: 'a/merge#1', tip: 'tip', why: 'main moved' }, { type: 'EntryFailed', entry: 'a/merge#1', message: 'disk full' }, withdrawn('a')];
    const entry = { id: 'a/merge#1', task: 'a', target: 'main', binding: bindingOf('a') };
    assert.deepEqual([queue(), ...[[], ...ends.map((end) => [end])].map((end) => queue(queued('a'), ...end))], [{ entries: [] }, ...[
      { kind: 'queued' }, { kind: 'blocked', reasons: ['x is modified'] }, { kind: 'landed', commit: 'done', tree: 'done-tree' }, { kind: 'voided', tip: 'tip', why: 'main moved' }, { kind: 'failed', message: 'disk full' }, { kind: 'withdrawn' },
    ].map((state) => ({ entries: [{ ...entry, state }] }))]);
    // What the journal gives back is what was written.
    for (const event of [queued('a'), ...ends]) assert.deepEqual(queueEventSchema.parse(event), event);
  });

  it('lands one at a time on each target, in the order of arrival', () => {
    const state = queue(queued('a'), queued('b'), queued('c', 'next'), queued('d', 'next'));
    assert.deepEqual([now(state), now(queue(queued('a'), queued('b'), landed('a'))), now(queue(queued('a'), landed('a'))), now(queue())], [['a', 'c'], ['b'], [], []]);
  });

  it('tries a blocked one again in its place, and lets nobody past it', () => {
    assert.deepEqual(now(queue(queued('a'), queued('b'), blocked('a', 'x is modified'))), ['a']);
  });

  it('takes the same landing once, and does not open again what has ended', () => {
    const twice = queue(queued('a'), queued('b'), queued('a'));
    const after = queue(queued('a'), landed('a'), blocked('a', 'late'), withdrawn('a'), queued('a'));
    const blockedTwice = queue(queued('a'), blocked('a', 'one'), queued('a'));
    assert.deepEqual([line(twice), line(after), line(blockedTwice)], [['a queued', 'b queued'], ['a landed'], ['a blocked']]);
  });

  it('puts one that was withdrawn and asked for again at the end of the line, once', () => {
    const state = queue(queued('a'), queued('b'), withdrawn('a'), queued('a'));
    assert.deepEqual([line(state), now(state)], [['b queued', 'a queued'], ['b']]);
  });

  it('says to those behind a blocked landing what they wait for: on the same target, and only who does not say so yet', () => {
    const state = queue(queued('a'), queued('b'), queued('c', 'next'), queued('d', 'next'), queued('e'), queued('f'), blocked('a', 'x is modified', 'y is modified'), blocked('e', 'behind'), landed('f'));
    assert.deepEqual([heldUp(state), heldUp(queue(queued('a'), queued('b'))), heldUp(queue())], [[{ id: 'b/merge#1', reasons: ['behind task a in the merge queue', 'x is modified', 'y is modified'] }], [], []]);
  });
});
