/**
 * Where the parsers of the integrity guard lie: `grammars/` beside the program, or, of a program that is run as it was written, in its
 * package. Owns: that choice. Refuses: any other place: nothing of a repository is loaded as a program.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { GrammarFile } from '../gates/integrity/grammars.ts';

const inPackage = '@vscode/tree-sitter-wasm';

/** @param program absolute path of the running program */
export function grammarFiles(program: string): GrammarFile {
  return async (name) => {
    const beside = join(dirname(program), 'grammars', name);
    return readFile(beside).catch(() => readFile(join(dirname(createRequire(program).resolve(inPackage)), name)));
  };
}
