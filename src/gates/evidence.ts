/**
 * What is recorded of a judged gate, in the form that persons, agents and approvals use.
 * Owns: counts, the first failures, the id that an approval binds. Refuses: verdicts of its own.
 */
import { guardId } from '../core/integrity.ts';
import type { Evidence, Flake, GateDefinition, GateResult, TestCounts } from '../core/gate.ts';
import type { QuarantineEntry } from '../core/quarantine.ts';
import { baseTestsGateId, proofGateId, type ChangeKind } from '../core/redGreen.ts';
import type { Rerun } from '../core/rerun.ts';
import type { JudgedTest } from '../core/testState.ts';
import type { GateFacts, Judgement, RunFacts } from '../core/verdict.ts';
import { baseTestsVerdict, redGreenVerdict } from '../core/verdictBeside.ts';
import { hashOf } from './canonical.ts';
import { exitOf, type GateRun } from './gateRun.ts';
import { shortened } from './boundedText.ts';
import type { GateProof } from './proof/proveGate.ts';
import type { StaticFacts } from './staticFacts.ts';

type Failure = GateResult['failures'][number];
const failuresShown = 20;

/** Counts of the head's run, seen from the base where that was run. */
export function testCounts(head: RunFacts | null, base: RunFacts | null): TestCounts {
  const tests = head?.tests;
  const before = base?.tests;
  const ids = new Set([...(tests?.passed ?? []), ...(tests?.failed ?? []), ...(tests?.skipped ?? [])]);
  const baseIds = new Set([...(before?.passed ?? []), ...(before?.failed ?? []), ...(before?.skipped ?? [])]);
  const alreadyFailing = new Set(before?.failed ?? []);
  return {
    passed: tests?.passed.length ?? 0, failed: tests?.failed.length ?? 0, skipped: tests?.skipped.length ?? 0,
    new: before ? [...ids].filter((id) => !baseIds.has(id)).length : 0,
    removed: before && tests ? [...baseIds].filter((id) => !ids.has(id)).length : 0,
    flaky: 0,
    preexisting: (tests?.failed ?? []).filter((id) => alreadyFailing.has(id)).length,
  };
}

/** What to look at first: newly failing tests, tests that are gone or skipped, files written; then what failed before already. */
export function failuresOf(run: GateRun, head: RunFacts | null, base: RunFacts | null, known: { readonly since: ReadonlyMap<string, string>; readonly aside: ReadonlyMap<string, QuarantineEntry> } = { since: new Map(), aside: new Map() }): readonly Failure[] {
  const already = new Set(base?.tests?.failed ?? []);
  const failed = (run.report?.tests ?? []).filter((test) => test.state === 'failed');
  const asFailure = (test: (typeof failed)[number]): Failure => ({ test: test.id, message: test.message, file: test.file, line: test.line, ...(test.stack ? { stack: test.stack } : {}) });
  const present = new Set([...(head?.tests?.passed ?? []), ...(head?.tests?.failed ?? [])]);
  const skipped = new Set(head?.tests?.skipped ?? []);
  const gone = head?.tests && base?.tests && !head.tests.truncated ? [...base.tests.passed, ...base.tests.failed].filter((id) => !present.has(id)) : [];
  const alreadyLeft = new Set(base?.tests?.left ?? []);
  const left = (head?.tests?.left ?? []).filter((id) => !alreadyLeft.has(id));
  return [
    ...left.map((id) => ({ test: id, message: 'its process left by itself before it had told of any test', file: null, line: null })),
    ...failed.filter((test) => !already.has(test.id) && !known.aside.has(test.id)).map(asFailure),
    ...gone.map((id) => ({ test: id, message: skipped.has(id) ? 'ran on the base and is skipped here' : 'ran on the base and is not in the report', file: null, line: null })),
    ...run.wrote.map((path) => ({ test: 'files written by the run', message: `the run changed ${path}`, file: path, line: null })),
    ...failed.flatMap((test) => {
      const entry = known.aside.get(test.id);
      return entry === undefined ? [] : [{ ...asFailure(test), message: shortened(`in quarantine until ${entry.until} (${entry.reason}): ${test.message}`, 2000), aside: true as const, ...(already.has(test.id) ? { known: true as const, ...sinceOf(known.since.get(test.id)) } : {}) }];
    }),
    ...failed.filter((test) => already.has(test.id) && !known.aside.has(test.id)).map((test) => ({ ...asFailure(test), message: shortened(`fails on the base too: ${test.message}`, 2000), known: true as const, ...sinceOf(known.since.get(test.id)) })),
  ].slice(0, failuresShown);
}

