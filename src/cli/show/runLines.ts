/** A whole run as a person reads it in a terminal (`treeline show`, the end of `run`). Pure. Owns: its layout. */
import type { RunView, StepView } from '../../protocol/runView.ts';
import { needsLines, outsideLines, reviewLines } from './checkpointLines.ts';
import { columns } from './columns.ts';
import { evidenceLines, unconfinedLines } from './evidence.ts';
import { branchName, elapsed, money, parts, runMoney, short, tokens } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';
import { amendmentLine, planVersionsText } from './planLines.ts';
import { dependsText, resumesText, runWord, stepMark, stepWord } from './stepWords.ts';

const shownSpecs = 6;

/** `now`: ms since 1970, for times of what still runs. */
export function runLines(view: RunView, now: number, paint: Paint): string[] {
  const facts: [string, string][] = [
    ['task', view.task],
    ['state', runWord(view, paint)],
    ...(view.waiting ? [['why', plain(view.waiting.why, 400)], ['next', plain(view.waiting.next, 400)]] satisfies [string, string][] : []),
    ...(view.stalled ? [['why', plain(view.stalled.why, 400)], ['next', plain(view.stalled.next, 400)]] satisfies [string, string][] : []),
    ...view.failures.map((failure): [string, string] => ['failed', `${failure.at}: ${plain(failure.why, 400)}`]),
    ...(view.dependsOn ? [['depends', plain(dependsText(view), 400)]] satisfies [string, string][] : []),
    ['workflow', `${plain(view.workflow)}, ${plain(branchName(view.base.ref))} ${short(view.base.commit)} → ${plain(branchName(view.target))}`],
    ['specs', specsText(view)],
    ...view.stale.map(({ at, why }): [string, string] => ['stale', `${plain(at, 80)}: ${plain(why, 300)}; to do it again: treeline retry ${view.task} ${plain(at, 80)}`]),
    ...(view.documents.length > 0 ? [['documents', view.documents.map(({ name, versions }) => `${plain(name, 60)}${versions > 1 ? ` (version ${versions})` : ''}`).join(', ')]] satisfies [string, string][] : []),
    ...(view.planVersions.length > 1 ? [['plan', planVersionsText(view)]] satisfies [string, string][] : []),
    ...view.amendments.map((amendment): [string, string] => ['amendment', amendmentLine(amendment)]),
    ['agents', `${agentsText(view)}${view.sameProvider ? ` ${paint.notice('(same-provider: the reviewer is of the same provider as the implementer)')}` : ''}`],
    ['sandbox', plain(view.sandbox)],
    ['spent', parts(runMoney(view), tokens(view.usage), budgetText(view)) || 'nothing'],
    ...view.unpriced.map((one): [string, string] => ['price', unpricedWords(one)]),
    ...view.notes.map((note): [string, string] => ['note', plain(note, 400)]),
    ...(view.merge?.state === 'merged' && view.merge.commit !== null ? [['merged', `${short(view.merge.commit)} onto ${plain(branchName(view.target))}`]] satisfies [string, string][] : []),
  ];
  return [
    paint.strong(plain(view.title)),
    ...columns(facts, [(name) => paint.quiet(name)], '  '),
    '',
    ...stepRows(view, now, paint),
    ...(view.evidence || view.review ? [''] : []), ...(view.evidence ? evidenceLines(view.evidence, paint, '  ') : []),
    ...outsideLines(view, paint),
    ...reviewLines(view.reviews, paint),
    ...view.waivers.map((waiver) => `  waived by ${plain(waiver.by, 60)}: ${plain(waiver.gate, 60)}, ${plain(waiver.reason, 400)}`),
    ...(view.waiting?.for === 'checkpoint' ? unconfinedLines(view.evidence, paint, '  ') : []),
    ...view.checkpoints.filter(({ state, kind }) => state === 'open' && kind === 'merge').flatMap((checkpoint) => needsLines(checkpoint, paint)),
    ...(view.worktrees.length > 0 ? ['', paint.quiet('  worktrees'), ...view.worktrees.map((worktree) => `    ${worktree.unit}  ${plain(worktree.path, 400)}`)] : []),
  ];
}

function specsText({ specs }: RunView): string {
  if (specs.length === 0) return 'all of specs/';
  return specs.every((path) => path === '!**') ? 'none but the rules' : `${specs.slice(0, shownSpecs).map((path) => plain(path, 80)).join(', ')}${specs.length > shownSpecs ? ` and ${specs.length - shownSpecs} more` : ''}`;
}

function agentsText(view: RunView): string {
  return plain(Object.entries(view.agents).map(([role, chain]) => `${role} ${chain.join(', ')}`).join(' · '), 400);
}

/** Says so when a limit in dollars holds by an estimate, and what to do when that is wrong. */
export function unpricedWords({ agent, countedAs }: RunView['unpriced'][number]): string {
  return `not known for ${plain(agent, 80)}; its tokens are counted at that of ${countedAs}, the dearest known. Say what it costs in settings.yaml: agents.prices: { "${plain(agent, 80)}": { input: 0.5, output: 2 } } (dollars per million)`;
}

function budgetText({ budget }: RunView): string {
  const limits = parts(budget.usd === null ? '' : `$${budget.usd}`, budget.minutes === null ? '' : `${budget.minutes} minutes`);
  return limits === '' ? '' : `limit ${limits}`;
}

function stepRows(view: RunView, now: number, paint: Paint): string[] {
  const rows = view.steps.map((step): string[] => [
    `${step.parent === null ? '' : '  '}${step.id}`,
    plain(step.attempts.at(-1)?.agent ?? '', 60),
    plain(parts(step.state === 'done' || step.detail === stepWord(step.state) ? '' : stepWord(step.state), step.detail, resumesText(step, now), step.attempts.length > 1 ? `${step.attempts.length} attempts` : '', step.stale === null ? '' : 'stale', time(step, now), money(step.costUsd) || tokens(step.usage)), 240),
  ]);
  const aligned = columns(rows, [(cell) => cell, (cell) => paint.quiet(cell)]);
  return view.steps.map((step, at) => `  ${stepMark(step.state, paint)} ${aligned[at] ?? ''}`);
}

function time(step: StepView, now: number): string {
  return step.startedAt === null ? '' : elapsed((step.finishedAt ?? now) - step.startedAt);
}
