import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { declaredTests } from '../../src/core/requirement.ts';
import { traceOf } from '../../src/core/trace.ts';
import { accepted, allLanded, candidate, evidence, given, plan, planned } from '../support/given.ts';

const requirement = (id: string, held = true) => ({ id, text: `${id} shall be`, file: 'specs/a.md', line: 3, held });
/** The plan's subtasks a, b, c serve these; the task is held to REQ-A-1, REQ-A-2 and REQ-A-3. */
const serving: Record<string, { requirements: string[]; tests: string[] }> = { a: { requirements: ['REQ-A-1'], tests: ['adds up'] }, b: { requirements: ['REQ-A-1', 'REQ-B-9'], tests: ['adds up', 'takes away'] }, c: { requirements: ['REQ-A-2'], tests: [] } };
const withRequirements = (events: readonly RunEvent[]): RunEvent[] => events.map((event) => {
  if (event.type === 'TaskAccepted') return { ...event, requirements: [requirement('REQ-A-1'), requirement('REQ-A-2'), requirement('REQ-A-3'), requirement('REQ-A-4', false)] };
  return event.type === 'AttemptFinished' && event.outcome.kind === 'plan' ? { ...event, outcome: { ...event.outcome, plan: { ...plan, subtasks: plan.subtasks.map((subtask) => ({ ...subtask, ...serving[subtask.id] })) } } } : event;
});
const why = (events: readonly RunEvent[]) => Object.fromEntries(traceOf(given(withRequirements(events)).state).map((row) => [row.requirement, row.why || 'covered']));
const seen = (declared: { test: string; state: 'passed' | 'failed' | 'skipped' | 'missing' }[]) => candidate({ ...evidence('t'), declared });

describe('requirement → subtasks → tests → evidence (REQ-RUN-30)', () => {
  it('covers a requirement when what serves it landed and each test that is named for it passed', () => {
    assert.deepEqual(why([...allLanded(), ...seen([{ test: 'adds up', state: 'passed' }, { test: 'takes away', state: 'passed' }])]), {
      'REQ-A-1': 'covered', 'REQ-A-2': 'no test is named for it', 'REQ-A-3': 'no subtask serves it', 'REQ-B-9': 'covered',
    });
  });

  it('covers nothing by a test that failed, was skipped, is in no report, or by work that has not landed', () => {
    assert.deepEqual(why([...allLanded(), ...seen([{ test: 'adds up', state: 'missing' }, { test: 'takes away', state: 'skipped' }])]), {
      'REQ-A-1': 'no report has "adds up"; skipped: "takes away"', 'REQ-A-2': 'no test is named for it', 'REQ-A-3': 'no subtask serves it', 'REQ-B-9': 'no report has "adds up"; skipped: "takes away"',
    });
    assert.equal(why(planned())['REQ-A-1'], 'not landed: a, b');
    assert.equal(why(allLanded())['REQ-A-1'], 'no gate ran "adds up"; no gate ran "takes away"');
  });

  it('knows the text of a requirement that only the plan names, and says when no specification has it', () => {
    const rows = traceOf(given(withRequirements(planned())).state);
    assert.deepEqual(rows.map(({ requirement: id, text, line }) => [id, text, line]), [['REQ-A-1', 'REQ-A-1 shall be', 3], ['REQ-A-2', 'REQ-A-2 shall be', 3], ['REQ-A-3', 'REQ-A-3 shall be', 3], ['REQ-B-9', null, null]]);
    assert.deepEqual(traceOf(given([accepted()]).state), []);
  });

  it('finds a test by its words in the report\'s id, and takes the worst of several', () => {
    const report = { passed: ['test/csv.test.js › toCsv › quotes commas', 'a › same'], failed: ['b › same'], skipped: ['later'] };
    assert.deepEqual(declaredTests(['toCsv: quotes commas', 'same', 'later', 'test/csv.test.js', 'quotes', 'comma', '…', 'later'], report).map(({ test, state }) => `${test} ${state}`), [
      'toCsv: quotes commas passed', 'same failed', 'later skipped', 'test/csv.test.js passed', 'quotes passed', 'comma missing', '… missing',
    ]);
  });
});
