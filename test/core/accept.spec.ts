// What a person may ask of a run, and how the answer no is said: why, what is there, what to do next.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { accept, approvedByYes, givesUp } from '../../src/core/accept.ts';
import type { Ask } from '../../src/core/accept.ts';
import type { CheckpointKind, RunEvent } from '../../src/core/event.ts';
import { documentLimit } from '../../src/core/outcome.ts';
import type { RunState } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { accepted, allLanded, approve, candidate, changed, evidence, finishedAttempt, given, integrated, judgedUnit, plan, planApproved, planned, reviewed, startedAttempt, throughGate, widerPlanProposed } from '../support/given.ts';

const showHint = 'Look at the run with: treeline show.';
const atMerge = [...allLanded(), ...candidate(evidence('t')), ...reviewed()];
const cancel: Ask = { kind: 'cancel', by: 'you' };
const reject = (checkpoint: string | null, reason = 'no'): Ask => ({ kind: 'reject', checkpoint, reason, by: 'you' });
const retry = (at: string | null = null, more: object = {}): Ask => ({ kind: 'retry', at, budget: null, by: 'you', ...more });
const comment = { file: null, line: null, text: 'shorter' };
const changes = (...comments: (typeof comment)[]): Ask => ({ kind: 'request-changes', checkpoint: null, comments, by: 'you' });
const edit = (text: string, more: object = {}): Ask => ({ kind: 'edit', checkpoint: null, text, by: 'you', ...more });
const failedAttempt = (unit: string, n: number): RunEvent[] => [startedAttempt(unit, n), finishedAttempt(unit, { kind: 'failed', failure: 'network', message: 'no route', retryAt: null }, n)];
const stuckPlan = [accepted(), ...[1, 2, 3, 4].flatMap((n) => failedAttempt('plan', n))];
const red = (unit: string): RunEvent[] => [1, 2, 3, 4].flatMap((n) => [...changed(unit, n), integrated(unit, 'base', n), judgedUnit(unit, evidence('x', 'rejected', 'new-failures'), n)]);
const yesFor = (events: readonly RunEvent[], yes: CheckpointKind[]): RunState => given(events.map((event) => (event.type === 'TaskAccepted' ? { ...event, settings: { ...event.settings, yes } } : event))).state;

/** The events, or the refusal in one line. */
function answer(events: readonly RunEvent[] | RunState, ask: Ask): readonly RunEvent[] | string {
  const said = accept(Array.isArray(events) ? given(events as readonly RunEvent[]).state : events as RunState, ask);
  if (said.ok) return said.value;
  assert.deepEqual(said.refusal.events, []);
  return `${said.refusal.code}: ${said.refusal.message} | ${said.refusal.next}`;
}

