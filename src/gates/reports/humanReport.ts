/**
 * Reads the output meant for people, for when no machine-readable report came: mocha's `spec`, node:test's `spec`, ava's.
 * Owns: which is tried, and the first two readings. Refuses: to guess: a reading whose counts differ from the runner's own summary is no report.
 */
import { readAva } from './avaTextReport.ts';
import { testEntry, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';

/** @param output what the runner printed, escape sequences removed */
export function readHumanReport(output: string, root: string): TestReport | null {
  const lines = output.split('\n');
  // mocha and jest end with 1 when their patterns match no file: that is no test, not a broken runner.
  if (lines.some((line) => /^Error: No test files found(?:: .*)?$/.test(line) || line === 'No tests found, exiting with code 1')) return { tests: [], truncated: false, couldNotLoad: false };
  return readMocha(lines, root) ?? readNodeSpec(lines, root) ?? readAva(lines, root);
}

type State = TestEntry['state'];
interface Row { readonly indent: number; readonly title: string; readonly state: State | null }

/** Rows of an indented tree → tests with the titles around them. */
function testsOf(rows: readonly Row[], root: string): readonly TestEntry[] {
  const around: { readonly indent: number; readonly title: string }[] = [];
  const tests: TestEntry[] = [];
  for (const row of rows) {
    while (around.length > 0 && (around.at(-1)?.indent ?? 0) >= row.indent) around.pop();
    if (row.state === null) around.push(row);
    else tests.push(testEntry({ state: row.state, path: [...around.map(({ title }) => title), row.title], file: null }, root));
  }
  return withUniqueIds(tests);
}

function agrees(tests: readonly TestEntry[], counts: Readonly<Record<State, number>>): boolean {
  return (['passed', 'failed', 'skipped'] as const).every((state) => tests.filter((test) => test.state === state).length === counts[state]);
}

function countIn(lines: readonly string[], pattern: RegExp): number | null {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match) return Number(match[1]);
  }
  return null;
}

function readMocha(lines: readonly string[], root: string): TestReport | null {
  const summary = lines.findLastIndex((line) => /^ {2}\d+ passing \(/.test(line));
  if (summary < 0) return null;
  const after = lines.slice(summary);
  const rows = lines.slice(0, summary).flatMap((line): readonly Row[] => {
    const match = /^( +)(?:(✔|✓|√)|(\d+\))|(-) )? ?(\S.*)$/u.exec(line);
    if (!match) return [];
    const [, space = '', pass, fail, skip, title = ''] = match;
    const state = pass ? 'passed' : fail ? 'failed' : skip ? 'skipped' : null;
    return [{ indent: space.length, title: title.replace(/ \(\d+ms\)$/, ''), state }];
  });
  const tests = testsOf(rows, root);
  const counts = {
    passed: countIn(after, /^ {2}(\d+) passing/) ?? 0, failed: countIn(after, /^ {2}(\d+) failing/) ?? 0, skipped: countIn(after, /^ {2}(\d+) pending/) ?? 0,
  };
  return agrees(tests, counts) ? { tests: [...tests], truncated: false, couldNotLoad: false } : null;
}

function readNodeSpec(lines: readonly string[], root: string): TestReport | null {
  const summary = lines.findLastIndex((line) => /^ℹ tests \d+$/.test(line));
  if (summary < 0) return null;
  const after = lines.slice(summary);
  const rows: Row[] = [];
  for (const line of lines.slice(0, summary)) {
    const match = /^( *)(✔|✖|﹣|▶|⚠) (.+?)(?: \([\d.]+ms\))?( # (?:SKIP|TODO).*)?$/u.exec(line);
    if (!match) continue;
    const [, space = '', sign = '', title = '', mark] = match;
    // A suite is printed when it begins (▶) and again when it ends.
    const begun = rows.some((row) => row.state === null && row.indent === space.length && row.title === title);
    if (begun) continue;
    rows.push({ indent: space.length, title, state: sign === '▶' ? null : mark !== undefined || sign === '﹣' ? 'skipped' : sign === '✔' ? 'passed' : 'failed' });
  }
  const tests = testsOf(rows, root);
  const count = (name: string): number => countIn(after, new RegExp(`^ℹ ${name} (\\d+)$`)) ?? 0;
  const counts = { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') + count('todo') };
  return agrees(tests, counts) ? { tests: [...tests], truncated: false, couldNotLoad: false } : null;
}
