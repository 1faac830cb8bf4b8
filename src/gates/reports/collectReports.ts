/**
 * Gets the reports that a run left: the file or files that a project names, or what listeners wrote.
 * Owns: which files those are, and how much of them is read: a report that is too large is damaged, never absent.
 */
import { posix } from 'node:path';
import { minimatch } from 'minimatch';
import type { GateDefinition } from '../../core/gate.ts';
import { ConfinementError, type ConfinedFiles } from '../../ports/sandbox.ts';
import { withUniqueIds, type TestReport } from '../testReport.ts';
import type { ReaderOptions } from './lineReader.ts';
import { readListenerReport } from './listenerReport.ts';
import { readReportFile } from './reportFile.ts';

const sizeLimit = 64 * 1024 * 1024;
const filesAtMost = 5000;
const damaged: TestReport = { tests: [], truncated: false, damaged: true, couldNotLoad: false };

/** Those of `files` that a report's path means: itself, or what the `*` in its last part matches. */
export function reportNames(path: string, files: ReadonlySet<string>): readonly string[] {
  if (!path.includes('*')) return files.has(path) ? [path] : [];
  return [...files].filter((file) => minimatch(file, path, { dot: true, nonegate: true, nocomment: true })).slice(0, filesAtMost);
}

/** The report files of a run as one report; null where there is none. */
export async function collectReports(files: ConfinedFiles, report: NonNullable<GateDefinition['report']>, options: ReaderOptions): Promise<TestReport | null> {
  const paths = report.path.includes('*') ? await matching(files, report.path) : [report.path];
  const found: TestReport[] = [];
  for (const path of paths) {
    const one = await readOne(files, path, report.format, options);
    if (one !== null) found.push(one);
  }
  const [first] = found;
  if (first === undefined || found.length === 1) return first ?? null;
  return {
    tests: [...withUniqueIds(found.flatMap(({ tests }) => tests))], truncated: found.some(({ truncated }) => truncated),
    ...(found.some((one) => one.damaged) ? { damaged: true } : {}), couldNotLoad: found.every(({ couldNotLoad }) => couldNotLoad),
  };
}

async function matching(files: ConfinedFiles, path: string): Promise<readonly string[]> {
  const folder = posix.dirname(path);
  const entries = await files.list(folder === '.' ? '' : folder).catch(() => []);
  return entries.filter((name) => !name.endsWith('/') && minimatch(name, posix.basename(path), { dot: true, nonegate: true, nocomment: true })).sort().slice(0, filesAtMost)
    .map((name) => posix.join(folder, name));
}

async function readOne(files: ConfinedFiles, path: string, format: NonNullable<GateDefinition['report']>['format'], options: ReaderOptions): Promise<TestReport | null> {
  try {
    const bytes = await files.read(path, sizeLimit);
    return bytes === null ? null : readReportFile(format, bytes, options);
  } catch (error) {
    return error instanceof ConfinementError && error.reason === 'too-large' ? damaged : null;
  }
}

/** What the listeners of listeners/ wrote into the gate's private folder; null where none heard a runner. */
export async function heardReports(files: ConfinedFiles, options: ReaderOptions): Promise<TestReport | null> {
  const names = (await files.list('')).filter((name) => /^run-\d+-\d+\.jsonl$/.test(name)).sort().slice(0, filesAtMost);
  const texts: string[] = [];
  let left = sizeLimit;
  for (const name of names) {
    const bytes = await files.read(name, Math.max(left, 1)).catch(() => null);
    // Too large to read, or gone: as good as cut off.
    texts.push(bytes === null ? '{"k":"begin","runner":"mocha","child":false}\n' : new TextDecoder().decode(bytes));
    left -= bytes?.byteLength ?? 0;
  }
  return readListenerReport(texts, options.root);
}
