import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { watchSpecs } from '../../src/app/specWatch.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState } from '../../src/core/state.ts';
import type { Change } from '../../src/engine/enginePorts.ts';
import { handClock, quietLog } from '../agents/support.ts';
import { accepted, given, planned, startedAttempt } from '../support/given.ts';
import { until } from '../support/until.ts';

describe('the watch over specifications', () => {
  it('REQ-STALE-04 looks at the targets of runs that go on, after each piece of work and every half a minute, at each tip once; what fails is logged', async () => {
    const states = [given(planned()).state, { ...given([accepted()]).state, task: 't2' }, { ...given([...planned(), { type: 'TaskCancelled', by: 'you' }]).state, task: 'over' }] satisfies RunState[];
    const clock = handClock();
    const looked: string[] = [], tips: string[] = [], warned: string[] = [];
    let tip: string | null = 'one';
    let listener: (change: Change) => void = () => undefined;
    const finished = (event: RunEvent): Change => ({ task: 't1', records: [{ seq: 1, epoch: 1, at: 1, event }], state: states[0] as RunState });
    const watch = watchSpecs({
      engine: { states: () => states, subscribe: (heard) => { listener = heard; return () => undefined; }, lookAtSpecs: async (task, commit) => { if (commit === 'bad') throw new Error('unreadable'); looked.push(`${task} ${commit}`); } },
      archive: { tip: async (target) => { tips.push(target); return tip; } }, clock, log: { ...quietLog, warn: (message) => void warned.push(message) },
    });
    await until('the first look', () => looked.length === 2);
    const [work] = planned().filter((event) => event.type === 'AttemptFinished');
    assert.ok(work);
    tip = 'two';
    listener(finished(startedAttempt('plan')));
    listener(finished(work));
    listener(finished(work));
    await until('the look after work', () => looked.length === 4);
    listener(finished(work));
    await until('a look at the same tip', () => tips.length === 3);
    tip = 'bad';
    clock.pass(30_000);
    await until('what failed', () => warned.length === 1);
    tip = null;
    clock.pass(30_000);
    await until('a target that is gone', () => tips.length === 5);
    await watch.close();
    assert.deepEqual([looked, [...new Set(tips)], clock.waiting()], [['t1 one', 't2 one', 't1 two', 't2 two'], ['refs/heads/main'], 0]);
  });
});
