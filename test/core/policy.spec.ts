import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent, TaskAccepted } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Plan, Review } from '../../src/core/plan.ts';
import { passing, stricter } from '../../src/core/policy.ts';
import type { Policy } from '../../src/core/policy.ts';
import { risksOf } from '../../src/core/risk.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import type { Checkpoint, RunState } from '../../src/core/state.ts';
import { agent, checkpoint, played } from './conformance/workflowOf.ts';
import { allLanded, candidate, evidence, given, plan, planned, reviewed, widerPlanProposed, withReviews } from '../support/given.ts';

type Change = NonNullable<Evidence['change']>;
interface Case { readonly accepted?: Partial<TaskAccepted>; readonly change?: Partial<Change> | null; readonly evidence?: Partial<Evidence>; readonly tests?: Partial<Evidence['gates'][number]['tests']>; readonly sandbox?: string; readonly review?: Partial<Review>; readonly outOfScope?: string[]; readonly plan?: (own: Plan) => Plan; readonly at?: 'plan' }

const finding = (severity: 'high' | 'medium' | 'low') => ({ file: 'src/a.ts', line: 1, severity, message: 'look' });
const criterion = (verdict: 'met' | 'not-met' | 'unclear') => ({ criterion: 'it adds up', verdict, why: 'so' });
const held = (id: string) => ({ id, text: id, file: 'specs/a.md', line: 1, held: true });
const subtasks = (change: Partial<Plan['subtasks'][number]>) => (own: Plan): Plan => ({ ...own, subtasks: own.subtasks.map((subtask) => ({ ...subtask, ...change })) });

/** The run at its merge checkpoint (or at the plan's), clean but for what a case says. */
function stateOf(it: Case, policy: Policy): RunState {
  const green = evidence('t');
  const found: Evidence = {
    ...green, gates: green.gates.map((gate) => ({ ...gate, tests: { ...gate.tests, new: 1, ...it.tests }, evidence: { ...gate.evidence, sandbox: it.sandbox ?? 'bubblewrap' } })),
    ...(it.change === null ? {} : { change: { files: 3, lines: 80, code: 2, marks: [], dependencies: [], ...it.change } }), ...it.evidence,
  };
  const review = reviewed().map((event): RunEvent => (event.type === 'AttemptFinished' && event.outcome.kind === 'review' ? { ...event, outcome: { ...event.outcome, review: { ...event.outcome.review, ...it.review } } } : event));
  const named = subtasks({ tests: ['adds up'] });
  const events = it.at === 'plan' ? planned() : [...allLanded(), ...candidate(found), ...review];
  return given(events.map((event): RunEvent => {
    if (event.type === 'TaskAccepted') return { ...event, settings: { ...event.settings, policy, ...(it.at === 'plan' ? {} : {}) }, ...it.accepted };
    if (event.type !== 'AttemptFinished') return event;
    if (event.outcome.kind === 'plan') return { ...event, outcome: { ...event.outcome, plan: (it.plan ?? ((own) => own))(named(plan)) } };
    return event.outcome.kind === 'tree' && it.outOfScope ? { ...event, outcome: { ...event.outcome, outOfScope: it.outOfScope } } : event;
  })).state;
}
const passes = (it: Case, policy: Policy = 'on-risk'): boolean => passing(stateOf(it, policy)) !== null;

