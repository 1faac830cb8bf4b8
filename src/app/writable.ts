/** Whether a folder can be kept in. Owns: that it is asked by writing; what a mode says is not what a disk does. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder, made where it is missing; null where it cannot be written. */
export async function writable(folder: string): Promise<string | null> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const probe = join(folder, `probe-${randomBytes(6).toString('hex')}`);
    await writeFile(probe, '');
    await rm(probe);
    return folder;
  } catch {
    return null;
  }
}
