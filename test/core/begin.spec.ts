/** What there is when a step begins: its units with their rows and agents, what its checkpoint is about, what it proves. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { beginUnit, newUnit, rowsOf } from '../../src/core/begin.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState, Unit } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, changed, evidence, given, integrated, landed, planApproved } from '../support/given.ts';
import { agent, checkpoint, gate, merge, pathOf, plan, played, run, tool } from './conformance/workflowOf.ts';

const of = (steps: readonly object[], events: readonly RunEvent[] = [], more: object = {}, agents: object = { implementer: ['demo'] }) => given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps, ...more }), agents } as RunEvent, ...events]);
const each = (more = {}) => agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' }, ...more });

describe('the units of a step', () => {
  it('REQ-FLOW-01 are what it does, for whom, and how it lands', () => {
    const { state } = of([agent('make', { title: 'Make it', landing: 'choice', repairs: 2 }), agent('gated', { landing: undefined }), run('build', { gives: 'tree', landing: 'direct' }), run('pack', { gives: 'tree' }), run('scan'), tool('tell')]);
    const row = ({ id, title, does, role, gives, landing, repairs, phase }: Unit) => [id, title, does, role, gives, landing, repairs, phase.kind];
    assert.deepEqual(state.units.map(row), [
      ['make', 'Make it', 'agent', 'implementer', 'tree', 'choice', { used: 0, cap: 2 }, 'ready'], ['gated', 'Add csv export', 'agent', 'implementer', 'tree', 'gated', { used: 0, cap: 1 }, 'ready'],
      ['build', 'Add csv export', 'run', null, 'tree', 'direct', { used: 0, cap: 0 }, 'ready'], ['pack', 'Add csv export', 'run', null, 'tree', 'gated', { used: 0, cap: 0 }, 'ready'],
      ['scan', 'Add csv export', 'run', null, 'result', 'gated', { used: 0, cap: 0 }, 'ready'], ['tell', 'Add csv export', 'tool', null, 'result', 'gated', { used: 0, cap: 0 }, 'ready'],
    ]);
  });

  it('REQ-FLOW-07 are asked of the step\'s own agents, of those of its role, or of the implementer\'s; commands of none', () => {
    const steps = [agent('own', { agents: ['mine', 'other'] }), agent('asks', { role: 'planner' }), agent('tests', { role: 'tester' }), run('build'), tool('tell')];
    const agents = (chains: object) => of(steps, [], {}, chains).state.units.map((unit) => unit.agents);
    assert.deepEqual([agents({ implementer: ['a', 'b'], planner: ['p'] }), agents({})], [[['mine', 'other'], ['p'], ['a', 'b'], [], []], [['mine', 'other'], [], [], [], []]]);
  });

  it('REQ-FLOW-09 are one for each row: of a matrix, of a list, of the agents; each knows its row', () => {
    const files = { files: { type: { type: 'list' }, default: ['a.ts', 'x'.repeat(100), 3] } };
    const { state } = of([
      run('test', { forEach: { over: 'matrix', rows: [{ name: 'linux', values: { os: 'linux', version: 22 } }] } }), run('fix', { forEach: { over: 'list', of: 'inputs.files' } }), run('none', { forEach: { over: 'list', of: 'inputs.nosuch' } }),
      agent('race', { forEach: { over: 'agents', copies: 3 }, agents: ['x', 'y'] }), run('twice', { forEach: { over: 'agents', copies: 2 } }),
    ], [], { inputs: files });
    assert.deepEqual(state.units.map(({ id, item, agents }) => [id, item?.name, item?.values, agents]), [
      ['test/linux', 'linux', { os: 'linux', version: 22 }, []], ['fix/1', 'a.ts', { item: 'a.ts' }, []], ['fix/2', 'x'.repeat(80), { item: 'x'.repeat(100) }, []], ['fix/3', '3', { item: 3 }, []],
      ['race/1', 'x', { copy: 1, agent: 'x' }, ['x']], ['race/2', 'y', { copy: 2, agent: 'y' }, ['y']], ['race/3', 'x', { copy: 3, agent: 'x' }, ['x']], ['twice/1', '1', { copy: 1, agent: '' }, []], ['twice/2', '2', { copy: 2, agent: '' }, []],
    ]);
  });

  it('REQ-FLOW-09 are of the plan that the step names, where there are two; of none where no plan was made', () => {
    const work = (id: string, from: string) => agent(id, { needs: ['one', 'two'], join: 'settled', forEach: { over: 'subtasks', of: from } });
    const two = played({ steps: [plan('one'), plan('two'), work('first', 'one'), work('second', 'two')], stubs: { one: { subtasks: { a: [] } }, two: { subtasks: { b: [] } } } });
    assert.equal(pathOf(two), 'one two first/a second/b first second = done');
    const none = played({ steps: [plan('plan', { if: 'false' }), each({ if: 'always()' })] });
    assert.deepEqual([pathOf(none), none.state.units], ['plan- each = done', []]);
  });

  it('REQ-FLOW-09 may be 256', () => {
    const scan = run('scan', { outputs: { files: { type: 'list' } } }), fix = run('fix', { needs: ['scan'], forEach: { over: 'list', of: 'steps.scan.outputs.files' } });
    const { state, failures } = played({ steps: [scan, fix], stubs: { scan: { outputs: { files: Array.from({ length: 256 }, () => 'x') } } } });
    assert.deepEqual([state.units.filter(({ phase }) => phase.kind === 'given').length, failures], [257, []]);
  });
});

describe('a step that begins again', () => {
  it('REQ-FLOW-10 leaves what is not wanted any more: what landed stays, what was passed over says why still', () => {
    const steps = [plan(), each({ continueOnError: true }), run('check', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' } }), checkpoint('ok', 'review', { needs: ['each', 'check'], rework: 'plan', if: 'always()' })];
    const { state } = played({ steps, stubs: { ok: [{ decision: 'changes' }, {}], plan: [{ subtasks: { a: [], b: [], c: ['b'], d: [] } }, { subtasks: { d: [] } }], 'each/b': { outcome: 'refused' } } });
    assert.deepEqual(state.units.map(({ id, phase }) => `${id} ${phase.kind}${phase.kind === 'skipped' ? `: ${phase.why}` : ''}`), [
      'plan given', 'each/a landed', 'each/b skipped: it is not wanted any more', 'each/c skipped: each/b did not land', 'each/d landed', 'check/a given', 'check/b given', 'check/c given', 'check/d given',
    ]);
  });

  const { state } = given([...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base'), landed('implement/a', 'h1')]);
  const step = state.workflow.steps.find(({ id }) => id === 'implement');
  assert.ok(step?.kind === 'agent');
  const [row, , needing] = rowsOf(state, step);
  const known = state.units.find(({ id }) => id === 'implement/a');
  assert.ok(row && needing && known?.phase.kind === 'landed');
  const fresh = newUnit(step, row), changedRow = newUnit(step, { ...row, subtask: row.subtask && { ...row.subtask, description: 'otherwise' } });
  const failed: Unit = { ...known, phase: { kind: 'failed', why: '', evidence: null, resume: { kind: 'pending' } } };

  for (const [what, before, next, afresh, again] of [
    ['not what has landed and still says the same', known, fresh, false, false], ['what has landed where its step is repeated', known, fresh, true, true], ['what has landed and says something else', known, changedRow, false, true],
    ['what has not landed', failed, fresh, false, true], ['what is no subtask', { ...known, subtask: null }, { ...fresh, subtask: null }, false, true],
  ] as const) {
    it(`REQ-FLOW-10 does again ${what}`, () => {
      const unit = beginUnit(before, next, afresh, 5);
      assert.deepEqual([unit === before, unit.phase.kind], again ? [false, 'ready'] : [true, 'landed']);
    });
  }

  it('REQ-FLOW-10 counts attempts and landings on, and begins with nothing else of before', () => {
    const unit = beginUnit({ ...known, relaid: 2, specs: 1, feedback: [{ kind: 'comments', comments: [] }], repairs: { used: 3, cap: 3 }, start: 'older' }, fresh, true, 5);
    assert.deepEqual(unit, { ...fresh, phase: { kind: 'ready', notBefore: 5, why: null }, attempts: known.attempts, from: 1, relaid: 2, landings: 1, specs: 1, finishedAt: known.finishedAt });
  });

  it('REQ-RUN-03 waits for what it needs', () => {
    assert.deepEqual([beginUnit(undefined, newUnit(step, needing), false, 5).phase, beginUnit(undefined, fresh, false, 5).phase], [{ kind: 'pending' }, { kind: 'ready', notBefore: 5, why: null }]);
  });
});

describe('a checkpoint that opens', () => {
  const wait = { decision: 'wait' } as const;
  const race = agent('race', { needs: ['other'], forEach: { over: 'agents', copies: 2 }, agents: ['x', 'y'], landing: 'choice', repairs: 0 });
  const document = (id: string, needs: readonly string[], more = {}) => agent(id, { gives: 'document', document: `${id}.md`, role: 'planner', needs, ...more });
  const asks = [['on-plan', 'plan', 'plan'], ['on-document', 'document', 'other'], ['on-none', 'document', 'left'], ['on-nothing', 'document', null], ['on-race', 'choice', 'race'], ['on-work', 'review', null], ['on-merge', 'merge', null]] as const;
  let state: RunState;
  before(() => ({ state } = played({
    steps: [plan(), agent('fix', { needs: ['plan'] }), document('spec', ['fix']), document('left', ['fix'], { if: 'false' }), document('other', ['spec']), race, ...asks.map(([id, about, from]) => checkpoint(id, about, { needs: ['race'], of: from }))],
    stubs: Object.fromEntries(asks.map(([id]) => [id, wait])),
  })));

  it('REQ-RUN-09 is bound to what it is about: the plan, the version of the document, the best candidate, the work, what would land', () => {
    const { head, headTree, candidate } = state, best = state.units.find(({ id }) => id === 'race/1');
    const work = { commit: head, base: 'base', tree: headTree };
    assert.deepEqual(state.checkpoints.map(({ step, binding, subject }) => [step, binding, subject]), [
      ['on-plan', { commit: 'base', base: 'base', tree: 'base-tree', evidence: 'plan-1' }, null], ['on-document', { ...work, evidence: 'other.md@1' }, 'other.md'], ['on-none', { ...work, evidence: 'left.md@0' }, 'left.md'], ['on-nothing', { ...work, evidence: 'nothing@0' }, null],
      ['on-race', { commit: best?.judged?.commit, base: head, tree: best?.judged?.tree, evidence: best?.attempts[0]?.evidence?.id }, null], ['on-work', { ...work, evidence: '' }, null],
      ['on-merge', { commit: candidate?.commit, base: 'base', tree: candidate?.tree, evidence: state.candidateEvidence?.id }, null],
    ]);
  });

  it('REQ-FLOW-17 stands open, and nobody has said anything', () => {
    assert.deepEqual(state.checkpoints.map(({ id, about, state: how, decidedAt, by, reason, comments, waivers }) => ({ id, about, how, decidedAt, by, reason, comments, waivers })), asks.map(([id, about]) => ({ id: `${id}#1`, about, how: 'open', decidedAt: null, by: null, reason: null, comments: [], waivers: [] })));
  });
});

describe('a merge that begins', () => {
  const red = { verdict: 'rejected' } as const;

  it('REQ-FLOW-15 judges anew what came after the last gate: a waiver of before does not count', () => {
    const steps = [agent('fix'), gate('test', { needs: ['fix'], repairs: 0 }), agent('late', { needs: ['test'] }), merge('land', { needs: ['late'] })];
    const events: RunEvent[] = [...changed('fix'), integrated('fix', 'base'), landed('fix', 'h1'), { type: 'CandidateMade', command: 'test#1:candidate', step: 'test', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 't' },
      { type: 'CandidateJudged', command: 'test#1:gate', step: 'test', n: 1, evidence: evidence('t', 'rejected', 'new-failures') }, { type: 'GateWaived', at: 'test', gate: 'unit', reason: 'known', by: 'you' }];
    const late = of(steps, [...events, ...changed('late'), integrated('late', 'h1'), landed('late', 'h2')]);
    assert.deepEqual([of(steps, events).state.waived.length, late.state.waived, late.commands()], [1, [], ['make-candidate land#1:candidate']]);
  });

  it('REQ-FLOW-15 of nothing is over, and says so', () => {
    const dry = played({ steps: [run('scan'), merge('land', { needs: ['scan'] })], stubs: { land: red } });
    assert.deepEqual([pathOf(dry), dry.path.at(-1)], ['scan land = done', { kind: 'step', step: 'land', n: 1, outcome: 'success', why: 'there was nothing to land', outputs: {} }]);
  });
});
