/**
 * CHECKPOINT.md, the first page of every review: what would be approved, what is proven of it and what is not.
 * Owns: its text. Refuses: praise, and any fact that is neither in the run's view nor in the change itself.
 */
import type { Evidence, GateResult } from '../../core/gate.ts';
import { dissenting } from '../../core/reviews.ts';
import { planDifference } from '../../core/planDifference.ts';
import type { ProofRow } from '../../core/proofStanding.ts';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { branchName, elapsed, line, money, short, tokens } from '../figures.ts';
import { plain, plainLines } from '../plain.ts';
import { aboutWord, checkpointWord, evidenceLine } from '../rows/stateWords.ts';
import { quarantineLine, rerunLine } from '../rows/verdictWords.ts';
import { t } from '../words.ts';
import { byRisk, fileLine, sumOf } from './changedFile.ts';
import type { ChangedFile } from './changedFile.ts';
import { roundBefore } from './roundBefore.ts';

export interface Brief { readonly view: RunView; readonly checkpoint: CheckpointView; readonly changes: readonly ChangedFile[]; readonly page: number; readonly pages: number }

const maxFiles = 100;

/** Markdown, ends with a line end. */
export function checkpointDocument(brief: Brief): string {
  const { view, checkpoint } = brief;
  const parts = partsOf(brief);
  return `${[...parts, rounds(view, checkpoint), costs(view)].filter((part) => part.length > 0).map((part) => part.join('\n')).join('\n\n')}\n`;
}

function partsOf(brief: Brief): string[][] {
  switch (brief.checkpoint.kind) {
    case 'plan': return planBrief(brief);
    case 'merge': return mergeBrief(brief);
    case 'document': case 'choice': case 'review': return earlyBrief(brief);
    case 'amendment': return amendmentBrief(brief);
  }
}

/** What other steps wrote about the document of a checkpoint before it was opened: a reviewer's reading of it. */
export function readingsOf(view: RunView, { step, subject }: Pick<CheckpointView, 'step' | 'subject'>): RunView['documents'] {
  const needs = view.steps.find((candidate) => candidate.id === step)?.needs ?? [];
  return view.documents.filter((document) => document.name !== subject && document.step !== null && needs.includes(document.step));
}

/** Who wrote the document, and what was written about it. */
function authorship(view: RunView, checkpoint: CheckpointView): string[] {
  // A step's name tells nobody who wrote it; a person's does.
  const author = ({ by }: RunView['documents'][number]): string => plain(view.steps.find((step) => step.id === by)?.attempts.at(-1)?.agent ?? by, 60);
  const subject = view.documents.find((document) => document.name === checkpoint.subject);
  return [
    ...(subject ? [`- ${t('Version {0}, by {1}', subject.versions, author(subject))}`] : []),
    ...readingsOf(view, checkpoint).map((reading) => `- ${subject && reading.at < subject.at ? t('{0} was written about the version before.', plain(reading.name, 80)) : t('{0}: written about it by {1}', plain(reading.name, 80), author(reading))}`),
  ];
}

/** Why only parts of a document or plan are shown at once. */
function comparedLine(view: RunView, checkpoint: CheckpointView): string[] {
  const before = roundBefore(view, checkpoint);
  return before ? [`- ${t('Shown: what changed since round {0}', before.round)}`] : [];
}

/** The question of the workflow's author, where there is one. */
const asked = ({ message }: CheckpointView): string[] => (message === null ? [] : [plain(message, 600)]);

/** Of what comes before anything is to be merged: a document, candidates, the work so far. */
function earlyBrief({ view, checkpoint, changes, page, pages }: Brief): string[][] {
  return [
    [`# ${aboutWord(checkpoint)}: ${plain(view.title, 120)}`],
    asked(checkpoint),
    [
      `- ${t('Goal: {0}', plain(view.request, 600))}`,
      ...(checkpoint.kind === 'document' ? authorship(view, checkpoint) : []),
      ...comparedLine(view, checkpoint),
      `- ${t('Then: nothing lands on {0} before you approve the merge.', plain(branchName(view.target)))}`,
      `- ${t('Agents: {0}', agents(view))}`,
    ],
    checkpoint.kind !== 'document' ? [] : [readingsOf(view, checkpoint).length === 0 ? t('In full in {0}, the next file of this review.', plain(checkpoint.subject ?? '', 80)) : t('In full in the next files of this review.')],
    checkpoint.candidates.length > 0 ? [
      `## ${t('Candidates, best first')}`, '', `| | ${t('Commit')} | ${t('Agent')} | ${t('Gates')} | ${t('Findings')} | ${t('Files')} |`, '|---|---|---|---|---|---|',
      ...checkpoint.candidates.map((candidate, at) => `| ${at + 1} | ${short(candidate.commit)} | ${plain(candidate.agent, 60).replaceAll('|', String.raw`\|`)} | ${candidate.verdict} (${candidate.reason}) | ${candidate.findings} | ${candidate.files} |`),
    ] : [],
    ...(checkpoint.kind === 'review' ? [...reviewParts(view), files(changes, page, pages)] : []),
  ];
}

