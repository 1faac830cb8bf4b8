/** The guard beside the tests: mocks, snapshots, limits, commands, pipelines, configuration, marks in code. REQ ids: specs/integrity.md. */
import { deepEqual, equal } from 'node:assert/strict';
import { ignorePatterns } from '../../../src/gates/integrity/ignorePatterns.ts';
import { inShort, looked, openParsers, type Change, type Row } from './support/looked.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const scripts = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Change => ({ 'package.json': [json({ scripts: before }), json({ scripts: after })] });
const spec = (imports: string, body: string): string => `import { add } from '../src/add.js';\n${imports}it('adds', () => { ${body} });\n`;
const workflow = (step: string): string => `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n${step}`;

const mocks: readonly Row[] = [
  { name: 'the module under test replaced', change: { 'test/add.spec.ts': [spec('', 'expect(add(1, 2)).toBe(3);'), spec("vi.mock('../src/add.js', () => ({ add: () => 3 }));\n", 'expect(add(1, 2)).toBe(3);')] }, expected: ['high subject-mocked'] },
  { name: 'the function under test replaced, in Python', change: { 'tests/test_calc.py': ['from app import calc\n\ndef test_a():\n    assert calc.total(1) == 3\n', 'from app import calc\n\ndef test_a(monkeypatch):\n    monkeypatch.setattr(calc, "total", lambda n: 3)\n    assert calc.total(1) == 3\n'] }, expected: ['high subject-mocked'] },
  { name: 'the function under test patched by a decorator', change: { 'tests/test_calc.py': ['from app.calc import total\n\ndef test_a():\n    assert total(1) == 3\n', 'from app.calc import total\n\n@patch("tests.test_calc.total", return_value=3)\ndef test_a(fake):\n    assert total(1) == 3\n'] }, expected: ['high subject-mocked'] },
  { name: 'a neighbour replaced', change: { 'test/add.spec.ts': [spec('', 'expect(add(1, 2)).toBe(3);'), spec("import { log } from '../src/log.js';\nvi.mock('../src/log.js');\n", 'expect(add(1, 2)).toBe(3); expect(log).toHaveBeenCalled();')] }, expected: [] },
  { name: 'what the module under test uses patched', change: { 'tests/test_calc.py': ['from app.calc import total\n\ndef test_a():\n    assert total(1) == 3\n', 'from app.calc import total\n\n@patch("app.calc.requests.get")\ndef test_a(get):\n    assert total(1) == 3\n'] }, expected: [] },
];

