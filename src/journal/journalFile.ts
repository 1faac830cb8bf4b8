/**
 * One append-only file of events, on disk before anyone hears of them (I1).
 * Owns: the file, group commit (appends that wait share one fdatasync), what happens at open to a torn tail and to corruption.
 * Refuses: to append to what it could not read whole; to go on after a sync that failed, since nobody knows what it left.
 */
import { open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as z from 'zod';
import type { Recorded } from '../core/event.ts';
import { JournalError } from '../ports/journal.ts';
import type { Stream } from '../ports/journal.ts';
import type { Log } from '../ports/system.ts';
import { decodeLines, encodeLine } from './codec.ts';
import type { Decoded } from './codec.ts';
import { failureOf, isDiskFull } from './journalFailure.ts';
import type { Reserve } from './reserve.ts';

/** The part of a file handle that a journal writes through: short writes and failures are a test's to give. */
export interface WritableFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}
export type OpenFile = (path: string) => Promise<WritableFile>;

/** Opens for writing, creates for the user alone. */
export const openOnDisk: OpenFile = (path) => open(path, 'a+', 0o600).then(async (created) => { await created.close(); return open(path, 'r+'); });

export interface JournalFileOptions<Event> {
  readonly path: string;
  readonly epoch: number;
  readonly schema: z.ZodType<Event>;
  readonly reserve: Reserve;
  readonly log: Log;
  readonly openFile: OpenFile;
}

interface Waiting<Event> {
  readonly events: readonly Event[];
  readonly at: number;
  readonly resolve: (records: readonly Recorded<Event>[]) => void;
  readonly reject: (error: JournalError) => void;
}

/** Rejects with a JournalError: `corrupt` (a copy lies beside it then), `newer-version`, `unwritable`. A file that is missing is made by the first append. */
export async function openJournalFile<Event>(options: JournalFileOptions<Event>): Promise<Stream<Event>> {
  const { path, epoch, reserve, log } = options;
  const existing = await readExisting(options);
  const records: Recorded<Event>[] = [...(existing?.records ?? [])];
  let size = existing?.good ?? 0;
  let chain = existing?.chain ?? null;
  let file: WritableFile | null = null;
  let broken: JournalError | null = null;
  let waiting: Waiting<Event>[] = [];
  let flushing: Promise<void> | null = null;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const written: Recorded<Event>[] = [];
      let text = '';
      let next = chain;
      for (const { events, at } of group) for (const event of events) {
        const record: Recorded<Event> = { seq: records.length + written.length + 1, epoch, at, event };
        const line = encodeLine(record, next);
        text += line.text;
        next = line.chain;
        written.push(record);
      }
      try {
        size += await commit(Buffer.from(text));
      } catch (error) {
        const failure = failureOf(error, `${group.length} entries could not be written to ${path}`);
        for (const one of group) one.reject(failure);
        continue;
      }
      chain = next;
      records.push(...written);
      let from = 0;
      for (const { events, resolve } of group) resolve(written.slice(from, from += events.length));
    }
    flushing = null;
  }

  /** Answers the number of bytes once they are on disk. After a failure the file ends where it ended before. */
  async function commit(bytes: Buffer): Promise<number> {
    if (broken) throw broken;
    const fresh = size === 0;
    if (fresh) await reserve.hold();
    try {
      file ??= await options.openFile(path);
      await writeAll(file, bytes, size).catch(async (error: unknown) => {
        if (fresh || !file || !isDiskFull(error) || !(await reserve.free())) throw error;
        log.warn(`the disk is full: the space held back for ${path} is used now`);
        await writeAll(file, bytes, size);
      });
    } catch (error) {
      await undo(fresh);
      throw error;
    }
    try {
      await file.datasync();
      if (fresh) await syncFolder(dirname(path));
    } catch (error) {
      broken = failureOf(error, `${path} could not be brought to disk; it is written no further until the engine starts again`);
      throw broken;
    }
    return bytes.length;
  }

  async function undo(fresh: boolean): Promise<void> {
    try {
      await file?.truncate(size);
      if (!fresh) return;
      await file?.close();
      file = null;
      await rm(path, { force: true });
    } catch (error) {
      broken = failureOf(error, `an unfinished entry could not be taken back from ${path}`);
    }
  }

  return {
    records,
    append: (events, at) => {
      if (broken) return Promise.reject(broken);
      if (events.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        waiting.push({ events, at, resolve, reject });
        flushing ??= Promise.resolve().then(flush);
      });
    },
    close: async () => {
      broken ??= new JournalError('closed', `${path} is closed`);
      await flushing;
      await file?.close();
      file = null;
    },
  };
}

async function writeAll(file: WritableFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** A new file's name is on disk only when its folder is. Not every system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readExisting<Event>({ path, epoch, schema, log, openFile }: JournalFileOptions<Event>): Promise<Decoded<Event> | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw failureOf(error, `${path} could not be read`);
  });
  if (!bytes) return null;
  const decoded = decodeLines(bytes, schema);
  if (decoded.bad) {
    const what = `line ${decoded.bad.line} of ${path}: ${decoded.bad.why}`;
    if (decoded.bad.reason === 'newer-version') throw new JournalError('newer-version', `${what}. A newer version of Treeline can read it.`);
    throw new JournalError('corrupt', `${what}. A copy is kept as ${await copyAside(path, bytes)}; nothing more is written to it.`);
  }
  if (decoded.newest > epoch) throw new JournalError('unwritable', `${path} was written by leader ${decoded.newest}, this is leader ${epoch}: what it wrote would not count`);
  if (decoded.stale > 0) log.warn(`${path}: ${decoded.stale} entries of a leader that had been replaced are left out`);
  if (decoded.torn > 0) {
    log.warn(`${path}: an unfinished entry (${decoded.torn} bytes, never acknowledged) was cut from the end`);
    const file = await openFile(path);
    try {
      await file.truncate(decoded.good);
      await file.datasync();
    } catch (error) {
      throw failureOf(error, `the unfinished end of ${path} could not be cut`);
    } finally {
      await file.close();
    }
  }
  return decoded;
}

/** Keeps what was read of `path`, for the user alone, and answers the copy's path. The same content is not copied twice. */
async function copyAside(path: string, bytes: Uint8Array): Promise<string> {
  const folder = dirname(path);
  const start = `${basename(path)}.corrupt-`;
  for (const name of (await readdir(folder)).filter((candidate) => candidate.startsWith(start))) {
    if ((await readFile(join(folder, name))).equals(bytes)) return join(folder, name);
  }
  const copy = join(folder, `${start}${new Date().toISOString().replace(/[-:.]/g, '')}`);
  await writeFile(copy, bytes, { mode: 0o600 });
  return copy;
}
