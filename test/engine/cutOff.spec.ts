// What an engine that was killed leaves half done, as the next one closes it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Spend } from '../../src/core/usage.ts';
import { cutOff } from '../../src/engine/cutOff.ts';
import type { AttemptLog } from '../../src/ports/attemptLog.ts';
import { changed, given, planApproved, startedAttempt } from '../support/given.ts';

const spend: Spend = { usage: { input: 900, cached: 0, output: 80, calls: 2 }, costUsd: null, estimatedUsd: 1.5 };
const outcome = { kind: 'failed', failure: 'interrupted', message: 'the engine ended while it worked', retryAt: null };
const { state } = given([...planApproved(), ...changed('implement/a'), startedAttempt('implement/b')]);
const startedAt = state.units.find((unit) => unit.id === 'implement/b')?.attempts[0]?.startedAt ?? 0;

const log = (last: Record<string, Spend>): AttemptLog => ({
  write: () => undefined,
  lastSpend: async (task, key) => { const found = last[`${task} ${key}`]; return found ? { spend: found, heardAt: startedAt + 4_000 } : null; },
});

describe('attempts that a killed engine cut off', () => {
  it('REQ-MOTOR-10 are closed with what they had spent and how long they had worked, as far as their logs tell', async () => {
    assert.deepEqual(await cutOff(state, log({ 't1 implement/b#1': spend, 't1 implement/a#1': spend, 'other implement/b#1': spend })), [
      { type: 'AttemptFinished', command: 'implement/b#1', unit: 'implement/b', n: 1, outcome, ...spend, durationMs: 4_000 },
    ]);
  });

  it('REQ-MOTOR-10 that were stopped before, and whose spend nobody had written down yet, are counted once', async () => {
    const stopped = { ...state, units: state.units.map((unit) => (unit.id === 'implement/b' ? { ...unit, phase: { kind: 'pending' } as const, attempts: unit.attempts.map((attempt) => ({ ...attempt, outcome: { ...outcome, kind: 'failed', failure: 'interrupted', message: 'its work was sent back before it ended' } as const })) } : unit)) };
    const events = await cutOff(stopped, log({ 't1 implement/b#1': spend }));
    assert.deepEqual(events.map((event) => (event.type === 'AttemptFinished' ? [event.command, event.outcome, event.usage, event.durationMs] : event)), [['implement/b#1', { ...outcome, message: 'its work was sent back before it ended' }, spend.usage, 4_000]]);
    const counted = { ...stopped, units: stopped.units.map((unit) => (unit.id === 'implement/b' ? { ...unit, attempts: unit.attempts.map((attempt) => ({ ...attempt, ...spend, durationMs: 4_000 })) } : unit)) };
    assert.deepEqual([await cutOff(counted, log({ 't1 implement/b#1': spend })), await cutOff(stopped, log({}))], [[], []]);
  });

  it('REQ-MOTOR-05 are closed with nothing where nothing was said', async () => {
    assert.deepEqual(await cutOff(state, log({})), [
      { type: 'AttemptFinished', command: 'implement/b#1', unit: 'implement/b', n: 1, outcome, usage: { input: 0, cached: 0, output: 0, calls: 0 }, costUsd: 0, estimatedUsd: 0, durationMs: 0 },
    ]);
  });
});