const risky: Record<string, Case> = {
  'a gate without a test': { evidence: { verdict: 'not-verified', reason: 'no-tests', gates: evidence('t', 'not-verified', 'no-tests').gates } },
  'no gate at all': { evidence: { verdict: 'not-verified', reason: 'no-command', gates: [] } },
  'old failures': { evidence: { reason: 'only-preexisting-failures' } },
  'a red base that was repaired': { evidence: { reason: 'base-red-repaired' } },
  'known flaky tests': { evidence: { reason: 'known-flaky-only' } },
  'a flaky test': { tests: { flaky: 1 } },
  'no sandbox': { sandbox: 'none: bubblewrap is not installed' },
  'sandbox switched off': { sandbox: 'none: switched off' },
  'an edited gate script': { evidence: { ticks: [{ id: 'gate-definition:unit', why: 'edited' }] } },
  'a protected path': { evidence: { ticks: [{ id: 'protected:infra/a', why: 'protected' }] } },
  'an integrity finding': { evidence: { ticks: [{ id: 'integrity:1', why: 'weakened' }] } },
  'a mark of protection': { change: { marks: ['.github/ci.yml: protected'] } },
  'a symlink': { change: { marks: ['a: symlink'] } },
  'invisible characters': { change: { marks: ['a: invisible-characters'] } },
  'a binary file': { change: { marks: ['a.png: binary'] } },
  'many files': { change: { files: 16 } },
  'many lines': { change: { lines: 401 } },
  'a manifest': { change: { dependencies: ['package.json'] } },
  'a lock file': { change: { dependencies: ['Cargo.lock'] } },
  'an unknown change': { change: null },
  'no new test': { tests: { new: 0 } },
  'new tests that prove nothing': { evidence: { redGreen: { state: 'not-discriminating', tests: [{ test: 'a', state: 'not-discriminating', shown: '' }] } } },
  'one of two tests that proves nothing': { evidence: { redGreen: { state: 'proven', tests: [{ test: 'a', state: 'proven', shown: '' }, { test: 'b', state: 'inconclusive', shown: '' }] } } },
  'tests of the base that could not be run on the change': { evidence: { baseTests: { state: 'inconclusive', failing: [] } } },
  'a named test that failed to run': { tests: { new: 0 }, evidence: { declared: [{ test: 'adds up', state: 'missing' }] } },
  'an uncovered requirement': { accepted: { requirements: [held('REQ-A-1')] } },
  'a criterion that is not met': { review: { criteria: [criterion('met'), criterion('not-met')] } },
  'a criterion that is unclear': { review: { criteria: [criterion('unclear')] } },
  'a high finding': { review: { findings: [finding('high')] } },
  'a medium finding': { review: { findings: [finding('low'), finding('medium')] } },
  'a review by the same provider': { accepted: { sameProvider: true } },
  'files out of scope': { outOfScope: ['infra/x'] },
  'a plan that may change anything': { at: 'plan', plan: subtasks({ scope: ['**'] }) },
  'a plan without tests': { at: 'plan', plan: subtasks({ tests: [] }) },
  'a plan that leaves a requirement out': { at: 'plan', accepted: { requirements: [held('REQ-A-1')] } },
  'a plan that serves what nobody asked': { at: 'plan', plan: subtasks({ requirements: ['REQ-X-1'] }) },
  'a long plan': { at: 'plan', plan: (own) => ({ ...own, subtasks: Array.from({ length: 9 }, (_, n) => ({ ...own.subtasks[0] as Plan['subtasks'][number], id: `s${n}` })) }) },
};