function planBrief({ view, checkpoint }: Brief): string[][] {
  return [
    [`# ${t('Approve plan: {0}', plain(view.title, 120))}`],
    asked(checkpoint),
    [
      `- ${t('Goal: {0}', plain(view.request, 600))}`,
      `- ${t('Starts at: {0} {1}', plain(branchName(view.base.ref)), short(view.base.commit))}`,
      ...comparedLine(view, checkpoint),
      `- ${t('Then: the subtasks run in worktrees of their own; nothing lands on {0} before you approve the merge.', plain(branchName(view.target)))}`,
      `- ${t('Agents: {0}', agents(view))}`,
    ],
    [`## ${t('Subtasks')}`, '', t('In full in PLAN.md, the next file of this review.'), ''].concat((view.plan?.subtasks ?? []).map((subtask) => `- ${line(`${plain(subtask.id)}: ${plain(subtask.title)}`, subtask.needs.length > 0 ? t('after {0}', plain(subtask.needs.join(', '))) : '')}`)),
  ];
}

/** What would change, why a person is asked, and what goes on meanwhile. */
function amendmentBrief({ view, checkpoint }: Brief): string[][] {
  const { amendment } = checkpoint;
  if (!amendment) return [];
  const { added, removed, changed } = planDifference(amendment.before, amendment.after);
  const named = (subtask: { readonly id: string; readonly title: string }): string => `${plain(subtask.id)}: ${plain(subtask.title)}`;
  const after = (list: readonly string[]): string => (list.length > 0 ? plain(list.join(', ')) : t('nothing, starts at once'));
  return [
    [`# ${t('Another plan: {0}', plain(view.title, 120))}`, ...(checkpoint.state === 'open' ? [] : ['', line(`**${t('This checkpoint is {0}.', checkpointWord(checkpoint.state))}**`, checkpoint.reason ? plain(checkpoint.reason) : '')])],
    [`- ${t('Goal: {0}', plain(view.request, 600))}`, `- ${t('Proposed by {0}: {1}', plain(amendment.by, 80), plain(amendment.why, 600))}`, `- ${t('Until you decide, what it would split or drop does not start; everything else goes on. Rejected, the task keeps its plan.')}`],
    [`## ${t('Why you are asked')}`, '', ...amendment.wider.map((glob) => `- ⚠ ${t('A subtask may change {0}, which none could before.', plain(glob, 120))}`), ...amendment.givenUp.map((what) => `- ⚠ ${t('Nobody would do {0} any more.', plain(what, 200))}`)],
    [`## ${t('Subtasks')}`, '', t('In full in PLAN.md, the next file of this review: the plan before and after.'), '', ...removed.map((subtask) => `- − ${named(subtask)}`), ...changed.map((one) => `- ~ ${line(named(one.after), t('after {0}', after(one.after.needs)))}`), ...added.map((subtask) => `- + ${line(named(subtask), subtask.needs.length > 0 ? t('after {0}', after(subtask.needs)) : '', plain(subtask.requirements.join(', ')))}`)],
  ];
}

function mergeBrief({ view, checkpoint, changes, page, pages }: Brief): string[][] {
  const target = plain(branchName(view.target));
  return [
    [`# ${t('Merge → {0}: {1}', target, plain(view.title, 120))}`, '', verdictLine(view, checkpoint)],
    asked(checkpoint),
    [
      `- ${t('Goal: {0}', plain(view.request, 600))}`,
      `- ${t('Lands: {0} → {1} {2}, exactly this tree: {3}', short(checkpoint.commit), target, short(checkpoint.base), short(checkpoint.tree))}`,
      `- ${t('Change: {0}', sumOf(changes))}`,
      `- ${t('Agents: {0}', agents(view))}`,
    ],
    proven(view),
    notProven(view, checkpoint),
    touched(view, checkpoint),
    gateLines(view.evidence),
    matrix(view),
    ...reviewParts(view),
    files(changes, page, pages),
    [`## ${t('Subtasks')}`, '', ...view.subtasks.map((subtask) => `- ${line(`${plain(subtask.id)}: ${plain(subtask.title)}`, plain(subtask.requirements.join(', ')))}`)].slice(0, view.subtasks.length > 0 ? undefined : 0),
  ];
}

