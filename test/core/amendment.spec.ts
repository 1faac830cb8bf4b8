import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { propose } from '../../src/core/amending.ts';
import { amendmentSchema, amendPlan } from '../../src/core/amendment.ts';
import type { Amendment } from '../../src/core/amendment.ts';
import { decide } from '../../src/core/decide.ts';
import type { CheckpointKind, RunEvent } from '../../src/core/event.ts';
import { evolve } from '../../src/core/evolve.ts';
import { scopeCovers } from '../../src/core/pathScope.ts';
import { planMistakes, subtaskSchema } from '../../src/core/plan.ts';
import type { Plan, Subtask } from '../../src/core/plan.ts';
import { passing } from '../../src/core/policy.ts';
import type { RunState } from '../../src/core/state.ts';
import { openCheckpoints, unitOf } from '../../src/core/state.ts';
import { status, waiting } from '../../src/core/status.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { seeded } from '../simulation/chance.ts';
import { accepted, allLanded, approve, candidate, evidence, finishedAttempt, given, judgedUnit, planApproved, startedAttempt, throughGate } from '../support/given.ts';

const subtask = (id: string, more: Partial<Subtask> = {}): Subtask => subtaskSchema.parse({ id, title: id, description: id, scope: ['src/**'], ...more });
const amend = (change: { readonly add?: readonly Subtask[]; readonly split?: readonly { readonly id: string; readonly into: readonly Subtask[] }[]; readonly drop?: readonly string[] }): Amendment => amendmentSchema.parse({ why: 'found on the way', ...change });

/** The plan of `given.ts` with requirements: a and b at once, c needs both. `a` is at work. */
const served = { a: 'REQ-1', b: 'REQ-2', c: 'REQ-3' } as const;
function working(yes: CheckpointKind[] = [], policy?: 'never' | 'on-risk'): RunEvent[] {
  return [...planApproved().map((event): RunEvent => {
    if (event.type === 'TaskAccepted') return { ...event, settings: { ...event.settings, yes, ...(policy ? { policy } : {}) } };
    if (event.type !== 'AttemptFinished' || event.outcome.kind !== 'plan') return event;
    return { ...event, outcome: { ...event.outcome, plan: { ...event.outcome.plan, subtasks: event.outcome.plan.subtasks.map((one) => ({ ...one, requirements: [served[one.id as keyof typeof served]] })) } } };
  }), startedAttempt('implement/a')];
}

function proposal(events: readonly RunEvent[], amendment: Amendment, unit = 'implement/a'): RunEvent {
  const { state } = given(events);
  const one = unitOf(state, unit);
  assert.ok(one);
  const proposed = propose(state, one, `${unit}#1`, amendment);
  assert.ok(proposed.ok, JSON.stringify(proposed));
  return proposed.value;
}
const mistakesOf = (events: readonly RunEvent[], amendment: Amendment, unit = 'implement/a'): readonly string[] => {
  const { state } = given(events);
  const one = unitOf(state, unit);
  const proposed = one ? propose(state, one, `${unit}#1`, amendment) : assert.fail(unit);
  return proposed.ok ? [] : proposed.refusal;
};
const needsOf = (state: RunState): Record<string, readonly string[]> => Object.fromEntries((state.plan?.subtasks ?? []).map(({ id, needs }) => [id, needs]));
const phases = (state: RunState): Record<string, string> => Object.fromEntries(state.units.filter((unit) => unit.step === 'implement').map((unit) => [unit.id.slice('implement/'.length), unit.phase.kind]));
const approval = (state: RunState): RunEvent => {
  const open = openCheckpoints(state).find(({ about }) => about === 'amendment');
  assert.ok(open);
  return { type: 'CheckpointApproved', checkpoint: open.id, binding: open.binding, by: 'you', waivers: [], ticks: [] };
};

