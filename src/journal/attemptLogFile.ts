/**
 * Logs of attempts and gate runs: plain text beside the journal, `<folder>/logs/<task>/<command id, percent-encoded>.log`, and beside it
 * what the attempt had spent, a line of JSON each time it is told, in `….spend`: what a model writes never comes into that file.
 * Owns: buffering (nobody waits for a disk), the size limit of each log. Refuses: fsync; to fail a run because a log cannot be written.
 */
import { appendFile, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { usageSchema } from '../core/usage.ts';
import type { AttemptLog, LastSpend } from '../ports/attemptLog.ts';
import type { Log } from '../ports/system.ts';
import type { TranscriptPart } from '../ports/workers.ts';
import { logsFolder } from './journalFolder.ts';
import { plainText } from '../core/plainText.ts';

const suffix = '.log';
const spendSuffix = '.spend';
const spendSchema = z.object({ usage: usageSchema, costUsd: z.number().nullable(), estimatedUsd: z.number() });
const flushAfterMs = 200;
const limitBytes = 4 * 1024 * 1024;
const shownResult = 2_000;

export interface AttemptLogFile extends AttemptLog {
  /** Resolves when everything said so far is in the files (or could not be). */
  flush(): Promise<void>;
}

/** `limit`: bytes of one log; what goes beyond is left out, with a line that says so. */
export function createAttemptLog({ folder, log, limit = limitBytes }: { readonly folder: string; readonly log: Log; readonly limit?: number }): AttemptLogFile {
  const buffers = new Map<string, string>();
  const sizes = new Map<string, number>();
  const troubled = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function flushAll(): Promise<void> {
    const batch = [...buffers];
    buffers.clear();
    for (const [path, text] of batch) {
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const before = sizes.get(path) ?? (await stat(path).catch(() => null))?.size ?? 0;
        const bytes = Buffer.from(text);
        if (before <= limit) await appendFile(path, before + bytes.length > limit ? `${firstBytes(bytes, limit - before)}\n… (the log is longer than ${limit} bytes; the rest is left out)\n` : bytes, { mode: 0o600 });
        sizes.set(path, before + bytes.length);
      } catch (error) {
        if (!troubled.has(path)) log.warn(`the log ${path} could not be written: ${error instanceof Error ? error.message : String(error)}`);
        troubled.add(path);
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(flushAll);
    return writing;
  }

  return {
    flush,
    write: (task, key, part) => {
      const text = textOf(part);
      if (text === '') return;
      const path = pathOf(folder, task, key, part.kind === 'spent' ? spendSuffix : suffix);
      if ((sizes.get(path) ?? 0) > limit) return;
      buffers.set(path, (buffers.get(path) ?? '') + text);
      // Money is told to the system at once: it outlives a process that is killed.
      if (part.kind === 'spent') void flush();
      else timer ??= setTimeout(() => void flush(), flushAfterMs).unref();
    },
    lastSpend: (task, key) => readLastSpend(pathOf(folder, task, key, spendSuffix)),
  };
}

/** As many whole characters as fit into so many bytes. */
function firstBytes(bytes: Uint8Array, limit: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, limit), { stream: true });
}

/** A part as a person reads it. */
function textOf(part: TranscriptPart): string {
  switch (part.kind) {
    case 'text': return plainText(part.text);
    case 'tool-call': return `\n▸ ${plainText(`${part.name} ${part.summary}`)}\n`;
    case 'tool-result': {
      const text = plainText(part.text);
      return `${part.ok ? '✓' : '✗'} ${plainText(part.name)}: ${text.length > shownResult ? `${text.slice(0, shownResult)}… (${text.length} characters)` : text}\n`;
    }
    case 'notice': return `\n· ${plainText(part.text)}\n`;
    case 'spent': return `${JSON.stringify(part.spend)}\n`;
  }
}

function pathOf(folder: string, task: string, key: string, end: string): string {
  return join(logsFolder(folder, task), `${encodeURIComponent(key)}${end}`);
}

/** The last line that is whole: a kill may have cut the one after it. */
async function readLastSpend(path: string): Promise<LastSpend | null> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const spend = text.split('\n').slice(0, -1).flatMap((line) => spendSchema.safeParse(parsed(line)).data ?? []).at(-1);
    return spend ? { spend, heardAt: mtimeMs } : null;
  } catch {
    return null;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Command ids that have a log, oldest first. */
export async function listLogs(folder: string, task: string): Promise<readonly string[]> {
  const logs = logsFolder(folder, task);
  const names = (await readdir(logs).catch(() => [])).filter((name) => name.endsWith(suffix));
  const dated = await Promise.all(names.map(async (name) => ({ name, born: (await stat(join(logs, name)).catch(() => null))?.birthtimeMs ?? 0 })));
  return dated.sort((left, right) => left.born - right.born).map(({ name }) => decodeURIComponent(name.slice(0, -suffix.length)));
}

/** Null: there is no such log. */
export async function readLogFile(folder: string, task: string, key: string): Promise<string | null> {
  return readFile(pathOf(folder, task, key, suffix), 'utf8').catch(() => null);
}

/** The log that `step` means: a command id itself, else the newest of a unit or step; null: the newest of all. Undefined: none. */
export function pickLog(logs: readonly string[], step: string | null): string | undefined {
  if (step === null) return logs.at(-1);
  if (logs.includes(step)) return step;
  return logs.findLast((log) => log.startsWith(`${step}#`)) ?? logs.findLast((log) => log.startsWith(`${step}/`));
}