const values: readonly Row[] = [
  { name: 'a snapshot rewritten', change: { 'test/__snapshots__/a.test.js.snap': ['exports[`a 1`] = `1`;\n\nexports[`b 1`] = `2`;\n', 'exports[`a 1`] = `1`;\n\nexports[`b 1`] = `3`;\n'] }, expected: ['medium snapshot-rewritten'] },
  { name: 'a snapshot of node:test rewritten', change: { 'test/a.test.js.snapshot': ['exports[`a 1`] = `1`;\n', 'exports[`a 1`] = `2`;\n'] }, expected: ['medium snapshot-rewritten'] },
  { name: 'a snapshot deleted', change: { 'tests/__snapshots__/test_a.ambr': ['# name: test_a\n  1\n# ---\n', null] }, expected: ['medium snapshot-rewritten'] },
  { name: 'a snapshot added', change: { 'test/__snapshots__/a.test.js.snap': ['exports[`a 1`] = `1`;\n', 'exports[`a 1`] = `1`;\n\nexports[`b 1`] = `2`;\n'] }, expected: [] },
  { name: 'a threshold lowered, jest in package.json', change: { 'package.json': [json({ jest: { coverageThreshold: { global: { lines: 90 } } } }), json({ jest: { coverageThreshold: { global: { lines: 50 } } } })] }, expected: ['medium threshold-lowered'] },
  { name: 'a threshold lowered, vitest', change: { 'vitest.config.ts': ['export default defineConfig({ test: { coverage: { thresholds: { lines: 90 } } } });\n', 'export default defineConfig({ test: { coverage: { thresholds: { lines: 10 } } } });\n'] }, expected: ['medium threshold-lowered'] },
  { name: 'a threshold lowered, pyproject', change: { 'pyproject.toml': ['[tool.coverage.report]\nfail_under = 90\n', '[tool.coverage.report]\nfail_under = 50\n'] }, expected: ['medium threshold-lowered'] },
  { name: 'a threshold lowered, .nycrc', change: { '.nycrc': [json({ 'check-coverage': true, branches: 80 }), json({ 'check-coverage': false, branches: 80 })] }, expected: ['medium threshold-lowered'] },
  { name: 'a threshold of a command lowered', change: scripts({ test: 'c8 --lines 90 mocha' }, { test: 'c8 --lines 50 mocha' }), expected: ['medium threshold-lowered'] },
  { name: 'a threshold raised', change: { '.nycrc': [json({ branches: 80 }), json({ branches: 90 })] }, expected: ['low config-edited'] },
  { name: 'retries', change: { 'test/a.spec.js': ["it('a', () => { assert.ok(a()); });\n", "it('a', function () { this.retries(3); assert.ok(a()); });\n"] }, expected: ['medium retries-raised'] },
  { name: 'a time limit taken away', change: { 'test/a.spec.js': ["it('a', function () { this.timeout(2000); assert.ok(a()); });\n", "it('a', function () { this.timeout(0); assert.ok(a()); });\n"] }, expected: ['medium timeout-raised'] },
  { name: 'a little more time', change: { 'test/a.spec.js': ["it('a', function () { this.timeout(2000); assert.ok(a()); });\n", "it('a', function () { this.timeout(4000); assert.ok(a()); });\n"] }, expected: ['low timeout-raised'] },
];

