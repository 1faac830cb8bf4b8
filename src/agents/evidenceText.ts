/**
 * What gates found, for agents that repair it and for reviewers: what helps most comes first, and all of it within a budget.
 * Pure. Owns: the order (new failures; what else was found; what fails anyway; what was printed last) and how much of each; the same evidence
 * is the same text. Refuses: to pass anything on unfenced.
 */
import type { Evidence, GateResult } from '../core/gate.ts';
import { headAndTail } from '../core/headAndTail.ts';
import { rerunWords } from '../core/rerun.ts';
import { quoted } from '../core/quoted.ts';
import { baseTestsGateId, proofGateId } from '../core/redGreen.ts';

/** Characters, about four to a token: what failing tests get together, each of them at least and at most; what is printed; lists of names. */
const testsBudget = 16_000;
const leastMessage = 300;
const mostMessage = 2_000;
const outputBudget = 4_000;
const namesBudget = 1_500;
const maxTests = 20;
const maxFindings = 20;
const maxFrames = 6;

type Failure = GateResult['failures'][number];
const isNew = (failure: Failure): boolean => failure.known !== true && failure.aside !== true;

export function renderEvidence(evidence: Evidence): string {
  // What proofs say has words of its own: a test that shows nothing is no failing one.
  const ran = evidence.gates.filter(({ id }) => id !== proofGateId && id !== baseTestsGateId);
  const red = ran.filter((gate) => gate.verdict !== 'accepted'), green = ran.filter((gate) => gate.verdict === 'accepted');
  const shown = red.map((gate) => gate.failures.filter(isNew).slice(0, maxTests));
  const share = Math.max(leastMessage, Math.min(mostMessage, Math.floor(testsBudget / Math.max(1, shown.flat().length))));
  const told = new Map<string, string>();
  return [
    `Verdict: ${evidence.verdict} (${evidence.reason}).`,
    ...red.map((gate, at) => [headOf(gate), ...(shown[at] ?? []).map((failure) => renderFailure(failure, share, told)), ...moreOf(gate, shown[at]?.length ?? 0), quoted('command', gate.evidence.command)].join('\n')),
    ...green.map((gate) => [headOf(gate), quoted('command', gate.evidence.command)].join('\n')),
    ...(ran.length === 0 ? ['No gate ran.'] : []),
    ...integrityOf(evidence), ...baseTestsOf(evidence), ...proofOf(evidence), ...knownOf(evidence), ...asideOf(evidence), ...flakesOf(evidence), ...orderOf(evidence),
    ...outputOf(red),
  ].join('\n\n');
}

function headOf(gate: GateResult): string {
  const { passed, failed, skipped, preexisting } = gate.tests;
  return `Gate ${gate.id}: ${gate.verdict} (${gate.reason}), exit code ${gate.exit ?? 'none'}; ${passed} passed, ${failed} failed${preexisting > 0 ? ` (${preexisting} of them on the base as well)` : ''}, ${skipped} skipped.`;
}

/** The same message again is named, not repeated: twenty tests that fail for one cause are one thing to mend. */
function renderFailure(failure: Failure, limit: number, told: Map<string, string>): string {
  const before = failure.message.length < 80 ? undefined : told.get(failure.message);
  if (before === undefined) told.set(failure.message, failure.test);
  const message = before === undefined ? headAndTail(failure.message, limit, 2 / 3) : `(the same message as "${before}")`;
  return quoted('failing-test', [failure.test, `${placed(failure.file, failure.line)}${message}`, ...(before === undefined ? (failure.stack ?? []).slice(0, maxFrames).map((frame) => `  ${frame}`) : [])].join('\n'));
}

/** Of a gate's failing tests those that are not shown; what its evidence keeps is cut, too. */
function moreOf(gate: GateResult, shown: number): readonly string[] {
  const kept = gate.failures.filter(isNew);
  const more = Math.max(kept.length - shown, gate.failures.length >= maxTests ? gate.tests.failed - gate.tests.preexisting - shown : 0);
  const names = kept.slice(shown).map(({ test }) => test);
  return more <= 0 ? [] : [`(${more} more failing tests)`, ...(names.length > 0 ? [quoted('more-failing-tests', headAndTail(names.join('\n'), namesBudget, 1))] : [])];
}

