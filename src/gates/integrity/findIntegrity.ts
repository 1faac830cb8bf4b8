/**
 * What a change does to the proof that it is judged by, found from the texts before and after.
 * Owns: the order of the looks, and which tests only moved. Refuses: to read a file: texts and ignore rules are handed in.
 */
import type { IntegrityFinding } from '../../core/integrity.ts';
import { aliasFindings } from './aliasFindings.ts';
import { awareFindings } from './awareFindings.ts';
import { ignoredFindings, limitFindings, mockFindings, snapshotFindings } from './aroundFindings.ts';
import { commandFindings } from './commandFindings.ts';
import { configurationFindings } from './configurationFindings.ts';
import { isTestPath, languageOf } from './fileRole.ts';
import { findings, type Found } from './finding.ts';
import { matchTests, type FilePair } from './matchTests.ts';
import { movedTests, type MovedTest } from './movedTests.ts';
import type { ReadPair } from './readPair.ts';
import { sourceFindings } from './sourceFindings.ts';
import { testFindings } from './testFindings.ts';

export interface IntegrityInput {
  readonly files: readonly ReadPair[];
  /** Whether git ignores a path in the head. */
  readonly ignored: (path: string) => boolean;
  /** All files of the head. */
  readonly tracked: ReadonlySet<string>;
  /** Changed files whose text was not handed in: too many, too large. */
  readonly unread: readonly string[];
  /** False: the parsers could not be loaded, so that everything was read line by line. */
  readonly parsed: boolean;
}

/** `moved`: tests that are the same under another name or in another file. */
export interface Integrity { readonly findings: readonly IntegrityFinding[]; readonly moved: readonly MovedTest[] }

export function findIntegrity(input: IntegrityInput): Integrity {
  const read = input.files;
  const tests = read.filter((pair) => pair.isTest).map((pair): FilePair => ({ path: pair.change.path, previous: pair.change.previous ?? pair.change.path, before: pair.before.file, after: pair.after.file }));
  const code = read.filter((pair) => languageOf(pair.change.path) !== null && (!pair.isTest || (languageOf(pair.change.path) === 'rust' && !isTestPath(pair.change.path))));
  const changed = new Set(read.flatMap((pair) => [pair.change.path, ...(pair.change.previous === null ? [] : [pair.change.previous])]));
  const found = [
    ...testFindings(tests, { codeChanged: code.length > 0, vanished: vanished(code) }),
    ...read.flatMap((pair) => [
      ...commandFindings(pair, changed), ...configurationFindings(pair), ...aliasFindings(pair, input.tracked), ...snapshotFindings(pair),
      ...(pair.isTest ? [...mockFindings(pair), ...limitFindings(pair), ...ignoredFindings(pair, input.ignored, input.tracked)] : []),
    ]),
    ...sourceFindings(read), ...awareFindings(read),
    ...(input.parsed || !read.some((pair) => languageOf(pair.change.path) !== null) ? [] : [{ kind: 'not-examined' as const, file: '.', line: null, severity: 'medium' as const, why: 'The parsers could not be loaded: tests were read line by line, which sees less.' }]),
    ...input.unread.slice(0, 20).map((file): Found => ({ kind: 'not-examined', file, line: null, severity: isTestPath(file) ? 'medium' : 'low', why: 'It is too large, or one of too many, to be looked into.' })),
  ];
  return { findings: findings(found), moved: movedTests(matchTests(tests).pairs, tests) };
}

/** What languages and tests are made of: a test is about none of these. */
const reserved = new Set('abstract and any assert async await before after beforeEach afterEach bool boolean break case catch class const continue default def del delete describe elif else enum except expect export exports extends extern false False finally for from func function global impl implements import instanceof interface lambda let loop match mod module move mut new None nil not null number object package pass private protected prototype pub public raise range readonly require return select self Self static string struct super switch test this throw trait true True try type typeof undefined unsafe use var void where while with yield'.split(' '));

/** Words that the code held before, and nowhere holds now: a test that is about one of them may have gone with it. */
function vanished(code: readonly ReadPair[]): ReadonlySet<string> {
  // Tests that stand in the code itself (Rust) hold words of their own.
  const words = (text: string | null): readonly string[] => text?.split('#[cfg(test)]')[0]?.match(/[A-Za-z_$][\w$]{2,}/g) ?? [];
  const now = new Set(code.flatMap((pair) => words(pair.change.after)));
  const files = code.filter((pair) => pair.change.after === null).map((pair) => /([^/]+?)\.[a-z]+$/.exec(pair.change.path)?.[1] ?? '');
  return new Set([...code.flatMap((pair) => words(pair.change.before)), ...files].filter((word) => word !== '' && !now.has(word) && !reserved.has(word)));
}
