/** What the demo agent writes for the sample's small request, "count the bookmarks". Pure text. */

export function withCountCommand(source: string): string {
  if (source.includes('  count: ')) return source;
  return source.replace('const commands = {\n', 'const commands = {\n  count: (shelf, { tag }) => String(withTag(shelf, tag).length),\n\n');
}

export const countTests = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../src/command.js';

const shelf = [{ tags: ['css', 'web'] }, { tags: ['web'] }];

test('REQ-LIST-03 \`count\` says how many bookmarks there are, with a tag how many have it', () => {
  assert.deepEqual(run(['count'], shelf), { code: 0, output: '2' });
  assert.deepEqual(run(['count', '--tag', 'css'], shelf), { code: 0, output: '1' });
});
`;

export function withCountRow(readme: string): string {
  if (readme.includes('`shelf count')) return readme;
  return readme.replace(/(\| `shelf list[^\n]*\n)/, '$1| `shelf count [--tag TAG]` | says how many bookmarks there are |\n');
}
