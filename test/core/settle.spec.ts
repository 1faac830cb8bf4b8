/** What follows from an event without another one, and in which words. The paths of whole workflows are in `conformance/`. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { DryRun } from '../../src/core/dryRun.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Plan, Review } from '../../src/core/plan.ts';
import type { Step } from '../../src/core/workflow.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, changed, evidence, finishedAttempt, given, integrated, landed, plan as subtasks, planApproved, startedAttempt } from '../support/given.ts';
import { agent, checkpoint, gate, inside, merge, pathOf, plan, played, review, run, use } from './conformance/workflowOf.ts';

const command = { outcome: 'command' } as const, refused = { outcome: 'refused' } as const, asksForChanges = { review: 'changes' } as const;
const each = (more = {}) => agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' }, ...more });
const race = (more = {}) => agent('race', { forEach: { over: 'agents', copies: 2 }, agents: ['x', 'y'], landing: 'choice', repairs: 0, ...more });
const choose = (id: string, more = {}) => checkpoint(id, 'choice', { needs: ['race'], of: 'race', ...more });
/** Step → why it ended as it did, or stands. */
const whys = (dry: DryRun): Record<string, string | null> => Object.fromEntries([...dry.path.flatMap((entry) => (entry.kind === 'step' ? [[entry.step, entry.why] as const] : [])), ...dry.failures.map(({ at, why }) => [at, why] as const)]);
const units = (dry: DryRun): string[] => dry.state.units.map(({ id, phase }) => `${id} ${phase.kind}${phase.kind === 'skipped' ? `: ${phase.why}` : ''}`);
const of = (steps: readonly object[], events: readonly RunEvent[]) => given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps }) } as RunEvent, ...events]);

describe('a step that ends', () => {
  it('REQ-FLOW-01 says why it was passed over', () => {
    const dry = played({ steps: [run('a', { if: 'inputs.no' }), run('b', { if: 'nonsense(' }), run('c', { needs: ['a'] }), use('build', { needs: ['b'] }), inside('build', run('make'))] });
    assert.deepEqual(whys(dry), { a: 'its condition does not hold: inputs.no', b: 'its condition cannot be read', c: 'a was skipped', build: 'b was skipped', 'build/make': 'build is over' });
  });

  it('REQ-FLOW-01 is passed over where nothing leads to it: needs in a circle are refused elsewhere, and hold up no run', () => {
    const dry = played({ steps: [run('x'), run('a', { needs: ['b'] }), run('b', { needs: ['a'] })] });
    assert.deepEqual([pathOf(dry), whys(dry)], ['x a- b- = done', { x: null, a: 'nothing leads to it', b: 'nothing leads to it' }]);
  });

  it('REQ-FLOW-01 lets what begins at once begin as the workflow lists it', () => {
    const dry = played({ steps: [run('c', { needs: ['b'], if: 'always()' }), run('a', { needs: ['scan'], if: 'false' }), run('b', { needs: ['scan'], if: 'false' }), run('d', { needs: ['a'], if: 'always()' }), run('scan')] });
    assert.deepEqual(dry.state.units.map(({ id }) => id), ['scan', 'c', 'd']);
  });

  it('REQ-FLOW-09 names what failed in it, three at most', () => {
    const subtasks = { a: [], b: [], c: [], d: [] };
    const some = played({ steps: [plan(), each({ continueOnError: true })], stubs: { plan: { subtasks }, 'each/b': { outcome: 'network' }, 'each/c': refused } });
    const all = played({ steps: [plan(), each({ continueOnError: true })], stubs: { plan: { subtasks }, each: refused } });
    assert.deepEqual([whys(some)['each'], whys(all)['each']], ['network: stub: network; refused: stub: refused', Array.from({ length: 3 }, () => 'refused: stub: refused').join('; ')]);
  });

  it('REQ-FLOW-16 names what failed inside of it, unless that may', () => {
    const steps = [use('build', { continueOnError: true }), inside('build', run('lint', { continueOnError: true })), inside('build', run('make')), inside('build', run('pack'))];
    const dry = played({ steps, stubs: { 'build/lint': command, 'build/make': command, 'build/pack': command } });
    assert.equal(whys(dry)['build'], 'build/make: command: stub: command; build/pack: command: stub: command');
    assert.deepEqual(pathOf(played({ steps, stubs: { 'build/lint': command } })), 'build/lint:command build/lint! build/make build/pack build = done');
  });
});

