/** Takes a folder that we brought into a scratch checkout out of what is judged there. Owns: nothing else. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchCheckout } from '../ports/scratch.ts';

/** @param folder relative, without a slash at its end */
export async function excludeFrom(checkout: ScratchCheckout, folder: string): Promise<void> {
  for (const file of [join(checkout.path, '../judge/info/exclude'), join(checkout.path, '.git/info/exclude')]) {
    await appendFile(file, `\n/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}/\n`);
  }
}
