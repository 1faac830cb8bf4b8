/**
 * What a change does to the proof that it is judged by, found from the texts before and after.
 * Owns: the order of the looks. Refuses: to read anything: texts, ignore rules and the parser are handed in.
 */
import type { IntegrityFinding } from '../../core/integrity.ts';
import { isTestPath, languageOf } from './fileRole.ts';
import { findings } from './finding.ts';
import type { FilePair } from './matchTests.ts';
import { readTestFile, type ReadFile } from './readTestFile.ts';
import type { Parse } from './syntax.ts';
import { testFindings } from './testFindings.ts';

/** A changed file. `previous`: its path on the base where that differs. A side that has no such file, or no text, is null. */
export interface ChangedText { readonly path: string; readonly previous: string | null; readonly before: string | null; readonly after: string | null }

export interface IntegrityInput {
  readonly files: readonly ChangedText[];
  /** Null: the grammars could not be loaded. */
  readonly parse: Parse | null;
}

export interface ReadPair { readonly change: ChangedText; readonly before: ReadFile; readonly after: ReadFile; readonly isTest: boolean }

export function findIntegrity(input: IntegrityInput): { readonly findings: readonly IntegrityFinding[] } {
  const read = input.files.map((change): ReadPair => {
    const before = readTestFile(change.previous ?? change.path, change.before, input.parse);
    const after = readTestFile(change.path, change.after, input.parse);
    const isTest = isTestPath(change.path) || before.file.tests.length + after.file.tests.length > 0;
    return { change, before, after, isTest };
  });
  const pairs = read.filter((pair) => pair.isTest).map((pair): FilePair => ({ path: pair.change.path, previous: pair.change.previous ?? pair.change.path, before: pair.before.file, after: pair.after.file }));
  const code = read.filter((pair) => !isTestPath(pair.change.path) && languageOf(pair.change.path) !== null);
  const tests = testFindings(pairs, { codeChanged: code.length > 0, vanished: vanished(code) });
  return { findings: findings([...tests.found]) };
}

/** Names that code defined before, and that stand nowhere in it now. */
function vanished(code: readonly ReadPair[]): ReadonlySet<string> {
  const now = new Set(code.flatMap((pair) => pair.change.after?.match(/[A-Za-z_$][\w$]*/g) ?? []));
  const files = code.filter((pair) => pair.change.after === null).map((pair) => /([^/]+?)\.[a-z]+$/.exec(pair.change.path)?.[1] ?? '');
  return new Set([...code.flatMap((pair) => [...pair.before.file.defined]), ...files].filter((name) => name.length > 1 && !now.has(name)));
}