describe('the subtasks of a fan-out', () => {
  it('REQ-FLOW-09 are passed over behind one that failed, however far; the others are done', () => {
    const dry = played({ steps: [plan(), each({ continueOnError: true })], stubs: { plan: { subtasks: { a: [], b: ['a'], c: ['b'], d: [], e: ['d'] } }, 'each/a': refused } });
    assert.deepEqual(units(dry), ['plan given', 'each/a failed', 'each/b skipped: each/a did not land', 'each/c skipped: each/b did not land', 'each/d landed', 'each/e landed']);
  });

  it('REQ-FLOW-09 are passed over where they need what there is not: such a plan is refused elsewhere, and holds up no run', () => {
    assert.deepEqual(units(played({ steps: [plan(), each()], stubs: { plan: { subtasks: { a: [], b: ['nosuch'] } } } })), ['plan given', 'each/a landed', 'each/b skipped: each/nosuch did not land']);
  });

  const [first, ...rest] = planApproved();
  const all = (step: string): RunEvent[] => ['a', 'b', 'c'].flatMap((id) => [...changed(`${step}/${id}`), integrated(`${step}/${id}`, 'base'), landed(`${step}/${id}`, `${step}-${id}`)]);
  const d: Plan['subtasks'][number] = { id: 'd', title: 'd', description: 'd', needs: [], scope: ['infra/**'], requirements: [], tests: [] };
  /** `unit` proposes a subtask more, which may change what none could before. */
  const proposedBy = (unit: string): RunEvent => ({ type: 'PlanAmendmentProposed', command: `${unit}#1`, unit, step: 'implement', amendment: { why: 'more is needed', add: [d], split: [], drop: [] }, plan: { ...subtasks, subtasks: [...subtasks.subtasks, d] }, wider: ['infra/**'], dropped: [], waits: true });
  const withSteps = (change: (steps: readonly Step[]) => readonly Step[]): RunEvent => { assert.ok(first?.type === 'TaskAccepted'); return { ...first, workflow: { ...first.workflow, steps: [...change(first.workflow.steps)] } }; };

  it('REQ-AMEND-07 are not all there while another plan of theirs waits for a person; other fan-outs go on', () => {
    const two = withSteps((steps) => steps.flatMap((step) => (step.id === 'implement' ? [step, { ...step, id: 'further' }] : [step])));
    const { state } = given([two, ...rest, startedAttempt('implement/a'), proposedBy('implement/a'), ...all('implement'), ...all('further')]);
    assert.deepEqual(state.steps.filter(({ id }) => id === 'implement' || id === 'further').map(({ id, status }) => `${id} ${status}`), ['implement active', 'further done']);
  });

  it('REQ-AMEND-07 may be more than was thought as long as a proposal is open: the run does not end', () => {
    const short = withSteps((steps) => steps.flatMap((step) => (['plan', 'approve-plan', 'implement'].includes(step.id) ? [step] : step.id === 'review' ? [{ ...step, needs: ['implement'] }] : [])));
    const events = [short, ...rest, ...all('implement'), startedAttempt('review'), proposedBy('review'), finishedAttempt('review', { kind: 'review', review: { summary: '', criteria: [], findings: [] } })];
    const { state, standing } = given(events);
    assert.deepEqual([state.steps.map(({ status }) => status), standing()], [['done', 'done', 'done', 'done'], { status: 'waiting', waitingFor: 'checkpoint' }]);
    assert.deepEqual(given([...events, { type: 'CheckpointRejected', checkpoint: 'implement#amendment-1', reason: 'no', by: 'you' }]).standing(), { status: 'done', waitingFor: null });
  });
});

describe('a review that does not approve', () => {
  const steps = [agent('fix'), review('look', { needs: ['fix'], rework: 'fix', repairs: 2 })];

  it('REQ-FLOW-10 goes back with its findings and with the criteria that are not met, each with why', () => {
    const criteria: Review['criteria'] = [{ criterion: 'is fast', verdict: 'not-met', why: 'it takes a minute' }, { criterion: 'is small', verdict: 'met', why: 'it is' }, { criterion: 'is safe', verdict: 'unclear', why: 'who knows' }];
    const finding = { file: 'src/a.ts', line: 1, severity: 'high', message: 'it leaks' } as const;
    const { state } = of(steps, [...changed('fix'), integrated('fix', 'base'), landed('fix', 'h1'), startedAttempt('look'), finishedAttempt('look', { kind: 'review', review: { summary: '', criteria, findings: [finding] } })]);
    assert.deepEqual(state.units.find(({ id }) => id === 'fix')?.feedback, [{ kind: 'findings', findings: [finding], unmet: ['is fast: it takes a minute'] }]);
  });

  it('REQ-FLOW-10 goes back once more only when it still does not approve', () => {
    assert.deepEqual([[asksForChanges, {}], [{}]].map((look) => pathOf(played({ steps, stubs: { look } }))), ['fix fix look = done', 'fix look = done']);
  });

  it('REQ-FLOW-10 goes back as often as it says in all, however often it is repeated', () => {
    const looped = [agent('fix'), review('look', { needs: ['fix'], rework: 'fix', repairs: 1, loop: { until: 'steps.look.outputs.verdict == \'approve\'', max: 2 } })];
    assert.equal(pathOf(played({ steps: looped, stubs: { look: asksForChanges } })), 'fix fix = failed at look');
  });
});

