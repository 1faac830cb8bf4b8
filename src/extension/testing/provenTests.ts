/**
 * What gates found, as nodes of a test tree: run → gate → test. Data, and nothing of the editor.
 * Owns: the order (what a person has to see first), what each node says, and how many there are at most. Refuses: verdicts; core has them.
 */
import type { Judged } from '../../client/readJudged.ts';
import type { Evidence, GateResult } from '../../core/gate.ts';
import { guardId } from '../../core/integrity.ts';
import type { JudgedTest, TestState } from '../../core/testState.ts';
import type { RunView } from '../../protocol/runView.ts';
import { line, short } from '../figures.ts';
import { plain, plainLines } from '../plain.ts';
import { countsLine, judgementLine, rerunLine, testStateWord } from '../rows/verdictWords.ts';
import { t } from '../words.ts';

/** `errored`: there is no answer to show: it did not run, or not to its end. */
export type Outcome = 'passed' | 'failed' | 'errored' | 'skipped';

interface ProvenNode { readonly id: string; readonly label: string; readonly description: string; readonly outcome: Outcome; /** Empty where nothing has to be said. */ readonly message: string }
export interface GateNode extends ProvenNode { readonly judged: Judged; readonly gate: GateResult; /** A later attempt or round was judged there. */ readonly superseded: boolean }
export interface TestNode extends ProvenNode {
  /** The first part of its id, where it has titles; else empty. */
  readonly from: string;
  /** Relative to the repository; the line counts from 1. */
  readonly place: { readonly file: string; readonly line: number | null } | null;
  /** Where the message names them. */
  readonly compared: { readonly expected: string; readonly actual: string } | null;
}

export const runsShown = 100;
export const gatesShown = 200;
export const testsShown = 2_000;

/** What of a view says that there is evidence: when it changes, its run's gates are read again. Empty: there is none. */
export function evidenceMark(view: RunView): string {
  return [...view.steps.flatMap((step) => step.attempts.flatMap((attempt) => attempt.evidence?.id ?? [])), view.evidence?.id ?? ''].filter(Boolean).join(' ');
}

/** Runs that have evidence, the newest first. */
export function provenRuns(views: readonly RunView[]): { readonly shown: readonly RunView[]; readonly left: number } {
  const proven = views.filter((view) => evidenceMark(view) !== '').sort((left, right) => right.startedAt - left.startedAt || (left.task < right.task ? -1 : 1));
  return { shown: proven.slice(0, runsShown), left: Math.max(0, proven.length - runsShown) };
}

/** `implement/export-rows, attempt 2`. */
export function whereLine({ of, at, n }: Judged): string {
  return of === 'unit' ? t('{0}, attempt {1}', plain(at, 80), n) : t('{0}, round {1}', plain(at, 80), n);
}

/** The gates of all verdicts, the newest first. */
export function gateNodes(all: readonly Judged[]): { readonly shown: readonly GateNode[]; readonly left: number } {
  const nodes = all.toReversed().flatMap((judged) => judged.evidence.gates.map((gate): GateNode => {
    const superseded = newestAt(all, judged) !== judged;
    return {
      id: `${judged.at}#${judged.n}@${judged.when}/${gate.id}`, label: plain(gate.id, 60), judged, gate, superseded, outcome: outcomeOf(gate),
      description: line(whereLine({ ...judged, at: judged.at.split('/').at(-1) ?? '' }), superseded ? t('superseded') : '', judgementLine(gate), countsLine(gate)),
      message: gate.verdict === 'accepted' ? '' : line(judgementLine(gate), countsLine(gate), plain(gate.evidence.command, 200)),
    };
  }));
  return { shown: nodes.slice(0, gatesShown), left: Math.max(0, nodes.length - gatesShown) };
}

const newestAt = (all: readonly Judged[], { at }: Judged): Judged | undefined => all.findLast((other) => other.at === at);

function outcomeOf({ verdict }: GateResult): Outcome {
  switch (verdict) {
    case 'accepted': return 'passed';
    case 'rejected': return 'failed';
    case 'not-verified': case 'error': case 'timed-out': return 'errored';
  }
}

/** The tests of one gate, what asks for a look first. `tests`: of its document; empty where there is none, or no tests are what it judges by. */
export function testNodes(tests: readonly JudgedTest[], gate: GateResult, evidence: Evidence): { readonly shown: readonly TestNode[]; readonly left: number } {
  if (gate.id === guardId) return cut((evidence.integrity ?? []).map((finding, index) => ({
    id: `${finding.id} ${index}`, label: plain(`${finding.kind}: ${finding.file}`, 160), description: finding.severity, from: '', outcome: finding.severity === 'low' ? 'passed' : 'failed',
    message: finding.severity === 'low' ? '' : [plain(finding.why, 600), ...(finding.before === null ? [] : [t('before: {0}', plain(finding.before))]), ...(finding.after === null ? [] : [t('after: {0}', plain(finding.after))])].join('\n'),
    place: placeOf(finding), compared: null,
  })));
  const known = new Set(tests.map(({ test }) => test));
  const beside = gate.failures.filter(({ test }) => !known.has(test));
  const again = new Map([...(gate.flakes ?? []).map(({ test, head, base }) => [test, t('Failed {0} of {1} times here, {2} of {3} on the base.', head.failed, head.runs, base.failed, base.runs)] as const), ...(gate.reruns ?? []).map((rerun) => [rerun.test, t('Run again: {0}', `${rerun.outcome} · ${rerunLine(rerun)}`)] as const)]);
  const ordered = tests.map((test, index) => ({ test, index })).sort((left, right) => order.indexOf(left.test.state) - order.indexOf(right.test.state) || left.index - right.index);
  return cut([
    ...beside.map((failure, index): TestNode => ({ id: `${index} ${failure.test}`, ...labelOf(failure.test), description: '', outcome: 'failed', message: messageOf(failure.message), place: placeOf(failure), compared: comparedIn(failure.message) })),
    ...ordered.map(({ test }) => testNode(test, again.get(test.test) ?? '')),
  ]);
}

