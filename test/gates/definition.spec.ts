/** What a command resolves to (I12), which runner stands behind it, and what is detected where nothing is said. */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { simpleCommands } from '../../src/gates/commandLine.ts';
import { differences, resolveCommand, type TreeText } from '../../src/gates/definition.ts';
import { detectGate, detectSetup, installsOnly, lockFileOf, parsePackageFile } from '../../src/gates/detect.ts';

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
    equal(await runner('npm test', manifest({ test: 'vitest run' })), 'unknown');
  });

  it('REQ-GATE-45: differences name what is added, removed and changed', () => {
    deepEqual(differences(new Map([['a', '1'], ['b', '1'], ['c', '1']]), new Map([['a', '1'], ['b', '2'], ['d', '1']])), ['b', 'c', 'd']);
  });
});

describe('detection', () => {
  const parsed = (value: unknown): ReturnType<typeof parsePackageFile> => parsePackageFile(JSON.stringify(value));

  it('REQ-GATE-46: npm test where there is a test script, and not the one that npm writes', () => {
    deepEqual(detectGate(parsed({ scripts: { test: 'mocha' } })), { id: 'unit', run: 'npm test' });
    equal(detectGate(parsed({ scripts: { test: 'echo "Error: no test specified" && exit 1' } })), null);
    equal(detectGate(parsed({ scripts: { start: 'x' } })), null);
    equal(detectGate(parsePackageFile('not json')), null);
    equal(detectGate(parsePackageFile(null)), null);
  });

  it('REQ-GATE-47: the lock file says how dependencies are installed; without dependencies nothing is', () => {
    const some = parsed({ dependencies: { a: '1' } });
    const rows: readonly (readonly [readonly string[], string])[] = [
      [['package-lock.json'], 'npm ci'], [['pnpm-lock.yaml'], 'pnpm install --frozen-lockfile'], [['yarn.lock'], 'yarn install --frozen-lockfile'],
      [['yarn.lock', '.yarnrc.yml'], 'yarn install --immutable'], [[], 'npm install --no-package-lock'], [['package-lock.json', 'yarn.lock'], 'npm ci'],
    ];
    for (const [files, expected] of rows) equal(detectSetup(some, new Set(files)), expected);
    equal(detectSetup(parsed({ scripts: {} }), new Set(['package-lock.json'])), null);
    equal(lockFileOf(new Set(['yarn.lock'])), 'yarn.lock');
  });

  it('REQ-GATE-47: only a set-up that installs and does nothing else is replaced by a copy', () => {
    deepEqual(['npm ci', 'npm ci --ignore-scripts', 'yarn', 'npm ci && npm run build', 'make deps'].map(installsOnly), [true, true, true, false, false]);
  });
});
