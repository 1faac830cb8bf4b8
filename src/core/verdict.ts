/**
 * The closed table of verdicts and reasons (product.md §5), as a pure function of the facts that a gate run found.
 * Owns: every verdict and reason that exists; what they are called; which of two is worse.
 * Refuses: to look at anything but facts. Nobody outside this file and `verdictBeside.ts` invents a reason.
 */
import * as z from 'zod';

export const reasonsByVerdict = {
  accepted: ['passed', 'only-preexisting-failures', 'base-red-repaired', 'known-flaky-only'],
  rejected: ['new-failures', 'build-failed', 'tests-removed', 'tests-skipped', 'suite-shrunk', 'assertions-weakened',
    'gate-tampered', 'integrity', 'new-test-flaky', 'threshold', 'early-exit', 'hung-after-pass', 'gate-wrote-files',
    'new-findings', 'conflict', 'merged-tree-red'],
  'not-verified': ['no-command', 'no-tests', 'incomplete-report', 'no-red-proof', 'needs-person', 'flaky-at-base', 'incomplete'],
  error: ['setup-failed', 'command-missing', 'runner-error', 'killed', 'overloaded', 'no-sandbox', 'unsupported-filter'],
  'timed-out': ['timeout'],
} as const;

export type Verdict = keyof typeof reasonsByVerdict;
export type Reason = (typeof reasonsByVerdict)[Verdict][number];

export const verdictSchema = z.enum(Object.keys(reasonsByVerdict) as [Verdict, ...Verdict[]]);
export const reasonSchema = z.enum(Object.values(reasonsByVerdict).flat() as [Reason, ...Reason[]]);

export interface Judgement { readonly verdict: Verdict; readonly reason: Reason }

/** How the gate's process came to its end. `missing` is exit 127 or ENOENT, `not-executable` 126 or EACCES. */
export type ProcessEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-executable' };

/** What a report says of the tests; `null` where there was no readable report. Ids are stable between base and head. */
export interface TestFacts {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  /** The run ended before it was whole: its processes left early, or the runner said that it stopped. */
  readonly truncated: boolean;
  /** Ids of files whose processes left by themselves, with exit 0, before a test of them was heard. */
  readonly left: readonly string[];
  /** The report itself is cut off or too large to read: what it does not say is not known. */
  readonly damaged?: boolean;
}

export interface RunFacts {
  readonly end: ProcessEnd;
  readonly tests: TestFacts | null;
  /** The machine was so loaded that a time-out says nothing about the code. */
  readonly overloaded: boolean;
  /** A machine-readable report was asked of a runner that is known to write one. */
  readonly reportAsked: boolean;
  /** The runner failed to load or to compile, before any test could run. */
  readonly couldNotLoad: boolean;
}

/** Of the newly failing tests: those that passed when they were run again, and those that are seen to flip on the base, now or before. */
export interface FlakeFacts { readonly onHead: readonly string[]; readonly onBase: readonly string[] }

/** What a static check found on the head, seen from the base. */
export interface FindingFacts { readonly newErrors: number; readonly newWarnings: number; readonly known: number }

/** Of the changed lines that can run: how many ran, and the share (per cent) that must. */
export interface CoverageFacts { readonly lines: number; readonly ran: number; readonly minimum: number }

export interface GateFacts {
  /** False: no command was given and none was detected. */
  readonly hasCommand: boolean;
  /** A sandbox was required and none works here. */
  readonly sandboxMissing: boolean;
  /** A changed path is under a git filter that is not the user's own. */
  readonly unsupportedFilter: boolean;
  readonly setup: 'none' | 'done' | 'failed';
  /** Null: never started (one of the facts above says why). */
  readonly head: RunFacts | null;
  /** The same gate on the base; null where it was not run. */
  readonly base: RunFacts | null;
  /** The head changes the command or what it resolves to (I12), and under the head's own definition the outcome differs. */
  readonly definitionChanged: 'no' | 'same-outcome' | 'differs';
  /** Tracked files that the gate's run changed in its checkout. */
  readonly wroteFiles: readonly string[];
  /** Where newly failing tests were run again. Absent: they were not. */
  readonly flakes?: FlakeFacts;
  /** Tests that a person put aside: they fail without rejecting, and never pass for green. Absent: none. */
  readonly quarantined?: readonly string[];
  /** Absent: no static check. Null: one whose findings could not be read. */
  readonly findings?: FindingFacts | null;
  /** Absent: not judged. Null: could not be read. */
  readonly coverage?: CoverageFacts | null;
}

export const judge = <V extends Verdict>(verdict: V, reason: (typeof reasonsByVerdict)[V][number]): Judgement => ({ verdict, reason });

