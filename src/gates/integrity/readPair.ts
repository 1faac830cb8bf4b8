/** A changed file → what the guard knows of both its sides. Owns: which reader reads it, and that a reader's trouble is no end. Refuses: to read a file. */
import { isConfigurationProgram, isOtherSource, isTestPath, languageOf, mayBeOneTest } from './fileRole.ts';
import { readGo } from './goTests.ts';
import { readJavaScript } from './javascriptTests.ts';
import { constantsIn } from './namedValues.ts';
import type { Mark } from './mark.ts';
import { marksIn } from './marks.ts';
import { readByPattern } from './patternTests.ts';
import { readPython } from './pythonTests.ts';
import { readRust } from './rustTests.ts';
import { settingsOfProgram } from './settings.ts';
import { textOf, tokensOf, walk, type Language, type Parse, type SyntaxNode } from './syntax.ts';
import { emptyFile, type TestFile } from './testFile.ts';
import { literalsIn } from './tokens.ts';

/** A changed file. `previous`: its path on the base where that differs. A side that has no such file, or no text, is null. */
export interface ChangedText { readonly path: string; readonly previous: string | null; readonly before: string | null; readonly after: string | null }

/** One side of it, without its syntax tree: a change may touch many files. */
export interface ReadFile {
  readonly file: TestFile;
  readonly marks: readonly Mark[];
  /** String literals of a file of tests. */
  readonly strings: readonly { readonly text: string; readonly line: number }[];
  /** Of a program that is a configuration. */
  readonly settings: ReadonlyMap<string, string> | null;
}

/** Both sides of a changed file. `isTest`: it holds tests, or lies where tests and their support do. */
export interface ReadPair { readonly change: ChangedText; readonly before: ReadFile; readonly after: ReadFile; readonly isTest: boolean }

export function readPair(change: ChangedText, parse: Parse | null): ReadPair {
  const before = readSide(change.previous ?? change.path, change.before, parse);
  const after = readSide(change.path, change.after, parse);
  return { change, before, after, isTest: before.file.tests.length + after.file.tests.length > 0 || isTestPath(change.path) };
}

const nothing: ReadFile = { file: emptyFile, marks: [], strings: [], settings: null };

function readSide(path: string, text: string | null, parse: Parse | null): ReadFile {
  if (text === null) return nothing;
  const language = languageOf(path);
  const root = language === null || parse === null ? null : parse(language, text);
  if (root === null || language === null) return { ...nothing, file: readByPattern(path, text), marks: language !== null || isOtherSource(path) ? marksIn(text, null) : [] };
  return {
    file: { ...read(language, root, mayBeOneTest(path)), constants: constantsIn(root), literals: literalsIn(tokensOf(root)) }, marks: marksIn(text, root),
    strings: isTestPath(path) ? stringsIn(root) : [], settings: isConfigurationProgram(path) ? settingsOfProgram(root) : null,
  };
}

function read(language: Language, root: SyntaxNode, mayBeOne: boolean): Omit<TestFile, 'constants' | 'literals'> {
  switch (language) {
    case 'typescript': case 'tsx': return readJavaScript(root, mayBeOne);
    case 'python': return readPython(root, mayBeOne);
    case 'go': return readGo(root);
    case 'rust': return readRust(root);
  }
}

function stringsIn(root: SyntaxNode): ReadFile['strings'] {
  return [...walk(root)].filter((node) => /^(string|interpreted_string_literal|string_literal)$/.test(node.type) && !node.children.some((child) => /interpolation|substitution/.test(child.type)))
    .map((node) => ({ text: textOf(node).replace(/^[a-z]*["'`]|["'`]$/g, ''), line: node.line }));
}
