/** Tasks that depend on tasks: what begins when, what a run waits for, and how stacked work follows the branch below. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decide } from '../../src/core/decide.ts';
import { dryRun } from '../../src/core/dryRun.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState, UnitPhase } from '../../src/core/state.ts';
import { waiting } from '../../src/core/status.ts';
import { heldStep, isHeld, landsAfterTask, notStarted, restacking, stackedOn, stoppedByTask } from '../../src/core/upstream.ts';
import { lostWords, upstreamNews } from '../../src/core/upstreamNews.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, afterC, allLanded, approve, candidate, changed, evidence, finishedAttempt, given, judgedUnit, landed, plan, planApproved, reviewed, startedAttempt, throughGate } from '../support/given.ts';

const upstream = (how: 'after' | 'on', workflow = 'spec-and-build'): RunEvent => ({ ...accepted(workflow), upstream: { task: 'below', how } } as RunEvent);
/** The same events of a run that depends on another one. */
const depending = (how: 'after' | 'on', events: readonly RunEvent[]): RunEvent[] => [upstream(how), ...events.slice(1)];
const otherLanded: RunEvent = { type: 'UpstreamLanded', task: 'below', commit: 'squash', base: { commit: 'squash', tree: 'squash-tree' } };
const lost: RunEvent = { type: 'UpstreamLost', task: 'below', why: 'was rejected (no)' };
const atWork = (head: string): RunEvent => ({ type: 'UpstreamAtWork', task: 'below', head, tree: `${head}-tree` });
const retry = { kind: 'retry', at: null, budget: null, by: 'you' } as const;
const starts = (events: readonly RunEvent[]): string[] => decide(given(events).state).flatMap((command) => (command.kind === 'work' ? [`${command.id} from ${command.start}`] : [`${command.kind} ${command.id}`]));

describe('a task after another one', () => {
  it('REQ-RUN-40 begins nothing before that has landed, and then starts from what stands on the target since', () => {
    const run = given([upstream('after')]);
    assert.deepEqual([run.commands(), run.standing(), waiting(run.state)?.why, run.when(retry)], [[], { status: 'waiting', waitingFor: 'task' }, 'it starts when task below has landed', { refused: 'nothing-to-retry', becauseTrue: [] }]);
    const after = given([upstream('after'), otherLanded]);
    assert.deepEqual([starts([upstream('after'), otherLanded]), after.state.accepted.base, after.state.base, after.state.headTree], [['plan#1 from squash'], { ref: 'main', commit: 'squash', tree: 'squash-tree' }, 'squash', 'squash-tree']);
    assert.deepEqual(starts([upstream('after'), { ...otherLanded, base: null }]), ['plan#1 from base'], 'what landed elsewhere changes no base');
    assert.deepEqual(starts([upstream('after'), { ...otherLanded, task: 'another' }]), [], 'only that task counts');
  });

  it('REQ-RUN-41 says that the other one will not land and waits for a person: no silent start', () => {
    const run = given([upstream('after'), lost]);
    assert.deepEqual([run.commands(), run.standing(), waiting(run.state)], [[], { status: 'waiting', waitingFor: 'task' }, {
      for: 'task', at: 'below', why: 'task below was rejected (no), and this one was to start after it', next: 'Retry this task to go on without below, or cancel it.',
    }]);
    const retried = run.when(retry);
    assert.deepEqual(retried, { then: [{ type: 'RetryRequested', at: null, by: 'you', budget: null }] });
    assert.deepEqual(starts([upstream('after'), lost, ...('then' in retried ? retried.then : [])]), ['plan#1 from base']);
    assert.deepEqual(given([upstream('after'), lost, { type: 'TaskCancelled', by: 'you' }]).standing(), { status: 'cancelled', waitingFor: null });
    assert.deepEqual(given([upstream('after'), lost, atWork('x')]).standing(), { status: 'waiting', waitingFor: 'task' }, 'somebody retried the other one');
    assert.deepEqual(starts([upstream('after'), lost, atWork('x'), otherLanded]), ['plan#1 from squash']);
  });
});

