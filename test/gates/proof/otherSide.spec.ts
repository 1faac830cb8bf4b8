// Which files of one side are laid over the other, and what is read from such a run.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outcomesOf, testPatches } from '../../../src/gates/proof/otherSide.ts';
import type { GateRun } from '../../../src/gates/gateRun.ts';
import type { ChangedFile } from '../../../src/ports/archive.ts';

const change = (status: ChangedFile['status'], path: string, previous: string | null = null, marks: readonly string[] = []): ChangedFile => ({ path, previous, status, added: 1, removed: 1, marks });
const archive = (files: Readonly<Record<string, string>>) => ({ readFile: (commit: string, path: string) => Promise.resolve(new TextEncoder().encode(files[`${commit}:${path}`] ?? `${path} of ${commit}`)) });
const shown = (patch: ReadonlyMap<string, Uint8Array | null> | null): unknown => patch && Object.fromEntries([...patch].map(([path, bytes]) => [path, bytes && new TextDecoder().decode(bytes)]));
const patches = async (changes: readonly ChangedFile[], files = {}): Promise<unknown[]> => {
  const { ofHead, ofBase } = await testPatches(archive(files), 'base', 'head', changes);
  return [shown(ofHead), shown(ofBase)];
};

describe('REQ-GATE-120 REQ-GATE-123 the tests of one side over the sources of the other', () => {
  it('are the test files that the change touches, with what supports them, and no others', async () => {
    assert.deepEqual(await patches([change('modified', 'src/a.ts'), change('added', 'test/a.spec.ts'), change('modified', 'test/support/given.ts'), change('deleted', 'src/b_test.go'), change('renamed', 'tests/test_new.py', 'tests/test_old.py'), change('modified', 'test/link.ts', null, ['symlink'])]), [
      { 'test/a.spec.ts': 'test/a.spec.ts of head', 'test/support/given.ts': 'test/support/given.ts of head', 'src/b_test.go': null, 'tests/test_old.py': null, 'tests/test_new.py': 'tests/test_new.py of head' },
      { 'test/support/given.ts': 'test/support/given.ts of base', 'src/b_test.go': 'src/b_test.go of base', 'tests/test_new.py': null, 'tests/test_old.py': 'tests/test_old.py of base' },
    ]);
  });

  it('are none where only documents of a folder called specs changed, and none of the base where the change only adds', async () => {
    assert.deepEqual(await patches([change('modified', 'specs/a.md'), change('modified', 'specs/api.json'), change('modified', 'test/README.md')]), [null, null]);
    assert.deepEqual(await patches([change('added', 'test/a.test.js')]), [{ 'test/a.test.js': 'test/a.test.js of head' }, null]);
  });

  it('are, too, what tests read beside them: an expected result in a file of its own', async () => {
    assert.deepEqual(await patches([change('modified', 'test/fixtures/expected.json')]), [{ 'test/fixtures/expected.json': 'test/fixtures/expected.json of head' }, { 'test/fixtures/expected.json': 'test/fixtures/expected.json of base' }]);
  });

  it('are moved alone where they live in a source of Rust', async () => {
    const tests = (body: string): string => `#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn t() { ${body} }\n}\n`;
    const files = { 'base:src/a.rs': `pub fn a() -> i32 { 1 }\n\n${tests('assert_eq!(a(), 1)')}`, 'head:src/a.rs': `pub fn a() -> i32 { 2 }\n\n${tests('assert_eq!(a(), 2)')}` };
    assert.deepEqual(await patches([change('modified', 'src/a.rs')], files), [
      { 'src/a.rs': `pub fn a() -> i32 { 1 }\n\n${tests('assert_eq!(a(), 2)')}` }, { 'src/a.rs': `pub fn a() -> i32 { 2 }\n\n${tests('assert_eq!(a(), 1)')}` },
    ]);
    assert.deepEqual(await patches([change('modified', 'src/a.rs')], { 'base:src/a.rs': 'fn a() {}\n', 'head:src/a.rs': `fn a() {}\n\n${tests('')}` }), [{ 'src/a.rs': `fn a() {}\n\n${tests('')}` }, null]);
    assert.deepEqual(await patches([change('modified', 'src/a.rs')], { 'base:src/a.rs': 'fn a() {}\n', 'head:src/a.rs': `${tests('')}fn a() {}\n` }), [null, null]);
  });
});

describe('REQ-GATE-120 what a run of one side\'s tests over the other\'s sources says of a test', () => {
  const entry = (id: string, state: 'passed' | 'failed' | 'skipped', message = ''): NonNullable<GateRun['report']>['tests'][number] => ({ id, state, message, file: null, line: null });
  const run = (tests: NonNullable<GateRun['report']>['tests'], more: Partial<GateRun> = {}): GateRun => ({
    setup: 'none', end: { kind: 'exited', code: 1 }, report: { tests, truncated: false, couldNotLoad: false }, reportAsked: true, overloaded: false, unsupportedFilter: false, wrote: [], sandbox: 'none', dependencies: 'none', tail: '', durationMs: 1, ...more,
  });
  const expected = new Set(['a.js › one', 'a.js › two', 'b.js › three', 'pkg › Four']);
  const of = (found: GateRun, test: string): unknown => outcomesOf(found, expected, (name) => name === 'toCsv')(test);

  it('is its own line of the report', () => {
    const found = run([entry('a.js › one', 'passed'), entry('a.js › two', 'failed', 'no'), entry('b.js › three', 'skipped')]);
    assert.deepEqual(['a.js › one', 'a.js › two', 'b.js › three'].map((test) => of(found, test)), [{ kind: 'passed' }, { kind: 'failed', cause: 'assertion', shown: 'no' }, { kind: 'absent', shown: 'is skipped there' }]);
  });

  it('is what kept its file or its package from being loaded', () => {
    const found = run([entry('a.js', 'failed', "does not provide an export named 'toCsv'"), entry('b.js', 'failed', 'SyntaxError: Unexpected token')]);
    assert.deepEqual(['a.js › one', 'b.js › three'].map((test) => of(found, test)), [{ kind: 'failed', cause: 'missing-feature', shown: "does not provide an export named 'toCsv'" }, { kind: 'absent', shown: 'SyntaxError: Unexpected token' }]);
    assert.deepEqual(of(run([], { tail: './a_test.go:7: undefined: toCsv' }), 'pkg › Four'), { kind: 'failed', cause: 'missing-feature', shown: './a_test.go:7: undefined: toCsv' });
  });

  it('is nothing where the run took too long', () => {
    assert.deepEqual(of(run([], { end: { kind: 'timed-out' } }), 'pkg › Four'), { kind: 'absent', shown: 'the run took too long' });
  });
});
