import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decide } from '../../src/core/decide.ts';
import type { RunEvent, TaskAccepted } from '../../src/core/event.ts';
import { risksOf } from '../../src/core/risk.ts';
import type { SpecFileChange } from '../../src/core/specChange.ts';
import { rerunnable, specCommitOf, specsSeen, staleUnits, staleWords } from '../../src/core/staleSpecs.ts';
import type { RunState } from '../../src/core/state.ts';
import { unitOf } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { checkpointText } from '../../src/cli/show/checkpointLines.ts';
import { noPaint } from '../../src/cli/show/paint.ts';
import { noUsage } from '../../src/core/usage.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, afterC, allLanded, candidate, changed, evidence, finishedAttempt, given, judgedUnit, integrated, landed, planApproved, reviewed, startedAttempt, throughGate } from '../support/given.ts';

const served = { a: 'REQ-A-01', b: 'REQ-B-01', c: 'REQ-C-01' } as const;
/** Each subtask of the plan serves one requirement. */
const withRequirements = (events: readonly RunEvent[]): RunEvent[] => events.map((event): RunEvent => (event.type !== 'AttemptFinished' || event.outcome.kind !== 'plan' ? event
  : { ...event, outcome: { ...event.outcome, plan: { ...event.outcome.plan, subtasks: event.outcome.plan.subtasks.map((one) => ({ ...one, requirements: [served[one.id as keyof typeof served]] })) } } }));

const file = (path: string, states: string[], more: Partial<SpecFileChange> = {}): SpecFileChange => ({ path, change: 'changed', before: `${path}@1`, after: `${path}@2`, requirements: states.slice(0, 1).map((id) => ({ id, change: 'changed' as const })), states, ...more });
const changes = (commit: string, ...files: SpecFileChange[]): RunEvent => ({ type: 'SpecsChanged', commit, files });
const stale = (state: RunState): Record<string, string> => Object.fromEntries(staleUnits(state).map(({ unit, files }) => [unit, staleWords(files)]));
const retry = (at: string | null, fresh = true) => ({ kind: 'retry', at, budget: null, by: 'you', fresh } as const);
const rerun = (...units: string[]): RunEvent => ({ type: 'RerunRequested', units, by: 'you' });

