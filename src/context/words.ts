/**
 * The words of a text, as they are compared: small, split where identifiers join them, without endings.
 * Owns: what counts as the same word. Pure; the same everywhere, whatever the machine's language. Refuses: words that say nothing.
 */

const parts = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\p{N}+/gu;
/** Scripts without spaces: each pair of neighbours counts as a word. */
const dense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+$/u;
const empty = new Set(`a about after all also an and any are as at be been before but by can could did do does each else every for from get give given had has have he her his how i if in
  into is it its just let like make many may me more most must my need new no not of on once one only or other our out over own please shall she should since so some such than that the
  their them then there these they this those to too under until up us use used uses using very want was we were what when where whether which while who why will with without would you your`.split(/\s+/));

/** Each with the word as it was written, in small letters. In the order of the text; a word that comes twice is there twice. */
export function wordsOf(text: string): readonly { readonly stem: string; readonly word: string }[] {
  const found: { readonly stem: string; readonly word: string }[] = [];
  const known = new Map<string, (typeof found)[number] | null>(); // a text repeats its words
  for (const [part] of text.matchAll(parts)) {
    if (dense.test(part)) for (let at = 0; at < Math.max(1, part.length - 1); at += 1) found.push({ stem: part.slice(at, at + 2), word: part.slice(at, at + 2) });
    else {
      let entry = known.get(part);
      if (entry === undefined) known.set(part, entry = entryOf(part));
      if (entry) found.push(entry);
    }
  }
  return found;
}

function entryOf(part: string): { readonly stem: string; readonly word: string } | null {
  const word = part.toLowerCase();
  return empty.has(word) || (word.length === 1 && !/\p{N}/u.test(word)) ? null : { stem: stemOf(word), word };
}

/** Light: plural, past, -ing, -er. Enough that "exporting orders" finds "export order". */
function stemOf(word: string): string {
  if (word.length < 4 || /\p{N}/u.test(word)) return word;
  const base = word.replace(/ies$/, 'y').replace(/(ss|sh|ch|x|z)es$/, '$1').replace(/([^s])s$/, '$1');
  const cut = base.replace(/(?<=[^]{3})(?:ing|ed|er)$/, '');
  if (cut === base) return base.replace(/(?<=[^]{3})e$/, '');
  return cut.replace(/([bdfgmnprt])\1$/, '$1');
}
