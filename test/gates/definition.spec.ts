/** What a command resolves to (I12), which runner stands behind it, and what is detected where nothing is said. */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { simpleCommands } from '../../src/gates/commandLine.ts';
import { differences, resolveCommand, type TreeText } from '../../src/gates/definition.ts';
import { detectGates, parsePackageFile } from '../../src/gates/detect.ts';

function tree(files: Readonly<Record<string, string>>): TreeText {
  return { files: new Set(Object.keys(files)), read: async (path) => files[path] ?? null };
}
const manifest = (scripts: Readonly<Record<string, string>>, more: Readonly<Record<string, unknown>> = {}): Record<string, string> => ({ 'package.json': JSON.stringify({ scripts, ...more }) });
async function names(command: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return [...(await resolveCommand(command, tree(files))).meaning.keys()];
}
async function runner(command: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await resolveCommand(command, tree(files))).runner;
}

describe('simpleCommands', () => {
  const rows: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['mocha && echo "a b" || true', [['mocha'], ['echo', 'a b'], ['true']]],
    ["NODE_ENV=test npx --no-install mocha 'a;b'", [['mocha', 'a;b']]],
    ['cross-env A=1 B=2 node --test', [['node', '--test']]],
    ['npm exec -- mocha -R dot', [['mocha', '-R', 'dot']]],
    ['yarn exec mocha', [['mocha']]],
    ['mocha test/{a,b}.js # the rest', [['mocha', 'test/{a,b}.js']]],
    ['(cd a; make) | tee log', [['cd', 'a'], ['make'], ['tee', 'log']]],
    ['mocha \\\n  --bail', [['mocha', '--bail']]],
    ['', []],
  ];
  for (const [line, expected] of rows) it(`REQ-GATE-40: ${JSON.stringify(line)}`, () => deepEqual(simpleCommands(line), expected));

  it('REQ-GATE-40: reads any line without an error', () => {
    fc.assert(fc.property(fc.string(), (line) => void simpleCommands(line)));
  });
});