const clean: Record<string, Case> = {
  'a small change with a new test': {}, 'one line': { change: { files: 1, lines: 1, code: 1 } }, 'at the limit of files': { change: { files: 15 } }, 'at the limit of lines': { change: { lines: 400 } },
  'documents only': { change: { files: 2, lines: 50, code: 0 }, tests: { new: 0 } }, 'one document': { change: { files: 1, lines: 5, code: 0 }, tests: { new: 0 } }, 'ten documents': { change: { files: 10, lines: 300, code: 0 }, tests: { new: 0 } },
  'named tests instead of new ones': { tests: { new: 0 }, evidence: { declared: [{ test: 'adds up', state: 'passed' }] } }, 'named and new tests': { evidence: { declared: [{ test: 'adds up', state: 'passed' }] } },
  'many new tests': { tests: { new: 40, passed: 400 } }, 'an old test that was red and is green': { tests: { new: 0 }, evidence: { redGreen: { state: 'proven', tests: [{ test: 'a', state: 'proven', shown: '' }] } } }, 'skipped as before': { tests: { skipped: 3 } }, 'every criterion met': { review: { criteria: [criterion('met'), criterion('met')] } },
  'a low finding': { review: { findings: [finding('low')] } }, 'several low findings': { review: { findings: [finding('low'), finding('low')] } },
  'a covered requirement': { plan: subtasks({ requirements: ['REQ-A-1'] }), accepted: { requirements: [held('REQ-A-1')] }, evidence: { declared: [{ test: 'adds up', state: 'passed' }] } },
  'two covered requirements': { plan: subtasks({ requirements: ['REQ-A-1', 'REQ-A-2'] }), accepted: { requirements: [held('REQ-A-1'), held('REQ-A-2')] }, evidence: { declared: [{ test: 'adds up', state: 'passed' }] } },
  'a requirement that is not held': { accepted: { requirements: [{ ...held('REQ-B-1'), held: false }] } },
  'four files': { change: { files: 4, lines: 120 } }, 'eight files': { change: { files: 8, lines: 200 } }, 'a removed line': { change: { files: 1, lines: 1 } }, 'two tests': { tests: { new: 2 } },
  'a large suite': { tests: { passed: 5_000, new: 1 } }, 'review with a summary': { review: { summary: 'good' } }, 'one criterion': { review: { criteria: [criterion('met')] } },
  'a plan with tests': { at: 'plan' }, 'a plan of narrow scopes': { at: 'plan', plan: subtasks({ scope: ['src/a.ts'] }) },
  'a plan that serves what was asked': { at: 'plan', plan: subtasks({ requirements: ['REQ-A-1'] }), accepted: { requirements: [held('REQ-A-1')] } },
  'a plan of one': { at: 'plan', plan: (own) => ({ ...own, subtasks: own.subtasks.slice(0, 1) }) },
  'a plan that names a known requirement': { at: 'plan', plan: subtasks({ requirements: ['REQ-B-1'] }), accepted: { requirements: [{ ...held('REQ-B-1'), held: false }] } },
  'a plan of two': { at: 'plan', plan: (own) => ({ ...own, subtasks: own.subtasks.slice(0, 2) }) },
};

const said = (state: RunState, more: Partial<Checkpoint> = {}): string => {
  const [open] = openCheckpoints(state);
  return open ? risksOf(state, { ...open, ...more }).join('; ') : 'no checkpoint is open';
};
const unproven = 'no test is named or new that shows the change';
const tick = (id: string): string => `needs a tick: ${id}`;
const remark = (reason: string): string => `the gates are accepted with a remark: ${reason}`;

