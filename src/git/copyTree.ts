/**
 * Copies files and folders as they are: modes, times, links as links. A clone where the file system can, else every byte.
 * Refuses: hard links. Who writes into one of two files that are the same writes into both, and a read-only mode does not stop the person's own processes, root's least of all.
 */
import { execFile } from 'node:child_process';
import { chmod, constants, cp, lstat, mkdir, readdir, utimes } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const namesAtOnce = 1_000;

/** @param to where it will stand; its parent is there and it is not */
export async function copyTree(from: string, to: string): Promise<void> {
  if (process.platform !== 'linux') {
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
    return;
  }
  // One process instead of tens of thousands of calls; for a folder of many things one for each core, since a copy of small files waits for the kernel.
  const stats = await lstat(from);
  const names = stats.isDirectory() ? await readdir(from) : [];
  const width = Math.min(availableParallelism(), 4);
  if (names.length < 2 * width) {
    await copy('-T', '--', from, to);
    return;
  }
  await mkdir(to);
  const shares = Array.from({ length: width }, (_, share) => names.filter((_name, at) => at % width === share));
  const done = await Promise.allSettled(shares.map(async (share) => {
    for (let at = 0; at < share.length; at += namesAtOnce) await copy('-t', to, '--', ...share.slice(at, at + namesAtOnce).map((name) => join(from, name)));
  }));
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw new Error(`${basename(from)} could not be copied to ${to}`, { cause: failed.reason });
  // Last: what lies in a folder that may not be written could not be put there.
  await chmod(to, stats.mode & 0o7777);
  await utimes(to, stats.atime, stats.mtime);
}

async function copy(...args: readonly string[]): Promise<void> {
  await run('cp', ['-a', '--reflink=auto', ...args], { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' } });
}
