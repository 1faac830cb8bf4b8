/** `.treeline/project.yaml`: what it may say, and every mistake with its line. */
import { deepEqual, equal, throws } from 'node:assert/strict';
import fc from 'fast-check';
import { parseProjectFile } from '../../src/gates/projectFile.ts';
import { ProjectFileError } from '../../src/ports/examiners.ts';

const parse = (text: string): unknown => parseProjectFile(new TextEncoder().encode(text));
function mistakes(text: string): readonly string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof ProjectFileError)) throw error;
    return error.mistakes.map(({ line, message }) => `${line}: ${message}`);
  }
}

describe('parseProjectFile', () => {
  it('REQ-GATE-30: reads everything product.md §6 shows', () => {
    deepEqual(parse(`setup: npm ci
copy: [.env.local]
gates:
  - id: unit
    run: npm test
    report: { format: junit, path: report.xml }
    timeout: 10m
protect: ["infra/**"]
merge: { strategy: squash, target: main }
`), {
      setup: 'npm ci', copy: ['.env.local'], protect: ['infra/**'], merge: { strategy: 'squash', target: 'main' },
      gates: [{ id: 'unit', run: 'npm test', report: { format: 'junit', path: 'report.xml' }, timeout: 600_000 }],
    });
  });

  it('REQ-GATE-110: a gate may be a static check, or have its coverage judged; not both findings and a report of tests', () => {
    deepEqual(parse('gates:\n  - { id: types, run: tsc, findings: { format: tsc } }\n  - { id: unit, run: npm test, coverage: { format: lcov, path: coverage/lcov.info, changed: 80 } }\n'), {
      gates: [{ id: 'types', run: 'tsc', findings: { format: 'tsc' } }, { id: 'unit', run: 'npm test', coverage: { format: 'lcov', path: 'coverage/lcov.info', changed: 80 } }],
    });
    deepEqual(mistakes('gates:\n  - id: a\n    run: x\n    findings: { format: csv, path: ../a }\n    coverage: { format: lcov, path: a, changed: 101 }\n'), [
      '4: gates[0].findings.format: expected one of tsc, eslint-json, sarif', '4: gates[0].findings.path: expected a path inside the repository', '5: gates[0].coverage.changed: expected a percentage',
    ]);
    deepEqual(mistakes('gates:\n  - id: a\n    run: x\n    findings: { format: tsc }\n    report: { format: junit, path: a.xml }\n'), ['2: gates[0]: expected findings or a report of tests, not both']);
  });

  it('REQ-CONTEXT-15: adds to what is never sent, and takes nothing away', () => {
    deepEqual(parse('context: { neverSend: ["infra/**", customers.csv] }\n'), { context: { neverSend: ['infra/**', 'customers.csv'] } });
    throws(() => parse('context:\n  neverSend:\n    - "!.env"\n'), /line 3: context\.neverSend\[0\]: expected a pattern without "!"/);
  });

  it('REQ-GATE-30: everything is optional; an empty file says nothing', () => {
    deepEqual(parse(''), {});
    deepEqual(parse('# only words\n'), {});
    deepEqual(parse('gates: []\nsetup: null\n'), { gates: [], setup: null });
  });

  it('REQ-GATE-31: tells all mistakes at once, each with its line', () => {
    deepEqual(mistakes(`setup: 3
gatez: []
gates:
  - id: Unit Tests
    run: ""
    timeout: soon
    reports: x
  - id: two
    run: npm test
    report: { format: csv, path: ../out.xml }
  - id: two
    run: npm test
merge:
  strategy: rebase
  target: "a b"
`), [
      '1: setup: expected string, received number',
      '2: the key "gatez" is not known here',
      '4: gates[0].id: expected a name of small letters, digits and "-", starting with a letter',
      '5: gates[0].run: expected a command',
      '6: gates[0].timeout: expected a duration such as 90s, 10m or 1h',
      '7: gates[0]: the key "reports" is not known here',
      '10: gates[1].report.format: expected one of junit, tap, mocha-json, jest-json, vitest-json, go-json, libtest-json',
      '10: gates[1].report.path: expected a path inside the repository',
      '11: gates[2].id: the id two is used twice',
      '14: merge.strategy: expected squash, the one strategy of this version',
      '15: merge.target: expected the name of a branch',
    ]);
    deepEqual(mistakes('gates:\n  - id: two\n    run: a\n  - id: two\n    run: b\n'), ['4: gates[1].id: the id two is used twice']);
    deepEqual(mistakes('gates:\n  - id: completeness\n    run: a\n  - id: integrity-guard\n    run: b\n'), ['2: gates[0].id: the id completeness is that of the question whether all is there that was promised', '4: gates[1].id: the id integrity-guard is the integrity guard\'s own']);
  });

  it('REQ-GATE-31: what does not fit together is told beside every other mistake', () => {
    deepEqual(mistakes(`setup: 3
gates:
  - { id: unit, run: a }
  - { id: unit }
  - { id: completeness, run: b, findings: { format: csv }, report: { format: junit, path: a.xml } }
quarantine:
  - { test: x, reason: y, until: soon, gate: other }
`), [
      '1: setup: expected string, received number',
      '4: gates[1].run: expected string, received undefined',
      '4: gates[1].id: the id unit is used twice',
      '5: gates[2].findings.format: expected one of tsc, eslint-json, sarif',
      '5: gates[2]: expected findings or a report of tests, not both',
      '5: gates[2].id: the id completeness is that of the question whether all is there that was promised',
      '7: quarantine[0].until: expected a day such as 2030-01-31',
      '7: quarantine[0].gate: there is no gate other',
    ]);
    deepEqual(mistakes('gates: x\nquarantine: [3]\n'), ['1: gates: expected array, received string', '2: quarantine[0]: expected object, received number']);
    deepEqual(mistakes('gates: [{ run: a, findings: { format: tsc }, report: { format: junit, path: a.xml } }]\n').length, 2);
  });

  it('REQ-GATE-31: a list where a map is expected, and text that is no YAML', () => {
    deepEqual(mistakes('- a\n- b\n'), ['1: expected object, received array']);
    equal(mistakes('gates: {\n  id: [\n').length > 0, true);
    deepEqual(mistakes('setup: a\nsetup: b\n'), ['2: Map keys must be unique']);
  });

  it('REQ-GATE-32: refuses aliases, so that none can multiply', () => {
    const bomb = ['a: &a [x, x, x, x]', ...['b', 'c', 'd'].map((name, index) => `${name}: &${name} [*${'abc'[index]}, *${'abc'[index]}]`)].join('\n');
    equal(mistakes(bomb)[0], '2: the alias *a is not supported: write the value out');
  });

  it('REQ-GATE-32: refuses what is too large or too deep, and does not touch prototypes', () => {
    equal(mistakes(`setup: ${'x'.repeat(300_000)}`)[0]?.startsWith('1: the file has'), true);
    equal(mistakes(`copy: ${'['.repeat(50_000)}`).length > 0, true);
    deepEqual(mistakes('__proto__: { polluted: yes }\n'), ['1: the key "__proto__" is not known here']);
    equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('REQ-GATE-32: refuses patterns that would take their time', () => {
    deepEqual(mistakes(`protect: ["${'*a'.repeat(20)}..b"]`), ['1: protect[0]: expected at most 8 wildcards']);
  });

  it('REQ-GATE-31: only ever throws ProjectFileError', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'abc:-[]{}&*!|>"\'\n #,?%@`\t0'), maxLength: 60 }), (text) => {
      try {
        parse(text);
      } catch (error) {
        equal(error instanceof ProjectFileError, true, String(error));
      }
    }), { numRuns: 2000 });
  });

  it('REQ-GATE-31: the error names the file and every line', () => {
    throws(() => parse('gatez: 1\nsetup: 2\n'), { message: '.treeline/project.yaml: line 1: the key "gatez" is not known here; line 2: setup: expected string, received number' });
  });
});