describe('what speaks against a checkpoint (REQ-RUN-31)', () => {
  it('is said in words, each on its own', () => {
    assert.deepEqual(Object.fromEntries(Object.entries(risky).map(([name, one]) => [name, said(stateOf(one, 'on-risk'))])), {
      'a gate without a test': `gate unit is not proven; ${unproven}`, 'no gate at all': `gate gate is not proven; ${unproven}`,
      'old failures': remark('only-preexisting-failures'), 'a red base that was repaired': remark('base-red-repaired'), 'known flaky tests': remark('known-flaky-only'), 'a flaky test': 'a test is flaky',
      'no sandbox': 'a gate ran without a sandbox', 'sandbox switched off': 'a gate ran without a sandbox',
      'an edited gate script': tick('gate-definition:unit'), 'a protected path': tick('protected:infra/a'), 'an integrity finding': tick('integrity:1'),
      'a mark of protection': 'look at .github/ci.yml: protected', 'a symlink': 'look at a: symlink', 'invisible characters': 'look at a: invisible-characters', 'a binary file': 'look at a.png: binary',
      'many files': '16 files change', 'many lines': '401 lines change', 'a manifest': 'dependencies may change: package.json', 'a lock file': 'dependencies may change: Cargo.lock',
      'an unknown change': 'what would change is not known', 'no new test': unproven, 'new tests that prove nothing': 'unproven tests: a', 'one of two tests that proves nothing': 'unproven tests: b', 'tests of the base that could not be run on the change': 'tests that the change edits could not be run on it as they were', 'a named test that failed to run': unproven, 'an uncovered requirement': 'requirement REQ-A-1 is not covered',
      'a criterion that is not met': 'the reviewer says not-met: it adds up', 'a criterion that is unclear': 'the reviewer says unclear: it adds up',
      'a high finding': 'the reviewer found (high): src/a.ts:1', 'a medium finding': 'the reviewer found (medium): src/a.ts:1', 'a review by the same provider': 'the review ran on the same provider as the work',
      'files out of scope': 'files outside of what the plan allowed: infra/x',
      'a plan that may change anything': 'a may change any file; b may change any file; c may change any file', 'a plan without tests': 'a names no test; b names no test; c names no test',
      'a plan that leaves a requirement out': 'no subtask serves REQ-A-1', 'a plan that serves what nobody asked': 'no specification has REQ-X-1', 'a long plan': '9 subtasks',
    });
  });

  it('is found in one gate of several, and in one scope of several', () => {
    const state = stateOf({}, 'on-risk'), found = state.candidateEvidence;
    assert.ok(found?.gates[0]);
    const [unit] = found.gates;
    const beside = (gate: typeof unit): string => said({ ...state, candidateEvidence: { ...found, gates: [unit, gate] } });
    const none = { ...unit.tests, new: 0 };
    assert.deepEqual([
      beside({ ...unit, id: 'e2e', tests: { ...unit.tests, flaky: 2 } }), beside({ ...unit, id: 'e2e', evidence: { ...unit.evidence, sandbox: 'none: off' } }), beside({ ...unit, id: 'e2e', tests: none }),
      said({ ...state, candidateEvidence: { ...found, gates: [{ ...unit, tests: none }, { ...unit, id: 'e2e', tests: none }] } }),
      said(stateOf({ at: 'plan', plan: subtasks({ scope: ['src/a.ts', '*/**'] }) }, 'on-risk')), said(stateOf({ at: 'plan', plan: subtasks({ scope: [] }) }, 'on-risk')),
    ], ['a test is flaky', 'a gate ran without a sandbox', '', unproven, 'a may change any file; b may change any file; c may change any file', '']);
  });

  it('names three of many, and how many more there are', () => {
    const files = (...names: string[]): string => said(stateOf({ change: { dependencies: names } }, 'on-risk'));
    assert.deepEqual([files('a', 'b', 'c'), files('a', 'b', 'c', 'd', 'e')], ['dependencies may change: a, b, c', 'dependencies may change: a, b, c and 2 more']);
  });

  it('is nothing at a plan of eight, and nothing that only a candidate that did not land did', () => {
    const eight = stateOf({ at: 'plan', plan: (own) => ({ ...own, subtasks: Array.from({ length: 8 }, (_, n) => ({ ...own.subtasks[0] as Plan['subtasks'][number], id: `s${n}` })) }) }, 'on-risk');
    const out = stateOf({ outOfScope: ['infra/x'] }, 'on-risk');
    const dropped = { ...out, units: out.units.map((unit) => ({ ...unit, phase: { kind: 'skipped' as const, why: 'another was chosen' } })) };
    const running = { ...out, units: out.units.map((unit) => ({ ...unit, attempts: [...unit.attempts, { ...unit.attempts[0] as (typeof unit.attempts)[number], outcome: null }] })) };
    assert.deepEqual([said(eight), said(dropped), said(running)], ['', '', 'files outside of what the plan allowed: infra/x']);
  });

  it('is a waiver that was given, and whatever is not known; what only a person can decide always speaks against it', () => {
    const state = stateOf({}, 'on-risk');
    const waived = stateOf({ evidence: { verdict: 'not-verified', reason: 'no-tests', gates: evidence('t', 'not-verified', 'no-tests').gates } }, 'on-risk');
    const unclear = stateOf({ review: { criteria: [criterion('unclear')] } }, 'on-risk');
    const record: RunState['amendments'][number] = { ...given(widerPlanProposed()).state.amendments[0] as RunState['amendments'][number], wider: ['infra/**'], dropped: ['REQ-A-1'] };
    assert.deepEqual([
      said({ ...waived, waived: [{ gate: 'unit', reason: 'known', by: 'you' }] }), said({ ...state, candidateEvidence: null }), said({ ...state, plan: null }, { about: 'plan' }), said(state, { about: 'amendment' }),
      said({ ...state, amendments: [{ ...record, n: 7 }, { ...record, n: 8, wider: ['docs/**'], dropped: [] }] }, { about: 'amendment', amendment: 8 }), said({ ...state, amendments: [record] }, { about: 'amendment', amendment: record.n }),
      said(state, { about: 'document' }), said(state, { about: 'choice' }), said(unclear, { about: 'review' }), said(withReviews(unclear, {}), { about: 'review' }), said(withReviews(state, { 'review/a': { criteria: [criterion('unclear')] }, 'review/b': {} }), { about: 'review' }),
    ], [
      `gate unit was waived; ${unproven}`, 'nothing has judged what would land', 'there is no plan', 'what is proposed is not known', 'a subtask may change docs/**, which none could before', 'a subtask may change infra/**, which none could before; nobody would do REQ-A-1 any more',
      'a document says what is wanted: that is a person\'s to decide', 'one of several candidates has to be chosen', 'the reviewer says unclear: it adds up', '', 'the reviewer review/a says unclear: it adds up',
    ]);
  });
});

