/** The real engine, in virtual time, on a machine that is busy: fewer agents, and gates that get another chance alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Evidence } from '../../src/core/gate.ts';
import { unmeasured } from '../../src/core/load.ts';
import { ended, timedEngine } from '../support/timedEngine.ts';
import type { Part } from '../support/timedEngine.ts';

const minute = 60_000;

describe('REQ-SCHEDULE-12 a gate that ran out of time under load, in the engine', () => {
  const parts: readonly Part[] = [{ id: 'a', needs: [], minutes: 5 }, { id: 'b', needs: [], minutes: 30 }, { id: 'c', needs: [], minutes: 1 }, { id: 'd', needs: [], minutes: 1 }];

  /** The first `slow` examinations of what `a` made come to nothing for want of time. */
  async function play(slow: number) {
    let late = 0;
    const { engine, launch, pass, recorded } = await timedEngine({ agents: 2 }, (ports) => ({
      ...ports, examiners: {
        ...ports.examiners, examine: async (request, output, signal): Promise<Evidence> => {
          const good = await ports.examiners.examine(request, output, signal);
          if (!request.id.startsWith('implement/a#') || ++late > slow) return good;
          return { ...good, id: `${good.id}-late`, verdict: 'error', reason: 'overloaded', gates: good.gates.map((gate) => ({ ...gate, verdict: 'error', reason: 'overloaded' })) };
        },
      },
    }));
    const task = await launch(parts, ['plan', 'merge']);
    const said: string[] = [];
    engine.onHeld(() => said.push(...Object.entries(engine.held(task)).map(([unit, why]) => `${unit}: ${why}`)));
    await pass(() => ended(engine.state(task)) || engine.state(task)?.units.some((unit) => unit.phase.kind === 'stuck') === true);
    const first = recorded(task)[0]?.at ?? 0;
    const times = recorded(task).flatMap(({ at, event }) => ((event.type === 'UnitJudged' || event.type === 'AttemptStarted') && event.unit.startsWith('implement/') ? [`${(at - first) / minute} ${event.type} ${event.unit}${event.type === 'UnitJudged' && event.again ? ' again' : ''}`] : []));
    const { end = null, units = [] } = engine.state(task) ?? {};
    await engine.close();
    return { times, said: [...new Set(said)], end: end?.kind, stuck: units.flatMap((unit) => (unit.phase.kind === 'stuck' ? [`${unit.phase.waitingFor}: ${unit.phase.why}`] : [])) };
  }

  it('runs again when nothing else is at work, nothing begins meanwhile, and what it finds then counts', async () => {
    assert.deepEqual(await play(1), {
      times: [
        '0 AttemptStarted implement/b', '0 AttemptStarted implement/a', '5 AttemptStarted implement/c', '5 UnitJudged implement/a again',
        '30 UnitJudged implement/a', '30 AttemptStarted implement/d', '30 UnitJudged implement/c', '30 UnitJudged implement/b', '31 UnitJudged implement/d',
      ],
      said: [
        'implement/a: its gate ran out of time under load; waits to run alone: 2 at work', 'implement/d: waits for the gate of implement/a, which runs alone: it ran out of time under load',
        'implement/a: its gate ran out of time under load; waits to run alone: 1 at work',
      ],
      end: 'merged', stuck: [],
    });
  });

  it('is never a rejection: where it runs out of time alone as well, a person is asked', async () => {
    const { end, stuck } = await play(2);
    assert.deepEqual([end, stuck], [undefined, ['gate: gate error: overloaded']]);
  });
});

describe('REQ-SCHEDULE-11 the number of agents at work on a busy machine, in the engine', () => {
  it('comes down while it is busy, rises again when it is calm, and all work is done', async () => {
    let busy = true, most = 0;
    const atWork = new Set<string>();
    const seen: string[] = [];
    const { engine, launch, pass, time } = await timedEngine({ agents: 4 }, (ports) => ({
      ...ports, machine: { load: () => (busy ? { ...unmeasured, cpu: 1, queue: 3 } : unmeasured) },
      workers: {
        ...ports.workers, work: async (request, report, signal) => {
          atWork.add(request.unit);
          most = Math.max(most, atWork.size);
          try { return await ports.workers.work(request, report, signal); } finally { atWork.delete(request.unit); }
        },
      },
    }));
    const task = await launch(Array.from({ length: 12 }, (_, index): Part => ({ id: `s${index}`, needs: [], minutes: 10 })));
    engine.onHeld(() => seen.push(...Object.values(engine.held(task))));
    await pass(() => false, time.now + 25 * minute);
    const whileBusy = most;
    [busy, most] = [false, 0];
    await pass(() => ended(engine.state(task)));
    assert.deepEqual([whileBusy, most, [...new Set(seen)].slice(0, 1), engine.state(task)?.end?.kind], [1, 4, ['waits for a slot: 1 of 4 is open, since the machine is busy (CPU 100 %, load 3.0 per core)'], 'merged']);
    await engine.close();
  });
});
