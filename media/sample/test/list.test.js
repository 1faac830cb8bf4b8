import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderList } from '../src/list.js';

test('REQ-LIST-01 one line for each bookmark, in columns', () => {
  const shelf = [
    { url: 'https://example.com/a', title: 'Short', tags: ['css', 'web'], added: '2026-02-02' },
    { url: 'https://example.com/b', title: 'No tags', tags: [], added: '2026-01-01' },
  ];
  assert.equal(renderList(shelf), [
    '2026-02-02  Short                                     #css #web',
    '2026-01-01  No tags',
  ].join('\n'));
});

test('REQ-LIST-02 a long title is shortened', () => {
  const [line] = renderList([{ title: 'x'.repeat(50), tags: [], added: '2026-01-01' }]).split('\n');
  assert.equal(line, `2026-01-01  ${'x'.repeat(39)}…`);
});
