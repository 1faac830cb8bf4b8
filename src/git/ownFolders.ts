/**
 * Folders outside the repository that only this process uses, and only the person may enter. Owns: that each is written down in a register before
 * it is made, so that the next process finds what a killed one left, wherever that was killed. Refuses: to remove what the register only claims:
 * a folder of another name or another person, or of a process that still lives.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../ports/system.ts';
import { ignoreMissing } from './gitDirs.ts';

export interface OwnFolders {
  /** A new empty folder in `root`, its path without links. Where the register cannot be written it is made all the same. Who makes it, removes it. */
  make(root: string): Promise<string>;
  remove(folder: string): Promise<void>;
  /** Removes what processes left that have ended. What cannot be removed is left for the next time. */
  sweep(): Promise<void>;
}

/** @param register folder with a file for each, of its name, that holds its path; null: there is none @param kind letters and `-`: the folders are called `<kind>-<process>-<random>` */
export function openOwnFolders(register: string | null, kind: string, log: Log): OwnFolders {
  const called = new RegExp(`^${kind}-(\\d+)-`);

  async function writeDown(folder: string): Promise<void> {
    if (register === null) return;
    try {
      await mkdir(register, { recursive: true, mode: 0o700 });
      await writeFile(join(register, basename(folder)), folder, { mode: 0o600 });
    } catch (error) {
      log.debug(`${folder} is not registered: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async function forget(name: string): Promise<void> {
    if (register !== null) await rm(join(register, name)).catch(ignoreMissing);
  }

  async function remove(folder: string): Promise<void> {
    await removeAll(folder);
    await forget(basename(folder));
  }

  async function sweepOne(entry: string): Promise<void> {
    const name = basename(entry);
    const pid = called.exec(name)?.[1];
    if (pid === undefined || await isAlive(Number(pid))) return;
    const folder = await readFile(entry, 'utf8').catch(() => '');
    // An empty entry was being written: its folder was never made.
    if (basename(folder) === name && await isOurs(folder)) await remove(folder);
    else await forget(name);
  }

  return {
    make: async (root) => {
      const folder = join(await realpath(root), `${kind}-${process.pid}-${randomBytes(6).toString('hex')}`);
      await writeDown(folder);
      try {
        await mkdir(folder, { mode: 0o700 });
      } catch (error) {
        await forget(basename(folder));
        throw error;
      }
      return folder;
    },
    remove,
    sweep: async () => {
      if (register === null) return;
      // What may not be looked into is left: nothing that begins now depends on it.
      const names = await readdir(register).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') log.debug(`${register} is not looked into: ${String(error)}`);
        return [];
      });
      for (const name of names) await sweepOne(join(register, name)).catch((error: unknown) => { log.warn(`${name} could not be removed: ${String(error)}`); });
    },
  };
}

async function removeAll(folder: string): Promise<void> {
  const all = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await all().catch(async () => {
    await openUp(folder).catch(ignoreMissing);
    await all();
  });
}

/** What ran there may have taken its own rights away, the one to look into a folder too: then what lies in it is seen only after that one is open. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isDirectory()) await openUp(join(folder, entry.name));
}

async function isOurs(folder: string): Promise<boolean> {
  return process.getuid === undefined || stat(folder).then(({ uid }) => uid === process.getuid?.(), () => true);
}

/** Whether a process has not ended, whoever it belongs to. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    // A killed process that nobody has waited for yet still has its number (Linux).
    return !(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).includes(') Z ');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
