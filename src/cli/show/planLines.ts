/** Plans in a terminal: one in short, one with everything that its planner said, and what an amendment makes of it. Pure. Owns: their layout. */
import type { Plan, Subtask } from '../../core/plan.ts';
import { planDifference } from '../../core/planDifference.ts';
import type { AmendmentView, CheckpointView, RunView } from '../../protocol/runView.ts';
import { columns } from './columns.ts';
import { count, parts } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain, wrapped } from './plain.ts';

export function planText(view: RunView, paint: Paint): string[] {
  const { plan } = view;
  if (!plan) return ['There is no plan to show.'];
  return [
    '', paint.strong(`Plan: ${plain(view.title)}`), ...wrapped(plan.summary, 100, '  '), '',
    ...columns(plan.subtasks.map((subtask, at) => [`${at + 1}. ${subtask.id}`, plain(subtask.title, 120), parts(needs(subtask), subtask.requirements.join(', '))]), [(cell) => paint.strong(cell), (cell) => cell, (cell) => paint.quiet(cell)], '  '), '',
  ];
}

const needs = (subtask: Subtask): string => (subtask.needs.length === 0 ? '' : `after ${subtask.needs.join(', ')}`);

/** Everything that the planner said of each subtask. */
export function planDetails(plan: Plan, paint: Paint): string[] {
  return plan.subtasks.flatMap((subtask) => subtaskDetails(subtask, paint)).concat('');
}

function subtaskDetails(subtask: Subtask, paint: Paint): string[] {
  return [
    '', `${paint.strong(subtask.id)}  ${plain(subtask.title, 120)}`, ...wrapped(subtask.description, 100, '  '),
    ...columns([['may change', subtask.scope.join(', ')], ['needs', subtask.needs.join(', ') || 'nothing'], ['serves', subtask.requirements.join(', ') || 'no requirement'], ['tests', subtask.tests.join(', ') || 'none named']]
      .map(([name = '', text = '']) => [name, plain(text, 300)]), [(cell) => paint.quiet(cell)], '  '),
  ];
}

/** What an agent proposes, and why a person is asked. */
export function amendmentText(view: RunView, { amendment }: CheckpointView, paint: Paint): string[] {
  if (!amendment) return ['There is no proposal to show.'];
  const { added, removed, changed } = planDifference(amendment.before, amendment.after);
  return [
    '', paint.strong(`Another plan: ${plain(view.title)}`), `  proposed by ${plain(amendment.by, 80)}`, ...wrapped(amendment.why, 100, '  '), '',
    ...amendment.wider.map((glob) => `  ${paint.notice('!')} a subtask may change ${plain(glob, 120)}, which none could before`),
    ...amendment.givenUp.map((what) => `  ${paint.notice('!')} nobody would do ${plain(what, 160)} any more`),
    ...removed.map((subtask) => paint.bad(`  - ${subtask.id}  ${plain(subtask.title, 120)}`)),
    ...changed.map(({ before, after }) => `  ~ ${after.id}  needs ${after.needs.join(', ') || 'nothing'} instead of ${before.needs.join(', ') || 'nothing'}`),
    ...added.flatMap((subtask) => [paint.good(`  + ${subtask.id}  ${plain(subtask.title, 120)}`), ...subtaskDetails(subtask, paint).slice(2).map((text) => `  ${text}`)]),
    '', paint.quiet('  Rejected, the task goes on with the plan that it has.'), '',
  ];
}

/** `amendment 2 by implement/a: taken; adds c; drops b. why`. */
export function amendmentLine({ by, why, state, added, split, dropped }: AmendmentView): string {
  const what = [added.length > 0 ? `adds ${added.join(', ')}` : '', ...split.map(({ id, into }) => `splits ${id} into ${into.join(', ')}`), dropped.length > 0 ? `drops ${dropped.join(', ')}` : ''].filter(Boolean).join('; ');
  return plain(`${by}: ${what} (${state === 'open' ? 'waits for you' : state}). ${why}`, 300);
}

export function planVersionsText({ task, planVersions }: RunView): string {
  return `version ${planVersions.length}; ${count(planVersions.length - 1, 'earlier one')}: treeline show ${task} --plan 1`;
}