describe('a loop', () => {
  const poll = (max: number) => run('poll', { loop: { until: 'steps.poll.outputs.ready', max }, outputs: { ready: { type: 'boolean' }, n: { type: 'number' } } });

  it('REQ-FLOW-06 hands over what its last round gave', () => {
    const dry = played({ steps: [poll(3)], stubs: { poll: [{ outputs: { ready: false, n: 1 } }, { outputs: { ready: true, n: 2 } }] } });
    assert.deepEqual(dry.path.at(-1), { kind: 'step', step: 'poll', n: 2, outcome: 'success', why: null, outputs: { exit: 0, stdout: '', ready: true, n: 2 } });
  });

  it('REQ-FLOW-06 says after how many rounds which check does not hold', () => {
    assert.deepEqual([1, 2].map((max) => whys(played({ steps: [poll(max)], stubs: { poll: { outputs: { ready: false } } } }))), [{ poll: 'its check does not hold after 1 round: steps.poll.outputs.ready' }, { poll: 'its check does not hold after 2 rounds: steps.poll.outputs.ready' }]);
  });
});

describe('a choice', () => {
  it('REQ-FLOW-13 is over where there is nothing to choose from, or nothing any more, and says so', () => {
    const none = played({ steps: [race({ if: 'false' }), choose('one', { if: 'always()' })] });
    const both = played({ steps: [race(), choose('one'), choose('two')] });
    const last = (dry: DryRun, step: string) => dry.path.find((entry) => entry.kind === 'step' && entry.step === step);
    assert.deepEqual([pathOf(none), last(none, 'one')], ['race- one = done', { kind: 'step', step: 'one', n: 1, outcome: 'success', why: 'there was nothing to choose from', outputs: { decision: 'approved' } }]);
    assert.deepEqual([pathOf(both), last(both, 'two'), last(both, 'one'), both.state.checkpoints.map(({ id, state, decidedAt }) => `${id} ${state} ${decidedAt === null ? '' : 'decided'}`)], [
      'race/1 race/2 race two one = done', { kind: 'step', step: 'two', n: 1, outcome: 'success', why: 'it was chosen elsewhere', outputs: { decision: 'approved' } },
      { kind: 'step', step: 'one', n: 1, outcome: 'success', why: null, outputs: { decision: 'approved' } }, ['one#1 approved decided', 'two#1 void decided'],
    ]);
  });

  it('REQ-FLOW-13 has failed where what was chosen cannot be brought together with what landed meanwhile', () => {
    const steps = [race({ continueOnError: true }), agent('other', { needs: ['race'] }), choose('one', { needs: ['other'] })];
    const dry = played({ steps, stubs: { 'race/1': [{}, { merge: 'conflict' }] } });
    assert.deepEqual([pathOf(dry), dry.failures], ['race/1 race/2 race other conflict:race/1 = failed at one', [{ at: 'one', why: 'race/1: conflict in src/a.ts' }]]);
  });

  it('REQ-FLOW-13 without a candidate says what became of each, three at most', () => {
    const words = (copies: number, stubs: object) => whys(played({ steps: [race({ forEach: { over: 'agents', copies } })], stubs: { race: stubs } }))['race'];
    assert.equal(words(4, refused), 'no candidate came of it: refused: stub: refused; refused: stub: refused; refused: stub: refused');
  });
});

describe('work that takes the place of the branch', () => {
  it('REQ-FLOW-10 begins over where others landed meanwhile: on the target still, and told of the branch as it is now', () => {
    const steps = [agent('fix'), agent('other'), gate('test', { needs: ['fix'], rework: 'fix' })];
    const conflict: RunEvent = { type: 'CandidateConflicted', command: 'test#1:candidate', step: 'test', n: 1, head: 'h1', onto: 'target', files: ['src/a.ts'], back: true };
    const before = [...changed('fix'), integrated('fix', 'base'), landed('fix', 'h1'), ...changed('other'), integrated('other', 'h1'), conflict, ...changed('fix', 2)];
    const after = of(steps, [...before, landed('other', 'h2')]);
    const fix = after.state.units.find(({ id }) => id === 'fix');
    assert.deepEqual([of(steps, before).commands(), after.commands(), fix && { phase: fix.phase, start: fix.start, rebase: fix.rebase, feedback: fix.feedback }], [['advance other#1:advance'], ['work fix#3'], {
      phase: { kind: 'ready', notBefore: after.state.updatedAt, why: 'others landed meanwhile' }, start: 'target', rebase: { onto: 'target', head: 'h2' }, feedback: [{ kind: 'conflict', files: ['src/a.ts'], onto: 'target', previous: 'h2' }],
    }]);
  });
});

