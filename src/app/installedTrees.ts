/**
 * Installed dependencies of a repository's gates, kept under what they depend on: `<folder>/<key>/tree`, and beside it what there is to know of them.
 * Owns: that an entry is whole (made elsewhere, then renamed into its place; what a killed process began is removed by the next one), that it
 * stands in a checkout at another place than it was made in, and how much is kept: the one that nobody has used for longest goes first.
 * Refuses: links into the store. Everything is a copy, so that what a gate does to its dependencies stays in its checkout; and what holds its old place in bytes that are no text.
 */
import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { InstalledTrees } from '../gates/gateStore.ts';
import { copyTree } from '../git/copyTree.ts';
import { openOwnFolders } from '../git/ownFolders.ts';
import { createTurnsByKey } from '../git/serialize.ts';
import type { Log } from '../ports/system.ts';
import { scriptedPackages } from './installScripts.ts';

const run = promisify(execFile);

/** All entries together; one may take half of it. */
const bytesKept = 4 * 1024 ** 3;
const namesAtMost = 2_000;

const inside = z.string().refine((path) => path !== '' && !path.startsWith('/') && !path.split('/').includes('..'));
/** `root`: where it was made; `named`: its texts that say so. */
const aboutSchema = z.object({ version: z.literal(1), root: z.string().min(2), names: z.array(inside), named: z.array(inside), files: z.number(), bytes: z.number() });
type About = z.infer<typeof aboutSchema>;

/**
 * @param folder ours; null: nothing is kept
 * @param register where folders that are being made are written down, see openOwnFolders
 * @param limit bytes of all entries together
 */
export async function openInstalledTrees(folder: string, register: string, machine: string, log: Log, limit = bytesKept): Promise<InstalledTrees> {
  const folders = openOwnFolders(register, 'treeline-install', log);
  await folders.sweep();
  const turns = createTurnsByKey();
  const place = (key: string): string => join(folder, z.string().regex(/^[0-9a-f]{64}$/).parse(key));
  return {
    machine,
    scripted: scriptedPackages,
    inTurn: (key, work) => turns(key)(work),
    async restore(key, root) {
      const about = await aboutOf(place(key));
      if (about === null || !await hasRoom(root, about.names)) return false;
      try {
        for (const name of about.names) {
          await mkdir(dirname(join(root, name)), { recursive: true });
          await copyTree(join(place(key), 'tree', name), join(root, name));
        }
        for (const path of about.named) await replaceIn(join(root, path), about.root, root);
        const now = new Date();
        await utimes(join(place(key), 'about.json'), now, now);
        return true;
      } catch (error) {
        // The disk is full, or another process has just removed the entry.
        log.debug(`kept dependencies could not be laid into ${root}: ${String(error)}`);
        for (const name of about.names) await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined);
        return false;
      }
    },
    async keep(key, root, names) {
      if (names.length === 0 || names.length > namesAtMost || process.platform === 'win32') return;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const made = await folders.make(folder);
        try {
          for (const name of names) {
            await mkdir(dirname(join(made, 'tree', name)), { recursive: true, mode: 0o700 });
            await copyTree(join(root, name), join(made, 'tree', name));
          }
          const about = await lookAt(join(made, 'tree'), root, names);
          if (typeof about === 'string') return log.info(`Installed dependencies are not kept: ${about}.`);
          if (about.bytes > limit / 2) return log.info(`Installed dependencies are not kept: ${about.bytes} bytes are more than half of what is kept.`);
          await writeFile(join(made, 'about.json'), JSON.stringify(about), { mode: 0o600 });
          await makeRoom(limit - about.bytes);
          await toDisk(made);
          // Fails where another process was quicker: what it kept is the same.
          await rename(made, place(key));
        } finally {
          await folders.remove(made);
        }
      } catch (error) {
        log.debug(`installed dependencies could not be kept: ${String(error)}`);
      }
    },
  };

  /** Removes those that were not used for longest until at most `bytes` are left: renamed first, so that none is ever there in part. */
  async function makeRoom(bytes: number): Promise<void> {
    const keys = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const entries = await Promise.all(keys.map(async (key) => ({ key, used: (await stat(join(folder, key, 'about.json')).catch(() => null))?.mtimeMs ?? 0, bytes: (await aboutOf(join(folder, key)))?.bytes ?? 0 })));
    let sum = entries.reduce((all, entry) => all + entry.bytes, 0);
    for (const entry of entries.sort((left, right) => left.used - right.used)) {
      if (sum <= bytes && entry.used > 0) break;
      const gone = await folders.make(folder);
      await rename(join(folder, entry.key), join(gone, 'gone')).catch(() => undefined);
      await folders.remove(gone);
      sum -= entry.bytes;
    }
  }
}

async function aboutOf(entry: string): Promise<About | null> {
  try {
    return aboutSchema.parse(JSON.parse(await readFile(join(entry, 'about.json'), 'utf8')));
  } catch {
    return null;
  }
}

/** Whether nothing stands where the names would, and every folder above them is one, not a link. */
async function hasRoom(root: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const parts = name.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const found = await lstat(join(root, ...parts.slice(0, depth))).catch(() => null);
      if (found === null) break;
      if (depth === parts.length || !found.isDirectory()) return false;
    }
  }
  return true;
}

/** What has to be known of a tree that was made at `root`; a text: why it cannot stand elsewhere. */
async function lookAt(tree: string, root: string, names: readonly string[]): Promise<About | string> {
  let [files, bytes] = [0, 0];
  const look = async (folder: string): Promise<string | null> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        const why = await look(path);
        if (why !== null) return why;
      } else if (entry.isSymbolicLink()) {
        if ((await readlink(path)).startsWith(`${root}/`)) return `${path.slice(tree.length + 1)} is a link that names its place`;
      } else {
        files += 1;
        bytes += (await lstat(path)).size;
      }
    }
    return null;
  };
  const why = await look(tree);
  if (why !== null) return why;
  const named: string[] = [];
  for (const path of await filesWith(tree, root)) {
    const name = path.slice(tree.length + 1);
    if (!(await readFile(path)).includes(0)) named.push(name);
    // Python corrects the place in what it has compiled by itself.
    else if (!name.endsWith('.pyc')) return `${name} holds its place in bytes that are no text`;
  }
  return { version: 1, root, names: [...names], named, files, bytes };
}

/** Files in whose bytes `text` stands. */
async function filesWith(tree: string, text: string): Promise<readonly string[]> {
  try {
    const { stdout } = await run('grep', ['-rlF', '--null', '-e', text, '--', tree], { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' }, maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\0').filter((path) => path !== '');
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return [];
    throw error;
  }
}

async function replaceIn(file: string, old: string, now: string): Promise<void> {
  const bytes = await readFile(file, 'latin1');
  await writeFile(file, bytes.replaceAll(Buffer.from(old).toString('latin1'), Buffer.from(now).toString('latin1')), 'latin1');
}

/** What is renamed into its place must be on the disk before its name is: a machine that loses its power must not find files that are empty. */
async function toDisk(folder: string): Promise<void> {
  if (process.platform === 'linux') await run('sync', ['-f', folder], { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }, timeout: 60_000 }).catch(() => undefined);
}
