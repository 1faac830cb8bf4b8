/** What gates found, in lines. Owns: the words for a verdict with its figures. Refuses: to call anything green that was not accepted. */
import type { Evidence, GateResult } from '../../core/gate.ts';
import { quarantineWords } from '../../core/quarantine.ts';
import { baseTestsGateId, proofGateId } from '../../core/redGreen.ts';
import { rerunWords } from '../../core/rerun.ts';
import { count, parts } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';

export function gateMark(verdict: GateResult['verdict'], paint: Paint): string {
  switch (verdict) {
    case 'accepted': return paint.good('✓');
    case 'not-verified': return paint.notice('?');
    case 'rejected': case 'error': case 'timed-out': return paint.bad('✗');
  }
}

/** `unit: accepted (43 passed)`, `unit: new-failures (2 of 43 failed)`, `unit: no-tests`. */
export function gateWords(gate: GateResult): string {
  const { passed, failed, skipped, flaky, preexisting } = gate.tests;
  const ran = passed + failed;
  const figures = ran === 0 ? '' : parts(failed > 0 ? `${failed} of ${ran} failed` : `${passed} passed`, skipped > 0 ? `${skipped} skipped` : '', flaky > 0 ? `${flaky} flaky` : '', preexisting > 0 ? `${preexisting} failed before` : '');
  const word = gate.verdict === 'accepted' ? (gate.reason === 'passed' ? 'accepted' : `accepted, ${gate.reason}`) : `${gate.verdict}, ${gate.reason}`;
  return `${plain(gate.id)}: ${word}${figures === '' ? '' : ` (${figures})`}`;
}

/** One line a gate, then its first failing tests. */
export function evidenceLines(evidence: Evidence | null, paint: Paint, indent = ''): string[] {
  if (!evidence) return [`${indent}${paint.quiet('no gate has run on this')}`];
  const guard = [...(evidence.quarantine ?? []).map((one) => `${indent}${paint.notice('!')} ${plain(quarantineWords(one), 400)}`), ...proofLines(evidence, paint, indent), ...integrityLines(evidence, paint, indent)];
  if (evidence.gates.length === 0) return [`${indent}${paint.notice('?')} no gate is defined: not verified (${evidence.reason})`, ...guard];
  return [...evidence.gates.flatMap((gate) => [
    `${indent}${gateMark(gate.verdict, paint)} gate ${gateWords(gate)}${gate.evidence.cached ? paint.quiet(' · known from an earlier run on the same tree') : ''}`,
    ...(gate.reruns ?? []).slice(0, 5).map((rerun) => `${indent}    ${paint.quiet(`run again: ${plain(rerun.test, 120)}: ${plain(rerunWords(rerun), 300)}`)}`),
    ...shownFailures(gate).slice(0, 5).map((failure) => `${indent}    ${plain(failure.test, 120)}${failure.message === '' ? '' : paint.quiet(`: ${plain(failure.message, 160)}`)}${failure.since === undefined ? '' : paint.quiet(` (already failing, known since ${failure.since.slice(0, 12)})`)}`),
    ...(shownFailures(gate).length > 5 ? [`${indent}    ${paint.quiet(`and ${count(gate.failures.length - 5, 'more failure')}`)}`] : []),
  ]), ...guard];
}

/** Those of the proofs stand below, each with what was seen of it. */
function shownFailures(gate: GateResult): GateResult['failures'] {
  return gate.id === proofGateId || gate.id === baseTestsGateId ? [] : gate.failures;
}

const testsShown = 5;

/** What the change's own tests prove, what they do not, and what the tests of before say of it. */
function proofLines({ redGreen, baseTests }: Evidence, paint: Paint, indent: string): string[] {
  const tests = redGreen?.tests ?? [], proven = tests.filter(({ state }) => state === 'proven'), open = tests.filter(({ state }) => state !== 'proven'), failing = baseTests?.failing ?? [];
  const rest = (all: readonly unknown[], what: string): string[] => (all.length > testsShown ? [`${indent}    ${paint.quiet(`and ${count(all.length - testsShown, what)}`)}`] : []);
  return [
    ...(proven.length > 0 ? [`${indent}${paint.good('✓')} red without the change, green with it: ${count(proven.length, 'test')}`, ...proven.slice(0, testsShown).map(({ test }) => `${indent}    ${paint.quiet(plain(test, 120))}`), ...rest(proven, 'more test')] : []),
    ...(baseTests?.state === 'hold' ? [`${indent}${paint.good('✓')} tests that the change edits pass on it as they were before, too`] : []),
    ...open.slice(0, testsShown).map(({ test, state, shown }) => `${indent}${paint.notice('?')} ${state}: ${plain(test, 120)}${paint.quiet(`: ${plain(shown.split('\n')[0] ?? '', 160)}`)}`), ...rest(open, 'more test that proves nothing'),
    ...failing.slice(0, testsShown).map(({ test, asked }) => `${indent}${paint.notice('!')} fails on the change as it was before: ${plain(test, 120)}${asked ? paint.quiet(' (the plan names it)') : ''}`), ...rest(failing, 'more test'),
    ...(baseTests?.state === 'inconclusive' ? [`${indent}${paint.notice('?')} tests that the change edits could not be run on it as they were before`] : []),
  ];
}

const findingsShown = 10;

/** What the change does to tests, gates and their configuration: the serious ones with what stood there and stands there now. */
function integrityLines(evidence: Evidence, paint: Paint, indent: string): string[] {
  const found = evidence.integrity ?? [];
  const serious = (['high', 'medium'] as const).flatMap((severity) => found.filter((finding) => finding.severity === severity));
  const low = found.length - serious.length;
  const changed = ({ before, after }: (typeof found)[number]): string => [before === null ? '' : `was: ${plain(before, 100)}`, after === null ? '' : `now: ${plain(after, 100)}`].filter((part) => part !== '').join('  ');
  return [
    ...serious.slice(0, findingsShown).map((finding) => {
      const place = `${plain(finding.file, 120)}${finding.line === null ? '' : `:${finding.line}`}`;
      return `${indent}${finding.severity === 'high' ? paint.bad('✗') : paint.notice('!')} ${finding.kind} ${place}${paint.quiet(`  ${changed(finding) || plain(finding.why, 200)}`)}`;
    }),
    ...(serious.length > findingsShown ? [`${indent}    ${paint.quiet(`and ${count(serious.length - findingsShown, 'more finding')} about tests and gates`)}`] : []),
    ...(low > 0 ? [`${indent}${paint.quiet(`${count(low, 'small change')} to tests and checks: renamed, moved, switched off at a line`)}`] : []),
  ];
}

/** What a person who is to approve has to know where gates ran without walls: each reason once. */
export function unconfinedLines(evidence: Evidence | null, paint: Paint, indent = ''): string[] {
  const reasons = (evidence?.gates ?? []).flatMap((gate) => (gate.evidence.sandbox.startsWith('none') ? [gate.evidence.sandbox.replace(/^none:? ?/, '')] : []));
  return [...new Set(reasons)].map((why) => `${indent}${paint.notice('!')} not sandboxed (${plain(why, 200)}): this approval is not protected from what ran`);
}