describe('a landing', () => {
  it('REQ-FLOW-15 of what another merge has landed has nothing left to land', () => {
    const dry = played({ steps: [agent('fix'), gate('test', { needs: ['fix'] }), merge('land', { needs: ['test'] }), merge('too', { needs: ['test'] })] });
    assert.deepEqual([pathOf(dry), whys(dry)['too']], ['fix test land too = merged', 'there was nothing to land']);
  });

  it('REQ-FLOW-15 is of what was approved, without what came after', () => {
    const dry = played({ steps: [agent('fix'), gate('test', { needs: ['fix'] }), checkpoint('ok', 'merge', { needs: ['test'] }), agent('late', { needs: ['ok'] }), merge('land', { needs: ['late'] })] });
    const [approved] = dry.state.checkpoints;
    assert.deepEqual([pathOf(dry), dry.state.landed?.commit, dry.path.filter(({ kind }) => kind === 'gate').length], ['fix test ok late land = merged', approved?.binding.commit, 1]);
  });

  it('REQ-FLOW-15 whose approval is old is of all work that is there now, judged and approved anew', () => {
    const steps = [agent('fix'), gate('test', { needs: ['fix'] }), checkpoint('ok', 'merge', { needs: ['test'] }), gate('late', { needs: ['ok'] }), agent('docs', { needs: ['late'] }), merge('land', { needs: ['docs'] })];
    const dry = played({ steps });
    const [first, second] = dry.state.checkpoints.map(({ binding }) => binding.commit);
    assert.deepEqual([pathOf(dry), dry.state.landed?.commit === second, first === second, dry.path.flatMap((entry) => (entry.kind === 'gate' ? [entry.step] : []))], ['fix test ok late docs land = merged', true, false, ['test', 'late', 'land']]);
  });

  it('REQ-FLOW-15 that gates hold up names them, and waits for a waiver of each', () => {
    const gates = ['test', 'lint'].map((id) => gate(id, { needs: ['fix'], gates: [id], repairs: 0, continueOnError: true }));
    const steps = [agent('fix'), ...gates, merge('land', { needs: ['test', 'lint'], if: 'always()' })];
    const judged = (step: string): RunEvent => { const found = evidence('t', 'rejected', 'new-failures'); return { type: 'CandidateJudged', command: `${step}#1:gate`, step, n: 1, evidence: { ...found, id: step, gates: found.gates.map((one) => ({ ...one, id: step })) } }; };
    const { state, standing } = of(steps, [...changed('fix'), integrated('fix', 'base'), landed('fix', 'h1'), { type: 'CandidateMade', command: 'test#1:candidate', step: 'test', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' }, judged('test'), judged('lint')]);
    assert.deepEqual([standing(), state.steps.find(({ id }) => id === 'land')?.land], [{ status: 'waiting', waitingFor: 'gate' }, { kind: 'stuck', waitingFor: 'gate', why: 'not proven: test, lint', next: 'Approve with a waiver and a reason, or retry to have it judged again.' }]);
  });

  it('REQ-RUN-32 that asks by itself asks anew when another gate has spoken of the same tree, and leaves what else is open', () => {
    const steps = [agent('make'), gate('test', { needs: ['make'] }), gate('lint', { needs: ['make'], gates: ['lint'] }), plan(), checkpoint('ok-plan', 'plan', { needs: ['plan'], of: 'plan' }), merge('land', { needs: ['test'] })];
    const look: Evidence = { ...evidence('t', 'not-verified', 'needs-person', [{ id: 'integrity:f1', why: 'an expectation was changed' }]), gates: evidence('t').gates, id: 'tests' };
    const judged = (step: string, found: Evidence): RunEvent => ({ type: 'CandidateJudged', command: `${step}#1:gate`, step, n: 1, evidence: found });
    const events: RunEvent[] = [...changed('make'), integrated('make', 'base'), landed('make', 'h1'), { type: 'CandidateMade', command: 'test#1:candidate', step: 'test', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' }, judged('test', look),
      startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan: { summary: '', subtasks: [] } }), judged('lint', { ...look, id: 'lint' })];
    const shown = (count: number) => of(steps, events.slice(0, count)).state.checkpoints.map(({ id, state, binding, decidedAt }) => `${id} ${state} ${binding.evidence}${decidedAt === null ? '' : ' decided'}`);
    assert.deepEqual([shown(events.length - 1), shown(events.length)], [['land#1 open tests', 'ok-plan#1 open plan-1'], ['land#1 void tests decided', 'ok-plan#1 open plan-1', 'land#2 open tests+lint']]);
  });
});