describe('REQ-RUN-21 what a person asks', () => {
  it('comes too late when the task is over', () => {
    assert.deepEqual([cancel, retry(), approve].map((ask) => answer([...planned(), { type: 'TaskCancelled', by: 'you' }], ask)), Array(3).fill('ended: task t1 is over: cancelled | Start a new task.'));
    assert.deepEqual(answer(planned(), cancel), [{ type: 'TaskCancelled', by: 'you' }]);
  });

  it('to reject: the checkpoint that is named by its id or step, the only one that is open, or the task', () => {
    const rejected = (checkpoint: string): RunEvent[] => [{ type: 'CheckpointRejected', checkpoint, reason: 'no', by: 'you' }];
    const both = widerPlanProposed();
    assert.deepEqual([reject(null), reject('approve-plan'), reject('approve-plan#1')].map((ask) => answer(planned(), ask)), Array(3).fill(rejected('approve-plan#1')));
    assert.deepEqual([answer(planApproved(), reject(null)), answer(both, reject(null)), answer(planned(), reject(null, ' ')), answer(planned(), reject('approve-merge')), answer(planApproved(), reject('approve-plan#1'))], [
      rejected(''), rejected('implement#amendment-1'), 'empty: no reason was given | Say why, for example with --reason.', 'unknown-checkpoint: there is no checkpoint "approve-merge" | Open: approve-plan#1.', 'void: checkpoint approve-plan#1 is approved | Look at what is open now with: treeline show.',
    ]);
  });

  it('to reject, with several open: the task, but never by the words for a proposal', () => {
    const state = given(widerPlanProposed()).state;
    const [proposal] = openCheckpoints(state);
    assert.ok(proposal);
    const merge = { ...proposal, id: 'approve-merge#1', step: 'approve-merge', about: 'merge' as const };
    const two = { ...state, checkpoints: [...state.checkpoints, merge] }, twoMerges = { ...state, checkpoints: [merge, { ...merge, id: 'other#1', step: 'other' }] };
    assert.deepEqual([answer(two, reject(null)), answer(twoMerges, reject(null)), answer(two, reject('implement')), answer(two, changes(comment))], [
      'ambiguous: 2 checkpoints are open: implement#amendment-1, approve-merge#1 | Say which one: --checkpoint ID. To end the task: cancel it.', [{ type: 'CheckpointRejected', checkpoint: '', reason: 'no', by: 'you' }],
      [{ type: 'CheckpointRejected', checkpoint: 'implement#amendment-1', reason: 'no', by: 'you' }], 'ambiguous: 2 checkpoints are open: implement#amendment-1, approve-merge#1 | Say which one: --checkpoint ID.',
    ]);
  });

  it('to retry: what stands still, all of it or what is named, with the budget that is given', () => {
    const event = (at: string | null, budget: { usd: number | null; minutes: number | null } | null = null): RunEvent[] => [{ type: 'RetryRequested', at, by: 'you', budget }];
    const unit = [...planApproved(), ...red('implement/a')];
    assert.deepEqual([answer(stuckPlan, retry()), answer(stuckPlan, retry('plan', { budget: { usd: 2, minutes: null } })), answer(unit, retry('implement')), answer(unit, retry('implement/a'))], [event(null), event('plan', { usd: 2, minutes: null }), event('implement'), event('implement/a')]);
    const gate = [...allLanded(), ...candidate(evidence('t', 'error', 'killed'))];
    const broken = [...allLanded(), { type: 'CommandFailed', command: 'test#1:candidate', at: 'test', reason: 'disk-full', message: 'disk', next: 'free some' } satisfies RunEvent];
    assert.deepEqual([answer(gate, retry('test')), answer(broken, retry())], [event('test'), event(null)]);
    assert.deepEqual([answer(planned(), retry()), answer(stuckPlan, retry('impl')), answer(unit, retry('implement/b')), answer(planned(), retry('plan', { fresh: true }))], [
      `nothing-to-retry: nothing is stopped | ${showHint}`, 'nothing-to-retry: "impl" is neither stopped nor stale | Stopped: plan.', 'nothing-to-retry: "implement/b" is neither stopped nor stale | Stopped: implement/a.', `nothing-to-retry: "plan" is neither stopped nor stale | ${showHint}`,
    ]);
  });

  it('to retry, under new specifications: what is stale and named, and beside it what stopped', () => {
    const file = { path: 'specs/a.md', change: 'changed' as const, before: '1', after: '2', states: [], requirements: [] };
    const stale: RunEvent = { type: 'SpecsChanged', commit: 's2', files: [file] };
    const state = given([...planApproved(), ...throughGate('implement/a', 'base'), ...red('implement/b'), stale]).state;
    const rerun = (...units: string[]): RunEvent => ({ type: 'RerunRequested', units, by: 'you' });
    const again = (at: string | null): RunEvent => ({ type: 'RetryRequested', at, by: 'you', budget: null });
    assert.deepEqual([answer(state, retry('implement/a', { fresh: true })), answer(state, retry('implement', { fresh: true })), answer(state, retry(null, { fresh: true })), answer(state, retry('implement')), answer(state, retry('x', { fresh: true }))], [
      [rerun('implement/a')], [rerun('implement/a', 'implement/c', 'implement/b'), again('implement')], [rerun('implement/b'), again(null)], [again('implement')], 'nothing-to-retry: "x" is neither stopped nor stale | Stopped: implement/b. Stale, to be named: plan, implement/a, implement/c.',
    ]);
  });

  it('to change something: with words, and of somebody who can', () => {
    const noRework = given(atMerge.map((event) => (event.type === 'TaskAccepted' ? { ...event, workflow: { ...event.workflow, steps: event.workflow.steps.map((step) => (step.kind === 'checkpoint' ? { ...step, rework: null } : step)) } } : event))).state;
    assert.deepEqual([answer(atMerge, changes(comment)), answer(atMerge, changes()), answer(widerPlanProposed(), changes(comment)), answer(noRework, changes(comment)), answer(planApproved(), changes(comment))], [
      [{ type: 'ChangesRequested', checkpoint: 'approve-merge#1', comments: [comment], by: 'you' }], 'empty: no comment was given | Say what should change.',
      'not-here: a change of the plan is approved or rejected as it is | Approve it, or reject it with a reason: the task goes on with the plan that it has.',
      'not-here: no agent can be asked for changes at approve-merge#1 | Approve it, or reject the task.', `nothing-open: no checkpoint is open | ${showHint}`,
    ]);
  });

  it('to edit: the document that is to be approved, whole, and another than it is', () => {
    const written = [accepted('full-sdd'), startedAttempt('requirements'), finishedAttempt('requirements', { kind: 'document', name: 'requirements.md', text: 'one', summary: '' }), startedAttempt('check-requirements'), finishedAttempt('check-requirements', { kind: 'document', name: 'requirements-review.md', text: 'fine', summary: '' })];
    const edited = (text: string): RunEvent[] => [{ type: 'ArtifactEdited', checkpoint: 'approve-requirements#1', name: 'requirements.md', text, by: 'you' }];
    const longest = 'x'.repeat(documentLimit);
    assert.deepEqual([answer(written, edit('two')), answer(written, edit(longest)), answer(written, edit(`${longest}x`)), answer(written, edit(' \n')), answer(written, edit('one')), answer(atMerge, edit('two'))], [
      edited('two'), edited(longest), `too-long: the text has ${documentLimit + 1} characters; ${documentLimit} is the most | Shorten it.`, 'empty: the text is empty | Give the whole document as it shall be.', 'empty: the text is the one that is there | Approve it as it is.',
      'not-here: checkpoint approve-merge#1 is about a merge | Documents and plans can be edited where one is to be approved. Open: approve-merge#1.',
    ]);
    const { state } = given(written);
    const nameless = { ...state, checkpoints: state.checkpoints.map((one) => ({ ...one, subject: null })) };
    assert.deepEqual(answer(nameless, edit('two')), 'not-here: checkpoint approve-requirements#1 is about no document that is there | Documents and plans can be edited where one is to be approved. Open: approve-requirements#1.');
  });

  it('to edit a plan: one that can be carried out, and another than it is', () => {
    const lost = { ...plan, subtasks: plan.subtasks.map((subtask) => ({ ...subtask, needs: subtask.id === 'c' ? [] : ['d'] })) };
    assert.deepEqual([answer(planned(), edit('p')), answer(planned(), edit('p', { plan })), answer(planned(), edit('p', { plan: lost }))], [
      'invalid-plan: the text is no plan | Give the plan as it shall be, in the form in which it is shown.', 'empty: the plan is the one that is there | Approve it as it is.',
      'invalid-plan: the plan cannot be carried out: "a" needs "d", which is no subtask; "b" needs "d", which is no subtask | Mend these, then save again.',
    ]);
  });
});

