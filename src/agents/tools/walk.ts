/** Every file below a folder, sorted, folder by folder. Owns: what is never looked into. Refuses: to be endless. */
import { ConfinementError } from '../../ports/sandbox.ts';
import type { ConfinedFiles } from '../../ports/sandbox.ts';

const skipped = new Set(['.git', 'node_modules']);
const maxFolders = 5_000;

/** Paths relative to the root of `files`. What refuses to be listed (a link that leads out) is left out. */
export async function* walk(files: ConfinedFiles, start: string, signal: AbortSignal): AsyncGenerator<string> {
  const folders = [start];
  for (let seen = 0; folders.length > 0 && seen < maxFolders; seen += 1) {
    signal.throwIfAborted();
    const folder = folders.shift() as string;
    const below: string[] = [];
    for (const entry of await entriesOf(files, folder, seen === 0)) {
      const name = entry.replace(/\/$/, '');
      if (skipped.has(name)) continue;
      const path = folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`;
      if (entry.endsWith('/')) below.push(path);
      else yield path;
    }
    folders.unshift(...below);
  }
}

async function entriesOf(files: ConfinedFiles, folder: string, first: boolean): Promise<readonly string[]> {
  try {
    return (await files.list(folder)).toSorted();
  } catch (error) {
    if (!first && error instanceof ConfinementError) return [];
    throw error;
  }
}
