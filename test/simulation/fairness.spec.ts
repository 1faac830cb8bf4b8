/** That no task starves, however many others there are and however much they have to do: the real engine in virtual time. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decide } from '../../src/core/decide.ts';
import { unitOf } from '../../src/core/state.ts';
import type { RunState } from '../../src/core/state.ts';
import { ended, timedEngine } from '../support/timedEngine.ts';
import { seeded } from './chance.ts';

/** Work that could begin, and work that has. */
function standing(state: RunState): { readonly ready: number; readonly atWork: number } {
  const phases = decide(state).flatMap((command) => (command.kind === 'work' ? [unitOf(state, command.unit)?.phase.kind] : []));
  return { ready: phases.filter((phase) => phase === 'ready').length, atWork: phases.filter((phase) => phase === 'working').length };
}

/** The most starts of others that went by while a task had nothing at work and something that could have been. */
async function longestTurn(seed: number): Promise<{ readonly passed: number; readonly tasks: number; readonly ended: boolean }> {
  const chance = seeded(seed);
  const slots = chance.between(1, 3), count = chance.between(2, 6);
  const { engine, launch, pass, time } = await timedEngine({ agents: slots });
  const passed = new Map<string, number>();
  let most = 0;
  engine.subscribe(({ task, records }) => {
    for (const { event } of records) {
      if (event.type !== 'AttemptStarted') continue;
      for (const other of engine.states()) {
        const { ready, atWork } = standing(other);
        const gone = other.task !== task && ready > 0 && atWork === 0 ? (passed.get(other.task) ?? 0) + 1 : 0;
        passed.set(other.task, gone);
        most = Math.max(most, gone);
      }
    }
  });
  const tasks: string[] = [];
  for (let number = 0; number < count; number += 1) {
    // The first has by far the most to do, and was there before the others.
    const parts = Array.from({ length: number === 0 ? 25 : chance.between(1, 6) }, (_, index) => ({ id: `t${number}-${index}`, minutes: chance.between(1, 10), needs: index > 0 && chance.happens(0.3) ? [`t${number}-${index - 1}`] : [] }));
    tasks.push(await launch(parts));
    await pass(() => false, time.now + chance.between(0, 5) * 60_000);
  }
  await pass(() => tasks.every((task) => ended(engine.state(task))));
  const all = tasks.every((task) => ended(engine.state(task)));
  await engine.close();
  return { passed: most, tasks: count, ended: all };
}

describe('REQ-SCHEDULE-03 no task starves', () => {
  it('one that has nothing at work lets each other begin once at most before it begins itself, in 100 drawn crowds', async function () {
    this.timeout(120_000);
    const wrong: string[] = [];
    for (let seed = 1; seed <= 100; seed += 1) {
      const { passed, tasks, ended: all } = await longestTurn(seed);
      if (!all || passed >= tasks) wrong.push(`seed ${seed}: ${passed} others of ${tasks} tasks went first, ${all ? 'all ended' : 'not all ended'}`);
    }
    assert.deepEqual(wrong, []);
  });
});
