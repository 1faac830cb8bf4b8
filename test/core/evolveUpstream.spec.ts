// How stacked work follows the branch below: who carries it over, when it has to wait, and what overtakes it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { restacked } from '../../src/core/evolveUpstream.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState, Unit, UnitPhase } from '../../src/core/state.ts';
import { unitOf as found } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, candidate, changed, evidence, given, integrated, judgedUnit, landed, planApproved, startedAttempt, throughGate } from '../support/given.ts';
import { agent, checkpoint, run, tool } from './conformance/workflowOf.ts';

const on = (steps: readonly object[], events: readonly RunEvent[] = [], how: 'on' | 'after' = 'on') => given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps }), upstream: { task: 'below', how } } as RunEvent, ...events]);
const atWork = (head: string): RunEvent => ({ type: 'UpstreamAtWork', task: 'below', head, tree: `${head}-tree` });
const lost: RunEvent = { type: 'UpstreamLost', task: 'below', why: 'has failed' };
const belowLanded = (base: string | null = null): RunEvent => ({ type: 'UpstreamLanded', task: 'below', commit: 'l', base: base === null ? null : { commit: base, tree: `${base}-tree` } });
const retry: RunEvent = { type: 'RetryRequested', at: null, by: 'you', budget: null };
const through = (unit: string, onto: string, commit: string, n = 1): RunEvent[] => [...changed(unit, n), integrated(unit, onto, n), landed(unit, commit, n)];
const unitOf = (state: RunState, id: string): Unit => found(state, id) ?? assert.fail(id);
const wait = checkpoint('ok', 'review');
const laid = (state: RunState): unknown => state.units.flatMap(({ id, rebase, phase, relaid }) => (rebase ? [[id, rebase, phase.kind === 'integrating' ? phase.commit : phase.kind, relaid]] : []));

