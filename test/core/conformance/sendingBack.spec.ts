/** REQ-FLOW-10, 14, 15, 17: work sent back by gates, reviews and people; checkpoints; the way to the target. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { accept } from '../../../src/core/accept.ts';
import { agent, cases, checkpoint, gate, inside, merge, pathOf, plan, played, review, run, use } from './workflowOf.ts';

const red = { verdict: 'rejected' } as const, error = { verdict: 'error' } as const;
const fix = agent('fix');
const test = (more = {}) => gate('test', { needs: ['fix'], rework: 'fix', ...more });
const ok = (more = {}) => checkpoint('ok', 'merge', { needs: ['test'], rework: 'fix', ...more });
const land = merge('land', { needs: ['ok'] });

describe('work sent back', () => {
  cases('REQ-FLOW-10', {
    'a red gate sends the work back, and is run again': { steps: [fix, test()], stubs: { test: [red, {}] }, path: 'fix test:rejected fix test = done' },
    'as often as it says; then it stands': { steps: [fix, test({ repairs: 2 })], stubs: { test: red }, path: 'fix test:rejected fix test:rejected fix test:rejected = failed at test' },
    'without anybody to send it to it stands at once': { steps: [fix, gate('test', { needs: ['fix'] })], stubs: { test: red }, path: 'fix test:rejected = failed at test' },
    'a red gate may be an outcome': { steps: [fix, test({ repairs: 0, continueOnError: true }), run('tell', { needs: ['test'], if: 'failure() && steps.test.outputs.verdict == \'rejected\'' })], stubs: { test: red }, path: 'fix test:rejected test! tell = done' },
    'a time-out goes back like a red test': { steps: [fix, test()], stubs: { test: [{ verdict: 'timed-out' }, {}] }, path: 'fix test:timed-out fix test = done' },
    'a broken gate asks a person, and is run again when retried': { steps: [fix, test()], stubs: { test: [{ ...error, stopped: 'retry' }, {}] }, path: 'fix test:error retry:test test = done' },
    'a broken gate waits': { steps: [fix, test()], stubs: { test: error }, path: 'fix test:error = waits at test' },
    'what nothing could judge goes on': { steps: [fix, test()], stubs: { test: { verdict: 'not-verified' } }, path: 'fix test:not-verified test = done' },
    'everything after the target is done anew': { steps: [fix, agent('docs', { needs: ['fix'] }), run('scan', { needs: ['docs'] }), gate('test', { needs: ['scan'], rework: 'fix' })], stubs: { test: [red, {}] }, path: 'fix docs scan test:rejected fix docs scan test = done' },
    'what is not after the target is not': { steps: [agent('other'), fix, gate('test', { needs: ['fix', 'other'], rework: 'fix' })], stubs: { test: [red, {}] }, path: 'fix other test:rejected fix test = done' },
    'conditions are looked at again': { steps: [fix, run('scan', { needs: ['fix'], outputs: { found: { type: 'boolean' } } }), run('more', { needs: ['scan'], if: 'steps.scan.outputs.found' }), gate('test', { needs: ['scan', 'more'], join: 'settled', rework: 'fix' })],
      stubs: { test: [red, {}], scan: [{ outputs: { found: false } }, { outputs: { found: true } }] }, path: 'fix scan more- test:rejected fix scan more test = done' },
    'a step that was passed over gets nothing sent': { steps: [run('scan'), agent('fix', { needs: ['scan'], if: 'false' }), gate('test', { needs: ['scan', 'fix'], join: 'any', rework: 'fix' })], stubs: { test: red }, path: 'scan fix- test:rejected = failed at test' },
    'what is under way after it is stopped': { steps: [fix, agent('slow', { needs: ['fix'], landing: 'gated' }), gate('test', { needs: ['fix'], rework: 'fix' }), run('end', { needs: ['slow', 'test'] })], stubs: { test: [red, {}] }, path: 'fix slow test:rejected fix slow test end = done' },
    'work done anew may find nothing to change': { steps: [fix, agent('docs', { needs: ['fix'] }), gate('test', { needs: ['docs'], rework: 'fix' })], stubs: { test: [red, {}], docs: [{}, { outcome: 'no-changes' }] }, path: 'fix docs test:rejected fix docs:no-changes docs test = done' },
    'the first time nothing changed waits for a person': { steps: [fix, test()], stubs: { fix: { outcome: 'no-changes' } }, path: 'fix:no-changes = waits at fix' },
    'but where that may be': { steps: [agent('fix', { mayChangeNothing: true }), test()], stubs: { fix: { outcome: 'no-changes' } }, path: 'fix:no-changes fix test = done' },
    'a fan-out gets one unit more': { steps: [plan(), agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' } }), gate('test', { needs: ['each'], rework: 'each' })], stubs: { test: [red, {}] }, path: 'plan each/first each/second each test:rejected each/rework-1 each test = done' },
    'a review with a high finding goes back': { steps: [fix, review('look', { needs: ['fix'], rework: 'fix' })], stubs: { look: [{ review: 'changes' }, {}] }, path: 'fix fix look = done' },
    'a review goes back as often as it says; then it is for the person': { steps: [fix, review('look', { needs: ['fix'], rework: 'fix', repairs: 2 })], stubs: { look: { review: 'changes' } }, path: 'fix fix fix look = done' },
    'a review without anybody to send it to is an outcome': { steps: [fix, review('look', { needs: ['fix'] }), run('tell', { needs: ['look'], if: 'steps.look.outputs.verdict == \'changes\'' })], stubs: { look: { review: 'changes' } }, path: 'fix look tell = done' },
    'two reviewers: one that asks for changes is enough': { steps: [fix, review('look', { needs: ['fix'], rework: 'fix', forEach: { over: 'agents', copies: 2 } })], stubs: { 'look/2': [{ review: 'changes' }, {}] }, path: 'fix look/1 look/2 fix look/1 look/2 look = done' },
    'two reviewers: one that broke has nothing to say': { steps: [fix, review('look', { needs: ['fix'], rework: 'fix', continueOnError: true, forEach: { over: 'agents', copies: 2 } })], stubs: { 'look/1': { outcome: 'refused' }, 'look/2': [{ review: 'changes' }, {}] }, path: 'fix look/1:refused look/2 fix look/1:refused look/2 look! = done' },
    'a person\'s comments go to whom the checkpoint names': { steps: [fix, test(), ok(), land], stubs: { ok: [{ decision: 'changes' }, {}] }, path: 'fix test ok:changes fix test ok land = merged' },
    'a plan sent back is planned anew': { steps: [plan(), checkpoint('ok-plan', 'plan', { needs: ['plan'], of: 'plan' }), agent('each', { needs: ['ok-plan'], forEach: { over: 'subtasks', of: 'plan' } })], stubs: { 'ok-plan': [{ decision: 'changes' }, {}], plan: [{}, { subtasks: { only: [] } }] }, path: 'plan ok-plan:changes plan ok-plan each/only each = done' },
    'subtasks that landed and say the same are not done twice': { steps: [plan(), agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'plan' } }), checkpoint('ok', 'review', { needs: ['each'], rework: 'plan' })], stubs: { ok: [{ decision: 'changes' }, {}], plan: [{ subtasks: { a: [] } }, { subtasks: { a: [], b: [] } }] }, path: 'plan each/a each ok:changes plan each/b each ok = done' },
  });

  it('REQ-FLOW-10 an attempt that is stopped counts as interrupted, and what it had spent counts', () => {
    const dry = played({ steps: [fix, agent('slow', { needs: ['fix'] }), gate('test', { needs: ['fix'], rework: 'fix' })], stubs: { test: [red, {}], slow: {} } });
    const slow = dry.state.units.find((unit) => unit.id === 'slow');
    assert.deepEqual(slow?.attempts.map(({ outcome }) => outcome?.kind), ['tree', 'tree']);
  });
});

describe('checkpoints', () => {
  cases('REQ-FLOW-17', {
    'a wait for a person delays nothing that does not depend on it': { steps: [plan('one'), checkpoint('ok-one', 'plan', { needs: ['one'], of: 'one' }), run('after', { needs: ['ok-one'] }), run('a'), run('b', { needs: ['a'] })], stubs: { 'ok-one': { decision: 'wait' } }, path: 'one a b = waits at ok-one#1' },
    'a rejection ends the run': { steps: [fix, checkpoint('look', 'review', { needs: ['fix'] }), run('b', { needs: ['look'] })], stubs: { look: { decision: 'reject' } }, path: 'fix look:reject = rejected' },
    'or is an outcome, where the file says so': { steps: [fix, checkpoint('look', 'review', { needs: ['fix'], continueOnError: true }), run('b', { needs: ['look'] }), run('c', { needs: ['look'], if: 'always() && steps.look.outputs.decision == \'rejected\'' })], stubs: { look: { decision: 'reject' } }, path: 'fix look:reject look! b- c = done' },
    'a checkpoint can have a condition': { steps: [review('look'), checkpoint('ask', 'review', { needs: ['look'], if: 'steps.look.outputs.high > 0' }), run('end', { needs: ['look', 'ask'], join: 'any' })], path: 'look ask- end = done' },
  });

  it('REQ-FLOW-17 several can be open at once; a word that does not say which is refused, with their names', () => {
    const { state } = played({ steps: [plan('one'), plan('two'), checkpoint('ok-one', 'plan', { needs: ['one'], of: 'one' }), checkpoint('ok-two', 'plan', { needs: ['two'], of: 'two' })], stubs: { 'ok-one': { decision: 'wait' }, 'ok-two': { decision: 'wait' } } });
    const approve = { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by: 'you', tip: null } as const;
    const refused = accept(state, approve), comments = accept(state, { kind: 'request-changes', checkpoint: null, comments: [{ file: null, line: null, text: 'x' }], by: 'you' });
    assert.deepEqual([refused, comments].map((answer) => (answer.ok ? 'taken' : [answer.refusal.code, answer.refusal.message])), [['ambiguous', '2 checkpoints are open: ok-one#1, ok-two#1'], ['ambiguous', '2 checkpoints are open: ok-one#1, ok-two#1']]);
    assert.deepEqual([accept(state, { ...approve, checkpoint: 'ok-two' }), accept(state, { ...approve, checkpoint: 'ok-one#1' })].map((answer) => answer.ok && answer.value.map((event) => 'checkpoint' in event && event.checkpoint)), [['ok-two#1'], ['ok-one#1']]);
  });

  it('REQ-FLOW-14 a person edits a document at its checkpoint, and approves exactly that version', () => {
    const steps = [agent('spec', { gives: 'document', document: 'spec.md', role: 'planner' }), checkpoint('ok-spec', 'document', { needs: ['spec'], of: 'spec' }), run('end', { needs: ['ok-spec'] })];
    const { state } = played({ steps, stubs: { 'ok-spec': { decision: 'wait' } } });
    const edit = (text: string) => accept(state, { kind: 'edit', checkpoint: null, text, by: 'you' });
    const events = edit('# Mine');
    assert.deepEqual(events, { ok: true, value: [{ type: 'ArtifactEdited', checkpoint: 'ok-spec#1', name: 'spec.md', text: '# Mine', by: 'you' }] });
    assert.deepEqual([edit(' '), edit('x'.repeat(300_000)), edit('stub 1')].map((answer) => (answer.ok ? 'taken' : answer.refusal.code)), ['empty', 'too-long', 'empty']);
    const dry = played({ steps, stubs: { 'ok-spec': { decision: 'edit', text: '# Mine' } } });
    assert.deepEqual([pathOf(dry), dry.state.checkpoints.map(({ id, state: how, binding }) => `${id} ${how} ${binding.evidence}`), dry.state.artifacts['spec.md']?.map(({ text, by }) => `${by}: ${text}`)], [
      'spec ok-spec:edit ok-spec end = done', ['ok-spec#1 void spec.md@1', 'ok-spec#2 approved spec.md@2'], ['spec: stub 1', 'dry-run: # Mine'],
    ]);
  });
});

describe('the way to the target', () => {
  cases('REQ-FLOW-15', {
    'gate, approval, landing': { steps: [fix, test(), ok(), land], path: 'fix test ok land = merged' },
    'a gate alone is enough where the file asks nobody': { steps: [fix, test(), merge('land', { needs: ['test'] })], path: 'fix test land = merged' },
    'a merge without a gate runs all gates itself': { steps: [fix, merge('land', { needs: ['fix'] })], path: 'fix land = merged' },
    'and does not land what they reject': { steps: [fix, merge('land', { needs: ['fix'] })], stubs: { land: red }, path: 'fix land:rejected = failed at land' },
    'a gate that was passed over is run by the merge': { steps: [fix, test({ if: 'false' }), merge('land', { needs: ['fix', 'test'], join: 'any' })], stubs: { land: red }, path: 'fix test- land:rejected = failed at land' },
    'a checkpoint without a gate before it runs all gates, and shows what they say': { steps: [fix, checkpoint('ok', 'merge', { needs: ['fix'] }), land], stubs: { ok: { verdict: 'not-verified' } }, path: 'fix ok:not-verified ok land = merged' },
    'a gate of the task\'s own tree does not open the way': { steps: [fix, test({ tree: 'task' }), merge('land', { needs: ['test'] })], stubs: { land: red }, path: 'fix test land:rejected = failed at land' },
    'a red gate that may be does not open the way either': { steps: [fix, test({ repairs: 0, continueOnError: true }), merge('land', { needs: ['test'], if: 'always()' })], stubs: { test: red }, path: 'fix test:rejected test! = waits at land' },
    'several gates on one tree count together': { steps: [fix, test(), gate('lint', { needs: ['fix'], gates: ['lint'], repairs: 0, continueOnError: true }), checkpoint('ok', 'merge', { needs: ['test', 'lint'], join: 'settled' }), land], stubs: { lint: red }, path: 'fix test lint:rejected lint! ok land = merged' },
    'an approval that a later gate made old is asked for again': { steps: [fix, test(), ok(), gate('late', { needs: ['ok'] }), merge('land', { needs: ['late'] })], path: 'fix test ok late land = merged' },
    'an approval that is old is asked for again, whatever else waits for a person': { steps: [fix, test(), ok(), gate('late', { needs: ['ok'] }), merge('land', { needs: ['late'] }), plan('two'), checkpoint('ok-two', 'plan', { needs: ['two'], of: 'two' })], stubs: { 'ok-two': { decision: 'wait' } }, path: 'two fix test ok late land = waits at ok-two#1' },
    'the target moved: it is made, judged and approved anew, and a review is kept': { steps: [fix, test(), review('look', { needs: ['test'] }), checkpoint('ok', 'merge', { needs: ['look'] }), land], stubs: { land: [{ landing: 'moved' }, {}] }, path: 'fix test look ok land:moved test look ok land = merged' },
    'a conflict with the target goes to the agent of the gate': { steps: [fix, test(), ok(), land], stubs: { test: [{ merge: 'conflict' }, {}] }, path: 'fix conflict:test fix test ok land = merged' },
    'a conflict without repairs left is a failure, which a person can have mended': { steps: [fix, test({ repairs: 1 }), ok(), land], stubs: { test: [{ merge: 'conflict' }, { merge: 'conflict', stopped: 'retry' }, { merge: 'conflict' }, {}] }, path: 'fix conflict:test fix conflict:test = failed at test' },
    'steps after the merge are done, too': { steps: [fix, test(), merge('land', { needs: ['test'] }), run('tell', { needs: ['land'] })], path: 'fix test land tell = merged' },
    'a run that merges nothing is done': { steps: [fix, test({ tree: 'task' })], path: 'fix test = done' },
    'a merge with nothing to land is over': { steps: [review('look'), merge('land', { needs: ['look'] })], path: 'look land = done' },
    'a second merge lands what came after the first': { steps: [fix, merge('land', { needs: ['fix'] }), agent('docs', { needs: ['land'] }), merge('again', { needs: ['docs'] })], path: 'fix land docs again = merged' },
    'one way merges, the other does not': { steps: [fix, test(), checkpoint('ask', 'review', { needs: ['test'], continueOnError: true }), merge('land', { needs: ['ask'] })], stubs: { ask: { decision: 'reject' } }, path: 'fix test ask:reject ask! land- = done' },
  });

  it('REQ-FLOW-15 what a person approved again names what all gates said', () => {
    const dry = played({ steps: [fix, test(), ok(), gate('late', { needs: ['ok'] }), merge('land', { needs: ['late'] })] });
    assert.deepEqual(dry.state.checkpoints.map(({ id, state, binding }) => [id, state, binding.evidence.split('+').length]), [['ok#1', 'approved', 1], ['ok#2', 'approved', 2]]);
  });

  it('REQ-FLOW-10 work mended after a conflict stands on the target, in place of what was there', () => {
    const dry = played({ steps: [fix, test(), ok(), land], stubs: { test: [{ merge: 'conflict' }, {}] } });
    const [unit] = dry.state.units;
    assert.deepEqual([unit?.attempts.map((attempt) => attempt.start), unit?.landings], [['base', 'base'], 2]);
    const advanced = dry.records.flatMap(({ event }) => (event.type === 'Integrated' ? [event.onto] : []));
    assert.deepEqual(advanced, ['base', 'base'], 'the second is not laid on the first');
  });

  it('REQ-FLOW-12 plain rules come to the same events, whatever the order in which things end', () => {
    const steps = [run('a'), run('b'), run('c', { needs: ['a', 'b'] }), use('sub', { needs: ['c'] }), inside('sub', run('x')), gate('test', { needs: ['sub'], tree: 'task' })];
    assert.deepEqual(played({ steps }).records, played({ steps }).records);
  });
});

describe('nested workflows', () => {
  const sub = (more = {}) => use('sub', more);
  cases('REQ-FLOW-16', {
    'runs all that is inside, then goes on': { steps: [run('a'), sub({ needs: ['a'] }), inside('sub', run('x')), inside('sub', run('y', { needs: ['x'] })), run('b', { needs: ['sub'] })], path: 'a sub/x sub/y sub b = done' },
    'a use that is passed over passes over all that is inside': { steps: [sub({ if: 'false' }), inside('sub', run('x')), inside('sub', run('y', { needs: ['x'] })), run('b', { needs: ['sub'] })], path: 'sub- sub/x- sub/y- b- = done' },
    'sees its inputs by the names that it has for them': { steps: [run('scan', { outputs: { found: { type: 'boolean' } } }), sub({ needs: ['scan'], inputs: { deep: 'steps.scan.outputs.found && inputs.all' } }), inside('sub', run('x', { if: 'inputs.deep' }))], workflow: { inputs: { all: { type: { type: 'boolean' }, default: true } } }, stubs: { scan: { outputs: { found: true } } }, path: 'scan sub/x sub = done' },
    'sees its own steps, not those outside': { steps: [run('x', { outputs: { a: { type: 'boolean' } } }), sub({ needs: ['x'] }), inside('sub', run('x', { outputs: { a: { type: 'boolean' } } })), inside('sub', run('y', { needs: ['x'], if: 'steps.x.outputs.a' }))], stubs: { x: { outputs: { a: true } }, 'sub/x': { outputs: { a: false } } }, path: 'x sub/x sub/y- sub = done' },
    'gives outputs to those outside': { steps: [sub({ outputs: { n: 'steps.x.outputs.n' } }), inside('sub', run('x', { outputs: { n: { type: 'number' } } })), run('b', { needs: ['sub'], if: 'steps.sub.outputs.n == 7' })], stubs: { 'sub/x': { outputs: { n: 7 } } }, path: 'sub/x sub b = done' },
    'a failure inside stands, and only that waits': { steps: [sub(), inside('sub', run('x')), run('b', { needs: ['sub'] }), run('c')], stubs: { 'sub/x': { outcome: 'command' } }, path: 'sub/x:command c = failed at sub/x' },
    'a failure inside is the failure of a use that may fail': { steps: [sub({ continueOnError: true }), inside('sub', run('x')), inside('sub', run('y', { needs: ['x'] })), run('b', { needs: ['sub'], if: 'failure()' })], stubs: { 'sub/x': { outcome: 'command' } }, path: 'sub/x:command sub/x! sub/y- sub! b = done' },
    'a failure that may be inside is none of the use': { steps: [sub(), inside('sub', run('x', { continueOnError: true })), run('b', { needs: ['sub'] })], stubs: { 'sub/x': { outcome: 'command' } }, path: 'sub/x:command sub/x! sub b = done' },
    'a gate inside sends back inside': { steps: [sub(), inside('sub', agent('fix')), inside('sub', gate('test', { needs: ['fix'], rework: 'fix', tree: 'task' })), run('b', { needs: ['sub'] })], stubs: { 'sub/test': [red, {}] }, path: 'sub/fix sub/test:rejected sub/fix sub/test sub b = done' },
    'work sent back before a use does all of it anew': { steps: [fix, sub({ needs: ['fix'] }), inside('sub', run('x')), gate('test', { needs: ['sub'], rework: 'fix' })], stubs: { test: [red, {}] }, path: 'fix sub/x sub test:rejected fix sub/x sub test = done' },
    'deeper still': { steps: [sub(), inside('sub', use('in')), { ...run('sub/in/x'), within: 'sub/in' }, inside('sub', run('y', { needs: ['in'] })), run('b', { needs: ['sub'] })], path: 'sub/in/x sub/in sub/y sub b = done' },
    'the merge of a nested workflow lands': { steps: [sub(), inside('sub', agent('fix')), inside('sub', gate('test', { needs: ['fix'] })), inside('sub', merge('land', { needs: ['test'] })), run('tell', { needs: ['sub'] })], path: 'sub/fix sub/test sub/land sub tell = merged' },
  });
});
