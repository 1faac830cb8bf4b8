/** Reports of real runners (test/fixtures/reports/README.md says how each was made): what is read of them, and what is not believed. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { GateDefinition } from '../../src/core/gate.ts';
import { printedReports } from '../../src/gates/reports/printedReports.ts';
import { readReportFile } from '../../src/gates/reports/reportFile.ts';
import type { TestReport } from '../../src/gates/testReport.ts';

type Format = NonNullable<GateDefinition['report']>['format'];
const options = { root: '/checkout', files: new Set(['add/add_test.go', 'panics/p_test.go', 'exits/e_test.go', 'broken/broken_test.go', 'src/lib.rs']) };
const bytes = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, '../fixtures/reports', name));
const textOf = (name: string): string => new TextDecoder().decode(bytes(name));
const file = (format: Format, content: string | Uint8Array): TestReport | null => readReportFile(format, typeof content === 'string' ? new TextEncoder().encode(content) : content, options);
/** Read from what a run prints, in chunks that end anywhere. */
function printed(runner: GateDefinition['runner'], content: string, chunk = 97): TestReport | null {
  const reports = printedReports(runner, options);
  const all = new TextEncoder().encode(content);
  for (let at = 0; at < all.length; at += chunk) reports.push(all.subarray(at, at + chunk));
  return reports.end(content);
}
/** The whole of a report but messages: `state id @file:line`, and what is said of the run. */
function summary(report: TestReport | null): unknown {
  if (report === null) return null;
  const said = (['truncated', 'damaged', 'couldNotLoad'] as const).filter((fact) => report[fact] === true);
  return [...said, ...report.tests.map((test) => `${test.state} ${test.id}${test.state === 'failed' && test.file !== null && test.line !== null ? ` @${test.file}:${test.line}` : ''}`)];
}
const messageOf = (report: TestReport | null, id: string): string | undefined => report?.tests.find((test) => test.id === id)?.message;

describe('JSON of JavaScript runners', () => {
  const tests = [
    'passed test/adds.test.js › adds › two', 'passed test/adds.test.js › adds › 1 to 2', 'passed test/adds.test.js › adds › 2 to 3', 'failed test/adds.test.js › adds › fails @test/adds.test.js:L',
    'skipped test/adds.test.js › adds › later', 'skipped test/adds.test.js › adds › some day', 'passed test/adds.test.js › adds › inner › two', 'passed test/adds.test.js › alone', 'passed test/adds.test.js › alone #2',
  ];

  it('REQ-GATE-27: jest --json: parameters have ids of their own, the same title twice is numbered, a file that does not load is a failed test', () => {
    const report = file('jest-json', bytes('jest.json'));
    deepEqual(summary(report), [...tests.map((test) => test.replace(':L', ':4')), 'failed test/broken.test.js @test/broken.test.js:1']);
    ok(messageOf(report, 'test/broken.test.js')?.includes("Cannot find module './absent' from 'test/broken.test.js'"));
  });

  it('REQ-GATE-27: vitest --reporter=json gives the ids that jest gives', () => {
    deepEqual(summary(file('vitest-json', bytes('vitest.json'))), [...tests.map((test) => test.replace(':L', ':5')), 'failed test/broken.test.js']);
  });

  it('REQ-GATE-27: mocha --reporter=json', () => {
    deepEqual(summary(file('mocha-json', bytes('mocha.json'))), [
      'passed mo/adds.spec.js › alone', 'passed mo/adds.spec.js › alone #2', 'passed mo/adds.spec.js › adds two', 'passed mo/adds.spec.js › adds inner two', 'failed mo/adds.spec.js › adds fails @mo/adds.spec.js:4', 'skipped mo/adds.spec.js › adds later',
    ]);
  });

  it('REQ-GATE-27: is found among other output, and a document that is cut is damaged in a file and nothing in the output', () => {
    const noisy = `npm warn {x}\n> test {\n${textOf('jest.json')}\ndone }\n`;
    equal(printed('unknown', noisy)?.tests.length, 10);
    equal(file('jest-json', noisy)?.tests.length, 10);
    const cut = noisy.slice(0, 1500);
    deepEqual([summary(file('jest-json', cut)), printed('unknown', cut)], [['damaged'], null]);
    deepEqual([file('jest-json', 'Killed'), file('mocha-json', '{"stats": 3}')], [null, null]);
  });
});

