/** What would land, held against what the task promised (specs/gates.md, REQ-GATE-150 and after). */
import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { accept } from '../../src/core/accept.ts';
import { unwaived } from '../../src/core/landable.ts';
import { withCompleteness, withoutCompleteness, withStated } from '../../src/core/completeness.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { declaredTests, isCommandLine, namingTests } from '../../src/core/requirement.ts';
import type { RunState } from '../../src/core/state.ts';
import { accepted, allLanded, approve, candidate, changed, evidence, given, integrated, landed, plan, planApproved, reviewed } from '../support/given.ts';

type Serving = Readonly<Record<string, { readonly requirements?: string[]; readonly tests?: string[] }>>;
const requirement = (id: string, held = true) => ({ id, text: `${id} shall be`, file: 'specs/a.md', line: 3, held });

/** A task whose plan's subtasks a, b, c serve these, held to `held`. */
function taskOf(serving: Serving, held: readonly string[] = []): RunEvent[] {
  return allLanded().map((event) => {
    if (event.type === 'TaskAccepted') return { ...event, requirements: held.map((id) => requirement(id)) };
    return event.type === 'AttemptFinished' && event.outcome.kind === 'plan' ? { ...event, outcome: { ...event.outcome, plan: { ...plan, subtasks: plan.subtasks.map((subtask) => ({ ...subtask, ...serving[subtask.id] })) } } } : event;
  });
}

/** Judged as today's engine does. */
const complete = (found: Evidence, n = 1): RunEvent[] => candidate(found, n).map((event) => (event.type === 'CandidateJudged' ? { ...event, complete: true as const } : event));
const reports = (report: Partial<Record<'passed' | 'failed' | 'skipped', readonly string[]>>, names: readonly string[], requirements: readonly string[]): Evidence => {
  const ran = { passed: [], failed: [], skipped: [], ...report };
  return { ...evidence('t'), declared: [...declaredTests(names, ran)], named: [...namingTests(requirements, ran)] };
};
function found(state: RunState) {
  const seen = state.candidateEvidence;
  return { verdict: `${seen?.verdict} ${seen?.reason}`, gates: seen?.gates.map(({ id }) => id), gaps: (seen?.gates.find(({ id }) => id === 'completeness')?.failures ?? []).map(({ test, message }) => `${test}: ${message}`) };
}
const judged = (events: readonly RunEvent[]) => found(given(events).state);
const clean = { verdict: 'accepted passed', gates: ['unit'], gaps: [] };

