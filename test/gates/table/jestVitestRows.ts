/** jest and vitest: rows of the truth table. Where the real ones are not installed, stand-ins with their seams show that the listeners hold on to them. */
import { gate, manifest } from '../support/projects.ts';
import type { Files } from '../support/smallRepository.ts';
import { jestStandIn, vitestStandIn } from '../support/standIns.ts';
import type { Row } from './row.ts';

const jsTest = (body: string, first = ''): string => `${first}describe('add', () => {\n  it('adds two', () => { ${body} });\n  it('adds nothing', () => {});\n});\n`;
const addJs = { 'src/add.js': 'exports.add = (a, b) => a + b;\n' };
const jestBase: Files = { ...manifest({ test: 'jest' }), ...addJs, 'test/add.test.js': jsTest('expect(require("../src/add.js").add(1, 2)).toBe(3);'), 'test/other.test.js': 'test("other", () => {});\n' };
const vitestHead = "import { describe, it, expect } from 'vitest';\nimport { add } from '../src/add.js';\n";
const vitestBase: Files = { ...manifest({ test: 'vitest run' }), 'src/add.js': 'export const add = (a, b) => a + b;\n', 'test/add.test.js': jsTest('expect(add(1, 2)).toBe(3);', vitestHead), 'test/other.test.js': `${vitestHead}it('other', () => {});\n` };
const more = { 'README.md': 'more\n' };
const weak = (body: string, first = ''): Files => ({ 'test/add.test.js': jsTest(body, first) });