/** The verdict on one gate run. Total: every combination of facts has exactly one answer. */
export function verdict(facts: GateFacts): Judgement {
  if (facts.unsupportedFilter) return judge('error', 'unsupported-filter');
  if (!facts.hasCommand) return judge('not-verified', 'no-command');
  if (facts.sandboxMissing) return judge('error', 'no-sandbox');
  if (facts.setup === 'failed') return judge('error', 'setup-failed');
  if (!facts.head) return judge('error', 'runner-error');
  const own = withCoverage(facts.findings === undefined ? ofRun(facts.head, facts.base, facts.flakes, new Set(facts.quarantined)) : ofFindings(facts.head, facts.base, facts.findings), facts.coverage);
  // Also where the base's definition rejects: that the head would have judged itself otherwise is what a person must know first.
  if (facts.definitionChanged === 'differs' && (own.verdict === 'accepted' || own.verdict === 'rejected')) return judge('rejected', 'gate-tampered');
  if (own.verdict !== 'accepted') return own;
  if (facts.wroteFiles.length > 0) return judge('rejected', 'gate-wrote-files');
  if (facts.definitionChanged === 'same-outcome') return judge('not-verified', 'needs-person');
  return own;
}

function withCoverage(own: Judgement, coverage: GateFacts['coverage']): Judgement {
  if (own.verdict !== 'accepted' || coverage === undefined) return own;
  if (coverage === null) return judge('not-verified', 'incomplete-report');
  return coverage.ran * 100 < coverage.minimum * coverage.lines ? judge('rejected', 'threshold') : own;
}

/** A static check: new errors reject, whatever the exit code says; new warnings do where the tool itself is not content with them. */
function ofFindings(head: RunFacts, base: RunFacts | null, findings: FindingFacts | null): Judgement {
  const code = exitCode(head, false);
  if (typeof code !== 'number') return code;
  const content = code === 0;
  const baseContent = base?.end.kind === 'exited' && base.end.code === 0;
  if (findings === null) return content ? judge('not-verified', 'incomplete-report') : baseContent ? judge('rejected', 'build-failed') : judge('error', 'runner-error');
  if (findings.newErrors > 0 || (!content && findings.newWarnings > 0)) return judge('rejected', 'new-findings');
  if (content) return judge('accepted', base !== null && !baseContent ? 'base-red-repaired' : 'passed');
  if (findings.known > 0) return judge('accepted', 'only-preexisting-failures');
  return baseContent ? judge('rejected', 'build-failed') : judge('error', 'runner-error');
}

/** Its exit code where it ended by itself, else what its end comes to. @param passed every test did, for all that was heard */
function exitCode(head: RunFacts, passed: boolean): number | Judgement {
  switch (head.end.kind) {
    case 'missing':
    case 'not-executable': return judge('error', 'command-missing');
    case 'signalled': return judge('error', 'killed');
    case 'timed-out':
      if (head.overloaded) return judge('error', 'overloaded');
      return passed ? judge('rejected', 'hung-after-pass') : judge('timed-out', 'timeout');
    case 'exited': return head.end.code;
  }
}

function ofRun(head: RunFacts, base: RunFacts | null, flakes: FlakeFacts | undefined, aside: ReadonlySet<string>): Judgement {
  const ran = head.tests ? head.tests.passed.length + head.tests.failed.length : 0;
  const baseRan = base?.tests ? base.tests.passed.length + base.tests.failed.length : 0;
  const code = exitCode(head, head.tests !== null && isWhole(head.tests) && ran > 0 && head.tests.failed.length === 0);
  if (typeof code !== 'number') return code;
  if (head.couldNotLoad) return base && !base.couldNotLoad ? judge('rejected', 'build-failed') : judge('error', 'runner-error');
  if (!head.tests) return withoutReport(code, head.reportAsked, base, baseRan);
  if (head.tests.truncated) return ofTruncated(head.tests, code, base);
  if (head.tests.damaged) return newlyFailing(head.tests, base) ? judge('rejected', 'new-failures') : judge('not-verified', 'incomplete-report');
  if (ran === 0) return baseRan > 0 ? judge('rejected', 'suite-shrunk') : judge('not-verified', 'no-tests');
  if (head.tests.failed.length > 0) return ofFailures(head.tests, base, aside, flakes);
  // Every test passed, yet the runner is not content: a threshold, or a file that failed beside the tests.
  if (code !== 0) {
    const baseToo = base?.end.kind === 'exited' && base.end.code !== 0 && base.tests !== null && base.tests.failed.length === 0;
    return baseToo ? judge('accepted', 'only-preexisting-failures') : judge('rejected', 'threshold');
  }
  return ofComplete(head.tests, base);
}

function isWhole(tests: TestFacts): boolean {
  return !tests.truncated && tests.damaged !== true;
}

/** Fails here and is known to pass on the base: true of what an incomplete report says, too. */
function newlyFailing(head: TestFacts, base: RunFacts | null): boolean {
  const passed = new Set(base?.tests?.passed);
  return head.failed.some((id) => passed.has(id));
}

