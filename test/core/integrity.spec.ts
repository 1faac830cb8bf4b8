/** What the guard's findings come to, as the closed table has it, and which of them a person ticks. REQ ids: specs/integrity.md. */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { integrityKinds, integrityTicks, type IntegrityFinding } from '../../src/core/integrity.ts';
import { integrityVerdict, ticksVerdict, type IntegrityFact } from '../../src/core/verdictBeside.ts';

const said = (...facts: readonly IntegrityFact[]): string => {
  const { verdict, reason } = integrityVerdict(facts);
  return `${verdict} ${reason}`;
};
const finding = (n: number, severity: IntegrityFinding['severity']): IntegrityFinding => ({ id: `f${n}`, kind: 'ci-edited', file: 'a.yml', line: n === 0 ? null : n, before: null, after: null, why: 'Changed.', severity, by: 'parser' });
const anyFact = fc.record({ kind: fc.constantFrom(...integrityKinds), severity: fc.constantFrom('high' as const, 'medium' as const, 'low' as const) });

describe('the verdict on findings of the guard', () => {
  it('REQ-INTEGRITY-20: each kind comes to what the table says', () => {
    const table = Object.fromEntries(integrityKinds.map((kind) => [kind, `${said({ kind, severity: 'high' })} / ${said({ kind, severity: 'medium' })}`]));
    const person = 'not-verified needs-person';
    const weakened = `rejected assertions-weakened / ${person}`;
    deepEqual(table, {
      'test-removed': `rejected tests-removed / ${person}`, 'test-skipped': `rejected tests-skipped / ${person}`, 'test-focused': `rejected tests-skipped / ${person}`,
      'test-emptied': weakened, 'assertion-removed': weakened, 'assertion-weakened': weakened, 'assertion-constant': weakened,
      'expectation-changed': `${person} / ${person}`, 'subject-mocked': `rejected integrity / ${person}`, 'snapshot-rewritten': `${person} / ${person}`, 'threshold-lowered': `${person} / ${person}`,
      'timeout-raised': `${person} / ${person}`, 'retries-raised': `${person} / ${person}`, 'gate-script-edited': `rejected gate-tampered / ${person}`, 'ci-edited': `rejected gate-tampered / ${person}`,
      'lockfile-edited': `${person} / ${person}`, 'config-edited': `${person} / ${person}`, 'lint-disabled': `${person} / ${person}`, 'exit-zero': `rejected gate-tampered / ${person}`,
      'ignored-file-needed': `${person} / ${person}`, 'stub-left': 'not-verified incomplete / not-verified incomplete', 'not-examined': `${person} / ${person}`,
    });
  });

  it('REQ-INTEGRITY-20: low findings, and none, decide nothing', () => {
    fc.assert(fc.property(fc.array(anyFact), (facts) => equal(said(...facts.filter((fact) => fact.severity === 'low')), 'accepted passed')));
  });

  it('REQ-INTEGRITY-27: what asks for a tick is not accepted, and what is accepted asks for none', () => {
    fc.assert(fc.property(fc.array(anyFact, { maxLength: 60 }), (facts) => {
      const ticks = integrityTicks(facts.map((fact, n) => ({ ...finding(n, fact.severity), kind: fact.kind })));
      equal(integrityVerdict(facts).verdict === 'accepted', ticks.length === 0);
      equal(ticksVerdict(ticks.length).verdict === 'accepted', ticks.length === 0);
    }));
  });

  it('REQ-INTEGRITY-20: the order in which they were found does not matter', () => {
    fc.assert(fc.property(fc.array(anyFact), (facts) => equal(said(...facts), said(...facts.toReversed()))));
  });

  it('REQ-INTEGRITY-21: all but low ones are ticked, one by one up to forty', () => {
    deepEqual(integrityTicks([finding(0, 'medium'), finding(1, 'low'), finding(2, 'high')]), [{ id: 'integrity:f0', why: 'a.yml: Changed.' }, { id: 'integrity:f2', why: 'a.yml:2: Changed.' }]);
    const many = integrityTicks(Array.from({ length: 45 }, (_, n) => finding(n, 'medium')));
    deepEqual([many.length, many.at(-1)], [41, { id: 'integrity:others', why: '5 more findings about tests, gates and configuration.' }]);
  });
});
