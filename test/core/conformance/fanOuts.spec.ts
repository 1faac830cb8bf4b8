/** REQ-FLOW-05, 09, 13: fan-outs over subtasks, a matrix, a list, agents; and candidates to choose from. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agent, cases, checkpoint, gate, merge, pathOf, plan, played, review, run } from './workflowOf.ts';

const each = (more = {}) => agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' }, ...more });
const matrix = (...names: string[]) => ({ forEach: { over: 'matrix', rows: names.map((name) => ({ name, values: { os: name } })) } });
const three = { plan: { subtasks: { a: [], b: [], c: ['a', 'b'] } } };
const red = { verdict: 'rejected' } as const;

describe('fan-outs', () => {
  cases('REQ-FLOW-09', {
    'runs each subtask, in the order of their needs': { steps: [plan(), each()], stubs: three, path: 'plan each/a each/b each/c each = done' },
    'a subtask that fails stops only what needs it': { steps: [plan(), each({ landing: 'gated', repairs: 0 })], stubs: { ...three, 'each/a': red }, path: 'plan each/a each/b each/a:rejected = failed at each/a' },
    'where failures may be, what needs a failed one is passed over': { steps: [plan(), each({ landing: 'gated', repairs: 0, continueOnError: true }), run('end', { needs: ['each'], if: 'failure()' })], stubs: { ...three, 'each/a': red }, path: 'plan each/a each/b each/a:rejected each! end = done' },
    'a red subtask goes back to its agent': { steps: [plan(), each({ landing: 'gated', repairs: 1 })], stubs: { plan: { subtasks: { a: [] } }, 'each/a': [red, {}] }, path: 'plan each/a each/a:rejected each/a each = done' },
    'a conflict goes back to its agent': { steps: [plan(), each()], stubs: { plan: { subtasks: { a: [] } }, 'each/a': [{ merge: 'conflict' }, {}] }, path: 'plan each/a conflict:each/a each/a each = done' },
    'runs each row of a matrix': { steps: [run('test', matrix('linux', 'mac')), run('end', { needs: ['test'] })], path: 'test/linux test/mac test end = done' },
    'a row that fails is that row\'s failure': { steps: [run('test', matrix('linux', 'mac')), run('end', { needs: ['test'] })], stubs: { 'test/mac': { outcome: 'command' } }, path: 'test/linux test/mac:command = failed at test/mac' },
    'a row can be retried alone': { steps: [run('test', matrix('linux', 'mac'))], stubs: { 'test/mac': [{ outcome: 'command', stopped: 'retry' }, {}] }, path: 'test/linux test/mac:command retry:test/mac test/mac test = done' },
    'runs each element of a list that a step gave': { steps: [run('scan', { outputs: { files: { type: 'list' } } }), run('fix', { needs: ['scan'], forEach: { over: 'list', of: 'steps.scan.outputs.files' } })], stubs: { scan: { outputs: { files: ['x', 'y'] } } }, path: 'scan fix/1 fix/2 fix = done' },
    'an empty list ends well': { steps: [run('fix', { forEach: { over: 'list', of: '[]' } }), run('end', { needs: ['fix'] })], path: 'fix end = done' },
    'runs each agent of the chain side by side': { steps: [agent('race', { forEach: { over: 'agents', copies: 2 }, agents: ['x', 'y', 'z'] })], path: 'race/1 race/2 race/3 race = done' },
    'runs one agent as often as it says': { steps: [agent('race', { forEach: { over: 'agents', copies: 3 } })], path: 'race/1 race/2 race/3 race = done' },
    'max-parallel 1 does one after the other': { steps: [plan(), each({ maxParallel: 1 })], stubs: { plan: { subtasks: { a: [], b: [], c: [] } } }, path: 'plan each/a each/b each/c each = done' },
    'who waits for a person leaves its place': { steps: [plan(), each({ maxParallel: 1 })], stubs: { plan: { subtasks: { a: [], b: [] } }, 'each/a': { outcome: 'refused' } }, path: 'plan each/a:refused each/b = waits at each/a' },
  });

  it('REQ-FLOW-09 says that there was nothing to do, and how much is too much', () => {
    const empty = played({ steps: [run('fix', { forEach: { over: 'list', of: '[]' } })] });
    assert.deepEqual(empty.path, [{ kind: 'step', step: 'fix', n: 1, outcome: 'success', why: 'there was nothing to do', outputs: { count: 0, failed: 0 } }]);
    const many = played({ steps: [run('scan', { outputs: { files: { type: 'list' } } }), run('fix', { needs: ['scan'], forEach: { over: 'list', of: 'steps.scan.outputs.files' } })], stubs: { scan: { outputs: { files: Array.from({ length: 257 }, () => 'x') } } } });
    assert.deepEqual(many.failures, [{ at: 'fix', why: 'it would run 257 times; 256 is the most' }]);
  });

  it('REQ-FLOW-09 max-parallel holds at every moment, and begins on what has landed', () => {
    const dry = played({ steps: [plan(), each({ maxParallel: 1 })], stubs: { plan: { subtasks: { a: [], b: [], c: [] } } } });
    const starts = dry.state.units.filter((unit) => unit.step === 'each').map((unit) => unit.attempts[0]?.start);
    assert.equal(new Set(starts).size, 3, 'each begins on another tip');
  });

  it('REQ-FLOW-05 hands over what its units gave, in their order', () => {
    const dry = played({ steps: [run('test', { ...matrix('linux', 'mac'), outputs: { time: { type: 'number' }, bad: { type: 'list' } } })], stubs: { 'test/linux': { outputs: { time: 3, bad: ['x'] } }, 'test/mac': { outputs: { time: 5, bad: ['y', 'z'] } } } });
    assert.deepEqual(dry.path.at(-1), { kind: 'step', step: 'test', n: 1, outcome: 'success', why: null, outputs: { count: 2, failed: 0, time: [3, 5], bad: ['x', 'y', 'z'] } });
  });

  it('REQ-FLOW-05 steps have outputs without declaring them', () => {
    const dry = played({ steps: [plan(), each(), review('look', { needs: ['each'] }), gate('test', { needs: ['look'] }), checkpoint('ok', 'merge', { needs: ['test'] }), merge('land', { needs: ['ok'] })] });
    assert.deepEqual(dry.path.flatMap((entry) => (entry.kind === 'step' ? [[entry.step, entry.outputs]] : [])), [
      ['plan', { subtasks: 2 }], ['each', { files: 2, count: 2, failed: 0 }], ['look', { verdict: 'approve', findings: 0, high: 0 }],
      ['test', { verdict: 'accepted', reason: 'passed', passed: 1, failed: 0 }], ['ok', { decision: 'approved' }], ['land', { commit: dry.state.candidate?.commit }],
    ]);
  });

  it('the workflow\'s own outputs are there when it has ended', () => {
    const dry = played({ steps: [run('scan', { outputs: { found: { type: 'boolean' } } })], workflow: { outputs: { found: 'steps.scan.outputs.found', none: 'steps.scan.outputs.nothing' } }, stubs: { scan: { outputs: { found: true } } } });
    assert.deepEqual([pathOf(dry), dry.outputs], ['scan = done', { found: true }]);
  });
});

const race = (more = {}) => agent('race', { forEach: { over: 'agents', copies: 2 }, agents: ['x', 'y'], landing: 'choice', repairs: 0, ...more });
const choose = checkpoint('choose', 'choice', { needs: ['race'], of: 'race' });
const wayToMerge = [gate('test', { needs: ['choose'] }), checkpoint('ok', 'merge', { needs: ['test'] }), merge('land', { needs: ['ok'] })];
const landedUnits = (dry: ReturnType<typeof played>) => dry.state.units.map((unit) => `${unit.id} ${unit.phase.kind}`);

describe('a choice', () => {
  cases('REQ-FLOW-13', {
    'judges each candidate, and lands only what was chosen': { steps: [race(), choose, ...wayToMerge], path: 'race/1 race/2 race choose test ok land = merged' },
    'a candidate less is no failure': { steps: [race(), choose], stubs: { 'race/1': { outcome: 'refused' } }, path: 'race/1:refused race/2 race choose = done' },
    'a missing key is a candidate less': { steps: [race(), choose], stubs: { 'race/1': { outcome: 'key' } }, path: 'race/1:key race/2 race choose = done' },
    'without any candidate it has failed': { steps: [race(), choose], stubs: { race: { outcome: 'refused' } }, path: 'race/1:refused race/2:refused = failed at race' },
    'a red candidate is one, too, behind the green ones': { steps: [race(), choose], stubs: { 'race/1': red }, path: 'race/1 race/2 race/1:rejected race choose = done' },
    'a candidate is repaired first, where it may': { steps: [race({ repairs: 1 }), choose], stubs: { 'race/1': [red, {}] }, path: 'race/1 race/2 race/1:rejected race/1 race choose = done' },
    'comments at a choice go to all who made candidates': { steps: [race(), choose], stubs: { choose: [{ decision: 'changes' }, {}] }, path: 'race/1 race/2 race choose:changes race/1 race/2 race choose = done' },
  });

  it('REQ-FLOW-13 takes the best by verdict, findings, size; or the one that is named', () => {
    const dry = played({ steps: [race(), choose], stubs: { 'race/1': red } });
    assert.deepEqual(landedUnits(dry), ['race/1 skipped', 'race/2 landed']);
    const named = played({ steps: [race(), choose], stubs: { choose: { choice: 'race/2' } } });
    assert.deepEqual([landedUnits(named), named.state.head, named.state.checkpoints.map((checkpoint) => checkpoint.subject)], [['race/1 skipped', 'race/2 landed'], named.state.units[1]?.judged?.commit, ['race/2']]);
  });
});
