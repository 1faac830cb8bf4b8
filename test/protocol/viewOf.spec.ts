import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exitCode, runStates } from '../../src/core/status.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, allLanded, candidate, changed, evidence, finishedAttempt, given, integrated, planApproved, planned, reviewed, startedAt, startedAttempt } from '../support/given.ts';

const viewAfter = (events: readonly RunEvent[]) => viewOf(given(events).state);
const rows = (events: readonly RunEvent[]) => viewAfter(events).steps.map(({ id, state, detail }) => [id, state, detail].filter(Boolean).join(' · '));
const toCheckpoint = [...allLanded(), ...candidate(evidence('t')), ...reviewed()];

describe('the run view', () => {
  it('REQ-VIEW-01 is valid for its schema at every moment of a run', () => {
    for (let count = 1; count <= toCheckpoint.length; count += 1) runViewSchema.parse(viewAfter(toCheckpoint.slice(0, count)));
  });

  it('REQ-VIEW-02 says of every row what is, and why it waits', () => {
    assert.deepEqual(rows([accepted()]), ['plan · ready · waits for a free slot', 'approve-plan · pending', 'implement · pending', 'test · pending', 'review · pending', 'approve-merge · pending', 'merge · pending']);
    assert.deepEqual(rows(planned()).slice(0, 2), ['plan · done', 'approve-plan · waiting · waits for you']);
    assert.deepEqual(rows([...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base')]).slice(2, 6), [
      'implement · gating · 0 of 3 landed', 'implement/a · gating · gate running on the merged tree', 'implement/b · ready · waits for a free slot', 'implement/c · pending · needs a, b',
    ]);
    assert.deepEqual(rows(toCheckpoint).slice(-4), ['test · done · accepted: passed', 'review · done', 'approve-merge · waiting · waits for you', 'merge · pending']);
  });

  it('REQ-VIEW-03 names subtasks, checkpoints and what an approval needs', () => {
    const view = viewAfter([...allLanded(), ...candidate(evidence('t', 'not-verified', 'no-tests', [{ id: 'gate-definition:unit', why: 'changed' }])), ...reviewed()]);
    assert.deepEqual(view.subtasks.map(({ id, state }) => `${id} ${state}`), ['a done', 'b done', 'c done']);
    assert.deepEqual(view.checkpoints.map(({ id, state, needsWaiver, needsTick }) => ({ id, state, needsWaiver, ticks: needsTick.map((tick) => tick.id) })), [
      { id: 'approve-plan#1', state: 'approved', needsWaiver: [], ticks: [] },
      { id: 'approve-merge#1', state: 'open', needsWaiver: ['unit'], ticks: ['gate-definition:unit'] },
    ]);
  });

  it('REQ-VIEW-04 leaves nothing open, at work or waiting once the run has ended', () => {
    const cancel: RunEvent = { type: 'TaskCancelled', by: 'you' };
    const reject: RunEvent = { type: 'CheckpointRejected', checkpoint: 'approve-merge#1', by: 'you', reason: 'no' };
    const working = [...planApproved(), startedAttempt('implement/a')];
    for (let count = 1; count <= toCheckpoint.length; count += 1) {
      const view = runViewSchema.parse(viewAfter([...toCheckpoint.slice(0, count), cancel]));
      assert.deepEqual([view.checkpoints.filter(({ state }) => state === 'open'), view.steps.filter(({ state }) => !['pending', 'done', 'skipped', 'failed'].includes(state)), view.subtasks.filter(({ state }) => !['pending', 'done', 'skipped'].includes(state))], [[], [], []]);
    }
    assert.deepEqual(rows([...working, cancel]), [
      'plan · done', 'approve-plan · done · approved by you', 'implement · skipped · its task was cancelled', 'implement/a · skipped · its task was cancelled', 'implement/b · skipped · its task was cancelled', 'implement/c · pending · needs a, b',
      'test · pending', 'review · pending', 'approve-merge · pending', 'merge · pending',
    ]);
    const stopped = viewAfter([...working, cancel]);
    const unit = stopped.steps.find(({ id }) => id === 'implement/a');
    assert.deepEqual([unit?.finishedAt, unit?.attempts.map(({ outcome, finishedAt }) => [outcome, finishedAt])], [stopped.updatedAt, [['failed: interrupted', stopped.updatedAt]]]);
    assert.deepEqual([rows([...toCheckpoint, cancel]).slice(-2), viewAfter([...toCheckpoint, cancel]).checkpoints.at(-1)?.state], [['approve-merge · skipped · its task was cancelled', 'merge · pending'], 'void']);
    assert.deepEqual([rows([...toCheckpoint, reject]).slice(-2), viewAfter([...toCheckpoint, reject]).checkpoints.at(-1)?.state], [['approve-merge · failed · rejected by you', 'merge · pending'], 'rejected']);
  });

  it('REQ-VIEW-05 has the time when work that pauses goes on, and none where nothing but a slot is waited for', () => {
    const limited = (retryAt: number | null): RunEvent[] => [accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'failed', failure: 'rate-limit', message: '429', retryAt })];
    const notBefore = (events: readonly RunEvent[]): unknown => viewAfter(events).steps[0]?.notBefore;
    const at = startedAt + 3_600_000;
    assert.deepEqual([notBefore([accepted()]), notBefore(limited(at)), notBefore([...limited(at), startedAttempt('plan', 2)]), notBefore([...limited(at), { type: 'TaskCancelled', by: 'you' }])], [null, at, null, null]);
  });

  it('REQ-RUN-16 gives each state one exit code, and none while it runs', () => {
    const codes = runStates.map((state) => [state, exitCode({ state, waiting: state === 'waiting' ? { for: 'checkpoint' } : null })]);
    assert.deepEqual(Object.fromEntries(codes), { running: null, waiting: 3, paused: 3, merged: 0, done: 0, rejected: 4, failed: 1, cancelled: 1 });
    assert.equal(exitCode({ state: 'waiting', waiting: { for: 'budget' } }), 5);
  });
});
