/**
 * A checkout's own workflow files, as they are on disk.
 * Owns: which files those are, and how much of one is read. Refuses: what is no file (a pipe never ends).
 */
import { access, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TreelineError } from '../client/treelineError.ts';
import { ownFolder, zenflowFolder } from './workflowShelf.ts';
import type { RepositoryFiles } from './workflowShelf.ts';

/** Files that are larger are refused by their reader; so much of them is enough for it to say so. */
const readLimit = 512 * 1024;

export function checkoutFiles(repository: string): RepositoryFiles {
  const below = async (folder: string): Promise<string[]> => (await readdir(join(repository, folder)).catch(() => [])).sort().map((name) => `${folder}${name}`);
  return {
    list: async () => [...await below(ownFolder), ...await below(zenflowFolder), ...(await exists(join(repository, '.zenflow/settings.json')) ? ['.zenflow/settings.json'] : [])],
    read: (path) => readSome(join(repository, path)),
  };
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

/** Rejects with a TreelineError when it is no file. */
export async function readSome(path: string): Promise<string> {
  if (!(await stat(path)).isFile()) throw new TreelineError('invalid-file', `${path} is no file.`, 'Give the path of a workflow file.');
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(readLimit), 0, readLimit, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}
