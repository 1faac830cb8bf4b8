/** The command gate over mocha, node:test, commands that nobody knows, and static checks: rows of the truth table. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { adder, adds, gate, manifest, mochaFile, withMocha, withNodeTest, wrongAdder } from '../support/projects.ts';
import type { Files } from '../support/smallRepository.ts';
import { first, type Row } from './row.ts';

/** A source and its test for node:test as ES modules; the source is loaded first. */
const esModules: Files = {
  'src/add.mjs': 'export const add = (a, b) => a + b;\n', 'test/module.test.mjs': 'import { add } from "../src/add.mjs";\nimport { test } from "node:test";\ntest("adds", () => { if (add(1, 1) !== 2) throw new Error("no"); });\n',
};
const withTypes: Files = { ...gate('tsc --noEmit --strict src/a.ts', '    findings: { format: tsc }\n'), 'src/a.ts': 'export const one: string = 1;\n' };
const withLint: Files = { ...gate('eslint src -f json -o out/lint.json; true', '    findings: { format: eslint-json, path: out/lint.json }\n'), 'eslint.config.mjs': "export default [{ rules: { 'no-var': 'error', 'no-undef': 'warn' } }];\n", 'src/a.js': 'export const a = 1;\n' };
/** Coverage as lcov has it: all lines ran but those that say "never". */
const lcovStandIn = { 'cover.js': "const fs = require('node:fs');\nfs.mkdirSync('coverage');\nconst rows = fs.readFileSync('src/add.js', 'utf8').trimEnd().split('\\n').map((line, index) => 'DA:' + (index + 1) + ',' + (line.includes('never') ? 0 : 1));\nfs.writeFileSync('coverage/lcov.info', 'SF:' + process.cwd() + '/src/add.js\\n' + rows.join('\\n') + '\\nend_of_record\\n');\n" };

const failing = mochaFile({ ...adds, 'was red before': 'assert.equal(1, 2);' });

