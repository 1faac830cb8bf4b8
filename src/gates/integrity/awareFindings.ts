/**
 * Code that knows of its tests: it asks whether it is tested, or by whom, or changes what tests are run by or assert with. Such code can be
 * right under test alone, and no run of tests sees that.
 * Owns: the ways to ask. Refuses: to call it more than a person's to judge, and to ask tests and what supports them whether they know what they are.
 */
import { isConfigurationProgram, isOtherSource, isTestPath, languageOf } from './fileRole.ts';
import type { Found } from './finding.ts';
import type { ReadPair } from './readPair.ts';

const asks: readonly (readonly [RegExp, string])[] = [
  [/\bTREELINE_[A-Z]+\b|\btreeline-(?:scratch|gate)\b/, 'Code asks whether it is run by a gate: it may be right there alone.'],
  [/\btypeof\s+(?:(?:globalThis|global|window)\s*\.\s*)?(?:it|describe|test|expect|jest|vi|beforeEach)\b/, 'Code asks whether it is tested: it may be right there alone.'],
  [/\b(?:JEST_WORKER_ID|VITEST_WORKER_ID|VITEST_POOL_ID|PYTEST_CURRENT_TEST|NODE_TEST_CONTEXT|MOCHA_\w+)\b/, 'Code asks whether it is tested: it may be right there alone.'],
  [/["'](?:_?pytest|unittest)["']\s*(?:not\s+)?in\s+sys\.modules|\bsys\.modules(?:\.get\(|\[)\s*["'](?:_?pytest|unittest)\b/, 'Code asks whether it is tested: it may be right there alone.'],
  [/\b(?:argv|execArgv|Args|require\.main)\b.*(?:\b(?:mocha|jest|vitest|pytest|unittest)\b|["'`]--test\b|["'`]\.test["'`])/, 'Code asks what it is started by: it may be right under test alone.'],
  [/\btesting\.Testing\(\)|\bflag\.Lookup\("test\.|\bcfg!\(test\)/, 'Code asks whether it is tested: it may be right there alone.'],
];
const changed = 'What tests are run by or assert with is changed';
/** Of tests and their support, too. */
const changes: readonly (readonly [RegExp, string])[] = [
  [/\brequire\(\s*["'](?:(?:node:)?assert(?:\/strict)?|node:test|mocha|chai|vitest)["']\s*\)(?:\s*\.\s*\w+)+\s*=(?!=)|^\s*(?:_?pytest|unittest)(?:\.\w+)+\s*=(?!=)|\bsetattr\(\s*(?:_?pytest|unittest)\b/, `${changed}.`],
  [/\b(?:_load|_resolveFilename)\s*=(?!=)/, 'What modules are loaded is changed: tests may see another one than there is.'],
  [/\brequire\.cache\[[^\]]+\](?:!|\?)?\.exports\b.*[^=!<>]=(?![=>])/, 'A module is changed where it is kept: tests may see another one than there is.'],
];

const named = /(?:\b(?:const|let|var)\s+(\w+)\s*=\s*(?:await\s+)?(?:require|import)\(\s*|\bimport\s+(?:\*\s*as\s+)?(\w+)\s+from\s*)["'](?:(?:node:)?assert(?:\/strict)?|node:test|mocha|chai|vitest)["']/g;

const comment = /^\s*(?:\/\/|#|\/?\*|--)/;

export function awareFindings(pairs: readonly ReadPair[]): readonly Found[] {
  const code = pairs.filter(({ change: { path } }) => languageOf(path) !== null || isOtherSource(path));
  // What was moved within the change is not new.
  const known = new Set(code.flatMap(({ change }) => (change.before ?? '').split('\n').map((line) => line.trim())));
  return code.flatMap(({ change, isTest, after: { marks } }) => {
    const tests = isTestPath(change.path) || (isTest && languageOf(change.path) !== 'rust') || isConfigurationProgram(change.path);
    // A parser saw it, which weighs more.
    const seen = new Set(marks.filter(({ kind, text: said }) => kind === 'override' && /^(?:assert|expect)\s*\./.test(said)).map(({ line }) => line));
    const text = change.after ?? '';
    const names = [...text.matchAll(named)].map((match) => match[1] ?? match[2] ?? '').filter((name) => name !== '');
    const replaced = names.length === 0 ? null : new RegExp(`(?:^|[^\\w.])(?:${names.join('|')})(?:\\.\\w+)+\\s*=(?!=)|\\bObject\\.(?:assign|defineProperty|defineProperties)\\(\\s*(?:${names.join('|')})\\b`);
    return text.split('\n').flatMap((line, at): readonly Found[] => {
      if (comment.test(line) || seen.has(at + 1) || known.has(line.trim())) return [];
      const why = [...(tests ? [] : asks), ...changes].find(([pattern]) => pattern.test(line))?.[1] ?? (replaced?.test(line) === true ? `${changed}.` : undefined);
      return why === undefined ? [] : [{ kind: 'subject-mocked', file: change.path, line: at + 1, after: line.trim(), why, severity: 'medium', by: 'pattern' }];
    });
  });
}