describe('the checkpoint policy (REQ-RUN-31)', () => {
  for (const [name, it_] of Object.entries(risky)) it(`on-risk asks a person for ${name}`, () => assert.equal(passes(it_), false));

  it('on-risk passes at least half of the clean cases, and knows 30 of each', () => {
    const passed = Object.entries(clean).filter(([, one]) => passes(one)).map(([name]) => name);
    assert.deepEqual({ clean: Object.keys(clean).length, risky: Object.keys(risky).length >= 30, asked: Object.keys(clean).filter((name) => !passed.includes(name)) }, { clean: 31, risky: true, asked: [] });
  });

  it('always asks for everything; never passes what needs no waiver and no tick, and records what spoke against it', () => {
    assert.equal(Object.values(clean).some((one) => passes(one, 'always')), false);
    const many = passing(stateOf({ change: { files: 16 } }, 'never'));
    assert.deepEqual(many?.kind === 'approve' && [many.by, many.risks], ['policy never', ['16 files change']]);
    for (const name of ['a gate without a test', 'no gate at all', 'an integrity finding', 'a protected path']) assert.equal(passes(risky[name] as Case, 'never'), false, name);
  });

  it('never lets a choice pass, nor a step that asks for a person; what is open beside it passes', () => {
    const gives = (id: string) => agent(id, { gives: 'document', document: `${id}.md`, role: 'planner' });
    const steps = [
      gives('one'), gives('two'), agent('race', { needs: ['one'], forEach: { over: 'agents', copies: 2 }, landing: 'choice' }),
      checkpoint('ok-one', 'document', { needs: ['one'], of: 'one', policy: 'always' }), checkpoint('choose', 'choice', { needs: ['race'], of: 'race' }), checkpoint('ok-two', 'document', { needs: ['two'], of: 'two' }),
    ];
    const wait = { decision: 'wait' } as const;
    const { state } = played({ steps, stubs: { 'ok-one': wait, choose: wait, 'ok-two': wait } });
    const without = (...gone: string[]): RunState => ({ ...state, settings: { ...state.settings, policy: 'never' }, checkpoints: state.checkpoints.filter(({ step }) => !gone.includes(step)) });
    const passed = (now: RunState): unknown => { const ask = passing(now); return ask?.kind === 'approve' ? [ask.checkpoint, ask.by, ask.risks] : ask; };
    assert.deepEqual([openCheckpoints(state).map(({ id }) => id).sort(), passed(without()), passed(without('ok-two')), passed(without('ok-two', 'ok-one')), passed(without('ok-two', 'choose'))], [
      ['choose#1', 'ok-one#1', 'ok-two#1'], ['ok-two#1', 'policy never', ['a document says what is wanted: that is a person\'s to decide']], null, null, null,
    ]);
  });

  it('is never loosened by a repository', () => {
    assert.deepEqual([stricter('never', 'on-risk'), stricter('on-risk', 'always'), stricter('always', 'on-risk'), stricter('never', null)], ['on-risk', 'always', 'always', 'never']);
  });
});
