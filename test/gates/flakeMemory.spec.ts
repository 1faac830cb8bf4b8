/** What is remembered of flaky tests from one examination to the next. */
import { deepEqual } from 'node:assert/strict';
import type { GateRun } from '../../src/gates/gateRun.ts';
import { FlakeMemory } from '../../src/gates/flakeMemory.ts';
import { memoryStore } from './support/memoryStore.ts';

const run = (states: Readonly<Record<string, 'passed' | 'failed' | 'skipped'>>): GateRun => ({
  setup: 'none', end: { kind: 'exited', code: 0 }, reportAsked: true, overloaded: false, unsupportedFilter: false, wrote: [], sandbox: '', dependencies: '', tail: '', durationMs: 1,
  report: { tests: Object.entries(states).map(([id, state]) => ({ id, state, message: '', file: null, line: null })), truncated: false, couldNotLoad: false },
});

describe('REQ-GATE-132 the memory of flaky tests', () => {
  it('has of each how often it flipped on a base and failed in all runs since, by command; ordinary runs count for what is known', async () => {
    const store = memoryStore();
    const first = await FlakeMemory.open(store, 'npm test');
    first.note(run({ flips: 'failed' }), new Set());
    first.add('flips', { base: { runs: 3, failed: 1 }, seen: { runs: 5, failed: 2 } });
    await first.keep();
    const second = await FlakeMemory.open(store, 'npm test');
    second.note(run({ flips: 'passed', steady: 'failed' }), new Set());
    second.note(run({ flips: 'failed' }), new Set());
    second.note(run({ flips: 'failed' }), new Set(['flips']));
    second.note(run({ flips: 'skipped' }), new Set());
    await second.keep();
    const [third, other] = [await FlakeMemory.open(store, 'npm test'), await FlakeMemory.open(store, 'npm run more')];
    deepEqual([third.base('flips'), third.seen('flips'), third.seen('steady'), other.seen('flips')], [{ runs: 3, failed: 1 }, { runs: 7, failed: 3 }, null, null]);
  });

  it('is none where it cannot be read', async () => {
    const store = memoryStore();
    await (await FlakeMemory.open(store, 'x')).keep();
    deepEqual(store.kept.size, 0);
    const memory = await FlakeMemory.open(store, 'x');
    memory.add('a', { base: { runs: 0, failed: 0 }, seen: { runs: 1, failed: 1 } });
    await memory.keep();
    for (const key of store.kept.keys()) store.kept.set(key, '{"a": 1}');
    deepEqual((await FlakeMemory.open(store, 'x')).seen('a'), null);
  });
});