/** Stacked work that is judged and reviewed on the branch below. */
const proven = (): RunEvent[] => [...depending('on', allLanded()), ...candidate(evidence('t')), ...reviewed()];

describe('a task on another one', () => {
  const work = depending('on', allLanded());
  const onto = (tip: string): RunEvent[] => [{ type: 'CandidateMade', command: 'test#1:candidate', step: 'test', n: 1, head: afterC, onto: tip, commit: `squash-${tip}`, tree: 't' }];

  it('REQ-RUN-42 starts at once from that one\'s branch, and what would land is made and judged on it', () => {
    assert.deepEqual([starts([upstream('on')]), given(work).commands()], [['plan#1 from base'], ['make-candidate test#1:candidate@base']]);
    assert.deepEqual(decide(given(work).state).map((command) => command.kind === 'make-candidate' && command.onto), ['base']);
    assert.deepEqual(given([...work, ...onto('base')]).commands(), ['judge-candidate test#1:gate']);
  });

  it('REQ-RUN-43 asks for no approval and lands nothing before the other one has landed; then it is proven anew on the target', () => {
    const run = given(proven());
    assert.deepEqual([run.commands(), run.standing(), waiting(run.state)?.why, run.state.checkpoints.map(({ id }) => id)], [[], { status: 'waiting', waitingFor: 'task' }, 'it can be merged when task below has landed, which it stands on', ['approve-plan#1']]);
    const after = [...proven(), otherLanded];
    assert.deepEqual([given(after).commands(), decide(given(after).state).map((command) => command.kind === 'make-candidate' && [command.base, command.onto])], [['make-candidate test#2:candidate'], [['base', null]]]);
    const again = given([...after, ...candidate(evidence('t2'), 2, 'squash')]);
    assert.deepEqual([again.standing(), again.state.checkpoints.map(({ id, state }) => `${id} ${state}`)], [{ status: 'waiting', waitingFor: 'checkpoint' }, ['approve-plan#1 approved', 'approve-merge#1 open']], 'without a second review');
    const approved = again.when({ ...approve, tip: 'squash' });
    assert.deepEqual(given([...after, ...candidate(evidence('t2'), 2, 'squash'), ...('then' in approved ? approved.then : [])]).commands(), ['land merge#1']);
  });

  it('REQ-RUN-44 moves on with that one\'s branch while it has nothing of its own', () => {
    const moved = [...depending('on', planApproved()), atWork('tip-2')];
    assert.deepEqual([starts(moved), given(moved).state.base], [['implement/a#1 from tip-2', 'implement/b#1 from tip-2'], 'tip-2']);
    // What was begun on the old tip is merged on the new one.
    const begun = [...depending('on', [...planApproved(), ...changed('implement/a')]), atWork('tip-2')];
    assert.deepEqual(given(begun).commands(), ['work implement/b#1', 'integrate implement/a#1:integrate@tip-2']);
    const judging = [...depending('on', [...planApproved(), ...changed('implement/a'), { type: 'Integrated', command: '', unit: 'implement/a', n: 1, onto: 'base', commit: 'h1', tree: 'h1-tree' }]), atWork('tip-2')];
    assert.deepEqual([given(judging).commands(), given(judging).state.base], [['work implement/b#1', 'judge-unit implement/a#1:gate'], 'base'], 'a tip never moves under a gate');
    const after = [...judging, judgedUnit('implement/a', evidence('h1-tree')), landed('implement/a', 'h1')];
    assert.deepEqual(given(after).commands(), ['work implement/b#1', 'integrate implement/restack-1#0:integrate.2@tip-2']);
  });

  it('REQ-RUN-44 lays its own work on the new tip through integrate, judge and advance, and is gated again', () => {
    const moved = [...proven(), atWork('tip-2')];
    const unit = 'implement/restack-1', command = { unit, n: 0 };
    assert.deepEqual(given(moved).commands(), [`integrate ${unit}#0:integrate.2@tip-2`]);
    const integrated = [...moved, { type: 'Integrated', command: '', ...command, onto: 'tip-2', commit: 'restacked', tree: 'r-tree' } satisfies RunEvent];
    assert.deepEqual(given(integrated).commands(), [`judge-unit ${unit}#0:gate.2`]);
    const judged = [...integrated, judgedUnit(unit, evidence('r-tree'), 0)];
    assert.deepEqual(decide(given(judged).state).map((one) => one.kind === 'advance' && [one.id, one.from, one.to]), [[`${unit}#0:advance.2`, afterC, 'restacked']]);
    const done = given([...judged, landed(unit, 'restacked', 0)]);
    assert.deepEqual([done.commands(), done.state.head, done.state.base, done.state.replaced], [['make-candidate test#2:candidate@tip-2'], 'restacked', 'tip-2', [afterC]]);
  });

  it('REQ-RUN-44 takes the newest tip when that moves on before the work is merged, and others of the run wait meanwhile', () => {
    const landedA = depending('on', [...planApproved(), ...throughGate('implement/a', 'base'), startedAttempt('implement/b')]);
    const moved = [...landedA, atWork('tip-2')];
    const done = [...moved, ...changed('implement/b').slice(1)];
    assert.deepEqual(given(done).commands(), ['integrate implement/restack-1#0:integrate.2@tip-2']);
    assert.deepEqual(given([...done, atWork('tip-3')]).commands(), ['integrate implement/restack-1#0:integrate.3@tip-3']);
  });

  it('REQ-RUN-45 gives a conflict with the new tip to the agent whose work landed last, which does it again on that', () => {
    const unit = 'implement/restack-1';
    const conflict: RunEvent[] = [...proven(), atWork('tip-2'), { type: 'IntegrationConflicted', command: '', unit, n: 0, onto: 'tip-2', files: ['a.ts'] }];
    assert.deepEqual(starts(conflict), [`${unit}#1 from tip-2`]);
    assert.deepEqual(given(conflict).state.units.find(({ id }) => id === unit)?.feedback, [{ kind: 'conflict', files: ['a.ts'], onto: 'tip-2', previous: afterC }]);
    const mended = given([...conflict, ...changed(unit), { type: 'Integrated', command: '', unit, n: 1, onto: 'tip-2', commit: 'mended', tree: 'm-tree' }, judgedUnit(unit, evidence('m-tree')), landed(unit, 'mended')]);
    assert.deepEqual([mended.commands(), mended.state.base], [['make-candidate test#2:candidate@tip-2'], 'tip-2']);
  });

  it('REQ-RUN-41 begins nothing more when the other one is lost, lets what has begun come to its end, and asks a person', () => {
    const begun = [...depending('on', [...planApproved(), startedAttempt('implement/a')]), lost];
    assert.deepEqual([given(begun).commands(), given(begun).standing().status], [['work implement/a#1'], 'running']);
    const ended = [...begun, ...changed('implement/a').slice(1), { type: 'Integrated', command: '', unit: 'implement/a', n: 1, onto: 'base', commit: 'h1', tree: 'h1-tree' } satisfies RunEvent, judgedUnit('implement/a', evidence('h1-tree')), landed('implement/a', 'h1')];
    const run = given(ended);
    assert.deepEqual([run.commands(), waiting(run.state)?.why], [[], 'task below was rejected (no), and this one stands on it']);
    const retried: RunEvent = { type: 'RetryRequested', at: null, by: 'you', budget: null };
    assert.deepEqual(given([...ended, retried]).commands(), ['work implement/b#1']);
    const alone = [...proven(), lost, retried];
    assert.deepEqual(decide(given(alone).state).map((command) => command.kind === 'make-candidate' && [command.id, command.base, command.onto]), [['test#2:candidate', 'base', null]], 'its own change alone, on the target');
    assert.deepEqual(given(depending('on', [accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan }), lost])).standing(), { status: 'waiting', waitingFor: 'task' }, 'before any checkpoint');
    const yes: RunEvent = { ...upstream('on'), settings: { sandbox: 'prefer', slots: 3, yes: ['plan'], stepMinutes: 30 } } as RunEvent;
    assert.deepEqual(given([yes, startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan }), lost]).standing(), { status: 'waiting', waitingFor: 'task' }, 'nothing passes by itself');
  });
});

