/**
 * The demo agent as an implementer. Owns: the steps for each piece of work, and the one mistake it makes: its first version of
 * `export-rows` runs only its own tests and breaks the list's. What the gate then says is what it repairs.
 */
import { countTests, withCountCommand, withCountRow } from './countFiles.ts';
import {
  commandTests, csvSource, csvTests, firstRowsSource, rowsSource, rowsTests, withChangelogLine, withExportCommand, withFormulaGuard, withFormulaRequirement,
  withFormulaTest, withoutWantedNote, withReadmeRow, withTagOptions,
} from './exportFiles.ts';
import { change, exists, finish, lookAround, read, runOnce, write } from './moves.ts';
import type { Step } from './moves.ts';
import { askedAtPlan, guardedMark, oneLine, wishOf } from './planning.ts';
import type { Talk } from './talk.ts';
import { withTitleTest, withWholeCharacters } from './titleFiles.ts';

/** Tests of the sample that the first version of `export-rows` breaks. */
const brokenByRows = /REQ-TAGS-02|REQ-LIST-01/;

export function implementing(talk: Talk): readonly Step[] {
  const asked = askedFor(talk.subtask?.text ?? '');
  switch (talk.subtask?.id) {
    case 'csv-text': return [read('specs/export.md', 'The requirements first.'), ...csvText(talk.subtask.text.includes(guardedMark)),
      runOnce('node --test test/csv.test.js', 'Do my tests pass?'), finish('Adds toCsv: fields by commas, rows by CR LF, quotation marks where a field needs them.')];
    case 'export-rows': return brokenByRows.test(talk.evidence) ? repairedRows : firstRows;
    case 'export-command': return [...exportCommand(asked), runOnce('npm test', 'The whole suite, since this joins the parts.'), finish('Adds the command `shelf export`, with --tag as in list.')];
    case 'count': return [...count, ...asked.map(noteInChangelog), runOnce('npm test', 'The whole suite.'), finish('Adds the command `shelf count`.')];
    case 'titles': return [...titles, ...asked.map(noteInChangelog), runOnce('npm test', 'The whole suite.'), finish(titlesDone)];
    case 'note': return [noteInChangelog(`Asked for: ${oneLine(talk.request)}`), ...asked.map(noteInChangelog), finish('Notes the request in the changelog: the demo agent is scripted and cannot do it.')];
    default: return talk.comments.length > 0 ? answerComments(talk) : wholeRequest(talk);
  }
}

/** What a person asked for at the plan stands in the subtask's description. */
function askedFor(description: string): readonly string[] {
  return description.split('\n').filter((line) => line.startsWith(askedAtPlan));
}

function noteInChangelog(line: string): Step {
  return change('CHANGELOG.md', (text) => withChangelogLine(text, line), 'This goes into the changelog.');
}

function csvText(guarded: boolean): readonly Step[] {
  return [
    write('src/csv.js', guarded ? withFormulaGuard(csvSource) : csvSource, 'RFC 4180 is short; so is this.'),
    write('test/csv.test.js', guarded ? withFormulaTest(csvTests) : csvTests, 'Now the tests, named after their requirements.'),
    ...(guarded ? [change('specs/export.md', withFormulaRequirement, 'The requirement that was asked for at the plan.')] : []),
  ];
}

const firstRows: readonly Step[] = [
  change('src/tags.js', (text) => withTagOptions(text, false), 'formatTags gets options, so that the export can leave out the hash.'),
  write('src/exportRows.js', firstRowsSource, 'The rows themselves.'),
  write('test/exportRows.test.js', rowsTests, 'Tests for the rows.'),
  runOnce('node --test test/exportRows.test.js', 'Do my tests pass?'),
  finish('Adds exportRows, and options to formatTags.'),
];

const repairedRows: readonly Step[] = [
  read('test/tags.test.js', 'The gate says that tags lost their hash in lists: REQ-TAGS-02. My new default broke what was there.'),
  change('src/tags.js', (text) => withTagOptions(text, true), 'The hash has to stay the default; only the export asks for none.'),
  write('src/exportRows.js', rowsSource, 'The export now says so itself.'),
  write('test/exportRows.test.js', rowsTests, 'The tests stay as they are.'),
  runOnce('npm test', 'This time the whole suite.'),
  finish('Keeps the hash as the default of formatTags (REQ-TAGS-02); the export asks for none.'),
];