export const jestVitestRows: readonly Row[] = [
  { name: 'stand-in of jest: all pass', base: { ...jestBase, ...jestStandIn }, change: more, expected: 'accepted passed', passed: 3 },
  { name: 'stand-in of jest: one fails', base: { ...jestBase, ...jestStandIn }, change: { 'src/add.js': 'exports.add = () => 0;\n' }, expected: 'rejected new-failures', failures: ['test/add.test.js › add › adds two'] },
  { name: 'stand-in of jest: exit(0) in the middle', base: { ...jestBase, ...jestStandIn }, change: { 'src/add.js': 'exports.add = () => process.exit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'stand-in of vitest: all pass', base: { ...vitestBase, ...vitestStandIn }, change: more, expected: 'accepted passed', passed: 3 },
  { name: 'stand-in of vitest: one fails', base: { ...vitestBase, ...vitestStandIn }, change: { 'src/add.js': 'export const add = () => 0;\n' }, expected: 'rejected new-failures', failures: ['test/add.test.js › add › adds two'] },
  { runner: 'jest', name: 'jest: all pass', base: jestBase, change: more, expected: 'accepted passed', passed: 3 },
  { runner: 'jest', name: 'jest: one fails', base: jestBase, change: { 'src/add.js': 'exports.add = () => 0;\n' }, expected: 'rejected new-failures', failures: ['test/add.test.js › add › adds two'] },
  { runner: 'jest', name: 'jest: exit(0) in the middle', base: jestBase, change: { 'src/add.js': 'exports.add = () => process.exit(0);\n' }, expected: 'rejected early-exit' },
  { runner: 'jest', name: 'jest: a source that does not load', base: jestBase, change: { 'src/add.js': 'exports.add = (;\n' }, expected: 'rejected new-failures' },
  { runner: 'jest', name: 'jest: no test left', base: jestBase, change: { 'test/add.test.js': null, 'test/other.test.js': null }, expected: 'rejected suite-shrunk' },
  { runner: 'jest', name: 'jest: a coverage threshold with every test passed', base: { ...jestBase, ...manifest({ test: 'jest --coverage' }, { jest: { coverageThreshold: { global: { lines: 90 } } } }), '.gitignore': 'coverage\n' }, change: { 'src/add.js': `exports.add = (a, b) => a + b;\nexports.more = (a) => {\n  if (a) {\n    return 1;\n  }\n  return 2;\n};\n` }, expected: 'rejected threshold' },
  { runner: 'jest', name: 'jest: passed and never ends', base: { ...jestBase, ...gate('jest', '    timeout: 12s\n') }, change: { 'src/add.js': `${addJs['src/add.js']}setInterval(() => {}, 1000);\n` }, expected: 'rejected hung-after-pass' },
  { runner: 'jest', name: 'jest: the suite sees nothing of ours', base: jestBase, change: { 'test/alone.test.js': 'test("alone", () => { expect([process.env.NODE_OPTIONS, require("child_process").execFileSync(process.execPath, ["-p", "process.env.NODE_OPTIONS"]).toString().trim()]).toEqual([undefined, "undefined"]); });\n' }, expected: 'accepted passed', passed: 4 },
  { runner: 'vitest', name: 'vitest: all pass', base: vitestBase, change: more, expected: 'accepted passed', passed: 3 },
  { runner: 'vitest', name: 'vitest: one fails', base: vitestBase, change: { 'src/add.js': 'export const add = () => 0;\n' }, expected: 'rejected new-failures', failures: ['test/add.test.js › add › adds two'] },
  { runner: 'vitest', name: 'vitest: a source that does not load', base: vitestBase, change: { 'src/add.js': 'export const add = (;\n' }, expected: 'rejected build-failed' },
  { runner: 'vitest', name: 'vitest: no test left', base: vitestBase, change: { 'test/add.test.js': null, 'test/other.test.js': null }, expected: 'rejected suite-shrunk' },
  { runner: 'vitest', name: 'vitest: an error outside of a test', base: vitestBase, change: { 'test/other.test.js': `${vitestHead}it('other', () => {});\nPromise.reject(new Error('lost'));\n` }, expected: 'rejected new-failures', failures: ['an error outside of a test'] },
  { runner: 'vitest', name: 'vitest: the suite sees nothing of ours', base: vitestBase, change: { 'test/alone.test.js': `${vitestHead}it('alone', () => { expect(process.env.NODE_OPTIONS).toBe(undefined); });\n` }, expected: 'accepted passed', passed: 4 },
  { runner: 'jest', name: 'jest: a true fix with its test', kind: 'fix', base: { ...jestBase, 'src/add.js': 'exports.add = (a, b) => a - b;\n', ...weak('') }, change: { 'src/add.js': addJs['src/add.js'], ...weak('expect(require("../src/add.js").add(1, 2)).toBe(3);') }, expected: 'accepted passed', proof: 'proven hold' },
  { runner: 'jest', name: 'jest: a wrong fix with a weakened test', base: jestBase, change: { 'src/add.js': 'exports.add = () => 1;\n', ...weak('expect(require("../src/add.js").add(1, 2)).toBeTruthy();') }, expected: 'rejected assertions-weakened' },
  { runner: 'jest', name: 'jest: a snapshot rewritten with the code', base: { ...jestBase, 'test/snap.test.js': 'test("snap", () => { expect(require("../src/add.js").add(1, 2)).toMatchSnapshot(); });\n', 'test/__snapshots__/snap.test.js.snap': '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`snap 1`] = `3`;\n', 'test/add.test.js': jsTest('') }, change: { 'src/add.js': 'exports.add = () => 0;\n', 'test/__snapshots__/snap.test.js.snap': '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`snap 1`] = `0`;\n' }, expected: 'not-verified needs-person' },
  { runner: 'vitest', name: 'vitest: a true fix with its test', kind: 'fix', base: { ...vitestBase, 'src/add.js': 'export const add = (a, b) => a - b;\n', ...weak('', vitestHead) }, change: { 'src/add.js': 'export const add = (a, b) => a + b;\n', ...weak('expect(add(1, 2)).toBe(3);', vitestHead) }, expected: 'accepted passed', proof: 'proven hold' },
  { runner: 'vitest', name: 'vitest: a wrong fix with a weakened test', base: vitestBase, change: { 'src/add.js': 'export const add = () => 1;\n', ...weak('expect(add(1, 2)).toBeDefined();', vitestHead) }, expected: 'rejected assertions-weakened' },
  { runner: 'vitest', name: 'vitest: a test skipped', base: vitestBase, change: { 'test/add.test.js': jsTest('expect(add(1, 2)).toBe(3);', vitestHead).replace("it('adds two'", "it.skip('adds two'") }, expected: 'rejected tests-skipped' },
];
