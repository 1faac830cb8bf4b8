/**
 * What a change leaves in code and tests beside the assertions: checks switched off, unfinished work, ends of the process with 0.
 * Owns: which of them are new, and how much each weighs where it stands. Refuses: to know a language.
 */
import { isOtherSource, isTestPath, languageOf } from './fileRole.ts';
import type { Found } from './finding.ts';
import type { ReadPair } from './readPair.ts';
import type { Mark } from './marks.ts';

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
    return left > 0 ? [] : findingOf(mark, one);
  }));
}

const keyOf = (mark: Mark): string => `${mark.kind} ${mark.text}`;

function findingOf(mark: Mark, { pair }: Marked): readonly Found[] {
  const { path, before } = pair.change;
  const base = { file: path, line: mark.line, before: null, after: mark.text, by: pair.after.file.parsed ? 'parser' as const : 'pattern' as const };
  const inTests = pair.isTest && (isTestPath(path) || pair.after.file.tests.length > 0);
  switch (mark.kind) {
    case 'lint': return [{ ...base, kind: 'lint-disabled', severity: mark.wide ? 'medium' : 'low', why: mark.wide ? 'A check is switched off for the whole file.' : 'A check is switched off here.' }];
    case 'stub':
      if (inTests) return [];
      return [{ ...base, kind: 'stub-left', severity: abstract(pair, mark) ? 'low' : 'medium', why: mark.wide ? 'A note says that something is left to do.' : 'This is said to be not implemented.' }];
    case 'empty': {
      if (inTests) return [];
      const emptied = before !== null && pair.before.file.defined.has(mark.text);
      return [{ ...base, kind: 'stub-left', severity: !mark.wide || emptied ? 'medium' : 'low', why: emptied ? `"${mark.text}" does nothing any more.` : `"${mark.text}" does nothing.` }];
    }
    case 'override':
      if (!inTests) return [];
      return [mark.wide ? { ...base, kind: 'test-skipped', severity: 'high', why: 'What declares or runs the tests is replaced by the change: they are not run any more.' }
        : { ...base, kind: 'assertion-constant', severity: 'high', why: 'What the tests assert with is replaced by the change: it no longer fails as it did.' }];
    case 'hook': return /(^|\/)conftest\.py$/.test(path) || inTests ? [{ ...base, kind: 'config-edited', severity: 'medium', why: 'This decides which tests are run, or what is said of them.' }] : [];
    case 'exit': return [exitFinding(mark, pair, base, inTests)];
  }
}

function exitFinding(mark: Mark, pair: ReadPair, base: Omit<Found, 'kind' | 'severity' | 'why'>, inTests: boolean): Found {
  const runsTests = pair.after.file.tests.some((test) => test.path.length > 0) || /(^|\/)(conftest|[^/]*(setup|teardown|global|bootstrap|hooks)[^/]*)\.\w+$/i.test(pair.change.path);
  if (inTests && runsTests) return { ...base, kind: 'exit-zero', severity: 'high', why: 'The run of the tests is ended with "all is well", whatever they found.' };
  return { ...base, kind: 'exit-zero', severity: mark.wide ? 'medium' : 'low', why: mark.wide ? 'The process is ended with 0 in a way that nothing can hinder: a run of tests that comes here ends green.' : 'The process is ended with 0 here.' };
}

/** Methods that others are meant to fill in. */
function abstract(pair: ReadPair, mark: Mark): boolean {
  const text = pair.change.after ?? '';
  const above = text.split('\n').slice(Math.max(0, mark.line - 60), mark.line).join('\n');
  return /NotImplementedError/.test(mark.text) && (/@(abc\.)?abstract/.test(above) || /class \w*(Base|Abstract|Interface|Mixin|Protocol)\w*|\((ABC|abc\.ABC|Protocol)\b/.test(above));
}
