/**
 * Reads a run's report from what the run prints, while it prints it: a gigabyte goes through in the memory of its longest line.
 * Owns: which readings are tried for which runner, and that the runner's own comes first. Refuses: lines without end.
 */
import type { GateDefinition } from '../../core/gate.ts';
import { plainText } from '../../core/plainText.ts';
import type { TestReport } from '../testReport.ts';
import { cargoReader } from './cargoReport.ts';
import { goReader } from './goReport.ts';
import { goTextReader } from './goTextReport.ts';
import { readHumanReport } from './humanReport.ts';
import { readJestJson } from './jestJsonReport.ts';
import type { LineReader, ReaderOptions } from './lineReader.ts';
import { readMochaJson } from './mochaJsonReport.ts';
import { nextestReader } from './nextestReport.ts';
import { pytestTextReader } from './pytestTextReport.ts';
import { tapReader } from './tapReport.ts';

type Runner = GateDefinition['runner'];

const longestLine = 1_048_576;

/** What is printed beyond it is not looked at: no report is that long, and a gate that prints without end must not cost without end. */
const bytesRead = 256 * 1024 * 1024;

export interface PrintedReports {
  push(chunk: Uint8Array): void;
  /** @param output what was kept of the output, made safe: for the readings that need the whole of it */
  end(output: string): TestReport | null;
}

export function printedReports(runner: Runner, options: ReaderOptions): PrintedReports {
  const all: readonly (readonly [Runner, LineReader])[] = [
    ['go-test', goReader(options)], ['go-test', goTextReader(options)], ['nextest', nextestReader(options)], ['cargo-test', cargoReader(options)],
    ['tap', tapReader(options)], ['pytest', pytestTextReader(options)],
  ];
  // What a suite prints of another runner's doings is not its own report. node:test and mocha write TAP when they are told to.
  const readers = all.filter(([name]) => runner === 'unknown' || name === runner || (name === 'tap' && (runner === 'node-test' || runner === 'mocha')));
  const lines = lineSplitter((text) => {
    for (const [, reader] of readers) reader.line(text);
  });
  let bytes = 0;
  return {
    push(chunk) {
      bytes += chunk.byteLength;
      if (bytes <= bytesRead) lines.push(chunk);
    },
    end(output) {
      lines.end();
      const found = readers.map(([name, reader]) => ({ name, report: reader.end() })).filter(({ report }) => report !== null)
        .map(({ name, report }) => ({ name, report: report !== null && bytes > bytesRead ? { ...report, damaged: true } : report }));
      const own = found.find(({ name }) => name === runner)?.report;
      return own ?? readHumanReport(output, options.root) ?? readPrintedJson(output, options.root) ?? found[0]?.report ?? null;
    },
  };
}

function readPrintedJson(output: string, root: string): TestReport | null {
  const report = readJestJson(output, root) ?? readMochaJson(output, root);
  return report?.damaged === true ? null : report;
}

/** Whole lines, escape sequences taken out; a line beyond the limit is dropped. */
function lineSplitter(take: (line: string) => void): { push(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = '';
  let tooLong = false;
  const emit = (line: string): void => {
    if (!tooLong) take((line.includes('\u001b') ? plainText(line) : line).replace(/\r$/, ''));
    tooLong = false;
  };
  return {
    push(chunk) {
      const text = decoder.decode(chunk, { stream: true });
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        emit(rest + text.slice(start, end));
        rest = '';
        start = end + 1;
      }
      if (!tooLong) rest += text.slice(start);
      if (rest.length > longestLine) {
        rest = '';
        tooLong = true;
      }
    },
    end() {
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}
