/** Which checkout a person stands in. Owns: how its top is found without git. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder above `directory` that has a `.git`, else `directory`: the engine says then what is wrong with it. */
export function checkoutOf(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return directory;
  }
}
