/** Static checks and coverage: what is read of real tools' reports, which findings are new, which changed lines ran. */
import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readCobertura } from '../../src/gates/findings/coberturaCoverage.ts';
import { addHit, coverageOf, inRanges, type Hits } from '../../src/gates/findings/coverage.ts';
import { changedCoverage } from '../../src/gates/findings/changedCoverage.ts';
import { changedLines } from '../../src/gates/findings/changedLines.ts';
import { readEslint } from '../../src/gates/findings/eslintFindings.ts';
import type { Finding } from '../../src/gates/findings/finding.ts';
import { readLcov } from '../../src/gates/findings/lcovCoverage.ts';
import { compareFindings } from '../../src/gates/findings/newFindings.ts';
import { readSarif } from '../../src/gates/findings/sarifFindings.ts';
import { readTsc } from '../../src/gates/findings/tscFindings.ts';

const root = '/checkout';
const none: Hits = new Map();
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures/reports', name), 'utf8');
const shown = (findings: readonly Finding[] | null): unknown => findings?.map(({ file, line, rule, severity, message }) => `${severity} ${rule} ${file}:${line ?? ''} ${message}`) ?? null;

describe('readers of findings', () => {
  const types = [
    'error TS6133 src/a.ts:2 \'unused\' is declared but its value is never read.', 'error TS2322 src/a.ts:5 Type \'number\' is not assignable to type \'string\'.', 'error TS2322 src/a.ts:6 Type \'number\' is not assignable to type \'string\'.',
  ];
  const lint = [
    'error no-var src/b.js:1 Unexpected var, use let or const instead.', 'warning no-unused-vars src/b.js:1 \'a\' is assigned a value but never used.', 'error no-undef src/b.js:2 \'undefinedThing\' is not defined.', 'error parse-error src/c.js:1 Parsing error: Unexpected token ;',
  ];

  it('REQ-GATE-110: tsc, with and without colours; a message of several lines; a mistake without a place', () => {
    deepEqual([shown(readTsc(fixture('tsc.txt'), root)), shown(readTsc(fixture('tscPretty.txt'), root))], [types, types]);
    deepEqual(shown(readTsc('/checkout/a b.ts(1,2): error TS2345: Argument\n  Type \'x\' is not\n    assignable.\n\n  other\nerror TS5023: Unknown compiler option \'--x\'.\n', root)), ['error TS2345 a b.ts:1 Argument\nType \'x\' is not\nassignable.', 'error TS5023 : Unknown compiler option \'--x\'.']);
    deepEqual([readTsc('', root), readTsc('Found 0 errors.\n', root)], [[], []]);
  });

  it('REQ-GATE-110: ESLint\'s JSON, in a file or among what is printed', () => {
    deepEqual(shown(readEslint(fixture('eslint.json'), root)), lint);
    deepEqual(shown(readEslint(`> lint\n[note]\n${fixture('eslint.json')}\n`, root)), lint);
    deepEqual([readEslint('[]', root), readEslint('Oops! Something went wrong!', root), readEslint(fixture('eslint.json').slice(0, 300), root)], [[], null, null]);
  });

  it('REQ-GATE-110: SARIF gives what the tool\'s own format gives', () => {
    deepEqual((shown(readSarif(fixture('eslint.sarif'), root)) as string[]).map((line) => line.split(' ').slice(0, 3).join(' ')), ['error no-var src/b.js:1', 'warning no-unused-vars src/b.js:1', 'error no-undef src/b.js:2', 'error ESL0999 src/c.js:1']);
  });

  it('REQ-GATE-110: SARIF: levels and messages of rules, encoded places; what is suppressed, absent or well is no finding', () => {
    const results = [
      { ruleIndex: 0, message: { id: 'm', arguments: ['x'] }, locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a%20b.c' }, region: { startLine: 3 } } }] }, { ruleId: 'r2', level: 'note', message: { text: 'see' } },
      { ruleId: 'r', suppressions: [{ kind: 'inSource' }], message: { text: 'x' } }, { ruleId: 'r', baselineState: 'absent', message: { text: 'x' } }, { ruleId: 'r', kind: 'pass', message: { text: 'x' } }, { ruleId: 'r', level: 'none', message: { text: 'x' } },
    ];
    const text = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { rules: [{ id: 'r1', defaultConfiguration: { level: 'error' }, messageStrings: { m: { text: 'found {0}' } } }] } }, results }, {}] });
    deepEqual(shown(readSarif(text, root)), ['error r1 src/a b.c:3 found x', 'note r2 : see']);
    deepEqual([readSarif('{"runs": 3}', root), readSarif('nothing', root)], [null, null]);
  });
});

