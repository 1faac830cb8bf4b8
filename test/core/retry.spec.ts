// What follows an attempt that failed: again now or later, the next agent of the chain, a failure that stands, or a person.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { failureSchema } from '../../src/core/outcome.ts';
import type { Failure, Outcome } from '../../src/core/outcome.ts';
import { afterAttempt } from '../../src/core/retry.ts';
import type { Attempt, Unit } from '../../src/core/state.ts';
import { nothingSpent } from '../../src/core/usage.ts';
import { agent, begun, run } from './conformance/workflowOf.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>;
const now = 1_000_000;
const failed = (failure: Failure, retryAt: number | null = null): Failed => ({ kind: 'failed', failure, message: `it was ${failure}`, retryAt });

/** One step whose attempts came to this, oldest first; the last one is the one that has just ended. `by`: the agent of each, the last of all that follow. */
function after(step: ReturnType<typeof agent>, outcomes: readonly (Failed | null)[], more: Partial<Unit> = {}, ...by: readonly string[]): Unit {
  const state = begun([step]);
  const [unit] = state.units, last = outcomes.at(-1);
  assert.ok(unit && last);
  const attempts = outcomes.map((outcome, index): Attempt => ({ n: index + 1, agent: by[index] ?? by.at(-1) ?? 'x', start: '', startedAt: 0, finishedAt: 0, outcome: outcome ?? { kind: 'no-changes', summary: '' }, ...nothingSpent, durationMs: 0, evidence: null }));
  return afterAttempt(state, { ...unit, phase: { kind: 'working' }, attempts, ...more }, last, now);
}

/** `+1000` tried again after so many ms, `key` waits for that, `failed`. */
function words({ phase }: Unit): string {
  return phase.kind === 'ready' ? `+${phase.notBefore - now}` : phase.kind === 'stuck' ? phase.waitingFor : phase.kind;
}
const many = (count: number, outcome: Failed): Failed[] => Array.from({ length: count }, () => outcome);
const fix = agent('it', { agents: ['x'] }), command = run('it');

describe('REQ-RUN-06 an attempt that failed by something that passes', () => {
  it('is tried again later, at the earliest when the provider said, and says why', () => {
    assert.deepEqual(after(fix, [failed('rate-limit')]).phase, { kind: 'ready', notBefore: now + 1_000, why: 'it was rate-limit' });
    assert.deepEqual([failed('rate-limit', now + 60_000), failed('rate-limit', now + 10)].map((outcome) => words(after(fix, [outcome]))), ['+60000', '+1000']);
    assert.deepEqual(after(fix, [failed('interrupted')]).phase, { kind: 'ready', notBefore: now, why: null }, 'what was interrupted simply goes on');
  });

  it('counts what came in a row: another end between begins anew, and so does a retry', () => {
    const limit = failed('rate-limit');
    assert.deepEqual([many(2, limit), many(3, limit), many(4, limit), [limit, limit, null, limit], [limit, limit, failed('network'), limit], [limit, limit, limit, failed('network')]].map((outcomes) => words(after(fix, outcomes))), ['+5000', '+15000', 'agent', '+1000', '+1000', '+1000']);
    assert.equal(words(after(fix, many(4, limit), { from: 3 })), '+1000');
  });
});

describe('REQ-FLOW-07 retry', () => {
  const of = (retry: object, ...outcomes: (Failed | null)[]): string => words(after(run('it', { retry }), outcomes));

  it('repeats what it names so often, with a pause that grows up to an hour', () => {
    const retry = { times: 3, pauseMs: 100, factor: 3, on: ['command'] }, red = failed('command');
    assert.deepEqual([1, 2, 3, 4].map((count) => of(retry, ...many(count, red))), ['+100', '+300', '+900', 'failed']);
    assert.deepEqual([of({ times: 3, pauseMs: 3_000_000, on: ['command'] }, red), of({ times: 3, pauseMs: 3_000_000, on: ['command'] }, red, red)], ['+3000000', '+3600000']);
  });

  it('counts what it names in a row, whichever of it', () => {
    const retry = { times: 1, pauseMs: 100, on: ['command', 'timeout'] };
    assert.deepEqual([of(retry, failed('timeout'), failed('command')), of(retry, failed('timeout'), null, failed('command')), of(retry, failed('disk-full'), failed('command'))], ['failed', '+100', '+100']);
  });

  it('any is each failure that can pass by itself; what is not named follows the plain rule', () => {
    const any = { times: 9, pauseMs: 7 };
    const named = failureSchema.options.filter((failure) => of(any, failed(failure)) === '+7');
    assert.deepEqual(named, ['rate-limit', 'overloaded', 'network', 'model', 'loop', 'idle', 'timeout', 'command', 'tool', 'output']);
    assert.deepEqual([of({ ...any, on: ['timeout'] }, failed('network')), of({ ...any, on: ['timeout'] }, failed('command')), of(any, failed('interrupted'))], ['+1000', 'failed', '+0']);
  });
});