describe('what a task may not begin while another one is open', () => {
  const on = given(depending('on', allLanded())).state, after = given([upstream('after')]).state;
  const standing = (state: RunState, now: NonNullable<RunState['upstream']>['standing']): RunState => ({ ...state, upstream: state.upstream && { ...state.upstream, standing: now } });
  const all = ['open', 'lost', 'landed', 'released'] as const;

  it('REQ-RUN-40 REQ-RUN-43 is all of it, or what is asked and done for the target, until that has landed or a person lets it go on', () => {
    assert.deepEqual([all.map((now) => notStarted(standing(after, now))), all.map((now) => stackedOn(standing(on, now))?.task ?? null)], [[true, true, false, false], ['below', 'below', null, null]]);
    assert.deepEqual([notStarted(on), notStarted({ ...after, end: { kind: 'cancelled' } }), notStarted({ ...after, upstream: null }), stackedOn(after), stackedOn({ ...on, upstream: null })], [false, false, false, null, null]);
    const held = (state: RunState): readonly string[] => state.workflow.steps.filter((step) => isHeld(state, step)).map(({ id }) => id);
    assert.deepEqual([held(on), held(standing(on, 'landed')), held(after)], [['approve-merge', 'merge'], [], []]);
  });

  it('REQ-RUN-43 waits for that one only where nothing else is left: the step that would begin now is one for the target', () => {
    const ready = given(proven()).state;
    const steps = (change: Partial<RunState['steps'][number]>, id = 'approve-merge'): RunState => ({ ...ready, steps: ready.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) });
    assert.deepEqual([ready, on, steps({ status: 'active' }), steps({ status: 'active' }, 'review'), { ...ready, upstream: null }].map(heldStep), ['approve-merge', null, null, null, null]);
    assert.deepEqual([landsAfterTask(ready), landsAfterTask(on), landsAfterTask(standing(ready, 'landed'))], [
      { for: 'task', at: 'below', why: 'it can be merged when task below has landed, which it stands on', next: 'Nothing to do here: it goes on by itself. How that task stands: treeline show below.' }, null, null,
    ]);
    const nested = (status: 'active' | 'pending'): RunState => {
      const workflow = { ...ready.workflow, steps: [{ ...ready.workflow.steps[0], id: 'u', kind: 'use', workflow: 'w', inputs: {}, outputs: {}, needs: [] } as never, { ...ready.workflow.steps.at(-1), id: 'u/land', needs: [], within: 'u' } as never] };
      const own = ready.steps.at(-1);
      assert.ok(own);
      return { ...ready, workflow, steps: [{ ...own, id: 'u', status }, { ...own, id: 'u/land', status: 'pending' }] };
    };
    assert.deepEqual([heldStep(nested('active')), heldStep(nested('pending'))], ['u/land', null], 'inside of a use only while that is active');
  });

  it('REQ-RUN-41 says what it waits for, and what a person can do when that is lost', () => {
    assert.deepEqual([stoppedByTask(after), stoppedByTask(on), stoppedByTask({ ...after, upstream: null }), stoppedByTask(standing(after, 'landed'))], [
      { for: 'task', at: 'below', why: 'it starts when task below has landed', next: 'Nothing to do here: it goes on by itself. How that task stands: treeline show below.' }, null, null, null,
    ]);
    assert.deepEqual([stoppedByTask(standing(on, 'lost')), stoppedByTask(standing(after, 'lost'))].map((stopped) => stopped?.why), ['task below is lost, and this one stands on it', 'task below is lost, and this one was to start after it']);
  });

  it('REQ-RUN-44 one unit at a time lays the work on the new tip, until it has landed, or its failure is an outcome', () => {
    const moving = given([...proven(), atWork('tip-2')]).state;
    const tree = { onto: 'tip-2', commit: 'c', tree: 't' }, resume: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
    const inPhase = (phase: UnitPhase, state: RunState = moving): string | undefined => restacking({ ...state, units: state.units.map((unit) => (unit.rebase ? { ...unit, phase } : unit)) })?.id;
    const failed: UnitPhase = { kind: 'failed', why: '', evidence: null, resume };
    const under: readonly UnitPhase[] = [resume, { kind: 'working' }, { kind: 'integrating', commit: 'c' }, { kind: 'judging', ...tree }, { kind: 'stuck', waitingFor: 'agent', why: '', next: '', resume }, failed];
    const over: readonly UnitPhase[] = [{ kind: 'landed', commit: 'c' }, { kind: 'given' }, { kind: 'skipped', why: '' }, { kind: 'candidate', ...tree }];
    assert.deepEqual([under.map((phase) => inPhase(phase)), over.map((phase) => inPhase(phase))], [under.map(() => 'implement/restack-1'), over.map(() => undefined)]);
    const lets: RunState = { ...moving, workflow: { ...moving.workflow, steps: moving.workflow.steps.map((step) => ({ ...step, continueOnError: true })) } };
    assert.deepEqual([inPhase(failed, lets), inPhase(resume, lets), inPhase(resume, { ...moving, upstream: null }), restacking({ ...moving, units: moving.units.map((unit) => ({ ...unit, rebase: null })) })], [undefined, 'implement/restack-1', undefined, undefined]);
  });
});