describe('a change of the plan that an agent proposes', () => {
  it('REQ-AMEND-01 counts at once when it neither widens the scope nor gives anything up: what is added begins as soon as its needs have landed', () => {
    const before = working();
    const event = proposal(before, amend({ add: [subtask('d', { needs: ['a'], scope: ['src/d.ts'] }), subtask('e', { scope: ['src/e/*.ts'] })] }));
    const run = given([...before, event]);
    assert.deepEqual([event.type === 'PlanAmendmentProposed' && [event.waits, event.wider, event.dropped], phases(run.state)], [[false, [], []], { a: 'working', b: 'ready', c: 'pending', d: 'pending', e: 'ready' }]);
    assert.deepEqual(run.commands(), ['work implement/a#1', 'work implement/b#1', 'work implement/e#1']);
    assert.deepEqual(given([...before, event, ...throughGate('implement/a', 'base').slice(1)]).commands(), ['work implement/b#1', 'work implement/d#1', 'work implement/e#1']);
  });

  it('REQ-AMEND-01 split: who needed it needs all of its parts; drop: who needed it needs what it needed; the parts are done, what it was is not', () => {
    const before = working();
    const parts = [subtask('b1', { requirements: ['REQ-2'] }), subtask('b2', { needs: ['b1'] })];
    const split = given([...before, proposal(before, amend({ split: [{ id: 'b', into: parts }] }))]);
    assert.deepEqual([needsOf(split.state), phases(split.state)], [{ a: [], b1: [], b2: ['b1'], c: ['a', 'b1', 'b2'] }, { a: 'working', b1: 'ready', b2: 'pending', c: 'pending' }]);
    assert.deepEqual(unitOf(split.state, 'implement/c')?.needs, ['implement/a', 'implement/b1', 'implement/b2']);
    // `e` needs `c`, which goes: it needs what `c` needed. What `c` served, `e` serves.
    const further = proposal(before, amend({ add: [subtask('e', { needs: ['c'], requirements: ['REQ-3'] })] }));
    const dropped = given([...before, further, proposal([...before, further], amend({ drop: ['c'] }))]);
    assert.deepEqual([needsOf(dropped.state), phases(dropped.state)], [{ a: [], b: [], e: ['a', 'b'] }, { a: 'working', b: 'ready', e: 'pending' }]);
  });

  it('REQ-AMEND-02 is refused with every mistake at once: circles, missing needs, doubled ids, what has started, what nobody knows, nothing at all', () => {
    const before = [...working(), startedAttempt('implement/b')];
    assert.deepEqual(mistakesOf(before, amend({ add: [subtask('a'), subtask('x', { needs: ['nosuch', 'y'] }), subtask('y', { needs: ['x'] }), subtask('rework-1')], drop: ['b', 'zed'] })), [
      '"b" has started: only subtasks that have not can be split or dropped', 'there is no subtask "zed" to split or drop',
      'two subtasks are called "a"', '"rework-1": ids that begin with "rework-" are kept for the engine', '"x" needs "nosuch", which is no subtask', 'the needs form a circle: x → y → x',
    ]);
    assert.deepEqual(mistakesOf(before, amend({})), ['it changes nothing: name subtasks to add, to split or to drop']);
    assert.deepEqual(mistakesOf(before, amend({ drop: ['c', 'c'] })), ['"c" is to be split or dropped more than once']);
    assert.deepEqual(mistakesOf(before, amend({ add: Array.from({ length: 98 }, (_, index) => subtask(`n${index}`)) })).map((mistake) => mistake.includes('100')), [true]);
    assert.deepEqual(mistakesOf(planApproved(), amend({ add: [subtask('d')] }), 'plan'), ['there is no plan that can be changed now']);
  });

  it('REQ-AMEND-01 who needed a dropped one needs what that needed, however many of a chain go', () => {
    const chain: Plan = { summary: 'one after another', subtasks: ['a', 'b', 'c', 'd'].map((id, at, ids) => subtask(id, { needs: ids.slice(Math.max(0, at - 1), at) })) };
    const needs = (...drop: readonly string[]) => { const next = amendPlan(chain, amend({ drop }), new Set(['a'])); return next.ok && next.value.subtasks.map((one) => `${one.id}: ${one.needs.join(' ')}`); };
    assert.deepEqual([needs('b'), needs('b', 'c')], [['a: ', 'c: a', 'd: c'], ['a: ', 'd: a']]);
  });

  it('REQ-AMEND-02 is refused where it would change what a subtask needs that has started', () => {
    const next = amendPlan({ summary: 's', subtasks: [subtask('a'), subtask('b'), subtask('c'), subtask('d', { needs: ['a', 'b', 'c'] })] }, amend({ drop: ['b'], split: [{ id: 'c', into: [subtask('c1'), subtask('c2')] }] }), new Set(['a', 'd']));
    assert.deepEqual(next, { ok: false, refusal: ['"d" has started and needs "b", "c"'] });
  });

  it('REQ-AMEND-03 waits for a person when files may change that none could before: what it would split or drop does not start, everything else goes on', () => {
    const before = working();
    const event = proposal(before, amend({ split: [{ id: 'b', into: [subtask('b1', { requirements: ['REQ-2'] }), subtask('b2', { scope: ['infra/**'] })] }] }));
    const run = given([...before, event]);
    assert.deepEqual([run.commands(), run.standing(), openCheckpoints(run.state).map(({ id, about, step }) => [id, about, step])], [['work implement/a#1'], { status: 'running', waitingFor: 'checkpoint' }, [['implement#amendment-1', 'amendment', 'implement']]]);
    assert.deepEqual(waiting(run.state), { for: 'checkpoint', why: 'implement/a proposes another plan; it may change more: infra/**', next: 'Look at what would change, then approve or reject it; the task goes on either way.', at: 'implement#amendment-1' });
    assert.equal(viewOf(run.state).steps.find((step) => step.id === 'implement/b')?.detail, 'waits for your word on another plan');
    const alone = given([...before, event, ...throughGate('implement/a', 'base').slice(1)]);
    assert.deepEqual([alone.commands(), alone.standing()], [[], { status: 'waiting', waitingFor: 'checkpoint' }]);
    assert.deepEqual(run.when({ kind: 'request-changes', checkpoint: null, comments: [{ file: null, line: null, text: 'no' }], by: 'you' }), { refused: 'not-here', becauseTrue: [] });
    const yes = given([...before, event, approval(run.state)]);
    assert.deepEqual([run.when({ ...approve, checkpoint: null }), phases(yes.state), yes.commands()], [{ then: [approval(run.state)] }, { a: 'working', b1: 'ready', b2: 'ready', c: 'pending' }, ['work implement/a#1', 'work implement/b1#1', 'work implement/b2#1']]);
    const rejected = run.when({ kind: 'reject', checkpoint: null, reason: 'not now', by: 'you' });
    assert.ok('then' in rejected && rejected.then);
    const no = given([...before, event, ...rejected.then]);
    assert.deepEqual([needsOf(no.state), no.state.end, no.commands()], [{ a: [], b: [], c: ['a', 'b'] }, null, ['work implement/a#1', 'work implement/b#1']]);
    assert.deepEqual(viewOf(no.state).amendments, [{ n: 1, by: 'implement/a', at: viewOf(no.state).amendments[0]?.at, why: 'found on the way', added: [], split: [{ id: 'b', into: ['b1', 'b2'] }], dropped: [], wider: ['infra/**'], givenUp: [], state: 'rejected' }]);
  });

  it('REQ-AMEND-03 waits for a person when a requirement would be given up, the last test that was named for it, or a subtask that names none', () => {
    const before = working();
    const plain = planApproved();
    assert.deepEqual([
      proposal(before, amend({ drop: ['b'] })), proposal(before, amend({ split: [{ id: 'b', into: [subtask('b1'), subtask('b2')] }] })), proposal([...plain, startedAttempt('implement/a')], amend({ drop: ['b'] })),
    ].map((event) => event.type === 'PlanAmendmentProposed' && [event.waits, event.dropped]), [[true, ['REQ-2']], [true, ['REQ-2']], [true, ['b: b']]]);
    const tested = before.map((event): RunEvent => (event.type === 'AttemptFinished' && event.outcome.kind === 'plan' ? { ...event, outcome: { ...event.outcome, plan: { ...event.outcome.plan, subtasks: event.outcome.plan.subtasks.map((one) => ({ ...one, tests: [`${one.id} works`] })) } } } : event));
    const untested = proposal(tested, amend({ split: [{ id: 'b', into: [subtask('b1', { requirements: ['REQ-2'] }), subtask('b2')] }] }));
    assert.deepEqual(untested.type === 'PlanAmendmentProposed' && untested.dropped, ['REQ-2 (no test is named for it any more)']);
  });

  it('REQ-AMEND-04 is answered by --yes and the policy "never" like a plan, but never where something is given up; under "on-risk" it waits', () => {
    const passes = (events: readonly RunEvent[], change: Parameters<typeof amend>[0]): boolean => passing(given([...events, proposal(events, amend(change))]).state) !== null;
    const wider = { add: [subtask('d', { scope: ['infra/**'] })] };
    const ways = [working(), working(['plan']), working(['amendment']), working([], 'never'), working([], 'on-risk')];
    assert.deepEqual(ways.map((events) => [passes(events, wider), passes(events, { drop: ['b'] })]), [[false, false], [false, false], [true, false], [true, false], [false, false]]);
    const risky = passing(given([...working([], 'never'), proposal(working([], 'never'), amend(wider))]).state);
    assert.deepEqual(risky?.kind === 'approve' && risky.risks, ['a subtask may change infra/**, which none could before']);
  });

  it('REQ-AMEND-05 keeps every version of the plan, with who gave it', () => {
    const before = working();
    const event = proposal(before, amend({ add: [subtask('d')] }));
    const { state } = given([...before, event]);
    assert.deepEqual(state.planVersions.map(({ version, by, plan }) => [version, by, plan.subtasks.map(({ id }) => id)]), [[1, 'plan', ['a', 'b', 'c']], [2, 'implement/a', ['a', 'b', 'c', 'd']]]);
    assert.deepEqual(viewOf(state).planVersions.map(({ version, subtasks }) => [version, subtasks]), [[1, 3], [2, 4]]);
  });

  it('REQ-AMEND-06 a proposal stands open anew when the plan changes under it, and is void when it cannot be carried out any more', () => {
    const before = working();
    const wide = proposal(before, amend({ add: [subtask('d', { needs: ['c'], scope: ['infra/**'] })] }));
    assert.deepEqual(mistakesOf([...before, proposal(before, amend({ split: [{ id: 'b', into: [subtask('b1'), subtask('b2')] }] }))], amend({ drop: ['b'] })), ['"b" is part of a proposal that waits for a person already']);
    const changed = [...before, wide, proposal([...before, wide], amend({ add: [subtask('e')] }))];
    assert.deepEqual(given(changed).state.checkpoints.filter(({ about }) => about === 'amendment').map(({ id, state, binding }) => [id, state, binding.evidence]), [['implement#amendment-1', 'void', 'amendment-1@plan-1'], ['implement#amendment-1.2', 'open', 'amendment-1@plan-2']]);
    assert.deepEqual(given([...changed, approval(given(changed).state)]).state.plan?.subtasks.map(({ id }) => id), ['a', 'b', 'c', 'e', 'd']);
    const gone = [...before, wide, proposal([...before, wide], amend({ split: [{ id: 'c', into: [subtask('c1', { needs: ['a', 'b'], requirements: ['REQ-3'] }), subtask('c2')] }] }))];
    assert.deepEqual(given(gone).state.checkpoints.filter(({ about }) => about === 'amendment').map(({ state, reason }) => [state, reason]), [['void', 'the plan changed meanwhile: "d" needs "c", which is no subtask']]);
  });

  it('REQ-AMEND-07 of a reviewer after the subtasks: they go on, and gate and review come anew; nothing lands while a proposal is open', () => {
    const events = [...allLanded(), ...candidate(evidence('t')), startedAttempt('review')];
    const more = given([...events, proposal(events, amend({ add: [subtask('d', { scope: ['src/d.ts'] })] }), 'review')]);
    assert.deepEqual([more.commands(), more.state.steps.map(({ id, status: own }) => `${id} ${own}`)], [['work implement/d#1'], ['plan done', 'approve-plan done', 'implement active', 'test pending', 'review pending', 'approve-merge pending', 'merge pending']]);
    const reviewing = [...events, proposal(events, amend({ add: [subtask('d', { scope: ['infra/**'] })] }), 'review'), finishedAttempt('review', { kind: 'review', review: { summary: 'fine', criteria: [], findings: [] } })];
    const merged: RunEvent = { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding: { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' }, by: 'you', waivers: [], ticks: [] };
    const held = given([...reviewing, merged]);
    assert.deepEqual([held.commands(), held.standing(), viewOf(held.state).steps.at(-1)?.detail], [[], { status: 'waiting', waitingFor: 'checkpoint' }, 'waits for your word on another plan']);
    assert.deepEqual(held.when({ kind: 'reject', checkpoint: 'implement', reason: 'no', by: 'you' }), { then: [{ type: 'CheckpointRejected', checkpoint: 'implement#amendment-1', reason: 'no', by: 'you' }] });
    assert.deepEqual(given([...reviewing, merged, { type: 'CheckpointRejected', checkpoint: 'implement#amendment-1', reason: 'no', by: 'you' }]).commands(), ['land merge#1']);
    assert.deepEqual(given(reviewing).when({ kind: 'reject', checkpoint: null, reason: 'no', by: 'you' }), { refused: 'ambiguous', becauseTrue: [] });
    const both = given([...reviewing, merged, approval(held.state)]);
    assert.deepEqual([both.commands(), both.state.checkpoints.map(({ id, state }) => `${id} ${state}`)], [['work implement/d#1'], ['approve-plan#1 approved', 'implement#amendment-1 approved', 'approve-merge#1 approved']]);
  });

  it('REQ-AMEND-08 a scope covers what lies in one of its globs for sure, and nothing that may lie outside', () => {
    const scope = ['src/**', 'docs/*.md', 'a*/x', 'README.md'];
    const wanted = (globs: readonly string[]): readonly boolean[] => globs.map((glob) => scopeCovers(scope, glob));
    assert.deepEqual(wanted(['src', 'src/', 'src/a/**', 'src/*.ts', 'docs/a.md', 'docs/b*.md', 'ab/x', 'a*/x/y', 'README.md']), Array(9).fill(true));
    assert.deepEqual(wanted(['**', '*', 'docs', 'docs/**', 'docs/*', 'b/x', '*/x', 'READMEs.md', 'srcs/a', '**/src', 'a/y']), Array(11).fill(false));
  });

  it('REQ-AMEND-09 whatever is proposed and decided while 200 random plans are carried out: nothing that has started changes, no circle comes to be, everything wanted lands', () => {
    const counts = { taken: 0, waited: 0, refused: 0, landed: 0 };
    for (let seed = 1; seed <= 200; seed += 1) carriedOut(seed, counts);
    assert.ok(counts.taken > 200 && counts.waited > 100 && counts.refused > 200 && counts.landed > 500, JSON.stringify(counts));
  });
});

/** One run with random proposals; every step of it is looked at. */
function carriedOut(seed: number, counts: { taken: number; waited: number; refused: number; landed: number }): void {
  const chance = seeded(seed);
  const drawn = (id: string, ids: readonly string[]): Subtask => subtask(id, { needs: ids.filter(() => chance.happens(0.3)), scope: chance.happens(0.2) ? [`other${chance.between(1, 3)}/**`] : ['src/**'], requirements: chance.happens(0.5) ? [`REQ-${chance.between(1, 4)}`] : [] });
  const first = Array.from({ length: chance.between(1, 6) }, (_, index) => `s${index}`);
  const plan: Plan = { summary: 'drawn', subtasks: first.map((id, index) => drawn(id, first.slice(0, index))) };
  let seq = 0;
  let state: RunState | undefined;
  const record = (event: RunEvent): RunState => (state = evolve(state, { seq: ++seq, epoch: 1, at: seq, event })) ?? assert.fail();
  record(accepted('spec-and-build', ['plan']));
  record(startedAttempt('plan'));
  record(finishedAttempt('plan', { kind: 'plan', plan }));
  let now = record({ type: 'CheckpointApproved', checkpoint: 'approve-plan#1', binding: { commit: 'base', base: 'base', tree: 'base-tree', evidence: 'plan-1' }, by: 'you', waivers: [], ticks: [] });
  let names = 0;
  for (let step = 0; now.steps[2]?.status === 'active'; step += 1) {
    assert.ok(step < 2_000, `seed ${seed}: ${JSON.stringify(now.units.map(({ id, phase }) => `${id} ${phase.kind}`))}`);
    const open = openCheckpoints(now).filter(({ about }) => about === 'amendment');
    const workers = now.units.filter((unit) => unit.phase.kind === 'working' && unit.step === 'implement');
    const started = new Map(now.units.flatMap((unit) => (unit.subtask && unit.attempts.length > 0 ? [[unit.subtask.id, JSON.stringify([unit.subtask, unit.attempts.length, unit.phase])]] : [])));
    const [decided] = open;
    if (decided && (chance.happens(0.3) || decide(now).length === 0)) {
      now = record(chance.happens(0.5) ? { type: 'CheckpointApproved', checkpoint: decided.id, binding: decided.binding, by: 'you', waivers: [], ticks: [] } : { type: 'CheckpointRejected', checkpoint: decided.id, reason: 'no', by: 'you' });
      untouched(now, started, seed);
    } else if (workers.length > 0 && step < 200 && chance.happens(0.4)) {
      const ids = now.plan?.subtasks.map(({ id }) => id) ?? [];
      const idle = ids.filter((id) => !started.has(id));
      const touched = (): string => chance.pick(idle.length > 0 && chance.happens(0.8) ? idle : ids);
      const fresh = (): string => (chance.happens(0.1) ? chance.pick(ids) : `n${++names}`);
      const worker = chance.pick(workers);
      const into = (): Subtask[] => { const one = fresh(); return [drawn(one, chance.happens(0.5) ? ids : []), drawn(fresh(), [one])]; };
      const proposed = propose(now, worker, `${worker.id}#${worker.attempts.length}`, amend({
        add: chance.happens(0.5) ? [drawn(fresh(), chance.happens(0.1) ? ['nosuch'] : ids)] : [], split: chance.happens(0.4) ? [{ id: touched(), into: into() }] : [], drop: chance.happens(0.4) ? [touched()] : [],
      }));
      if (!proposed.ok) counts.refused += 1;
      else {
        counts[proposed.value.waits ? 'waited' : 'taken'] += 1;
        now = record(proposed.value);
        untouched(now, started, seed);
      }
    } else {
      const commands = decide(now);
      const command = commands.length > 0 ? chance.pick(commands) : assert.fail(`seed ${seed} stands still: ${status(now)}`);
      switch (command.kind) {
        case 'work': now = record(now.units.some((unit) => unit.id === command.unit && unit.phase.kind === 'working') ? finishedAttempt(command.unit, { kind: 'tree', commit: `${command.id}`, tree: `${command.id}-tree`, summary: '', files: 1, hidden: [], outOfScope: [] }, command.n) : startedAttempt(command.unit, command.n)); break;
        case 'integrate': now = record({ type: 'Integrated', command: command.id, unit: command.unit, n: command.n, onto: command.onto, commit: `${command.id}`, tree: `${command.id}-tree` }); break;
        case 'judge-unit': now = record(judgedUnit(command.unit, evidence(command.tree), command.n)); break;
        case 'advance': now = record({ type: 'UnitLanded', command: command.id, unit: command.unit, n: command.n, commit: command.to }); break;
        default: assert.fail(command.kind);
      }
    }
  }
  const units = now.units.filter((unit) => unit.step === 'implement');
  assert.deepEqual(units.map(({ subtask: one, phase }) => [one?.id, phase.kind]).sort(), now.plan?.subtasks.map(({ id }) => [id, 'landed']).sort(), `seed ${seed}`);
  counts.landed += units.length;
}

function untouched(state: RunState, started: ReadonlyMap<string, string>, seed: number): void {
  assert.deepEqual(state.plan && planMistakes(state.plan), [], `seed ${seed}`);
  const now = new Map(state.units.flatMap((unit) => (unit.subtask ? [[unit.subtask.id, JSON.stringify([unit.subtask, unit.attempts.length, unit.phase])]] : [])));
  for (const [id, was] of started) {
    assert.equal(now.get(id), was, `seed ${seed}: ${id}`);
    assert.ok(state.plan?.subtasks.some((one) => one.id === id && was.startsWith(`[${JSON.stringify(one)},`)), `seed ${seed}: ${id} in the plan`);
  }
}
