/**
 * Coverage judged on the lines that a change touches.
 * Owns: which lines count: those that the report calls executable. A changed file that the report leaves out although it has its neighbours
 * (the same ending, under a folder of files that it has) was never loaded: all its lines with words in them count as missed.
 */
import { posix } from 'node:path';
import type { ChangedLines } from './changedLines.ts';
import { inRanges, type Coverage } from './coverage.ts';

export interface ChangedCoverage { readonly lines: number; readonly ran: number; readonly missed: readonly { readonly file: string; readonly lines: readonly number[] }[] }

const testLike = /(^|\/)(tests?|specs?|__tests__|__mocks__|fixtures)(\/|$)|[._-](test|spec)s?\.|(^|\/)(test_[^/]*|conftest|[^/]*_test)\.[^/]+$|\.d\.ts$|(^|\/)[^/]*\.config\.[^/]+$/i;

/** @param textOf a file's lines on the head */
export async function changedCoverage(changed: ChangedLines, coverage: Coverage, textOf: (file: string) => Promise<readonly string[] | null>): Promise<ChangedCoverage> {
  const folders = new Set(Object.keys(coverage).map((file) => `${topOf(file)} ${posix.extname(file)}`));
  const missed: { file: string; lines: readonly number[] }[] = [];
  let [lines, ran] = [0, 0];
  for (const [file, numbers] of [...changed].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const known = Object.hasOwn(coverage, file) ? coverage[file] : undefined;
    if (known === undefined && (testLike.test(file) || !folders.has(`${topOf(file)} ${posix.extname(file)}`))) continue;
    const text = known === undefined ? await textOf(file) ?? [] : [];
    const here = [...numbers].sort((left, right) => left - right);
    const hit = known === undefined ? [] : here.filter((line) => inRanges(known.ran, line));
    const lost = known === undefined ? here.filter((line) => /\w/.test(text[line - 1] ?? '') && !/^\s*(\/\/|#|\*|\/\*)/.test(text[line - 1] ?? '')) : here.filter((line) => inRanges(known.missed, line));
    lines += hit.length + lost.length;
    ran += hit.length;
    if (lost.length > 0) missed.push({ file, lines: lost });
  }
  return { lines, ran, missed };
}

function topOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '.';
}