describe('completeness of what would land', () => {
  it('REQ-GATE-150: is there when each requirement has landed work and a test that passed, and each named test is in a report', () => {
    const serving = { a: { requirements: ['REQ-A-1'], tests: ['adds up'] }, b: { tests: ['takes away'] } };
    const names = ['adds up', 'takes away'];
    deepEqual(judged([...taskOf(serving, ['REQ-A-1']), ...complete(reports({ passed: ['x › adds up', 'x › takes away'] }, names, ['REQ-A-1']))]), clean);
    deepEqual(judged([...taskOf({}), ...complete(evidence('t'))]), clean);
  });

  it('REQ-GATE-150: is not-verified, incomplete, for a requirement without work or test, and for a named test that nobody ran', () => {
    const serving = { a: { requirements: ['REQ-A-1'], tests: ['adds up'] }, b: { tests: ['takes away', 'divides'] }, c: { requirements: ['REQ-A-2'] } };
    const names = ['adds up', 'takes away', 'divides'];
    deepEqual(judged([...taskOf(serving, ['REQ-A-1', 'REQ-A-2', 'REQ-A-3']), ...complete(reports({ passed: ['x › takes away'], skipped: ['x › adds up'] }, names, ['REQ-A-1', 'REQ-A-2', 'REQ-A-3']))]), {
      verdict: 'not-verified incomplete', gates: ['unit', 'completeness'],
      gaps: ['REQ-A-1: skipped: "adds up"', 'REQ-A-2: no test is named for it', 'REQ-A-3: no subtask serves it', 'divides: subtask b names this test, and no report has it'],
    });
  });

  it('REQ-GATE-150: a named test that was skipped is open, one that failed is the gate\'s to judge, and one that several name is told once', () => {
    const names = ['adds up', 'takes away', 'divides'];
    const events = taskOf({ a: { tests: ['adds up', 'takes away'] }, b: { tests: ['adds up', 'divides', 'npm test'] }, c: { tests: ['divides'] } });
    const gaps = (seen: Evidence): readonly string[] => judged([...events, ...complete(seen)]).gaps;
    deepEqual(gaps(reports({ failed: ['x › takes away'], skipped: ['x › adds up'] }, names, [])), ['adds up: subtask a names this test, and it was skipped', 'divides: subtask b names this test, and no report has it']);
    deepEqual(gaps(evidence('t')).map((gap) => gap.split(':')[0]), ['adds up', 'takes away', 'divides'], 'no report says anything of them');
  });

  it('REQ-GATE-150: of a subtask that has not landed, its requirement is open, and its tests are not asked for', () => {
    const { state } = given(taskOf({ a: { requirements: ['REQ-A-1'], tests: ['adds up'] }, b: { tests: ['takes away'] } }, ['REQ-A-1']).slice(0, planApproved().length));
    deepEqual(withCompleteness(state, evidence('t')).gates.at(-1)?.failures, [{ test: 'REQ-A-1', message: 'not landed: a', file: 'specs/a.md', line: 3 }]);
  });

  it('REQ-GATE-151: a test that says the requirement\'s id shows it where the plan names none, whichever way the id is written', () => {
    const serving = { a: { requirements: ['REQ-A-1', 'csv/FR-002'] } };
    const ids = ['REQ-A-1', 'csv/FR-002'];
    deepEqual(judged([...taskOf(serving, ids), ...complete(reports({ passed: ['t › req_a_1 adds up', 't › quotes commas (FR-002)'] }, [], ids))]), clean);
    deepEqual(judged([...taskOf(serving, ids), ...complete(reports({ passed: ['t › REQ-A-12 is another'], failed: ['t › FR-002 fails'] }, [], ids))]).gaps, [
      'REQ-A-1: no test is named for it', 'csv/FR-002: failed: "t › FR-002 fails"',
    ]);
  });

  it('REQ-GATE-151: finds a named test in a deeper title, and with the requirement\'s id before or behind it', () => {
    const passed = ['test/csv.test.js › csv › REQ-A-1: quotes commas', 'tests/test_csv.py › test_quotes'];
    const states = declaredTests(['csv: quotes commas', 'quotes commas (REQ-A-1)', 'csv › quotes commas', 'tests/test_csv.py::test_quotes', 'csv: quotes tabs', 'REQ-A-2 quotes commas'], { passed, failed: [], skipped: [] });
    deepEqual(states.map(({ state }) => state), ['passed', 'passed', 'passed', 'passed', 'missing', 'missing']);
  });

  it('REQ-GATE-152: a task without a plan is held to the requirements that its request names by their ids, and to no other', () => {
    const quick = (request: string, seen: Evidence): RunEvent[] => [
      ...[accepted('quick-change')].map((event) => (event.type === 'TaskAccepted' ? { ...event, request, requirements: [requirement('REQ-A-1'), requirement('REQ-A-2')] } : event)),
      ...changed('implement'), integrated('implement', 'base'), landed('implement', 'h1'),
      ...candidate(seen, 1, 'base', 'h1').map((event) => (event.type === 'CandidateJudged' ? { ...event, complete: true as const } : event)),
    ];
    const named = reports({ passed: ['REQ-A-1 adds'] }, [], ['REQ-A-1', 'REQ-A-2']);
    const numbered = { ...given(quick('do FR-002', evidence('t'))).state };
    const labelled: RunState = { ...numbered, accepted: { ...numbered.accepted, requirements: [requirement('csv/FR-002')] } };
    deepEqual(withCompleteness(labelled, evidence('t')).gates.at(-1)?.failures.map(({ test }) => test), ['csv/FR-002'], 'by the number that its file gives it');
    deepEqual([judged(quick('do REQ-A-1', named)), judged(quick('see specs/a.md', named)), judged(quick('do REQ-A-2', named)).gaps], [clean, clean, ['REQ-A-2: no test that ran names it']]);
  });

  it('REQ-GATE-152: an id that only the plan knows is no requirement, and a command line no test', () => {
    const serving = { a: { requirements: ['R1'], tests: ['npm test'] }, b: { requirements: ['REQ-A-1'], tests: ['node --test test/b.test.js'] } };
    const names = ['npm test', 'node --test test/b.test.js'];
    deepEqual(judged([...taskOf(serving, ['REQ-A-1']), ...complete(reports({ passed: ['x › adds up'] }, names, ['R1', 'REQ-A-1']))]).gaps, ['REQ-A-1: no test is named for it']);
    deepEqual(judged([...taskOf(serving, ['REQ-A-1']), ...complete(reports({ passed: ['x › adds up (REQ-A-1)'] }, names, ['R1', 'REQ-A-1']))]), clean);
  });

  it('REQ-GATE-152: tells a command line from a title that begins like one', () => {
    const commands = ['npm test', 'npm run test:unit', 'npx mocha test/a.js', 'node --test', 'node test/a.test.mjs', 'python -m pytest -q', 'poetry run pytest', 'pytest', 'pytest tests/test_a.py', 'go test ./...', 'cargo test', 'make check', './run.sh all'];
    const titles = ['make sure that commas are quoted', 'node without parent', 'go to the end', 'just works', 'cargo is counted', 'npm is found', 'test/a.test.js › adds', 'tests/test_a.py::test_add', 'pytest is recognised behind tox'];
    deepEqual([commands.filter((name) => !isCommandLine(name)), titles.filter(isCommandLine)], [[], []]);
  });

  it('REQ-GATE-153: stands among the gates, where a person waives it with a reason; never with another one\'s name', () => {
    const events = [...taskOf({ a: { requirements: ['REQ-A-1'] } }, ['REQ-A-1']), ...complete(evidence('t')), ...reviewed()];
    const { state } = given(events);
    deepEqual(unwaived(state, new Set()), ['completeness']);
    deepEqual(given(events).when(approve), { refused: 'needs-waiver', becauseTrue: [] });
    deepEqual(given(events).when({ ...approve, waivers: [{ gate: 'unit', reason: 'why not' }] }), { refused: 'needs-waiver', becauseTrue: [] });
    const answer = accept(state, { ...approve, waivers: [{ gate: 'completeness', reason: 'the test is by hand' }] });
    deepEqual(answer.ok && answer.value.map(({ type }) => type), ['CheckpointApproved']);
  });

  it('REQ-GATE-153: an approval that let one gap pass is none of another one', () => {
    const binding = (serving: Serving): string | undefined => given([...taskOf(serving, Object.values(serving).flatMap(({ requirements }) => requirements ?? [])), ...complete(evidence('t')), ...reviewed()]).state.checkpoints.find(({ about }) => about === 'merge')?.binding.evidence;
    deepEqual([binding({ a: { requirements: ['REQ-A-1'] } }), binding({ a: { requirements: ['REQ-A-2'] } }), binding({})], ['e-t-accepted+incomplete(REQ-A-1)', 'e-t-accepted+incomplete(REQ-A-2)', 'e-t-accepted']);
  });

  it('REQ-VERIFY-10: a change alone is held to requirements that a person names, and to its own only where it brings code and tests name any', () => {
    const wanted = [{ requirement: 'REQ-A-1', file: 'specs/a.md', line: 3 }, { requirement: 'REQ-A-2', file: 'specs/a.md', line: null }];
    const change = (code: number): Pick<Evidence, 'change'> => ({ change: { files: 2, lines: 9, code, marks: [], dependencies: [] } });
    const held = (by: 'person' | 'change', code: number, passed: readonly string[]): string => {
      const seen = withStated({ ...evidence('t'), ...change(code), named: [...namingTests(['REQ-A-1', 'REQ-A-2', 'REQ-A-9'], { passed, failed: [], skipped: ['REQ-A-2 later'] })] }, { by, wanted, all: [] });
      return `${seen.reason} ${(seen.gates[1]?.failures ?? []).map(({ test, message }) => `${test}: ${message}`).join('; ')}`.trim();
    };
    const open = 'incomplete REQ-A-2: skipped: "REQ-A-2 later"', none = `incomplete REQ-A-1: no test that ran names it; ${open.slice(11)}`;
    deepEqual([held('change', 1, ['REQ-A-1 adds']), held('change', 0, ['REQ-A-1 adds']), held('person', 0, ['adds']), held('person', 0, ['REQ-A-1 adds', 'REQ-A-2 too'])], [open, 'passed', none, 'passed']);
    equal(withStated({ ...evidence('t'), ...change(1), named: [...namingTests(['REQ-A-1'], { passed: ['adds'], failed: [], skipped: [] })] }, { by: 'change', wanted, all: [] }).reason, 'passed');
  });

  it('REQ-GATE-153: is a gate that ran nothing, shows as many gaps as a person reads at a glance, and is taken away again without a trace', () => {
    const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `REQ-A-${index}`);
    const open = (count: number): Evidence => withStated(evidence('t'), { by: 'person', wanted: ids(count).map((id) => ({ requirement: id, file: 'specs/a.md', line: 3 })), all: [] });
    const gap = (id: string) => ({ test: id, message: 'no test that ran names it', file: 'specs/a.md', line: 3 });
    deepEqual(open(2), {
      ...evidence('t'), id: 'e-t-accepted+incomplete(REQ-A-0, REQ-A-1)', verdict: 'not-verified', reason: 'incomplete', completeness: { open: 2, without: { verdict: 'accepted', reason: 'passed' } },
      gates: [...evidence('t').gates, {
        id: 'completeness', verdict: 'not-verified', reason: 'incomplete', exit: null, tests: { passed: 0, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 }, failures: ids(2).map(gap),
        evidence: { command: 'requirement → subtask → test', sandbox: 'not needed', dependencies: 'none', log: null, tail: '', durationMs: 0, cached: false },
      }],
    });
    const shown = (count: number): unknown => { const { id, gates: [, gate], completeness } = open(count); return [gate?.failures.length, gate?.evidence.tail, completeness?.open, id.length]; };
    deepEqual([shown(20), shown(25)], [[20, '', 20, 213], [20, '5 more', 25, 225]], 'the id keeps to a length');
    deepEqual([withoutCompleteness(open(2)), withoutCompleteness(open(25)), withoutCompleteness(evidence('t'))], [evidence('t'), evidence('t'), evidence('t')]);
  });

  it('REQ-VERIFY-10: where nothing is asked, the evidence is what it was; where all is shown, it says that nothing is open', () => {
    const named = { ...evidence('t'), named: [...namingTests(['REQ-A-1'], { passed: ['REQ-A-1 adds'], failed: [], skipped: [] })] };
    const wanted = [{ requirement: 'REQ-A-1', file: 'specs/a.md', line: 3 }];
    deepEqual([withStated(named, { by: 'person', wanted: [], all: [] }), withStated(named, { by: 'change', wanted, all: [] })], [named, named], 'no requirement, or no code that is known of');
    const held = { ...named, completeness: { open: 0, without: { verdict: 'accepted', reason: 'passed' } } };
    deepEqual([withStated(named, { by: 'person', wanted, all: [] }), withoutCompleteness(held as Evidence)], [held, named]);
    const failed = { ...evidence('t'), named: [...namingTests(['REQ-A-1'], { passed: [], failed: ['REQ-A-1 adds', 'REQ-A-1 divides'], skipped: [] })] };
    equal(withStated(failed, { by: 'person', wanted, all: [] }).gates.at(-1)?.failures[0]?.message, 'failed: "REQ-A-1 adds"; "REQ-A-1 divides"');
  });

  it('REQ-GATE-154: says nothing where the gates came to no answer, and of runs that were judged before there was this question', () => {
    const events = taskOf({ a: { requirements: ['REQ-A-1'] } }, ['REQ-A-1']);
    deepEqual(judged([...events, ...candidate(evidence('t'))]), clean);
    deepEqual(judged([...events, ...complete(evidence('t', 'error', 'killed'))]), { verdict: 'error killed', gates: ['unit'], gaps: [] });
    deepEqual(judged([...events, ...complete(evidence('t', 'not-verified', 'no-tests'))]).gates, ['unit', 'completeness'], 'that nothing ran is an answer');
    deepEqual(judged([...events, ...complete({ ...evidence('t', 'not-verified', 'no-command'), gates: [] })]).gates, []);
  });
});
