/** Takes a folder that we brought into a checkout out of what is judged, or taken, there. Owns: which exclude files that concerns. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveContext } from './archiveContext.ts';
import { recordAt, recordFolder } from './worktreeRecords.ts';

/**
 * @param path of a scratch checkout, or of a worktree of ours
 * @param folder relative, without a slash at its end
 */
export async function excludeFrom(context: ArchiveContext, path: string, folder: string): Promise<void> {
  const record = await recordAt(context, path);
  const gitDirs = record ? [join(recordFolder(context, record.task, record.unit), 'git')] : [join(path, '../judge'), join(path, '.git')];
  for (const gitDir of gitDirs) await appendFile(join(gitDir, 'info/exclude'), `\n/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}/\n`);
}
