/**
 * A copy of the engine's bundle in the user's own storage, so that an update of the extension cannot pull it away from under a run.
 * Owns: `<data>/treeline/engines/<version>-<hash>/`. Refuses: to change a copy once it is there.
 */
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { dataFolder } from './places.ts';
import type { Environment } from './places.ts';
import { TreelineError } from './treelineError.ts';

/** What the engine reads beside itself. */
const companions = ['workflows', 'grammars', 'package.json'];
const unusedMs = 30 * 24 * 3_600_000;

/** The path of the copied bundle. Rejects with `engine-failed` (no bundle), `unwritable`, `disk-full`. */
export async function copyEngine(bundle: string, version: string, environment: Environment): Promise<string> {
  const source = dirname(bundle);
  const beside = (await Promise.all(companions.map(async (name) => ((await stat(join(source, name)).catch(() => null)) ? [name] : [])))).flat();
  const target = join(dataFolder(environment), 'engines', `${version}-${await contentHash(bundle, beside)}`);
  const copied = join(target, basename(bundle));
  if (await stat(copied).catch(() => null)) {
    const now = new Date();
    await utimes(target, now, now).catch(() => undefined);
    return copied;
  }
  const fresh = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(fresh, { recursive: true, mode: 0o700 });
    await Promise.all([basename(bundle), ...beside].map((name) => cp(join(source, name), join(fresh, name), { recursive: true })));
    // Who comes second finds the folder there, with the same content.
    await rename(fresh, target).catch(async (error: unknown) => { if (!(await stat(copied).catch(() => null))) throw error; });
  } catch (error) {
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw new TreelineError(full ? 'disk-full' : 'unwritable', `The engine could not be copied to ${target}: ${error instanceof Error ? error.message : String(error)}`, full ? 'Free some disk space, then try again.' : 'Make that folder writable, or set XDG_DATA_HOME to one that is.', { cause: error });
  } finally {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
  }
  await removeUnused(dirname(target));
  return copied;
}

/** Copies that nothing was started from for a month. What goes wrong here is tried again with the next copy. */
async function removeUnused(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const used = (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - used > unusedMs) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function contentHash(bundle: string, beside: readonly string[]): Promise<string> {
  const sum = createHash('sha256');
  try {
    sum.update(await readFile(bundle));
    for (const name of beside) for (const file of await filesOf(join(dirname(bundle), name))) sum.update(file).update(await readFile(file));
  } catch (error) {
    throw new TreelineError('engine-failed', `The engine's program cannot be read: ${error instanceof Error ? error.message : String(error)}`, 'Install Treeline again; from a checkout: npm run build.', { cause: error });
  }
  return sum.digest('hex').slice(0, 12);
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}
