/**
 * Where gates keep results, logs and downloads: under `<common git dir>/treeline/gates`; private folders for running ones.
 * Owns: the layout and its limits. Refuses: to fail a gate: where nothing can be written, nothing is kept.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { GateStore } from '../gates/gateStore.ts';
import { evidenceFile, journalFolder } from '../journal/journalFolder.ts';
import { openOwnFolders } from '../git/ownFolders.ts';
import type { Log } from '../ports/system.ts';
import { openDownloads } from './downloads.ts';
import { openInstalledTrees } from './installedTrees.ts';
import { toolchainOf } from './toolchain.ts';
import { writable } from './writable.ts';

const compress = promisify(gzip);
const installers = ['node', 'npm', 'pnpm', 'yarn', 'python3', 'uv', 'poetry'];
const resultsKept = 1000;
const evidenceKept = 2000;
const logsKeptMs = 14 * 24 * 3_600_000;

export interface KeptGateStore extends GateStore {
  /** Removes the private folders of processes that were killed while a gate ran; it is done at open, too. */
  sweep(): Promise<void>;
}

/**
 * @param commonDir the repository's common git dir
 * @param now milliseconds since 1970
 * @param environment the user's: which programs install
 */
export async function openGateStore(commonDir: string, now: number, log: Log, environment: Readonly<Record<string, string | undefined>> = process.env): Promise<KeptGateStore> {
  const folder = await writable(join(commonDir, 'treeline', 'gates'));
  if (folder !== null) {
    await writable(join(folder, 'results'));
    await forgetOld(folder, now);
  }
  const folders = openOwnFolders(folder === null ? null : join(folder, 'running'), 'treeline-gate', log);
  await folders.sweep();
  const installed = folder === null ? null : await openInstalledTrees(join(folder, 'installed'), join(folder, 'running'), `${process.platform} ${process.arch} ${await toolchainOf(environment, installers)}`, log);
  const downloads = folder === null ? null : await openDownloads(folder, now, log);
  return {
    installed,
    async get(key) {
      return folder === null ? null : readFile(join(folder, 'results', key), 'utf8').catch(() => null);
    },
    async put(key, value) {
      if (folder !== null) await replace(join(folder, 'results', key), value).catch(() => undefined);
    },
    async keepLog(task, id, gate, text) {
      if (folder === null) return null;
      const file = join(folder, 'logs', safe(task), `${safe(id)}.${safe(gate)}.log.gz`);
      return await keepCompressed(file, text) ? file : null;
    },
    async keepEvidence(hash, text) {
      return folder !== null && keepCompressed(evidenceFile(journalFolder(commonDir), hash), text);
    },
    async openFolder() {
      // Outside the repository, as scratch checkouts are; readable by us alone.
      const path = await folders.make(tmpdir());
      return { path, close: () => folders.remove(path) };
    },
    sweep: () => folders.sweep(),
    downloads: async (name) => downloads?.use(safe(name)) ?? null,
  };
}

/** A name from outside as one part of a path. */
function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '_').slice(0, 120) || '_';
}

/** False where it cannot be written. */
async function keepCompressed(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await replace(file, await compress(text));
    return true;
  } catch {
    return false;
  }
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    await writeFile(fresh, content, { mode: 0o600 });
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Keeps the newest results and evidence, and the logs of the last 14 days. What goes wrong here is tried again next time. */
async function forgetOld(folder: string, now: number): Promise<void> {
  const results = await filesIn(join(folder, 'results'));
  const byAge = (left: { readonly changed: number }, right: { readonly changed: number }): number => right.changed - left.changed;
  const old = [...results.sort(byAge).slice(resultsKept), ...(await filesIn(join(folder, 'evidence'))).sort(byAge).slice(evidenceKept)];
  const logs = (await Promise.all((await namesIn(join(folder, 'logs'))).map((name) => filesIn(join(folder, 'logs', name))))).flat();
  const gone = [...old, ...logs.filter(({ changed }) => now - changed > logsKeptMs)];
  await Promise.all(gone.map(({ path }) => rm(path, { force: true }).catch(() => undefined)));
}

async function filesIn(folder: string): Promise<{ readonly path: string; readonly changed: number }[]> {
  const found = (await namesIn(folder)).map(async (name) => {
    const path = join(folder, name);
    const state = await stat(path).catch(() => null);
    return state?.isFile() ? [{ path, changed: state.mtimeMs }] : [];
  });
  return (await Promise.all(found)).flat();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