describe('JUnit XML of runners', () => {
  it('REQ-GATE-20: vitest, mocha (xunit), pytest and nextest, with the reruns that surefire and nextest add', () => {
    deepEqual(summary(file('junit', bytes('vitest.xml')))?.toString().split(',').length, 10);
    deepEqual(summary(file('junit', bytes('mochaXunit.xml'))), [
      'passed mo/adds.spec.js › Mocha Tests › alone', 'passed mo/adds.spec.js › Mocha Tests › alone #2', 'passed mo/adds.spec.js › adds › two', 'failed mo/adds.spec.js › adds › fails @mo/adds.spec.js:4',
      'skipped mo/adds.spec.js › adds › later', 'passed mo/adds.spec.js › adds inner › two',
    ]);
    deepEqual(summary(file('junit', bytes('pytest.xml'))), [
      'passed tests.test_a › test_two', 'passed tests.test_a › test_param[1-2]', 'passed tests.test_a › test_param[2-3]', 'passed tests.test_a › test_param[x::y[z]-1]', 'failed tests.test_a.TestX › test_in',
      'skipped tests.test_a.TestX › test_skip', 'skipped tests.test_a.TestX › test_xfail', 'passed tests.test_a.TestX › test_xpass', 'failed tests.test_a.TestX › test_xpass_strict', 'failed tests.test_a › test_teardown',
      'failed tests.test_a › test_setup', 'passed tests.test_a.TestU › test_u', 'passed tests.test_a › test_alone',
    ]);
    deepEqual(summary(file('junit', bytes('nextest.xml'))), ['failed small › tests::adds_wrong', 'passed small › tests::flips', 'passed small::it › integrates']);
  });

  it('REQ-GATE-102: in the encoding that it says, or that its first bytes say', () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase classname="a" name="für"/></testsuite>';
    deepEqual(summary(file('junit', Uint8Array.from(text, (character) => character.charCodeAt(0)))), ['passed a › für']);
    const wide = new Uint8Array(Uint16Array.from(`\ufeff${text}`, (character) => character.charCodeAt(0)).buffer);
    deepEqual(summary(file('junit', wide)), ['passed a › für']);
    deepEqual(summary(file('junit', `\ufeff${text.replace('ISO-8859-1', 'none-such')}`)), ['passed a › für']);
  });

  it('REQ-GATE-21: an entity bomb gives nothing, at once', () => {
    const bomb = `<!DOCTYPE lolz [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, index) => `<!ENTITY b${index} "${`&b${index - 1};`.repeat(10)}">`).join('')}]><testsuite><testcase name="&b19;"/></testsuite>`;
    equal(file('junit', bomb), null);
    equal(file('junit', `<testsuites>${'<testsuite name="x">'.repeat(5000)}<testcase name="deep"/>${'</testsuite>'.repeat(5000)}</testsuites>`), null);
  });
});

