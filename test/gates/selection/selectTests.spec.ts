/** Command lines by which each runner is asked for one test and for one file, and where nobody asks. */
import { deepEqual } from 'node:assert/strict';
import type { TreeText } from '../../../src/gates/definition.ts';
import type { Runner } from '../../../src/gates/runner.ts';
import { reportsExactly, selectTests, type Narrowed } from '../../../src/gates/selection/selectTests.ts';
import type { TestReport } from '../../../src/gates/testReport.ts';

const tree = (files: Readonly<Record<string, string>>): TreeText => ({ files: new Set(Object.keys(files)), read: async (path) => files[path] ?? null });
const report = (...ids: readonly string[]): TestReport => ({ tests: ids.map((id) => ({ id, state: 'passed', message: '', file: null, line: null })), truncated: false, couldNotLoad: false });
const shown = (found: Narrowed | string): string => (typeof found === 'string' ? `(${found})` : found.names.length === 0 ? found.command : found.names.map((name) => found.meaning.get(name) ?? '').join());

/** Alone, and with its file; the first id is asked for. */
async function asked(runner: Runner, command: string, ids: readonly string[], more: { readonly scripts?: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> } = {}): Promise<readonly string[]> {
  const files = { 'test/a.js': '', 'test/b.js': '', 'tests/test_a.py': '', ...more.files };
  const meaning = new Map(Object.entries(more.scripts ?? {}).map(([name, text]) => [name.includes('#') ? name : `package.json#scripts.${name}`, text]));
  const selection = await selectTests({ command, runner }, meaning, tree(files), report(...ids));
  const [test = ''] = ids;
  return [shown(selection.alone(test)), shown(selection.withFile(test))];
}
const js = ['test/a.js › adds › it\'s 2 (two)', 'test/a.js › other', 'test/b.js › third'];
const py = ['tests/test_a.py › TestAdd › test_adds[1-a b]', 'tests/test_a.py › test_other', 'test/b.js › third'];

