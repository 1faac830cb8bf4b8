// Which candidate an approval of a choice takes, and how it is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { accept } from '../../src/core/accept.ts';
import { ranked } from '../../src/core/choice.ts';
import { dryRun } from '../../src/core/dryRun.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { RunState } from '../../src/core/state.ts';
import { chosenStubs } from '../../src/core/stubs.ts';
import type { StubAnswer } from '../../src/core/stubs.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { approve } from '../support/given.ts';

/** Three candidates, each as its gates are stubbed; the run waits for a choice. */
function race(answers: Readonly<Record<string, StubAnswer>> = {}): RunState {
  const workflow = workflowSchema.parse({ name: 'race', description: '', steps: [
    { id: 'race', kind: 'agent', role: 'implementer', gives: 'tree', landing: 'choice', repairs: 0, needs: [], forEach: { over: 'agents', copies: 3 }, agents: ['x', 'y', 'z'] },
    { id: 'choose', kind: 'checkpoint', about: 'choice', of: 'race', needs: ['race'] },
  ] });
  return dryRun({ workflow, stubs: chosenStubs({ ...answers, choose: { decision: 'wait' } }) }).state;
}

function answer(state: RunState, ask: Partial<typeof approve> = {}): string {
  const said = accept(state, { ...approve, ...ask });
  if (!said.ok) return `${said.refusal.code}: ${said.refusal.message} | ${said.refusal.next}`;
  return said.value.map((event) => (event.type === 'CheckpointApproved' ? `${event.choice ?? '-'} ${JSON.stringify([event.binding, event.waivers])}` : event.type)).join();
}

/** So many: the first is to be ticked, the others are tests that fail. */
function withFindings(found: Evidence, count: number): Evidence {
  const failures = Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({ test: `f${index}`, message: '', file: null, line: null }));
  return { ...found, ticks: count > 0 ? [{ id: 't', why: '' }] : [], gates: found.gates.map((gate) => ({ ...gate, failures })) };
}

describe('a choice', () => {
  it('REQ-FLOW-13 takes the first of the ranked candidates, or the one that is named by a part of its commit, bound to exactly that one', () => {
    const state = race();
    const [first, second, third] = ranked(state, 'race');
    assert.ok(first && second && third);
    assert.deepEqual([first, second, third].map(({ unit }) => unit), ['race/1', 'race/2', 'race/3'], 'alike: who was first');
    const taken = (one: typeof first): string => `${one.commit} ${JSON.stringify([{ commit: one.commit, base: one.onto, tree: one.tree, evidence: one.evidence?.id }, []])}`;
    assert.deepEqual([answer(state), answer(state, { commit: second.commit }), answer(state, { commit: third.own })], [taken(first), taken(second), taken(third)]);
  });

  it('REQ-FLOW-13 ranks by verdict before anything else', () => {
    const state = race({ 'race/1': { verdict: 'rejected' }, 'race/2': { verdict: 'not-verified' } });
    assert.deepEqual(ranked(state, 'race').map(({ unit, evidence }) => `${unit} ${evidence?.verdict ?? '-'}`), ['race/3 accepted', 'race/2 not-verified', 'race/1 rejected']);
  });

  it('REQ-FLOW-13 ranks last what nothing has judged, and leaves out what is no candidate any more', () => {
    const state = race({ 'race/2': { verdict: 'rejected' } });
    const unjudged: RunState = { ...state, units: state.units.map((unit) => (unit.id === 'race/1' ? { ...unit, attempts: unit.attempts.map((attempt) => ({ ...attempt, evidence: null })) } : unit)) };
    assert.deepEqual(ranked(unjudged, 'race').map(({ unit, evidence, findings, files }) => [unit, evidence?.verdict ?? null, findings, files]), [['race/3', 'accepted', 0, 1], ['race/2', 'rejected', 0, 1], ['race/1', null, 0, 1]]);
    assert.deepEqual(ranked(race({ 'race/1': { merge: 'conflict' }, 'race/2': { outcome: 'refused' } }), 'race').map(({ unit }) => unit), ['race/3']);
  });

  it('REQ-FLOW-13 ranks by findings, then by size, where the verdict is the same', () => {
    const state = race();
    const sized = (findings: Readonly<Record<string, number>>, files: Readonly<Record<string, number>>): RunState => ({ ...state, units: state.units.map((unit) => ({ ...unit, attempts: unit.attempts.map((attempt) => ({
      ...attempt, evidence: attempt.evidence && withFindings(attempt.evidence, findings[unit.id] ?? 0),
      outcome: attempt.outcome?.kind === 'tree' ? { ...attempt.outcome, files: files[unit.id] ?? 1 } : attempt.outcome,
    })) })) });
    const order = (now: RunState): string => ranked(now, 'race').map(({ unit, findings, files }) => `${unit}:${findings}:${files}`).join(' ');
    assert.deepEqual([order(sized({ 'race/1': 2, 'race/2': 1 }, { 'race/3': 9 })), order(sized({}, { 'race/1': 3, 'race/2': 2 }))], ['race/3:0:9 race/2:1:1 race/1:2:1', 'race/3:0:1 race/2:0:2 race/1:0:3']);
  });

  it('REQ-FLOW-13 refuses a commit that names none or several, and tells the candidates', () => {
    const state = race();
    const list = ranked(state, 'race').map(({ commit, unit }) => `${commit.slice(0, 12)} (${unit}, accepted)`).join(', ');
    assert.deepEqual([answer(state, { commit: 'nosuch' }), answer(state, { commit: '' })], [`unknown-candidate: "nosuch" names no candidate | Candidates: ${list}.`, `unknown-candidate: "" names more than one candidate | Candidates: ${list}.`]);
  });

  it('REQ-FLOW-13 takes one that its gates rejected with a waiver of each red gate only', () => {
    const state = race({ race: { verdict: 'rejected' } });
    const list = ranked(state, 'race').map(({ commit, unit }) => `${commit.slice(0, 12)} (${unit}, rejected)`).join(', ');
    assert.equal(answer(state), `needs-waiver: the candidate of race/1 is not proven: stub | Choose another (--commit SHA), or waive with a reason: --waive stub --reason "…" Candidates: ${list}.`);
    assert.match(answer(state, { waivers: [{ gate: 'other', reason: 'known' }] }), /^needs-waiver/);
    assert.ok(answer(state, { waivers: [{ gate: 'stub', reason: 'known' }] }).endsWith('[{"gate":"stub","reason":"known"}]]'));
  });
});
