/**
 * What stands beside the gates in a verdict: the integrity guard, the proof of the change's tests, the base's tests on the change.
 * Owns: what each comes to. Refuses: to look for anything, and to judge a gate (`verdict.ts`).
 */
import { integrityKinds, type IntegrityKind } from './integrity.ts';
import type { BaseTests, ChangeKind, RedGreen } from './redGreen.ts';
import { judge, worst, type Judgement } from './verdict.ts';

/** What the integrity guard found: enough to judge by. */
export interface IntegrityFact { readonly kind: IntegrityKind; readonly severity: 'high' | 'medium' | 'low' }

const passed = judge('accepted', 'passed');
const person = judge('not-verified', 'needs-person');
const incomplete = judge('not-verified', 'incomplete');
const weakened = judge('rejected', 'assertions-weakened');
const tampered = judge('rejected', 'gate-tampered');

/** Kind → what a high finding of it comes to by itself, and what a medium one does. Each asks for a tick, so none of them is accepted where nobody has been asked. */
const integrityTable: Readonly<Record<IntegrityKind, { readonly high: Judgement; readonly medium: Judgement }>> = {
  'test-removed': { high: judge('rejected', 'tests-removed'), medium: person },
  'test-skipped': { high: judge('rejected', 'tests-skipped'), medium: person },
  'test-focused': { high: judge('rejected', 'tests-skipped'), medium: person },
  'test-emptied': { high: weakened, medium: person },
  'assertion-removed': { high: weakened, medium: person },
  'assertion-weakened': { high: weakened, medium: person },
  'assertion-constant': { high: weakened, medium: person },
  'expectation-changed': { high: person, medium: person },
  'subject-mocked': { high: judge('rejected', 'integrity'), medium: person },
  'snapshot-rewritten': { high: person, medium: person },
  'threshold-lowered': { high: person, medium: person },
  'timeout-raised': { high: person, medium: person },
  'retries-raised': { high: person, medium: person },
  // A definition that comes to another outcome is found by running both (I12); what is high here switches a gate off.
  'gate-script-edited': { high: tampered, medium: person },
  'ci-edited': { high: tampered, medium: person },
  'lockfile-edited': { high: person, medium: person },
  'config-edited': { high: person, medium: person },
  'lint-disabled': { high: person, medium: person },
  'exit-zero': { high: tampered, medium: person },
  'ignored-file-needed': { high: person, medium: person },
  'stub-left': { high: incomplete, medium: incomplete },
  'not-examined': { high: person, medium: person },
};

/** What the findings of the integrity guard come to together; accepted where none of them stands against the change. Low ones never do. */
export function integrityVerdict(facts: readonly IntegrityFact[]): Judgement {
  // Of several reasons that weigh the same the one whose kind stands first is named, not the one that was found first.
  const found = integrityKinds.flatMap((kind) => facts.flatMap((fact) => (fact.kind !== kind || fact.severity === 'low' ? [] : [integrityTable[kind][fact.severity]])));
  return worst([passed, ...found]);
}

/** What asks for a person's own tick is not proven without that person: `verify`, where nobody ticks, says what a run would wait for. */
export function ticksVerdict(ticks: number): Judgement {
  return ticks > 0 ? person : passed;
}

/** What is said to mend or to bring something has a test that fails without it; of others it is asked where they bring tests. */
export function redGreenVerdict(kind: ChangeKind, proof: RedGreen): Judgement {
  const asked = kind === 'fix' || kind === 'feature' || (kind === 'auto' && proof.state !== 'none');
  return asked && proof.state !== 'proven' ? judge('not-verified', 'no-red-proof') : passed;
}

/** The base's tests as they were, over the head's sources: where nothing was to change its ways, who fails them has weakened them. */
export function baseTestsVerdict(kind: ChangeKind, found: BaseTests): Judgement {
  if (found.failing.every((one) => one.asked)) return passed;
  return kind === 'refactor' || kind === 'perf' || kind === 'docs' ? weakened : person;
}

/** What the change broke by itself is its own; what is red only together with what its base has become since is said to be just that. */
export function mergedVerdict(merged: Judgement, alone: Judgement): Judgement {
  const red = merged.reason === 'new-failures' || merged.reason === 'build-failed';
  return red && alone.verdict === 'accepted' ? judge('rejected', 'merged-tree-red') : merged;
}

export const conflictVerdict = judge('rejected', 'conflict');
