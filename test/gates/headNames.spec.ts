/** The base's report in the names of the head. REQ ids: specs/gates.md. */
import { deepEqual } from 'node:assert/strict';
import { withHeadNames } from '../../src/gates/headNames.ts';
import type { GateRun } from '../../src/gates/gateRun.ts';
import type { MovedTest } from '../../src/gates/integrity/movedTests.ts';
import { looked, movedIn, openParsers } from './integrity/support/looked.ts';

const run = (...ids: readonly string[]): GateRun => ({
  setup: 'none', end: { kind: 'exited', code: 0 }, reportAsked: true, overloaded: false, unsupportedFilter: false, wrote: [], sandbox: '', dependencies: 'none', durationMs: 1, tail: '',
  report: { tests: ids.map((id) => ({ id, state: 'passed' as const, message: '', file: null, line: null })), truncated: false, couldNotLoad: false, left: [] },
});
const moved = (file: string, path: readonly string[], toFile: string, toPath: readonly string[]): MovedTest => ({ from: { file, path: [...path] }, to: { file: toFile, path: [...toPath] } });
const named = (base: readonly string[], head: readonly string[], ...tests: readonly MovedTest[]): readonly string[] => (withHeadNames(run(...base), run(...head), tests)(run(...base)).report?.tests ?? []).map(({ id }) => id);

describe('tests under another name', () => {
  before(openParsers);

  it('REQ-GATE-33: an id of each runner is given its new name', () => {
    deepEqual(named(['test/a.spec.js › add › two', 'test/a.spec.js › other'], ['test/b.spec.js › sum › both', 'test/a.spec.js › other'], moved('test/a.spec.js', ['add', 'two'], 'test/b.spec.js', ['sum', 'both'])), ['test/b.spec.js › sum › both', 'test/a.spec.js › other']);
    deepEqual(named(['tests/test_a.py › test_two[1-2]', 'tests/test_a.py › test_two[3-4]'], ['tests/test_a.py › test_sum[1-2]', 'tests/test_a.py › test_sum[3-4]'], moved('tests/test_a.py', ['test_two'], 'tests/test_a.py', ['test_sum'])), ['tests/test_a.py › test_sum[1-2]', 'tests/test_a.py › test_sum[3-4]']);
    deepEqual(named(['example.org/a › TestTwo'], ['example.org/a › TestSum'], moved('a/a_test.go', ['TestTwo'], 'a/b_test.go', ['TestSum'])), ['example.org/a › TestSum']);
    deepEqual(named(['small src/lib.rs › tests::two'], ['small src/lib.rs › tests::sum'], moved('src/lib.rs', ['tests', 'two'], 'src/lib.rs', ['tests', 'sum'])), ['small src/lib.rs › tests::sum']);
  });

  it('REQ-GATE-33: an id keeps its name where the head did not run the test, or ran it before', () => {
    const renamed = moved('a.js', ['two'], 'a.js', ['sum']);
    deepEqual(named(['a.js › two'], [], renamed), ['a.js › two']);
    deepEqual(named(['a.js › two', 'a.js › sum'], ['a.js › sum'], renamed), ['a.js › two', 'a.js › sum']);
    deepEqual(named(['a.js › two', 'b.js › two'], ['a.js › sum', 'b.js › two'], renamed), ['a.js › sum', 'b.js › two']);
  });

  it('REQ-INTEGRITY-26: the same body under another name is the same test; with other code or nothing in it, it is another one', () => {
    const file = (title: string, from: string, body = 'expect(add(1, 2)).toBe(3);'): string => `import { add } from '${from}';\nit('${title}', () => { ${body} });\n`;
    const base = file('two', '../src/add.js');
    deepEqual(movedIn({ 'test/a.spec.ts': [base, file('sum', '../src/add.js')] }), [moved('test/a.spec.ts', ['two'], 'test/a.spec.ts', ['sum'])]);
    deepEqual(movedIn({ 'test/a.spec.ts': [base, null], 'test/sub/b.spec.ts': [null, file('two', '../../src/add.js')] }), [moved('test/a.spec.ts', ['two'], 'test/sub/b.spec.ts', ['two'])]);
    deepEqual(movedIn({ 'test/a.spec.ts': [base, null], 'test/b.spec.ts': [null, file('two', './add.js')] }), []);
    deepEqual(movedIn({ 'test/a.spec.ts': [base, null], 'test/b.spec.ts': [null, file('sum', '../src/add.js', 'expect(add(1, 2)).toBe(4);')] }), []);
    deepEqual(movedIn({ 'test/a.spec.ts': [file('two', '../src/add.js', 'add(1, 2);'), file('sum', '../src/add.js', 'add(1, 2, 3);')] }), []);
    deepEqual(looked({ 'test/a.spec.ts': [base, file('sum', '../src/add.js')] }).map(({ severity, kind }) => `${severity} ${kind}`), ['low test-removed']);
  });

  it('REQ-INTEGRITY-28: a test that was renamed and rewritten in its file is the same test, and what became of its assertions is found', () => {
    const file = (title: string, body: string, from = '../src/add.js'): string => `import { add } from '${from}';\nit('${title}', () => { ${body} });\n`;
    const [was, is] = [file('adds', 'const sum = add(1, 2); expect(sum).toBe(3);'), file('adds one more', 'const sum = add(1, 2); expect(sum).toBe(4);')];
    deepEqual(movedIn({ 'test/a.spec.ts': [was, is] }), [moved('test/a.spec.ts', ['adds'], 'test/a.spec.ts', ['adds one more'])]);
    deepEqual(looked({ 'test/a.spec.ts': [was, is] }).map(({ severity, kind }) => `${severity} ${kind}`), ['medium expectation-changed']);
    deepEqual(movedIn({ 'test/a.spec.ts': [was, file('adds one more', 'const sum = add(1, 2); expect(sum).toBe(4);', './add.js')] }), []);
  });
});
