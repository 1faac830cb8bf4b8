/**
 * What we know of each worktree of ours, on disk, so that it outlives the process. Owns: the record, and the check that the worktree is still
 * the one that was made (its pointer to git is byte for byte what git wrote, threat T9). Refuses: a worktree that was repointed.
 */
import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ArchiveContext } from './archiveContext.ts';
import { ignoreMissing, replaceFile } from './gitDirs.ts';
import { safeSegment, unitFolder } from './names.ts';

const recordSchema = z.object({
  task: z.string(), unit: z.string(), path: z.string(),
  /** Full ref name. */
  branch: z.string(),
  /** `adding`: it was never handed out, so nothing of anybody's is in it. */
  phase: z.enum(['adding', 'ready']),
  /** Commit that the branch was last put on by us. */
  head: z.string(),
  /** Its folder in the person's git dir, and what the files that lead there held. */
  admin: z.string(),
  guarded: z.record(z.string(), z.string().nullable()),
});
export type WorktreeRecord = z.infer<typeof recordSchema>;

/** Records need of the archive only where they lie. */
type Context = Pick<ArchiveContext, 'state'>;

export function recordFolder(context: Context, task: string, unit: string): string {
  return join(context.state, 'tasks', safeSegment(task), unitFolder(unit));
}

export async function readRecord(context: Context, task: string, unit: string): Promise<WorktreeRecord | null> {
  return readRecordFile(join(recordFolder(context, task, unit), 'record.json'));
}

async function readRecordFile(path: string): Promise<WorktreeRecord | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => { ignoreMissing(error); return null; });
  try {
    // A power cut may leave half of it: a worktree without a record is never touched again.
    return text === null ? null : recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function writeRecord(context: Context, record: WorktreeRecord): Promise<void> {
  const folder = recordFolder(context, record.task, record.unit);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, 'record.json'), JSON.stringify(record));
}

export async function listRecords(context: Context, task: string): Promise<readonly WorktreeRecord[]> {
  const folder = join(context.state, 'tasks', safeSegment(task));
  const units = await readdir(folder).catch((error: unknown) => { ignoreMissing(error); return []; });
  const found = await Promise.all(units.sort().map((unit) => readRecordFile(join(folder, unit, 'record.json'))));
  return found.filter((record) => record !== null);
}

/** The record of the worktree that lies at `path`, or null: that is none of ours. */
export async function recordAt(context: Context, path: string): Promise<WorktreeRecord | null> {
  const tasks = await readdir(join(context.state, 'tasks')).catch((error: unknown) => { ignoreMissing(error); return []; });
  for (const task of tasks) {
    const found = (await listRecords(context, task)).find((record) => record.path === path);
    if (found) return found;
  }
  return null;
}

export async function dropRecord(context: Context, record: WorktreeRecord): Promise<void> {
  await rm(recordFolder(context, record.task, record.unit), { recursive: true, force: true });
}

/** Files that decide where git goes from a worktree. */
function guardedPaths(path: string, admin: string): Readonly<Record<string, string>> {
  return { pointer: join(path, '.git'), commondir: join(admin, 'commondir'), gitdir: join(admin, 'gitdir'), config: join(admin, 'config.worktree') };
}

/** Their bytes (null: absent). */
export async function guardedFiles(path: string, admin: string): Promise<WorktreeRecord['guarded']> {
  const read = async (file: string): Promise<string | null> => {
    const stats = await lstat(file).catch((error: unknown) => { ignoreMissing(error); return null; });
    if (stats === null) return null;
    return stats.isFile() ? (await readFile(file)).toString('base64') : 'not a file';
  };
  return Object.fromEntries(await Promise.all(Object.entries(guardedPaths(path, admin)).map(async ([name, file]) => [name, await read(file)] as const)));
}

/** What was changed since the worktree was made: null when nothing was. */
export async function tampering({ path, admin, guarded }: WorktreeRecord): Promise<string | null> {
  const now = await guardedFiles(path, admin);
  const paths = guardedPaths(path, admin);
  const changed = Object.keys(guarded).filter((name) => now[name] !== guarded[name]);
  return changed.length === 0 ? null : changed.map((name) => paths[name] ?? name).join(', ');
}

/** Whether the folder is there, as a folder. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then((stats) => stats.isDirectory(), (error: unknown) => { ignoreMissing(error); return false; });
}
