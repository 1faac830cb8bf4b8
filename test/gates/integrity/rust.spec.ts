/** The guard on Rust. REQ ids: specs/integrity.md. */
import { deepEqual } from 'node:assert/strict';
import { inShort, looked, openParsers, type Change, type Row } from './support/looked.ts';

const code = 'pub fn add(a: i32, b: i32) -> i32 { a + b }\n';
const two = '    #[test]\n    fn two() { assert_eq!(add(1, 2), 3); }\n';
const none = '    #[test]\n    fn none() { assert_eq!(add(4, 0), 4); }\n';
const inside = (...tests: readonly string[]): string => `${code}#[cfg(test)]\nmod tests {\n    use super::*;\n${tests.join('')}}\n`;
const test = (before: string, after: string): Change => ({ 'src/lib.rs': [before, after] });
const body = (before: string, after: string): Change => ({ 'tests/add.rs': [`#[test]\nfn adds() {\n${before}\n}\n`, `#[test]\nfn adds() {\n${after}\n}\n`] });

const caught: readonly Row[] = [
  { name: 'a test removed', change: test(inside(two, none), inside(two)), expected: ['high test-removed'] },
  { name: 'all tests removed', change: test(inside(two, none), code), expected: ['high test-removed', 'high test-removed'] },
  { name: 'a test that is none any more', change: test(inside(two), inside(two.replace('#[test]', ''))), expected: ['high test-removed'] },
  { name: 'a test ignored', change: test(inside(two), inside(two.replace('#[test]', '#[test]\n    #[ignore]'))), expected: ['high test-skipped'] },
  { name: 'tests behind a feature', change: test(inside(two), inside(two.replace('#[test]', '#[cfg(feature = "slow")]\n    #[test]'))), expected: ['medium test-skipped'] },
  { name: 'a test emptied', change: body('assert_eq!(add(1, 2), 3);', 'let _ = add(1, 2);'), expected: ['high test-emptied'] },
  { name: 'assert_eq made assert', change: body('let sum = add(1, 2);\nassert_eq!(sum, 3);', 'let sum = add(1, 2);\nassert!(sum > 0);'), expected: ['high assertion-weakened'] },
  { name: 'a value made is_some', change: body('assert_eq!(find(), Some(3));', 'assert!(find().is_some());'), expected: ['high assertion-weakened'] },
  { name: 'assert_eq made assert_ne', change: body('assert_eq!(add(1, 2), 3);', 'assert_ne!(add(1, 2), 4);'), expected: ['high assertion-weakened'] },
  { name: 'assert!(true)', change: body('assert_eq!(add(1, 2), 3);', 'assert!(true);'), expected: ['high assertion-constant'] },
  { name: 'an assertion removed', change: body('assert_eq!(add(1, 2), 3);\nassert_eq!(add(2, 2), 4);', 'assert_eq!(add(1, 2), 3);'), expected: ['high assertion-removed'] },
  { name: 'an early return', change: body('assert_eq!(add(1, 2), 3);', 'return;\nassert_eq!(add(1, 2), 3);'), expected: ['high assertion-weakened'] },
  { name: 'a panic that is not told any more', change: { 'tests/add.rs': ['#[test]\n#[should_panic(expected = "two")]\nfn adds() { add(1); }\n', '#[test]\n#[should_panic]\nfn adds() { add(1); }\n'] }, expected: ['medium assertion-weakened'] },
  { name: 'an expectation changed', change: body('assert_eq!(add(1, 2), 3);', 'assert_eq!(add(1, 2), -1);'), expected: ['medium expectation-changed'] },
];

const honest: readonly Row[] = [
  { name: 'a test added', change: test(inside(two), inside(two, none)), expected: [] },
  { name: 'rustfmt', change: body('assert_eq!(add(1,2),3);', 'assert_eq!(\n        add(1, 2),\n        3,\n    );'), expected: [] },
  { name: 'tests moved to a file of their own', change: { 'src/lib.rs': [inside(two, none), code], 'tests/add.rs': [null, `use calc::*;\n${two}${none}`] }, expected: [] },
  { name: 'copies made cases', change: { 'tests/add.rs': [`${two}${none}`, '#[rstest]\n#[case(1, 2, 3)]\n#[case(4, 0, 4)]\nfn adds(#[case] a: i32, #[case] b: i32, #[case] sum: i32) { assert_eq!(add(a, b), sum); }\n'] }, expected: ['low test-removed'] },
  { name: 'assert made assert_eq', change: body('assert!(add(1, 2) == 3);', 'assert_eq!(add(1, 2), 3);'), expected: [] },
  { name: 'arguments turned around, with a message', change: body('assert_eq!(3, add(1, 2));', 'assert_eq!(add(1, 2), 3, "a sum");'), expected: [] },
  { name: 'a string made in another way', change: body('assert_eq!(say(), "a".to_string());', 'assert_eq!(say(), String::from("a"));'), expected: [] },
  { name: 'a code change without its tests', change: test(inside(two), inside(two).replace('a + b', 'b + a')), expected: [] },
];

describe('the integrity guard on Rust', () => {
  before(openParsers);

  for (const { name, change, expected } of caught) it(`REQ-INTEGRITY-10: finds ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of honest) it(`REQ-INTEGRITY-11: does not mistake ${name}`, () => deepEqual(inShort(looked(change)), expected));
});
