/**
 * Brings an installed dependency tree of the person's checkout into a scratch checkout, or into a worktree for a command that works there. Owns: that it is the one of the commit's lock file, byte for byte,
 * and a copy (a clone where the file system can), so that no run changes the person's. Refuses: a link, and a tree that npm itself would call stale.
 */
import { lstat, mkdir, readFile as readDisk } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import * as z from 'zod';
import type { ArchiveContext } from './archiveContext.ts';
import { copyTree } from './copyTree.ts';
import { excludeFrom } from './excludeFrom.ts';
import { readFile } from './readTree.ts';
import { recordAt } from './worktreeRecords.ts';

/** See ScratchCheckouts.copyDependencies. */
export async function copyDependencies(context: ArchiveContext, checkout: { readonly path: string }, commit: string, lockFile: string, folder: string): Promise<string | null> {
  if (leadsOut(folder)) return null;
  const { topLevel } = context.facts;
  const wanted = await readFile(context, commit, lockFile);
  const found = await readDisk(join(topLevel, lockFile)).catch(() => null);
  if (wanted === null || found === null || !found.equals(wanted)) return null;
  const from = join(topLevel, folder);
  if (!await isFolder(from)) return null;
  if (lockFile.endsWith('package-lock.json') && !await installedFrom(found, join(from, '.package-lock.json'))) return null;
  const to = join(checkout.path, folder);
  if (await isThere(to)) {
    // A worktree keeps what an earlier attempt was given; in a scratch checkout it would be the commit's own.
    const kept = await recordAt(context, checkout.path) !== null && await installedFrom(found, join(to, '.package-lock.json'));
    return kept ? `there already (same ${lockFile})` : null;
  }
  const nested = await nestedFolders(topLevel, lockFile, found, folder);
  if (nested === null) return null;
  await mkdir(dirname(to), { recursive: true });
  for (const one of [folder, ...nested]) {
    // A workspace that the commit does not have has no place for its own.
    if (!await isFolder(join(checkout.path, dirname(one))) || await isThere(join(checkout.path, one))) continue;
    await copyTree(join(topLevel, one), join(checkout.path, one));
    await excludeFrom(context, checkout.path, one);
  }
  return `copied from the checkout (same ${lockFile})`;
}

/** The folders of this name that the workspaces have for themselves, where the lock file says which there are; null: it does not say, and there may be some. */
async function nestedFolders(topLevel: string, lockFile: string, lock: Uint8Array, folder: string): Promise<readonly string[] | null> {
  const text = Buffer.from(lock).toString();
  if (lockFile === 'pnpm-lock.yaml') {
    const importers = /^importers:\n((?:\n| .*\n?)*)/m.exec(text)?.[1] ?? '';
    return existing(topLevel, [...importers.matchAll(/^ {2}(\S.*):(?: \{\})?$/gm)].map(([, name = '']) => name.replace(/^(['"])(.*)\1$/, '$2')), folder);
  }
  if (lockFile.endsWith('package-lock.json') || lockFile === 'npm-shrinkwrap.json') {
    return existing(topLevel, Object.keys(parseLocked(text)?.packages ?? {}).map((name) => name.slice(0, Math.max(0, name.indexOf(`/${folder}/`)))), folder);
  }
  return /"workspaces"\s*:/.test(await readDisk(join(topLevel, 'package.json'), 'utf8').catch(() => '')) ? null : [];
}

/** The root's own, and what lies in it, may be among them: it is there by then. */
async function existing(topLevel: string, places: readonly string[], folder: string): Promise<readonly string[]> {
  const names = [...new Set(places)].filter((place) => !leadsOut(place)).map((place) => `${normalize(place)}/${folder}`);
  const found = await Promise.all(names.map(async (name) => (await isFolder(join(topLevel, name)) ? [name] : [])));
  return found.flat();
}

function leadsOut(path: string): boolean {
  return isAbsolute(path) || normalize(path).split('/').includes('..');
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then((stats) => stats.isDirectory(), () => false);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}

const locked = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })) });

function parseLocked(text: string): z.infer<typeof locked> | null {
  try {
    return locked.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether what npm wrote about the installed tree agrees with the lock file. */
async function installedFrom(lockFile: Uint8Array, installed: string): Promise<boolean> {
  const [wanted, there] = [parseLocked(Buffer.from(lockFile).toString()), parseLocked(await readDisk(installed, 'utf8').catch(() => ''))];
  return wanted !== null && there !== null && Object.entries(there.packages).every(([name, { version, integrity }]) => {
    const entry = wanted.packages[name];
    return entry !== undefined && entry.version === version && (integrity === undefined || entry.integrity === integrity);
  });
}
