// Outcomes that a dry run is told or draws, and what an attempt then comes to.
import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { dryRun } from '../../src/core/dryRun.ts';
import { chosenStubs, drawnStubs, made, outcomeOf, readStubs } from '../../src/core/stubs.ts';
import type { StubAnswer, StubQuestion } from '../../src/core/stubs.ts';
import type { Unit } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { agent, inside, run as command, use } from './conformance/workflowOf.ts';

const workflow = workflowSchema.parse({ name: 'w', description: '', steps: [{ id: 'scan', kind: 'run', command: 'true', needs: [], outputs: { found: { type: 'boolean' }, files: { type: 'list' } } }, { id: 'test', kind: 'gate', needs: [], repairs: 0 }] });

type Work = Extract<StubQuestion, { kind: 'work' }>;
/** The first attempt of that step, of the unit that a run makes of it. */
function workOn(step: object): Work {
  const { workflow: { steps: [own] }, units } = dryRun({ workflow: workflowSchema.parse({ name: 'w', description: '', steps: [step] }), stubs: () => ({}) }).state;
  if (own?.kind !== 'agent' && own?.kind !== 'run') throw new Error('no step that works');
  return { kind: 'work', step: own, unit: units[0] as Unit, agent: 'x', nth: 1 };
}
const outputs = { text: { type: 'string' }, count: { type: 'number' }, found: { type: 'boolean' }, level: { type: 'enum', values: ['low', 'high'] }, files: { type: 'list' } };

describe('stub outcomes', () => {
  it('REQ-CLI-45 are read from words, one for one time after another, and from values of outputs', () => {
    deepEqual(readStubs(['scan=command,success', 'scan.found=true', 'scan.files=["a"]', 'test=rejected', 'scan/linux=timeout'], workflow), {
      ok: true, value: { scan: [{ outcome: 'command', outputs: { found: true, files: ['a'] } }, { outcome: 'success', outputs: { found: true, files: ['a'] } }], test: [{ verdict: 'rejected', outputs: {} }], 'scan/linux': [{ outcome: 'timeout', outputs: {} }] },
    });
  });

  it('REQ-CLI-45 are everything that can come of a step, blanks around a word or not', () => {
    const words = 'success, no-changes ,rate-limit,accepted,not-verified,conflict,moved,changes,approve,reject,edit,wait,retry';
    deepEqual(readStubs([`test=${words}`], workflow), { ok: true, value: { test: [
      { outcome: 'success' }, { outcome: 'no-changes' }, { outcome: 'rate-limit' }, { verdict: 'accepted' }, { verdict: 'not-verified' }, { merge: 'conflict' }, { landing: 'moved' },
      { decision: 'changes', review: 'changes' }, { decision: 'approve' }, { decision: 'reject' }, { decision: 'edit' }, { decision: 'wait' }, { stopped: 'retry' },
    ].map((answer) => ({ ...answer, outputs: {} })) } });
    deepEqual(readStubs(['scan.files=a=b', 'scan=success', 'scan=command'], workflow), { ok: true, value: { scan: [{ outcome: 'success', outputs: { files: ['a=b'] } }, { outcome: 'command', outputs: { files: ['a=b'] } }] } });
    deepEqual(readStubs(['scan.found=false'], workflow), { ok: true, value: { scan: [{ outputs: { found: false } }] } });
    deepEqual(readStubs([], workflow), { ok: true, value: {} });
  });

  it('REQ-CLI-45 name every mistake at once', () => {
    deepEqual(readStubs(['nosuch=success', 'scan=fine', 'scan.found=maybe', 'scan.size=3', 'scan'], workflow), {
      ok: false, refusal: ['"nosuch=success" names no step; there are scan, test.', '"fine" is nothing that can come of "scan".', '"scan" names no step; there are scan, test.', '"scan" declares no output "size".', '"maybe" does not fit the output "found" of "scan".'],
    });
    deepEqual(readStubs(['test.constructor=1', 'test.a=1', 'scanner=success', 'scan/=', '=success', '.scan=success', 'scan= fine '], workflow), {
      ok: false, refusal: ['"scanner=success" names no step; there are scan, test.', '"" is nothing that can come of "scan/".', '"=success" names no step; there are scan, test.', '".scan=success" names no step; there are scan, test.', '"fine" is nothing that can come of "scan".', '"test" declares no output "constructor", "a".'],
    });
  });

  it('REQ-CLI-45 are those of a step inside of a use, with its outputs, or of one row of it', () => {
    const used = workflowSchema.parse({ name: 'w', description: '', steps: [use('u', { outputs: { sum: '1' } }), inside('u', command('c', { outputs: { found: { type: 'boolean' } } }))] });
    deepEqual(readStubs(['u/c.found=true', 'u/c/linux.found=false'], used), { ok: true, value: { 'u/c': [{ outputs: { found: true } }], 'u/c/linux': [{ outputs: { found: false } }] } });
    deepEqual(readStubs(['u.sum=1'], used), { ok: false, refusal: ['"u" declares no output "sum".'] });
  });

  it('REQ-CLI-45 are those of a unit before those of its step, one for each time, the last of which goes on; what is not chosen is left to others', () => {
    const chosen = { 'a/one': { outcome: 'timeout' }, a: [{ outcome: 'no-changes' }, { outcome: 'success' }], b: [] } as const;
    const work = workOn(agent('a')), others = (): StubAnswer => ({ text: 'other' });
    const answers = (stubs = chosenStubs(chosen, others)): readonly StubAnswer[] => [
      stubs({ ...work, unit: { ...work.unit, id: 'a/one' } }), ...[1, 2, 3].map((nth) => stubs({ ...work, nth })), stubs({ kind: 'decision', step: work.step, nth: 1 }), stubs({ kind: 'gate', step: work.step, unit: null, nth: 2 }),
      stubs({ kind: 'decision', step: { ...work.step, id: 'constructor' }, nth: 1 }), stubs({ kind: 'decision', step: { ...work.step, id: 'b' }, nth: 1 }),
    ];
    deepEqual(answers(), [{ outcome: 'timeout' }, { outcome: 'no-changes' }, { outcome: 'success' }, { outcome: 'success' }, { outcome: 'no-changes' }, { outcome: 'success' }, { text: 'other' }, {}]);
    deepEqual(answers(chosenStubs({})), Array(8).fill({}));
  });
});

