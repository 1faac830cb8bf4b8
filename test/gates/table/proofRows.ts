/** The two proofs of tests (product.md G5): rows of the truth table. `proof`: the change's tests without the change, and the base's tests on it. */
import { deepEqual, match } from 'node:assert/strict';
import { adder, adds, gate, mochaFile, withMocha, withNodeTest, wrongAdder } from '../support/projects.ts';
import type { Files } from '../support/smallRepository.ts';
import type { Judged, Row } from './row.ts';

const broken: Files = { ...gate('mocha'), 'src/add.js': wrongAdder, 'test/add.spec.js': mochaFile({ 'adds nothing': 'assert.equal(add(4, 0), 4);' }) };
const more = 'const assert = require("node:assert");\nconst { more } = require("../src/more.js");\nit("is more", () => assert.equal(more(1), 2));\n';
const esBase: Files = { ...gate('node --test'), 'package.json': '{ "type": "module" }', 'src/list.js': 'export const first = (list) => list[0];\n', 'test/list.test.js': 'import { test } from "node:test";\nimport assert from "node:assert";\nimport { first } from "../src/list.js";\ntest("first", () => assert.equal(first([1]), 1));\n' };
const tests = (evidence: Judged): readonly string[] => (evidence.redGreen?.tests ?? []).map(({ test, state }) => `${test}: ${state}`);

