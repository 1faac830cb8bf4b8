/**
 * YAML text → a plain value and the place of everything in it, or what is wrong with the text itself.
 * Owns: places. Refuses: files over 256 KB, alias bombs, doubled keys, keys that are no text, `__proto__`, nesting without end.
 */
import { Lexer, LineCounter, isMap, isNode, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Node, Scalar } from 'yaml';
import { ok, refuse } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import type { Mistake, Place } from './mistake.ts';
import { shown } from './mistake.ts';
import type { Way } from './way.ts';

export type Path = readonly (string | number)[];

export interface YamlText {
  readonly value: unknown;
  /** Of a value, or of the nearest thing around it that is written in the file. `key`: of the key instead. */
  readonly place: (path: Path, key?: boolean) => Place;
  /** Of the character at `offset` of the text that stands at `path`. */
  readonly inside: (path: Path, offset: number) => Place;
}

const sizeLimit = 256 * 1024;
/** Far beyond what anybody writes; the reader recurses, and takes seconds to fall over. */
const depthLimit = 100;

export function readYaml(text: string): Result<YamlText, readonly Mistake[]> {
  if (text.length > sizeLimit) return refuse([mistake({ line: 1, column: 1 }, `the file has ${text.length} characters; a workflow has at most ${sizeLimit}`, 'Split it: a step "use: other-workflow" runs another file.')]);
  const lines = new LineCounter();
  const at = (offset: number): Place => { const { line, col } = lines.linePos(offset); return { line: Math.max(1, line), column: Math.max(1, col) }; };
  if (isTooDeep(text)) return refuse([mistake({ line: 1, column: 1 }, 'the file is nested too deeply to be read', `Nest at most ${depthLimit} levels.`)]);
  return read(text, lines, at);
}

/** Whether a text can be walked through at all, whatever is wrong with it. */
export function isWalkable(text: string): boolean {
  return text.length <= sizeLimit && !isTooDeep(text);
}

function isTooDeep(text: string): boolean {
  return roughDepth(text) > depthLimit && exactDepth(text) > depthLimit;
}

function read(text: string, lines: LineCounter, at: (offset: number) => Place): Result<YamlText, readonly Mistake[]> {
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, stringKeys: true });
  if (document.errors.length > 0) return refuse(document.errors.map((error) => mistake(at(error.pos[0]), firstLine(error.message), 'Mend the YAML here; texts with ": ", "#" or a leading special sign belong in quotes.', waysOut(error.code, text, error.pos[0]))));
  const refused = hostile(document, at);
  if (refused.length > 0) return refuse(refused);
  try {
    return ok({ value: document.toJS({ maxAliasCount: 50 }) as unknown, ...places(document, text, at) });
  } catch (error) {
    return refuse([mistake({ line: 1, column: 1 }, firstLine(error instanceof Error ? error.message : String(error)), 'Write the values out instead of using so many aliases.')]);
  }
}

function mistake(place: Place, message: string, fix: string, ways: readonly Way[] = []): Mistake {
  return { ...place, code: 'yaml', message, fix, ways };
}

const quotable = new Set(['BAD_ALIAS', 'BAD_SCALAR_START', 'BLOCK_AS_IMPLICIT_KEY', 'UNEXPECTED_TOKEN', 'MULTILINE_IMPLICIT_KEY']);

