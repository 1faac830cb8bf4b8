/** A verify document for people, line by line. */
import { quarantineWords } from '../core/quarantine.ts';
import { rerunWords } from '../core/rerun.ts';
import type { VerifyDocument } from '../protocol/verifyDocument.ts';

const sinceShown = 5;

export function verifyText(document: VerifyDocument): string {
  const gates = document.gates.flatMap((gate) => {
    const { passed, failed, skipped } = gate.tests;
    return [
      `  ${gate.id}: ${gate.verdict} (${gate.reason}): ${passed} passed, ${failed} failed, ${skipped} skipped${gate.evidence.cached ? ', from cache' : ''}`,
      ...(gate.findings === undefined ? [] : [`    findings: ${gate.findings.new} new, ${gate.findings.known} known from the base, ${gate.findings.fixed} gone`]),
      ...(gate.coverage === undefined ? [] : [`    changed lines that ran: ${gate.coverage.ran} of ${gate.coverage.lines} (at least ${gate.coverage.minimum} %)`]),
      ...(gate.reruns ?? []).map((rerun) => `    run again: ${rerun.test}\n        ${rerunWords(rerun)}`),
      `    ${gate.evidence.command}   sandbox: ${gate.evidence.sandbox}   dependencies: ${gate.evidence.dependencies}`,
      ...gate.failures.map((failure) => `    ✗ ${failure.test}${failure.file === null ? '' : `   ${failure.file}${failure.line === null ? '' : `:${failure.line}`}`}${failure.since === undefined ? '' : `   already failing, known since ${failure.since.slice(0, 12)}`}\n${indented(failure.message)}`),
      ...(gate.evidence.log === null ? [] : [`    log: ${gate.evidence.log}`]),
    ];
  });
  return [
    `${document.verdict} (${document.reason})`,
    `  base ${document.base.slice(0, 12)}   head ${document.head.slice(0, 12)}   tree ${document.tree.slice(0, 12)}`,
    ...(document.merged === null ? [] : [`  parted at ${document.mergeBase?.slice(0, 12) ?? ''}; since then on the base:`, ...document.merged.since.slice(0, sinceShown).map(({ commit, subject }) => `    ${commit.slice(0, 12)} ${subject}`), ...(document.merged.since.length > sinceShown ? ['    …'] : [])]),
    ...(document.merged?.conflicts ?? []).map((file) => `  ✗ conflict: ${file}`),
    ...gates,
    ...document.quarantine.map((one) => `  ${quarantineWords(one)}`),
    ...document.notRun.map((id) => `  ${id}: not run: a gate before it was rejected, and --stop-early asks for no more`),
    ...document.incomplete.map(({ requirement, why, file, line }) => `  ✗ requirement ${requirement}: ${why}${file === null ? '' : `   ${file}${line === null ? '' : `:${line}`}`}`),
    ...document.integrity.flatMap((finding) => [
      `  ${finding.severity}: ${finding.kind}   ${finding.file}${finding.line === null ? '' : `:${finding.line}`}   ${finding.why}`,
      ...(finding.severity === 'low' ? [] : [...(finding.before === null ? [] : [`    - ${finding.before}`]), ...(finding.after === null ? [] : [`    + ${finding.after}`])]),
    ]),
    ...(document.redGreen.state === 'none' ? [] : [`  red-green proof: ${document.redGreen.state}`]),
    ...document.redGreen.tests.map(({ test, state, shown }) => `    ${state}: ${test}\n${indented(shown)}`),
    ...(document.baseTests.state === 'none' ? [] : [`  the base's tests on this change: ${document.baseTests.state}`]),
    ...document.baseTests.failing.map(({ test, shown }) => `    ✗ ${test}\n${indented(shown)}`),
    ...document.ticks.map((tick) => `  needs a person: ${tick.why}`),
    ...document.notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

function indented(text: string): string {
  return text.split('\n').slice(0, 12).map((line) => `        ${line}`).join('\n');
}
