/** The plan as a document that a person reads before agents start. Owns: its text. Refuses: to shorten what would be done. */
import type { Plan } from '../../core/plan.ts';
import { plain, plainLines } from '../plain.ts';
import { t } from '../words.ts';

/** Markdown, ends with a line end. */
export function planDocument(plan: Plan | null): string {
  if (!plan) return `${t('There is no plan yet.')}\n`;
  const parts = [
    [`# ${t('Plan')}`, '', plainLines(plan.summary).trimEnd()],
    ...plan.subtasks.map((subtask, index) => [
      `## ${index + 1}. ${plain(subtask.title)}  (${plain(subtask.id)})`, '',
      plainLines(subtask.description).trimEnd(), '',
      `- ${t('After')}: ${subtask.needs.length > 0 ? plain(subtask.needs.join(', ')) : t('nothing, starts at once')}`,
      `- ${t('May change')}: ${plain(subtask.scope.join(', '))}`,
      ...(subtask.requirements.length > 0 ? [`- ${t('Requirements')}: ${plain(subtask.requirements.join(', '))}`] : []),
      ...(subtask.tests.length > 0 ? [`- ${t('Shown by')}: ${plain(subtask.tests.join(', '))}`] : []),
    ]),
  ];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}
