/**
 * Names under which tests reach the code: a package's entry, its `exports` and `imports`, the `paths` of a TypeScript project.
 * Owns: which change of one may put a stand-in under the tests: another file, while the one that was meant is still there. Refuses: to call a
 * move that: what was moved is not there any more.
 */
import { posix } from 'node:path';
import type { Found } from './finding.ts';
import type { ReadPair } from './readPair.ts';
import { settingsOf } from './settings.ts';

const endings = ['', '.js', '.cjs', '.mjs', '.ts', '.tsx', '/index.js', '/index.ts'];

/** @param tracked all files of the head */
export function aliasFindings(pair: ReadPair, tracked: ReadonlySet<string>): readonly Found[] {
  const { path, before, after } = pair.change;
  const keys = /(^|\/)package\.json$/.test(path) ? /^(main|module|exports|imports)\b/ : /(^|\/)[tj]sconfig[\w.-]*\.json$/.test(path) ? /^compilerOptions\.paths\./ : null;
  if (keys === null || before === null || after === null) return [];
  const [was, is] = [settingsOf(path, before).values, settingsOf(path, after).values];
  const fileOf = (name: string): string | undefined => endings.map((ending) => `${posix.join(posix.dirname(path), name)}${ending}`).find((file) => tracked.has(file));
  return [...is].flatMap(([key, now]): readonly Found[] => {
    const then = was.get(key) ?? (key === 'main' ? 'index.js' : null);
    if (!keys.test(key) || then === null || then === now) return [];
    const [meant, means] = [fileOf(then), fileOf(now)];
    if (meant === undefined || means === undefined || meant === means) return [];
    const line = after.split('\n').findIndex((row) => row.includes(now));
    return [{ kind: 'subject-mocked', file: path, line: line < 0 ? null : line + 1, before: `${key}: ${then}`, after: `${key}: ${now}`, severity: 'medium', by: 'parser', why: `${key} now leads to ${now}, and ${then} is still there: tests that reach the code by that name look at something else.` }];
  });
}
