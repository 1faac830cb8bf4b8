/** Flaky tests, played: rows of the truth table. How often each failed is in `flakes.int.spec.ts`. */
import { flipping } from '../support/counting.ts';
import { adder, gate } from '../support/projects.ts';
import type { Files } from '../support/smallRepository.ts';
import type { Row } from './row.ts';

type Tests = Parameters<typeof flipping>[0];
const every = Array.from({ length: 20 }, (_, index) => index + 1);
const steady = { base: [], head: [] };
const sides = (base: Tests, head: Tests = base): { readonly base: Files; readonly change: Files } => ({
  base: { ...gate('mocha'), 'src/add.js': adder, 'test/a.spec.js': flipping(base) }, change: { head: 'x', 'test/a.spec.js': flipping(head) },
});

export const flakyRows: readonly Row[] = [
  { name: 'a test that flips on both sides', counted: true, ...sides({ flips: { base: [3], head: [1, 2] }, holds: steady }), expected: 'accepted known-flaky-only' },
  { name: 'a test that flips on the change alone', counted: true, ...sides({ flips: { base: [], head: [1] }, holds: steady }), expected: 'rejected new-failures' },
  { name: 'a test that fails every time, beside one that flips', counted: true, ...sides({ flips: { base: [3], head: [1, 2] }, breaks: { base: [], head: every } }), expected: 'rejected new-failures' },
  { name: 'a new test that flips', counted: true, ...sides({ holds: steady }, { flips: { base: [], head: [1] }, holds: steady }), expected: 'rejected new-test-flaky' },
];
