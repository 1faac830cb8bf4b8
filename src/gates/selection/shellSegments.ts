/**
 * A shell command line in pieces that can be put together again: simple commands with the words of each as they are written and as they are meant.
 * Owns: the positions. Refuses: what a word is only known for when a shell has run it: substitutions, groups, redirections, comments (null).
 */

export interface Word { readonly raw: string; readonly value: string }
export interface Segment { readonly start: number; readonly end: number; readonly words: readonly Word[] }

export function shellSegments(text: string): readonly Segment[] | null {
  const segments: Segment[] = [];
  let words: Word[] = [];
  const open: { word: { readonly start: number; readonly value: string } | null } = { word: null };
  let quote: string | null = null;
  const endWord = (at: number): void => {
    if (open.word !== null) words.push({ raw: text.slice(open.word.start, at), value: open.word.value });
    open.word = null;
  };
  let start = 0;
  const endSegment = (at: number): void => {
    endWord(at);
    if (words.length > 0) segments.push({ start, end: at, words });
    words = [];
    start = at + 1;
  };
  const put = (at: number, value: string): void => {
    open.word = { start: open.word?.start ?? at, value: (open.word?.value ?? '') + value };
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (quote === '"' && (character === '`' || (character === '$' && text.charAt(at + 1) === '('))) return null;
      else if (character === '\\' && quote === '"') put(at, text.charAt(at += 1));
      else put(at, character);
    } else if (character === "'" || character === '"') {
      quote = character;
      put(at, '');
    } else if (character === '\\') {
      put(at, text.charAt(at + 1));
      at += 1;
    } else if (/[()<>`]/.test(character) || (character === '$' && /[({]/.test(text.charAt(at + 1))) || (/[#{}!]/.test(character) && open.word === null)) {
      return null;
    } else if (/[;&|\n]/.test(character)) {
      endSegment(at);
    } else if (/\s/.test(character)) {
      endWord(at);
    } else {
      put(at, character);
    }
  }
  if (quote !== null) return null;
  endSegment(text.length);
  return segments;
}
