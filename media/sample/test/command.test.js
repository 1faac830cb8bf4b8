import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../src/command.js';
import { renderList } from '../src/list.js';

const shelf = [
  { url: 'https://example.com/a', title: 'A', tags: ['css', 'web'], added: '2026-02-02' },
  { url: 'https://example.com/b', title: 'B', tags: ['web'], added: '2026-01-01' },
];

test('REQ-LIST-01 `list` shows the whole shelf', () => {
  assert.deepEqual(run(['list'], shelf), { code: 0, output: renderList(shelf) });
});

test('REQ-LIST-03 `list --tag` shows the bookmarks with the tag', () => {
  assert.deepEqual(run(['list', '--tag', 'css'], shelf), { code: 0, output: renderList(shelf.slice(0, 1)) });
});

test('REQ-TAGS-03 `tags` counts', () => {
  assert.deepEqual(run(['tags'], shelf), { code: 0, output: '2 web\n1 css' });
});

test('an unknown command is answered with the usage', () => {
  const { code, output } = run(['toString'], shelf);
  assert.equal(code, 2);
  assert.match(output, /^usage: shelf \S*\blist\b/);
});