/** Quotes around the value of the line, spaces for tabs before it: where that is what is meant. */
function waysOut(code: string, text: string, offset: number): readonly Way[] {
  const from = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const line = text.slice(from).split(/\r?\n/, 1)[0] ?? '';
  const [, tabs] = /^(?=.*\t)([ \t]+)/.exec(line) ?? [];
  if (code === 'TAB_AS_INDENT' && tabs !== undefined) return [{ title: 'Write spaces for tabs', changes: [{ do: 'text', from, to: from + tabs.length, text: tabs.replaceAll('\t', '  ') }] }];
  const [, before, value] = /^(\s*(?:- +)*[\w-]+: +|\s*- +)([^'"[{|>\s].*?)\s*$/.exec(line) ?? [];
  if (!quotable.has(code) || before === undefined || value === undefined) return [];
  return [{ title: 'Put the text in quotes', changes: [{ do: 'text', from: from + before.length, to: from + before.length + value.length, text: JSON.stringify(value) }] }];
}

function firstLine(text: string): string {
  return shown((text.split('\n', 1)[0] ?? text).replace(/ at line \d+, column \d+:?$/, ''));
}

/** At least as much as the file nests, in one pass over its characters: prompts have brackets, too. */
function roughDepth(text: string): number {
  let [open, inLine, deepest, indents] = [0, 0, 0, 0];
  for (const sign of text) {
    if (sign === '[' || sign === '{') open += 1;
    else if (sign === '-' || sign === '?' || sign === ':') inLine += 1;
    else if (sign === '\n') [indents, inLine] = [Math.max(indents, inLine), 0];
    deepest = Math.max(deepest, open);
  }
  return Math.max(deepest, indents, inLine);
}

/** Flow brackets that are open at once, or block indicators on one line. Indentation cannot nest further: the file would be larger. */
function exactDepth(text: string): number {
  let [open, inLine, deepest] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open += 1;
    else if (token === ']' || token === '}') open -= 1;
    else if (token === '-' || token === '?' || token === ':') inLine += 1;
    else if (token === '\n' || token === '\r\n') inLine = 0;
    deepest = Math.max(deepest, open, inLine);
    if (deepest > depthLimit) return deepest;
  }
  return deepest;
}

function hostile(document: Document.Parsed, at: (offset: number) => Place): readonly Mistake[] {
  const found: Mistake[] = [];
  visit(document, {
    Pair(_key, { key }) {
      if (!isScalar(key) || key.value !== '__proto__' || !key.range) return undefined;
      found.push(mistake(at(key.range[0]), 'the key "__proto__" is refused', 'Take it out.'));
      return found.length < 10 ? undefined : visit.BREAK;
    },
  });
  return found;
}

function places(document: Document.Parsed, text: string, at: (offset: number) => Place): Omit<YamlText, 'value'> {
  const start = (node: Node): number | undefined => node.range?.[0];
  const place = (path: Path, key = false): Place => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = key ? keyAt(document, path.slice(0, length)) ?? document.getIn(path.slice(0, length), true) : document.getIn(path.slice(0, length), true);
      const offset = isNode(node) ? start(node) : undefined;
      if (offset !== undefined) return at(offset);
      if (!key) {
        const above = keyAt(document, path.slice(0, length));
        if (above?.range) return at(above.range[0]);
      }
    }
    return { line: 1, column: 1 };
  };
  return {
    place,
    inside: (path, offset) => {
      const node = document.getIn(path, true);
      return isScalar(node) && node.range ? within(text, node, offset, at) : place(path);
    },
  };
}

function keyAt(document: Document.Parsed, path: Path): Node | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const found = parent.items.find((item) => isScalar(item.key) && item.key.value === path[path.length - 1]);
  return isScalar(found?.key) ? found.key : undefined;
}

/** Exact for plain, quoted (without escapes before it) and literal block texts; the line's beginning for folded ones. */
function within(text: string, node: Scalar, offset: number, at: (offset: number) => Place): Place {
  const [from, to] = node.range ?? [0, 0];
  const source = text.slice(from, to);
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
    const header = source.indexOf('\n') + 1;
    const indent = /^[ \t]*/.exec(source.slice(header).replace(/^(?:[ \t]*\n)+/, ''))?.[0].length ?? 0;
    const before = String(node.value).slice(0, offset).split('\n');
    let position = from + header;
    for (let line = 1; line < before.length; line += 1) position = text.indexOf('\n', position) + 1;
    return at(position + indent + (node.type === 'BLOCK_LITERAL' ? before[before.length - 1]?.length ?? 0 : 0));
  }
  const quote = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
  return at(Math.min(from + quote + offset, Math.max(from, to - 1)));
}
