/** A text → what the guard knows of its tests. Owns: which reader reads it, and that a reader's trouble is no end. Refuses: to read a file. */
import { languageOf } from './fileRole.ts';
import { readGo } from './goTests.ts';
import { readJavaScript } from './javascriptTests.ts';
import { readByPattern } from './patternTests.ts';
import { readPython } from './pythonTests.ts';
import { readRust } from './rustTests.ts';
import { tokensOf, type Language, type Parse, type SyntaxNode } from './syntax.ts';
import { emptyFile, type TestFile } from './testFile.ts';
import { literalsIn } from './tokens.ts';

export interface ReadFile { readonly file: TestFile; readonly root: SyntaxNode | null }

export function readTestFile(path: string, text: string | null, parse: Parse | null): ReadFile {
  if (text === null) return { file: emptyFile, root: null };
  const language = languageOf(path);
  const root = language === null || parse === null ? null : parse(language, text);
  if (root === null || language === null) return { file: readByPattern(path, text), root: null };
  return { file: { ...read(language, root), literals: literalsIn(tokensOf(root)) }, root };
}

function read(language: Language, root: SyntaxNode): Omit<TestFile, 'literals'> {
  switch (language) {
    case 'typescript': case 'tsx': return readJavaScript(root);
    case 'python': return readPython(root);
    case 'go': return readGo(root);
    case 'rust': return readRust(root);
  }
}