describe('stacked work on a branch that moves', () => {
  it('REQ-RUN-44 moves along while it has nothing of its own; where it has, whose work landed last lays all of it on the new tip', () => {
    const steps = [agent('a'), agent('b', { needs: ['a'] }), wait];
    const moved = on(steps, [atWork('tip-1')]).state;
    assert.deepEqual([moved.head, moved.headTree, moved.base, moved.replaced, laid(moved)], ['tip-1', 'tip-1-tree', 'tip-1', ['base'], []]);
    const { state } = on(steps, [...through('a', 'base', 'a1'), ...through('b', 'a1', 'b1'), atWork('tip-1')]);
    assert.deepEqual([laid(state), state.head, state.base], [[['b', { onto: 'tip-1', head: 'b1' }, 'b1', 1]], 'b1', 'base']);
    const unit = unitOf(state, 'b');
    assert.deepEqual([unit.start, unit.feedback, unit.from, unit.repairs, unit.finishedAt], [null, [], 1, { used: 0, cap: 1 }, state.updatedAt]);
    const merged: RunEvent[] = [...through('a', 'base', 'a1'), ...through('b', 'a1', 'b1'), atWork('tip-1'), { type: 'Integrated', command: '', unit: 'b', n: 1, onto: 'tip-1', commit: 'r1', tree: 'rt' }];
    assert.equal(unitOf(on(steps, merged).state, 'b').start, 'r1', 'should it be red, its agent goes on from there');
    const after = on(steps, [...merged, landed('b', 'r1')]).state;
    assert.deepEqual([after.head, after.headTree, after.base, after.replaced, unitOf(after, 'b').rebase, laid(after)], ['r1', 'rt', 'tip-1', ['b1'], null, []]);
  });

  it('REQ-RUN-45 is carried by a unit of its own where the last work was one row of many, by the last that changed files, and by nobody where none did', () => {
    const rows = { over: 'matrix', rows: ['one', 'two'].map((name) => ({ name, values: {} })) };
    const fanned = on([agent('a', { forEach: rows, agents: ['x'] }), wait], [...through('a/one', 'base', 'o1'), ...through('a/two', 'o1', 't1'), atWork('tip-1')]).state;
    const unit = unitOf(fanned, 'a/restack-1');
    assert.deepEqual([laid(fanned), unit.title, unit.landing, unit.agents, unit.needs, unit.subtask, unit.item], [[['a/restack-1', { onto: 'tip-1', head: 't1' }, 't1', 1]], 'Bring the work onto task below', 'direct', ['x'], [], null, null]);
    const again = on([agent('a', { forEach: rows, agents: ['x'] }), wait], [...through('a/one', 'base', 'o1'), ...through('a/two', 'o1', 't1'), atWork('tip-1'), { type: 'Integrated', command: '', unit: 'a/restack-1', n: 0, onto: 'tip-1', commit: 'r1', tree: 'rt' }, landed('a/restack-1', 'r1', 0), atWork('tip-2')]).state;
    assert.deepEqual(laid(again), [['a/restack-2', { onto: 'tip-2', head: 'r1' }, 'r1', 1]]);
    const gated = on([agent('a', { forEach: rows, landing: 'gated' }), wait], [...throughGate('a/one', 'base'), ...throughGate('a/two', 'a/one-1-on-base'), atWork('tip-1')]).state;
    assert.equal(unitOf(gated, 'a/restack-1').landing, 'gated');
    const mixed = on([agent('a'), run('b', { gives: 'tree', landing: 'direct', needs: ['a'] }), tool('c', { needs: ['b'] }), wait], [...through('a', 'base', 'a1'), ...through('b', 'a1', 'b1'), startedAttempt('c'), atWork('tip-1')]).state;
    assert.deepEqual(laid(mixed), [['b', { onto: 'tip-1', head: 'b1' }, 'b1', 1]]);
  });

  it('REQ-RUN-44 waits while the tip is judged or moved, or may have been moved; candidates of a choice do not move it', () => {
    const steps = [agent('a'), agent('b', { needs: ['a'], landing: 'gated' }), wait];
    const judging = [...through('a', 'base', 'a1'), ...changed('b'), integrated('b', 'a1')], advancing = [...judging, judgedUnit('b', evidence('x'))];
    const broken: RunEvent = { type: 'CommandFailed', command: '', at: 'b', reason: 'failed', message: 'broken', next: '' };
    assert.deepEqual([judging, advancing, [...advancing, broken]].map((events) => laid(on(steps, [...events, atWork('tip-1')]).state)), [[], [], []]);
    assert.deepEqual([laid(on(steps, [...judging, broken, atWork('tip-1')]).state), laid(on(steps, [...advancing, atWork('tip-1'), landed('b', 'b1')]).state)], [[['a', { onto: 'tip-1', head: 'a1' }, 'a1', 1]], [['b', { onto: 'tip-1', head: 'b1' }, 'b1', 1]]], 'it follows as soon as it can');
    const choice = [agent('a'), agent('c', { needs: ['a'], landing: 'choice' }), wait];
    assert.deepEqual(laid(on(choice, [...through('a', 'base', 'a1'), ...changed('c'), integrated('c', 'a1'), atWork('tip-1')]).state), [['a', { onto: 'tip-1', head: 'a1' }, 'a1', 1]]);
  });

  it('REQ-RUN-44 is laid on the newest tip when that moves on; what had met a conflict goes on with its agent, and is done again with what landed meanwhile', () => {
    const steps = [agent('a'), agent('b'), wait];
    const moving = [...through('a', 'base', 'a1'), atWork('tip-1')];
    assert.deepEqual(laid(on(steps, [...moving, atWork('tip-2')]).state), [['a', { onto: 'tip-2', head: 'a1' }, 'a1', 2]]);
    const mended: RunEvent[] = [...moving, { type: 'IntegrationConflicted', command: '', unit: 'a', n: 1, onto: 'tip-1', files: ['x'] }, ...changed('a', 2)];
    assert.deepEqual([laid(on(steps, mended).state), laid(on(steps, [...mended, atWork('tip-2')]).state)], [[['a', { onto: 'tip-1', head: 'a1' }, 'a-2', 0]], [['a', { onto: 'tip-1', head: 'a1' }, 'a-2', 0]]], 'what it was mended for comes first');
    const { state } = on(steps, mended);
    assert.equal(unitOf(on(steps, [...mended, { type: 'Integrated', command: '', unit: 'a', n: 2, onto: 'tip-1', commit: 'm', tree: 'mt' }]).state, 'a').start, 'base', 'where its agent had begun');
    // Somebody else moved the branch meanwhile.
    const overtaken = restacked({ ...state, head: 'b1' }, 99), plain = restacked({ ...on(steps, moving).state, head: 'b1' }, 99);
    assert.deepEqual([laid(overtaken), unitOf(overtaken, 'a').start, laid(plain), unitOf(plain, 'a').start], [[['a', { onto: 'tip-1', head: 'b1' }, 'ready', 0]], 'tip-1', [['a', { onto: 'tip-1', head: 'b1' }, 'b1', 2]], null]);
    // While its agent is at work nothing overtakes it.
    const working = on(steps, [...mended.slice(0, -2), startedAttempt('a', 2)]).state;
    assert.equal(restacked({ ...working, head: 'b1' }, 99).units, working.units);
  });

  it('REQ-RUN-45 that was red there, where a failure is an outcome, is not tried twice on one tip', () => {
    const steps = [agent('a', { landing: 'gated', repairs: 0, continueOnError: true }), wait];
    const red: RunEvent[] = [...throughGate('a', 'base'), atWork('tip-1'), { type: 'Integrated', command: '', unit: 'a', n: 1, onto: 'tip-1', commit: 'r1', tree: 'rt' }, judgedUnit('a', evidence('rt', 'rejected', 'new-failures'))];
    const { state } = on(steps, red);
    assert.deepEqual([unitOf(state, 'a').phase.kind, unitOf(state, 'a').rebase?.onto, restacked(state, 99)], ['failed', 'tip-1', state]);
    const kept: Unit['phase'] = { kind: 'landed', commit: 'k' };
    const next: RunState = { ...state, upstream: state.upstream && { ...state.upstream, head: 'tip-2' }, units: [...state.units, { ...unitOf(state, 'a'), id: 'k', phase: kept, rebase: null }] };
    assert.deepEqual(unitOf(restacked(next, 99), 'k').rebase, { onto: 'tip-2', head: state.head }, 'on another one it is');
  });

  it('REQ-RUN-45 has its repairs counted on where it is laid on one tip after the other', () => {
    const { state } = on([agent('a', { landing: 'gated', repairs: 3 }), wait], [...throughGate('a', 'base'), atWork('tip-1')]);
    const used = (rebase: Unit['rebase']): number => {
      const before: RunState = { ...state, units: state.units.map((unit) => ({ ...unit, phase: { kind: 'landed', commit: 'a' } satisfies UnitPhase, repairs: { ...unit.repairs, used: 2 }, rebase })) };
      return unitOf(restacked(before, 99), 'a').repairs.used;
    };
    assert.deepEqual([used(null), used({ onto: 'x', head: 'y' })], [0, 2]);
  });
});

