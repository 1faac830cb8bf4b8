/**
 * What an agent is told of its last attempt. Owns: the words for each kind of feedback.
 * Pure. Refuses: to pass anything on unfenced.
 */
import { quoted } from '../core/quoted.ts';
import type { Feedback } from '../core/state.ts';
import { placed, renderEvidence } from './evidenceText.ts';

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
      ...feedback.comments.map((comment) => quoted('comment', `${placed(comment.file, comment.line)}${comment.side === 'old' ? '(as it was before the change) ' : ''}${comment.text}`)),
    ].join('\n\n');
    case 'findings': return [
      '## Findings of the review',
      ...(feedback.unmet ?? []).map((criterion) => quoted('not-met', criterion)),
      ...feedback.findings.map((finding) => quoted('finding', `${placed(finding.file, finding.line)}(${finding.severity}) ${finding.message}`)),
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
