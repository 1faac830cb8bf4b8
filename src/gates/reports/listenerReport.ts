/**
 * Reads what the listener of listeners/ wrote: one file of JSON lines for each process that ran tests.
 * Owns: how the files of several processes become one report. Tolerant: a line that is none is passed over, a cut file is a cut report.
 */
import * as z from 'zod';
import { testEntry, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';

const lineSchema = z.discriminatedUnion('k', [
  z.object({ k: z.literal('begin'), runner: z.enum(['mocha', 'node-test', 'jest', 'vitest', 'pytest', 'unittest']), child: z.boolean(), main: z.string().optional() }),
  z.object({
    k: z.literal('test'), state: z.enum(['passed', 'failed', 'skipped']), path: z.array(z.string()), file: z.string().optional(),
    line: z.number().int().optional(), whole: z.boolean().optional(), message: z.string().optional(), stack: z.string().optional(),
    place: z.object({ file: z.string(), line: z.number().int() }).optional(),
  }),
  z.object({ k: z.literal('end'), tests: z.number().int() }),
  z.object({ k: z.literal('quiet'), main: z.string(), gives: z.boolean().optional() }),
]);
type Line = z.infer<typeof lineSchema>;
type TestLine = Extract<Line, { k: 'test' }>;

interface ProcessReport { readonly child: boolean; readonly main: string; readonly tests: readonly TestLine[]; /** Tests counted at its end; null: it never came there. */ readonly ended: number | null }

/**
 * @param files texts of the listener's files, in the order the processes began
 * @param root the checkout's folder as the processes saw it
 * @returns null when no runner was heard
 */
export function readListenerReport(files: readonly string[], root: string): TestReport | null {
  const processes = files.map(readProcess).filter((process) => process !== null);
  const runners = processes.filter((process) => !process.child);
  if (processes.length === 0) return null;
  // A test file that left before its last test: its own process never came to its end, whatever the runner says of it.
  const truncated = processes.some((process) => process.ended === null);
  const children = new Map(processes.filter((process) => process.child).map((process) => [process.main, process]));
  const quiet = new Map(files.flatMap(quietIn));
  const lines = runners.flatMap((process) => process.tests).filter((line) => !emptyFile(line, children, quiet));
  const left = lines.filter((line) => line.whole === true && line.state === 'passed' && !children.has(line.file ?? '') && !quiet.has(line.file ?? ''));
  const loaded = lines.some((line) => !unloadable(line, children));
  const tests: TestEntry[] = lines.map((line) => testEntry({
    state: line.state, path: line.path, file: line.file ?? null, line: line.whole ? null : line.line ?? null,
    message: line.message ?? null, stack: line.stack ?? null, place: line.place ?? null,
  }, root));
  return { tests: [...withUniqueIds(tests)], truncated, couldNotLoad: lines.length > 0 && !loaded, ...(left.length > 0 ? { left: left.map((line) => testEntry({ state: line.state, path: line.path, file: line.file ?? null }, root).id) } : {}) };
}

function readProcess(text: string): ProcessReport | null {
  const lines = text.split('\n').map(readLine).filter((line) => line !== null);
  const begin = lines.find((line) => line.k === 'begin');
  if (!begin) return null;
  const end = lines.find((line) => line.k === 'end');
  return { child: begin.child, main: begin.main ?? '', tests: lines.filter((line) => line.k === 'test'), ended: end?.tests ?? null };
}

/** Files of `node --test` whose processes came to their end without a test, and whether they give something to others. */
function quietIn(text: string): readonly (readonly [string, boolean])[] {
  return text.split('\n').flatMap((line) => { const found = readLine(line); return found?.k === 'quiet' ? [[found.main, found.gives ?? false] as const] : []; });
}

function readLine(text: string): Line | null {
  if (text === '') return null;
  try {
    return lineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * `node --test` calls a file without a test one passed test. A script that never touches node:test stays: it is a test by its exit code; one that
 * gives something to others is what tests call.
 */
function emptyFile(line: TestLine, children: ReadonlyMap<string, ProcessReport>, quiet: ReadonlyMap<string, boolean>): boolean {
  return line.whole === true && line.state === 'passed' && (children.get(line.file ?? '')?.ended === 0 || quiet.get(line.file ?? '') === true);
}

/** `node --test` reports a file that cannot be loaded as one failed test named after it. */
function unloadable(line: TestLine, children: ReadonlyMap<string, ProcessReport>): boolean {
  return line.whole === true && line.state === 'failed' && !children.has(line.file ?? '');
}
