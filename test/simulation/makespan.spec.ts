/** How long a plan takes, and that a wait holds up nobody else: the real engine in virtual time. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lowerBound, randomPlan } from '../support/randomPlan.ts';
import { ended, makespan, timedEngine } from '../support/timedEngine.ts';
import type { Part } from '../support/timedEngine.ts';
import { seeded } from './chance.ts';

async function ratio(parts: readonly Part[], slots: number): Promise<number> {
  const { engine, launch, pass, recorded } = await timedEngine({ agents: slots });
  const task = await launch(parts);
  await pass(() => ended(engine.state(task)));
  await engine.close();
  return makespan(recorded(task)) / lowerBound(parts, slots);
}

describe('REQ-SCHEDULE-08 the makespan', () => {
  it('stays within 3 % in the mean and 8 % at most of max(critical path, work / slots) over 300 random plans', async function () {
    this.timeout(300_000);
    const ratios: number[] = [];
    for (let seed = 1; seed <= 300; seed += 1) {
      const slots = seed % 2 === 0 ? 4 : 8, probability = [0.05, 0.1, 0.3, 0.6][Math.floor(seed / 2) % 4] ?? 0.3;
      ratios.push(await ratio(randomPlan(seeded(seed), 40, probability), slots));
    }
    const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length, most = Math.max(...ratios);
    if (process.env.SHOW) console.log({ mean, most, over: ratios.filter((one) => one > 1.05).length });
    assert.deepEqual({ mean: mean <= 1.03, most: most <= 1.08, least: Math.min(...ratios) >= 0.9999 }, { mean: true, most: true, least: true });
  });

  it('is what can be had of 20 equal subtasks on 8 slots: three rounds', async () => {
    const parts = Array.from({ length: 20 }, (_, index): Part => ({ id: `s${index}`, needs: [], minutes: 2 }));
    assert.equal(await ratio(parts, 8) * lowerBound(parts, 8), 6);
  });
});

describe('REQ-SCHEDULE-09 a wait for a person', () => {
  const parts: readonly Part[] = [{ id: 'a', needs: [], minutes: 30 }, { id: 'b', needs: ['a'], minutes: 45 }, { id: 'c', needs: [], minutes: 20 }];
  /** When each thing of the task happened, in minutes since it was launched. */
  const timetable = (records: readonly { readonly at: number; readonly event: { readonly type: string } }[]): readonly string[] =>
    records.map(({ at, event }) => `${(at - (records[0]?.at ?? 0)) / 60_000} ${event.type}`);

  it('of an hour delays what does not depend on it by no tick', async () => {
    const alone = await timedEngine({ agents: 2 });
    const only = await alone.launch(parts);
    await alone.pass(() => ended(alone.engine.state(only)));
    const both = await timedEngine({ agents: 2 });
    const asking = await both.launch([{ id: 'x', needs: [], minutes: 5 }], ['merge']);
    const hour = both.time.now + 3_600_000;
    const other = await both.launch(parts);
    await both.pass(() => false, hour);
    await both.pass(() => ended(both.engine.state(other)));
    assert.deepEqual([timetable(both.recorded(other)), both.engine.state(asking)?.units.length], [timetable(alone.recorded(only)), 1]);
    await alone.engine.close();
    await both.engine.close();
  });
});
