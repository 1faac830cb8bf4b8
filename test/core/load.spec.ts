import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { throttled, unmeasured } from '../../src/core/load.ts';
import type { Load, Throttle } from '../../src/core/load.ts';

const calm: Load = { cpu: 0.3, queue: 0.4, memory: 0.6, disk: 50e9 };
const busy: Load = { ...calm, cpu: 0.99, queue: 3.14 };

/** One look every 5 s from the time 0 on, all agents that may be at work at work. */
function looks(loads: readonly Load[], most = 4): readonly (readonly [number, string | null])[] {
  let state: Throttle | null = null, atWork = most;
  return loads.map((load, index) => {
    state = throttled(state, { most, atWork, load, now: index * 5_000 });
    atWork = state.agents;
    return [state.agents, state.why] as const;
  });
}

describe('REQ-SCHEDULE-11 the number of agents under load', () => {
  const why = 'the machine is busy (CPU 99 %, load 3.1 per core)';

  it('is the person\'s own where nothing is measured, and where the cores are merely used', () => {
    assert.deepEqual(looks([unmeasured, calm, { ...calm, cpu: 1, queue: 1.5 }, { ...calm, cpu: 0.5, queue: 9 }, { ...calm, cpu: null }]), Array.from({ length: 5 }, () => [4, null]));
  });

  /** Where a limit of memory, disk or cores begins and ends: two looks, long after one another. */
  it('is less from each mark on, and more again from another one on', () => {
    const down = (load: Partial<Load>): boolean => throttled(null, { most: 4, atWork: 4, load: { ...calm, ...load }, now: 0 }).agents < 4;
    assert.deepEqual([{ cpu: 0.95, queue: 2 }, { cpu: 0.95, queue: 3 }, { cpu: 0.949, queue: 3 }, { cpu: 1, queue: 1.99 }, { memory: 0.08 }, { memory: 0.079 }, { disk: 1e9 }, { disk: 1e9 - 1 }].map(down), [true, true, false, false, false, true, false, true]);
    const up = (load: Partial<Load>): boolean => throttled({ agents: 2, why: 'x', movedAt: 0 }, { most: 4, atWork: 2, load: { ...calm, ...load }, now: 60_000 }).agents > 2;
    assert.deepEqual([
      { cpu: 0.849, queue: 9 }, { cpu: 0.85, queue: 1.25 }, { cpu: 0.85, queue: 1.249 }, { cpu: 0.9, queue: null }, { cpu: null, queue: 9 }, { cpu: 1, queue: 1.2 },
      { memory: 0.149 }, { memory: 0.15 }, { memory: null }, { disk: 2e9 - 1 }, { disk: 2e9 }, { disk: null },
    ].map(up), [true, false, true, false, true, true, false, true, true, false, true, true]);
  });

  it('goes down by one at a time with a pause between, to one and not below', () => {
    assert.deepEqual(looks(Array.from({ length: 10 }, () => busy)), [3, 3, 2, 2, 1, 1, 1, 1, 1, 1].map((agents) => [agents, why]));
  });

  it('goes up again as slowly, only when it is calm, and to the person\'s own and not above', () => {
    const between = { ...busy, queue: 1.5 };
    assert.deepEqual(looks([busy, busy, busy, between, between, between, calm, calm, calm, calm, calm]), [[3, why], [3, why], [2, why], [2, why], [2, why], [2, why], [3, why], [3, why], [4, null], [4, null], [4, null]]);
  });

  it('is moved neither way within a pause, and says what keeps it down now', () => {
    const limited: Throttle = { agents: 2, why, movedAt: 1_000 };
    const at = (now: number, load: Load, before: Throttle = limited, most = 4): Throttle => throttled(before, { most, atWork: 2, load, now });
    const short = { ...calm, memory: 0.05 }, memory = 'memory is short (5 % free)';
    assert.deepEqual([at(10_999, short), at(11_000, short), at(10_999, calm), at(11_000, calm)], [{ ...limited, why: memory }, { agents: 1, why: memory, movedAt: 11_000 }, limited, { agents: 3, why, movedAt: 11_000 }]);
    // Trouble right after it had risen to the person's own: nothing keeps it down yet.
    assert.deepEqual(at(5_000, busy, { agents: 4, why: null, movedAt: 1_000 }), { agents: 4, why: null, movedAt: 1_000 });
    // Where it cannot go down, it has not moved: it rises as soon as it is calm.
    const lowest: Throttle = { agents: 1, why, movedAt: 1_000 };
    assert.deepEqual([at(60_000, short, lowest), at(60_000, busy, { ...lowest, why: null }, 1)], [{ ...lowest, why: memory }, { ...lowest, why: null }]);
  });

  it('counts down from those that are at work: what nobody uses is no slot to give up', () => {
    assert.deepEqual([0, 1, 2, 3].map((atWork) => throttled(null, { most: 8, atWork, load: busy, now: 0 }).agents), [1, 1, 1, 2]);
  });

  it('follows memory and disk as well, and says which', () => {
    assert.deepEqual([{ ...calm, memory: 0.05 }, { ...calm, disk: 400e6 }, { ...busy, queue: null }].map((load) => throttled(null, { most: 3, atWork: 3, load, now: 0 })), [
      { agents: 2, why: 'memory is short (5 % free)', movedAt: 0 }, { agents: 2, why: 'the disk is nearly full (0.4 GB free)', movedAt: 0 }, { agents: 2, why: 'the machine is busy (CPU 99 %)', movedAt: 0 },
    ]);
  });

  it('a setting that was lowered holds at once, and is nobody\'s fault', () => {
    assert.deepEqual(throttled({ agents: 4, why, movedAt: 0 }, { most: 2, atWork: 4, load: calm, now: 1 }), { agents: 2, why: null, movedAt: 0 });
  });
});
