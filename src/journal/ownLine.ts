/**
 * An entry that is, byte for byte, in the form in which `encodeLine` writes it: `{"v":1,"seq":N,"epoch":N,"at":N[,"prev":"HASH"],"event":…}`.
 * Owns: that form, found without making objects that are thrown away (replay is budgeted against JSON.parse alone).
 * Refuses: everything else, good or bad: whoever asks looks at it as any JSON then.
 */
import type { Recorded } from '../core/event.ts';

const [opening, epochKey, atKey, prevKey, afterPrev, eventKey] = ['{"v":1,"seq":', ',"epoch":', ',"at":', ',"prev":"', '","event":', ',"event":'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
const closing = 0x7d;
const zero = 0x30;
const nine = 0x39;
/** More digits than this may not fit a number exactly. */
const mostDigits = 15;

/** `json`: where the entry's JSON begins; `end`: where its line ends; `prev`: what it has to carry as such, null for nothing. The event is parsed JSON that nobody has looked at. */
export function readOwnLine(buffer: Buffer, json: number, end: number, prev: string | null): Recorded<unknown> | null {
  const seqAt = past(buffer, json, opening);
  const epochAt = past(buffer, pastDigits(buffer, seqAt), epochKey);
  const atAt = past(buffer, pastDigits(buffer, epochAt), atKey);
  const rest = pastDigits(buffer, atAt);
  const eventAt = prev === null ? past(buffer, rest, eventKey) : past(buffer, pastText(buffer, past(buffer, rest, prevKey), prev), afterPrev);
  // No key has a brace that closes: where one stands, the event's place is before it.
  if (eventAt < 0 || buffer[end - 1] !== closing) return null;
  const event = parsed(buffer.toString('utf8', eventAt, end - 1));
  return event === undefined ? null : { seq: numberAt(buffer, seqAt), epoch: numberAt(buffer, epochAt), at: numberAt(buffer, atAt), event };
}

/** The place after `bytes`, when that is what stands at `place`; -1 otherwise, and after -1, where nothing stands. */
function past(buffer: Buffer, place: number, bytes: Buffer): number {
  for (let index = 0; index < bytes.length; index += 1) if (buffer[place + index] !== bytes[index]) return -1;
  return place + bytes.length;
}

/** The same for text of ASCII letters and digits. */
function pastText(buffer: Buffer, place: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) if (buffer[place + index] !== text.charCodeAt(index)) return -1;
  return place + text.length;
}

/** The place after the digits of a whole number as JSON writes it; -1 when there is none at `place`. */
function pastDigits(buffer: Buffer, place: number): number {
  let after = place;
  while (isDigit(buffer[after])) after += 1;
  const digits = after - place;
  return digits === 0 || digits > mostDigits || (digits > 1 && buffer[place] === zero) ? -1 : after;
}

function numberAt(buffer: Buffer, place: number): number {
  let value = 0;
  for (let index = place; isDigit(buffer[index]); index += 1) value = value * 10 + (buffer[index] ?? 0) - zero;
  return value;
}

function isDigit(byte = 0): boolean {
  return byte >= zero && byte <= nine;
}

/** Undefined: not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
