/**
 * What speaks against letting a checkpoint pass without a person (product.md C5). Pure, from facts that the run already has.
 * Owns: the list of risks and their thresholds. Refuses: to weigh them: one is enough to ask; and what is not known is a risk.
 */
import type { Evidence } from './gate.ts';
import { unwaived } from './landable.ts';
import { outOfScope } from './outOfScope.ts';
import { reviewsOf } from './reviews.ts';
import { staleUnits, staleWords } from './staleSpecs.ts';
import type { Checkpoint, RunState } from './state.ts';
import { traceOf } from './trace.ts';

/** More than a person takes in by a glance at the summary. */
const sizeLimit = { files: 15, lines: 400, subtasks: 8 } as const;

/** In words, each on its own; empty: nothing speaks against it. */
export function risksOf(state: RunState, checkpoint: Checkpoint): readonly string[] {
  switch (checkpoint.about) {
    case 'merge': return mergeRisks(state);
    case 'plan': return planRisks(state);
    case 'document': return ['a document says what is wanted: that is a person\'s to decide'];
    case 'choice': return ['one of several candidates has to be chosen'];
    case 'review': return reviewRisks(state);
    case 'amendment': return amendmentRisks(state, checkpoint);
  }
}

function mergeRisks(state: RunState): readonly string[] {
  const evidence = state.candidateEvidence;
  if (!evidence) return ['nothing has judged what would land'];
  const waived = new Set(state.waived.map((waiver) => waiver.gate));
  const uncovered = traceOf(state).filter((row) => !row.covered).map((row) => row.requirement);
  const outside = outOfScope(state).map(({ file }) => file);
  return [
    ...unwaived(state, new Set()).map((gate) => (waived.has(gate) ? `gate ${gate} was waived` : `gate ${gate} is not proven`)),
    ...(evidence.verdict === 'accepted' && evidence.reason !== 'passed' ? [`the gates are accepted with a remark: ${evidence.reason}`] : []),
    ...(evidence.gates.some((gate) => gate.tests.flaky > 0) ? ['a test is flaky'] : []),
    ...(evidence.gates.some((gate) => gate.evidence.sandbox.startsWith('none')) ? ['a gate ran without a sandbox'] : []),
    ...evidence.ticks.map((tick) => `needs a tick: ${tick.id}`),
    ...uncovered.map((requirement) => `requirement ${requirement} is not covered`),
    ...(outside.length > 0 ? [`files outside of what the plan allowed: ${few(outside)}`] : []),
    ...staleUnits(state).map(({ unit, files }) => `${unit} worked under older specifications: ${staleWords(files)}`),
    ...reviewRisks(state), ...changeRisks(evidence),
  ];
}

function changeRisks(evidence: Evidence): readonly string[] {
  const { change } = evidence;
  if (!change) return ['what would change is not known'];
  const unproven = (evidence.redGreen?.tests ?? []).filter(({ state }) => state !== 'proven').map(({ test }) => test);
  // A test that is red without the change shows it; where nobody looked, one that is new or named has to do.
  const shown = evidence.redGreen?.state === 'proven' || (unproven.length === 0 && (evidence.gates.some((gate) => gate.tests.new > 0) || (evidence.declared ?? []).some((test) => test.state === 'passed')));
  return [
    ...(change.files > sizeLimit.files ? [`${change.files} files change`] : []),
    ...(change.lines > sizeLimit.lines ? [`${change.lines} lines change`] : []),
    ...change.marks.map((mark) => `look at ${mark}`),
    ...(change.dependencies.length > 0 ? [`dependencies may change: ${few(change.dependencies)}`] : []),
    ...(unproven.length > 0 ? [`unproven tests: ${few(unproven)}`] : []),
    ...(evidence.baseTests?.state === 'inconclusive' ? ['tests that the change edits could not be run on it as they were'] : []),
    ...(change.code > 0 && !shown && unproven.length === 0 ? ['no test is named or new that shows the change'] : []),
  ];
}

function amendmentRisks({ amendments }: RunState, { amendment }: Checkpoint): readonly string[] {
  const record = amendments.find(({ n }) => n === amendment);
  if (!record) return ['what is proposed is not known'];
  return [...record.wider.map((glob) => `a subtask may change ${glob}, which none could before`), ...record.dropped.map((what) => `nobody would do ${what} any more`)];
}

/** A workflow without a review has nobody who disagrees. Of several reviewers each counts. */
function reviewRisks(state: RunState): readonly string[] {
  const reviews = reviewsOf(state);
  if (reviews.length === 0) return [];
  return [
    ...reviews.flatMap(({ at, review }) => {
      const who = `the reviewer${reviews.length > 1 ? ` ${at}` : ''}`;
      return [
        ...review.criteria.filter((criterion) => criterion.verdict !== 'met').map((criterion) => `${who} says ${criterion.verdict}: ${criterion.criterion}`),
        ...review.findings.filter((finding) => finding.severity !== 'low').map((finding) => `${who} found (${finding.severity}): ${finding.file}:${finding.line}`),
      ];
    }),
    ...(state.accepted.sameProvider ? ['the review ran on the same provider as the work'] : []),
  ];
}

function planRisks(state: RunState): readonly string[] {
  const { plan } = state;
  if (!plan) return ['there is no plan'];
  const known = new Set((state.accepted.requirements ?? []).map(({ id }) => id));
  const named = new Set(plan.subtasks.flatMap((subtask) => subtask.requirements));
  const left = (state.accepted.requirements ?? []).filter(({ id, held }) => held && !named.has(id)).map(({ id }) => id);
  return [
    ...(plan.subtasks.length > sizeLimit.subtasks ? [`${plan.subtasks.length} subtasks`] : []),
    ...plan.subtasks.filter((subtask) => subtask.scope.some((glob) => /^[*/]*$/.test(glob))).map((subtask) => `${subtask.id} may change any file`),
    ...plan.subtasks.filter((subtask) => subtask.tests.length === 0).map((subtask) => `${subtask.id} names no test`),
    ...(left.length > 0 ? [`no subtask serves ${few(left)}`] : []),
    ...[...named].filter((id) => !known.has(id)).map((id) => `no specification has ${id}`),
  ];
}

function few(names: readonly string[]): string {
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}
