/**
 * What a person needs to see before deciding in a terminal: the plan, or the changed files with what the gates and the reviewer found.
 * Pure. Owns: the layout of both, short and in full. Refuses: to say "ready" when something is not proven.
 */
import { approvalFlags } from '../../core/approvalFlags.ts';
import { reviewVerdict } from '../../core/plan.ts';
import type { Answer } from '../../protocol/messages.ts';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { columns } from './columns.ts';
import { evidenceLines, unconfinedLines } from './evidence.ts';
import { branchName, count, short } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain, plainLines, wrapped } from './plain.ts';
import { amendmentText, planText } from './planLines.ts';

export type ChangedFiles = Answer<'changes'>;

/** What is to be decided about, beside the run's view. `files`: from the checkpoint's base to its commit. `text`: the document. */
export interface Matter { readonly files: ChangedFiles; readonly text: string | null }

export function checkpointText(view: RunView, checkpoint: CheckpointView, matter: Matter, paint: Paint): string[] {
  const asked = checkpoint.message === null ? [] : [...wrapped(checkpoint.message, 100, '  '), ''];
  return [...matterLines(view, checkpoint, matter, paint), ...asked];
}

function matterLines(view: RunView, checkpoint: CheckpointView, { files, text }: Matter, paint: Paint): string[] {
  switch (checkpoint.kind) {
    case 'plan': return planText(view, paint);
    case 'document': return documentText(view, checkpoint, text ?? '', paint);
    case 'choice': return choiceText(view, checkpoint, paint);
    case 'review': return ['', paint.strong(`Work so far: ${plain(view.title)}`), `  ${short(checkpoint.commit)} from ${short(checkpoint.base)} · ${sum(files)}`, '', ...fileLines(files, paint), '', ...reviewLines(view.reviews, paint), ''];
    case 'merge': return mergeText(view, checkpoint, files, paint);
    case 'amendment': return amendmentText(view, checkpoint, paint);
  }
}

const shownLines = 120;

/** Long ones are cut here; the way to all of it is named. */
function documentText(view: RunView, checkpoint: CheckpointView, text: string, paint: Paint): string[] {
  const name = checkpoint.subject ?? 'document';
  const lines = plainLines(text).trimEnd().split('\n');
  return [
    '', paint.strong(`${plain(name, 60)}: ${plain(view.title)}`), '', ...lines.slice(0, shownLines).map((line) => `  ${line}`.trimEnd()),
    ...(lines.length > shownLines ? [paint.quiet(`  and ${count(lines.length - shownLines, 'more line')}: treeline show ${view.task} --document ${name}`)] : []), '',
    paint.quiet(`  To change it yourself: treeline edit ${view.task} --checkpoint ${checkpoint.step}`), '',
  ];
}

function choiceText(view: RunView, checkpoint: CheckpointView, paint: Paint): string[] {
  const rows = checkpoint.candidates.map((candidate, at) => [`${at + 1}. ${short(candidate.commit)}`, plain(candidate.id, 60), plain(candidate.agent, 60), `${candidate.verdict} (${candidate.reason})`, count(candidate.findings, 'finding'), count(candidate.files, 'file')]);
  return [
    '', paint.strong(`Choose: ${plain(view.title)}`), '', ...columns(rows, [(cell) => paint.strong(cell), (cell) => cell, (cell) => paint.quiet(cell)], '  '), '',
    paint.quiet(`  An approval takes the first one; another is named by its commit: treeline approve ${view.task} --commit SHA`), '',
  ];
}

function mergeText(view: RunView, checkpoint: CheckpointView, files: ChangedFiles, paint: Paint): string[] {
  return [
    '', paint.strong(`Merge: ${plain(view.title)}`),
    `  ${short(checkpoint.commit)} onto ${plain(branchName(view.target))} ${short(checkpoint.base)} · ${sum(files)}`, '',
    ...fileLines(files, paint), '',
    ...evidenceLines(view.evidence, paint, '  '),
    ...unconfinedLines(view.evidence, paint, '  '),
    ...view.conflicts.map(({ onto, files }) => `  ${paint.notice('!')} was in conflict with ${short(onto)} in ${plain(files.join(', '), 200)}, and was done again on top of it`),
    ...view.stale.map(({ at, why }) => `  ${paint.notice('!')} ${plain(at, 80)} worked under older specifications: ${plain(why, 240)}; to do it again: treeline retry ${view.task} ${plain(at, 80)}`),
    ...traceLines(view.trace, paint),
    ...reviewLines(view.reviews, paint),
    ...outsideLines(view, paint),
    ...needsLines(checkpoint, paint),
    '',
  ];
}

