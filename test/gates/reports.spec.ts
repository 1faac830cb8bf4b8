/** Readers of reports: what they make of a whole one, a cut one, a noisy one and of none. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readListenerReport } from '../../src/gates/reports/listenerReport.ts';
import { readHumanReport } from '../../src/gates/reports/humanReport.ts';
import { readJunitReport } from '../../src/gates/reports/junitReport.ts';
import { factsOf, testEntry, type TestReport } from '../../src/gates/testReport.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures/reports', name), 'utf8');
const states = (report: TestReport | null): unknown => report?.tests.map(({ id, state }) => `${state} ${id}`);
const lines = (...all: readonly unknown[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
const root = '/checkout';

describe('readJunitReport', () => {
  it('REQ-GATE-20: reads cases with class, text and state; the same name twice has two ids', () => {
    const report = readJunitReport(fixture('surefire.xml'), root);
    deepEqual(states(report), [
      'passed com.example.AdderTest › adds two & two', 'skipped com.example.AdderTest › adds A letter', 'failed com.example.AdderTest › subtracts',
      'failed com.example.AdderTest › explodes', 'passed com.example.AdderTest › explodes #2',
    ]);
    equal(report?.tests[2]?.message, 'expected: <1> but was: <2>\nat com.example.AdderTest(AdderTest.java:12)');
    equal(report?.truncated, false);
  });

  it('REQ-GATE-20: takes the checkout out of ids and finds the failing line', () => {
    const report = readJunitReport(fixture('nodeJunit.xml'), root);
    deepEqual(states(report), ['passed test/a.test.js › test › inner ok', 'failed test/a.test.js › test › inner bad', 'passed test/a.test.js › test › top']);
    const failed = report?.tests.find((test) => test.state === 'failed');
    deepEqual([failed?.file, failed?.line], ['test/a.test.js', 4]);
  });

  it('REQ-GATE-21: keeps what stands before a cut and says that it was cut', () => {
    const whole = fixture('surefire.xml');
    const report = readJunitReport(whole.slice(0, whole.indexOf('name="explodes"')), root);
    deepEqual([report?.truncated, report?.damaged, report?.tests.length], [false, true, 3]);
  });

  it('REQ-GATE-21: reads after noise, and refuses document types, entities and what is no XML', () => {
    equal(readJunitReport(`npm warn something\n${fixture('surefire.xml')}`, root)?.tests.length, 5);
    equal(readJunitReport('<!DOCTYPE x [<!ENTITY a "b">]><testsuites><testcase name="&a;"/></testsuites>', root), null);
    equal(readJunitReport('Killed', root), null);
    equal(readJunitReport('<testsuites><testcase name="a"/></testsuites><!DOCTYPE x [<!ENTITY a "b">]>', root), null);
    deepEqual(states(readJunitReport('<testsuites><testcase name="a"><failure><![CDATA[got <!DOCTYPE html>]]></failure></testcase></testsuites>', root)), ['failed a']);
    deepEqual(readJunitReport('<testsuites/>', root), { tests: [], truncated: false, couldNotLoad: false });
  });

  it('REQ-GATE-21: never throws, wherever a report is cut', () => {
    const whole = fixture('surefire.xml');
    fc.assert(fc.property(fc.nat(whole.length - 30), (length) => {
      ok(readJunitReport(whole.slice(0, length), root)?.damaged ?? true);
    }));
  });
});

describe('readListenerReport', () => {
  const begin = { k: 'begin', runner: 'mocha', child: false, main: '/checkout/node_modules/.bin/mocha' };
  const passed = { k: 'test', state: 'passed', path: ['add', 'adds'], file: '/checkout/test/a.js' };
  const end = { k: 'end', tests: 0 };

  it('REQ-GATE-22: gives file and titles as the id, and the line of the first own frame', () => {
    const failed = { ...passed, state: 'failed', path: ['add', 'fails'], message: 'in /checkout/src/a.js', stack: 'Error: x\n    at ok (node:assert:1:1)\n    at y (/checkout/node_modules/z/i.js:2:2)\n    at Context.<anonymous> (test/a.js:7:3)' };
    const report = readListenerReport([lines(begin, passed, failed, end)], root);
    deepEqual(report, {
      truncated: false, couldNotLoad: false,
      tests: [
        { id: 'test/a.js › add › adds', state: 'passed', message: '', file: 'test/a.js', line: null },
        { id: 'test/a.js › add › fails', state: 'failed', message: 'in src/a.js', file: 'test/a.js', line: 7 },
      ],
    });
  });

  it('REQ-AGENT-14: keeps the frames inside the checkout that the message does not show, and head and tail of a long message', () => {
    const failed = { ...passed, state: 'failed', message: `begins ${'x'.repeat(3000)} ends`, stack: 'Error: x\n    at add (file:///checkout/src/add.js:3:9)\n    at y (/checkout/node_modules/z/i.js:2:2)\n    at Context.<anonymous> (test/a.js:7:3)' };
    const [entry] = readListenerReport([lines(begin, failed, end)], root)?.tests ?? [];
    deepEqual([entry?.file, entry?.line, entry?.stack, entry?.message.length, entry?.message.slice(-6)], ['src/add.js', 3, ['at add (src/add.js:3:9)', 'at Context.<anonymous> (test/a.js:7:3)'], 2032, 'x ends']);
  });

  it('REQ-GATE-22: is cut where a process never came to its end, and null where none was heard', () => {
    equal(readListenerReport([lines(begin, passed)], root)?.truncated, true);
    equal(readListenerReport([lines(begin, passed, end), lines(begin)], root)?.truncated, true);
    equal(readListenerReport([], root), null);
    equal(readListenerReport(['noise\n{"k":"other"}\n'], root), null);
  });

  it('REQ-GATE-23: does not count a node:test file without a test, and counts a script by its exit', () => {
    const runner = { ...begin, runner: 'node-test', main: 'test' };
    const file = (name: string): unknown => ({ k: 'test', state: 'passed', path: [name], file: `/checkout/${name}`, line: 1, whole: true });
    const child = { k: 'begin', runner: 'node-test', child: true, main: '/checkout/empty.js' };
    deepEqual(states(readListenerReport([lines(runner, file('empty.js'), file('script.js'), file('helper.js'), end), lines(child, end), lines({ k: 'quiet', main: '/checkout/script.js', gives: false }), lines({ k: 'quiet', main: '/checkout/helper.js', gives: true })], root)), ['passed script.js']);
  });

  it('REQ-GATE-23: a test file whose process left early cuts the report although the runner calls it passed', () => {
    const runner = { ...begin, runner: 'node-test' };
    const child = { k: 'begin', runner: 'node-test', child: true, main: '/checkout/a.js' };
    equal(readListenerReport([lines(runner, passed, end), lines(child)], root)?.truncated, true);
  });

  it('REQ-GATE-26: names a file that is called passed although its process neither told of a test nor came to its end', () => {
    const runner = { ...begin, runner: 'node-test', main: 'test' };
    const file = (name: string): unknown => ({ k: 'test', state: 'passed', path: [`/checkout/test/${name}`], file: `/checkout/test/${name}`, line: 1, whole: true });
    const report = readListenerReport([lines(runner, file('left.js'), file('script.js'), passed, end), lines({ k: 'quiet', main: '/checkout/test/script.js' }), lines({ k: 'quiet', main: '/checkout/tool.js' })], root);
    deepEqual([report?.left, report?.truncated], [['test/left.js'], false]);
  });

  it('REQ-GATE-23: only files that could not be loaded: the runner could not load', () => {
    const runner = { ...begin, runner: 'node-test' };
    const broken = { k: 'test', state: 'failed', path: ['a.js'], file: '/checkout/a.js', line: 1, whole: true, message: 'SyntaxError' };
    equal(readListenerReport([lines(runner, broken, end)], root)?.couldNotLoad, true);
    equal(readListenerReport([lines(runner, broken, passed, end)], root)?.couldNotLoad, false);
  });
});

describe('readHumanReport', () => {
  it('REQ-GATE-24: reads mocha\'s output, noise passed over', () => {
    deepEqual(states(readHumanReport(fixture('mochaSpec.txt'), root)), ['passed add › adds two', 'failed add › adds nothing', 'skipped add › is skipped', 'passed add › inner › is slow']);
  });

  it('REQ-GATE-24: reads node:test\'s output', () => {
    deepEqual(states(readHumanReport(fixture('nodeSpec.txt'), root)), ['passed one', 'passed group › inner ok', 'failed group › inner bad', 'skipped group › skipped', 'skipped group › later']);
  });

  it('REQ-GATE-24: reads ava\'s output; a file that does not load is a failed test, a process that left makes a cut report', () => {
    const red = readHumanReport(fixture('avaText.txt'), root), broken = readHumanReport(fixture('avaBroken.txt'), root);
    deepEqual([states(red), red?.tests.find(({ state }) => state === 'failed')?.message.trim().split('\n').slice(-4, -2), red?.truncated], [
      ['skipped add › later', 'skipped add › some day', 'failed add › adds', 'passed add › subs', 'skipped add › known', 'passed b › adds'], ['- -1', '+ 3'], false,
    ]);
    deepEqual([states(broken), broken?.tests[1]?.message.split('\n')[0], broken?.truncated], [['passed add › adds', 'failed test/b.js'], 'SyntaxError: Unexpected end of input', true]);
    equal(readHumanReport(fixture('avaText.txt').replace('1 test failed', '2 tests failed'), root), null);
    const told = readHumanReport(fixture('avaFailures.txt'), root)?.tests.map(({ id, message }) => [id, message.split('\n')[0]]);
    deepEqual(told, [['a', 'test/x.js:2'], ['a b', 'Error thrown in test:'], ['c', 'Rejected promise returned by test. Reason:']]);
  });

  it('REQ-GATE-24: is no report where the counts do not agree with the summary, or nothing is known', () => {
    equal(readHumanReport(fixture('mochaSpec.txt').replace('2 passing', '3 passing'), root), null);
    equal(readHumanReport(fixture('nodeSpec.txt').replace('ℹ pass 2', 'ℹ pass 9'), root), null);
    equal(readHumanReport('all good\n', root), null);
  });

  it('REQ-GATE-24: mocha without a file is a run without a test', () => {
    for (const said of ['Error: No test files found', 'Error: No test files found: "test/*.spec.js"']) deepEqual(readHumanReport(`${said}\n`, root), { tests: [], truncated: false, couldNotLoad: false });
  });
});

describe('the identity of a test', () => {
  it('REQ-GATE-25: is the same wherever the checkout lies', () => {
    const found = (at: string): string => testEntry({ state: 'passed', path: [`${at}/test/a.js`], file: `${at}/test/a.js` }, at).id;
    equal(found('/one'), found('/two/deeper'));
  });

  it('REQ-GATE-25: shows no control or invisible characters', () => {
    equal(testEntry({ state: 'passed', path: ['a\u001b[31mred\u001b[0m\u202e\u200b'], file: null }, root).id, 'ared');
  });

  it('REQ-GATE-25: facts keep every id in its state', () => {
    deepEqual(factsOf({ tests: [testEntry({ state: 'skipped', path: ['a'], file: null }, root)], truncated: true, couldNotLoad: false }), { passed: [], failed: [], skipped: ['a'], truncated: true, left: [] });
  });
});
