/**
 * Text of a process made safe to show (I14): nothing in it moves a cursor, sets a title or the clipboard, draws over what stands there,
 * turns the direction of reading, or is there without being seen. Pure.
 * Owns what is dropped and what is made visible. Refuses to hide: an overwriting carriage return becomes a new line, nothing is erased.
 */

const columns = 2000;
const sampleBytes = 8192;
const binaryShare = 0.1;
const shownBytes = 64;

/** Control strings (OSC, DCS, SOS, PM, APC) that end as they should; one that does not end loses its introducer only, so that it hides nothing. */
const controlStrings = /\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)/g;
/** CSI with its parameters, then escapes of two and more characters. */
const sequences = /\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
/** C0 but tab and new line, DEL, C1. */
const controls = /[\x01-\x08\x0b-\x1f\x7f-\x9f]/g;
const overstrikes = /(.)\x08\1|_\x08(.)/gu;
/** Soft hyphen, joiners, direction marks and overrides, fillers, zero-width and invisible operators, annotation, tags and variation selectors beyond the usual. */
const unseen = '00ad 034f 061c 115f-1160 17b4-17b5 180b-180e 200b-200c 200e-200f 202a-202e 2060-206f 3164 feff ffa0 fff9-fffb e0000-e0fff';
const unseenClass = unseen.split(' ').map((range) => range.split('-').map((point) => `\\u{${point}}`).join('-')).join('');
/** The joiner and the variation selectors are seen as part of an emoji, and nowhere else. */
const invisible = new RegExp(`[${unseenClass}]|(?<=[\\ufe00-\\ufe0f])[\\ufe00-\\ufe0f]|(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d|\\u200d(?!\\p{Extended_Pictographic})`, 'gu');

/**
 * @param text decoded output, or any text of a process, a model or a repository
 * @returns printable text with tabs and new lines; invisible characters as `⟨U+202E⟩`; NUL as `␀`; lines of at most 2,000 columns, `↩` where one was cut
 */
export function cleanOutput(text: string): string {
  return wrapped(text.toWellFormed()
    .replace(/\r\n/g, '\n')
    .replace(controlStrings, '')
    .replace(sequences, '')
    .replace(overstrikes, '$1$2')
    .replace(/[\r\u2028\u2029]/g, '\n')
    .replaceAll('\0', '␀')
    .replace(controls, '')
    .replace(invisible, (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`));
}

/**
 * @param kept what is left of the output, see OutputRing
 * @returns the text to show; binary output only says so, with its first bytes
 */
export function readableOutput(kept: { readonly head: Uint8Array; readonly tail: Uint8Array; readonly dropped: number }): string {
  const { head, tail, dropped } = kept;
  if (isBinary(head)) {
    const first = Buffer.from(head.subarray(0, shownBytes)).toString('hex').replace(/(..)(?!$)/g, '$1 ');
    return `(binary output, ${head.length + tail.length + dropped} bytes, beginning with ${first})\n`;
  }
  if (dropped === 0) return cleanOutput(decode(Buffer.concat([head, tail])));
  const headText = cleanOutput(decode(head.subarray(0, wholeCharacters(head))));
  const tailText = cleanOutput(decode(tail.subarray(firstCharacter(tail))));
  return `${headText}\n… ${dropped} bytes of output are not kept …\n${tailText}`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes);
}

/** More than a tenth of the beginning is no text: control bytes a terminal has no use for, or bytes that are no UTF-8. */
function isBinary(head: Uint8Array): boolean {
  const sample = head.subarray(0, Math.min(sampleBytes, head.length < sampleBytes ? wholeCharacters(head) : sampleBytes));
  if (sample.length === 0) return false;
  const text = decode(sample);
  const strange = text.match(/[\x00-\x06\x0e-\x1a\x1c-\x1f\ufffd]/g)?.length ?? 0;
  return strange > text.length * binaryShare;
}

/** Length of `bytes` without a character that was cut at the end. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Where the first whole character of `bytes` begins. */
function firstCharacter(bytes: Uint8Array): number {
  let at = 0;
  while (at < 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}

const wide = new RegExp(`.{${columns}}(?=.)`, 'gsu');

/** Line by line: looked for in the whole text, a long line would be tried for at each character of the short ones. */
function wrapped(text: string): string {
  return text.split('\n').map((line) => (line.length > columns ? line.replace(wide, '$&↩\n') : line)).join('\n');
}
