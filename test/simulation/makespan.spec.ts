/** How long a plan takes, and that a wait holds up nobody else: the real engine in virtual time. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { nothingSpent } from '../../src/core/usage.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
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

  /** One run: `ask` stands open behind `first`; nothing of `long`, `longer` and `tail` needs it. */
  const branches = workflowSchema.parse({
    name: 'branches', description: '', steps: [
      agent('first', []), { id: 'ask', kind: 'checkpoint', about: 'review', needs: ['first'] }, agent('after', ['ask']),
      agent('long', []), agent('longer', ['long']), { id: 'either', kind: 'agent', role: 'implementer', gives: 'result', repairs: 0, needs: ['ask', 'long'], join: 'any' }, agent('tail', ['longer']),
    ],
  });
  const minutes: Readonly<Record<string, number>> = { first: 5, long: 20, longer: 30, tail: 8 };

  it('of an hour delays no step of the same run that does not depend on it, by no tick', async () => {
    const play = async (answerAfter: number) => {
      const { engine, launch, pass, recorded, time } = await timedEngine({ agents: 8 }, (ports) => ({
        ...ports, workers: { ...ports.workers, work: async ({ unit }, _report, signal) => { await ports.clock.after((minutes[unit] ?? 1) * 60_000, signal); return { agent: 'timed', ...nothingSpent, end: { kind: 'result', summary: unit } }; } },
      }));
      const task = await launch([], [], { workflow: branches });
      const begun = time.now;
      if (answerAfter > 0) await pass(() => false, begun + answerAfter);
      else await pass(() => engine.state(task)?.checkpoints.length === 1);
      time.now = Math.max(time.now, begun + answerAfter);
      const before = timetable(recorded(task));
      await engine.ask(task, { kind: 'approve', checkpoint: 'ask', commit: null, waivers: [], ticks: [], by: 'you', tip: null });
      await pass(() => ended(engine.state(task)));
      const independent = recorded(task).filter(({ event }) => 'unit' in event && ['long', 'longer', 'either', 'tail'].includes(event.unit));
      await engine.close();
      return { before, independent: independent.map(({ at, event }) => `${(at - begun) / 60_000} ${event.type} ${'unit' in event ? event.unit : ''}`) };
    };
    const [atOnce, late] = [await play(0), await play(3_600_000 + 1)];
    assert.deepEqual(late.independent.filter((line) => !line.endsWith('either')), atOnce.independent.filter((line) => !line.endsWith('either')));
    assert.deepEqual(late.before, [
      '0 TaskAccepted', '0 AttemptStarted', '0 AttemptStarted', '5 AttemptFinished', '20 AttemptFinished', '20 AttemptStarted', '20 AttemptStarted', '21 AttemptFinished', '50 AttemptFinished', '50 AttemptStarted', '58 AttemptFinished',
    ]);
  });
});

function agent(id: string, needs: readonly string[]): object {
  return { id, kind: 'agent', role: 'implementer', gives: 'result', repairs: 0, needs };
}
