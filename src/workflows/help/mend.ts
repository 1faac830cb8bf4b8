/**
 * A mistake → the exact characters that are wrong, and for each way out the edits of the text that go it.
 * Owns: how a change in the file's terms becomes one of its text: in block and in flow style, with the indentation that is there.
 * Refuses: to guess what was meant (the checks say that), and a change whose place is not there any more.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Mistake } from '../mistake.ts';
import type { Change } from '../way.ts';
import type { Path } from '../yamlText.ts';
import { isFlow, lineEnd, lineStart, pairOf, spanOf } from './written.ts';
import type { Span, Written } from './written.ts';

export interface Edit extends Span { readonly text: string }
export interface Mending { readonly title: string; readonly edits: readonly Edit[] }

/** What is underlined: the word or value that is wrong, on one line. */
export function spanOfMistake(file: Written, mistake: Mistake): Span {
  const { text } = file;
  const from = file.offset(mistake);
  const end = lineEnd(text, from);
  const scalar = file.scalarAt(from)?.scalar;
  const starts = scalar?.range?.[0] === from;
  const to = scalar?.range && starts && mistake.code !== 'expression' ? Math.min(end, spanOf(scalar, text).to) : from + (/^(?:[\w./-]+|'[^'\n]*'|"[^"\n]*"|\S+)/.exec(text.slice(from, end))?.[0].length ?? 0);
  // Something is underlined even where nothing stands: the character before it.
  return to > from ? { from, to } : { from: Math.max(lineStart(text, from), from - 1), to: Math.min(text.length, Math.max(from, 1)) };
}

/** Each way out that can be gone in this text, the likeliest first. */
export function mendings(file: Written, mistake: Mistake): readonly Mending[] {
  return (mistake.ways ?? []).flatMap(({ title, changes }) => {
    const edits = changes.map((change) => editOf(file, mistake, change));
    return edits.length > 0 && edits.every((edit) => edit !== null) ? [{ title, edits }] : [];
  });
}

function editOf(file: Written, mistake: Mistake, change: Change): Edit | null {
  switch (change.do) {
    case 'text': return { from: change.from, to: change.to, text: change.text };
    case 'replace': return replaced(file.text, file.offset(mistake), change.word, change.by);
    case 'write': return writtenAnew(file, change.path, change.text);
    case 'remove': return removed(file, change.path);
    case 'put': return putInto(file, change.path, change.key, change.text);
    case 'need': return needed(file, change.path, change.id);
    case 'step': return stepBefore(file, change.path, change.lines);
  }
}

/** How far behind its place the word of a mistake can stand: an expression is at most so long. */
const reach = 2_100;

function replaced(text: string, from: number, word: string, by: string): Edit | null {
  const pattern = word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const found = new RegExp(/^[\w-]+$/.test(word) ? `(?<![\\w-])${pattern}(?![\\w-])` : pattern).exec(text.slice(from, from + reach));
  return found ? { from: from + found.index, to: from + found.index + word.length, text: by } : null;
}

function writtenAnew(file: Written, path: Path, text: string): Edit | null {
  const node = file.at(path);
  const key = file.key(path);
  if (node) {
    const span = spanOf(node, file.text);
    if (span.to > span.from) return { ...span, text };
  }
  // Nothing stands behind the colon yet.
  if (!key?.range) return null;
  const colon = file.text.indexOf(':', key.range[1]) + 1;
  return colon === 0 ? null : { from: colon, to: colon, text: ` ${text}` };
}

/** From the beginning of a pair or item to its end; a value that is missing ends behind the colon. */
function pairSpan({ key, value }: Pair, text: string): Span | null {
  if (!isScalar(key) || !key.range) return null;
  const span = value ? spanOf(value as Node, text) : null;
  return { from: key.range[0], to: span && span.to > span.from ? span.to : text.indexOf(':', key.range[1]) + 1 || key.range[1] };
}

function spansIn(parent: YAMLMap | YAMLSeq, text: string): readonly (Span | null)[] {
  return isMap(parent) ? parent.items.map((pair) => pairSpan(pair, text)) : parent.items.map((item) => spanOf(item as Node, text));
}

function removed(file: Written, path: Path): Edit | null {
  const { text } = file;
  const parent = file.at(path.slice(0, -1));
  if (path.length === 0 || (!isMap(parent) && !isSeq(parent))) return null;
  const index = isMap(parent) ? parent.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === path[path.length - 1]) : Number(path[path.length - 1]);
  const spans = spansIn(parent, text);
  const own = spans[index];
  if (!own) return null;
  if (spans.length === 1 && path.length > 1) return removed(file, path.slice(0, -1));
  const next = spans[index + 1], before = spans[index - 1];
  if (isFlow(parent)) return next ? { from: own.from, to: next.from, text: '' } : before ? { from: before.to, to: own.to, text: '' } : { ...own, text: '' };
  const from = lineStart(text, own.from);
  const alone = /^\s*(?:-\s+)?$/.test(text.slice(from, own.from)) && (isSeq(parent) || text.slice(from, own.from).trim() === '');
  // The first key of an item stands behind its dash, which stays.
  if (!alone && next) return { from: own.from, to: next.from, text: '' };
  return { from, to: Math.min(text.length, lineEnd(text, own.to) + 1), text: '' };
}

function putInto(file: Written, path: Path, key: string, value: string): Edit | null {
  const { text } = file;
  const map = file.at(path);
  if (!isMap(map)) return path.length === 0 && !map ? { from: 0, to: 0, text: `${key}: ${value}\n` } : null;
  if (pairOf(map, key)) return writtenAnew(file, [...path, key], value);
  const spans = spansIn(map, text);
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last) return map.range ? { from: map.range[0] + 1, to: map.range[0] + 1, text: ` ${key}: ${value} ` } : null;
  if (isFlow(map)) return { from: last.to, to: last.to, text: `, ${key}: ${value}` };
  // A file begins with what names it.
  if (path.length === 0) return { from: first.from, to: first.from, text: `${key}: ${value}\n` };
  const column = first.from - lineStart(text, first.from);
  return { from: last.to, to: last.to, text: `\n${' '.repeat(column)}${key}: ${value}` };
}

function needed(file: Written, path: Path, id: string): Edit | null {
  const needs = file.at([...path, 'needs']);
  if (!needs || (isScalar(needs) && needs.value === null)) return putInto(file, path, 'needs', id);
  if (isScalar(needs)) return writtenAnew(file, [...path, 'needs'], `[${String(needs.value)}, ${id}]`);
  const list = isMap(needs) ? needs.items[0]?.value : needs;
  if (!isSeq(list)) return null;
  const last = spansIn(list, file.text).at(-1);
  if (!last) return list.range ? { from: list.range[0] + 1, to: list.range[0] + 1, text: id } : null;
  if (isFlow(list)) return { from: last.to, to: last.to, text: `, ${id}` };
  const start = lineStart(file.text, last.from);
  return { from: last.to, to: last.to, text: `\n${/^\s*/.exec(file.text.slice(start))?.[0] ?? ''}- ${id}` };
}

function stepBefore(file: Written, path: Path, lines: readonly string[]): Edit | null {
  const step = file.at(path);
  const list = file.at(path.slice(0, -1));
  if (!step?.range || !isSeq(list) || isFlow(list)) return null;
  const dash = file.text.lastIndexOf('-', step.range[0]);
  const from = lineStart(file.text, dash);
  const indent = file.text.slice(from, dash);
  if (dash < 0 || indent.trim() !== '') return null;
  return { from, to: from, text: `${indent}- ${lines.join(`\n${indent}  `)}\n` };
}