describe('what a task hears of the one that it depends on', () => {
  const binding = { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' };
  const merged: RunEvent[] = [...allLanded(), ...candidate(evidence('t')), ...reviewed(), { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding, by: 'you', waivers: [], ticks: [] }, { type: 'Landed', command: 'merge#1', commit: 'squash-base', tree: 't', target: 'refs/heads/main' }];
  const failed = [accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan: { ...plan, subtasks: [] } })];
  const red = (): RunEvent[] => [accepted('quick-change'), ...changed('implement'), { type: 'Integrated', command: '', unit: 'implement', n: 1, onto: 'base', commit: 'h1', tree: 'h1-tree' }, landed('implement', 'h1'), { type: 'CandidateConflicted', command: '', step: 'test', n: 1, head: 'h1', onto: 'base', files: ['a'] }];
  const news = (how: 'after' | 'on', other: readonly RunEvent[] | null, mine: readonly RunEvent[] = []): readonly RunEvent[] => upstreamNews(given([upstream(how), ...mine]).state, other ? given(other).state : undefined);
  const rejected: RunEvent = { type: 'CheckpointRejected', checkpoint: '', reason: 'not so', by: 'you' };

  it('REQ-RUN-40 REQ-RUN-41 REQ-RUN-44 is its landing, its end without one, that it stands failed, and where its branch is', () => {
    const table: [string, readonly RunEvent[] | null, RunEvent | undefined, RunEvent | undefined][] = [
      ['at work, nothing landed on its branch', planApproved(), undefined, undefined],
      ['at work, its branch has moved', [...planApproved(), ...throughGate('implement/a', 'base')], undefined, { type: 'UpstreamAtWork', task: 'below', head: 'implement/a-1-on-base', tree: 'implement/a-1-tree' }],
      ['landed', merged, { type: 'UpstreamLanded', task: 'below', commit: 'squash-base', base: { commit: 'squash-base', tree: 't' } }, { type: 'UpstreamLanded', task: 'below', commit: 'squash-base', base: { commit: 'squash-base', tree: 't' } }],
      ['rejected', [...planApproved(), rejected], { type: 'UpstreamLost', task: 'below', why: 'was rejected (not so)' }, { type: 'UpstreamLost', task: 'below', why: 'was rejected (not so)' }],
      ['cancelled', [...planApproved(), { type: 'TaskCancelled', by: 'you' }], { type: 'UpstreamLost', task: 'below', why: 'was cancelled' }, { type: 'UpstreamLost', task: 'below', why: 'was cancelled' }],
      ['failed', red(), { type: 'UpstreamLost', task: 'below', why: 'has failed' }, { type: 'UpstreamLost', task: 'below', why: 'has failed' }],
      ['waits for a person', failed, undefined, undefined],
      ['not there', null, { type: 'UpstreamLost', task: 'below', why: 'is not there any more, or its journal cannot be read' }, { type: 'UpstreamLost', task: 'below', why: 'is not there any more, or its journal cannot be read' }],
    ];
    assert.deepEqual(table.map(([name, other]) => [name, news('after', other), news('on', other)]), table.map(([name, , after, on]) => [name, after ? [after] : [], on ? [on] : []]));
  });

  it('REQ-RUN-40 REQ-RUN-41 is where it landed, where that is the same target, and how it ended without landing', () => {
    const mine = given([upstream('after')]).state;
    const told = (other: RunState): readonly RunEvent[] => upstreamNews(mine, other);
    const elsewhere = given(merged.map((event) => (event.type === 'TaskAccepted' ? { ...event, target: 'refs/heads/other' } : event))).state;
    assert.deepEqual(told(elsewhere), [{ type: 'UpstreamLanded', task: 'below', commit: 'squash-base', base: null }]);
    const done = dryRun({ workflow: workflowSchema.parse({ name: 'w', description: '', steps: [{ id: 'a', kind: 'run', command: 'x', needs: [] }] }), stubs: () => ({}) }).state;
    assert.deepEqual([told(done), told(given([...planApproved(), { ...rejected, reason: 'x'.repeat(300) }]).state)], [[{ type: 'UpstreamLost', task: 'below', why: 'ended without landing anything' }], [{ type: 'UpstreamLost', task: 'below', why: `was rejected (${'x'.repeat(200)})` }]]);
    assert.deepEqual([lostWords(given(merged).state), lostWords(given(planApproved()).state)], [null, null]);
  });

  it('REQ-RUN-41 is nothing where it depends on none, is over itself, or goes on without that one', () => {
    const heard: RunEvent = { type: 'UpstreamLost', task: 'below', why: 'has failed' }, retried: RunEvent = { type: 'RetryRequested', at: null, by: 'you', budget: null };
    const cases: readonly (readonly RunEvent[])[] = [[accepted()], [upstream('after'), { type: 'TaskCancelled', by: 'you' }], [upstream('after'), otherLanded], [upstream('after'), heard, retried]];
    assert.deepEqual(cases.map((events) => upstreamNews(given(events).state, undefined)), [[], [], [], []]);
    assert.deepEqual([news('after', [...planApproved(), rejected], [heard]), news('on', planApproved(), [heard])], [[{ type: 'UpstreamLost', task: 'below', why: 'was rejected (not so)' }], [{ type: 'UpstreamAtWork', task: 'below', head: 'base', tree: 'base-tree' }]], 'another end is told again');
  });

  it('REQ-RUN-41 is told once, and taken back when the other one goes on', () => {
    const heard: RunEvent = { type: 'UpstreamLost', task: 'below', why: 'has failed' };
    assert.deepEqual([news('after', red(), [heard]), news('after', planApproved(), [heard]), news('after', merged, [otherLanded]), news('after', planApproved(), [heard, { type: 'RetryRequested', at: null, by: 'you', budget: null }])], [[], [{ type: 'UpstreamAtWork', task: 'below', head: 'base', tree: 'base-tree' }], [], []]);
  });
});