describe('which findings are new', () => {
  const lines = (text: string) => async (): Promise<readonly string[]> => text.split('\n');
  const at = (line: number | null, more: Partial<Finding> = {}): Finding => ({ file: 'a.ts', line, rule: 'R', message: 'wrong', severity: 'error', ...more });
  const compared = async (before: string, base: readonly Finding[], after: string, head: readonly Finding[], renames: ReadonlyMap<string, string> = new Map()): Promise<unknown> => {
    const { fresh, known, fixed } = await compareFindings({ findings: base, lines: lines(before) }, { findings: head, lines: lines(after) }, renames);
    return { fresh: fresh.map(({ file, line }) => `${file}:${line ?? ''}`), known: known.length, fixed };
  };

  it('REQ-GATE-111: a line that moved is the same by what it says', async () => {
    deepEqual(await compared('one\nbad\n', [at(2)], 'new\nnew\none\n  bad\n', [at(4)]), { fresh: [], known: 1, fixed: 0 });
  });

  it('REQ-GATE-111: a new finding among old ones with the same words is new, also where an old one went', async () => {
    deepEqual(await compared('bad1\nx\ny', [at(1)], 'bad1\nx\nbad2', [at(1), at(3)]), { fresh: ['a.ts:3'], known: 1, fixed: 0 });
    deepEqual(await compared('bad1\nx\ny\nz', [at(1)], 'good\nx\ny\nbad2', [at(4)]), { fresh: ['a.ts:4'], known: 0, fixed: 1 });
    deepEqual(await compared('bad', [at(1)], 'bad\nbad', [at(1), at(2)]), { fresh: ['a.ts:2'], known: 1, fixed: 0 });
  });

  it('REQ-GATE-111: an edited line that keeps its finding is known by its neighbours', async () => {
    deepEqual(await compared('before\nbad(1)\nafter', [at(2)], 'x\nbefore\nbad(2)\nafter', [at(3)]), { fresh: [], known: 1, fixed: 0 });
  });

  it('REQ-GATE-111: another rule, message or file is another finding; a renamed file and moving numbers in a message are not', async () => {
    deepEqual(await compared('bad', [at(1)], 'bad', [at(1, { rule: 'S' }), at(1, { message: 'else' }), at(1, { file: 'b.ts' })]), { fresh: ['a.ts:1', 'a.ts:1', 'b.ts:1'], known: 0, fixed: 1 });
    deepEqual(await compared('bad', [at(1, { message: 'see line 12' })], 'bad', [at(1, { file: 'b.ts', message: 'see line 14' })], new Map([['b.ts', 'a.ts']])), { fresh: [], known: 1, fixed: 0 });
    deepEqual(await compared('', [at(null)], '', [at(null)]), { fresh: [], known: 1, fixed: 0 });
  });

  it('REQ-GATE-111: nothing is new where nothing changed, and each finding of the base excuses at most one', async () => {
    const findings = fc.array(fc.record({ file: fc.constantFrom('a', 'b'), line: fc.integer({ min: 1, max: 5 }), rule: fc.constantFrom('R', 'S'), message: fc.constantFrom('m', 'n'), severity: fc.constant('error' as const) }), { maxLength: 8 });
    await fc.assert(fc.asyncProperty(findings, findings, fc.array(fc.constantFrom('x', 'y', ''), { minLength: 5, maxLength: 5 }), async (base, head, text) => {
      const same = await compareFindings({ findings: base, lines: async () => text }, { findings: base, lines: async () => text }, new Map());
      deepEqual([same.fresh.length, same.fixed], [0, 0]);
      const other = await compareFindings({ findings: base, lines: async () => text }, { findings: head, lines: async () => text }, new Map());
      deepEqual([other.fresh.length + other.known.length, other.known.length + other.fixed], [head.length, base.length]);
    }));
  });
});