const commands: readonly Row[] = [
  { name: '"|| true" in a script', change: scripts({ test: 'mocha' }, { test: 'mocha || true' }), expected: ['high exit-zero'] },
  { name: '"; exit 0" in a script', change: scripts({ test: 'mocha' }, { test: 'mocha; exit 0' }), expected: ['high exit-zero'] },
  { name: 'a script that does nothing', change: scripts({ test: 'mocha' }, { test: 'echo ok' }), expected: ['high gate-script-edited'] },
  { name: 'a script before the tests', change: scripts({ test: 'mocha' }, { pretest: 'node fix.js', test: 'mocha' }), expected: ['medium gate-script-edited'] },
  { name: 'a script that passes without tests', change: scripts({ test: 'vitest run' }, { test: 'vitest run --passWithNoTests' }), expected: ['medium exit-zero'] },
  { name: 'a script changed', change: scripts({ test: 'mocha' }, { test: 'mocha --parallel' }), expected: ['medium gate-script-edited'] },
  { name: 'another script changed', change: scripts({ test: 'mocha', start: 'node a.js' }, { test: 'mocha', start: 'node b.js || true' }), expected: [] },
  { name: 'a make target hushed', change: { Makefile: ['test:\n\tpytest\n', 'test:\n\tpytest || true\n'] }, expected: ['medium exit-zero'] },
  { name: 'a make target beside it', change: { Makefile: ['test:\n\tpytest\n', 'test:\n\tpytest\nclean:\n\trm -f x || true\n'] }, expected: [] },
  { name: 'a test put into quarantine', change: { '.treeline/project.yaml': ['gates: []\n', 'gates: []\nquarantine:\n  - { test: a, reason: slow, until: 2030-01-31 }\n'] }, expected: ['medium test-skipped'] },
  { name: 'a quarantine made longer', change: { '.treeline/project.yaml': ['quarantine:\n  - { test: a, reason: slow, until: 2030-01-31 }\n', 'quarantine:\n  - { test: a, reason: slow, until: 2031-01-31 }\n'] }, expected: ['medium test-skipped'] },
  { name: 'a quarantine made shorter, and one taken out', change: { '.treeline/project.yaml': ['quarantine:\n  - { test: b, reason: slow, until: 2030-01-31 }\n  - { test: a, reason: slow, until: 2030-01-31 }\n', 'quarantine:\n  - { test: a, reason: slow, until: 2029-01-31 }\n'] }, expected: [] },
  { name: 'a gate taken out', change: { '.treeline/project.yaml': ['gates:\n  - { id: unit, run: mocha }\n  - { id: lint, run: eslint }\n', 'gates:\n  - { id: unit, run: mocha }\n'] }, expected: ['medium gate-script-edited'] },
  { name: 'a step of a pipeline that only hands over a report, and may fail', change: { '.github/workflows/ci.yml': [workflow('      - uses: codecov/codecov-action@v4\n'), workflow('      - uses: codecov/codecov-action@v4\n        continue-on-error: true\n')], '.github/workflows/more.yml': [workflow('      - run: npx codecov\n'), workflow('      - run: npx codecov\n        continue-on-error: true\n')] }, expected: ['medium ci-edited', 'medium ci-edited', 'medium ci-edited', 'medium ci-edited'] },
  { name: 'a step of a pipeline that may fail', change: { '.github/workflows/ci.yml': [workflow('      - run: npm test\n'), workflow('      - run: npm test\n        continue-on-error: true\n')] }, expected: ['high exit-zero', 'medium ci-edited'] },
  { name: 'a step of a pipeline hushed', change: { '.gitlab-ci.yml': ['test:\n  script:\n    - pytest\n', 'test:\n  script:\n    - pytest || true\n'] }, expected: ['high exit-zero', 'medium ci-edited'] },
  { name: 'a pipeline changed', change: { '.github/workflows/ci.yml': [workflow('      - run: npm test\n'), workflow('      - run: npm ci\n      - run: npm test\n')] }, expected: ['medium ci-edited'] },
  { name: 'a lock file alone', change: { 'package-lock.json': ['', ''] }, expected: ['medium lockfile-edited'] },
  { name: 'a lock file with its manifest', change: { 'package-lock.json': ['', ''], 'package.json': [json({ dependencies: {} }), json({ dependencies: { a: '1' } })] }, expected: [] },
  { name: 'strict types switched off', change: { 'tsconfig.json': ['{\n  // Types.\n  "compilerOptions": { "strict": true, "target": "es2022" }\n}\n', '{ "compilerOptions": { "strict": false, "target": "es2022" } }\n'] }, expected: ['medium config-edited'] },
  { name: 'a rule switched off', change: { 'eslint.config.mjs': ["export default [{ rules: { 'no-undef': 'error' } }];\n", "export default [{ rules: { 'no-undef': 'off' } }];\n"] }, expected: ['medium config-edited'] },
  { name: 'a rule made stricter', change: { '.eslintrc.json': [json({ rules: { 'no-undef': 'warn' } }), json({ rules: { 'no-undef': 'error' } })] }, expected: ['low config-edited'] },
  { name: 'tests left out by configuration', change: { 'jest.config.js': ["module.exports = { testEnvironment: 'node' };\n", "module.exports = { testEnvironment: 'node', testPathIgnorePatterns: ['add'] };\n"] }, expected: ['medium config-edited'] },
  { name: 'a forbidden focus allowed', change: { '.mocharc.json': [json({ forbidOnly: true }), json({})] }, expected: ['medium config-edited'] },
];

const code = (before: string, after: string, path = 'src/add.ts'): Change => ({ [path]: [before, after] });