describe('REQ-FLOW-07 fallback', () => {
  const chain = ['x', 'y', 'z'];
  const spent = (failure: Failure): readonly (Failed | null)[] => many(failure === 'interrupted' ? 21 : 4, failed(failure));

  it('gives the work to the next agent of the chain when the retries are spent, counting anew', () => {
    const unit = after(fix, spent('rate-limit'), { agents: chain });
    assert.deepEqual([unit.agents, unit.from, unit.phase], [['y', 'z'], 4, { kind: 'ready', notBefore: now, why: 'it was rate-limit; y takes over' }]);
    assert.deepEqual([after(fix, many(3, failed('rate-limit')), { agents: chain }).agents, after(fix, spent('rate-limit'), { agents: ['x'] }).phase.kind], [chain, 'stuck']);
  });

  it('goes on behind the one that tried, which may be another than the first', () => {
    assert.deepEqual([after(fix, spent('refused'), { agents: chain }, 'y').agents, words(after(fix, spent('refused'), { agents: chain }, 'z')), after(fix, spent('refused'), { agents: chain }, 'old').agents, after(fix, spent('refused'), { agents: chain }, 'x', 'x', 'x', 'y').agents], [['z'], 'agent', ['y', 'z'], ['z']]);
  });

  it('is no answer to what another agent could not do better', () => {
    const stays = failureSchema.options.filter((failure) => after(fix, spent(failure), { agents: chain }).phase.kind !== 'ready');
    assert.deepEqual(stays, ['key', 'budget', 'tampered', 'unsupported-filter', 'workspace', 'disk-full', 'interrupted', 'command', 'tool']);
  });
});

describe('REQ-FLOW-07 what nothing repeats any more', () => {
  const end = (step: ReturnType<typeof agent>, failure: Failure, more: Partial<Unit> = {}): string => words(after(step, many(failure === 'interrupted' ? 21 : 4, failed(failure)), more));
  const world: Partial<Record<Failure, string>> = { key: 'key', auth: 'key', budget: 'budget', tampered: 'agent', 'unsupported-filter': 'agent', workspace: 'agent', 'disk-full': 'agent' };

  it('asks a person about an agent; a command or a step that may fail has failed, but for what only a person can mend', () => {
    const rows = failureSchema.options.map((failure) => [failure, end(fix, failure), end(command, failure), end(agent('it', { continueOnError: true, agents: ['x'] }), failure), end(agent('it', { loop: { until: 'false', max: 2 }, agents: ['x'] }), failure)]);
    assert.deepEqual(rows, failureSchema.options.map((failure) => [failure, world[failure] ?? 'agent', ...Array<string>(3).fill(world[failure] ?? 'failed')]));
  });

  it('is one candidate less, where several try and one has no key', () => {
    const choice: Partial<Unit> = { landing: 'choice' };
    assert.deepEqual([end(fix, 'auth', choice), end(fix, 'refused', choice), end(fix, 'budget', choice), end(fix, 'disk-full', choice)], ['failed', 'failed', 'budget', 'agent']);
  });

  it('says what failed, what to do, and begins at once when a person retries it', () => {
    const resume = { kind: 'ready', notBefore: 0, why: null };
    const stuck = (waitingFor: string, why: string, next: string) => ({ kind: 'stuck', waitingFor, why, next, resume });
    assert.deepEqual([after(fix, [failed('key')]), after(fix, [failed('budget')]), after(fix, [failed('refused')]), after(command, [failed('command')])].map(({ phase }) => phase), [
      stuck('key', 'it was key', 'Set the provider\'s key (for example ANTHROPIC_API_KEY) and retry the task from there.'), stuck('budget', 'it was budget', 'Raise the budget with a retry, or cancel the task.'),
      stuck('agent', 'it was refused', 'Read the step\'s log, then retry it, or cancel the task.'), { kind: 'failed', why: 'command: it was command', evidence: null, resume },
    ]);
  });
});
