// Work that is done again: who begins anew, what is void, what stays.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { canSendBack, closed, resetAfter, resetInside, sendBack, voidCandidate } from '../../src/core/sendBack.ts';
import type { Attempt, Checkpoint, Feedback, RunState, StepState, Unit, UnitPhase } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { nothingSpent } from '../../src/core/usage.ts';
import { evidence } from '../support/given.ts';
import { agent, begun, cases, checkpoint, gate, inside, merge, plan, played, run, use } from './conformance/workflowOf.ts';

type Steps = Parameters<typeof played>[0]['steps'];
const at = 99;
const comments: Feedback = { kind: 'comments', comments: [{ file: null, line: null, text: 'better' }] };
const made = { onto: 'base', commit: 'c', tree: 't' };

/** A run whose steps stand so; those that are not named are done. */
function standing(steps: Steps, statuses: Readonly<Record<string, StepState['status']>> = {}): RunState {
  const state = begun(steps);
  return { ...state, steps: state.steps.map((step) => ({ ...step, status: statuses[step.id] ?? 'done', n: 1, finishedAt: 5, outputs: { x: 1 } })) };
}
const statuses = (state: RunState): string => state.steps.map((step) => `${step.id}:${step.status}${step.kept ? `(${step.kept})` : ''}`).join(' ');
const unitOf = (state: RunState, id: string): Unit => state.units.find((unit) => unit.id === id) ?? assert.fail(`no unit ${id}`);
const withUnit = (state: RunState, id: string, more: Partial<Unit>): RunState => ({ ...state, units: state.units.map((unit) => (unit.id === id ? { ...unit, ...more } : unit)) });
const attempt = (n: number, ended: boolean): Attempt => ({ n, agent: 'x', start: 'base', startedAt: 1, finishedAt: ended ? 2 : null, outcome: ended ? { kind: 'no-changes', summary: '' } : null, ...nothingSpent, durationMs: 0, evidence: null });
const opened = (step: string, about: Checkpoint['about'], state: Checkpoint['state'] = 'open'): Checkpoint => ({ id: `${step}#1`, step, about, state, binding: { commit: '', base: '', tree: '', evidence: '' }, openedAt: 1, decidedAt: null, by: null, reason: null, comments: [], waivers: [], subject: null });

describe('REQ-FLOW-10 who can be sent work back', () => {
  it('is a step that has begun, not one that was passed over or has not, nor nobody', () => {
    const of = (status: StepState['status']): boolean => canSendBack(standing([agent('fix')], { fix: status }), 'fix');
    assert.deepEqual([of('active'), of('done'), of('failed'), of('pending'), of('skipped'), canSendBack(standing([agent('fix')]), null), canSendBack(standing([agent('fix')]), 'gone')], [true, true, true, false, false, false, false]);
  });

  it('is nobody whose own work lands at this moment', () => {
    const { state } = played({ steps: [agent('fix'), agent('other')] });
    const moving: UnitPhase = { kind: 'advancing', ...made };
    assert.deepEqual([canSendBack(withUnit(state, 'fix', { phase: moving }), 'fix'), canSendBack(withUnit(state, 'other', { phase: moving }), 'fix'), canSendBack(state, 'fix')], [false, true, true]);
  });
});