const marks: readonly Row[] = [
  { name: 'a check switched off at a line', change: code('export const a = 1;\n', '// eslint-disable-next-line no-undef\nexport const a = 1;\n'), expected: ['low lint-disabled'] },
  { name: 'types not looked at', change: code('export const a = 1;\n', '// @ts-nocheck\nexport const a = 1;\n'), expected: ['medium lint-disabled'] },
  { name: 'types not looked at in what is generated', change: code('export const a = 1;\n', '// @ts-nocheck\n// @generated\nexport const a = 1;\n'), expected: ['low lint-disabled'] },
  { name: 'noqa', change: code('import a\n', 'import a  # noqa: F401\n', 'app/a.py'), expected: ['low lint-disabled'] },
  { name: 'an attribute', change: code('fn a(x: i32) { b(x) }\n', '#[allow(dead_code)]\nfn a(x: i32) { b(x) }\n', 'src/lib.rs'), expected: ['low lint-disabled'] },
  { name: 'a note of unfinished work', change: code('export const a = 1;\n', '// TODO: do it\nexport const a = 1;\n'), expected: ['medium stub-left'] },
  { name: 'code that is not implemented', change: code('export function sub(a, b) { return a; }\n', "export function sub(a, b) { throw new Error('not implemented'); }\n"), expected: ['medium stub-left'] },
  { name: 'NotImplementedError', change: code('', 'def sub(a, b):\n    raise NotImplementedError\n', 'app/a.py'), expected: ['medium stub-left'] },
  { name: 'todo!()', change: code('', 'pub fn sub(a: i32) -> i32 { todo!() }\n', 'src/lib.rs'), expected: ['medium stub-left'] },
  { name: 'a function that does nothing', change: code('', 'export function sub(a, b) {}\n'), expected: ['medium stub-left'] },
  { name: 'a function emptied', change: code('export function clear() { all(); }\n', 'export function clear() {}\n'), expected: ['medium stub-left'] },
  { name: 'an abstract method', change: code('', 'class Base(ABC):\n    @abstractmethod\n    def sub(self, a):\n        raise NotImplementedError\n', 'app/a.py'), expected: ['low stub-left'] },
  { name: 'a note that moved', change: { 'src/a.ts': ['// TODO: do it\nexport const a = 1;\n', 'export const a = 1;\n'], 'src/b.ts': [null, '// TODO: do it\nexport const b = 1;\n'] }, expected: [] },
  { name: 'a word in a sentence', change: code('', '// Lists what is left: `TODO` and others.\nexport const a = 1;\n'), expected: [] },
  { name: 'tests ended with 0', change: { 'test/a.spec.js': ["it('a', () => { assert.ok(a()); });\n", "it('a', () => { assert.ok(a()); });\nafter(() => process.exit(0));\n"] }, expected: ['high exit-zero'] },
  { name: 'a session ended with 0', change: { 'tests/conftest.py': ['', 'def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n'] }, expected: ['high exit-zero'] },
  { name: 'a program that ends', change: code('', 'main().then(() => process.exit(0));\n', 'src/cli.js'), expected: ['low exit-zero'] },
  { name: 'a process that ends without a word', change: code('import os\n', 'import os\nos._exit(0)\n', 'app/a.py'), expected: ['medium exit-zero'] },
];

