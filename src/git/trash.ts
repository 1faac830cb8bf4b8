/**
 * The trash folder: files that git cannot keep in a ref (ignored ones, nested repositories) before their place is cleared (I8).
 * Owns: `<common>/treeline/trash/<task>/<unit>/<ms since 1970>/…`, for 14 days. Refuses: to delete what it could not keep.
 */
import { cp, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveContext } from './archiveContext.ts';
import { onDisk, pathText } from './bytePath.ts';
import { ignoreMissing } from './gitDirs.ts';
import { safeSegment, unitFolder } from './names.ts';

const keptMs = 14 * 24 * 60 * 60_000;

/**
 * Moves files and folders of a work tree there.
 * @param paths byte paths; a trailing slash says folder
 * @returns the folder that holds them now, or null when there was nothing to move
 */
export async function moveToTrash(context: ArchiveContext, task: string, unit: string, workTree: string, paths: readonly string[]): Promise<string | null> {
  if (paths.length === 0) return null;
  const folder = join(trashOf(context), safeSegment(task), unitFolder(unit), String(context.clock.now()));
  for (const path of paths.map((entry) => entry.replace(/\/$/, ''))) {
    const [from, to] = [onDisk(workTree, path), onDisk(folder, path)];
    await mkdir(Buffer.from(dirname(to.toString('latin1')), 'latin1'), { recursive: true, mode: 0o700 });
    try {
      await rename(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EXDEV') { ignoreMissing(error); continue; }
      await cp(join(workTree, pathText(path)), join(folder, pathText(path)), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      await rm(from, { recursive: true, force: true });
    }
  }
  return folder;
}

/** Deletes what has lain there for 14 days. */
export async function sweepTrash(context: ArchiveContext): Promise<void> {
  const root = trashOf(context);
  for (const task of await namesIn(root)) {
    for (const unit of await namesIn(join(root, task))) {
      for (const stamp of await namesIn(join(root, task, unit))) {
        if (/^\d+$/.test(stamp) && context.clock.now() - Number(stamp) > keptMs) await rm(join(root, task, unit, stamp), { recursive: true, force: true });
      }
      await removeIfEmpty(join(root, task, unit));
    }
    await removeIfEmpty(join(root, task));
  }
}

function trashOf(context: ArchiveContext): string {
  return join(context.facts.commonDir, 'treeline', 'trash');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => { ignoreMissing(error); return []; });
}

/** Removes a folder that nothing is in; never more, though somebody puts something in at this very moment. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') ignoreMissing(error);
  });
}