function exportCommand(asked: readonly string[]): readonly Step[] {
  return [
    change('src/command.js', withExportCommand, 'Both parts are here now; the command joins them.'),
    write('test/exportCommand.test.js', commandTests, 'A test from end to end.'),
    change('README.md', withReadmeRow, 'People should find it.'),
    noteInChangelog('`shelf export` prints the shelf as CSV, for a spreadsheet.'),
    ...asked.map(noteInChangelog),
    change('specs/export.md', withoutWantedNote, 'The specification said "not built yet".'),
  ];
}

const count: readonly Step[] = [
  change('src/command.js', withCountCommand, 'A small command.'),
  write('test/count.test.js', countTests, 'And its test.'),
  change('README.md', withCountRow, 'People should find it.'),
];

const titlesDone = 'Cuts long titles between characters, so that no half of an emoji is shown (REQ-LIST-02).';
const titleTest = change('test/list.test.js', withTitleTest, 'A title with an emoji at the cut.');
const titles: readonly Step[] = [change('src/list.js', withWholeCharacters, 'Characters as people see them, not UTF-16 units.'), titleTest];

/** Tests alone, for somebody else to make green. */
export function testing(talk: Talk): readonly Step[] {
  const look = lookAround('I will look at the tests that there are.');
  switch (wishOf(talk.request)) {
    case 'export': return [look, write('test/csv.test.js', csvTests, 'By the requirements.'), finish('Tests for REQ-EXPORT-01 and REQ-EXPORT-02.')];
    case 'count': return [look, write('test/count.test.js', countTests, 'By the requirement.'), finish('A test for the command `shelf count`.')];
    case 'titles': return [look, titleTest, runOnce('node --test test/list.test.js', 'It has to fail, and for the right reason.'), finish('A test that shows the broken character; it fails until that is mended.')];
    case 'note': return [look, noteInChangelog(`Asked for: ${oneLine(talk.request)}`), finish('The demo agent is scripted and has no test for this; it notes the request in the changelog.')];
  }
}

/** A quick change, or a rework that no person asked for: everything the request needs, in one go. */
function wholeRequest(talk: Talk): readonly Step[] {
  const look = lookAround(talk.conflict ? 'Others changed the same places first. I do my part again, on top of theirs.' : 'I will look at the project first.');
  const suite = runOnce('npm test', 'The whole suite.');
  switch (wishOf(talk.request)) {
    case 'export': return [look, ...csvText(false), change('src/tags.js', (text) => withTagOptions(text, true), 'formatTags gets options; the hash stays the default.'),
      write('src/exportRows.js', rowsSource, 'The rows.'), write('test/exportRows.test.js', rowsTests, 'Tests for the rows.'), ...exportCommand([]).slice(0, talk.copy !== null && talk.copy % 2 === 0 ? 2 : undefined), suite, finish('Adds `shelf export`: the shelf as CSV.')];
    // Every second of several that do the same is content with less: their results differ, as those of models would.
    case 'count': return talk.copy !== null && talk.copy % 2 === 0 ? [look, ...count.slice(0, 2), suite, finish('Adds the command `shelf count`, without a word in the README.')]
      : [look, ...count, suite, finish('Adds the command `shelf count`.')];
    case 'titles': return [look, ...titles, suite, finish(titlesDone)];
    case 'note': return [look, noteInChangelog(`Asked for: ${oneLine(talk.request)}`), finish('Notes the request in the changelog: the demo agent is scripted and cannot do it.')];
  }
}

/** Any comment is answered by what the review found, as far as it is not done, and by a line that says what was asked. All of it can be repeated. */
function answerComments(talk: Talk): readonly Step[] {
  const notes = talk.comments.map((comment) => noteInChangelog(`Asked for in review: ${oneLine(comment)}`));
  const look = lookAround('A person looked at it. I will see where things stand.');
  if (!exists(talk, 'src/csv.js')) return [look, ...notes, finish('Notes what was asked for in the changelog.')];
  return [
    look,
    change('src/csv.js', withFormulaGuard, 'Titles come from web pages: a spreadsheet must not run one as a formula.'),
    change('test/csv.test.js', withFormulaTest, 'With a test that shows it.'),
    change('specs/export.md', withFormulaRequirement, 'And as a requirement.'),
    ...notes,
    runOnce('npm test', 'The whole suite.'),
    finish('Makes text plain that a spreadsheet would take for a formula (REQ-EXPORT-06), and notes what was asked for.'),
  ];
}