function integrityOf({ integrity = [] }: Evidence): readonly string[] {
  const serious = (['high', 'medium'] as const).flatMap((severity) => integrity.filter((finding) => finding.severity === severity));
  if (serious.length === 0) return [];
  return [['What the change does to the tests, gates and configuration that judge it, and what it leaves undone. Undo what is high, unless the task asks for exactly that:',
    ...serious.slice(0, maxFindings).map((finding) => quoted('integrity-finding', [`${placed(finding.file, finding.line)}(${finding.severity}) ${finding.kind}: ${finding.why}`, ...(finding.before === null ? [] : [`before: ${finding.before}`]), ...(finding.after === null ? [] : [`after: ${finding.after}`])].join('\n'))),
    ...(serious.length > maxFindings ? [`(${serious.length - maxFindings} more)`] : [])].join('\n')];
}

function baseTestsOf({ baseTests }: Evidence): readonly string[] {
  const failing = (baseTests?.failing ?? []).filter(({ asked }) => !asked);
  if (failing.length === 0) return [];
  return [['Tests of the base that the change edits, and that fail on it as they were. Where the task does not ask for another behaviour, restore both:',
    ...failing.slice(0, maxFindings).map(({ test, shown }) => quoted('test-as-it-was', `${test}\n${headAndTail(shown, leastMessage * 2, 2 / 3)}`))].join('\n')];
}

function proofOf({ redGreen, gates }: Evidence): readonly string[] {
  const idle = (redGreen?.tests ?? []).filter(({ state }) => state === 'not-discriminating').map(({ test }) => test);
  if (idle.length === 0 && gates.some(({ id }) => id === proofGateId)) return ['No test of the change is known to fail without it. Bring one that does, for what the change is there for; where none can, change nothing and say why.'];
  return idle.length === 0 ? [] : [`New tests that pass without the change, too, and so show nothing of it. Have at least one fail without it, for what the change is there for; where none can, change nothing and say why:\n${quoted('tests-that-show-nothing', headAndTail(idle.join('\n'), namesBudget, 1))}`];
}

function knownOf({ gates }: Evidence): readonly string[] {
  const known = gates.flatMap(({ failures }) => failures.filter((failure) => failure.known === true && failure.aside !== true).map(({ test }) => test));
  return known.length === 0 ? [] : [`Tests that fail on the base as well: not caused by the change, and not yours to mend unless the task says so:\n${quoted('failing-before', headAndTail(known.join('\n'), namesBudget, 1))}`];
}

function flakesOf({ gates }: Evidence): readonly string[] {
  const flakes = gates.flatMap((gate) => gate.flakes ?? []).map(({ test, head, base }) => `${test}: failed ${head.failed} of ${head.runs} times with the change, ${base.failed} of ${base.runs} without`);
  return flakes.length === 0 ? [] : [`Tests that do not always give the same answer:\n${quoted('flaky-tests', headAndTail(flakes.join('\n'), namesBudget, 1))}`];
}

function asideOf({ gates }: Evidence): readonly string[] {
  const aside = gates.flatMap(({ failures }) => failures.filter((failure) => failure.aside === true).map(({ test }) => test));
  return aside.length === 0 ? [] : [`Tests that a person put into quarantine: they may fail, and are not yours to mend unless the task says so:\n${quoted('in-quarantine', headAndTail(aside.join('\n'), namesBudget, 1))}`];
}

/** What such a test needs is in its neighbours, not in itself. */
function orderOf({ gates }: Evidence): readonly string[] {
  const found = gates.flatMap((gate) => gate.reruns ?? []).filter(({ outcome }) => outcome === 'order-dependent').map((rerun) => `${rerun.test}: ${rerunWords(rerun)}`);
  return found.length === 0 ? [] : [`Tests that fail or pass by what runs before them: look for what the change leaves behind, or does not set up any more:\n${quoted('order-dependent-tests', headAndTail(found.join('\n'), namesBudget, 1))}`];
}

function outputOf(red: readonly GateResult[]): readonly string[] {
  const printed = red.filter(({ evidence }) => evidence.tail !== '');
  const share = Math.floor(outputBudget / Math.max(1, printed.length));
  return printed.map((gate) => `The last lines that gate ${gate.id} printed:\n${quoted('output', headAndTail(gate.evidence.tail, share))}`);
}

/** `src/a.ts:3: `, or nothing. */
export function placed(file: string | null, line: number | null): string {
  if (file === null) return '';
  return `${file}${line === null ? '' : `:${line}`}: `;
}
