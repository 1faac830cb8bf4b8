/**
 * What set-ups download: one folder for each package manager, and for each commit whose own code may have run meanwhile, in
 * `<common git dir>/treeline/gates/downloads`.
 * Owns: how much of it is kept, and how long nobody may have used it. Refuses: to take anything away while a process that lives has asked for
 * it: its set-ups write there, and its gates read there.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { isAlive, openOwnFolders } from '../git/ownFolders.ts';
import type { Log } from '../ports/system.ts';
import { writable } from './writable.ts';

/** All of it together. */
const bytesKept = 4 * 1024 ** 3;
const day = 24 * 3_600_000;
const keptMs = 14 * day;
const pauseMs = 20;

export interface Downloads {
  /** The folder of that name, this process's until it ends; null where it cannot be written. */
  use(name: string): Promise<string | null>;
}

/** @param folder of the gate store @param now milliseconds since 1970 @param limit bytes of all entries together */
export async function openDownloads(folder: string, now: number, log: Log, limit = bytesKept): Promise<Downloads> {
  const [entries, users, sweeping, swept] = ['downloads', 'downloads-users', 'downloads-sweeping', 'downloads-swept'].map((name) => join(folder, name)) as [string, string, string, string];
  await sweep().catch((error: unknown) => { log.debug(`downloads could not be looked through: ${String(error)}`); });
  return {
    async use(name) {
      if (await writable(entries) === null) return null;
      // First said, then looked: whoever sweeps looks and says the other way round, so that one of the two sees the other.
      await mkdir(users, { recursive: true, mode: 0o700 });
      await writeFile(join(users, `${process.pid}`), '', { mode: 0o600 });
      while (await isSwept()) await after(pauseMs);
      // Being asked by writing, its time says that it was used.
      return writable(join(entries, name));
    },
  };

  async function isSwept(): Promise<boolean> {
    const holder = Number(await readFile(sweeping, 'utf8').catch(() => ''));
    return holder > 0 && holder !== process.pid && isAlive(holder);
  }

  /** Once a day: what lies there may be a hundred thousand files. */
  async function sweep(): Promise<void> {
    if ((await namesIn(entries)).length === 0 || now - ((await stat(swept).catch(() => null))?.mtimeMs ?? 0) < day) return;
    if (await isSwept()) return;
    // What a killed process left of it stands for nobody.
    await rm(sweeping, { force: true });
    await writeFile(sweeping, `${process.pid}`, { flag: 'wx', mode: 0o600 });
    try {
      if (await inUse()) return;
      await makeRoom();
      await writeFile(swept, '', { mode: 0o600 });
      await utimes(swept, now / 1000, now / 1000);
    } finally {
      await rm(sweeping, { force: true });
    }
  }

  async function inUse(): Promise<boolean> {
    let found = false;
    for (const name of await namesIn(users)) {
      if (await isAlive(Number(name))) found = true;
      else await rm(join(users, name), { force: true });
    }
    return found;
  }

  async function makeRoom(): Promise<void> {
    const found = await Promise.all((await namesIn(entries)).map(async (name) => ({ name, ...await measured(join(entries, name)) })));
    let sum = found.reduce((all, { bytes }) => all + bytes, 0);
    const folders = openOwnFolders(join(folder, 'running'), 'treeline-downloads', log);
    for (const { name, bytes, used } of found.sort((left, right) => left.used - right.used)) {
      if (sum <= limit && now - used <= keptMs) continue;
      const gone = await folders.make(folder);
      await rename(join(entries, name), join(gone, `gone-${randomBytes(4).toString('hex')}`)).catch(() => undefined);
      await folders.remove(gone);
      sum -= bytes;
    }
  }
}

/** `used`: when a file of it was last read or written, as far as the disk notes that. */
async function measured(path: string): Promise<{ readonly bytes: number; readonly used: number }> {
  const state = await lstat(path).catch(() => null);
  if (state === null) return { bytes: 0, used: 0 };
  if (!state.isDirectory()) return { bytes: state.size, used: Math.max(state.mtimeMs, state.atimeMs) };
  let [bytes, used] = [0, state.mtimeMs];
  for (const name of await namesIn(path)) {
    const inside = await measured(join(path, name));
    [bytes, used] = [bytes + inside.bytes, Math.max(used, inside.used)];
  }
  return { bytes, used };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
