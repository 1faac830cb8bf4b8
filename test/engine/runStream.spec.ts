// One run as the engine holds it, over a disk that answers when it is told to.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { accept } from '../../src/core/accept.ts';
import type { Recorded, RunEvent } from '../../src/core/event.ts';
import type { RunState } from '../../src/core/state.ts';
import { openRunStream } from '../../src/engine/runStream.ts';
import { JournalError } from '../../src/ports/journal.ts';
import type { Clock } from '../../src/ports/system.ts';
import { accepted, startedAttempt } from '../support/given.ts';

type Change = (state: RunState | undefined) => readonly RunEvent[];

describe('changes of a run that come while the disk is at work', () => {
  it('REQ-MOTOR-11 share the next write, each decided on what those before it leave, and are heard of afterwards', async () => {
    const disk = slowDisk();
    const heard: string[] = [];
    const run = openRunStream(disk.stream, clock, (records, state) => { heard.push(`${records.map(({ event }) => event.type).join(' ')} (${state.seq})`); }, assert.fail);
    const first = run.mutate(() => [accepted()]);
    await disk.asked();
    const [second, third] = [run.mutate(() => [startedAttempt('plan')]), run.mutate(cancelled)];
    const tooLate = run.mutate(cancelled);
    assert.deepEqual([heard, run.state()], [[], undefined]);
    disk.succeed();
    await first;
    await disk.asked();
    assert.deepEqual([heard, run.state()?.seq], [['TaskAccepted (1)'], 1]);
    disk.succeed();
    const records = await Promise.all([second, third, tooLate]);
    assert.deepEqual(records.map((own) => own.map(({ seq, event }) => `${seq} ${event.type}`)), [['2 AttemptStarted'], ['3 TaskCancelled'], []]);
    assert.deepEqual([heard, disk.writes], [['TaskAccepted (1)', 'AttemptStarted TaskCancelled (3)'], [['TaskAccepted'], ['AttemptStarted', 'TaskCancelled']]]);
    await run.close();
  });

  it('REQ-MOTOR-11 have not happened, none of them, where that write fails; whoever decided on them is told so, too', async () => {
    const disk = slowDisk();
    const run = openRunStream(disk.stream, clock, () => undefined, assert.fail);
    const first = run.mutate(() => [accepted()]);
    await disk.asked();
    const outcomes = Promise.allSettled([run.mutate(cancelled), run.mutate(() => { throw new Error('no such thing'); }), run.mutate(cancelled)]);
    disk.succeed();
    await first;
    await disk.asked();
    disk.fail();
    assert.deepEqual((await outcomes).map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error).message : outcome.value)), ['no space', 'no such thing', 'no space']);
    assert.deepEqual([run.state()?.seq, run.state()?.end], [1, null]);
    const again = run.mutate(cancelled);
    await disk.asked();
    disk.succeed();
    assert.deepEqual((await again).map(({ seq, event }) => `${seq} ${event.type}`), ['2 TaskCancelled']);
    await run.close();
  });
});

const clock = { now: () => 0 } as Clock;

const cancelled: Change = (state) => {
  const answer = state && accept(state, { kind: 'cancel', by: 'me' });
  return answer?.ok ? answer.value : [];
};

function slowDisk() {
  const records: Recorded<RunEvent>[] = [];
  const writes: string[][] = [];
  let answer: { readonly succeed: () => void; readonly fail: () => void } | undefined;
  let noticed: () => void = () => undefined;
  return {
    writes,
    asked: async (): Promise<void> => { if (!answer) await new Promise<void>((resolve) => { noticed = resolve; }); },
    succeed: (): void => { const now = answer; answer = undefined; now?.succeed(); },
    fail: (): void => { const now = answer; answer = undefined; now?.fail(); },
    stream: {
      records,
      append: (events: readonly RunEvent[], at: number) => new Promise<readonly Recorded<RunEvent>[]>((resolve, reject) => {
        answer = {
          succeed: () => {
            const own = events.map((event, index): Recorded<RunEvent> => ({ seq: records.length + index + 1, epoch: 1, at, event }));
            records.push(...own);
            writes.push(events.map(({ type }) => type));
            resolve(own);
          },
          fail: () => { reject(new JournalError('disk-full', 'no space')); },
        };
        noticed();
      }),
      close: () => Promise.resolve(),
    },
  };
}
