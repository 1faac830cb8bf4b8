/**
 * What a change leaves in code and tests beside the assertions: checks switched off, unfinished work, ends of the process with 0.
 * Owns: which of them are new, and how much each weighs where it stands. Refuses: to know a language.
 */
import { isOtherSource, isTestPath, languageOf } from './fileRole.ts';
import type { Found } from './finding.ts';
import type { ReadPair } from './readPair.ts';
import type { Mark } from './mark.ts';

interface Marked { readonly pair: ReadPair; readonly before: readonly Mark[]; readonly after: readonly Mark[] }

export function sourceFindings(pairs: readonly ReadPair[]): readonly Found[] {
  const marked = pairs.filter(({ change }) => languageOf(change.path) !== null || isOtherSource(change.path)).map((pair): Marked => ({
    pair, before: pair.before.marks, after: pair.after.marks,
  }));
  // What was moved within the change is not new.
  const known = new Map<string, number>();
  for (const { before } of marked) for (const mark of before) known.set(keyOf(mark), (known.get(keyOf(mark)) ?? 0) + 1);
  return marked.flatMap((one) => one.after.flatMap((mark) => {
    const left = known.get(keyOf(mark)) ?? 0;
    known.set(keyOf(mark), left - 1);
    return left > 0 || isReworded(mark, one) ? [] : findingOf(mark, one);
  }));
}

/** A note that stood there in other words. */
function isReworded(mark: Mark, { before, after }: Marked): boolean {
  if (mark.kind !== 'stub' || !mark.wide) return false;
  const words = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().replace(/\b(?:todo|fixme|xxx)\b(?:\([^)]*\))?/g, '').match(/[\p{L}\p{N}]{2,}/gu));
  const now = words(mark.text), present = new Set(after.map(keyOf));
  return before.some((old) => {
    if (old.kind !== 'stub' || !old.wide || present.has(keyOf(old))) return false;
    const was = words(old.text), same = [...now].filter((word) => was.has(word)).length;
    return same > 0 && same * 2 >= Math.max(now.size, was.size);
  });
}

/** What code under test does to the library that its tests assert with; a variable of such a name is its own affair. */
const outsideOfTests = /^(?:(?:globalThis|global|window)\s*\.\s*(?:expect|assert)\b|(?:assert|expect)\s*\.\s*\w+\s*=(?!=))/;

const keyOf = (mark: Mark): string => `${mark.kind} ${mark.text}`;

function findingOf(mark: Mark, { pair }: Marked): readonly Found[] {
  const { path, before } = pair.change;
  const base = { file: path, line: mark.line, before: null, after: mark.text, by: pair.after.file.parsed ? 'parser' as const : 'pattern' as const };
  const inTests = pair.isTest && (isTestPath(path) || pair.after.file.tests.length > 0);
  // Rust has its tests beside the code; what of it is a test is left out where it is read.
  const elsewhere = isTestPath(path) || (inTests && languageOf(path) !== 'rust') || isOthers(path, pair.change.after ?? '');
  // What only declares (a protocol, an overload) may bear the name of what does the work.
  const emptied = before !== null && mark.excused !== true && pair.before.file.defined.has(mark.text);
  switch (mark.kind) {
    case 'lint': return [{ ...base, kind: 'lint-disabled', severity: mark.wide && !isOthers(path, pair.change.after ?? '') ? 'medium' : 'low', why: mark.wide ? 'A check is switched off for the whole file.' : 'A check is switched off here.' }];
    case 'stub': return elsewhere ? [] : [{ ...base, kind: 'stub-left', severity: mark.excused === true || /(?:^|\/)_?(?:base|abstract|interfaces?|protocols?)\.\w+$/.test(path) ? 'low' : 'medium', why: mark.wide ? 'A note says that something is left to do.' : 'This is said to be not implemented.' }];
    case 'empty': return elsewhere ? [] : [{ ...base, kind: 'stub-left', severity: !mark.wide || emptied ? 'medium' : 'low', why: emptied ? `"${mark.text}" does nothing any more.` : `"${mark.text}" does nothing.` }];
    case 'constant': return elsewhere || mark.wide ? [] : [{ ...base, kind: 'stub-left', severity: 'medium', why: `"${mark.text}" takes values and ${emptied ? 'now ' : ''}always gives the same: ${mark.shown ?? ''}.` }];
    case 'override':
      if (!inTests && !outsideOfTests.test(mark.text)) return [];
      return [mark.wide ? { ...base, kind: 'test-skipped', severity: 'high', why: 'What declares or runs the tests is replaced by the change: they are not run any more.' }
        : { ...base, kind: 'assertion-constant', severity: 'high', why: 'What the tests assert with is replaced by the change: it no longer fails as it did.' }];
    case 'hook': return /(^|\/)conftest\.py$/.test(path) || inTests ? [{ ...base, kind: 'config-edited', severity: mark.wide ? 'medium' : 'high', why: mark.wide ? 'This decides which tests are run, or what is said of them.' : 'This sets what is said of a test, whatever became of it.' }] : [];
    case 'exit': return [exitFinding(mark, pair, base, inTests)];
  }
}

function exitFinding(mark: Mark, pair: ReadPair, base: Omit<Found, 'kind' | 'severity' | 'why'>, inTests: boolean): Found {
  const runsTests = pair.after.file.tests.some((test) => test.path.length > 0) || /(^|\/)(conftest|[^/]*(setup|teardown|global|bootstrap|hooks)[^/]*)\.\w+$/i.test(pair.change.path);
  if (inTests && runsTests) return { ...base, kind: 'exit-zero', severity: 'high', why: 'The run of the tests is ended with "all is well", whatever they found.' };
  return { ...base, kind: 'exit-zero', severity: mark.wide ? 'medium' : 'low', why: mark.wide ? 'The process is ended with 0 in a way that nothing can hinder: a run of tests that comes here ends green.' : 'The process is ended with 0 here.' };
}

/** What is generated, only declared, or brought in from elsewhere. */
function isOthers(path: string, text: string): boolean {
  return /(?:^|\/)(?:vendor|third_party|node_modules|dist|build|generated|__generated__)\/|\.(?:pb|gen|generated)\.\w+$|\.min\.js$|_pb2(?:_grpc)?\.pyi?$|\.pyi$|\.d\.[cm]?ts$/.test(path) || /Code generated .* DO NOT EDIT|@generated\b/.test(text.slice(0, 2_000));
}
