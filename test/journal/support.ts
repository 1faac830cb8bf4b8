/** Small things that the journal's tests share: an event, a folder that goes with the test, a file that counts and fails. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/core/event.ts';
import { openOnDisk } from '../../src/journal/journalFile.ts';
import type { OpenFile, WritableFile } from '../../src/journal/journalFile.ts';
import type { Log } from '../../src/ports/system.ts';

export const eventNumber = (n: number): RunEvent => ({ type: 'UnitLanded', command: `implement#${n}:advance`, unit: 'implement', n, commit: n.toString(16).padStart(40, '0') });
export const events = (count: number, from = 1): RunEvent[] => Array.from({ length: count }, (_, index) => eventNumber(from + index));

export function recordingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const say = (message: string): void => { lines.push(message); };
  return { lines, debug: say, info: say, warn: say, error: say };
}

/** Calls `use` with a new folder and removes it afterwards. */
export async function inFolder<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tlj-')));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A real file whose writes are short, that counts its syncs, and that is full when `full()` says so. */
export function strainedFile(strain: { readonly shortest?: number; readonly full?: () => boolean; readonly failSync?: () => boolean }): { readonly openFile: OpenFile; readonly syncs: () => number } {
  let syncs = 0;
  const openFile: OpenFile = async (path) => {
    const file = await openOnDisk(path);
    const strained: WritableFile = {
      write: (bytes, offset, length, position) => {
        if (strain.full?.()) {
          // As on a real disk: a part may still fit.
          return file.write(bytes, offset, Math.min(length, 7), position).then(() => { throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }); });
        }
        return file.write(bytes, offset, Math.min(length, strain.shortest ?? length), position);
      },
      datasync: () => {
        syncs += 1;
        return strain.failSync?.() ? Promise.reject(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })) : file.datasync();
      },
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
    };
    return strained;
  };
  return { openFile, syncs: () => syncs };
}
