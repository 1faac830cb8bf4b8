/** The demo agent as a planner: what it reads, and the plans it hands over. Owns: what it has a script for. */
import type { Plan, Subtask } from '../../core/plan.ts';
import { exists, lookAround, read } from './moves.ts';
import type { Step } from './moves.ts';
import { declaredOutputs } from './outputs.ts';
import type { Talk } from './talk.ts';

/** `note`: no script for it; it is noted in the changelog, and said so. */
export type Wish = 'export' | 'count' | 'titles' | 'note';

export function wishOf(request: string): Wish {
  if (/\bcsv\b/i.test(request)) return 'export';
  if (/\bemoji\b|\btitles?\b.*\b(broken|cut)\b/i.test(request)) return 'titles';
  return /\bcount|how many\b/i.test(request) ? 'count' : 'note';
}

/** Words of a person on one line, short enough for a list entry. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}

export const askedAtPlan = 'Asked for at the plan: ';
const guardWish = /formula|inject|malicious/i;
/** Stands in the first subtask's description when a person asked for it at the plan. */
export const guardedMark = 'Make text plain that a spreadsheet would take for a formula';

export function planning(talk: Talk): readonly Step[] {
  const submit = (plan: Plan): Step => () => ({ say: plan.summary, name: 'submit_plan', input: { ...plan, ...declaredOutputs(talk) } });
  const wish = wishOf(talk.request);
  const built = exists(talk, wish === 'export' ? 'src/csv.js' : 'test/count.test.js');
  const look = lookAround('I will look at the project first.');
  if (wish === 'export' && !built) {
    return [look, read('specs/export.md', 'There is a specification of the export. I plan by its requirements.'),
      read('src/tags.js', 'The export has to write tags; this is how they are shown now.'),
      read('src/command.js', 'And this is where a command would go.'), submit(exportPlan(talk.comments))];
  }
  if (wish === 'count' && !built) return [look, read('src/command.js', 'This is where a command would go.'), submit(single(countSubtask, talk.comments))];
  if (wish === 'titles') return [look, read('src/list.js', 'Titles are shortened here.'), submit(single(titlesSubtask, talk.comments))];
  return [look, read('CHANGELOG.md', 'I have no script for this request, so I will note it where a person finds it.'), submit(single(noteSubtask(talk.request), talk.comments))];
}

function exportPlan(comments: readonly string[]): Plan {
  const guarded = comments.some((comment) => guardWish.test(comment));
  const notes = comments.map((comment) => `\n${askedAtPlan}${oneLine(comment)}`).join('');
  const text: Subtask = {
    id: 'csv-text', title: 'Write rows as CSV text', needs: [],
    description: `Add toCsv(rows) in src/csv.js: commas between fields, CR LF after each row, quotation marks around a field that needs them and doubled inside.${guarded ? ` ${guardedMark} (REQ-EXPORT-06, to be added to specs/export.md).` : ''}`,
    scope: ['src/csv.js', 'test/csv.test.js', ...(guarded ? ['specs/export.md'] : [])], requirements: ['REQ-EXPORT-01', 'REQ-EXPORT-02'],
    tests: ['REQ-EXPORT-01 fields are separated by commas and every row ends with CR LF', 'REQ-EXPORT-02 commas, quotation marks and line breaks are quoted'],
  };
  const rows: Subtask = {
    id: 'export-rows', title: 'Turn bookmarks into rows', needs: [],
    description: 'Add exportRows(shelf) in src/exportRows.js: a header and one row for each bookmark. Tags go into one field without their hash, so formatTags in src/tags.js gets options for its mark and separator; lists stay as they are.',
    scope: ['src/exportRows.js', 'src/tags.js', 'test/exportRows.test.js'], requirements: ['REQ-EXPORT-03', 'REQ-EXPORT-04'],
    tests: ['REQ-EXPORT-03 the columns have a header', 'REQ-EXPORT-04 tags stand in one field, separated by ";" and without a hash'],
  };
  const command: Subtask = {
    id: 'export-command', title: 'Add the command `shelf export`', needs: ['csv-text', 'export-rows'],
    description: `Add the command export to src/command.js with --tag as in list, and say so in README.md, CHANGELOG.md and specs/export.md.${notes}`,
    scope: ['src/command.js', 'test/exportCommand.test.js', 'README.md', 'CHANGELOG.md', 'specs/export.md'], requirements: ['REQ-EXPORT-05'],
    tests: ['REQ-EXPORT-05 `export` prints the shelf as CSV', 'REQ-EXPORT-05 `export --tag` prints the bookmarks with the tag'],
  };
  return { summary: `Writing CSV and choosing what goes into it know nothing of each other, so two agents can work at once; the command joins them.${revised(comments)}`, subtasks: [text, rows, command] };
}

const countSubtask: Subtask = {
  id: 'count', title: 'Add the command `shelf count`', needs: [],
  description: 'Add the command count to src/command.js: how many bookmarks there are, with --tag as in list. Name it in README.md.',
  scope: ['src/command.js', 'test/count.test.js', 'README.md'], requirements: ['REQ-LIST-03'],
  tests: ['REQ-LIST-03 `count` says how many bookmarks there are, with a tag how many have it'],
};

const titlesSubtask: Subtask = {
  id: 'titles', title: 'Cut long titles between characters', needs: [],
  description: 'In src/list.js shorten cuts an emoji in two. Cut between characters as people see them, and show it with a test.',
  scope: ['src/list.js', 'test/list.test.js'], requirements: ['REQ-LIST-02'], tests: ['REQ-LIST-02 a title is not cut inside of a character'],
};

function noteSubtask(request: string): Subtask {
  return {
    id: 'note', title: 'Note the request in the changelog', needs: [],
    description: `The demo agent is scripted and cannot do this: "${oneLine(request)}". It notes it under "Unreleased" in CHANGELOG.md.`,
    scope: ['CHANGELOG.md'], requirements: [], tests: [],
  };
}

function single(subtask: Subtask, comments: readonly string[]): Plan {
  const notes = comments.map((comment) => `\n${askedAtPlan}${oneLine(comment)}`).join('');
  const scope = notes === '' ? subtask.scope : [...new Set([...subtask.scope, 'CHANGELOG.md'])];
  return { summary: `One small subtask is enough: ${subtask.title.toLowerCase()}.${revised(comments)}`, subtasks: [{ ...subtask, scope, description: `${subtask.description}${notes}` }] };
}

function revised(comments: readonly string[]): string {
  return comments.map((comment) => ` Revised after the comment "${oneLine(comment)}".`).join('');
}
