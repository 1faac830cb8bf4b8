/** The guard on JavaScript and TypeScript: what is caught, and what honest changes must not be taken for. REQ ids: specs/integrity.md. */
import { deepEqual } from 'node:assert/strict';
import { inShort, looked, openParsers, type Change, type Row } from './support/looked.ts';

const head = "import { expect } from 'vitest';\nimport { add } from '../src/add.js';\n";
const suite = (...tests: readonly string[]): string => `${head}describe('add', () => {\n${tests.join('\n')}\n});\n`;
const two = "it('adds two', () => { expect(add(1, 2)).toBe(3); });";
const none = "it('adds nothing', () => { expect(add(4, 0)).toBe(4); });";
const both = suite(two, none);
const code: Change = { 'src/add.ts': ['export const add = (a, b) => a - b;\n', 'export const add = (a, b) => a + b;\n'] };
const test = (before: string, after: string, path = 'test/add.spec.ts'): Change => ({ [path]: [before, after] });
const body = (before: string, after: string): Change => test(`${head}it('adds', async () => {\n${before}\n});\n`, `${head}it('adds', async () => {\n${after}\n});\n`);

const caught: readonly Row[] = [
  { name: 'a test removed', change: test(both, suite(two)), expected: ['high test-removed'] },
  { name: 'a test file deleted', change: { 'test/add.spec.ts': [both, null] }, expected: ['high test-removed', 'high test-removed'] },
  { name: 'a test commented out', change: test(both, suite(two, `// ${none}`)), expected: ['high test-removed'] },
  { name: 'a test skipped', change: test(both, both.replace("it('adds two'", "it.skip('adds two'")), expected: ['high test-skipped'] },
  { name: 'a suite skipped', change: test(both, both.replace('describe(', 'describe.skip(')), expected: ['high test-skipped', 'high test-skipped'] },
  { name: 'a test made an xit', change: test(both, both.replace("it('adds two'", "xit('adds two'")), expected: ['high test-skipped'] },
  { name: 'a test made a todo', change: test(both, suite("it.todo('adds two');", none)), expected: ['high test-skipped'] },
  { name: 'a test skipped by its options, node:test', change: test(both, both.replace("it('adds two', ", "it('adds two', { skip: true }, ")), expected: ['high test-skipped'] },
  { name: 'a test that skips itself', change: body('expect(add(1, 2)).toBe(3);', 'this.skip();\nexpect(add(1, 2)).toBe(3);'), expected: ['high test-skipped'] },
  { name: 'a test skipped in some surroundings', change: test(both, both.replace("it('adds two'", "it.skipIf(process.env.CI)('adds two'")), expected: ['medium test-skipped'] },
  { name: 'a test that is expected to fail', change: test(both, both.replace("it('adds two'", "it.fails('adds two'")), expected: ['high test-skipped'] },
  { name: 'a test focused', change: test(both, both.replace("it('adds two'", "it.only('adds two'")), expected: ['high test-focused'] },
  { name: 'a suite focused', change: test(both, both.replace('describe(', 'fdescribe(')), expected: ['high test-focused', 'high test-focused'] },
  { name: 'a test emptied', change: test(both, suite("it('adds two', () => {});", none)), expected: ['high test-emptied'] },
  { name: 'a test that only calls', change: body('expect(add(1, 2)).toBe(3);', 'add(1, 2);'), expected: ['high test-emptied'] },
  { name: 'a test that only prints', change: body('expect(add(1, 2)).toBe(3);', 'console.log(add(1, 2));'), expected: ['high test-emptied'] },
  { name: 'a matcher that is not called', change: body('expect(add(1, 2)).toBe(3);', 'expect(add(1, 2)).toBe;'), expected: ['high assertion-constant'] },
  { name: 'an expect without a matcher', change: body('expect(add(1, 2)).toBe(3);', 'expect(add(1, 2));'), expected: ['high assertion-constant'] },
  { name: 'an assertion removed of two', change: body('expect(add(1, 2)).toBe(3);\nexpect(add(2, 2)).toBe(4);', 'expect(add(1, 2)).toBe(3);'), expected: ['high assertion-removed'] },
  { name: 'toBe made toBeTruthy', change: body('expect(add(1, 2)).toBe(3);', 'expect(add(1, 2)).toBeTruthy();'), expected: ['high assertion-weakened'] },
  { name: 'toBe made toBeDefined', change: body('expect(add(1, 2)).toBe(3);', 'expect(add(1, 2)).toBeDefined();'), expected: ['high assertion-weakened'] },
  { name: 'toEqual made toContain', change: body("expect(list()).toEqual(['a', 'b']);", "expect(list()).toContain('a');"), expected: ['high assertion-weakened'] },
  { name: 'a list compared made a length', change: body("expect(list()).toEqual(['a', 'b']);", 'expect(list()).toHaveLength(2);'), expected: ['high assertion-weakened'] },
  { name: 'a whole compared made a part', change: body('expect(user()).toEqual({ id: 1, name: "a" });', 'expect(user()).toMatchObject({ id: 1 });'), expected: ['medium assertion-weakened'] },
  { name: 'equal made ok', change: body('assert.equal(add(1, 2), 3);', 'assert.ok(add(1, 2));'), expected: ['high assertion-weakened'] },
  { name: 'true made anything like it', change: body('assert.strictEqual(isSum(3), true);\nexpect(isSum(4)).toBe(false);', 'assert.ok(isSum(3));\nexpect(isSum(4)).toBeFalsy();'), expected: ['low assertion-weakened', 'low assertion-weakened'] },
  { name: 'anything like true made true', change: body('assert.ok(isSum(3));', 'assert.strictEqual(isSum(3), true);'), expected: [] },
  { name: 'equal made a type', change: body('assert.strictEqual(add(1, 2), 3);', "assert.strictEqual(typeof add(1, 2), 'number');"), expected: ['high assertion-weakened'] },
  { name: 'equal made a bound', change: body('const sum = add(1, 2);\nassert.equal(sum, 3);', 'const sum = add(1, 2);\nassert.ok(sum > 0);'), expected: ['high assertion-weakened'] },
  { name: 'equal made unequal', change: body('assert.equal(add(1, 2), 3);', 'assert.notEqual(add(1, 2), 4);'), expected: ['high assertion-weakened'] },
  { name: 'an error described made any error', change: body('expect(() => add()).toThrow("two numbers");', 'expect(() => add()).toThrow();'), expected: ['medium assertion-weakened'] },
  { name: 'an error made none', change: body('expect(() => add()).toThrow("two numbers");', 'expect(() => add()).not.toThrow();'), expected: ['medium assertion-weakened'] },
  { name: 'a value made expect.anything', change: body('expect(user()).toEqual({ id: 1, name: "a" });', 'expect(user()).toEqual({ id: expect.anything(), name: "a" });'), expected: ['high assertion-weakened'] },
  { name: 'a tolerance made wide', change: body('expect(ratio()).toBeCloseTo(0.3333, 4);', 'expect(ratio()).toBeCloseTo(0.3333, 0);'), expected: ['high assertion-weakened'] },
  { name: 'a body that a request no longer has to have', change: body("request(app).get('/').expect('Content-Type', 'text/plain').expect(200, '{\"a\":1}', done);", "request(app).get('/').expect('Content-Type', 'text/plain').expect(200, done);"), expected: ['high assertion-removed'] },
  { name: 'a function that tests call, made to assert nothing', change: { 'test/helper.js': ["import assert from 'node:assert';\nexport const check = (a, b) => { assert.equal(a, b); };\n", "import assert from 'node:assert';\nexport const check = (a, b) => {};\n"] }, expected: ['high test-emptied'] },
  { name: 'a call compared with itself', change: body('assert.equal(add(1, 2), 3);', 'assert.equal(add(1, 2), add(1, 2));'), expected: ['high assertion-weakened'] },
  { name: 'an assertion caught', change: body('expect(add(1, 2)).toBe(3);', 'try { expect(add(1, 2)).toBe(3); } catch { }'), expected: ['high assertion-weakened'] },
  { name: 'a promise whose failure is caught', change: body('await expect(load()).resolves.toBe(3);', 'await expect(load()).resolves.toBe(3).catch(() => {});'), expected: ['high assertion-weakened'] },
  { name: 'an assertion behind a return', change: body('expect(add(1, 2)).toBe(3);', 'return;\nexpect(add(1, 2)).toBe(3);'), expected: ['high assertion-weakened'] },
  { name: 'an assertion under a condition', change: body('expect(add(1, 2)).toBe(3);', 'if (add(1, 2)) { expect(add(1, 2)).toBe(3); }'), expected: ['medium assertion-weakened'] },
  { name: 'assert(true)', change: body('assert.equal(add(1, 2), 3);', 'assert(true);'), expected: ['high assertion-constant'] },
  { name: 'expect(1).toBe(1)', change: body('expect(add(1, 2)).toBe(3);', 'add(1, 2);\nexpect(1).toBe(1);'), expected: ['high assertion-constant'] },
  { name: 'a value compared with itself', change: body('const sum = add(1, 2);\nexpect(sum).toBe(3);', 'const sum = add(1, 2);\nexpect(sum).toBe(sum);'), expected: ['high assertion-constant'] },
  { name: 'a condition with "or true"', change: body('assert(add(1, 2) === 3);', 'assert(add(1, 2) === 3 || true);'), expected: ['high assertion-constant'] },
  { name: 'an expectation changed with the code', change: { ...code, ...body('expect(add(1, 2)).toBe(3);', 'expect(add(1, 2)).toBe(-1);') }, expected: ['medium expectation-changed'] },
  { name: 'an inline snapshot rewritten', change: body('expect(page()).toMatchInlineSnapshot(`"a"`);', 'expect(page()).toMatchInlineSnapshot(`"b"`);'), expected: ['medium snapshot-rewritten'] },
  { name: 'a check function emptied', change: test(`${head}function expectSum(a, b, c) { expect(add(a, b)).toBe(c); }\nit('adds', () => { expectSum(1, 2, 3); });\n`, `${head}function expectSum(a, b, c) { }\nit('adds', () => { expectSum(1, 2, 3); });\n`), expected: ['high test-emptied', 'high test-emptied'] },
  { name: 'node:test, a subtest skipped', change: test("test('add', async (t) => { await t.test('two', () => assert.equal(add(1, 2), 3)); });\n", "test('add', async (t) => { await t.test('two', { skip: 'later' }, () => assert.equal(add(1, 2), 3)); });\n"), expected: ['high test-skipped'] },
];

