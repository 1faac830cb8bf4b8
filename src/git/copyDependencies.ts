/**
 * Brings an installed dependency tree of the person's checkout into a scratch checkout, or into a worktree for a command that works there. Owns: that it is the one of the commit's lock file, byte for byte,
 * and a copy (a clone where the file system can), so that no run changes the person's. Refuses: a link, and a tree that npm itself would call stale.
 */
import { execFile } from 'node:child_process';
import { constants, cp, lstat, mkdir, readFile as readDisk } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { ArchiveContext } from './archiveContext.ts';
import { excludeFrom } from './excludeFrom.ts';
import { readFile } from './readTree.ts';
import { recordAt } from './worktreeRecords.ts';

/** See ScratchCheckouts.copyDependencies. */
export async function copyDependencies(context: ArchiveContext, checkout: { readonly path: string }, commit: string, lockFile: string, folder: string): Promise<string | null> {
  if ([lockFile, folder].some((path) => isAbsolute(path) || normalize(path).split('/').includes('..'))) return null;
  const { topLevel } = context.facts;
  const wanted = await readFile(context, commit, lockFile);
  const found = await readDisk(join(topLevel, lockFile)).catch(() => null);
  if (wanted === null || found === null || !found.equals(wanted)) return null;
  const from = join(topLevel, folder);
  if (!await lstat(from).then((stats) => stats.isDirectory(), () => false)) return null;
  if (lockFile.endsWith('package-lock.json') && !await installedFrom(found, join(from, '.package-lock.json'))) return null;
  const to = join(checkout.path, folder);
  if (await lstat(to).then(() => true, () => false)) {
    // A worktree keeps what an earlier attempt was given; in a scratch checkout it would be the commit's own.
    const kept = await recordAt(context, checkout.path) !== null && await installedFrom(found, join(to, '.package-lock.json'));
    return kept ? `there already (same ${lockFile})` : null;
  }
  await mkdir(dirname(to), { recursive: true });
  await copyTree(from, to);
  await excludeFrom(context, checkout.path, folder);
  return `copied from the checkout (same ${lockFile})`;
}

const locked = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })) });

/** Whether what npm wrote about the installed tree agrees with the lock file. */
async function installedFrom(lockFile: Uint8Array, installed: string): Promise<boolean> {
  const parse = (text: string): z.infer<typeof locked> | null => {
    try {
      return locked.parse(JSON.parse(text));
    } catch {
      return null;
    }
  };
  const [wanted, there] = [parse(Buffer.from(lockFile).toString()), parse(await readDisk(installed, 'utf8').catch(() => ''))];
  return wanted !== null && there !== null && Object.entries(there.packages).every(([name, { version, integrity }]) => {
    const entry = wanted.packages[name];
    return entry !== undefined && entry.version === version && (integrity === undefined || entry.integrity === integrity);
  });
}

/** One process instead of tens of thousands of calls, where there is `cp` with clones. */
async function copyTree(from: string, to: string): Promise<void> {
  if (process.platform === 'linux') await promisify(execFile)('cp', ['-a', '--reflink=auto', '--', from, to], { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' } });
  else await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
}