describe('REQ-FLOW-10 work that is sent back', () => {
  const wait = { decision: 'wait' } as const;
  const steps = [agent('fix', { repairs: 2, agents: ['x', 'y'] }), agent('docs', { needs: ['fix'] }), checkpoint('ask', 'review', { needs: ['docs'] }), agent('aside'), checkpoint('look', 'review', { needs: ['aside'] }), checkpoint('ok', 'review', { needs: ['fix'], rework: 'fix' }), run('end', { needs: ['ok'] })];
  const { state } = played({ steps, stubs: { ask: wait, look: wait, ok: wait } });

  it('begins its target again at once with the feedback, counting anew; everything after it, and who sent it, is to be done anew', () => {
    const worn = withUnit(state, 'fix', { agents: ['y'], repairs: { used: 2, cap: 2 }, start: 'old', from: 0 });
    const stopped: RunState = { ...worn, steps: worn.steps.map((step) => (step.id === 'fix' ? { ...step, status: 'failed', why: 'no', round: 3, finishedAt: 5, stopped: { why: 'no' } } : step)) };
    const after = sendBack(stopped, 'ok', 'fix', comments, at);
    assert.equal(statuses(after), 'fix:active docs:pending ask:pending aside:done look:active ok:pending end:pending');
    const { phase, feedback, start, rebase, from, agents, repairs } = unitOf(after, 'fix');
    assert.deepEqual({ phase, feedback, start, rebase, from, agents, repairs }, { phase: { kind: 'ready', notBefore: at, why: null }, feedback: [comments], start: null, rebase: null, from: 1, agents: ['x', 'y'], repairs: { used: 0, cap: 2 } });
    const [fix] = after.steps;
    assert.deepEqual([fix?.why, fix?.round, fix?.finishedAt, fix?.stopped], [null, 1, null, null]);
  });

  it('voids what stands open after it, and nothing else', () => {
    const after = sendBack(state, 'ok', 'fix', comments, at);
    assert.deepEqual([openCheckpoints(state).map(({ id }) => id).sort(), openCheckpoints(after).map(({ id }) => id), after.checkpoints.map(({ id, state: how, decidedAt }) => `${id} ${how} ${decidedAt}`).sort()], [
      ['ask#1', 'look#1', 'ok#1'], ['look#1'], ['ask#1 void 99', 'look#1 open null', 'ok#1 void 99'],
    ]);
    const decided = sendBack({ ...state, checkpoints: state.checkpoints.map((one) => (one.step === 'ask' ? { ...one, state: 'approved' } : one)) }, 'ok', 'fix', comments, at);
    assert.deepEqual(decided.checkpoints.find(({ step }) => step === 'ask')?.state, 'approved', 'what was decided stays so');
    const { checkpoints } = { ...state, checkpoints: state.checkpoints.filter(({ step }) => step === 'look') };
    assert.equal(sendBack({ ...state, checkpoints }, 'ok', 'fix', comments, at).checkpoints, checkpoints, 'the very same where nothing of them changes');
  });

  it('begins on the target where it was in conflict with that', () => {
    const rebase = { onto: 'tip', head: 'head' };
    const { start, rebase: kept } = unitOf(sendBack(state, 'ok', 'fix', comments, at, rebase), 'fix');
    assert.deepEqual([start, kept], ['tip', rebase]);
  });

  it('cuts off what is under way, and forgets what the steps after it had come to', () => {
    const busy = withUnit(state, 'docs', { phase: { kind: 'working' }, attempts: [attempt(1, true), attempt(2, false)], feedback: [comments] });
    const after = sendBack(busy, 'ok', 'fix', comments, at);
    const docs = unitOf(after, 'docs'), step = after.steps[1];
    assert.deepEqual([docs.phase, docs.feedback, docs.attempts], [{ kind: 'pending' }, [], [attempt(1, true), { ...attempt(2, false), finishedAt: at, outcome: { kind: 'failed', failure: 'interrupted', message: 'its work was sent back before it ended', retryAt: null } }]]);
    assert.deepEqual([step?.outputs, step?.round, step?.finishedAt], [{}, 0, null]);
    const own = unitOf(sendBack(withUnit(state, 'fix', { phase: { kind: 'working' }, attempts: [attempt(1, false)] }), 'ok', 'fix', comments, at), 'fix');
    assert.deepEqual([own.phase.kind, own.attempts[0]?.outcome?.kind], ['ready', 'failed']);
    assert.equal(closed(docs, at), docs, 'nothing is under way any more');
  });

  it('is none of what comes before, nor of another unit', () => {
    const after = sendBack(state, 'ask', 'docs', comments, at);
    assert.deepEqual([statuses(after), unitOf(after, 'fix'), unitOf(after, 'docs').phase.kind], ['fix:done docs:active ask:pending aside:done look:active ok:active end:pending', unitOf(state, 'fix'), 'ready']);
  });

  it('changes nothing where there is no such step', () => {
    assert.equal(sendBack(state, 'ok', 'gone', comments, at), state);
  });

  it('goes to a fan-out as one unit more, named after what it is to do; it knows the specifications that the others know', () => {
    const each = [plan(), agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' } }), gate('test', { needs: ['each'] })];
    const fan = played({ steps: each, stubs: { plan: { subtasks: { a: [], b: [] } } } }).state;
    const told = withUnit(withUnit(fan, 'each/a', { specs: 2 }), 'each/b', { specs: 1 });
    const feedback: readonly Feedback[] = [{ kind: 'gate', evidence: evidence('t') }, comments, { kind: 'findings', findings: [] }, { kind: 'conflict', files: [], onto: '', previous: '' }, { kind: 'specs', files: [] }];
    const after = feedback.reduce((now, one) => sendBack(now, 'test', 'each', one, at), told);
    assert.deepEqual(after.units.filter(({ id }) => id.startsWith('each/rework')).map(({ id, title, phase, feedback: [why], specs, subtask, needs }) => [id, title, phase.kind, why?.kind, specs, subtask, needs]), [
      ['each/rework-1', 'Repair what the gate found', 'ready', 'gate', 2, null, []], ['each/rework-2', 'Make the requested changes', 'ready', 'comments', 2, null, []], ['each/rework-3', 'Answer the review', 'ready', 'findings', 2, null, []],
      ['each/rework-4', 'Resolve the conflict', 'ready', 'conflict', 2, null, []], ['each/rework-5', 'Follow the new specifications', 'ready', 'specs', 2, null, []],
    ]);
    assert.deepEqual([unitOf(after, 'each/a'), unitOf(sendBack(fan, 'test', 'each', comments, at), 'each/rework-1').specs], [unitOf(told, 'each/a'), 0], 'what landed stays landed');
  });

  it('lands like the other work of its step, and through the gates where that was one of several to choose from', () => {
    const landing = (how: 'direct' | 'gated' | 'choice' | undefined): string => {
      const begun = standing([agent('race', { landing: how, forEach: { over: 'agents', copies: 2 } }), gate('test', { needs: ['race'] })]);
      return unitOf(sendBack({ ...begun, units: [] }, 'test', 'race', comments, at), 'race/rework-1').landing;
    };
    assert.deepEqual([landing('direct'), landing('gated'), landing('choice'), landing(undefined)], ['direct', 'gated', 'gated', 'gated']);
  });

  it('goes to each candidate of a choice that nobody has made yet, on from what it is', () => {
    const race = [agent('race', { landing: 'choice', forEach: { over: 'agents', copies: 2 }, repairs: 3 }), checkpoint('choose', 'choice', { needs: ['race'], of: 'race' })];
    const racing = played({ steps: race, stubs: { choose: wait } }).state;
    const commits = racing.units.map(({ phase }) => (phase.kind === 'candidate' ? phase.commit : 'none'));
    const after = sendBack(withUnit(racing, 'race/1', { repairs: { used: 2, cap: 3 } }), 'choose', 'race', comments, at);
    assert.deepEqual(after.units.map(({ id, phase, start, feedback, from, repairs }) => ({ id, phase, start, feedback, from, repairs })), [1, 2].map((n, index) => ({ id: `race/${n}`, phase: { kind: 'ready', notBefore: at, why: null }, start: commits[index], feedback: [comments], from: 1, repairs: { used: 0, cap: 3 } })));
    assert.equal(new Set(commits).size, 2);
  });

  it('comes to a command as an order to begin anew, not as a text', () => {
    const raced = played({ steps: [run('race', { gives: 'tree', landing: 'choice', forEach: { over: 'matrix', rows: [{ name: 'one', values: {} }] } }), checkpoint('choose', 'choice', { needs: ['race'], of: 'race' })], stubs: { choose: wait } }).state;
    const after = sendBack(raced, 'choose', 'race', comments, at);
    assert.deepEqual([statuses(after), unitOf(after, 'race/one').phase, unitOf(after, 'race/one').feedback], ['race:pending choose:pending', { kind: 'pending' }, []]);
  });

  cases('REQ-FLOW-10', {
    'a command has nobody to tell: it is run again': { steps: [run('race', { gives: 'tree', landing: 'choice', forEach: { over: 'matrix', rows: [{ name: 'one', values: {} }, { name: 'two', values: {} }] } }), checkpoint('choose', 'choice', { needs: ['race'], of: 'race' })], stubs: { choose: [{ decision: 'changes' }, {}] }, path: 'race/one race/two race choose:changes race/one race/two race choose = done' },
  });
});

describe('REQ-FLOW-10 REQ-FLOW-16 what is done anew around a use', () => {
  const steps = [
    use('sub'), inside('sub', run('x')), inside('sub', run('y', { needs: ['x'] })), inside('sub', use('in')), { ...run('sub/in/p'), within: 'sub/in' }, { ...run('sub/in/q', { needs: ['sub/in/p'] }), within: 'sub/in' }, inside('sub', run('z', { needs: ['in'] })),
    run('after', { needs: ['sub'] }), run('aside'), use('next', { needs: ['after'] }), inside('next', use('deep')), { ...run('next/deep/r'), within: 'next/deep' }, run('end', { needs: ['next'] }),
  ];
  const asideOnly = (state: RunState): string => state.steps.filter(({ status }) => status !== 'pending').map(({ id, status }) => `${id}:${status}`).join(' ');

  it('is what comes after, the use around it goes on, and what comes after that begins anew with all that is inside', () => {
    assert.equal(asideOnly(resetAfter(standing(steps), 'sub/x', at)), 'sub:active sub/x:done sub/in:done sub/in/p:done sub/in/q:done sub/z:done aside:done');
  });

  it('is the same however deep it lies', () => {
    assert.equal(asideOnly(resetAfter(standing(steps), 'sub/in/p', at)), 'sub:active sub/x:done sub/y:done sub/in:active sub/in/p:done aside:done');
    assert.equal(asideOnly(resetAfter(standing(steps), 'after', at)), 'sub:done sub/x:done sub/y:done sub/in:done sub/in/p:done sub/in/q:done sub/z:done after:done aside:done');
    assert.equal(asideOnly(resetAfter(standing(steps), 'gone', at)), asideOnly(standing(steps)));
  });

  it('goes on also where the use had failed, but not where it was passed over', () => {
    const of = (status: StepState['status']): StepState | undefined => resetAfter({ ...standing(steps, { sub: status }) }, 'sub/x', at).steps[0];
    assert.deepEqual([of('failed')?.status, of('done')?.status, of('skipped')?.status, of('active')?.status], ['active', 'active', 'skipped', 'active']);
    assert.deepEqual([of('failed')?.finishedAt, of('failed')?.why], [null, null]);
  });

  it('is in a further round of a use all that is inside, however deep, also what had landed', () => {
    const state = standing(steps);
    const after = resetInside({ ...state, steps: state.steps.map((step) => ({ ...step, repairsUsed: 2 })) }, 'sub', at);
    assert.equal(asideOnly(after), 'sub:done after:done aside:done next:done next/deep:done next/deep/r:done end:done');
    assert.deepEqual([after.steps.map((step) => step.repairsUsed).join('')], ['2000000222222']);
  });
});

describe('REQ-FLOW-06 REQ-FLOW-10 the work of a step that is done anew', () => {
  const ready: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
  const kinds: readonly UnitPhase[] = [{ kind: 'landed', commit: 'c' }, { kind: 'given' }, { kind: 'skipped', why: '' }, ready, { kind: 'integrating', commit: 'c' }, { kind: 'judging', ...made }, { kind: 'candidate', ...made }, { kind: 'failed', why: '', evidence: null, resume: ready }, { kind: 'stuck', waitingFor: 'key', why: '', next: '', resume: ready }];
  const moving: readonly UnitPhase[] = [{ kind: 'advancing', ...made }, { kind: 'stuck', waitingFor: 'workspace', why: '', next: '', resume: { kind: 'advancing', ...made } }];
  const steps = [run('first'), use('sub', { needs: ['first'] }), inside('sub', agent('it', { forEach: { over: 'agents', copies: 2 } }))];
  const of = (phase: UnitPhase, status: StepState['status'] = 'done'): RunState => {
    const state = standing(steps, { 'sub/it': status });
    const [unit] = played({ steps: [agent('it')] }).state.units;
    assert.ok(unit);
    return { ...state, units: [{ ...unit, id: 'sub/it/1', step: 'sub/it', phase, feedback: [comments] }, { ...unit, id: 'first', step: 'first', phase, feedback: [comments] }] };
  };
  const kept = (now: (state: RunState) => RunState, phase: UnitPhase, status?: StepState['status']): boolean => { const before = of(phase, status); return now(before).units[0] === before.units[0]; };

  it('stays where it has landed, was given or passed over, or moves the tip of the branch at this moment; all else begins anew', () => {
    const anew = (state: RunState): RunState => resetAfter(state, 'first', at);
    assert.deepEqual([...kinds, ...moving].map((phase) => `${phase.kind} ${kept(anew, phase)}`), ['landed true', 'given true', 'skipped true', 'ready false', 'integrating false', 'judging false', 'candidate false', 'failed false', 'stuck false', 'advancing true', 'stuck true']);
    assert.deepEqual(anew(of(ready)).units.map(({ phase, feedback }) => [phase.kind, feedback]), [['pending', []], ['ready', [comments]]], 'the work of another step stays');
  });

  it('is done again in a further round of a loop even where it has landed, also of a step that was to begin anew already', () => {
    const round = (state: RunState): RunState => resetInside(state, 'sub', at);
    assert.deepEqual([...kinds, ...moving].map((phase) => kept(round, phase)), [...kinds.map(() => false), true, true]);
    assert.deepEqual([kept(round, { kind: 'landed', commit: 'c' }, 'pending'), kept((state) => resetAfter(state, 'first', at), ready, 'pending')], [false, true]);
  });

  it('is not touched where nothing has begun, so that what did not change is known by looking', () => {
    const state = of(ready, 'pending');
    const idle: RunState = { ...state, steps: state.steps.map((step) => ({ ...step, status: 'pending' })) };
    assert.equal(resetAfter(idle, 'first', at), idle);
    const held: RunState = { ...idle, steps: idle.steps.map((step) => ({ ...step, kept: 'done' })) };
    assert.equal(statuses(resetAfter(held, 'first', at)), 'first:pending(done) sub:pending sub/it:pending', 'what was kept is done anew');
  });
});

describe('REQ-RUN-09 what a move of the target makes void', () => {
  const steps = [
    agent('fix'), gate('early', { tree: 'task', needs: ['fix'] }), gate('test', { needs: ['fix'] }), checkpoint('read', 'review', { needs: ['fix'] }), run('scan', { needs: ['test'] }), run('poor', { needs: ['test'] }), run('idle', { needs: ['test'] }), run('busy', { needs: ['test'] }),
    checkpoint('ok', 'merge', { needs: ['scan'] }), merge('land', { needs: ['ok'] }), run('tell', { needs: ['land'] }),
  ];
  const state = standing(steps, { early: 'active', read: 'active', poor: 'failed', idle: 'skipped', busy: 'active', ok: 'active', land: 'pending', tell: 'pending' });

  it('is what was judged and asked for it; what stands behind and does not depend on it is over again when its turn comes', () => {
    assert.equal(statuses(voidCandidate(state, at)), 'fix:done early:active test:pending read:active scan:pending(done) poor:pending(failed) idle:pending busy:active ok:pending land:pending tell:pending');
    const after = voidCandidate({ ...state, candidate: { head: 'h', onto: 'base', commit: 'c', tree: 't' }, candidateEvidence: evidence('t'), waived: [{ gate: 'unit', reason: '', by: '' }] }, at);
    assert.deepEqual([after.candidate, after.candidateEvidence, after.waived], [null, null, []]);
    assert.deepEqual(after.steps.find(({ id }) => id === 'scan')?.outputs, { x: 1 }, 'what it came to is kept');
  });

  it('is each approval of a merge that stands or was given, nothing else', () => {
    const all = (['open', 'approved', 'changes-requested', 'rejected', 'void'] as const).flatMap((how) => [opened('ok', 'merge', how), opened('read', 'review', how)]);
    assert.deepEqual(voidCandidate({ ...state, checkpoints: all }, at).checkpoints.map(({ about, state: how, decidedAt }) => `${about} ${how} ${decidedAt}`), [
      'merge void 99', 'review open null', 'merge void 99', 'review approved null', 'merge changes-requested null', 'review changes-requested null', 'merge rejected null', 'review rejected null', 'merge void null', 'review void null',
    ]);
  });

  it('is not what stands behind a gate that has not begun yet', () => {
    const beside = [agent('fix'), gate('test', { needs: ['fix'] }), run('scan', { needs: ['fix', 'test'], join: 'any' }), run('end', { needs: ['scan'] })];
    assert.equal(statuses(voidCandidate(standing(beside, { test: 'pending' }), at)), 'fix:done test:pending scan:done end:done');
  });

  it('goes on in each use around it; what comes after that is over again when its turn comes', () => {
    const nested = [use('sub'), inside('sub', agent('fix')), inside('sub', gate('test', { needs: ['fix'] })), use('next', { needs: ['sub'] }), inside('next', run('x')), use('other'), inside('other', run('y'))];
    assert.equal(statuses(voidCandidate(standing(nested, { next: 'failed' }), at)), 'sub:active sub/fix:done sub/test:pending next:pending(failed) next/x:pending(done) other:done other/y:done');
  });
});