function verdictLine(view: RunView, checkpoint: CheckpointView): string {
  if (checkpoint.state !== 'open') return line(`**${t('This checkpoint is {0}.', checkpointWord(checkpoint.state))}**`, checkpoint.reason ? plain(checkpoint.reason) : '');
  if (checkpoint.needsWaiver.length > 0) return `**${t('Not proven: {0}.', plain(checkpoint.needsWaiver.join(', ')))}** ${t('Approving asks for a waiver with a reason.')}`;
  const proof = evidenceLine(view.evidence);
  if (view.evidence && view.evidence.verdict !== 'accepted') return `**${t('Not proven without you: {0}.', view.evidence.reason)}** ${proof}`.trimEnd();
  return `**${asksForChanges(view) ? t('Proven on the merged tree, but the reviewer asks for changes.') : t('Proven on the merged tree.')}** ${proof}`.trimEnd();
}

const asksForChanges = ({ reviews }: RunView): boolean => dissenting(reviews).length > 0;

const maxRows = 20;

/** First what stands: each gate, and each test that is red without the change. Requirements have a table of their own. */
function proven({ proof }: RunView): string[] {
  const rows = (proof?.proven ?? []).filter(({ kind }) => kind !== 'requirement');
  if (rows.length === 0) return [];
  return [`## ${t('Proven')}`, '', ...rows.slice(0, maxRows).map((row) => `- ✓ ${rowLine(row)}`), ...(rows.length > maxRows ? [`- ${t('and {0} more', rows.length - maxRows)}`] : [])];
}

const rowLine = ({ what, why }: ProofRow): string => `${plain(what, 200)}: ${plain(why, 300)}`;
const openTicks = ({ needsTick }: CheckpointView, own: readonly ProofRow[]): readonly ProofRow[] => own.filter(({ tick }) => needsTick.some(({ id }) => id === tick));

/** What a person would otherwise have to notice by themselves. */
function notProven(view: RunView, checkpoint: CheckpointView): string[] {
  const unsandboxed = [...new Set((view.evidence?.gates ?? []).map((gate) => gate.evidence.sandbox).filter((sandbox) => sandbox.startsWith('none')))];
  const open = view.proof?.open ?? [], elsewhere = new Set(openTicks(checkpoint, view.proof?.touched ?? []).map(({ tick }) => tick));
  const unproven = open.filter((row) => (row.kind === 'test' || row.kind === 'base-tests') && row.tick === null);
  const facts = [
    ...checkpoint.needsWaiver.map((id) => {
      const gate = view.evidence?.gates.find((candidate) => candidate.id === id);
      return t('Needs a waiver: {0}', plain(`${id}: ${gate ? `${gate.verdict} (${gate.reason})` : 'not-verified (no-command)'}`));
    }),
    ...open.filter(({ waived }) => waived !== null).map((row) => t('Waived by {0}: {1}: {2}', plain(row.waived?.by ?? '', 60), plain(row.what, 80), plain(row.waived?.reason ?? '', 300))),
    ...unproven.slice(0, maxRows).map(rowLine), ...(unproven.length > maxRows ? [t('and {0} more', unproven.length - maxRows)] : []),
    ...checkpoint.needsTick.filter(({ id }) => !elsewhere.has(id)).map((tick) => t('Needs your tick: {0}', plain(`${tick.id}: ${tick.why}`, 300))),
    ...(view.evidence?.verdict === 'accepted' && view.evidence.reason !== 'passed' ? [t('Accepted with a remark: {0}', view.evidence.reason)] : []),
    ...(view.evidence?.quarantine ?? []).map(quarantineLine),
    ...unsandboxed.map((why) => t('Not sandboxed ({0}): approvals are not protected from the agent.', plain(why.replace(/^none:?\s*/, '') || t('turned off')))),
    ...view.conflicts.map(({ onto, files: conflicting }) => t('Was in conflict with {0} in {1}, and was done again on top of it.', short(onto), plain(conflicting.join(', '), 200))),
    ...view.stale.map(({ at, why }) => t('{0} worked under older specifications: {1}. It can be run again from its row.', plain(at, 80), plain(why, 240))),
    ...(view.sameProvider ? [t('The review ran on the same provider as the work.')] : []),
    ...dissenting(view.reviews).map(({ at, review: { summary } }) => (view.reviews.length > 1 ? t('The reviewer {0} asks for changes: {1}', plain(at, 60), plain(summary, 300)) : t('The reviewer asks for changes: {0}', plain(summary, 300)))),
    ...view.reviews.flatMap(({ review: { criteria } }) => criteria).filter((criterion) => criterion.verdict !== 'met').map((criterion) => t('Reviewer says {0}: {1}', criterion.verdict, plain(criterion.criterion))),
  ];
  return facts.length === 0 ? [] : [`## ${t('Not proven, or needs you')}`, '', ...facts.map((fact) => `- ⚠ ${fact}`)];
}