describe('TAP', () => {
  it('REQ-GATE-106: version 13 with subtests (node:test): the points below are the tests, not those that sum them up', () => {
    deepEqual(summary(file('tap', bytes('nodeTest.tap'))), [
      'passed alone', 'passed adds › two', 'failed adds › fails @no/adds.test.js:6', 'skipped adds › later', 'skipped adds › some day', 'passed adds › inner › two', 'passed with parts › part # one',
    ]);
  });

  it('REQ-GATE-106: version 14: braces, escapes, directives, structured places', () => {
    deepEqual(summary(file('tap', bytes('subtests14.tap'))), ['passed adds › two', 'failed adds › fails @test/adds.js:7', 'skipped adds › later', 'passed braces › inner # one', 'skipped some day']);
  });

  it('REQ-GATE-106: tape: the title before the points is part of their ids, what it measures is not', () => {
    deepEqual(summary(file('tap', bytes('tape.tap'))), ['passed adds two › is three', 'passed adds two › should be truthy', 'failed fails › is the same @ta/adds.js:3', 'skipped todo › some day']);
    deepEqual(summary(file('tap', 'TAP version 13\n# adds\nok 1 a\n# took 12 ms\nok 2 b\n1..2\n')), ['passed adds › a', 'passed adds › b']);
  });

  it('REQ-GATE-106: a line is whole whatever is in it, a bar of progress or another kind of line end, and those after it are read', () => {
    deepEqual(summary(file('tap', 'TAP version 13\n10 %\r50 %\rok 1 a\nok 2 b\u2028b\u2029b\nok 3 c\r\n1..3\n')), ['passed a', 'passed b b b', 'passed c']);
  });

  it('REQ-GATE-106: mocha\'s tap reporter writes no version', () => {
    deepEqual(summary(printed('mocha', `> test\n${textOf('mocha.tap')}`)), ['passed alone', 'passed alone #2', 'passed adds two', 'failed adds fails', 'skipped adds later', 'passed adds inner two']);
  });

  it('REQ-GATE-106: a bail-out, a plan that is not kept and no plan make a cut report; neither version nor plan make none', () => {
    deepEqual(summary(file('tap', 'TAP version 13\n1..3\nok 1 a\nBail out! no database\n')), ['truncated', 'passed a', 'failed Bail out!']);
    deepEqual(summary(file('tap', '1..3\nok 1 a\nok 2 b\n')), ['truncated', 'passed a', 'passed b']);
    deepEqual(summary(file('tap', 'TAP version 14\nok 1 a\n')), ['truncated', 'passed a']);
    deepEqual(summary(file('tap', 'TAP version 13\n# Subtest: outer\n    ok 1 - in\n')), ['truncated', 'passed outer › in']);
    deepEqual(summary(file('tap', 'TAP version 13\n1..0 # SKIP nothing here\n')), []);
    deepEqual(summary(file('tap', 'TAP version 13\n1..0\n')), []);
    equal(printed('unknown', 'ok  \texample.com/small\t0.1s\nok, done\n'), null);
  });

  it('REQ-GATE-106: never throws, wherever it is cut and whatever it says', () => {
    const whole = textOf('nodeTest.tap');
    fc.assert(fc.property(fc.nat(whole.length), (length) => void file('tap', whole.slice(0, length))));
    fc.assert(fc.property(fc.array(fc.constantFrom('TAP version 14', '1..2', 'ok 1', 'not ok - x # TODO', '    ok 2 - y', '  ---', '  ...', '  a: [', '# Subtest: z', 'Bail out!', '}', 'ok 3 - b {', 'pragma +strict', '')), (lines) => void file('tap', lines.join('\n'))));
  });
});

