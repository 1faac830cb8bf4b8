/**
 * One line of a journal: `crc32 SPACE JSON{v,seq,epoch,at,prev?,event} LF`. The checksum (8 hex digits) is over the JSON's bytes;
 * `prev` is the first 16 hex digits of sha256 over the whole previous line without LF, so that a changed or removed line shows.
 * A line whose hash the next one carries needs no second proof by its checksum; whatever else stands in a file is looked at in full.
 * Owns: this format and what counts as torn, corrupt, newer, and stale. Refuses: to touch a file.
 */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { Recorded } from '../core/event.ts';
import { readOwnLine } from './ownLine.ts';
import { unchangedBy } from './unchangedBy.ts';

const lineVersion = 1;
const newline = 10;
const space = 32;
const crcDigits = 8;

const envelopeSchema = z.object({
  v: z.literal(lineVersion), seq: z.number().int().min(1), epoch: z.number().int().min(0), at: z.number(),
  prev: z.string().optional(), event: z.unknown(),
});

/** Gives a line with its LF, and the hash that the next line carries as `prev`. `prev` null: the first line. */
export function encodeLine(record: Recorded<unknown>, prev: string | null): { readonly text: string; readonly chain: string } {
  const { seq, epoch, at, event } = record;
  const json = JSON.stringify({ v: lineVersion, seq, epoch, at, ...(prev === null ? {} : { prev }), event });
  const line = `${crc32(json).toString(16).padStart(crcDigits, '0')} ${json}`;
  return { text: `${line}\n`, chain: chainOf(line) };
}

function chainOf(line: string | Uint8Array): string {
  return hash('sha256', line, 'hex').slice(0, 16);
}

/** The first entry that is not what was written. `line` counts from 1. */
export interface BadLine { readonly line: number; readonly why: string; readonly reason: 'corrupt' | 'newer-version' }

export interface Decoded<Event> {
  /** Of the newest leader at each place: what a stale leader wrote after another had taken over is left out. */
  readonly records: readonly Recorded<Event>[];
  /** Newest epoch of any record; 0 when there is none. */
  readonly newest: number;
  /** Hash of the last record's line, for the next one's `prev`; null when there is none. */
  readonly chain: string | null;
  /** Bytes up to which every line is good. */
  readonly good: number;
  /** Bytes after the last line end: of an unfinished line, or zeros, which a file system had given before the power went. They were never acknowledged. */
  readonly torn: number;
  /** Lines of an older epoch than one before them. */
  readonly stale: number;
  readonly bad: BadLine | null;
}

/** Reads a whole file. `schema` parses the events; what it does not know was written by a newer version. */
export function decodeLines<Event>(bytes: Uint8Array, schema: z.ZodType<Event>): Decoded<Event> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { records, places, ...chained } = readChained(buffer, schema);
  let { start, chain } = chained;
  let line = records.length;
  let newest = records.at(-1)?.epoch ?? 0;
  let stale = 0;
  let bad: BadLine | null = null;
  const spoilt = (why: string): BadLine => ({ line, reason: 'corrupt', why });
  while (start < buffer.length) {
    const end = buffer.indexOf(newline, start);
    if (end < 0) break;
    line += 1;
    const parsed = decodeLine(buffer.subarray(start, end), schema);
    if ('why' in parsed) {
      bad = { line, ...parsed };
      break;
    }
    const { record, prev } = parsed;
    if (record.epoch < newest) {
      stale += 1;
      start = end + 1;
      continue;
    }
    // A new leader goes on from what it had read: what an older one managed to write after that never counted.
    if (record.epoch > newest && record.seq <= records.length) {
      stale += records.length - record.seq + 1;
      records.length = places.length = record.seq - 1;
      const place = places.at(-1);
      chain = place === undefined ? null : chainOf(buffer.subarray(place, buffer.indexOf(newline, place)));
    }
    if (record.seq !== records.length + 1) bad = spoilt(`entry ${record.seq} stands where ${records.length + 1} belongs: an entry was removed or added`);
    else if (prev !== chain) bad = spoilt(`entry ${record.seq} does not follow from the one before it: that one was changed`);
    if (bad) break;
    newest = record.epoch;
    records.push(record);
    places.push(start);
    chain = chainOf(buffer.subarray(start, end));
    start = end + 1;
  }
  return { records, newest, chain, good: start, torn: bad ? 0 : buffer.length - start, stale, bad };
}

interface Chained<Event> {
  readonly records: Recorded<Event>[];
  /** Where the line of each record is, to find its hash again when a new leader goes on from there. */
  readonly places: number[];
  /** Where the first line stands that is yet to be looked at. */
  readonly start: number;
  readonly chain: string | null;
}

/**
 * The lines from the first that are in order and exactly as we write them, each proven by the one after it: that carries a hash of all its
 * bytes, which says more than its checksum. Stops before the first line that is anything else, and before the last, which nothing proves:
 * those are looked at one by one, and say what is wrong with them.
 */
function readChained<Event>(buffer: Buffer, schema: z.ZodType<Event>): Chained<Event> {
  const records: Recorded<Event>[] = [];
  const places: number[] = [];
  const isUnchanged = unchangedBy(schema);
  let start = 0;
  let epoch = 0;
  let chain: string | null = null;
  let before: string | null = null;
  for (let end = buffer.indexOf(newline); end >= 0; end = buffer.indexOf(newline, start)) {
    const record = readOwnLine(buffer, start + crcDigits + 1, end, chain);
    if (record?.seq !== records.length + 1 || record.epoch < epoch) break;
    if (isUnchanged(record.event)) records.push(record as Recorded<Event>);
    else {
      const event = schema.safeParse(record.event);
      if (!event.success) break;
      records.push({ ...record, event: event.data });
    }
    ({ epoch } = record);
    places.push(start);
    before = chain;
    // Not by `subarray`, which costs five times as much: that counts here.
    chain = chainOf(new Uint8Array(buffer.buffer, buffer.byteOffset + start, end - start));
    start = end + 1;
  }
  records.pop();
  return { records, places, start: places.pop() ?? 0, chain: before };
}

function decodeLine<Event>(line: Buffer, schema: z.ZodType<Event>): { readonly record: Recorded<Event>; readonly prev: string | null } | Omit<BadLine, 'line'> {
  const json = line.subarray(crcDigits + 1);
  const stated = line.toString('latin1', 0, crcDigits);
  if (line[crcDigits] !== space || stated !== crc32(json).toString(16).padStart(crcDigits, '0')) return { reason: 'corrupt', why: 'the checksum does not fit the text' };
  const value = parseJson(json.toString('utf8'));
  if (typeof value === 'object' && value !== null && 'v' in value && typeof value.v === 'number' && value.v > lineVersion) {
    return { reason: 'newer-version', why: `it was written in format ${value.v}, this version reads format ${lineVersion}` };
  }
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return { reason: 'corrupt', why: 'it is not an entry of a journal' };
  const { seq, epoch, at, prev = null, event } = envelope.data;
  const parsed = schema.safeParse(event);
  if (!parsed.success) return { reason: 'newer-version', why: `entry ${seq} is whole, but this version does not know it: ${parsed.error.issues[0]?.message ?? 'unknown event'}` };
  return { record: { seq, epoch, at, event: parsed.data }, prev };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
