/**
 * A file that holds 1 MB of disk back, so that what has already happened can still be written down when the disk is full.
 * Owns: `<folder>/reserve`. Refuses: to let anything new begin while the space cannot be held back.
 */
import { randomBytes } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOf } from './journalFailure.ts';

const reserveBytes = 1024 * 1024;

export interface Reserve {
  /** Rejects with a JournalError (`disk-full`) when there is no room for it; leaves nothing behind then. */
  hold(): Promise<void>;
  /** True: there was one, its space is free now. */
  free(): Promise<boolean>;
}

export function createReserve(folder: string): Reserve {
  const path = join(folder, 'reserve');
  return {
    hold: async () => {
      const held = await stat(path).catch(() => undefined);
      if (held && held.size >= reserveBytes) return;
      try {
        const file = await open(path, 'w', 0o600);
        try {
          // Noise, because a file system may give zeros no space.
          await file.writeFile(randomBytes(reserveBytes));
          await file.datasync();
        } finally {
          await file.close();
        }
      } catch (error) {
        await rm(path, { force: true }).catch(() => undefined);
        throw failureOf(error, `1 MB could not be held back for the journal in ${folder}; free some disk space`);
      }
    },
    free: async () => {
      const held = await stat(path).catch(() => undefined);
      if (!held) return false;
      await rm(path, { force: true });
      return true;
    },
  };
}