describe('what comes of an attempt', () => {
  const come = (step: object, answer: StubAnswer = {}, count = 7) => outcomeOf(workOn(step), answer, count);
  const tree = { kind: 'tree', commit: 'c00007', tree: 't00007', summary: 'stub', files: 1, hidden: [], outOfScope: [], outputs: {} };

  it('REQ-CLI-45 is as good as it can be where nothing is said: what the step gives, with a value for each of its outputs', () => {
    const document = { gives: 'document', landing: undefined };
    deepEqual([come(agent('a')), come(agent('a', document)), come(agent('a', { ...document, document: 'notes.md' })), come(agent('a', { gives: 'result', landing: undefined, outputs }))], [
      tree, { kind: 'document', name: 'document.md', text: 'stub 7', summary: 'stub', outputs: {} }, { kind: 'document', name: 'notes.md', text: 'stub 7', summary: 'stub', outputs: {} },
      { kind: 'result', summary: 'stub', outputs: { text: 'text', count: 1, found: true, level: 'low', files: ['files'] } },
    ]);
    deepEqual([come(command('a', { gives: 'result' })), come(command('a', { gives: 'tree' }), { outputs: { exit: 3 } })], [{ kind: 'result', summary: 'stub', outputs: { exit: 0, stdout: '' } }, { ...tree, outputs: { exit: 3, stdout: '' } }]);
    deepEqual([made(1), made(123_456)], [{ commit: 'c00001', tree: 't00001' }, { commit: 'c123456', tree: 't123456' }]);
  });

  it('REQ-CLI-45 is a plan of the subtasks that are said, else of two', () => {
    const subtask = (id: string, needs: readonly string[] = []) => ({ id, title: id, description: id, needs, scope: ['**'], requirements: [], tests: [] });
    const plan = { gives: 'plan', landing: undefined };
    deepEqual([come(agent('a', plan)), come(agent('a', plan), { subtasks: { x: [], y: ['x'] } })], [[subtask('first'), subtask('second')], [subtask('x'), subtask('y', ['x'])]].map((subtasks) => ({ kind: 'plan', plan: { summary: 'stub', subtasks }, outputs: {} })));
  });

  it('REQ-CLI-45 is a review that approves, or one with a finding', () => {
    const review = { gives: 'review', landing: undefined }, finding = { file: 'src/a.ts', line: 1, severity: 'high', message: 'stub finding' };
    deepEqual([come(agent('a', review)), come(agent('a', review), { review: 'changes' })], [[], [finding]].map((findings) => ({ kind: 'review', review: { summary: 'stub', criteria: [], findings }, outputs: {} })));
  });

  it('REQ-CLI-45 is a failure, or no change where it was to change something', () => {
    deepEqual([come(command('a'), { outcome: 'command' }), come(command('a'), { outcome: 'timeout', outputs: { stdout: 'x' } })], [
      { kind: 'failed', failure: 'command', message: 'stub: command', retryAt: null, outputs: { exit: 1, stdout: '' } }, { kind: 'failed', failure: 'timeout', message: 'stub: timeout', retryAt: null, outputs: { exit: 0, stdout: 'x' } },
    ]);
    deepEqual([come(agent('a'), { outcome: 'no-changes' }), come(agent('a', { gives: 'result', landing: undefined }), { outcome: 'no-changes' })], [{ kind: 'no-changes', summary: 'nothing to do', outputs: {} }, { kind: 'result', summary: 'stub', outputs: {} }]);
  });
});