describe('coverage', () => {
  it('REQ-GATE-112: lcov; files named twice are added up', () => {
    const hits = readLcov(fixture('lcov.info'), root);
    deepEqual(coverageOf(hits ?? none), { 'cov/add.js': { ran: '1-5,7', missed: '6' } });
    deepEqual(coverageOf(readLcov('SF:/checkout/a.js\nDA:1,0\nDA:2,-1\nend_of_record\nSF:a.js\nDA:1,3,hash\nend_of_record\n', root) ?? none), { 'a.js': { ran: '1', missed: '2' } });
    equal(readLcov('nothing', root), null);
  });

  it('REQ-GATE-112: Cobertura, its paths below their sources; its usual document type is passed over, one with declarations refused', () => {
    const files = new Set(['cov/add.py']);
    const text = fixture('cobertura.xml');
    deepEqual(coverageOf(readCobertura(text, root, files) ?? none)['cov/add.py'], { ran: '1-2,4', missed: '3' });
    const typed = text.replace('<coverage ', '<!DOCTYPE coverage SYSTEM "http://cobertura.example/coverage-04.dtd">\n<coverage ');
    deepEqual(readCobertura(typed, root, files), readCobertura(text, root, files));
    deepEqual([readCobertura(typed.replace('04.dtd">', '04.dtd" [<!ENTITY a "b">]>'), root, files), readCobertura('<a/>', root, files), readCobertura('no', root, files)], [null, null, null]);
  });

  it('REQ-GATE-112: ranges say of each line what the hits said', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 2 }))), (rows) => {
      const hits: Hits = new Map();
      for (const [line, count] of rows) addHit(hits, 'f', line, count);
      const found = coverageOf(hits)['f'] ?? { ran: '', missed: '' };
      for (let line = 1; line <= 61; line += 1) {
        const count = hits.get('f')?.get(line);
        deepEqual([inRanges(found.ran, line), inRanges(found.missed, line)], [count !== undefined && count > 0, count === 0]);
      }
    }));
  });
});

describe('coverage of changed lines', () => {
  const diff = `diff --git a/src/a.js b/src/a.js
--- a/src/a.js
+++ b/src/a.js
@@ -1,3 +1,4 @@
 one
-two
+TWO
+++ three
 four
@@ -10 +12,2 @@ function
-x
+y
+z
\\ No newline at end of file
diff --git a/old.txt b/old.txt
deleted file mode 100644
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git "a/s\\303\\266.js" "b/s\\303\\266.js"
--- /dev/null
+++ "b/s\\303\\266.js"
@@ -0,0 +1 @@
+new
`;

  it('REQ-GATE-113: the lines that a diff adds, by the head\'s numbers', () => {
    deepEqual([...changedLines(diff)].map(([file, lines]) => `${file}: ${[...lines].join()}`), ['src/a.js: 2,3,12,13', 'sö.js: 1']);
  });

  it('REQ-GATE-113: of the changed lines those count that can run; a file that was never loaded is missed whole', async () => {
    const changed = new Map(Object.entries({ 'src/a.js': [1, 2, 3, 9], 'src/new.js': [1, 2, 3, 4], 'README.md': [1], 'test/a.test.js': [1], 'src/a.test.js': [1], 'tools/x.js': [1], 'src/types.d.ts': [1] }).map(([file, lines]) => [file, new Set(lines)]));
    const found = await changedCoverage(changed, { 'src/a.js': { ran: '1-2', missed: '3,5' } }, async () => ['// words', 'run();', '', '}']);
    deepEqual(found, { lines: 4, ran: 2, missed: [{ file: 'src/a.js', lines: [3] }, { file: 'src/new.js', lines: [2] }] });
  });
});
