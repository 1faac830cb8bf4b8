/**
 * What the demo agent writes for "Add CSV export": whole files, and edits of files that are there.
 * Owns: the code and tests of the sample's export. Pure text; the first version of `formatTags` has a real mistake in it.
 */

export const csvSource = `/**
 * Rows of fields as CSV text (RFC 4180): commas between fields, CR LF after every row.
 * A field that contains a comma, a quotation mark or a line break is put in quotation marks.
 */
export function toCsv(rows) {
  return rows.map((row) => \`\${row.map(writeField).join(',')}\\r\\n\`).join('');
}

function writeField(value) {
  const text = String(value);
  return /[",\\r\\n]/.test(text) ? \`"\${text.replaceAll('"', '""')}"\` : text;
}
`;

export const csvTests = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from '../src/csv.js';

test('REQ-EXPORT-01 fields are separated by commas and every row ends with CR LF', () => {
  assert.equal(toCsv([['a', 'b'], ['c', 1]]), 'a,b\\r\\nc,1\\r\\n');
  assert.equal(toCsv([]), '');
});

test('REQ-EXPORT-02 commas, quotation marks and line breaks are quoted', () => {
  assert.equal(toCsv([['a,b', 'say "hi"', 'two\\nlines', 'plain']]), '"a,b","say ""hi""","two\\nlines",plain\\r\\n');
});
`;

export const rowsSource = `import { formatTags } from './tags.js';

const columns = ['added', 'title', 'url', 'tags'];

/** A shelf as rows of fields, the header first: what a spreadsheet shows. */
export function exportRows(shelf) {
  return [columns, ...shelf.map(({ added, title, url, tags }) => [added, title, url, formatTags(tags, { mark: '', separator: ';' })])];
}
`;

/** What the first attempt writes: it leans on a default that shows tags without their mark. */
export const firstRowsSource = rowsSource.replace("{ mark: '', separator: ';' }", "{ separator: ';' }");

export const rowsTests = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportRows } from '../src/exportRows.js';

const bookmark = { url: 'https://example.com/a', title: 'A, B and C', tags: ['css', 'web'], added: '2026-02-02' };

test('REQ-EXPORT-03 the columns have a header', () => {
  assert.deepEqual(exportRows([]), [['added', 'title', 'url', 'tags']]);
  assert.deepEqual(exportRows([bookmark])[1].slice(0, 3), ['2026-02-02', 'A, B and C', 'https://example.com/a']);
});

test('REQ-EXPORT-04 tags stand in one field, separated by ";" and without a hash', () => {
  assert.equal(exportRows([bookmark])[1][3], 'css;web');
  assert.equal(exportRows([{ ...bookmark, tags: [] }])[1][3], '');
});
`;

const formatTags = (mark: string, example: string): string => `/** ${example} */
export function formatTags(tags, { mark = '${mark}', separator = ' ' } = {}) {
  return tags.map((tag) => \`\${mark}\${tag}\`).join(separator);
}
`;
const anyFormatTags = /\/\*\*[^\n]*\*\/\nexport function formatTags\([\s\S]*?\n\}\n/;

/** \`formatTags\` with options. \`right\`: a hash stays the default, so that lists look as they did. */
export function withTagOptions(source: string, right: boolean): string {
  const text = right
    ? formatTags('#', '[\'css\', \'web\'] → \'#css #web\'; with { mark: \'\', separator: \';\' } → \'css;web\'')
    : formatTags('', '[\'css\', \'web\'] → \'css web\'; with { separator: \';\' } → \'css;web\'');
  return source.replace(anyFormatTags, () => text);
}

export function withExportCommand(source: string): string {
  if (source.includes('toCsv')) return source;
  return source
    .replace("import { renderList } from './list.js';\n", "import { toCsv } from './csv.js';\nimport { exportRows } from './exportRows.js';\nimport { renderList } from './list.js';\n")
    .replace(/(\n {2}tags: [^\n]*\n)/, '$1\n  export: (shelf, { tag }) => toCsv(exportRows(withTag(shelf, tag))),\n');
}

export const commandTests = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../src/command.js';

const shelf = [
  { url: 'https://example.com/a', title: '"The Web", a talk', tags: ['talks', 'web'], added: '2026-02-02' },
  { url: 'https://example.com/b', title: 'B', tags: ['css'], added: '2026-01-01' },
];

test('REQ-EXPORT-05 \`export\` prints the shelf as CSV', () => {
  assert.deepEqual(run(['export'], shelf), {
    code: 0,
    output: [
      'added,title,url,tags',
      '2026-02-02,"""The Web"", a talk",https://example.com/a,talks;web',
      '2026-01-01,B,https://example.com/b,css',
      '',
    ].join('\\r\\n'),
  });
});

test('REQ-EXPORT-05 \`export --tag\` prints the bookmarks with the tag', () => {
  assert.equal(run(['export', '--tag', 'css'], shelf).output, 'added,title,url,tags\\r\\n2026-01-01,B,https://example.com/b,css\\r\\n');
});
`;

export function withReadmeRow(readme: string): string {
  if (readme.includes('`shelf export')) return readme;
  return readme.replace(/(\| `shelf tags`[^\n]*\n)/, '$1| `shelf export [--tag TAG]` | prints the shelf as CSV, for a spreadsheet |\n');
}

export function withoutWantedNote(spec: string): string {
  return spec.replace('Wanted, not built yet.\n\n', '');
}

/** A line under "Unreleased", once. */
export function withChangelogLine(changelog: string, line: string): string {
  const entry = `- ${line}\n`;
  if (changelog.includes(entry)) return changelog;
  const heading = '## Unreleased\n\n';
  return changelog.includes(heading) ? changelog.replace(heading, () => `${heading}${entry}`) : `${changelog === '' ? '# Changelog\n' : changelog}\n${heading}${entry}`;
}

/** What the review asks for: text that a spreadsheet would run as a formula is made plain. */
export function withFormulaGuard(source: string): string {
  if (source.includes('formula')) return source;
  return source
    .replace(' * A field that contains', ' * Text that a spreadsheet would take for a formula gets an apostrophe before it: titles come from web pages.\n * A field that contains')
    .replace('  const text = String(value);\n', () => "  const text = String(value).replace(/^[=+\\-@\\t\\r]/, \"'$&\");\n");
}

export function withFormulaTest(tests: string): string {
  if (tests.includes('REQ-EXPORT-06')) return tests;
  return `${tests}
test('REQ-EXPORT-06 text that a spreadsheet would take for a formula is made plain', () => {
  assert.equal(toCsv([['=HYPERLINK("https://example.com")', '+1', '-1', '@x', '2026-01-01']]), '"\\'=HYPERLINK(""https://example.com"")",\\'+1,\\'-1,\\'@x,2026-01-01\\r\\n');
});
`;
}

export function withFormulaRequirement(spec: string): string {
  if (spec.includes('REQ-EXPORT-06')) return spec;
  return `${spec}- REQ-EXPORT-06: If a field begins with a character by which a spreadsheet knows a formula, then Shelf shall put an apostrophe before it.\n`;
}