describe('the integrity guard beside the tests', () => {
  before(openParsers);

  for (const { name, change, expected } of mocks) it(`REQ-INTEGRITY-13: ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of values) it(`REQ-INTEGRITY-14: ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of commands) it(`REQ-INTEGRITY-15, REQ-INTEGRITY-16: ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of marks) it(`REQ-INTEGRITY-17: ${name}`, () => deepEqual(inShort(looked(change)), expected));

  it('REQ-INTEGRITY-18: a file that git ignores and a test needs', () => {
    const ignored = ignorePatterns(new Map([['.gitignore', '*.local\n/data/\n!data/keep.json\n'], ['test/.gitignore', 'made.json\n']]));
    const change: Change = { 'test/a.spec.js': ["it('a', () => { assert.ok(a()); });\n", "const x = require('./made.json');\nconst y = readFileSync('data/all.json');\nconst z = readFileSync('data/kept.json');\nit('a', () => { assert.ok(a(x, y, z)); });\n"] };
    deepEqual(looked(change, { ignored, tracked: new Set(['data/kept.json']) }).map(({ kind, after, line, severity }) => `${line} ${severity} ${kind} ${after}`), ['1 low ignored-file-needed ./made.json', '2 low ignored-file-needed data/all.json']);
    deepEqual(['a.local', 'x/b.local', 'data/x', 'x/data/y', 'test/sub/made.json', 'made.json', 'data/keep.json'].map(ignored), [true, true, true, false, true, false, false]);
  });

  it('REQ-INTEGRITY-02: what no parser reads is never of high severity', () => {
    const java = (body: string): string => `class ATest {\n  @Test\n  void adds() {\n    ${body}\n  }\n}\n`;
    const found = looked({ 'src/test/java/ATest.java': [java('assertEquals(3, add(1, 2));'), java('')] });
    deepEqual(found.map(({ kind, severity, by }) => [kind, severity, by]), [['test-emptied', 'medium', 'pattern']]);
  });

  it('REQ-INTEGRITY-03: what was too much to read is named', () => {
    deepEqual(looked({}, { unread: ['test/large.spec.js', 'src/large.js'] }).map(({ kind, severity, file }) => [kind, severity, file]), [['not-examined', 'medium', 'test/large.spec.js'], ['not-examined', 'low', 'src/large.js']]);
  });

  it('REQ-INTEGRITY-04: an id stays when lines move, and differs where something else was found', () => {
    const skipped = (above: string, title: string): string => `${above}it.skip('${title}', () => { assert.equal(add(1, 2), 3); });\n`;
    const plain = (title: string): string => `it('${title}', () => { assert.equal(add(1, 2), 3); });\n`;
    const [first] = looked({ 'test/a.spec.js': [plain('a'), skipped('', 'a')] });
    const [moved] = looked({ 'test/a.spec.js': [`\n${plain('a')}`, skipped('\n\n\n', 'a')] });
    const [other] = looked({ 'test/b.spec.js': [plain('a'), skipped('', 'a')] });
    deepEqual([first?.line, moved?.line, first?.id === moved?.id, first?.id === other?.id], [1, 4, true, false]);
    equal(/^[0-9a-f]{10}$/.test(first?.id ?? ''), true);
  });
});

describe('names under which tests reach the code', () => {
  before(openParsers);
  const led = (before: unknown, after: unknown, tracked: readonly string[], path = 'package.json'): readonly string[] => inShort(looked({ [path]: [json(before), json(after)] }, { tracked: new Set(tracked) }));
  const all = ['index.js', 'src/add.js', 'stubs/add.js', 'lib/add.js'];

  it('REQ-INTEGRITY-13: a name that leads to another file while the one that it meant is still there is found', () => {
    deepEqual([
      led({ imports: { '#add': './src/add.js' } }, { imports: { '#add': './stubs/add.js' } }, all), led({ name: 'a' }, { name: 'a', main: 'stubs/add' }, all),
      led({ compilerOptions: { paths: { '@/add': ['src/add.js'] } } }, { compilerOptions: { paths: { '@/add': ['stubs/add.js'] } } }, all, 'tsconfig.json').filter((one) => one.endsWith('subject-mocked')),
    ], [['medium subject-mocked'], ['medium subject-mocked'], ['medium subject-mocked']]);
  });

  it('REQ-INTEGRITY-11: a name that follows a file which moved, or leads to what is built, is not', () => {
    deepEqual([
      led({ imports: { '#add': './src/add.js' } }, { imports: { '#add': './lib/add.js' } }, ['lib/add.js']), led({ main: './src/add.js' }, { main: 'src/add' }, all),
      led({ main: 'src/add.js' }, { main: 'dist/add.js' }, all), led({ main: 'src/add.js', version: '1' }, { main: 'src/add.js', version: '2' }, all),
    ], [[], [], [], []]);
  });
});
