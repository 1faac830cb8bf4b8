/**
 * Where a person writes: at a key, at a value, or inside of a text; in a file that is not whole while it is written.
 * How: a word that nobody writes is put where the cursor is and looked for in what the reader makes of the file then.
 * Owns: that word. Refuses: to know what fits there.
 */
import { isMap, isScalar } from 'yaml';
import type { Path } from '../yamlText.ts';
import { isFlow, lineEnd, lineStart, written } from './written.ts';
import type { Span, Written } from './written.ts';

/** Looks like an id and like a word of an expression, so that nothing around it becomes a mistake. */
const marker = 'xcursorx';

export interface Cursor {
  /** Of what is written here: a key ends with itself. */
  readonly path: Path;
  /** `open`: nothing but a word stands on the line, so it may become a key or a value. */
  readonly place: 'key' | 'open' | 'value';
  /** Of the value's text, what stands before and behind the cursor. */
  readonly before: string;
  readonly after: string;
  /** The whole key or value as it stands, which a suggestion takes the place of. */
  readonly whole: Span;
  /** The file with the mark in it, and its text. */
  readonly file: Written;
  /** Keys beside it, where it is or may become a key. */
  readonly beside: readonly string[];
  readonly inFlow: boolean;
  /** A colon follows already. */
  readonly hasColon: boolean;
}

/** Null: a comment, or nowhere. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const left = text.slice(lineStart(text, offset), offset);
  const right = text.slice(offset, lineEnd(text, offset)).replace(/\r$/, '');
  const rest = /^[\w-]*/.exec(right)?.[0] ?? '';
  const alone = /^\s*(?:-\s+)*[\w-]*$/.test(left) && right.slice(rest.length).trim() === '';
  const marked = `${text.slice(0, offset)}${marker}${rest}${alone ? ':' : ''}${text.slice(offset + rest.length)}`;
  const file = written(marked);
  const found = file.scalarAt(offset + 1);
  const { scalar, isKey } = found ?? {};
  if (!found || !scalar?.range || !String(scalar.value).includes(marker)) return null;
  const value = String(scalar.value);
  const at = value.indexOf(marker);
  const quote = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE' ? 1 : 0;
  const parent = file.at(found.path.slice(0, -1));
  return {
    path: found.path, file,
    place: isKey ? (alone ? 'open' : 'key') : 'value',
    before: value.slice(0, at), after: value.slice(at + marker.length),
    whole: { from: scalar.range[0] + quote, to: Math.max(offset, scalar.range[1] - marker.length - quote) },
    beside: isKey && isMap(parent) ? parent.items.flatMap(({ key }) => (isScalar(key) && !String(key.value).includes(marker) ? [String(key.value)] : [])) : [],
    inFlow: isMap(parent) && isFlow(parent),
    hasColon: !alone && /^\s*:/.test(right.slice(rest.length)),
  };
}
