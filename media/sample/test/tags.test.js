import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTags, formatTags, parseTags } from '../src/tags.js';

test('REQ-TAGS-01 tags are read in lower case, once each, in order', () => {
  assert.deepEqual(parseTags('Web, css  #web'), ['css', 'web']);
  assert.deepEqual(parseTags(' '), []);
});

test('REQ-TAGS-02 tags are shown with a hash and one space between', () => {
  assert.equal(formatTags(['css', 'web']), '#css #web');
  assert.equal(formatTags([]), '');
});

test('REQ-TAGS-03 the most used tag is named first, equal ones in order', () => {
  const shelf = [{ tags: ['web', 'css'] }, { tags: ['web'] }, { tags: ['art'] }];
  assert.deepEqual(countTags(shelf), [['web', 2], ['art', 1], ['css', 1]]);
});
