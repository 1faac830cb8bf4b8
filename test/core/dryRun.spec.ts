/** What a dry run plays where nothing is said, whom it asks, and what it writes down. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PathEntry } from '../../src/core/dryRun.ts';
import { dryRun } from '../../src/core/dryRun.ts';
import { runEventSchema } from '../../src/core/event.ts';
import type { StubAnswer } from '../../src/core/stubs.ts';
import { verdictSchema } from '../../src/core/verdict.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { agent, checkpoint, gate, merge, pathOf, plan, played, review, run, tool } from './conformance/workflowOf.ts';

const red = { verdict: 'rejected' } as const, refused = { outcome: 'refused' } as const;
const fix = agent('fix'), test = gate('test', { needs: ['fix'], rework: 'fix' }), ok = checkpoint('ok', 'merge', { needs: ['test'], rework: 'fix' }), land = merge('land', { needs: ['ok'] });
const whole = [plan(), agent('each', { needs: ['plan'], landing: 'gated', forEach: { over: 'subtasks', of: 'plan' } }), review('look', { needs: ['each'] }), run('build', { needs: ['look'] }), tool('tell', { needs: ['build'] }), gate('test', { needs: ['tell'], rework: 'each' }), ok, land];
const ofKind = <Kind extends PathEntry['kind']>(path: readonly PathEntry[], kind: Kind) => path.filter((entry): entry is Extract<PathEntry, { kind: Kind }> => entry.kind === kind);
const stubs: Readonly<Record<string, StubAnswer | readonly StubAnswer[]>> = { 'each/first': [{ merge: 'conflict' }, red, {}], look: { review: 'changes' }, test: [{ merge: 'conflict' }, {}], ok: [{ decision: 'changes' }, {}], land: [{ landing: 'moved' }, {}] };

describe('a dry run (REQ-CLI-45)', () => {
  it('plays a run like another one: each of its events is one that the journal takes, in its order, of commits of their own', () => {
    const { records } = played({ steps: whole, stubs });
    assert.deepEqual(records.map(({ seq }) => seq), records.map((_, index) => index + 1));
    for (const { event } of records) assert.deepEqual(runEventSchema.parse(event), event);
    const made = records.flatMap(({ event }) => (event.type === 'CandidateMade' || event.type === 'Integrated' ? [event.commit] : event.type === 'LandingVoided' ? [event.tip] : event.type === 'AttemptFinished' && event.outcome.kind === 'tree' ? [event.outcome.commit] : []));
    const judged = records.flatMap(({ event }) => (event.type === 'CandidateJudged' || event.type === 'UnitJudged' ? [event.evidence.id] : []));
    assert.deepEqual([new Set(made).size, new Set(judged).size], [made.length, judged.length]);
  });

  it('is of no repository and nobody\'s: it has no gates, specifications, budget or grants, and says whose it is', () => {
    const { records, state } = played({ steps: [fix] });
    const [first] = records;
    assert.ok(first?.event.type === 'TaskAccepted');
    const { content, specs, budget, settings, by, base, target, sameProvider } = first.event;
    assert.deepEqual({ content, specs, budget, yes: settings.yes, sandbox: settings.sandbox, by, base, target, sameProvider }, {
      content: { hash: '', setup: null, copy: [], gates: [], protect: [], target: null }, specs: [], budget: { usd: null, minutes: null }, yes: [], sandbox: 'prefer', by: 'dry-run', base: { ref: 'main', commit: 'base', tree: 'base-tree' }, target: 'refs/heads/main', sameProvider: false,
    });
    assert.equal(state.task, 'dry-run');
  });

  it('names who would do each piece of work: the agent, or what kind of step it is', () => {
    const steps = [fix, run('build', { needs: ['fix'] }), tool('tell', { needs: ['build'] })];
    assert.deepEqual([played({ steps }), played({ steps, agents: { implementer: ['demo'] } })].map(({ path }) => ofKind(path, 'attempt').map(({ agent: by }) => by)), [['stub', 'run', 'tool'], ['demo', 'run', 'tool']]);
  });

  it('writes down what a step ended as, with why and what it gives', () => {
    const dry = played({ steps: [run('a', { continueOnError: true }), run('b', { needs: ['a'] }), run('c')], stubs: { a: { outcome: 'command' } } });
    assert.deepEqual(ofKind(dry.path, 'step'), [
      { kind: 'step', step: 'a', n: 1, outcome: 'failure', why: 'command: stub: command', outputs: { exit: 1, stdout: '' } }, { kind: 'step', step: 'b', n: 0, outcome: 'skipped', why: 'a failed', outputs: {} },
      { kind: 'step', step: 'c', n: 1, outcome: 'success', why: null, outputs: { exit: 0, stdout: '' } },
    ]);
  });

  it('writes down attempts, gates, conflicts, decisions and landings, each with how often', () => {
    const { path } = played({ steps: [fix, test, ok, land], stubs: { test: [{ merge: 'conflict' }, {}], ok: [{ decision: 'changes' }, {}], land: [{ landing: 'moved' }, {}] } });
    assert.deepEqual(path.filter(({ kind }) => kind !== 'step'), [
      { kind: 'attempt', step: 'fix', unit: 'fix', n: 1, agent: 'stub', outcome: 'tree' }, { kind: 'merge', step: 'test', unit: null, outcome: 'conflict' },
      { kind: 'attempt', step: 'fix', unit: 'fix', n: 2, agent: 'stub', outcome: 'tree' }, { kind: 'gate', step: 'test', unit: null, n: 2, verdict: 'accepted' },
      { kind: 'decision', step: 'ok', n: 1, decision: 'changes' },
      { kind: 'attempt', step: 'fix', unit: 'fix', n: 3, agent: 'stub', outcome: 'tree' }, { kind: 'gate', step: 'test', unit: null, n: 3, verdict: 'accepted' },
      { kind: 'decision', step: 'ok', n: 2, decision: 'approve' }, { kind: 'landing', step: 'land', outcome: 'moved' },
      { kind: 'gate', step: 'test', unit: null, n: 4, verdict: 'accepted' }, { kind: 'decision', step: 'ok', n: 3, decision: 'approve' }, { kind: 'landing', step: 'land', outcome: 'landed' },
    ]);
  });

  for (const verdict of verdictSchema.options) {
    it(`gives a gate that is stubbed as ${verdict} an exit code and tests that fit`, () => {
      const { state } = played({ steps: [fix, gate('test', { needs: ['fix'] })], stubs: { test: { verdict } } });
      const [found] = state.candidateEvidence?.gates ?? [];
      assert.deepEqual([found?.id, found?.verdict, found?.exit, found?.tests.passed, found?.tests.failed, found?.failures, found?.evidence], ['stub', verdict, verdict === 'accepted' ? 0 : 1, verdict === 'accepted' ? 1 : 0, verdict === 'rejected' ? 1 : 0, [],
        { command: 'stub', sandbox: 'none: stub', dependencies: 'none', log: null, tail: '', durationMs: 0, cached: false }]);
    });
  }

  it('stops after so many events as it may have, and says so; what has not ended is named', () => {
    const steps = [run('a'), run('b', { needs: ['a'] }), run('c', { needs: ['b'] })];
    const of = (limit: number) => { const dry = dryRun({ workflow: workflowSchema.parse({ name: 'short', description: '', steps }), stubs: () => ({}), limit }); return [dry.endless, dry.records.length, dry.unreached]; };
    assert.deepEqual([of(1), of(5), of(8)], [[true, 1, ['a', 'b', 'c']], [true, 5, ['c']], [false, 7, []]]);
  });

  it('goes on with what may be tried again first', () => {
    const slow = run('slow', { retry: { times: 1, pauseMs: 60_000, on: ['any'] } }), quick = run('quick', { retry: { times: 1, pauseMs: 1_000, on: ['any'] } });
    assert.equal(pathOf(played({ steps: [slow, quick], stubs: { slow: [{ outcome: 'network' }, {}], quick: [{ outcome: 'network' }, {}] } })), 'slow:network quick:network quick slow = done');
  });
});

describe('a person in a dry run (REQ-CLI-45)', () => {
  it('takes a thing as it is where nobody can be asked for changes, or where there is nothing to edit', () => {
    const race = agent('race', { forEach: { over: 'agents', copies: 2 }, agents: ['x', 'y'], landing: 'choice', repairs: 0 });
    const choose = checkpoint('choose', 'choice', { needs: ['race'], of: 'race' });
    const look = checkpoint('look', 'review', { needs: ['fix'] });
    assert.deepEqual((['changes', 'edit'] as const).map((decision) => ofKind(played({ steps: [fix, look], stubs: { look: { decision } } }).path, 'decision').map((entry) => entry.decision)), [['approve'], ['approve']]);
    assert.deepEqual(played({ steps: [race, choose], stubs: { choose: { decision: 'edit', choice: 'race/2' } } }).state.checkpoints.map(({ subject }) => subject), ['race/2']);
  });

  it('says why work goes back, and waives only what is to land', () => {
    const commented = played({ steps: [fix, test, ok, land], stubs: { ok: { decision: 'changes' }, fix: [{}, refused] } }).state;
    assert.deepEqual(commented.units[0]?.feedback, [{ kind: 'comments', comments: [{ file: null, line: null, text: 'stub' }] }]);
    const waiving = played({ steps: [fix, gate('test', { needs: ['fix'], repairs: 0, continueOnError: true }), checkpoint('look', 'review', { needs: ['test'], if: 'always()' }), checkpoint('ok', 'merge', { needs: ['look'] }), land], stubs: { test: red } });
    assert.deepEqual([pathOf(waiving), waiving.state.checkpoints.map(({ id, waivers }) => [id, waivers])], ['fix test:rejected test! look ok land = merged', [['look#1', []], ['ok#1', [{ gate: 'stub', reason: 'stub' }]]]]);
  });

  it('hears which files could not be brought together', () => {
    assert.deepEqual(played({ steps: [fix, gate('test', { needs: ['fix'] })], stubs: { test: { merge: 'conflict' } } }).failures, [{ at: 'test', why: 'conflict with refs/heads/main in src/a.ts' }]);
  });

  it('retries what stands, and does not where the stubs say that it waits', () => {
    const { path } = played({ steps: [fix], stubs: { fix: [{ ...refused, stopped: 'retry' }, refused] } });
    assert.deepEqual(path.filter(({ kind }) => kind === 'retry'), [{ kind: 'retry', at: 'fix' }]);
  });
});