describe('REQ-RUN-13 what --yes approves', () => {
  it('is each kind that is named, and nothing that gives something up', () => {
    const ask = (checkpoint: string): Ask => ({ kind: 'approve', checkpoint, commit: null, waivers: [], ticks: [], by: '--yes', tip: null });
    const at = (events: readonly RunEvent[], ...yes: CheckpointKind[]): Ask | null => approvedByYes(yesFor(events, yes));
    assert.deepEqual([at(planned(), 'plan'), at(planned(), 'merge'), at(planned()), at(atMerge, 'plan', 'merge'), at(planApproved(), 'plan', 'merge')], [ask('approve-plan#1'), null, null, ask('approve-merge#1'), null]);
    const state = yesFor(widerPlanProposed(), ['amendment']);
    const dropping = { ...state, amendments: state.amendments.map((one) => ({ ...one, dropped: ['REQ-A-1'] })) };
    assert.deepEqual([approvedByYes(state), approvedByYes(dropping)], [ask('implement#amendment-1'), null]);
    const [open] = openCheckpoints(state);
    assert.ok(open);
    assert.deepEqual([givesUp(state, open), givesUp(dropping, open), givesUp(dropping, { ...open, about: 'merge' }), givesUp({ ...state, amendments: [] }, open)], [false, true, false, true]);
  });
});
