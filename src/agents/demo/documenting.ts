/**
 * The demo agent as the author of documents: requirements, specifications, readings of these, and findings about a bug.
 * Owns: what it has words for. Refuses: to claim more than it has read: for other requests it says that it is scripted.
 */
import { exists, lookAround, read, textRead } from './moves.ts';
import type { Step } from './moves.ts';
import { oneLine, wishOf } from './planning.ts';
import type { Wish } from './planning.ts';
import { declaredOutputs } from './outputs.ts';
import type { Talk } from './talk.ts';
import { hasBrokenTitles } from './titleFiles.ts';

export function documenting(talk: Talk): readonly Step[] {
  const name = talk.document ?? '';
  const wish = wishOf(talk.request);
  const submit = (text: (current: Talk) => string, outputs: (current: Talk) => Readonly<Record<string, unknown>> = () => ({})): Step => (current) => ({
    say: `That is all I need for ${name}.`, name: 'submit_document', input: { text: `${text(current)}${answered(current)}`, ...declaredOutputs(current, outputs(current)) },
  });
  if (/review|check/.test(name)) return [submit(() => `# ${name}\n\nI found nothing that is missing, and nothing that can be read in two ways.\n`)];
  if (/investigation|finding/.test(name)) {
    return [lookAround('I will look at the project first.'), ...(wish === 'titles' ? [read('src/list.js', 'Titles are shortened here.'), read('specs/list.md', 'What should happen?'), read('test/list.test.js', 'Which test could have seen it?')] : []),
      submit((current) => investigation(wish, current), (current) => ({ verdict: isBug(wish, current) ? 'bug' : 'no-bug' }))];
  }
  const look = [lookAround('I will look at the project first.'), ...(wish === 'export' ? [read('specs/export.md', 'There is a specification of the export already.')] : [])];
  return [...look, submit((current) => (/requirement/.test(name) ? requirements(wish, current) : specification(wish, current)))];
}

function isBug(wish: Wish, talk: Talk): boolean {
  return wish === 'titles' && hasBrokenTitles(textRead(talk, 'src/list.js'));
}

/** What a person asked for stands in the new version, word for word. */
function answered(talk: Talk): string {
  return talk.comments.length === 0 ? '' : `\n## Asked for\n\n${talk.comments.map((comment) => `- ${oneLine(comment)}\n`).join('')}`;
}

function investigation(wish: Wish, talk: Talk): string {
  if (!isBug(wish, talk)) {
    return `# Investigation\n\nThe demo agent is scripted: it knows one bug of this project, and "${oneLine(talk.request)}" does not describe it. Nothing was looked into, so nothing should be changed.\n`;
  }
  const source = textRead(talk, 'src/list.js');
  const line = source.split('\n').findIndex((text) => text.includes('title.slice(0, titleWidth - 1)')) + 1;
  return `# Investigation

Long titles are shown with a broken character before the "…" where an emoji stands at the cut. By REQ-LIST-02 the beginning of the title has to be shown.

## How to see it

List a bookmark whose title is 38 letters and then 👩‍🚀: the line ends in half an emoji.

## Cause

\`src/list.js\`, line ${line}: \`title.slice\` counts UTF-16 units, and an emoji is several of them (read). Whatever comes after the cut is lost, so half of it stays.

## What has to change

\`shorten\` has to cut between characters as people see them. Short titles, the width of the column and the "…" stay as they are.
\`test/list.test.js\` has a title of letters only, so it could not see this; one with an emoji at the cut would have.
`;
}

function requirements(wish: Wish, talk: Talk): string {
  const wanted = [...textRead(talk, 'specs/export.md').matchAll(/^- (REQ-EXPORT-\d+): (.*)$/gm)].map(([, id = '', text = '']) => `- ${id}: ${text}`);
  if (wish === 'export' && wanted.length > 0) {
    return `# Requirements: the shelf in a spreadsheet

People who keep many bookmarks want to sort and count them in a spreadsheet, and have to copy them there line by line.

- As somebody with a full shelf I want it as CSV, so that my spreadsheet opens it.
  - Given a shelf with two bookmarks, When I call \`shelf export\`, Then I get a header and two rows.
  - Given a title with a comma and quotation marks, When it is exported, Then the spreadsheet shows it in one field.

## Requirements

${wanted.join('\n')}

## Not wanted

Importing, and other formats than CSV.
`;
  }
  return `# Requirements: ${oneLine(talk.request)}

The demo agent is scripted; it keeps the request as it is.

- REQ-DEMO-01: WHEN ${wish === 'count' ? '`shelf count` is called, Shelf shall say how many bookmarks there are; with `--tag`, how many have the tag' : 'the task is done, the changelog shall name what was asked for'}.
  - Given the sample, When the task is done, Then ${wish === 'count' ? 'the command is there' : 'the line is there'}.
`;
}

function specification(wish: Wish, talk: Talk): string {
  switch (wish) {
    case 'export': return `# Specification: \`shelf export\`

Writing CSV, choosing what goes into a row, and the command know as little of each other as they can.

| Requirement | Where | Test |
|---|---|---|
| REQ-EXPORT-01, REQ-EXPORT-02 | \`toCsv(rows)\` in \`src/csv.js\`, new | \`test/csv.test.js\` |
| REQ-EXPORT-03, REQ-EXPORT-04 | \`exportRows(shelf)\` in \`src/exportRows.js\`, new; \`formatTags\` gets options | \`test/exportRows.test.js\` |
| REQ-EXPORT-05 | \`export\` in \`src/command.js\` | \`test/exportCommand.test.js\` |

Lists use \`formatTags\` too: its defaults have to stay (REQ-TAGS-02). ${exists(talk, 'src/csv.js') ? '`src/csv.js` is there already.' : 'Nothing of it is there yet.'}
`;
    case 'count': return '# Specification: `shelf count`\n\n`count` in `src/command.js`, over `withTag` as `list` does it; `test/count.test.js` shows it (REQ-DEMO-01).\n';
    case 'titles': return '# Specification: whole characters\n\n`shorten` in `src/list.js` cuts between characters as people see them (`Intl.Segmenter`); `test/list.test.js` shows it (REQ-LIST-02).\n';
    case 'note': return '# Specification\n\nA line in `CHANGELOG.md` under "Unreleased" (REQ-DEMO-01). The demo agent is scripted and can do no more for this request.\n';
  }
}