const sinceOf = (since: string | undefined): Pick<Failure, 'since'> => (since === undefined ? {} : { since });

/** The recorded result of one gate. */
export function gateResult(gate: GateDefinition, judgement: Judgement, facts: GateFacts, run: GateRun, kept: { readonly cached: boolean; readonly log: string | null; readonly found?: Pick<StaticFacts, 'result' | 'failures'>; readonly flakes?: readonly Flake[]; readonly reruns?: readonly Rerun[]; readonly judged?: readonly JudgedTest[]; readonly aside?: ReadonlyMap<string, QuarantineEntry> }): GateResult {
  const since = new Map((kept.judged ?? []).flatMap((one) => (one.since === null ? [] : [[one.test, one.since] as const])));
  return {
    id: gate.id, verdict: judgement.verdict, reason: judgement.reason, exit: exitOf(run),
    tests: { ...testCounts(facts.head, facts.base), flaky: kept.flakes?.length ?? 0 }, ...kept.found?.result, ...(kept.flakes?.length ? { flakes: [...kept.flakes] } : {}), ...(kept.reruns?.length ? { reruns: [...kept.reruns] } : {}),
    failures: [...kept.found?.failures ?? [], ...failuresOf(run, facts.head, facts.base, { since, aside: kept.aside ?? new Map<string, QuarantineEntry>() })].slice(0, failuresShown),
    evidence: {
      command: gate.command, sandbox: run.sandbox, dependencies: run.dependencies, log: kept.log, tail: run.tail,
      durationMs: Math.round(run.durationMs), cached: kept.cached,
    },
  };
}

/** How a verdict of the integrity guard stands among the gates; what it found is in the evidence's own list. */
export function guardResult(judgement: Judgement): GateResult {
  return besideResult(guardId, 'integrity guard', judgement, []);
}

/** The proofs that a person has to waive where they are missing, and the agent to hear of. What waits for ticks alone is none of them. */
export function proofResults(kind: ChangeKind, { redGreen, baseTests }: GateProof): readonly GateResult[] {
  const base = baseTestsVerdict(kind, baseTests), proof = redGreenVerdict(kind, redGreen);
  const failure = ({ test, shown }: { readonly test: string; readonly shown: string }): Failure => ({ test, message: shown, file: null, line: null });
  return [
    ...(base.verdict === 'rejected' ? [besideResult(baseTestsGateId, 'tests of the base on the change', base, baseTests.failing.map(failure))] : []),
    ...(proof.verdict === 'accepted' ? [] : [besideResult(proofGateId, 'tests of the change on the base', proof, redGreen.tests.map(failure))]),
  ];
}

function besideResult(id: string, command: string, judgement: Judgement, failures: readonly Failure[]): GateResult {
  return {
    id, verdict: judgement.verdict, reason: judgement.reason, exit: null,
    tests: { passed: 0, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 }, failures: failures.slice(0, failuresShown),
    evidence: { command, sandbox: 'not needed', dependencies: 'none', log: null, tail: '', durationMs: 0, cached: false },
  };
}

const isProof = (id: string): boolean => id === proofGateId || id === baseTestsGateId;

/** Names the evidence by its content: all but what differs between two runs that found the same, and what is only remembered. */
export function withId(evidence: Omit<Evidence, 'id'>): Evidence {
  const bare = withoutOutput(evidence);
  const gates = bare.gates.map(({ evidence: found, ...gate }) => ({ ...gate, failures: gate.failures.map(({ test, message, file, line }) => ({ test, message, file, line })), ...(gate.reruns ? { reruns: gate.reruns.map((rerun) => ({ ...rerun, known: undefined })) } : {}), command: found.command, sandbox: found.sandbox }));
  return { ...evidence, id: hashOf({ ...evidence, ...bare, gates }) };
}

/** The proofs without the output that shows them: the same found twice has the same name. */
export function withoutOutput({ redGreen, baseTests, gates }: Pick<Evidence, 'redGreen' | 'baseTests' | 'gates'>): Pick<Evidence, 'redGreen' | 'baseTests' | 'gates'> {
  return {
    gates: gates.map((gate) => (isProof(gate.id) ? { ...gate, failures: gate.failures.map((failure) => ({ ...failure, message: '' })) } : gate)),
    ...(redGreen ? { redGreen: { ...redGreen, tests: redGreen.tests.map((one) => ({ ...one, shown: '' })) } } : {}),
    ...(baseTests ? { baseTests: { ...baseTests, failing: baseTests.failing.map((one) => ({ ...one, shown: '' })) } } : {}),
  };
}