const outsideShown = 20;

/** Files that nobody needs to tick, and that a person would otherwise have to notice: protected ones, and those outside of a subtask's scope. */
export function outsideLines({ proof }: RunView, paint: Paint): string[] {
  const rows = (proof?.touched ?? []).filter(({ kind }) => kind === 'path');
  return [
    ...rows.slice(0, outsideShown).map(({ what, why }) => `  ${paint.notice('!')} ${plain(what, 200)} ${plain(why, 240)}`),
    ...(rows.length > outsideShown ? [paint.quiet(`      and ${count(rows.length - outsideShown, 'more file')}`)] : []),
  ];
}

/** What an approval does not go without, each as a person says it. */
export function needsLines({ needsWaiver, needsTick }: CheckpointView, paint: Paint): string[] {
  return [
    ...needsWaiver.map((gate) => `  ${paint.notice('!')} ${plain(gate)} is not proven: an approval has to waive it, with a reason`),
    ...needsTick.map((tick) => `  ${paint.notice('!')} needs your own tick: ${plain(tick.why, 240)}${paint.quiet(`  ${plain(approvalFlags([], [tick.id]), 400)}`)}`),
  ];
}

function sum(files: ChangedFiles): string {
  const total = (pick: (file: ChangedFiles[number]) => number | null): number => files.reduce((all, file) => all + (pick(file) ?? 0), 0);
  return `${count(files.length, 'file')}, +${total((file) => file.added)} -${total((file) => file.removed)}`;
}

/** At most 40 files; the marks (`protected`, `symlink`, `binary` …) stand behind. */
function fileLines(files: ChangedFiles, paint: Paint): string[] {
  const letter = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' } as const;
  const rows = files.slice(0, 40).map((file) => [
    letter[file.status], plain(file.previous !== null && file.status === 'renamed' ? `${file.previous} → ${file.path}` : file.path, 120),
    file.added === null ? '' : `+${file.added}`, file.removed === null ? '' : `-${file.removed}`, file.marks.join(', '),
  ]);
  return [
    ...columns(rows, [(cell) => cell, (cell) => cell, (cell) => paint.good(cell), (cell) => paint.bad(cell), (cell) => paint.notice(cell)], '  '),
    ...(files.length > 40 ? [paint.quiet(`  and ${count(files.length - 40, 'more file')}`)] : []),
  ];
}

/** Each requirement with what shows it; those that nothing shows say why. */
function traceLines(trace: RunView['trace'], paint: Paint): string[] {
  if (trace.length === 0) return [];
  const open = trace.filter((row) => !row.covered);
  return [
    `  ${open.length === 0 ? paint.good('✓') : paint.notice('!')} requirements: ${trace.length - open.length} of ${trace.length} covered by tests that passed`,
    ...trace.filter((row) => row.covered).map((row) => `      ${plain(row.requirement, 60)}: ${plain(row.tests.map(({ test }) => test).join('; '), 200)}`),
    ...open.map((row) => `      ${paint.notice(plain(row.requirement, 60))}: ${plain(row.why, 240)}${row.text === null ? '' : paint.quiet(` (${plain(row.text, 120)})`)}`),
  ];
}

/** What each reviewer's newest review came to: that it asks for changes, each criterion that is not met, each finding with its place. */
export function reviewLines(reviews: RunView['reviews'], paint: Paint): string[] {
  return reviews.flatMap(({ at, by, review }) => {
    const unmet = review.criteria.filter((criterion) => criterion.verdict !== 'met'), asks = reviewVerdict(review) === 'changes';
    const who = reviews.length > 1 ? ` ${plain(at, 60)} by ${plain(by, 60)}` : '';
    return [
      `  ${asks ? paint.notice('!') : unmet.length === 0 ? paint.good('✓') : paint.notice('?')} review${who}: ${asks ? 'asks for changes, ' : ''}${count(review.criteria.length - unmet.length, 'criterion', 'criteria')} of ${review.criteria.length} met, ${count(review.findings.length, 'finding')}`,
      ...(asks ? [`      ${plain(review.summary, 240)}`] : []),
      ...unmet.map((criterion) => `      ${criterion.verdict}: ${plain(criterion.criterion, 160)}: ${plain(criterion.why, 160)}`),
      ...review.findings.map((finding) => `      ${finding.severity}: ${plain(finding.file, 120)}:${finding.line}: ${plain(finding.message, 240)}`),
    ];
  });
}