describe('REQ-GATE-133 chosen tests', () => {
  const rows: readonly (readonly [Runner, string, readonly string[], readonly [string, string]])[] = [
    ['mocha', 'mocha --exit', js, [String.raw`mocha --exit --grep '^adds(?: | › )it'\''s 2 \(two\)$'`, String.raw`mocha --exit --grep '^(?:adds(?: | › )it'\''s 2 \(two\)|other)$'`]],
    ['mocha', 'mocha', ['test/a.js › at 0x…', 'test/a.js › b', 'test/b.js › c'], [String.raw`mocha --grep '^at 0x[0-9a-f]+$'`, String.raw`mocha --grep '^(?:at 0x[0-9a-f]+|b)$'`]],
    ['node-test', 'node --test test/', js, [String.raw`node --test --test-name-pattern='^adds(?: | › )it'\''s 2 \(two\)$' test/a.js`, 'node --test test/a.js']],
    ['node-test', 'c8 node --import tsx --test "test/*.js"', ['test/a.js › one', 'test/a.js › two', 'test/b.js › c'], ["c8 node --import tsx --test --test-name-pattern='^one$' test/a.js", 'c8 node --import tsx --test test/a.js']],
    ['jest', 'npx jest --ci', js, [String.raw`npx jest --ci --testNamePattern='^adds(?: | › )it'\''s 2 \(two\)$' --runTestsByPath test/a.js`, 'npx jest --ci --runTestsByPath test/a.js']],
    ['vitest', 'vitest run', js, [String.raw`vitest run -t '^adds(?: | › )it'\''s 2 \(two\)$' test/a.js`, 'vitest run test/a.js']],
    ['pytest', 'python3 -m pytest -q -n 2 tests', py, ["python3 -m pytest -q -n 2 'tests/test_a.py::TestAdd::test_adds[1-a b]'", 'python3 -m pytest -q -n 2 tests/test_a.py']],
    ['go-test', 'go test -race -timeout 5m ./...', ['example.com/m/add › TestAdds › two#01', 'example.com/m/add › TestOther', 'example.com/m › TestTop'],
      ["go test -race -timeout 5m -count=1 '-run=^TestAdds$/^two#01$' example.com/m/add", 'go test -race -timeout 5m -count=1 example.com/m/add']],
    ['cargo-test', 'cargo test --workspace --no-fail-fast', ['small src/lib.rs › tests::adds', 'small src/lib.rs › tests::other', 'small src/lib.rs › more::x'], ['cargo test --workspace --no-fail-fast --lib -- --exact tests::adds', 'cargo test --workspace --no-fail-fast --lib -- tests::']],
    ['cargo-test', 'cargo test', ['it tests/it.rs › adds', 'it tests/it.rs › other', 'small src/lib.rs › x'], ['cargo test --test it -- --exact adds', 'cargo test --test it']],
  ];
  for (const [runner, command, ids, expected] of rows) it(`${runner}: ${command}`, async () => deepEqual(await asked(runner, command, ids), expected));

  it('are chosen where a package script calls the runner, whatever stands around it', async () => {
    deepEqual(await asked('mocha', 'npm test', ['test/a.js › x', 'test/a.js › y', 'test/b.js › z'], { scripts: { pretest: 'tsc -p .', test: 'npm run lint && cross-env A=1 mocha test; echo done', lint: 'eslint .' } }),
      ["npm run lint && cross-env A=1 mocha test --grep '^x$'; echo done", "npm run lint && cross-env A=1 mocha test --grep '^(?:x|y)$'; echo done"]);
    deepEqual(await asked('jest', 'npm test -w parts', ['parts/one/a.js › x', 'parts/one/a.js › y', 'test/b.js › z'], { scripts: { 'parts/one/package.json#scripts.test': 'jest' }, files: { 'parts/one/a.js': '' } }), ["jest --testNamePattern='^x$' --runTestsByPath a.js", 'jest --runTestsByPath a.js']);
  });

  it('are not asked for with their file where that is all there is, or nothing but the test', async () => {
    deepEqual([(await asked('mocha', 'mocha', ['test/a.js › x', 'test/a.js › y']))[1], (await asked('mocha', 'mocha', ['test/a.js › x', 'test/b.js › y']))[1]], ['()', '()']);
  });

  it('are not asked for where that is not safe, and the reason is said', async () => {
    const ids = ['test/a.js › x', 'test/a.js › y', 'test/b.js › z'];
    const refused: readonly (readonly [string, Parameters<typeof asked>])[] = [
      ['several commands run its tests', ['mocha', 'mocha test/a.js && mocha test/b.js', ids]],
      ['the command calls its runner in a way that cannot be narrowed', ['mocha', 'make test', ids]],
      ['the command calls its runner in a way that cannot be narrowed', ['mocha', 'mocha $(cat list)', ids]],
      ['the command calls its runner in a way that cannot be narrowed', ['unknown', './run-tests', ids]],
      ['the command changes its folder, so only the whole suite is run', ['mocha', 'cd parts && mocha', ids]],
      ['mocha cannot be asked for it beside what the command says', ['mocha', 'mocha --grep=quick', ids]],
      ['pytest cannot be asked for it beside what the command says', ['pytest', 'pytest -k quick', py]],
      ['unittest cannot be asked for it beside what the command says', ['unittest', 'python3 -m unittest', py]],
      ['the report does not say which file it is in', ['mocha', 'mocha', ['x', 'y']]],
      ['test/a.js looks at the command line, so only the whole suite is run', ['mocha', 'mocha', ids, { files: { 'test/a.js': 'if (process.argv.length > 2) skip();' } }]],
      ['conftest.py looks at the command line, so only the whole suite is run', ['pytest', 'pytest', py, { files: { 'conftest.py': 'import sys\nprint(sys.argv)' } }]],
    ];
    for (const [why, words] of refused) deepEqual((await asked(...words))[0], `(${why})`);
  });

  it('are believed only where exactly they were reported, with what is inside of them', () => {
    const wanted = new Set(['a › b']);
    const skipped: TestReport = { ...report('a › b'), tests: [...report('a › b').tests, { id: 'c', state: 'skipped', message: '', file: null, line: null }] };
    deepEqual([report('a › b'), skipped, report('a', 'a › b', 'a › b › c'), report('a › b', 'a › d'), report('a'), { ...report('a › b'), truncated: true }, null].map((one) => reportsExactly(one, wanted)), [true, true, true, false, false, false, false]);
  });
});
