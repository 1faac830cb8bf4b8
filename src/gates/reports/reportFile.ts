/**
 * Reads a report file of a format that a project's file names.
 * Owns: which reader a format has. A file that cannot be read as what it should be is no report.
 */
import type { GateDefinition } from '../../core/gate.ts';
import type { TestReport } from '../testReport.ts';
import { cargoReader } from './cargoReport.ts';
import { decodedText } from './decodedText.ts';
import { goReader } from './goReport.ts';
import { readJestJson } from './jestJsonReport.ts';
import { readJunitReport } from './junitReport.ts';
import type { LineReader, ReaderOptions } from './lineReader.ts';
import { readMochaJson } from './mochaJsonReport.ts';
import { tapReader } from './tapReport.ts';

type Format = NonNullable<GateDefinition['report']>['format'];

const readers: Readonly<Record<Format, (text: string, options: ReaderOptions) => TestReport | null>> = {
  junit: (text, options) => readJunitReport(text, options.root),
  tap: (text, options) => byLines(text, tapReader(options)),
  'mocha-json': (text, options) => readMochaJson(text, options.root),
  'jest-json': (text, options) => readJestJson(text, options.root),
  'vitest-json': (text, options) => readJestJson(text, options.root),
  'go-json': (text, options) => byLines(text, goReader(options)),
  'libtest-json': (text, options) => byLines(text, cargoReader(options)),
};

export function readReportFile(format: Format, bytes: Uint8Array, options: ReaderOptions): TestReport | null {
  return readers[format](decodedText(bytes), options);
}

function byLines(text: string, reader: LineReader): TestReport | null {
  for (const line of text.split('\n')) reader.line(line.replace(/\r$/, ''));
  return reader.end();
}