const maxFindings = 40;

/** What the change does to the proof that it is judged by, the serious first, and to what is protected; each with its tick. */
function touched({ evidence, proof }: RunView, checkpoint: CheckpointView): string[] {
  const found = (['high', 'medium', 'low'] as const).flatMap((severity) => (evidence?.integrity ?? []).filter((finding) => finding.severity === severity));
  const rows = proof?.touched ?? [], open = openTicks(checkpoint, rows), ids = new Set(found.slice(0, maxFindings).map(({ id }) => `integrity:${id}`));
  const others = rows.filter(({ tick }) => tick === null || !ids.has(tick));
  if (found.length === 0 && others.length === 0) return [];
  const tickLine = (id: string): string[] => {
    const by = rows.find(({ tick }) => tick === id)?.tickedBy ?? null;
    return open.some(({ tick }) => tick === id) ? [`  - ${t('needs your tick: {0}', plain(id, 200))}`] : by === null ? [] : [`  - ${t('ticked by {0}', plain(by, 60))}`];
  };
  return [
    `## ${t('Touched: tests, gates, configuration, what is protected and what is out of scope')}`, '',
    ...found.slice(0, maxFindings).flatMap((finding) => [
      `- ${{ high: '✗', medium: '⚠', low: '·' }[finding.severity]} ${finding.kind}: ${plain(finding.file)}${finding.line === null ? '' : `:${finding.line}`}  ${plain(finding.why, 300)}`,
      ...(finding.severity === 'low' || finding.before === null ? [] : [`  - ${t('before: {0}', plain(finding.before, 200))}`]),
      ...(finding.severity === 'low' || finding.after === null ? [] : [`  - ${t('after: {0}', plain(finding.after, 200))}`]),
      ...tickLine(`integrity:${finding.id}`),
    ]),
    ...(found.length > maxFindings ? [`- ${t('and {0} more', found.length - maxFindings)}`] : []),
    ...others.flatMap((row) => [`- ⚠ ${row.tick === null ? rowLine(row) : plain(row.why, 300)}`, ...(row.tick === null ? [] : tickLine(row.tick))]),
  ];
}

function gateLines(evidence: Evidence | null): string[] {
  if (!evidence || evidence.gates.length === 0) return [`## ${t('Gates')}`, '', `- ${t('No gate ran: nothing here is verified.')}`];
  return [`## ${t('Gates')}  (${t('evidence {0}', short(evidence.id))})`, '', ...evidence.gates.flatMap(gate)];
}

function gate(result: GateResult): string[] {
  const { tests, evidence } = result;
  const counts = [
    t('{0} passed', tests.passed), t('{0} failed', tests.failed), tests.skipped > 0 ? t('{0} skipped', tests.skipped) : '', tests.new > 0 ? t('{0} new', tests.new) : '',
    tests.removed > 0 ? t('{0} removed', tests.removed) : '', tests.preexisting > 0 ? t('{0} failed before', tests.preexisting) : '',
  ];
  return [
    `- ${result.verdict === 'accepted' ? '✓' : '✗'} ${plain(result.id)}: ${result.verdict} (${result.reason})  ${line(...counts)}`,
    `  ${line(`\`${plain(evidence.command, 120).replaceAll('`', "'")}\``, elapsed(evidence.durationMs), evidence.cached ? t('from the cache') : '', t('sandbox: {0}', plain(evidence.sandbox, 80)), t('dependencies: {0}', plain(evidence.dependencies, 80)))}`,
    ...(result.reruns ?? []).slice(0, 10).map((rerun) => `  - ${t('run again: {0}', plain(rerun.test))}  ${line(`**${rerun.outcome}**`, rerunLine(rerun))}`),
    ...result.failures.slice(0, 10).map((failure) => `  - ${plain(failure.test)}: ${plain(failure.message, 160)}${failure.file ? ` (${plain(failure.file)}${failure.line ? `:${failure.line}` : ''})` : ''}${failure.since === undefined ? '' : `  ${t('already failing, known since {0}', short(failure.since))}`}`),
  ];
}