const order: readonly TestState[] = ['newly-failing', 'fails', 'removed', 'flaky', 'quarantined', 'already-failing', 'fixed', 'new', 'skipped', 'passes'];

function testNode(test: JudgedTest, again: string): TestNode {
  const outcome = testOutcome(test.state);
  const bad = outcome === 'failed' || outcome === 'errored';
  const told = line(testStateWord(test.state), test.state === 'already-failing' && test.since !== null ? t('since {0}', short(test.since)) : '');
  return {
    id: test.test, ...labelOf(test.test), description: test.state === 'passes' ? '' : told, outcome, place: placeOf(test), compared: bad ? comparedIn(test.message) : null,
    message: bad ? [line(lookOf(test), again), messageOf(test.message)].filter(Boolean).join('\n\n') : '',
  };
}

function testOutcome(state: TestState): Outcome {
  switch (state) {
    case 'passes': case 'new': case 'fixed': return 'passed';
    case 'fails': case 'newly-failing': case 'already-failing': case 'flaky': case 'quarantined': return 'failed';
    case 'removed': return 'errored';
    case 'skipped': return 'skipped';
  }
}

/** How the failure is to be taken, before what the test itself says. */
function lookOf({ state, since }: JudgedTest): string {
  if (state === 'flaky') return t('Does not always give the same answer.');
  if (state === 'already-failing') return since === null ? t('Fails on the base, too.') : t('Fails on the base, too: known since {0}.', short(since));
  if (state === 'quarantined') return t('In quarantine: a person put it aside for a while, and its failure rejects nothing.');
  if (state === 'newly-failing') return t('Does not fail on the base.');
  return state === 'removed' ? t('Ran on the base and is not in the report.') : '';
}

/** An id is its file and its titles: the titles are the label. */
function labelOf(id: string): Pick<TestNode, 'label' | 'from'> {
  const [file = '', ...titles] = plain(id, 1000).split(' › ');
  return titles.length === 0 ? { label: plain(file, 200), from: '' } : { label: plain(titles.join(' › '), 200), from: plain(file, 120) };
}

const messageOf = (message: string): string => plainLines(message).slice(0, 4_000).trim();

/** A report is foreign text: only a path that stays in the repository is a place. */
function placeOf({ file, line: at }: { readonly file: string | null; readonly line: number | null }): TestNode['place'] {
  const path = (file ?? '').replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  if (path === '' || path !== plain(path, 1000) || /^([/~]|[A-Za-z]:)/.test(path) || path.split('/').some((part) => part === '..' || part === '.git')) return null;
  return { file: path, line: at !== null && at > 0 ? at : null };
}

/** Forms that say without doubt which is which: Node's `1 !== 2` and its marked lines, jest's `Expected` and `Received`. */
function comparedIn(message: string): TestNode['compared'] {
  const text = plainLines(message);
  // One that was shortened may have lost a part of either side.
  if (text.length > 1_900) return null;
  const unequal = /to be strictly equal:\n\n(.+) !== (.+)(?:\n|$)/.exec(text);
  if (unequal) return { actual: unequal[1] ?? '', expected: unequal[2] ?? '' };
  const named = /^Expected: (.+)\n+Received: (.+)$/m.exec(text);
  if (named) return { expected: named[1] ?? '', actual: named[2] ?? '' };
  const [, marked] = text.split(/^\+ actual - expected\n+/m);
  if (marked === undefined || /^\.\.\.|Skipped lines/m.test(marked)) return null;
  const rows = (marked.split(/\n\n(?![+\- ])/)[0] ?? '').split('\n').filter((row) => /^[+\- ]/.test(row));
  const side = (mark: '+' | '-'): string => rows.filter((row) => row.startsWith(mark) || row.startsWith(' ')).map((row) => row.slice(2)).join('\n');
  return rows.length === 0 ? null : { actual: side('+'), expected: side('-') };
}

function cut(nodes: readonly TestNode[]): { readonly shown: readonly TestNode[]; readonly left: number } {
  return { shown: nodes.slice(0, testsShown), left: Math.max(0, nodes.length - testsShown) };
}

/** The folder in which a verdict's work can be opened: of the newest one of a unit whose worktree is there. Null: it is shown as it was judged. */
export function worktreeOf(view: RunView, judged: Judged, all: readonly Judged[]): string | null {
  return judged.of === 'unit' && newestAt(all, judged)?.n === judged.n ? view.worktrees.find((worktree) => worktree.unit === judged.at)?.path ?? null : null;
}
