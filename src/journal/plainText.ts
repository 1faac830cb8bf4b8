/** Text of a model, a repository or a process, made safe to store and to show (I14): no escape sequence, no control or invisible character. */

const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Keeps line feeds and tabs; a carriage return before a line feed goes, one elsewhere begins a new line. */
export function plainText(text: string): string {
  return text.replace(escapes, '').replace(/\r\n?/g, '\n').replace(unseen, '');
}
