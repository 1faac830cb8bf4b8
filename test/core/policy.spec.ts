import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent, TaskAccepted } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Plan, Review } from '../../src/core/plan.ts';
import { passing, stricter } from '../../src/core/policy.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { RunState } from '../../src/core/state.ts';
import { allLanded, candidate, evidence, given, plan, planned, reviewed } from '../support/given.ts';

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
  'many new tests': { tests: { new: 40, passed: 400 } }, 'skipped as before': { tests: { skipped: 3 } }, 'every criterion met': { review: { criteria: [criterion('met'), criterion('met')] } },
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

describe('the checkpoint policy (REQ-RUN-31)', () => {
  for (const [name, it_] of Object.entries(risky)) it(`on-risk asks a person for ${name}`, () => assert.equal(passes(it_), false));

  it('on-risk passes at least half of the clean cases, and knows 30 of each', () => {
    const passed = Object.entries(clean).filter(([, one]) => passes(one)).map(([name]) => name);
    assert.deepEqual({ clean: Object.keys(clean).length, risky: Object.keys(risky).length >= 30, asked: Object.keys(clean).filter((name) => !passed.includes(name)) }, { clean: 30, risky: true, asked: [] });
  });

  it('always asks for everything; never passes what needs no waiver and no tick, and records what spoke against it', () => {
    assert.equal(Object.values(clean).some((one) => passes(one, 'always')), false);
    const many = passing(stateOf({ change: { files: 16 } }, 'never'));
    assert.deepEqual(many?.kind === 'approve' && [many.by, many.risks], ['policy never', ['16 files change']]);
    for (const name of ['a gate without a test', 'no gate at all', 'an integrity finding', 'a protected path']) assert.equal(passes(risky[name] as Case, 'never'), false, name);
  });

  it('is never loosened by a repository', () => {
    assert.deepEqual([stricter('never', 'on-risk'), stricter('on-risk', 'always'), stricter('always', 'on-risk'), stricter('never', null)], ['on-risk', 'always', 'always', 'never']);
  });
});