describe('resolveCommand', () => {
  it('REQ-GATE-43: what stands before the runner on Python\'s path is part of the definition, other modules are not', async () => {
    deepEqual(await names('python3 -m pytest', { 'pytest.py': 'print("2 passed")\n', 'pluggy/__init__.py': '', 'calc.py': '', 'tests/test_calc.py': '' }), ['pluggy/__init__.py', 'pytest.py']);
  });

  it('REQ-GATE-42: what a script of the gate loads from its own folder is part of the definition; sources, tests and what lies at the top are what it judges', async () => {
    const files = {
      'scripts/setup.js': "import './hooks.js';\nimport '../src/a.js';\nimport '../test/b.js';\n", 'scripts/hooks.js': "require('./more.js');\n", 'scripts/more.js': '', 'src/a.js': '', 'src/c.js': '', 'test/b.js': '',
      'test/given.js': "import './b.js';\n", 'setup.js': "import './index.js';\n", 'index.js': '', 'src/run.js': "import './c.js';\n", 'ci/test.sh': 'source ./ci/common.sh\nmocha\n', 'ci/common.sh': 'set -e\n',
    };
    deepEqual(await names('node --import ./scripts/setup.js --import ./test/given.js --import ./setup.js --import ./src/run.js --test', files), ['scripts/hooks.js', 'scripts/more.js', 'scripts/setup.js', 'setup.js', 'src/run.js', 'test/given.js']);
    deepEqual(await names('./ci/test.sh', files), ['ci/common.sh', 'ci/test.sh']);
  });

  it('REQ-GATE-41: follows a script that Node runs itself, without what npm runs before and after it', async () => {
    const files = manifest({ pretest: 'tsc', test: 'mocha', posttest: 'echo' });
    deepEqual([await names('node --run test', files), await names('node --run=test', files), await runner('node --run test', files)], [['package.json#scripts.test'], ['package.json#scripts.test'], 'mocha']);
  });

  it('REQ-GATE-41: follows package scripts with pre and post, nested ones too', async () => {
    deepEqual(await names('npm test', manifest({ pretest: 'npm run -s build', build: 'tsc', test: 'mocha', posttest: 'echo', lint: 'eslint' })),
      ['package.json#scripts.build', 'package.json#scripts.posttest', 'package.json#scripts.pretest', 'package.json#scripts.test']);
    deepEqual(await names('yarn check', manifest({ check: 'pnpm run a && run-s b:*', a: 'x', 'b:1': 'y', 'b:2': 'z' })),
      ['package.json#scripts.a', 'package.json#scripts.b:1', 'package.json#scripts.b:2', 'package.json#scripts.check']);
  });

  it('REQ-GATE-41: a script that calls itself ends', async () => {
    deepEqual(await names('npm test', manifest({ test: 'npm test' })), ['package.json#scripts.test']);
  });

  it('REQ-GATE-42: takes in files that the command names, and what shell files run', async () => {
    deepEqual(await names('bash ./scripts/check.sh', { 'scripts/check.sh': 'node tools/run.js\nnpm run deep\n', 'tools/run.js': '', ...manifest({ deep: 'true' }) }),
      ['package.json#scripts.deep', 'scripts/check.sh', 'tools/run.js']);
    deepEqual(await names('./test.sh', { 'test.sh': '#!/bin/sh\nmocha\n' }), ['test.sh']);
    deepEqual(await names('mocha --require ./test/setup.js --config=conf.json', { 'test/setup.js': '', 'conf.json': '' }), ['conf.json', 'test/setup.js']);
    deepEqual(await names('make check', { Makefile: 'check:\n\ttrue\n' }), ['Makefile']);
  });

  it('REQ-GATE-42: test files are judged by a gate, not part of it', async () => {
    deepEqual(await names('mocha test/a.spec.js', { 'test/a.spec.js': '' }), []);
    deepEqual(await names('node --test test/a.js', { 'test/a.js': '' }), []);
    deepEqual(await names('node test.js', { 'test.js': "const test = require('node:test');" }), []);
    deepEqual(await names('node test.js', { 'test.js': "require('child_process').spawn('mocha');" }), ['test.js']);
  });

  it('REQ-GATE-43: takes in the configuration of the runner and of the package manager', async () => {
    const files = { '.npmrc': 'script-shell=/bin/true', '.mocharc.json': '{ "require": "./hooks.js", "spec": "test/a.js" }', 'hooks.js': '', 'test/a.js': '', ...manifest({ test: 'c8 mocha' }, { mocha: { file: ['./first.js'] }, c8: {} }), 'first.js': '' };
    deepEqual(await names('npm test', files), ['.mocharc.json', '.npmrc', 'first.js', 'hooks.js', 'package.json#c8', 'package.json#mocha', 'package.json#scripts.test']);
    deepEqual(await names('vitest run', { 'vitest.config.ts': '', 'jest.config.js': '' }), ['vitest.config.ts']);
  });

  it('REQ-GATE-43: takes in what the runner\'s settings name or load wherever it lies, but for tests, what supports them, and sources', async () => {
    deepEqual(await names('mocha', { '.mocharc.cjs': "module.exports = { ...require('./config/base.cjs'), require: ['./test/setup.js', './src/register.js'] };", 'config/base.cjs': "require('./more.cjs');", 'config/more.cjs': '', 'test/setup.js': '', 'src/register.js': '' }), ['.mocharc.cjs', 'config/base.cjs', 'config/more.cjs']);
    deepEqual(await names('mocha', { '.mocharc.yml': 'extends: ./config/base.json\n', 'config/base.json': '{}' }), ['.mocharc.yml', 'config/base.json']);
    deepEqual(await names('jest', { 'jest.config.js': "module.exports = { preset: './config', testEnvironment: '<rootDir>/config/environment.js', snapshotResolver: \"../outside.js\" };", 'config/environment.js': '' }), ['config/environment.js', 'jest.config.js']);
    deepEqual(await names('npm test', { ...manifest({ test: 'jest' }, { jest: { runner: '<rootDir>/tools/runner.js' } }), 'tools/runner.js': '' }), ['package.json#jest', 'package.json#scripts.test', 'tools/runner.js']);
  });

  it('REQ-GATE-42: what the project has run when its dependencies are installed is part of the definition of every gate, but for git hooks', async () => {
    const files = { ...manifest({ test: 'mocha', postinstall: 'node tools/patch.js', prepare: 'husky' }), 'tools/patch.js': "require('./more.js');", 'tools/more.js': '' };
    deepEqual(await names('npm test', files), ['package.json#scripts.postinstall', 'package.json#scripts.test', 'tools/more.js', 'tools/patch.js']);
    deepEqual(await names('node --test', files), ['package.json#scripts.postinstall', 'tools/more.js', 'tools/patch.js']);
    equal((await resolveCommand('make', tree({ ...manifest({ postinstall: 'mocha' }) }))).runner, 'unknown');
  });

  it('REQ-GATE-43: of settings that tools share, the runner\'s own sections alone', async () => {
    const files = { 'pyproject.toml': '[project]\nname = "a"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n', 'setup.cfg': '[metadata]\n', 'tox.ini': '', '.cargo/config.toml': '', 'Cargo.toml': '' };
    const { meaning } = await resolveCommand('python3 -m pytest', tree(files));
    deepEqual([...meaning], [['pyproject.toml#tool.pytest', '[tool.pytest.ini_options]\naddopts = "-q"\n'], ['tox.ini', '']]);
    deepEqual(await names('cargo test', files), ['.cargo/config.toml']);
  });

  it('REQ-GATE-43: finds the package that a command is run in', async () => {
    const files = { 'packages/a/package.json': JSON.stringify({ scripts: { test: 'mocha' } }), ...manifest({ test: 'other' }) };
    deepEqual(await names('cd packages/a && npm test', files), ['packages/a/package.json#scripts.test']);
    deepEqual(await names('npm --prefix packages/a test', files), ['packages/a/package.json#scripts.test']);
    deepEqual(await names('npm test --workspaces', files), ['package.json#scripts.test', 'packages/a/package.json#scripts.test']);
  });

  it('REQ-GATE-44: recognises mocha and node:test behind scripts and wrappers', async () => {
    equal(await runner('npm test', manifest({ test: 'nyc --all mocha' })), 'mocha');
    equal(await runner('node ./node_modules/mocha/bin/mocha.js'), 'mocha');
    equal(await runner('npm test', manifest({ test: 'node --import tsx --test' })), 'node-test');
    equal(await runner('node test.js', { 'test.js': "import test from 'node:test';" }), 'node-test');
    equal(await runner('npm test', manifest({ test: 'ava' })), 'unknown');
  });

  it('REQ-GATE-103: recognises jest, vitest, pytest, go, cargo and tape behind scripts, wrappers and make', async () => {
    const rows: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
      ['npm test', 'vitest', manifest({ test: 'vitest run' })], ['pnpm t', 'jest', manifest({ t: 'cross-env CI=1 jest --ci' })], ['yarn test', 'jest', manifest({ test: 'node --experimental-vm-modules node_modules/jest/bin/jest.js' })],
      ['npm test', 'jest', manifest({ test: 'react-scripts test' })], ['node ./node_modules/vitest/vitest.mjs run', 'vitest'], ['npx tape "test/*.js" | tap-spec', 'tap'], ['c8 vitest run', 'vitest'],
      ['pytest -q', 'pytest'], ['python3.11 -m pytest tests', 'pytest'], ['python -m unittest', 'unittest'], ['python3 manage.py test app', 'unittest'], ['poetry run pytest', 'pytest'], ['uv run --frozen pytest', 'pytest'], ['coverage run -m pytest', 'pytest'], ['timeout -k 5 60 pytest', 'pytest'],
      ['tox', 'pytest', { 'tox.ini': '[testenv]\ncommands = pytest {posargs}\n' }], ['tox', 'unknown', { 'tox.ini': '[testenv]\ncommands = true\n' }],
      ['go test ./...', 'go-test'], ['go build ./...', 'unknown'], ['go test -v ./... | tee out.txt', 'unknown'], ['cargo +nightly test --all', 'cargo-test'], ['cargo t', 'cargo-test'], ['cargo nextest run', 'nextest'], ['cargo build', 'unknown'],
      ['make test', 'go-test', { Makefile: 'GO ?= go\nall: build\ntest: build ## tests\n\t@$(GO) test ./...\nbuild:\n\t$(GO) build\n' }],
      ['make -C sub check', 'pytest', { 'sub/Makefile': 'check: unit\nunit:\n\t-python -m \\\n\t  pytest\n' }], ['make', 'mocha', { GNUmakefile: '.PHONY: test\ntest: ; mocha\n' }],
    ];
    deepEqual(await Promise.all(rows.map(async ([command, , files]) => `${command}: ${await runner(command, files)}`)), rows.map(([command, expected]) => `${command}: ${expected}`));
  });

  it('REQ-GATE-103: what a make target runs is part of the definition, with what it needs and includes', async () => {
    deepEqual(await names('make test', { Makefile: 'include rules/common.mk\ntest: prepare\n\t$(MAKE) -C inner all\nprepare:\n\t./scripts/prepare.sh\n', 'rules/common.mk': '', 'scripts/prepare.sh': 'true', 'inner/Makefile': 'all:\n\tnpm test\n', 'inner/package.json': JSON.stringify({ scripts: { test: 'true' } }) }),
      ['Makefile', 'inner/Makefile', 'inner/package.json#scripts.test', 'rules/common.mk', 'scripts/prepare.sh']);
    deepEqual(await names('make test', { Makefile: 'test: test2\ntest2: test\n\techo $(FOO) $$HOME $(A)\nA = $(B)\nB = $(A)\n' }), ['Makefile']);
  });

  it('REQ-GATE-45: differences name what is added, removed and changed', () => {
    deepEqual(differences(new Map([['a', '1'], ['b', '1'], ['c', '1']]), new Map([['a', '1'], ['b', '2'], ['d', '1']])), ['b', 'c', 'd']);
  });
});

