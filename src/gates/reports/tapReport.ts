/**
 * Reads TAP 12 to 14 (testanything.org): plans, directives, subtests, diagnostics, `Bail out!`; the grammar is tap-parser's.
 * Owns: which points are tests. A point that only sums up its subtests is none (unless it failed although they did not); `TODO` is skipped.
 * Where a comment stands before a point (tape writes a test's title so), it is the title around the points that follow.
 * Refuses: to take `ok` at the start of any line for TAP: without a version or a plan it is no report. A bail-out or a missing plan makes a cut one.
 */
import { Parser, type Result } from 'tap-parser';
import { testEntry, testLimit, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';
import type { LineReader, ReaderOptions } from './lineReader.ts';

interface Point { readonly titles: readonly string[]; readonly result: Result | null; readonly inner: readonly Point[] }

const begins = /^(TAP version \d+|1\.\.\d+|(not )?ok\b)/;
const block = { begin: /^\s+---\s*$/, end: /^\s+\.\.\.\s*$/, lines: 300 };
const textLimit = 64 * 1024 * 1024;

export function tapReader(options: ReaderOptions): LineReader {
  const parser = new Parser();
  const points: Point[] = [];
  listen(parser, points, true);
  let lines = 0;
  let begun = false;
  let planned = false;
  let bailed: string | null = null;
  let taken = 0;
  let inBlock = -1;
  parser.on('plan', () => { planned = true; });
  parser.on('bailout', (reason: unknown) => { bailed = typeof reason === 'string' && reason !== '' ? reason : 'bailed out'; });
  const oneLine = (text: string): void => {
    begun ||= begins.test(text);
    if (!begun || taken > textLimit || lines > testLimit) return;
    // A diagnostic is YAML: read, but not without end.
    if (inBlock >= 0 && !block.end.test(text)) inBlock += 1;
    else inBlock = block.begin.test(text) ? 0 : -1;
    if (inBlock > block.lines) return;
    taken += text.length;
    if (/^\s*(not )?ok\b/.test(text)) lines += 1;
    if (/^TAP version \d+/.test(text)) planned = true;
    parser.write(`${text}\n`);
  };
  return {
    line(text) {
      // tap-parser's line ends at "\n" alone, and none may have another end inside: it would wait, and all that follows with it.
      for (const part of text.split('\r')) oneLine(part.replace(/[\u2028\u2029]/g, ' '));
    },
    end() {
      if (!begun || !planned) return null;
      parser.end();
      const complete = !parser.syntheticPlan && parser.planEnd >= 0 && parser.count >= parser.planEnd;
      const tests = points.flatMap((point) => testsOf(point, [], options.root));
      if (bailed !== null) tests.push(testEntry({ state: 'failed', path: ['Bail out!'], file: null, message: bailed }, options.root));
      const report: TestReport = { tests: [...withUniqueIds(tests)], truncated: bailed !== null || !complete || taken > textLimit || lines > testLimit, couldNotLoad: false };
      return report;
    },
  };
}

/** Puts the parser's points into `into`, with the points of a subtest inside the one that sums it up. */
function listen(parser: Parser, into: Point[], withComments: boolean): void {
  let inner: Point[] | null = null;
  let innerName = '';
  let comment: string | null = null;
  let around: readonly string[] = [];
  parser.on('plan', () => { comment = null; });
  parser.on('child', (child: Parser) => {
    comment = null;
    inner = [];
    innerName = child.name;
    listen(child, inner, false);
  });
  // A run cut off inside a subtest has no point that sums it up.
  parser.on('complete', () => { if (inner !== null && inner.length > 0) into.push({ titles: [innerName || 'subtest'], result: null, inner }); });
  if (withComments) parser.on('comment', (text: string) => { comment = titleOf(text); });
  parser.on('assert', (result: Result) => {
    if (result.tapError) return;
    if (comment !== null) around = [comment];
    comment = null;
    into.push({ titles: [...around, result.name === '' ? innerName || `test ${result.id}` : result.name], result, inner: inner ?? [] });
    inner = null;
    innerName = '';
  });
}

/** Null: a comment that counts, measures or announces is no title. */
function titleOf(text: string): string | null {
  const title = text.replace(/^#\s*/, '').replace(/^(TODO|SKIP) /, '').trim();
  return title === '' || /^(Subtest: |tests? +\d|pass +\d|fail +\d|ok$|time=)|\d+(\.\d+)? ?m?s\b/i.test(title) ? null : title;
}

function testsOf(point: Point, around: readonly string[], root: string): TestEntry[] {
  const titles = [...around, ...point.titles];
  const inner = point.inner.flatMap((child) => testsOf(child, titles, root));
  const { result } = point;
  if (result === null || (inner.length > 0 && (result.ok || inner.some((test) => test.state === 'failed')))) return inner;
  const { message, place, stack } = diagnosticOf(result.diag);
  const state = result.skip || result.todo ? 'skipped' : result.ok ? 'passed' : 'failed';
  return [...inner, testEntry({ state, path: titles, file: null, message: message || 'not ok', stack, place: state === 'failed' ? place : null }, root)];
}

/** The fields that Node, tape and tap write. */
function diagnosticOf(diagnostic: unknown): { readonly message: string; readonly stack: string; readonly place: { readonly file: string; readonly line: number } | null } {
  const fields = (typeof diagnostic === 'object' && diagnostic !== null ? diagnostic : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : typeof fields[name] === 'number' ? String(fields[name]) : '');
  const at = fields['at'];
  const named = typeof at === 'object' && at !== null && 'fileName' in at && 'lineNumber' in at ? `${String(at.fileName)}:${String(at.lineNumber)}` : text('at') || text('location');
  const place = /([^\s():]+):(\d+)(?::\d+)?\)?$/.exec(named);
  const message = text('error') || text('message') || (fields['expected'] !== undefined || fields['actual'] !== undefined ? `expected ${JSON.stringify(fields['expected'])}, got ${JSON.stringify(fields['actual'])}` : '');
  return { message: message || text('stack'), stack: text('stack'), place: place?.[1] !== undefined && place[1].includes('.') ? { file: place[1], line: Number(place[2]) } : null };
}
