/**
 * What an agent is told of its last attempt. Owns: the order (failing tests first, then why, then output) and how much of it.
 * Pure. Refuses: to pass anything on unfenced.
 */
import type { Evidence, GateResult } from '../core/gate.ts';
import { quoted } from '../core/quoted.ts';
import { rerunWords } from '../core/rerun.ts';
import type { Feedback } from '../core/state.ts';
import { shortened } from './shortened.ts';

const maxTests = 20;
const maxFindings = 20;
const maxMessage = 2_000;
const maxOutput = 4_000;

export function renderFeedback(feedback: readonly Feedback[]): string {
  return feedback.map(renderOne).join('\n\n');
}

function renderOne(feedback: Feedback): string {
  switch (feedback.kind) {
    case 'gate': return [
      '## Evidence of the gate',
      'The engine ran the project\'s gate on your last attempt, on a fresh checkout, and it did not pass. Your work is still in the worktree. Repair the cause; do not weaken, skip or remove a test to get past it.',
      renderEvidence(feedback.evidence),
    ].join('\n\n');
    case 'comments': return [
      '## Comments of a person',
      'The engineer looked at the result and asks for these changes. Do all of them.',
      ...feedback.comments.map((comment) => quoted('comment', `${place(comment.file, comment.line)}${comment.side === 'old' ? '(as it was before the change) ' : ''}${comment.text}`)),
    ].join('\n\n');
    case 'findings': return [
      '## Findings of the review',
      ...(feedback.unmet ?? []).map((criterion) => quoted('not-met', criterion)),
      ...feedback.findings.map((finding) => quoted('finding', `${place(finding.file, finding.line)}(${finding.severity}) ${finding.message}`)),
    ].join('\n\n');
    case 'specs': return [
      '## New specifications',
      'The specifications changed after this work was done. Those at the beginning are the new ones; files of the same names in the worktree may still hold the old text, and are not yours to change. What was done is still there: look at it, and do what the new text asks for and no more. Where nothing has to change, change nothing and say so.',
      quoted('changed-specifications', feedback.files.map(({ path, change, requirements }) => `${path}: ${change}${requirements.length > 0 ? ` (${requirements.join(', ')})` : ''}`).join('\n')),
    ].join('\n\n');
    case 'conflict': return [
      '## Conflict',
      `Your last attempt could not be merged: others changed the same places of these files first. The worktree now stands at their result (${feedback.onto}); your own work is in commit ${feedback.previous}. Do your work again on top of theirs, and keep what they did.`,
      quoted('conflicting-files', feedback.files.join('\n')),
    ].join('\n\n');
  }
}

/** The gates of a piece of evidence: for agents that repair, and for reviewers. */
export function renderEvidence(evidence: Evidence): string {
  const lines = [`Verdict: ${evidence.verdict} (${evidence.reason}).`];
  for (const gate of evidence.gates) lines.push(renderGate(gate));
  if (evidence.gates.length === 0) lines.push('No gate ran.');
  const serious = (evidence.integrity ?? []).filter((finding) => finding.severity !== 'low');
  if (serious.length > 0) {
    lines.push(['What the change does to the tests, gates and configuration that judge it. Undo what is high, unless the task asks for exactly that:',
      ...serious.slice(0, maxFindings).map((finding) => quoted('integrity-finding', [`${place(finding.file, finding.line)}(${finding.severity}) ${finding.kind}: ${finding.why}`, ...(finding.before === null ? [] : [`before: ${finding.before}`]), ...(finding.after === null ? [] : [`after: ${finding.after}`])].join('\n'))),
      ...(serious.length > maxFindings ? [`(${serious.length - maxFindings} more)`] : [])].join('\n'));
  }
  return lines.join('\n\n');
}

function renderGate(gate: GateResult): string {
  const { passed, failed, skipped } = gate.tests;
  const lines = [`Gate ${gate.id}: ${gate.verdict} (${gate.reason}), exit code ${gate.exit ?? 'none'}; ${passed} passed, ${failed} failed, ${skipped} skipped.`];
  for (const failure of gate.failures.slice(0, maxTests)) {
    lines.push(quoted('failing-test', `${failure.test}\n${place(failure.file, failure.line)}${shortened(failure.message, maxMessage)}`));
  }
  if (gate.failures.length > maxTests) lines.push(`(${gate.failures.length - maxTests} more failing tests)`);
  for (const rerun of gate.reruns ?? []) lines.push(quoted('run-again', `${rerun.test}\n${rerunWords(rerun)}`));
  lines.push(quoted('command', gate.evidence.command));
  if (gate.verdict !== 'accepted' && gate.evidence.tail !== '') lines.push(quoted('output', shortened(gate.evidence.tail, maxOutput)));
  return lines.join('\n');
}

function place(file: string | null, line: number | null): string {
  if (file === null) return '';
  return `${file}${line === null ? '' : `:${line}`}: `;
}