describe('detection', () => {

  async function detected(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const found = tree(files);
    const gates = await detectGates(parsePackageFile(files['package.json'] ?? null), found, async (command) => (await resolveCommand(command, found)).runners);
    return gates.map(({ id, run, from }) => `${id}: ${run} (${from})`);
  }

  it('REQ-GATE-46: npm test where there is a test script, and not the one that npm writes', async () => {
    deepEqual(await detected(manifest({ test: 'mocha' })), ['unit: npm test (package.json)']);
    deepEqual(await detected(manifest({ test: 'echo "Error: no test specified" && exit 1' })), []);
    deepEqual(await detected(manifest({ start: 'x' })), []);
    deepEqual(await detected({ 'package.json': 'not json' }), []);
    deepEqual(await detected({ 'README.md': '' }), []);
  });

  it('REQ-GATE-46: Python, Go, Rust and make by the files at the top; what npm test runs is not run twice; make only where there is nothing else', async () => {
    const rows: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
      [{ 'pytest.ini': '' }, ['pytest: python3 -m pytest (python)']], [{ 'pyproject.toml': '[tool.pytest.ini_options]\n' }, ['pytest: python3 -m pytest (python)']],
      [{ 'pyproject.toml': '[project]\n', 'tests/unit/test_a.py': '' }, ['pytest: python3 -m pytest (python)']], [{ 'a_test.py': '' }, ['pytest: python3 -m pytest (python)']],
      [{ 'pyproject.toml': '[project]\n', 'tests/data.py': '' }, []], [{ 'docs/test_a.py': '' }, []],
      [{ 'go.mod': '' }, ['go-test: go test ./... (go.mod)']], [{ 'sub/go.mod': '' }, []],
      [{ 'Cargo.toml': '[package]\n' }, ['cargo-test: cargo test --no-fail-fast (Cargo.toml)']], [{ 'Cargo.toml': '[workspace]\n' }, ['cargo-test: cargo test --workspace --no-fail-fast (Cargo.toml)']],
      [{ Makefile: 'test:\n\ttrue\n' }, ['unit: make test (Makefile)']], [{ Makefile: 'check: a\na:\n\ttrue\n' }, ['unit: make check (Makefile)']], [{ Makefile: 'all:\n\ttrue\n' }, []],
      [{ Makefile: 'test:\n\tgo test ./...\n', 'go.mod': '' }, ['go-test: go test ./... (go.mod)']],
      [{ ...manifest({ test: 'vitest run' }), 'Cargo.toml': '[package]\n' }, ['unit: npm test (package.json)', 'cargo-test: cargo test --no-fail-fast (Cargo.toml)']],
      [{ ...manifest({ test: 'jest && cargo test' }), 'Cargo.toml': '[package]\n' }, ['unit: npm test (package.json)']],
    ];
    for (const [files, expected] of rows) deepEqual(await detected(files), expected, JSON.stringify(files));
  });
});