const lost: readonly Row[] = [
  { name: 'of a word that the language is made of', change: { 'src/zero.ts': ['export class Zero {}\nexport const zero = new Zero();\n', 'export const zero = 0;\n'], ...test(suite(two, "it('is new', () => { expect(add(new Sum())).toBe(0); });"), suite(two)) }, expected: ['high test-removed'] },
  { name: 'of a word that tests are made of', change: { 'src/zero.ts': ["import assert from 'node:assert';\nassert(0);\n", 'export const zero = 0;\n'], ...test(suite("it('adds', () => { assert.equal(add(1, 2), 3); });", "it('is nothing', () => { assert.equal(add(0, 0), 0); });"), suite("it('adds', () => { assert.equal(add(1, 2), 3); });")) }, expected: ['high test-removed'] },
];

const honest: readonly Row[] = [
  { name: 'a test added', change: test(suite(two), both), expected: [] },
  { name: 'nothing but layout and comments', change: test(both, suite("  // Two.\n  it(\n    'adds two',\n    () => {\n      expect(add(1, 2)).toBe(3);\n    },\n  );", none)), expected: [] },
  { name: 'a request whose demands are said one by one', change: body("request(app).get('/').expect(200, '{\"a\":1}', done);", "await request(app).get('/').expect(200).expect('{\"a\":1}');"), expected: [] },
  { name: 'a test moved in its file', change: test(both, suite(none, two)), expected: [] },
  { name: 'a test moved to another file', change: { 'test/add.spec.ts': [both, suite(two)], 'test/zero.spec.ts': [null, suite(none)] }, expected: [] },
  { name: 'a test moved out of its suite', change: test(both, `${suite(two)}${none}\n`), expected: [] },
  { name: 'a test renamed', change: test(both, both.replace('adds two', 'adds two numbers')), expected: ['low test-removed'] },
  { name: 'a test file renamed', change: { 'test/add.spec.ts': [both, null], 'test/sum.spec.ts': [null, both] }, expected: [] },
  { name: 'a suite renamed', change: test(both, both.replace("describe('add'", "describe('sum'")), expected: [] },
  { name: 'a test renamed, and its expectation said otherwise', change: test(both, both.replace(two, "it('sums', () => { const sum = add(1, 2); expect(sum).toEqual(3); });")), expected: [] },
  { name: 'a test split into two', change: body('expect(add(1, 2)).toBe(3);\nexpect(add(2, 2)).toBe(4);', "expect(add(1, 2)).toBe(3);\n});\nit('adds more', () => {\nexpect(add(2, 2)).toBe(4);"), expected: [] },
  { name: 'two tests made one', change: test(both, suite("it('adds', () => { expect(add(1, 2)).toBe(3); expect(add(4, 0)).toBe(4); });")), expected: ['low test-removed'] },
  { name: 'three copies made a table', change: test(suite(two, none, "it('adds below', () => { expect(add(-1, 0)).toBe(-1); });"), suite("it.each([[1, 2, 3], [4, 0, 4], [-1, 0, -1]])('%i + %i', (a, b, sum) => { expect(add(a, b)).toBe(sum); });")), expected: ['low test-removed', 'low test-removed'] },
  { name: 'copies made a loop', change: test(both, suite("for (const [a, b, sum] of [[1, 2, 3], [4, 0, 4]]) it(`adds ${a}`, () => { expect(add(a, b)).toBe(sum); });")), expected: ['low test-removed'] },
  { name: 'assertions made a loop in one test', change: body('expect(add(1, 2)).toBe(3);\nexpect(add(2, 2)).toBe(4);', 'for (const [a, b, sum] of [[1, 2, 3], [2, 2, 4]]) expect(add(a, b)).toBe(sum);'), expected: [] },
  { name: 'fields compared at once', change: body('const u = user();\nexpect(u.id).toBe(1);\nexpect(u.name).toBe("a");', 'expect(user()).toEqual({ id: 1, name: "a" });'), expected: [] },
  { name: 'a whole compared field by field', change: body('expect(user()).toEqual({ id: 1, name: "a" });', 'const u = user();\nexpect(u.id).toBe(1);\nexpect(u.name).toBe("a");'), expected: [] },
  { name: 'assert made expect', change: body('assert.equal(add(1, 2), 3);\nassert.ok(isSum(3));', 'expect(add(1, 2)).toBe(3);\nexpect(isSum(3)).toBeTruthy();'), expected: [] },
  { name: 'chai made jest', change: body('expect(list()).to.deep.equal([1, 2]);\nexpect(list()).to.have.lengthOf(2);', 'expect(list()).toEqual([1, 2]);\nexpect(list()).toHaveLength(2);'), expected: [] },
  { name: 'a check put into a function', change: test(both, `${head}function expectSum(a, b, sum) { expect(add(a, b)).toBe(sum); }\ndescribe('add', () => {\nit('adds two', () => { expectSum(1, 2, 3); });\nit('adds nothing', () => { expectSum(4, 0, 4); });\n});\n`), expected: [] },
  { name: 'a check taken from another file', change: test(both, `import { expectSum } from './support.js';\n${suite("it('adds two', () => { expectSum(1, 2, 3); });", none)}`), expected: [] },
  { name: 'a value given a name', change: body('expect(add(1, 2)).toBe(3);', 'const sum = add(1, 2);\nexpect(sum).toBe(3);'), expected: [] },
  { name: 'an expectation given a name', change: body('expect(add(1, 2)).toBe(3);', 'const expected = 3;\nexpect(add(1, 2)).toBe(expected);'), expected: [] },
  { name: 'an assertion made stronger', change: body('expect(add(1, 2)).toBeTruthy();', 'expect(add(1, 2)).toBe(3);'), expected: [] },
  { name: '"is there" left out where it is compared', change: body('const u = user();\nexpect(u).toBeDefined();\nexpect(u.id).toBe(1);', 'const u = user();\nexpect(u.id).toBe(1);'), expected: [] },
  { name: 'a skipped test run again', change: test(both.replace("it('adds two'", "it.skip('adds two'"), both), expected: [] },
  { name: 'a focus taken away', change: test(both.replace("it('adds two'", "it.only('adds two'"), both), expected: [] },
  { name: 'a tested function renamed', change: { 'src/add.ts': ['export const add = 1;\n', 'export const sum = 1;\n'], ...test(both, both.replaceAll('add(', 'sum(').replaceAll('{ add }', '{ sum }')) }, expected: [] },
  { name: 'a try around what must fail', change: body('await assert.rejects(load(), /gone/);', 'try { await load(); assert.fail("no"); } catch (error) { assert.match(error.message, /gone/); }'), expected: [] },
  { name: 'TypeScript instead of JavaScript', change: { 'test/add.spec.js': [both, null], 'test/add.spec.ts': [null, both.replace('add(1, 2)', 'add(1, 2) as number')] }, expected: [] },
  { name: 'a table in its suite, gone through in a loop', change: test(`${head}describe.each(['a', 'b'])('%s', (x) => { it('adds', () => { expect(add(x)).toBe(3); }); });\n`, `${head}describe('all', () => {\n  const names = ['a', 'b'];\n  for (const x of names) { describe(x, () => { it('adds', () => { expect(add(x)).toBe(3); }); }); }\n});\n`), expected: [] },
  { name: 'a table taken from another file', change: test(`${head}it.each(['a', 'b'])('adds %s', (x) => { expect(add(x)).toBe(3); });\n`, `${head}import { names } from './names.js';\nit.each(names)('adds %s', (x) => { expect(add(x)).toBe(3); });\n`), expected: ['medium assertion-removed'] },
  { name: 'a callback of a request that did nothing left out', change: body("request(app).get('/').expect(200, () => {});", "await request(app).get('/').expect(200);"), expected: [] },
  { name: 'what a test is told about itself left out', change: { 'test/add.test.js': ["const t = require('tap');\nt.test('adds', t => { t.plan(1); t.equal(add(1, 2), 3); t.end(); });\n", "const t = require('tap');\nt.test('adds', t => { t.equal(add(1, 2), 3); });\n"] }, expected: [] },
  { name: 'a function of the tests moved into the test', change: test(`${head}function twice(x) { return add(x, x); }\nit('adds', () => { twice(1); expect(add(1, 2)).toBe(3); });\n`, `${head}it('adds', () => { function twice(x) { return add(x, x); }\ntwice(1); expect(add(1, 2)).toBe(3); });\n`), expected: [] },
  { name: 'tests moved to a name that some runners take', change: { 'test/add.spec.js': [both, null], 'test.js': [null, both] }, expected: [] },
  { name: 'a feature removed with its test', change: { 'src/zero.ts': ['export function zero(a) { return a; }\n', null], ...test(suite(two, "it('is zero', () => { expect(zero(0)).toBe(0); });"), suite(two)) }, expected: ['medium test-removed'] },
];

describe('the integrity guard on JavaScript', () => {
  before(openParsers);

  for (const { name, change, expected } of caught) it(`REQ-INTEGRITY-10: finds ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of lost) it(`REQ-INTEGRITY-29: finds a test removed for the sake ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of honest) it(`REQ-INTEGRITY-11: does not mistake ${name}`, () => deepEqual(inShort(looked(change)), expected));
});
