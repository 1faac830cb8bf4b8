import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addBookmark, withTag } from '../src/shelf.js';

const old = { url: 'https://example.com/a', title: 'A', tags: ['web'], added: '2026-01-01' };

test('REQ-SHELF-01 a new bookmark comes first and the given shelf stays as it was', () => {
  const shelf = [old];
  const next = addBookmark(shelf, { url: 'https://example.com/b', title: ' B ', tags: 'Web css', added: '2026-02-02' });
  assert.deepEqual(next, [{ url: 'https://example.com/b', title: 'B', tags: ['css', 'web'], added: '2026-02-02' }, old]);
  assert.deepEqual(shelf, [old]);
});

test('REQ-SHELF-02 an address that is not http is refused by name', () => {
  assert.throws(() => addBookmark([], { url: 'javascript:alert(1)', title: 'No', added: '2026-02-02' }), /"javascript:alert\(1\)" is no address/);
});

test('REQ-SHELF-03 an address that is there already is kept once, the newer way', () => {
  const next = addBookmark([old], { url: old.url, title: 'A again', added: '2026-02-02' });
  assert.deepEqual(next.map(({ title }) => title), ['A again']);
});

test('REQ-LIST-03 a tag chooses the bookmarks that have it', () => {
  assert.deepEqual(withTag([old], '#WEB'), [old]);
  assert.deepEqual(withTag([old], 'css'), []);
  assert.deepEqual(withTag([old], undefined), [old]);
});
