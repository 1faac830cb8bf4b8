/**
 * Finds a JSON document among other output: what a reporter prints stands between what npm and the suite print.
 * Owns: where it begins and ends. Refuses: to repair one: a document that was cut off is said to be so.
 */
import { jsonOf } from './lineReader.ts';

const attempts = 50;

/**
 * @param mark a text that only the wanted document has (a key with its quotes)
 * @returns the document, `value` undefined where there is none; `whole` false where the text ends before a document with the mark does
 */
export function documentIn(text: string, mark: string): { readonly value: unknown; readonly whole: boolean } {
  const at = text.indexOf(mark);
  if (at < 0) return { value: undefined, whole: true };
  const plain = jsonOf(text.replace(/^\ufeff/, '').trim());
  if (plain !== null) return { value: plain, whole: true };
  // From the nearest brace before the mark outwards: the first that has an end and holds the mark.
  let start = at;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    start = text.lastIndexOf('{', start - 1);
    if (start < 0) break;
    const end = endOf(text, start);
    if (end < 0) break;
    if (end > at) {
      const value = jsonOf(text.slice(start, end));
      if (value !== null) return { value, whole: true };
    }
  }
  return { value: undefined, whole: false };
}

/** The index behind the brace that closes the one at `start`, or -1. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return index + 1;
  }
  return -1;
}