describe('specifications that change while a run works under them', () => {
  const built = withRequirements([...allLanded()]);

  it('REQ-STALE-01 make stale whose requirements they state, and work that names none; rules concern everybody; nothing is done by itself', () => {
    const before = given(built);
    const one = given([...built, changes('t1', file('specs/b.md', ['REQ-B-01', 'REQ-B-02']))]);
    assert.deepEqual([stale(one.state), one.commands()], [{ plan: 'specs/b.md changed (REQ-B-01)', 'implement/b': 'specs/b.md changed (REQ-B-01)' }, before.commands()]);
    const rules = given([...built, changes('t1', file('AGENTS.md', []))]);
    assert.deepEqual(Object.keys(stale(rules.state)), ['plan', 'implement/a', 'implement/b', 'implement/c']);
    const other = given([...built, changes('t1', file('specs/z.md', ['REQ-Z-01']))]);
    assert.deepEqual(Object.keys(stale(other.state)), ['plan']);
    assert.deepEqual(given([...built, changes('t1', file('specs/b.md', ['REQ-B-01'], { change: 'removed', after: null })), { type: 'TaskCancelled', by: 'you' }]).state.specs.length, 1);
  });

  it('REQ-STALE-01 what was changed and changed back is what it was; what was added or removed says so', () => {
    const there = changes('t1', file('specs/b.md', ['REQ-B-01']), file('specs/c.md', ['REQ-C-01'], { change: 'removed', after: null }));
    const back = changes('t2', file('specs/b.md', ['REQ-B-01'], { before: 'specs/b.md@2', after: 'specs/b.md@1' }), file('specs/d.md', ['REQ-C-01'], { change: 'added', before: null }));
    assert.deepEqual(stale(given([...built, there, back]).state), {
      plan: 'specs/c.md was removed (REQ-C-01), specs/d.md is new (REQ-C-01)', 'implement/c': 'specs/c.md was removed (REQ-C-01), specs/d.md is new (REQ-C-01)',
    });
  });

  it('REQ-STALE-01 are named in the order of their paths, and concern who names one of the requirements that a file states', () => {
    const two = built.map((event): RunEvent => (event.type !== 'AttemptFinished' || event.outcome.kind !== 'plan' ? event
      : { ...event, outcome: { ...event.outcome, plan: { ...event.outcome.plan, subtasks: event.outcome.plan.subtasks.map((one) => (one.id === 'a' ? { ...one, requirements: ['REQ-A-01', 'REQ-Z-01'] } : one)) } } }));
    const both = stale(given([...two, changes('t1', file('specs/z.md', ['REQ-Z-01', 'REQ-Z-02']), file('specs/b.md', ['REQ-B-01']))]).state);
    assert.deepEqual(both, { plan: 'specs/b.md changed (REQ-B-01), specs/z.md changed (REQ-Z-01)', 'implement/a': 'specs/z.md changed (REQ-Z-01)', 'implement/b': 'specs/b.md changed (REQ-B-01)' });
  });

  it('REQ-STALE-01 make nothing stale that a command did or that was passed over, nor anything of a run whose work is over', () => {
    const steps = [{ id: 'build', kind: 'run', command: 'make', needs: [] }, { id: 'make', kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0, needs: [] }, { id: 'merge', kind: 'merge', needs: ['make'] }, { id: 'after', kind: 'run', command: 'true', needs: ['merge'] }];
    const first: RunEvent = { ...accepted('quick-change') as TaskAccepted, workflow: workflowSchema.parse({ name: 'commands', description: '', steps }) };
    const news = changes('t1', file('AGENTS.md', []));
    const made: RunEvent[] = [first, ...changed('make'), integrated('make', 'base'), landed('make', 'h1'), { type: 'CandidateMade', command: '', step: 'merge', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' }, { type: 'CandidateJudged', command: '', step: 'merge', n: 1, evidence: evidence('t') }];
    const on: RunEvent = { type: 'Landed', command: 'merge#1', commit: 'squash', tree: 't', target: 'refs/heads/main' };
    assert.deepEqual([[...made, news], [...made, on, news], [...made, news, { type: 'TaskCancelled', by: 'you' } as const]].map((events) => Object.keys(stale(given(events).state))), [['make'], [], []]);
    // A proposal that drops `b` leaves it out; what is left of it is not stale.
    const { state } = given([...built, news]);
    const passed = { ...state, units: state.units.map((unit) => (unit.id === 'implement/b' ? { ...unit, phase: { kind: 'skipped', why: 'it is not wanted any more' } as const } : unit)) };
    assert.deepEqual(Object.keys(stale(passed)), ['plan', 'implement/a', 'implement/c']);
  });

  it('REQ-STALE-01 make work stale again that knows only a part of what changed', () => {
    const once = [...built, changes('t1', file('specs/b.md', ['REQ-B-01'])), rerun('implement/b')];
    assert.deepEqual(Object.keys(stale(given(once).state)), ['plan']);
    assert.deepEqual(stale(given([...once, changes('t2', file('specs/c.md', ['REQ-B-01'], { change: 'added', before: null }))]).state)['implement/b'], 'specs/c.md is new (REQ-B-01)');
  });

  it('REQ-STALE-04 are looked at from where they were looked at last: the target as it was at the start, else the base', () => {
    const targetTip = { ...accepted() as TaskAccepted, targetTip: 'tip' };
    const later = given([accepted(), changes('t1', file('AGENTS.md', [])), changes('t2', file('AGENTS.md', [])), changes('t3', file('AGENTS.md', []))]).state;
    assert.deepEqual([given([accepted()]).state, given([targetTip]).state, later].map(specsSeen), ['base', 'tip', 't3']);
    assert.deepEqual([given([accepted()]).state, later].map((state) => state.units.map((unit) => specCommitOf(state, unit))), [['base'], ['base']]);
  });

  for (const [what, events, expected] of [
    ['is ready', [], ['plan', 'implement/a', 'implement/b']],
    ['is worked on', [startedAttempt('implement/a')], ['plan', 'implement/a', 'implement/b']],
    ['is to be merged', changed('implement/a'), ['plan', 'implement/b']],
    ['is being judged', [...changed('implement/a'), integrated('implement/a', 'base')], ['plan', 'implement/b']],
    ['is moved to the branch', [...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('implement/a-1-tree'))], ['implement/b']],
    ['has stopped', [startedAttempt('implement/a'), finishedAttempt('implement/a', { kind: 'no-changes', summary: 'nothing' })], ['plan', 'implement/b']],
    ['has failed', [1, 2, 3, 4].flatMap((n) => [...changed('implement/a', n), integrated('implement/a', 'base', n), judgedUnit('implement/a', evidence('t', 'rejected', 'new-failures'), n)]), ['plan', 'implement/b']],
    ['has landed', throughGate('implement/a', 'base'), ['plan', 'implement/a', 'implement/b']],
  ] as const satisfies readonly (readonly [string, readonly RunEvent[], readonly string[]])[]) {
    it(`REQ-STALE-02 while a stale subtask ${what}, a person can have done again: ${expected.join(', ')}`, () => {
      assert.deepEqual(rerunnable(given([...planApproved(), ...events, changes('t1', file('AGENTS.md', []))]).state).filter((id) => id !== 'implement/c'), expected);
    });
  }

  it('REQ-STALE-02 what comes after a step that is done again is not done again itself before its turn', () => {
    const { state } = given([...built, changes('t1', file('AGENTS.md', [])), rerun('plan')]);
    assert.deepEqual([Object.keys(stale(state)).includes('implement/a'), rerunnable(state)], [true, []]);
  });

  for (const [count, ids, files] of [[3, 'REQ-1, REQ-2, REQ-3', 'a1 was removed, a2 was removed, a3 was removed'], [5, 'REQ-1, REQ-2, REQ-3 and 2 more', 'a1 was removed, a2 was removed, a3 was removed and 2 more files']] as const) {
    it(`REQ-STALE-03 of ${count} requirements or files names ${count === 3 ? 'all' : 'three, and says how many more there are'}`, () => {
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      assert.deepEqual([staleWords([{ path: 'specs/a.md', change: 'changed', requirements: numbers.map((n) => `REQ-${n}`) }]), staleWords(numbers.map((n) => ({ path: `a${n}`, change: 'removed', requirements: [] })))], [`specs/a.md changed (${ids})`, files]);
    });
  }

  it('REQ-STALE-02 a person has stale work done again by its name: under the new text, told what changed, and all that comes after it anew', () => {
    const events = [...built, ...candidate(evidence('t')), ...reviewed(), changes('t1', file('specs/b.md', ['REQ-B-01']))];
    const run = given(events);
    assert.deepEqual([run.when(retry(null)), run.when(retry('implement/a')), run.when(retry('implement/b', false))].map((answer) => 'refused' in answer && answer.refused), ['nothing-to-retry', 'nothing-to-retry', 'nothing-to-retry']);
    assert.deepEqual([run.when(retry('implement/b')), run.when(retry('implement'))], [{ then: [rerun('implement/b')] }, { then: [rerun('implement/b')] }]);
    const again = given([...events, rerun('implement/b')]);
    assert.deepEqual(again.commands(), ['work implement/b#2']);
    const unit = unitOf(again.state, 'implement/b');
    assert.deepEqual([unit?.feedback, unit && specCommitOf(again.state, unit), decide(again.state).map((command) => command.kind === 'work' && command.start)], [[{ kind: 'specs', files: [{ path: 'specs/b.md', change: 'changed', requirements: ['REQ-B-01'] }] }], 't1', [afterC]]);
    assert.deepEqual([again.state.steps.map(({ status }) => status), again.state.checkpoints.map(({ id, state }) => `${id} ${state}`), Object.keys(stale(again.state))], [['done', 'done', 'active', 'pending', 'pending', 'pending', 'pending'], ['approve-plan#1 approved', 'approve-merge#1 void'], ['plan']], 'the review that comes anew knows the new text');
    // An agent that finds nothing to change has ended well.
    const nothing = given([...events, rerun('implement/b'), startedAttempt('implement/b', 2), { type: 'AttemptFinished', command: 'implement/b#2', unit: 'implement/b', n: 2, outcome: { kind: 'no-changes', summary: 'it fits' }, usage: noUsage, costUsd: 0, durationMs: 1, specs: { commit: 't1', hash: 'h' } }]);
    assert.deepEqual([nothing.commands(), unitOf(nothing.state, 'implement/b')?.attempts.at(-1)?.specs], [['judge-candidate test#2:gate'], { commit: 't1', hash: 'h' }]);
  });

  it('REQ-STALE-02 what has not begun takes the new text when it is named; what is at work is stopped and begun again; what is landing lands first', () => {
    const events = withRequirements([...planApproved(), startedAttempt('implement/a'), changes('t1', file('AGENTS.md', []))]);
    assert.deepEqual(Object.keys(stale(given(events).state)), ['plan', 'implement/a', 'implement/b', 'implement/c']);
    const named = given([...events, rerun('implement/a', 'implement/b', 'implement/c')]);
    assert.deepEqual([named.commands(), stale(named.state), unitOf(named.state, 'implement/a')?.attempts[0]?.outcome], [['work implement/a#2', 'work implement/b#1'], { plan: 'AGENTS.md changed' }, { kind: 'failed', failure: 'interrupted', message: 'its work was sent back before it ended', retryAt: null }]);
    const landing = given([...withRequirements([...planApproved(), ...changed('implement/a')]), changes('t1', file('AGENTS.md', []))]);
    assert.deepEqual(landing.when(retry('implement/a')), { refused: 'nothing-to-retry', becauseTrue: [] });
    // Nor does what comes before it begin anew, while the branch may be moving.
    const moving = given([...withRequirements([...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('implement/a-1-tree'))]), changes('t1', file('AGENTS.md', []))]);
    assert.deepEqual([moving.when(retry('plan')), moving.when(retry('implement/b'))], [{ refused: 'nothing-to-retry', becauseTrue: [] }, { then: [rerun('implement/b')] }]);
  });

  it('REQ-STALE-02 a stopped step that is stale goes on under the new text when a person names it', () => {
    const red = (n: number) => [...changed('implement/a', n), integrated('implement/a', 'base', n), judgedUnit('implement/a', evidence('x', 'rejected', 'new-failures'), n)];
    const events = [...withRequirements([...planApproved(), ...red(1), ...red(2), ...red(3), ...red(4)]), changes('t1', file('specs/a.md', ['REQ-A-01']))];
    const answer = given(events).when(retry('implement/a'));
    assert.deepEqual(answer, { then: [rerun('implement/a'), { type: 'RetryRequested', at: 'implement/a', by: 'you', budget: null }] });
    const again = given([...events, ...('then' in answer ? answer.then ?? [] : [])]);
    const unit = unitOf(again.state, 'implement/a');
    assert.deepEqual([again.commands(), unit && specCommitOf(again.state, unit)], [['work implement/a#5', 'work implement/b#1'], 't1']);
  });

  it('REQ-STALE-02 whoever needs what is done again and has not begun waits for it', () => {
    const onA = 'implement/a-1-on-base';
    const events = [...withRequirements([...planApproved(), ...throughGate('implement/a', 'base'), ...throughGate('implement/b', onA)]), changes('t1', file('specs/b.md', ['REQ-B-01']))];
    assert.deepEqual([given(events).commands(), given([...events, rerun('implement/b')]).commands()], [['work implement/c#1'], ['work implement/b#2']]);
    const again = [...changed('implement/b', 2), integrated('implement/b', `implement/b-1-on-${onA}`, 2), judgedUnit('implement/b', evidence('implement/b-2-tree'), 2), landed('implement/b', 'b2', 2)];
    assert.deepEqual(given([...events, rerun('implement/b'), ...again]).commands(), ['work implement/c#1']);
  });

  it('REQ-STALE-03 the merge checkpoint says which steps are stale; that is a risk; rows and show say it with the reason', () => {
    const { state } = given([...built, ...candidate(evidence('t')), changes('t1', file('specs/b.md', ['REQ-B-01'])), ...reviewed()]);
    const open = state.checkpoints.at(-1);
    assert.ok(open);
    assert.ok(risksOf(state, open).includes('implement/b worked under older specifications: specs/b.md changed (REQ-B-01)'));
    const view = viewOf(state);
    assert.deepEqual([view.stale.map(({ at }) => at), view.steps.filter((step) => step.stale !== null).map(({ id }) => id)], [['plan', 'implement/b', 'review'], ['plan', 'implement/b', 'review']]);
    const [checkpoint] = view.checkpoints.slice(-1);
    assert.ok(checkpoint && checkpointText(view, checkpoint, { files: [], text: null }, noPaint).includes('  ! implement/b worked under older specifications: specs/b.md changed (REQ-B-01); to do it again: treeline retry t1 implement/b'));
  });
});