describe('go test', () => {
  const tests = [
    'truncated', 'passed example.com/small/add › TestAddsTwo', 'failed example.com/small/add › TestTable', 'passed example.com/small/add › TestTable › 1_plus_2', 'failed example.com/small/add › TestTable › 1_plus_1 @add/add_test.go:19',
    'skipped example.com/small/add › TestSkipped', 'passed example.com/small/add › FuzzAdd', 'passed example.com/small/add › FuzzAdd › seed#0', 'passed example.com/small/add › ExampleAdd', 'failed example.com/small/broken',
    'passed example.com/small/exits › TestFirst', 'failed example.com/small/exits › TestExits @exits/e_test.go:9', 'passed example.com/small/panics › TestFirst', 'failed example.com/small/panics › TestPanics @panics/p_test.go:6',
  ];

  it('REQ-GATE-28: -json: tests and subtests by package; one that cannot be built is a failed test; one that panics leaves tests out, so the report is cut', () => {
    const report = printed('go-test', textOf('go.jsonl'));
    deepEqual(summary(report), tests.map((test) => (test.endsWith('broken') ? `${test} @broken/broken_test.go:5` : test)));
    equal(messageOf(report, 'example.com/small/add › TestTable › 1_plus_1'), 'printed\nadd_test.go:19: got 2, want 3');
    ok(messageOf(report, 'example.com/small/broken')?.includes('undefined: undefinedThing'));
  });

  it('REQ-GATE-28: -v gives the same tests', () => {
    deepEqual(summary(printed('go-test', textOf('goVerbose.txt'))), tests);
  });

  it('REQ-GATE-28: without either nothing is guessed', () => {
    equal(printed('go-test', textOf('goQuiet.txt')), null);
    equal(printed('go-test', 'ok  \texample.com/small\t0.1s\n'), null);
    deepEqual(summary(printed('go-test', '?   \texample.com/small\t[no test files]\nok  \texample.com/small/a\t0.1s [no tests to run]\n')), []);
    deepEqual(summary(printed('go-test', '{"Action":"output","Package":"p","Output":"?   \\tp\\t[no test files]\\n"}\n{"Action":"skip","Package":"p"}\n')), []);
  });

  it('REQ-GATE-28: a package that never ended, and builds that all failed', () => {
    deepEqual(summary(printed('go-test', '{"Action":"run","Package":"p","Test":"TestA"}\n')), ['truncated', 'failed p › TestA']);
    deepEqual(summary(printed('go-test', '{"ImportPath":"p","Action":"build-output","Output":"p.go:1: no\\n"}\n{"Action":"output","Package":"p","Output":"FAIL\\tp [build failed]\\n"}\n{"Action":"fail","Package":"p"}\n')), ['couldNotLoad', 'failed p']);
    deepEqual(summary(printed('go-test', 'FAIL\tp [build failed]\n')), ['couldNotLoad', 'failed p']);
  });
});

describe('cargo test', () => {
  const library = [
    'passed small src/lib.rs › tests::adds_two', 'failed small src/lib.rs › tests::fails_by_result', 'skipped small src/lib.rs › tests::is_slow', 'failed small src/lib.rs › tests::adds_wrong @src/lib.rs:22', 'passed small src/lib.rs › tests::panics',
  ];
  const sorted = (report: TestReport | null): unknown => (summary(report) as string[]).sort();

  it('REQ-GATE-29: targets by cargo\'s own lines; doc tests without their line, which moves', () => {
    const report = printed('cargo-test', textOf('cargo.txt'));
    deepEqual(sorted(report), [...library, 'passed it tests/it.rs › integrates', 'passed small doc-tests › src/lib.rs - add'].sort());
    equal(messageOf(report, 'small src/lib.rs › tests::adds_wrong'), 'printed before\nassertion `left == right` failed: as it should\n  left: 3\n right: 4');
  });

  it('REQ-GATE-29: libtest\'s JSON gives the same tests', () => {
    deepEqual(sorted(file('libtest-json', bytes('libtest.jsonl'))), sorted(printed('cargo-test', textOf('cargo.txt'))));
  });

  it('REQ-GATE-29: what tests print with --nocapture stands between name and state', () => {
    deepEqual((sorted(printed('cargo-test', textOf('cargoNoCapture.txt'))) as string[]).map((test) => test.replace(/ @.*/, '')), (sorted(printed('cargo-test', textOf('cargo.txt'))) as string[]).map((test) => test.replace(/ @.*/, '')));
  });

  it('REQ-GATE-29: targets left out after the first that failed, and a test that ends the process, make a cut report', () => {
    deepEqual(sorted(printed('cargo-test', textOf('cargoFailFast.txt'))), ['truncated', ...library].sort());
    deepEqual(summary(printed('cargo-test', textOf('cargoExit.txt'))), ['truncated', 'passed small src/lib.rs › a', 'failed small src/lib.rs › b']);
  });

  it('REQ-GATE-29: what does not compile could not load; counts that do not agree are not believed', () => {
    deepEqual(summary(printed('cargo-test', textOf('cargoBroken.txt'))), ['couldNotLoad']);
    equal(printed('cargo-test', textOf('cargo.txt').replace('2 passed', '3 passed')), null);
    equal(printed('cargo-test', 'Compiling small\n'), null);
  });

  it('REQ-GATE-29: nextest: the last try counts, the list after the summary does not; a summary of fewer than planned is cut', () => {
    const tests = ['passed small › tests::adds_two', 'passed small › tests::flips', 'failed small › tests::adds_wrong @src/lib.rs:22', 'passed small::it › integrates'];
    deepEqual(summary(printed('nextest', textOf('nextest.txt'))), tests);
    deepEqual(summary(printed('nextest', textOf('nextest.txt').replace('4 tests run', '4/9 tests run'))), ['truncated', ...tests]);
    deepEqual(summary(printed('nextest', textOf('nextest.txt').replace(/ {5}Summary[^]*/, ''))), ['truncated', ...tests]);
    equal(printed('nextest', textOf('nextest.txt').replace('3 passed', '4 passed')), null);
  });
});