/** Requirement → subtasks → tests → what the gates saw; uncovered ones first. */
function matrix(view: RunView): string[] {
  if (view.trace.length === 0) return [];
  const cell = (text: string): string => plain(text, 200).replaceAll('|', String.raw`\|`);
  const rows = [...view.trace].sort((left, right) => Number(left.covered) - Number(right.covered));
  return [
    `## ${t('Requirements')}  ${t('{0} of {1} covered', view.trace.filter((row) => row.covered).length, view.trace.length)}`, '',
    `| | ${t('Requirement')} | ${t('Subtasks')} | ${t('Tests')} |`, '|---|---|---|---|',
    ...rows.map((row) => `| ${row.covered ? '✓' : '✗'} | ${cell(line(row.requirement, row.text))} | ${cell(row.subtasks.map(({ id }) => id).join(', '))} | ${cell(row.covered ? row.tests.map(({ test }) => test).join('; ') : row.why)} |`),
  ];
}

function reviewParts(view: RunView): string[][] {
  return view.reviews.map(({ at, by, review: { summary, criteria, findings } }) => [
    `## ${view.reviews.length > 1 ? t('Review by {0} at {1}', plain(by, 60), plain(at, 60)) : t('Review by {0}', plain(by, 60))}`, '', plain(summary, 600),
    ...(criteria.length > 0 ? ['', ...criteria.map((criterion) => `- ${{ met: '✓', 'not-met': '✗', unclear: '?' }[criterion.verdict]} ${line(plain(criterion.criterion), plain(criterion.why, 200))}`)] : []),
    ...(findings.length > 0 ? ['', ...findings.map((finding) => `- ${finding.severity}: ${plain(finding.file)}:${finding.line} ${plain(finding.message, 300)}`)] : []),
  ]);
}

function files(changes: readonly ChangedFile[], page: number, pages: number): string[] {
  const head = [`## ${t('Files')}  ${pages > 1 ? t('(page {0} of {1})', page + 1, pages) : ''}`.trimEnd(), ''];
  if (changes.length === 0) return [...head, t('No file changes.')];
  const shown = byRisk(changes).slice(0, maxFiles);
  const rest = changes.length - shown.length;
  return [...head, ...shown.map((file) => `- ${fileLine(file)}`), ...(rest > 0 ? [`- ${t('… and {0} more', rest)}`] : [])];
}

function rounds(view: RunView, current: CheckpointView): string[] {
  const earlier = view.checkpoints.filter((checkpoint) => checkpoint.step === current.step && checkpoint.id !== current.id && checkpoint.openedAt <= current.openedAt);
  if (earlier.length === 0) return [];
  return [`## ${t('Earlier rounds')}`, '', ...earlier.flatMap((checkpoint, index) => [
    `- ${line(t('Round {0}', index + 1), short(checkpoint.commit), checkpointWord(checkpoint.state), checkpoint.by ? t('by {0}', plain(checkpoint.by, 60)) : '', checkpoint.reason ? plain(checkpoint.reason) : '')}`,
    ...checkpoint.comments.map((comment) => `  - ${comment.file ? `${plain(comment.file)}${comment.line ? `:${comment.line}` : ''}: ` : ''}${plain(plainLines(comment.text), 300)}`),
  ])];
}

function costs(view: RunView): string[] {
  const worked = view.steps.flatMap((step) => step.attempts).reduce((sum, attempt) => sum + ((attempt.finishedAt ?? attempt.startedAt) - attempt.startedAt), 0);
  const spent = line(view.costUsd === null ? (view.countedUsd > 0 ? t('about {0} by estimate', money(view.countedUsd)) : t('price unknown')) : money(view.costUsd) || t('no cost'), tokens(view.usage) || t('no tokens'), t('{0} model calls', view.usage.calls), t('{0} of agent time', elapsed(worked)));
  return [`${t('Spent so far')}: ${spent}`, `${t('Task')}: ${view.task}`];
}

function agents(view: RunView): string {
  const chains = Object.entries(view.agents).map(([role, chain]) => [role, plain(chain.join(', '), 80)] as const);
  const [first] = chains;
  return first && chains.every(([, chain]) => chain === first[1]) ? first[1] : chains.map(([role, chain]) => `${role} ${chain}`).join(' · ');
}
