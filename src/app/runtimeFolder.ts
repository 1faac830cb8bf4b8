/**
 * The folder of sockets on this machine: for this user alone, or not used at all.
 * Owns: making it, and names in it. Refuses: a folder that somebody else made, or a link.
 */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkSocketPath, runtimeFolder } from '../client/places.ts';
import type { Environment } from '../client/places.ts';
import { TreelineError } from '../client/treelineError.ts';

/** A path for a new socket; on Windows a pipe's name. Rejects with `socket-too-long`, `socket-squatted`, `unwritable`. */
export async function newSocketPath(environment: Environment): Promise<string> {
  const name = randomBytes(5).toString('hex');
  if (process.platform === 'win32') return `\\\\.\\pipe\\treeline-${name}${randomBytes(16).toString('hex')}`;
  const folder = runtimeFolder(environment);
  const path = join(folder, `${name}.sock`);
  checkSocketPath(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new TreelineError('unwritable', `The folder for the engine's socket could not be made: ${error instanceof Error ? error.message : String(error)}`, 'Set XDG_RUNTIME_DIR to a folder that you may write.', { cause: error });
  }
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new TreelineError('socket-squatted', `${folder} is not a folder of yours; an engine's socket cannot be kept safe there.`, 'Remove it, or set XDG_RUNTIME_DIR to a folder of your own.');
  }
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
  return path;
}

/** Removes the socket, and the folder with it when it was the last. */
export async function removeSocket(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await rm(path, { force: true });
  await rmdir(dirname(path)).catch(() => undefined);
}