describe('outcomes by chance', () => {
  const work = workOn(agent('a', { outputs }));
  const asked: readonly StubQuestion[] = [
    work, { kind: 'gate', step: work.step, unit: null, nth: 1 }, { kind: 'merge', step: work.step, unit: null, nth: 1 }, { kind: 'landing', step: work.step, nth: 1 }, { kind: 'decision', step: work.step, nth: 1 }, { kind: 'stopped', step: work.step, unit: null, nth: 1 },
  ];
  /** Each draw as said by how many it is out of, else the lowest. */
  const drawn = (draws: Readonly<Record<number, number>>): readonly StubAnswer[] => asked.map(drawnStubs((below) => draws[below] ?? 0));
  const lowest = { text: 'a', count: 0, found: false, level: 'low', files: [] };

  it('REQ-CLI-45 are good ones mostly, so that most runs get far', () => {
    const good = [{ outcome: 'success', review: 'approve', subtasks: { a: [] }, outputs: lowest }, { verdict: 'accepted' }, { merge: 'clean' }, { landing: 'landed' }, { decision: 'approve' }, { stopped: 'retry' }];
    deepEqual([drawn({}), drawn({ 100: 69 })], [good, good]);
  });

  it('REQ-CLI-45 are of every other kind, too', () => {
    const [bad, ...others] = drawn({ 100: 99, 10: 3, 4: 1 });
    deepEqual([bad?.outcome, bad?.review, ...others], ['idle', 'changes', { verdict: 'not-verified' }, { merge: 'conflict' }, { landing: 'moved' }, { decision: 'reject' }, { stopped: 'retry' }]);
    deepEqual([0, 1, 2, 3].map((kind) => drawn({ 100: 99, 4: kind })[1]?.verdict), ['rejected', 'not-verified', 'error', 'timed-out']);
    // What is seldom begins where what is often ends.
    deepEqual([70, 79, 80, 84, 85, 89, 90].map((draw) => { const [one, gate, merge, landing, decision] = drawn({ 100: draw }); return [one?.outcome, one?.review, gate?.verdict, merge?.merge, landing?.landing, decision?.decision].join(' '); }), [
      'success changes rejected clean landed approve', 'success changes rejected clean landed approve', 'rate-limit changes rejected clean landed approve', 'rate-limit changes rejected clean landed approve',
      'rate-limit changes rejected clean moved reject', 'rate-limit changes rejected clean moved reject', 'rate-limit changes rejected conflict moved reject',
    ]);
    const after = (first: number, then: number): readonly StubAnswer[] => asked.map((question) => { let times = 0; return drawnStubs((below) => (below === 100 && times++ === 0 ? first : below === 100 ? then : 0))(question); });
    deepEqual([19, 20, 79, 80].map((then) => { const [one, , , , decision] = after(99, then); return [one?.outcome, decision?.decision].join(' '); }), ['no-changes changes', 'rate-limit changes', 'rate-limit changes', 'rate-limit reject']);
  });

  it('REQ-CLI-45 are plans without circles, and outputs of the types that are declared', () => {
    const subtasks = (draws: Readonly<Record<number, number>>): StubAnswer['subtasks'] => drawn(draws)[0]?.subtasks;
    deepEqual([subtasks({ 4: 3, 100: 39 }), subtasks({ 4: 2, 100: 40 })], [{ a: [], b: ['a'], c: ['a', 'b'], d: ['a', 'b', 'c'] }, { a: [], b: [], c: [] }]);
    deepEqual([drawn({})[0]?.outputs, drawn({ 2: 1, 3: 1, 4: 3 })[0]?.outputs, drawn({ 3: 2 })[0]?.outputs?.['text']], [lowest, { text: 'b', count: 3, found: true, level: 'high', files: ['a', 'b', 'c'] }, '']);
  });
});