describe('pytest -v', () => {
  it('REQ-GATE-24: gives a test that passed and whose teardown failed as failed; counts must agree with the last line', () => {
    deepEqual(summary(printed('pytest', textOf('pytestVerbose.txt'))), [
      'passed tests/test_a.py › test_two', 'passed tests/test_a.py › test_param[1-2]', 'passed tests/test_a.py › test_param[2-3]', 'passed tests/test_a.py › test_param[x::y[z]-1]', 'failed tests/test_a.py › TestX › test_in',
      'skipped tests/test_a.py › TestX › test_skip', 'skipped tests/test_a.py › TestX › test_xfail', 'passed tests/test_a.py › TestX › test_xpass', 'failed tests/test_a.py › TestX › test_xpass_strict', 'failed tests/test_a.py › test_teardown',
      'failed tests/test_a.py › test_setup', 'passed tests/test_a.py › TestU › test_u', 'passed tests/test_a.py › test_alone',
    ]);
    equal(printed('pytest', textOf('pytestVerbose.txt').replace('7 passed', '8 passed')), null);
    equal(printed('pytest', 'tests/test_a.py ...\n===== 3 passed in 0.01s =====\n'), null);
    deepEqual(summary(printed('pytest', '===== no tests ran in 0.01s =====\n')), []);
  });
});

describe('what a run prints', () => {
  it('REQ-GATE-24: the readings of another runner than the recognised one are not tried', () => {
    equal(printed('jest', textOf('cargo.txt')), null);
    equal(printed('pytest', textOf('go.jsonl')), null);
  });

  it('REQ-GATE-102: an endless line and bytes that are no text are passed over', () => {
    const noise = `${'x'.repeat(3_000_000)}\n\u0000\u0001\ufffd\n`;
    equal(printed('go-test', `${noise}${textOf('go.jsonl')}${noise}`, 65_536)?.tests.length, 13);
    equal(printed('unknown', noise, 65_536), null);
  });

  it('REQ-GATE-25: a title that shows an address or the checkout has the same id in every run', () => {
    const report = file('tap', 'TAP version 13\n1..2\nok 1 - <f at 0x7f4b1d707e50>\nok 2 - reads /checkout/a.txt\n');
    deepEqual(summary(report), ['passed <f at 0x…>', 'passed reads a.txt']);
  });
});