export const proofRows: readonly Row[] = [
  {
    name: 'a fix with its test', base: broken, change: { 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) }, expected: 'accepted passed', proof: 'proven hold',
    more: (evidence) => {
      deepEqual(tests(evidence), ['test/add.spec.js › add › adds two: proven']);
      match(evidence.redGreen?.tests[0]?.shown ?? '', /-1 == 3/);
    },
  },
  { name: 'a fix of a test that was red already', kind: 'fix', base: { ...broken, 'test/add.spec.js': mochaFile(adds) }, change: { 'src/add.js': adder }, expected: 'accepted base-red-repaired', proof: 'proven none' },
  { name: 'a fix without a test', kind: 'fix', base: broken, change: { 'src/add.js': adder }, expected: 'not-verified no-red-proof', proof: 'none none' },
  { name: 'a change without a test, of no kind in particular', base: withMocha, change: { 'src/add.js': `// better\n${adder}` }, expected: 'accepted passed', proof: 'none none' },
  { name: 'a test that passes without the fix', base: withMocha, change: { 'src/add.js': `// better\n${adder}`, 'test/add.spec.js': mochaFile({ ...adds, 'adds one': 'assert.equal(add(1, 1), 2);' }) }, expected: 'not-verified no-red-proof', proof: 'not-discriminating hold', more: (evidence) => deepEqual(tests(evidence), ['test/add.spec.js › add › adds one: not-discriminating']) },
  { name: 'the same as a refactoring', kind: 'refactor', base: withMocha, change: { 'src/add.js': `// better\n${adder}`, 'test/add.spec.js': mochaFile({ ...adds, 'adds one': 'assert.equal(add(1, 1), 2);' }) }, expected: 'accepted passed', proof: 'not-discriminating hold' },
  { name: 'a proven test beside one that shows nothing', base: broken, change: { 'src/add.js': adder, 'test/add.spec.js': mochaFile({ ...adds, 'adds zero': 'assert.equal(add(0, 0), 0);' }) }, expected: 'accepted passed', proof: 'proven hold', more: (evidence) => deepEqual(tests(evidence), ['test/add.spec.js › add › adds two: proven', 'test/add.spec.js › add › adds zero: not-discriminating']) },
  { name: 'a feature in a module of its own', kind: 'feature', base: withMocha, change: { 'src/more.js': 'exports.more = (n) => n + 1;\n', 'test/more.spec.js': more }, expected: 'accepted passed', proof: 'proven none', more: (evidence) => match(evidence.redGreen?.tests[0]?.shown ?? '', /Cannot find module '\.\.\/src\/more\.js'/) },
  { name: 'a feature as an export that was not there, ES modules', kind: 'feature', base: esBase, change: { 'src/list.js': 'export const first = (list) => list[0];\nexport const last = (list) => list.at(-1);\n', 'test/last.test.js': 'import { test } from "node:test";\nimport assert from "node:assert";\nimport { last } from "../src/list.js";\ntest("last", () => assert.equal(last([1, 2]), 2));\n' }, expected: 'accepted passed', proof: 'proven none', more: (evidence) => match(evidence.redGreen?.tests[0]?.shown ?? '', /does not provide an export named 'last'/) },
  { name: 'a test that hangs without the fix', base: { ...gate('mocha'), 'src/add.js': 'exports.add = () => undefined;\nexports.later = () => new Promise(() => {});\n', 'test/add.spec.js': 'it("is there", () => require("../src/add.js").add());\n' }, change: { 'src/add.js': 'exports.add = () => undefined;\nexports.later = () => Promise.resolve();\n', 'test/later.spec.js': 'it("comes", function () { this.timeout(100); return require("../src/add.js").later(); });\n' }, expected: 'not-verified no-red-proof', proof: 'inconclusive none', more: (evidence) => match(evidence.redGreen?.tests[0]?.shown ?? '', /Timeout of 100ms exceeded/) },
  { name: 'a test with what supports it', base: broken, change: { 'src/add.js': adder, 'test/support/numbers.js': 'exports.three = 3;\n', 'test/sum.spec.js': 'it("adds", () => require("node:assert").equal(require("../src/add.js").add(1, 2), require("./support/numbers.js").three));\n' }, expected: 'accepted passed', proof: 'proven none' },
  { name: 'a test that was there and says more now', base: { ...withMocha, 'src/add.js': `${adder}exports.name = "plus";\n` }, change: { 'src/add.js': `${adder}exports.name = "sum";\n`, 'test/add.spec.js': mochaFile({ ...adds, 'adds nothing': 'assert.equal(add(4, 0), 4); assert.equal(require("../src/add.js").name, "sum");' }) }, expected: 'accepted passed', proof: 'proven hold', more: (evidence) => deepEqual(tests(evidence), ['test/add.spec.js › add › adds nothing: proven']) },
  {
    name: 'an expectation changed together with the code', base: withMocha, change: { 'src/add.js': 'exports.add = (a, b) => a + b + (a === 1 ? 1 : 0);\n', 'test/add.spec.js': mochaFile({ ...adds, 'adds two': 'assert.equal(add(1, 2), 4);' }) }, expected: 'not-verified needs-person', proof: 'proven fail',
    more: (evidence) => deepEqual([evidence.baseTests?.failing.map(({ test, asked }) => `${test}: ${asked}`), evidence.ticks.some(({ id }) => id === 'base-test:test/add.spec.js › add › adds two')], [['test/add.spec.js › add › adds two: false'], true]),
  },
  { name: 'the same in what is said to be a refactoring', kind: 'refactor', base: withMocha, change: { 'src/add.js': 'exports.add = (a, b) => a + b + (a === 1 ? 1 : 0);\n', 'test/add.spec.js': mochaFile({ ...adds, 'adds two': 'assert.equal(add(1, 2), 4);' }) }, expected: 'rejected assertions-weakened', proof: 'proven fail' },
  {
    name: 'an assertion made looser by other means than the guard knows', base: withMocha,
    change: { 'src/add.js': wrongAdder, 'test/add.spec.js': mochaFile({ 'adds two': 'const got = Math.abs(add(1, 2)); assert.equal(got > 0 ? 3 : 0, 3);', 'adds nothing': 'assert.equal(add(4, 0), 4);' }) }, kind: 'perf', expected: 'rejected assertions-weakened', proof: 'none fail',
  },
  { name: 'tests moved with the module that they are about', kind: 'refactor', base: withMocha, change: { 'src/add.js': null, 'src/sum.js': adder, 'test/add.spec.js': mochaFile(adds).replace('../src/add.js', '../src/sum.js') }, expected: 'accepted passed', proof: 'none inconclusive' },
  { name: 'a build whose output is ignored', base: { ...gate('sh build.sh && mocha'), '.gitignore': 'out\n', 'build.sh': 'mkdir -p out && cp src/*.js out/\n', 'src/add.js': wrongAdder, 'test/add.spec.js': mochaFile({ 'adds nothing': 'assert.equal(add(4, 0), 4);' }).replace('../src', '../out') }, change: { 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds).replace('../src', '../out') }, expected: 'accepted passed', proof: 'proven hold' },
  { name: 'documents', kind: 'docs', base: withMocha, change: { 'README.md': 'more' }, expected: 'accepted passed', proof: 'none none' },
  { name: 'documents in a folder of specifications', kind: 'docs', base: withMocha, change: { 'specs/add.md': 'more' }, expected: 'accepted passed', proof: 'none none' },
  { name: 'a change that is rejected anyway', kind: 'fix', base: withNodeTest, change: { 'src/add.js': wrongAdder }, expected: 'rejected new-failures', proof: 'none none' },
  { name: 'node:test, a fix with its test', kind: 'fix', base: { ...withNodeTest, 'src/add.js': `${adder}exports.half = (n) => n / 3;\n` }, change: { 'src/add.js': `${adder}exports.half = (n) => n / 2;\n`, 'test/half.test.js': 'require("node:test").test("halves", () => require("node:assert").equal(require("../src/add.js").half(4), 2));\n' }, expected: 'accepted passed', proof: 'proven none' },
];
