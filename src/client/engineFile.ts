/**
 * `<common>/treeline/engine.json`: how a client finds the engine of a repository.
 * Owns: reading it, and writing it so that nobody sees half of it. Refuses: to believe it: an engine is what answers.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineFileSchema } from '../protocol/messages.ts';
import type { EngineFile } from '../protocol/messages.ts';
import { TreelineError } from './treelineError.ts';

const pathIn = (folder: string): string => join(folder, 'engine.json');

/** `folder`: `<common>/treeline`. Null: there is none, or it says nothing. Rejects with `unwritable` when it is somebody else's. */
export async function readEngineFile(folder: string): Promise<EngineFile | null> {
  const text = await readFile(pathIn(folder), 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new TreelineError('unwritable', `${pathIn(folder)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, 'It has to belong to you; an engine that somebody else started in this repository is theirs alone.');
  });
  if (text === null) return null;
  try {
    return engineFileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function writeEngineFile(folder: string, file: EngineFile): Promise<void> {
  const fresh = `${pathIn(folder)}.${file.pid}.new`;
  await writeFile(fresh, `${JSON.stringify(file)}\n`, { mode: 0o600 });
  await rename(fresh, pathIn(folder));
}

export async function removeEngineFile(folder: string): Promise<void> {
  await rm(pathIn(folder), { force: true });
}