/** The run ended before its report was whole: by itself (exit 0), or broken. Broken on the base as well says nothing about the head. */
function ofTruncated(head: TestFacts, code: number, base: RunFacts | null): Judgement {
  if (code === 0) return judge('rejected', 'early-exit');
  if (base?.end.kind !== 'exited' || base.tests === null) return judge('error', 'runner-error');
  if (isWhole(base.tests)) {
    const already = new Set(base.tests.failed);
    return judge('rejected', head.failed.some((id) => !already.has(id)) ? 'new-failures' : 'early-exit');
  }
  if (newlyFailing(head, base)) return judge('rejected', 'new-failures');
  // Both stop at a failure (`--bail`, cargo's next target): what comes after it was seen on neither side.
  return head.failed.length > 0 && base.tests.failed.length > 0 ? judge('not-verified', 'incomplete-report') : judge('error', 'runner-error');
}

function ofComplete(head: TestFacts, base: RunFacts | null): Judgement {
  // A script that is a test by its exit code may leave so on the base, too.
  const alreadyLeft = new Set(base?.tests?.left);
  if (head.left.some((id) => !alreadyLeft.has(id))) return judge('rejected', 'early-exit');
  if (!base?.tests || !isWhole(base.tests)) return judge('accepted', 'passed');
  const ran = new Set([...head.passed, ...head.failed]);
  const skipped = new Set(head.skipped);
  const missing = [...base.tests.passed, ...base.tests.failed].filter((id) => !ran.has(id));
  if (missing.some((id) => !skipped.has(id))) return judge('rejected', 'tests-removed');
  if (missing.length > 0) return judge('rejected', 'tests-skipped');
  return judge('accepted', base.tests.failed.length > 0 ? 'base-red-repaired' : 'passed');
}

function ofFailures(head: TestFacts, base: RunFacts | null, aside: ReadonlySet<string>, flakes?: FlakeFacts): Judgement {
  const already = new Set(base?.tests?.failed), before = new Set([...already, ...base?.tests?.passed ?? []]);
  const [flips, flipsBefore] = [new Set(flakes?.onHead), new Set(flakes?.onBase)];
  const newly = head.failed.filter((id) => !already.has(id) && !aside.has(id));
  // Fails every time, or only sometimes but never on the base: it is the change's, whatever else flips.
  if (newly.some((id) => !flipsBefore.has(id) && (before.has(id) || !flips.has(id)))) return judge('rejected', 'new-failures');
  if (newly.some((id) => !before.has(id))) return judge('rejected', 'new-test-flaky');
  const complete = ofComplete(head, base);
  if (complete.verdict === 'accepted' && newly.length > 0) return newly.every((id) => flips.has(id)) ? judge('accepted', 'known-flaky-only') : judge('not-verified', 'flaky-at-base');
  if (complete.verdict !== 'accepted') return complete;
  return judge('accepted', head.failed.every((id) => already.has(id)) ? 'only-preexisting-failures' : 'known-flaky-only');
}

function withoutReport(code: number, asked: boolean, base: RunFacts | null, baseRan: number): Judgement {
  if (code === 0) {
    if (baseRan > 0 || (asked && !base)) return judge('rejected', 'early-exit');
    return asked ? judge('not-verified', 'incomplete-report') : judge('not-verified', 'no-tests');
  }
  const baseRuns = base?.end.kind === 'exited' && (base.end.code === 0 || baseRan > 0);
  if (!baseRuns) return judge('error', 'runner-error');
  // Of a command that never reports, its exit code is all there is: it fails only here.
  return judge('rejected', asked || baseRan > 0 ? 'build-failed' : 'new-failures');
}

const severity: readonly Verdict[] = ['accepted', 'not-verified', 'timed-out', 'error', 'rejected'];

/** The worst gate decides: rejected > error > timed-out > not-verified > accepted. No gate at all is `no-command`. */
export function worst(judgements: readonly Judgement[]): Judgement {
  if (judgements.length === 0) return judge('not-verified', 'no-command');
  return judgements.reduce((left, right) => {
    const difference = severity.indexOf(right.verdict) - severity.indexOf(left.verdict);
    if (difference > 0) return right;
    // Among accepted ones the amber reason is the one to show.
    return left.reason === 'passed' ? right : left;
  });
}

/** Whether a person may waive it: all but a conflict, which no waiver can make mergeable. */
export function waivable(judgement: Judgement): boolean {
  return judgement.verdict !== 'accepted' && judgement.reason !== 'conflict';
}

/** Whether sending the evidence back to the agent can help: it cannot repair a missing command or a broken machine. */
export function repairable(judgement: Judgement): boolean {
  return judgement.verdict === 'rejected' || judgement.verdict === 'timed-out';
}