describe('what news of the task below mean', () => {
  const steps = [agent('a'), wait];

  it('REQ-RUN-43 what was made for the old tip is void when that moves, and only then', () => {
    const gated = (how: 'on' | 'after', ...events: RunEvent[]): RunState => given([{ ...accepted('quick-change'), upstream: { task: 'below', how } } as RunEvent, ...(how === 'after' ? [belowLanded()] : []), ...through('implement', 'base', 'h1'), ...candidate(evidence('t'), 1, 'base', 'h1'), ...events]).state;
    assert.deepEqual([gated('on'), gated('on', atWork('base')), gated('on', atWork('tip-1')), gated('on', belowLanded('l1')), gated('on', lost), gated('on', lost, retry)].map(({ candidate: one }) => one?.commit ?? null), ['squash-base', 'squash-base', null, null, 'squash-base', null]);
  });

  it('REQ-RUN-40 it starts from what has landed, from its own base where that is elsewhere, and hears nothing afterwards', () => {
    const start = (...events: RunEvent[]): unknown => { const { head, headTree, base, accepted: { base: own }, upstream } = on(steps, events, 'after').state; return [head, headTree, base, own, upstream?.standing, upstream?.why]; };
    const own = { ref: 'main', commit: 'base', tree: 'base-tree' };
    assert.deepEqual([start(belowLanded('l1')), start(belowLanded()), start(lost), start(lost, belowLanded('l1')), start(lost, retry), start(lost, retry, belowLanded('l1')), start(lost, atWork('x')), start(belowLanded('l1'), lost)], [
      ['l1', 'l1-tree', 'l1', { ...own, commit: 'l1', tree: 'l1-tree' }, 'landed', null], ['base', 'base-tree', 'base', own, 'landed', null], ['base', 'base-tree', 'base', own, 'lost', 'has failed'],
      ['l1', 'l1-tree', 'l1', { ...own, commit: 'l1', tree: 'l1-tree' }, 'landed', null], ['base', 'base-tree', 'base', own, 'released', 'has failed'], ['base', 'base-tree', 'base', own, 'released', 'has failed'], ['base', 'base-tree', 'base', own, 'open', null],
      ['l1', 'l1-tree', 'l1', { ...own, commit: 'l1', tree: 'l1-tree' }, 'landed', null],
    ]);
    assert.deepEqual(on(steps, [{ ...belowLanded('l1'), task: 'another' } as RunEvent], 'after').commands(), []);
  });

  it('REQ-RUN-41 a retry lets it go on alone only where that one is lost, and where it names that one or all', () => {
    const standing = (...events: RunEvent[]): string | undefined => on(steps, events, 'after').state.upstream?.standing;
    assert.deepEqual([standing(retry), standing(lost, retry), standing(lost, { ...retry, at: 'below' }), standing(lost, { ...retry, at: 'a' })], ['open', 'released', 'released', 'lost']);
  });

  it('REQ-RUN-41 work that is being laid on the tip of a task that is lost comes to its end there', () => {
    const moving = [...through('a', 'base', 'a1'), atWork('tip-1'), lost];
    const { state } = on(steps, moving);
    assert.deepEqual([laid(state), laid(on(steps, [...through('a', 'base', 'a1'), lost]).state), restacked({ ...state, end: { kind: 'cancelled' }, head: 'b1' }, 99).units === state.units], [[['a', { onto: 'tip-1', head: 'a1' }, 'a1', 1]], [], true]);
    assert.deepEqual(given([...planApproved().slice(0, 1), atWork('tip-1')]).state.head, 'base', 'who depends on none hears nothing');
  });
});
