/**
 * The block `on:` of a workflow file: what may start the workflow by itself.
 * Owns: its grammar, and what it comes to. Refuses: to arm anything; a file can only offer (product.md W7: off by default).
 */
import * as z from 'zod';
import type { Trigger } from '../core/trigger.ts';

const field = String.raw`(?:\*|[0-9A-Za-z]{1,3}(?:-[0-9A-Za-z]{1,3})?)(?:\/[1-9][0-9]?)?`;
const fields = String.raw`${field}(?:,${field})*`;
/** Form only: whether the numbers are in their ranges is looked at by `checkCron`. */
const cron = z.string().max(200).regex(new RegExp(`^${fields}(?: ${fields}){4}$`), 'expected five fields such as "0 6 * * 1-5": minute, hour, day, month, weekday');
const glob = z.string().min(1).max(200).regex(/^[^*]*(?:\*+[^*]*){0,8}$/, 'expected a pattern with at most 8 wildcards');
const branch = z.string().max(200).regex(/^(?![-/.])[^\s~^:?[\\]+$/, 'expected the name of a branch; "*" stands for anything');
const oneOrMore = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).min(1).max(50)]);

export const triggersSchema = z.strictObject({
  schedule: oneOrMore(cron).optional().describe('When it runs, as cron says it (local time): "0 6 * * 1-5" is six o\'clock on weekdays.'),
  'spec-changed': oneOrMore(glob).optional().describe('Globs of specifications: it runs when one of them has changed.'),
  'branch-moved': oneOrMore(branch).optional().describe('Branches: it runs when one of them has moved.'),
  'test-failed': oneOrMore(z.string().min(1).max(500)).optional().describe('Names of tests ("*" stands for anything): it runs when one of them fails.'),
  request: z.string().min(1).max(10_000).optional().describe('What the task is asked for when a trigger starts it; the description when left out.'),
}).describe('What may start the workflow by itself. Nothing here is armed before a person does so in the editor or with the command line.');
export type TriggersFile = z.infer<typeof triggersSchema>;

const list = (given: string | readonly string[] | undefined): string[] => (given === undefined ? [] : typeof given === 'string' ? [given] : [...given]);

/** What the block comes to: one trigger for each time of the schedule, one for each other kind. */
export function triggersOf(file: TriggersFile | undefined): readonly Trigger[] {
  if (!file) return [];
  const [paths, branches, tests] = [list(file['spec-changed']), list(file['branch-moved']), list(file['test-failed'])];
  return [
    ...list(file.schedule).map((cron): Trigger => ({ kind: 'schedule', cron })),
    ...(paths.length > 0 ? [{ kind: 'spec-changed', paths } as const] : []),
    ...(branches.length > 0 ? [{ kind: 'branch-moved', branches } as const] : []),
    ...(tests.length > 0 ? [{ kind: 'test-failed', tests } as const] : []),
  ];
}

const ranges = [
  { name: 'minute', from: 0, to: 59, words: [] }, { name: 'hour', from: 0, to: 23, words: [] }, { name: 'day of month', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of week', from: 0, to: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const;

/** What is wrong with the figures of a schedule that has the right form; null: nothing. */
export function checkCron(cron: string): string | null {
  for (const [at, text] of cron.split(' ').entries()) {
    const range = ranges[at];
    if (!range) return 'it has more than five fields';
    for (const part of text.split(',')) {
      const [span = '', step] = part.split('/');
      if (step !== undefined && Number(step) > range.to) return `the step of ${range.name} is ${step}, more than ${range.to}`;
      const ends = span === '*' ? [] : span.split('-').map((word) => numberOf(word, range));
      const wrong = ends.findIndex((end) => end === null || end < range.from || end > range.to);
      if (wrong >= 0) return `${range.name} is "${span.split('-')[wrong] ?? ''}", which is not between ${range.from} and ${range.to}`;
      if (ends.length === 2 && (ends[0] ?? 0) > (ends[1] ?? 0)) return `${range.name} runs backwards: ${span}`;
    }
  }
  return null;
}

function numberOf(word: string, range: (typeof ranges)[number]): number | null {
  const named = (range.words as readonly string[]).indexOf(word.toLowerCase());
  if (named >= 0) return named + (range.name === 'month' ? 1 : 0);
  return /^\d+$/.test(word) ? Number(word) : null;
}
