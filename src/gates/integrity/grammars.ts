/**
 * Parsers for TypeScript, JavaScript, Python, Go and Rust: tree-sitter compiled to WebAssembly.
 * Owns: their loading (each once in a process) and the limits of a parse, counted in steps so that a busy machine comes to the same end.
 * Refuses: to read files (their bytes are handed in), and to keep a tree of the parser's own: what comes out is plain data.
 */
import treeSitter from '@vscode/tree-sitter-wasm';
import type { Language as Grammar, Tree } from '@vscode/tree-sitter-wasm';
import type { Language, Parse, SyntaxNode } from './syntax.ts';

/** Bytes of `tree-sitter.wasm`, `tree-sitter-python.wasm` and so on; rejects where there is none. */
export type GrammarFile = (name: string) => Promise<Uint8Array>;

const languages: readonly Language[] = ['typescript', 'tsx', 'python', 'go', 'rust'];
const maxCharacters = 1_000_000;
/** A well-formed megabyte takes about 6,000. */
const maxSteps = 30_000;
const maxNodes = 600_000;
const maxDepth = 400;

const loaded = new WeakMap<GrammarFile, Promise<ReadonlyMap<Language, Grammar>>>();

/** Rejects when a file is missing or is not what it should be; the next call then tries again. */
export async function loadParsers(file: GrammarFile): Promise<Parse> {
  const loading = loaded.get(file) ?? load(file);
  loaded.set(file, loading);
  try {
    const grammars = await loading;
    return (language, text) => parse(grammars.get(language), text);
  } catch (error) {
    loaded.delete(file);
    throw error;
  }
}

async function load(file: GrammarFile): Promise<ReadonlyMap<Language, Grammar>> {
  // Given as bytes it is not looked for anywhere; the types do not know that option.
  const options = { locateFile: (name: string): string => name, wasmBinary: await file('tree-sitter.wasm') };
  await treeSitter.Parser.init(options);
  const grammars = new Map<Language, Grammar>();
  for (const language of languages) grammars.set(language, await treeSitter.Language.load(await file(`tree-sitter-${language}.wasm`)));
  return grammars;
}

function parse(grammar: Grammar | undefined, text: string): SyntaxNode | null {
  if (grammar === undefined || text.length > maxCharacters) return null;
  const parser = new treeSitter.Parser();
  let tree: Tree | null = null;
  try {
    parser.setLanguage(grammar);
    let steps = 0;
    tree = parser.parse(text, null, { progressCallback: () => (steps += 1) > maxSteps });
    return tree === null ? null : copied(tree, text);
  } catch {
    // The parser ran out of its own memory, or found something it cannot hold: the text counts as one that it does not know.
    return null;
  } finally {
    tree?.delete();
    parser.delete();
  }
}

function copied(tree: Tree, source: string): SyntaxNode | null {
  const cursor = tree.walk();
  let count = 0;
  const copy = (depth: number): SyntaxNode | null => {
    count += 1;
    if (depth > maxDepth || count > maxNodes) return null;
    const { nodeType: type, nodeIsNamed: named, startIndex: start, endIndex: end, currentFieldName: field } = cursor;
    const own = { type, named, start, end, field, line: cursor.startPosition.row + 1, source };
    let broken = type === 'ERROR' || cursor.nodeIsMissing;
    const children: SyntaxNode[] = [];
    if (cursor.gotoFirstChild()) {
      do {
        const child = copy(depth + 1);
        if (child === null) return null;
        broken ||= child.broken;
        children.push(child);
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    return { ...own, children, broken };
  };
  try {
    return copy(0);
  } finally {
    cursor.delete();
  }
}