export const commandRows: readonly Row[] = [
  {
    name: 'a true fix with its test, through npm test', base: { ...manifest({ test: 'mocha' }), 'src/add.js': wrongAdder, 'test/add.spec.js': mochaFile({ 'adds nothing': 'assert.equal(add(4, 0), 4);' }) },
    change: { 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) }, expected: 'accepted passed',
    more: (evidence) => deepEqual(first(evidence).tests, { passed: 2, failed: 0, skipped: 0, new: 1, removed: 0, flaky: 0, preexisting: 0 }),
  },
  {
    name: 'a change that breaks a test', base: withMocha, change: { 'src/add.js': wrongAdder }, expected: 'rejected new-failures',
    more: (evidence) => {
      const [failure] = first(evidence).failures;
      deepEqual([failure?.test, failure?.file, failure?.line], ['test/add.spec.js › add › adds two', 'test/add.spec.js', 4]);
      match(failure?.message ?? '', /-1 == 3/);
      equal(first(evidence).exit, 1);
    },
  },
  { name: 'an old red test that stays red', base: { ...withMocha, 'test/add.spec.js': failing }, change: { 'README.md': 'more' }, expected: 'accepted only-preexisting-failures', more: (evidence) => equal(first(evidence).tests.preexisting, 1) },
  { name: 'an old red test and a new one', base: { ...withMocha, 'test/add.spec.js': failing }, change: { 'src/add.js': wrongAdder }, expected: 'rejected new-failures' },
  { name: 'an old red test repaired', base: { ...withMocha, 'src/add.js': wrongAdder }, change: { 'src/add.js': adder, 'test/more.spec.js': 'it("more", () => {});\n' }, expected: 'accepted base-red-repaired' },
  { name: 'no test at all, exit 0', base: { ...gate('mocha --no-package'), 'test/empty.js': '' }, change: { 'README.md': 'more' }, expected: 'not-verified no-tests' },
  { name: 'no test left where there were some', base: withMocha, change: { 'test/add.spec.js': '' }, expected: 'rejected suite-shrunk' },
  { name: 'a failing test behind "|| true"', base: { ...withMocha, ...manifest({ test: 'mocha || true' }), '.treeline/project.yaml': null }, change: { 'src/add.js': wrongAdder }, expected: 'rejected new-failures', more: (evidence) => equal(first(evidence).exit, 0) },
  { name: 'a test removed', base: withMocha, change: { 'test/add.spec.js': mochaFile({ 'adds two': adds['adds two'] }) }, expected: 'rejected tests-removed', more: (evidence) => equal(first(evidence).tests.removed, 1) },
  { name: 'a test skipped', base: withMocha, change: { 'test/add.spec.js': mochaFile(adds).replace('it("adds two"', 'it.skip("adds two"') }, expected: 'rejected tests-skipped' },
  { name: 'a run that takes too long', base: { ...gate('mocha --timeout 0', '    timeout: 2s\n'), 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) }, change: { 'test/slow.spec.js': 'it("waits", (done) => { setTimeout(done, 60000); });\n' }, expected: 'timed-out timeout' },
  { name: 'a suite that passed and never ends', base: { ...withMocha, ...gate('mocha', '    timeout: 8s\n') }, change: { 'src/add.js': `${adder}setInterval(() => {}, 1000);\n` }, expected: 'rejected hung-after-pass' },
  { name: 'a runner that breaks on both sides', base: { ...gate('mocha --require ./absent.js'), 'test/a.js': 'it("a", () => {});\n' }, change: { 'README.md': 'more' }, expected: 'error runner-error' },
  { name: 'a source that does not load', base: withMocha, change: { 'src/add.js': 'exports.add = (;\n' }, expected: 'rejected build-failed', more: (evidence) => match(first(evidence).evidence.tail, /SyntaxError/) },
  { name: 'a command that is not there', base: { ...gate('no-such-runner --all') }, change: { 'README.md': 'more' }, expected: 'error command-missing', more: (evidence) => equal(first(evidence).exit, 127) },
  { name: 'a command that is not executable', base: { ...gate('./plain.txt'), 'plain.txt': 'text' }, change: { 'README.md': 'more' }, expected: 'error command-missing' },
  { name: 'nothing to run', base: { 'README.md': 'text' }, change: { 'README.md': 'more' }, expected: 'not-verified no-command', more: (evidence) => deepEqual(evidence.gates, []) },
  { name: 'the script npm writes into a new package', base: manifest({ test: 'echo "Error: no test specified" && exit 1' }), change: { 'README.md': 'more' }, expected: 'not-verified no-command' },
  {
    name: 'the gate script made to do nothing', base: { ...manifest({ test: 'mocha' }), 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) },
    change: { ...manifest({ test: 'exit 0' }), 'src/add.js': wrongAdder }, expected: 'rejected gate-tampered',
    more: (evidence) => {
      deepEqual(evidence.ticks.map((tick) => tick.id), ['gate-definition:unit']);
      deepEqual(first(evidence).failures.map((failure) => failure.test), ['test/add.spec.js › add › adds two']);
    },
  },
  {
    name: '"|| true" put behind a command that fails', base: { ...manifest({ test: 'mocha' }), 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) },
    change: { ...manifest({ test: 'mocha || true' }), 'src/add.js': wrongAdder }, expected: 'rejected gate-tampered',
  },
  {
    name: 'the gate script changed to no effect', base: { ...manifest({ test: 'mocha' }), 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) },
    change: manifest({ test: 'mocha --recursive' }), expected: 'not-verified needs-person', more: (evidence) => equal(evidence.ticks.length, 1),
  },
  {
    name: 'a script that the gate names made to do nothing', base: { ...gate('sh ./check.sh'), 'check.sh': 'mocha\n', 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) },
    change: { 'check.sh': 'true\n' }, expected: 'rejected gate-tampered',
  },
  { name: 'the runner told to look elsewhere by its configuration', base: withMocha, change: { '.mocharc.json': '{ "spec": "other/*.js" }', 'other/a.js': 'it("a", () => {});\n', 'src/add.js': wrongAdder }, expected: 'rejected gate-tampered' },
  { name: 'the gate taken out of the project file', base: withMocha, change: { '.treeline/project.yaml': 'gates: []\n' }, expected: 'rejected gate-tampered' },
  { name: 'a project file broken by the change', base: withMocha, change: { '.treeline/project.yaml': 'gates: {' }, expected: 'rejected gate-tampered' },
  {
    name: 'a file needed that is ignored', base: { ...withMocha, '.gitignore': 'local.js\n', 'local.js': 'module.exports = 1;\n' },
    change: { 'src/add.js': `require('../local.js');\n${adder}` }, expected: 'rejected build-failed',
  },
  { name: 'a suite that writes a tracked file', base: withMocha, change: { 'test/write.spec.js': 'it("writes", () => require("node:fs").writeFileSync("src/add.js", "changed"));\n' }, expected: 'rejected gate-wrote-files', more: (evidence) => match(first(evidence).failures.map((failure) => failure.message).join(), /src\/add\.js/) },
  { name: 'a suite that writes a tracked file on the base, too', base: { ...withMocha, 'log.txt': '', 'test/write.spec.js': 'it("writes", () => require("node:fs").writeFileSync("log.txt", "changed"));\n' }, change: { 'README.md': 'more' }, expected: 'accepted passed' },
  { name: 'a suite that writes into a tracked file what stands there', base: withMocha, change: { 'test/write.spec.js': 'it("writes", () => require("node:fs").writeFileSync("src/add.js", require("node:fs").readFileSync("src/add.js")));\n' }, expected: 'accepted passed' },
  { name: 'a suite that writes a new snapshot', base: withMocha, change: { 'test/write.spec.js': 'it("writes", () => require("node:fs").writeFileSync("test/a.snap", "changed"));\n' }, expected: 'rejected gate-wrote-files' },
  { name: 'a suite that writes what is no source', base: { ...withMocha, '.gitignore': 'out\n' }, change: { 'test/write.spec.js': 'it("writes", () => { require("node:fs").writeFileSync("out", "x"); require("node:fs").writeFileSync("coverage.txt", "x"); });\n' }, expected: 'accepted passed' },
  { name: 'a daemon left behind', base: withMocha, change: { 'test/daemon.spec.js': 'it("leaves", () => require("node:child_process").spawn("sleep", ["300"], { stdio: "ignore" }).unref());\n' }, expected: 'accepted passed' },
  { name: '20 MB of output', base: { ...withMocha, ...gate("yes 'a line of sixteen'| head -c 20000000; mocha") }, change: { 'README.md': 'more' }, expected: 'accepted passed', more: (evidence) => ok(first(evidence).evidence.tail.length < 5000) },
  { name: 'a gate that is deaf to TERM and leaves daemons', base: { ...gate("trap '' TERM; setsid -f sleep 300; (trap '' TERM; sleep 300) & while :; do sleep 0.1; done", '    timeout: 2s\n') }, change: { 'README.md': 'more' }, expected: 'timed-out timeout' },
  { name: 'one line without end, 60 MB', base: { ...withMocha, ...gate("head -c 60000000 /dev/zero | tr '\\0' x; echo; mocha") }, change: { 'README.md': 'more' }, expected: 'accepted passed', more: (evidence) => ok(first(evidence).evidence.tail.length < 5000) },
  { name: 'binary output, 20 MB', base: { ...withMocha, ...gate('head -c 20000000 /dev/urandom; mocha') }, change: { 'README.md': 'more' }, expected: 'accepted passed', more: (evidence) => ok(first(evidence).evidence.tail.length < 5000) },
  {
    name: 'a test, the pipeline, a lock file and the gate script edited at once', base: { ...manifest({ test: 'mocha' }), 'package-lock.json': '{ "lockfileVersion": 3 }\n', '.github/workflows/ci.yml': 'on: push\n', 'check.sh': 'mocha\n', 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds), ...gate('sh ./check.sh') },
    change: { 'package-lock.json': '{ "lockfileVersion": 3, "packages": {} }\n', '.github/workflows/ci.yml': 'on: pull_request\n', 'check.sh': 'mocha --forbid-only\n', 'test/add.spec.js': mochaFile({ ...adds, 'adds two': 'assert.equal(add(2, 2), 4);' }) }, expected: 'not-verified needs-person',
    kinds: ['medium expectation-changed', 'medium ci-edited', 'medium lockfile-edited'], ticks: 4, more: (evidence) => ok(evidence.ticks.some(({ id }) => id === 'gate-definition:unit')),
  },
  { name: 'a run killed by a signal', base: withMocha, change: { 'test/kill.spec.js': 'it("dies", () => process.kill(process.pid, "SIGKILL"));\n' }, expected: 'error killed' },
  { name: 'a run killed by a signal behind npm', base: { ...manifest({ test: 'mocha' }), 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) }, change: { 'test/kill.spec.js': 'it("dies", () => process.kill(process.pid, "SIGKILL"));\n' }, expected: 'error killed' },
  { name: 'exit(0) in the middle, mocha', base: withMocha, change: { 'src/add.js': 'exports.add = () => process.exit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'exit(0) while loading, mocha', base: withMocha, change: { 'src/add.js': 'process.exit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'exit(1) in the middle, mocha', base: withMocha, change: { 'src/add.js': 'exports.add = () => process.exit(1);\n' }, expected: 'rejected early-exit' },
  { name: 'every test passed, exit 1', base: withMocha, change: { 'test/last.spec.js': 'after(() => process.on("exit", () => process.reallyExit(1)));\nit("last", () => {});\n' }, expected: 'rejected threshold' },
  { name: 'an unknown command that says nothing', base: gate('true'), change: { 'README.md': 'more' }, expected: 'not-verified no-tests' },
  { name: 'an unknown command that fails only here', base: { ...gate('grep -q right word.txt'), 'word.txt': 'right\n' }, change: { 'word.txt': 'wrong\n' }, expected: 'rejected new-failures' },
  { name: 'node:test, a true change', base: withNodeTest, change: { 'src/add.js': `// better\n${adder}` }, expected: 'accepted passed', more: (evidence) => equal(first(evidence).tests.passed, 2) },
  {
    name: 'node:test, a failing test', base: withNodeTest, change: { 'src/add.js': wrongAdder }, expected: 'rejected new-failures',
    more: (evidence) => deepEqual(first(evidence).failures.map(({ test, file, line }) => ({ test, file, line })), [{ test: 'test/add.test.js › adds two', file: 'test/add.test.js', line: 4 }]),
  },
  { name: 'node:test, exit(0) in the middle', base: withNodeTest, change: { 'src/add.js': 'exports.add = () => process.exit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'node:test, exit(0) while loading', base: withNodeTest, change: { 'src/add.js': 'process.exit(0);\n' }, expected: 'rejected early-exit', more: (evidence) => match(first(evidence).failures.map(({ test, message }) => `${test}: ${message}`).join(), /^test\/add\.test\.js: .*left/) },
  { name: 'node:test, exit(0) while loading, past every exit handler', base: withNodeTest, change: { 'src/add.js': 'process.reallyExit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'node:test, exit(0) while loading an ES module', base: { ...withNodeTest, ...esModules }, change: { 'src/add.mjs': 'process.exit(0);\nexport const add = 1;\n' }, expected: 'rejected early-exit' },
  { name: 'node:test, exit(0) in one file of two', base: { ...withNodeTest, 'test/other.test.js': 'require("node:test").test("other", () => {});\n' }, change: { 'src/add.js': 'process.exit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'node:test run as a plain script, exit(0) while loading', base: { ...withNodeTest, ...gate('node test/add.test.js') }, change: { 'src/add.js': 'process.exit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'node:test, a script without it that leaves by exit(0) as it always did', base: { ...withNodeTest, 'test/script.test.js': 'require("node:assert").equal(require("../src/add.js").add(1, 1), 2);\nprocess.exit(0);\n' }, change: { 'src/add.js': `// better\n${adder}` }, expected: 'accepted passed', more: (evidence) => equal(first(evidence).tests.passed, 3) },
  { name: 'node:test, a script without it that comes to its end', base: { ...withNodeTest, 'test/script.test.js': 'require("node:assert").equal(require("../src/add.js").add(1, 1), 2);\n' }, change: { 'src/add.js': `// better\n${adder}` }, expected: 'accepted passed', more: (evidence) => equal(first(evidence).tests.passed, 3) },
  { name: 'node:test, a program that a test starts leaves by exit(0)', base: { ...withNodeTest, 'tool.js': 'process.exit(0);\n', 'test/tool.test.js': 'require("node:child_process").execFileSync(process.execPath, ["tool.js"]);\nrequire("node:test").test("runs", () => {});\n' }, change: { 'src/add.js': `// better\n${adder}` }, expected: 'accepted passed' },
  { name: 'exit(0) past every exit handler while loading, mocha', base: withMocha, change: { 'src/add.js': 'process.reallyExit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'exit(0) past every exit handler in the middle, mocha', base: withMocha, change: { 'src/add.js': 'exports.add = () => process.reallyExit(0);\n' }, expected: 'rejected early-exit' },
  { name: 'exit(0) while loading an ES module, mocha', base: { ...gate('mocha test/*.mjs'), ...esModules, 'test/add.mjs': 'import { add } from "../src/add.mjs";\nit("adds", () => { if (add(1, 1) !== 2) throw new Error("no"); });\n' }, change: { 'src/add.mjs': 'process.exit(0);\nexport const add = 1;\n' }, expected: 'rejected early-exit' },
  { name: 'node:test, a source that does not load', base: withNodeTest, change: { 'src/add.js': 'exports.add = (;\n' }, expected: 'rejected build-failed', more: (evidence) => match(first(evidence).failures[0]?.message ?? '', /SyntaxError/) },
  { name: 'node:test run as a plain script', base: { ...withNodeTest, ...gate('node test/add.test.js') }, change: { 'src/add.js': wrongAdder }, expected: 'rejected new-failures' },
  {
    name: 'JUnit given by the project file', base: { ...gate('sh report.sh', '    report: { format: junit, path: out/report.xml }\n'), 'report.sh': 'mkdir -p out && cp cases.xml out/report.xml\n', 'cases.xml': '<testsuite><testcase classname="a" name="one"/><testcase classname="a" name="two"/></testsuite>' },
    change: { 'cases.xml': '<testsuite><testcase classname="a" name="one"/><testcase classname="a" name="two"><failure message="no">at a.js</failure></testcase></testsuite>' }, expected: 'rejected new-failures',
    more: (evidence) => deepEqual(first(evidence).failures.map(({ test }) => test), ['a › two']),
  },
  {
    name: 'a JUnit report that lies in the tree and is not written', base: { ...gate('true', '    report: { format: junit, path: report.xml }\n'), 'report.xml': '<testsuite><testcase name="one"/></testsuite>' },
    change: { 'README.md': 'more' }, expected: 'not-verified incomplete-report',
  },
  {
    name: 'a new type error among old ones', base: withTypes, change: { 'src/a.ts': '// moved\nexport const one: string = 1;\nexport const two: string = 2;\n' }, expected: 'rejected new-findings',
    more: (evidence) => deepEqual([first(evidence).findings, first(evidence).failures], [{ new: 1, known: 1, fixed: 0 }, [{ test: 'TS2322 in src/a.ts', message: "Type 'number' is not assignable to type 'string'.", file: 'src/a.ts', line: 3 }]]),
  },
  { name: 'old type errors that moved', base: withTypes, change: { 'src/a.ts': '// moved\nexport const one: string = 1;\n' }, expected: 'accepted only-preexisting-failures' },
  { name: 'old type errors repaired', base: { ...withTypes, 'README.md': 'of its own: nothing is known of this base' }, change: { 'src/a.ts': "export const one: string = '1';\n" }, expected: 'accepted passed' },
  { name: 'a new lint error that exit 0 hides', base: withLint, change: { 'src/a.js': 'var a = 1;\nexport { a };\n' }, expected: 'rejected new-findings' },
  { name: 'a new lint warning that the check lets pass', base: withLint, change: { 'src/a.js': 'export const a = other;\n' }, expected: 'accepted passed', more: (evidence) => deepEqual(first(evidence).findings, { new: 1, known: 0, fixed: 0 }) },
  { name: 'a static check that writes no report', base: { ...gate('true', '    findings: { format: sarif, path: out.sarif }\n'), 'out.sarif': '{"runs":[]}' }, change: { 'README.md': 'more' }, expected: 'not-verified incomplete-report' },
  {
    name: 'changed lines that no test runs', base: { ...withMocha, ...gate('mocha && node cover.js', '    coverage: { format: lcov, path: coverage/lcov.info, changed: 80 }\n'), ...lcovStandIn }, change: { 'src/add.js': `${adder}exports.more = () => 1; // never\n` }, expected: 'rejected threshold',
    more: (evidence) => deepEqual([first(evidence).coverage, first(evidence).failures.map(({ file, line }) => `${file ?? ''}:${line ?? ''}`)], [{ lines: 1, ran: 0, minimum: 80 }, ['src/add.js:2']]),
  },
  { name: 'changed lines that tests run', base: { ...withMocha, ...gate('mocha && node cover.js', '    coverage: { format: lcov, path: coverage/lcov.info, changed: 80 }\n'), ...lcovStandIn }, change: { 'src/add.js': `${adder}exports.more = () => 1;\n` }, expected: 'accepted passed' },
  { name: 'a set-up that fails', base: { '.treeline/project.yaml': 'setup: echo broken && exit 3\ngates: [{ id: unit, run: "true" }]\n' }, change: { 'README.md': 'more' }, expected: 'error setup-failed', more: (evidence) => match(first(evidence).evidence.tail, /exit 3/) },
];
