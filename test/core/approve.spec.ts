// What an approval needs, and in which words one is refused: what was found, and what to do next.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { approve as decide } from '../../src/core/approve.ts';
import { ranked } from '../../src/core/choice.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { RunState, StepState, Unit, UnitPhase } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import { accepted, allLanded, approve, candidate, changed, evidence, given, integrated, judgedUnit, landed, planApproved, planned, reviewed, widerPlanProposed } from '../support/given.ts';
import { agent, checkpoint, played } from './conformance/workflowOf.ts';

type Ask = Partial<typeof approve>;
const waive = (...gates: string[]): Ask => ({ waivers: gates.map((gate) => ({ gate, reason: 'known' })) });

/** The events, or the refusal in one line; with what became true by asking before it. */
function answer(state: RunState, ask: Ask = {}): readonly RunEvent[] | string {
  const said = decide(state, { ...approve, ...ask });
  if (said.ok) return said.value;
  const { code, message, next, events } = said.refusal;
  return `${events.map(({ type }) => `[${type}] `).join('')}${code}: ${message} | ${next}`;
}
const yes = (state: RunState, ask: Ask = {}): boolean => typeof answer(state, ask) !== 'string';

/** Evidence of gates that came to this, by id. */
function found(verdict: 'rejected' | 'not-verified' | 'error', gates: Readonly<Record<string, ReturnType<typeof judge>>>, more: Partial<Evidence> = {}): Evidence {
  const whole = evidence('t', verdict, 'new-failures'), [gate] = whole.gates;
  assert.ok(gate);
  return { ...whole, gates: Object.entries(gates).map(([id, judged]) => ({ ...gate, id, ...judged })), ...more };
}
const failing = judge('rejected', 'new-failures'), passing = judge('accepted', 'passed'), missing = judge('not-verified', 'no-tests'), conflict = judge('rejected', 'conflict');
const atMerge = given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state;
const merge = (candidateEvidence: Evidence | null, more: Partial<RunState> = {}): RunState => ({ ...atMerge, candidateEvidence, ...more });
const binding = { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' };

describe('REQ-RUN-09 an approval', () => {
  it('binds exactly what is there, with who gave it, what they waived and ticked, and what spoke against it', () => {
    const event = { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding, by: 'you', waivers: [], ticks: [] };
    assert.deepEqual([answer(atMerge), answer(atMerge, { by: 'policy never', risks: ['large'] })], [[event], [{ ...event, by: 'policy never', risks: ['large'] }]]);
    const state = merge(found('rejected', { unit: failing }, { ticks: [{ id: 'integrity:1', why: 'weakened' }] }));
    assert.deepEqual(answer(state, { ...waive('unit'), ticks: ['integrity:1'] }), [{ ...event, waivers: [{ gate: 'unit', reason: 'known' }], ticks: ['integrity:1'] }]);
  });

  it('names what was looked at by the beginning of its commit, and is void about anything else', () => {
    const long = { ...atMerge, checkpoints: openCheckpoints(atMerge).map((open) => ({ ...open, binding: { ...open.binding, commit: 'abcdef0123456789' } })) };
    assert.deepEqual([yes(long, { commit: 'abcdef' }), answer(long, { commit: '0123456789abcdef' }), answer(long, { commit: '6789' })], [
      true, 'void: the checkpoint is about abcdef012345, not 0123456789ab | Review what is there now, then approve that.', 'void: the checkpoint is about abcdef012345, not 6789 | Review what is there now, then approve that.',
    ]);
  });

  it('is void when the target has moved, which is known from then on', () => {
    const state: RunState = { ...atMerge, checkpoints: openCheckpoints(atMerge).map((open) => ({ ...open, binding: { ...open.binding, base: 'a'.repeat(40) } })) };
    assert.equal(answer(state, { tip: 'b'.repeat(40) }), `[LandingVoided] void: refs/heads/main moved from ${'a'.repeat(12)} to ${'b'.repeat(12)}; the approval would be for something else | The result is merged and tested again on the new tip; approve that.`);
    const said = decide(state, { ...approve, tip: 'tip' });
    assert.deepEqual(said.ok ? [] : said.refusal.events, [{ type: 'LandingVoided', command: '', tip: 'tip', why: `refs/heads/main moved from ${'a'.repeat(12)} to tip` }]);
    assert.deepEqual([yes(state, { tip: null }), yes(state, { tip: 'a'.repeat(40) })], [true, true]);
    assert.ok(yes(given(planned()).state, { tip: 'elsewhere' }), 'a plan is not about the target');
  });

  it('REQ-AMEND-07 of a proposal waits while it would begin anew what is landing', () => {
    const { state } = given(widerPlanProposed());
    const [first] = state.units;
    assert.ok(first);
    const ended: RunState = { ...state, steps: state.steps.map((step) => (step.id === 'implement' ? { ...step, status: 'done' } : step)) };
    const landing: RunState = { ...ended, units: [...state.units, { ...first, id: 'x', step: 'review', phase: { kind: 'advancing', onto: '', commit: '', tree: '' } }] };
    assert.deepEqual([yes(state), yes(ended), answer(landing)], [true, true, 'not-here: other work of the task is landing at this moment | Approve it once more in a few seconds.']);
    assert.ok(yes({ ...landing, checkpoints: given(planned()).state.checkpoints }), 'another checkpoint is none of it');
  });
});

describe('REQ-RUN-11 an approval of what is not proven', () => {
  const hint = 'Approve with: --waive unit --reason "…"';
  const more = 'Approve with, beside what you gave: --waive unit --reason "…"';

  it('names each gate that is not, with what it came to, until each is waived with a reason', () => {
    const state = merge(found('rejected', { unit: failing, types: passing, lint: missing }));
    assert.deepEqual([answer(state), answer(state, waive('lint')), yes(state, waive('lint', 'unit')), answer(state, { waivers: [{ gate: 'unit', reason: ' ' }] })], [
      `needs-waiver: not proven: unit is rejected (new-failures); lint is not-verified (no-tests) | ${hint} --waive lint --reason "…"`, `needs-waiver: not proven: unit is rejected (new-failures) | ${more}`, true,
      'empty: no reason was given for waiving "unit" | Say why, for example with --reason.',
    ]);
  });

  it('REQ-CLI-18 names every waiver and every tick that it lacks at once', () => {
    const state = merge(found('rejected', { unit: failing }, { ticks: [{ id: 'a', why: 'weakened' }, { id: 'b', why: 'protected' }] }));
    assert.deepEqual([answer(state), answer(state, { ...waive('unit'), ticks: ['a'] }), yes(state, { ...waive('unit'), ticks: ['a', 'b'] })], [
      `needs-waiver: not proven: unit is rejected (new-failures). needs your own tick: a (weakened); b (protected) | ${hint} --tick a --tick b`,
      'needs-tick: needs your own tick: b (protected) | Approve with, beside what you gave: --tick b', true,
    ]);
  });

  it('takes what was waived before', () => {
    const state = merge(found('rejected', { unit: failing, lint: missing }), { waived: [{ gate: 'lint', reason: 'known', by: 'you' }] });
    assert.deepEqual([answer(state), yes(state, waive('unit'))], [`needs-waiver: not proven: unit is rejected (new-failures) | ${hint}`, true]);
  });

  it('is asked for where there is no gate at all, under the name "gate"', () => {
    const none = merge(found('not-verified', {}, { reason: 'no-command' }));
    assert.deepEqual([answer(none), yes(none, waive('gate')), answer(none, waive('unit'))], ['needs-waiver: not proven: gate is not-verified (no-command) | Approve with: --waive gate --reason "…"', true, 'unknown-gate: there is no gate "unit" | Gates: gate.']);
  });

  it('is never taken for a conflict; a waiver of what is green changes nothing', () => {
    const state = merge(found('rejected', { unit: passing, 'merged-tree': conflict, lint: failing }));
    const never = 'not-waivable: "merged-tree" is conflict, which no waiver can make right | Request changes, or reject the task.';
    assert.deepEqual([answer(state, waive('unit', 'lint', 'merged-tree')), answer(state, waive('merged-tree'))], [never, never]);
    assert.deepEqual([yes(merge(found('rejected', { unit: passing, lint: failing })), waive('unit', 'lint')), answer(state, waive('unit', 'lint'))], [true, never]);
  });

  it('names the gates and findings that there are where a name is of none', () => {
    const ticks = [{ id: 'a', why: 'x' }, { id: 'b', why: 'y' }], state = merge(found('rejected', { unit: failing, lint: failing }, { ticks }));
    assert.deepEqual([answer(state, waive('unit', 'unti')), answer(state, { ...waive('unit', 'lint'), ticks: ['a', 'c'] }), answer(atMerge, { ticks: ['c'] })], [
      'unknown-gate: there is no gate "unti" | Gates: unit, lint.', 'unknown-tick: there is no finding "c" | Findings: --tick a --tick b', 'unknown-tick: there is no finding "c" | Findings: none.',
    ]);
    const unseen = merge(null);
    assert.deepEqual([answer(unseen, waive('unit')), answer(unseen, { ticks: ['c'] })], ['unknown-gate: there is no gate "unit" | Gates: gate.', 'unknown-tick: there is no finding "c" | Findings: none.']);
  });

  it('REQ-RUN-12 names each finding that is not ticked, with why', () => {
    const state = merge(found('rejected', { unit: passing }, { ticks: [{ id: 'a', why: 'weakened' }, { id: 'b', why: 'protected' }] }));
    assert.deepEqual([answer(state), answer(state, { ticks: ['a'] }), yes(state, { ticks: ['b', 'a'] })], ['needs-tick: needs your own tick: a (weakened); b (protected) | Approve with: --tick a --tick b', 'needs-tick: needs your own tick: b (protected) | Approve with, beside what you gave: --tick b', true]);
  });

  it('REQ-CLI-41 says what to type as a shell takes it, also of an id with blanks', () => {
    const state = merge(found('rejected', { unit: passing }, { ticks: [{ id: 'base-test:test/add.test.js › adds', why: 'it fails' }] }));
    const flag = "--tick 'base-test:test/add.test.js › adds'";
    assert.deepEqual([answer(state), answer(state, { ticks: ['base-test:test/add.test.js'] })], [
      `needs-tick: needs your own tick: base-test:test/add.test.js › adds (it fails) | Approve with: ${flag}`, `unknown-tick: there is no finding "base-test:test/add.test.js" | Findings: ${flag}`,
    ]);
  });
});

describe('REQ-FLOW-17 which checkpoint is meant', () => {
  it('is the one that is named, by its id or its step, or the only one that is open', () => {
    const { state } = given(widerPlanProposed()), [proposal] = openCheckpoints(state), [open] = openCheckpoints(atMerge);
    assert.ok(proposal && open);
    const two: RunState = { ...atMerge, checkpoints: [...state.checkpoints, open], amendments: state.amendments };
    const which = (ask: Ask, now = two): unknown => { const said = answer(now, ask); return typeof said === 'string' ? said : said.map((event) => 'checkpoint' in event && event.checkpoint); };
    assert.deepEqual([which({ checkpoint: 'approve-merge' }), which({ checkpoint: 'implement#amendment-1' }), which({}), which({ checkpoint: 'approve-plan#1' }), which({ checkpoint: 'x' }), which({}, { ...two, checkpoints: [] }), which({ checkpoint: 'x' }, { ...two, checkpoints: [] })], [
      ['approve-merge#1'], ['implement#amendment-1'], 'ambiguous: 2 checkpoints are open: implement#amendment-1, approve-merge#1 | Say which one: --checkpoint ID.', 'void: checkpoint approve-plan#1 is approved | Look at what is open now with: treeline show.',
      'unknown-checkpoint: there is no checkpoint "x" | Open: implement#amendment-1, approve-merge#1.', 'nothing-open: no checkpoint is open | Look at the run with: treeline show.', 'unknown-checkpoint: there is no checkpoint "x" | Open: none.',
    ]);
  });
});

describe('REQ-RUN-11 a red gate that a person waives where no checkpoint is open', () => {
  const red = (unit: string, evidenced: Evidence): RunEvent[] => [1, 2, 3, 4].flatMap((n) => [...changed(unit, n), integrated(unit, 'base', n), judgedUnit(unit, evidenced, n)]);
  const two = found('rejected', { unit: failing, lint: failing }), one = found('rejected', { unit: failing, lint: passing });
  const waived = (at: string, gate: string): RunEvent => ({ type: 'GateWaived', at, gate, reason: 'known', by: 'you' });
  const both = given([...planApproved(), ...red('implement/a', one), ...changed('implement/b'), integrated('implement/b', 'base'), judgedUnit('implement/b', found('error', { unit: judge('error', 'killed') }))]).state;
  const atTest = given([...allLanded(), ...candidate(found('error', { unit: judge('error', 'killed'), lint: failing }))]).state;

  it('is waived at each place where it is red: work past its repairs, work whose gate broke, a gate of what would land', () => {
    assert.deepEqual([answer(both, waive('unit')), answer(atTest, waive('unit')), answer(atTest, waive('lint', 'unit'))], [[waived('implement/a', 'unit'), waived('implement/b', 'unit')], [waived('test', 'unit')], [waived('test', 'lint'), waived('test', 'unit')]]);
  });

  it('is named where nothing is waived, and where a name is of none', () => {
    const next = 'Waive it with a reason (--waive GATE --reason "…"), retry, or reject the task.';
    assert.deepEqual([answer(both), answer(atTest), answer(both, waive('lint', 'types')), answer(atTest, waive('types'))], [
      `needs-waiver: no checkpoint is open; red: unit at implement/a, unit at implement/b | ${next}`, `needs-waiver: no checkpoint is open; red: unit at test, lint at test | ${next}`,
      'unknown-gate: no red gate is called "lint" or "types" | Red: unit.', 'unknown-gate: no red gate is called "types" | Red: unit, lint.',
    ]);
  });

  it('is not waived for work that would go on with another red gate: that is to be waived, too', () => {
    const { state } = given([...planApproved(), ...red('implement/a', two)]);
    const beside = given([...planApproved(), ...red('implement/a', two), ...red('implement/b', one)]).state, three = found('rejected', { unit: failing, lint: failing, types: failing });
    assert.match(JSON.stringify(answer(given([...planApproved(), ...red('implement/a', three)]).state, waive('unit'))), /red as well: lint at implement\/a, types at implement\/a /);
    assert.deepEqual([answer(state, waive('unit')), answer(state, waive('unit', 'lint')), answer(beside, waive('unit')), answer(beside, waive('lint'))], [
      'needs-waiver: red as well: lint at implement/a | Waive each of them with a reason (--waive GATE --reason "…"), retry, or reject the task.', [waived('implement/a', 'unit'), waived('implement/a', 'lint')], [waived('implement/b', 'unit')],
      'needs-waiver: red as well: unit at implement/a | Waive each of them with a reason (--waive GATE --reason "…"), retry, or reject the task.',
    ]);
  });

  it('is none of a conflict, which cannot be waived', () => {
    const conflicted = given([...allLanded(), { type: 'CandidateConflicted', command: 'test#1:candidate', step: 'test', n: 1, head: 'h', onto: 'base', files: ['a.ts'] }]).state;
    assert.equal(answer(conflicted, waive('unit', 'lint')), 'not-waivable: no red gate is called "unit" or "lint" | Red: a conflict, which cannot be waived.');
    const beside: RunState = { ...conflicted, units: both.units };
    assert.equal(answer(beside, waive('types')), 'unknown-gate: no red gate is called "types" | Red: unit.');
  });

  it('is none of what stands for another reason, or is an outcome', () => {
    const nothing = 'nothing-open: no checkpoint is open | Look at the run with: treeline show.';
    const [a] = both.units.filter(({ id }) => id === 'implement/a');
    assert.ok(a);
    const resume: UnitPhase = { kind: 'ready', notBefore: 0, why: null };
    const of = (more: Partial<Unit>, step: Partial<StepState> = {}): RunState => ({ ...both, units: [{ ...a, ...more }], steps: both.steps.map((own) => (own.id === 'test' ? { ...own, ...step } : own)) });
    const stuck = { why: '', next: '' }, loop = { ...of({}), workflow: { ...both.workflow, steps: both.workflow.steps.map((step) => (step.id === 'implement' ? { ...step, continueOnError: true } : step)) } };
    const others = [
      of({ phase: { kind: 'failed', why: '', evidence: null, resume } }), of({ landing: 'choice' }), loop, of({ phase: { kind: 'stuck', waitingFor: 'key', ...stuck, resume } }), of({ phase: { kind: 'working' } }),
      of({ phase: resume }, { gate: { kind: 'making' }, evidence: two }), of({ phase: resume }, { gate: { kind: 'stuck', waitingFor: 'workspace', ...stuck }, evidence: two }), of({ phase: resume }, { land: { kind: 'stuck', waitingFor: 'workspace', ...stuck }, evidence: two }), of({ phase: resume }, { land: { kind: 'landing' }, evidence: two }),
    ];
    assert.deepEqual(others.map((state) => answer(state, waive('unit'))), others.map(() => nothing));
    const attempts = a.attempts.map((attempt) => ({ ...attempt, evidence: null })), broken: UnitPhase = { kind: 'stuck', waitingFor: 'gate', ...stuck, resume };
    assert.deepEqual([of({ phase: broken, attempts }), of({ phase: broken, attempts: [] })].map((state) => answer(state, waive('unit'))), Array(2).fill('not-waivable: no red gate is called "unit" | Red: a conflict, which cannot be waived.'), 'what its gate found is not known');
  });

  it('stands for a step by its own gates, else by what all of them found of the candidate', () => {
    const of = (step: Partial<StepState>, candidateEvidence: Evidence | null): unknown => answer({ ...atTest, candidateEvidence, steps: atTest.steps.map((own) => (own.id === 'test' ? { ...own, gate: null, land: null, evidence: null, ...step } : own)) }, waive('lint'));
    const waiting = { waitingFor: 'gate', why: '', next: '' } as const, none = 'unknown-gate: no red gate is called "lint" | Red: unit.';
    assert.deepEqual([of({ land: { kind: 'stuck', ...waiting } }, two), of({ gate: { kind: 'failed', why: '' }, evidence: two }, one), of({ gate: { kind: 'failed', why: '' }, evidence: one }, two)], [[waived('test', 'lint')], [waived('test', 'lint')], none]);
  });

  it('REQ-RUN-09 of what would land is void when the target has moved; that of a unit is not about the target', () => {
    const moved = '[LandingVoided] void: refs/heads/main moved from base to other; the approval would be for something else | The result is merged and tested again on the new tip; approve that.';
    assert.deepEqual([answer(atTest, { ...waive('unit'), tip: 'other' }), yes(atTest, { ...waive('unit'), tip: null }), yes(both, { ...waive('unit'), tip: 'other' })], [moved, true, true]);
    const mixed: RunState = { ...atTest, units: [...both.units, ...atTest.units.filter((unit) => !both.units.some(({ id }) => id === unit.id))] };
    assert.equal(answer(mixed, { ...waive('unit'), tip: 'other' }), moved);
    assert.equal(yes({ ...both, candidate: atTest.candidate }, { ...waive('unit'), tip: 'other' }), true);
    const lost = given([accepted('quick-change'), ...changed('implement'), integrated('implement', 'base'), landed('implement', 'h1'), ...candidate(found('error', { unit: judge('error', 'killed') }), 1, 'base', 'h1')]).state;
    assert.equal(yes({ ...lost, candidate: null }, { ...waive('unit'), tip: 'other' }), true, 'there is nothing that would land');
  });

  it('does not keep an open checkpoint from being meant: it is waived beside one only where a waiver names it and none is about a merge', () => {
    const open = (about: 'review' | 'merge'): RunState => ({ ...both, checkpoints: openCheckpoints(atMerge).map((one) => ({ ...one, about })) });
    const types = (state: RunState, ask: Ask): unknown => { const said = answer(state, ask); return typeof said === 'string' ? said.slice(0, said.indexOf(':')) : said.map(({ type }) => type).join(); };
    assert.deepEqual([types(open('review'), waive('unit')), types(open('review'), {}), types(open('review'), { ...waive('unit'), checkpoint: 'approve-merge' }), types(open('merge'), waive('unit')), types(open('merge'), {})], ['GateWaived,GateWaived', 'CheckpointApproved', 'CheckpointApproved', 'unknown-gate', 'CheckpointApproved']);
    const two: RunState = { ...open('review'), checkpoints: [...open('review').checkpoints, ...open('merge').checkpoints.map((one) => ({ ...one, id: 'other#1', step: 'other' }))] };
    assert.equal(types(two, waive('unit')), 'ambiguous', 'where one of several is about a merge, it may be meant');
    assert.equal(types({ ...open('review'), units: [] }, waive('unit')), 'CheckpointApproved', 'nothing is red');
  });
});

describe('REQ-FLOW-13 a choice', () => {
  const racing = played({ steps: [agent('race', { landing: 'choice', forEach: { over: 'agents', copies: 2 } }), checkpoint('choose', 'choice', { needs: ['race'], of: 'race' })], stubs: { choose: { decision: 'wait' } } }).state;
  const unjudged: RunState = { ...racing, units: racing.units.map((unit) => ({ ...unit, attempts: unit.attempts.map((attempt) => ({ ...attempt, evidence: null })) })) };

  it('of what was not judged needs no waiver, and says so in the list', () => {
    const [first, second] = ranked(unjudged, 'race');
    assert.ok(first && second);
    const said = answer(unjudged, { commit: second.commit });
    assert.deepEqual(typeof said === 'string' ? said : said.map((event) => event.type === 'CheckpointApproved' && [event.choice, event.binding]), [[second.commit, { commit: second.commit, base: second.onto, tree: second.tree, evidence: '' }]]);
    assert.equal(answer(unjudged, { commit: 'none' }), `unknown-candidate: "none" names no candidate | Candidates: ${first.commit.slice(0, 12)} (race/1, not judged), ${second.commit.slice(0, 12)} (race/2, not judged).`);
  });

  it('of what nothing could judge needs none; of a red one each red gate has to be waived', () => {
    const as = (found: Evidence): RunState => ({ ...racing, units: racing.units.map((unit) => ({ ...unit, attempts: unit.attempts.map((attempt) => ({ ...attempt, evidence: found })) })) });
    const twice = as(found('rejected', { unit: failing, lint: failing }));
    assert.deepEqual([yes(as(found('not-verified', { unit: missing }))), yes(twice, waive('unit')), yes(twice, waive('lint', 'unit'))], [true, false, true]);
    const said = answer(twice);
    assert.ok(typeof said === 'string');
    assert.match(said, /^needs-waiver: the candidate of race\/1 is not proven: unit, lint \| Choose another \(--commit SHA\), or waive with a reason: --waive unit --reason "…" --waive lint --reason "…" Candidates: /);
  });

  it('is named by the beginning of the commit that would land, or of the one that its agent made', () => {
    const [a, b, own] = ['a', 'b', 'c'].map((letter) => `${letter.repeat(20)}${'0'.repeat(20)}`) as [string, string, string];
    const named: RunState = { ...racing, units: racing.units.map((unit, index) => ({
      ...unit, phase: unit.phase.kind === 'candidate' ? { ...unit.phase, commit: index === 0 ? a : b } : unit.phase,
      attempts: unit.attempts.map((attempt) => (attempt.outcome?.kind === 'tree' ? { ...attempt, outcome: { ...attempt.outcome, commit: index === 0 ? 'first' : own } } : attempt)),
    })) };
    const chosen = (commit: string): unknown => { const said = answer(named, { commit }); return typeof said === 'string' ? said : said.map((event) => event.type === 'CheckpointApproved' && event.choice); };
    assert.deepEqual([chosen('aaa'), chosen('bbb'), chosen('ccc'), chosen('000')], [[a], [b], [b], 'unknown-candidate: "000" names no candidate | Candidates: aaaaaaaaaaaa (race/1, accepted), bbbbbbbbbbbb (race/2, accepted).']);
  });

  it('cannot be made where there is nothing to choose from', () => {
    const nobody = 'unknown-candidate: there is no candidate | Candidates: none.';
    const aimless: RunState = { ...racing, workflow: { ...racing.workflow, steps: racing.workflow.steps.map((step) => (step.kind === 'checkpoint' ? { ...step, of: null } : step)) } };
    const gone: RunState = { ...racing, checkpoints: racing.checkpoints.map((one) => ({ ...one, step: 'gone' })) };
    assert.deepEqual([{ ...racing, units: [] }, aimless, gone].map((state) => answer(state)), [nobody, nobody, nobody]);
  });
});
