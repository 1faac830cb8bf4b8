/**
 * The port `ConfinedFiles`: what an agent's file tools may do, below one root that we chose. Owns size limits, and that only plain files with a
 * single name are written. Refuses git's folder, links that lead out, folders, pipes, sockets and devices, without waiting on any of them.
 */
import { constants, existsSync } from 'node:fs';
import { open, readdir, realpath, rmdir, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { ConfinementError, type ConfinedFiles } from '../ports/sandbox.ts';
import { namesIn } from './confinedPath.ts';
import { descriptorWalk } from './descriptorWalk.ts';
import type { Place, Walk, WalkRequest } from './place.ts';
import { portableWalk } from './portableWalk.ts';

/** Largest file that a tool may write, in bytes. */
const writeLimit = 64 * 1024 ** 2;
/** Bytes that must stay free on the disk: a file that is half overwritten when the disk is full would be lost. */
const spare = 1024 ** 2;
const waitForNothing = constants.O_NONBLOCK ?? 0; // not on Windows

const usualWalk: Walk = process.platform === 'linux' && existsSync('/proc/self/fd') ? descriptorWalk : portableWalk;

/**
 * @param root absolute; must exist when a method is called
 * @param walk how paths are followed; by descriptors where the system can
 * @param withheld see Sandbox.files
 */
export function confinedFiles(root: string, walk: Walk = usualWalk, withheld: (path: string) => string | null = () => null): ConfinedFiles {
  /** Asked about what was really found, by whatever name it was reached. */
  const refuseWithheld = async (place: Place, path: string): Promise<void> => {
    if (place.entry === null) return;
    const found = relative(await realpath(root), await realpath(place.entry.path)).split(sep).join('/');
    const why = withheld(found);
    if (why !== null) throw new ConfinementError('withheld', `${JSON.stringify(path)} is never sent to a provider (${why}), so it is neither read nor overwritten here. Work without its content; where it matters, say what you would need to know.`);
  };
  const at = async <T>(path: string, how: Pick<WalkRequest, 'makeFolders' | 'followLast'>, act: (place: Place | null) => Promise<T>): Promise<T> => {
    let place: Place | null = null;
    try {
      const real = await realpath(root);
      const names = namesIn([root, real], path, process.platform === 'win32');
      place = await walk({ root: real, given: root, names, ...how });
      return await act(place);
    } catch (error) {
      throw error instanceof ConfinementError ? error : translated(error, path);
    } finally {
      await place?.close();
    }
  };
  return {
    root,
    read: (path, limit) => at(path, { makeFolders: false, followLast: true }, async (place) => {
      if (place?.entry == null) return null;
      const { stats } = place.entry;
      if (!stats.isFile()) throw notAFile(path, place);
      await refuseWithheld(place, path);
      if (stats.size > limit) throw tooLarge(path, stats.size, limit);
      return withFile(place.entry.path, constants.O_RDONLY | waitForNothing | place.flags, (file) => readUpTo(file, limit, path));
    }),
    write: (path, content) => at(path, { makeFolders: true, followLast: true }, async (place) => {
      if (content.length > writeLimit) throw tooLarge(path, content.length, writeLimit);
      const { bavail, bsize } = await statfs(root);
      if (bavail * bsize < content.length + spare) throw new ConfinementError('failed', `${JSON.stringify(path)} was not written: the disk is full (${content.length + spare} bytes needed). The file is as it was.`);
      if (place === null || place.slot === null) throw new ConfinementError('not-a-file', `${JSON.stringify(path)} is the worktree itself, not a file.`);
      if (place.entry === null) {
        await withFile(place.slot, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), (file) => replace(file, content));
        return;
      }
      if (!place.entry.stats.isFile()) throw notAFile(path, place);
      await refuseWithheld(place, path);
      if (place.entry.stats.nlink !== 1) throw new ConfinementError('not-a-file', `${JSON.stringify(path)} has ${place.entry.stats.nlink} names (hard links): writing it could change a file outside. Remove it first, then write it anew.`);
      await withFile(place.entry.path, constants.O_WRONLY | waitForNothing | place.flags, (file) => replace(file, content));
    }),
    remove: (path) => at(path, { makeFolders: false, followLast: false }, async (place) => {
      if (place?.entry == null) throw new ConfinementError('missing', `${JSON.stringify(path)} cannot be removed: there is no such file.`);
      if (place.slot === null) throw new ConfinementError('not-a-file', `${JSON.stringify(path)} is the worktree itself and cannot be removed.`);
      if (place.entry.stats.isDirectory()) await rmdir(place.slot);
      else await unlink(place.slot);
    }),
    list: (path) => at(path, { makeFolders: false, followLast: true }, async (place) => {
      if (place?.entry == null) throw new ConfinementError('missing', `${JSON.stringify(path)} cannot be listed: there is no such folder.`);
      if (!place.entry.stats.isDirectory()) throw new ConfinementError('not-a-file', `${JSON.stringify(path)} is not a folder.`);
      const entries = await readdir(place.entry.path, { withFileTypes: true });
      return entries.filter(({ name }) => name.toLowerCase() !== '.git').map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`).sort();
    }),
  };
}

async function withFile<T>(path: string, flags: number, act: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o666);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

async function readUpTo(file: FileHandle, limit: number, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let length = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, length);
    if (bytesRead === 0) return Buffer.concat(parts);
    length += bytesRead;
    if (length > limit) throw tooLarge(path, length, limit);
    parts.push(buffer.subarray(0, bytesRead));
  }
}

/** In place, so that mode and watchers stay; cut last, so that a failure leaves more of the old file rather than less. */
async function replace(file: FileHandle, content: Uint8Array): Promise<void> {
  for (let written = 0; written < content.length;) written += (await file.write(content, written, content.length - written, written)).bytesWritten;
  await file.truncate(content.length);
}

function notAFile(path: string, place: Place): ConfinementError {
  const stats = place.entry?.stats;
  const kind = stats?.isDirectory() === true ? 'a folder' : stats?.isFIFO() === true ? 'a pipe' : stats?.isSocket() === true ? 'a socket' : 'a device';
  return new ConfinementError('not-a-file', `${JSON.stringify(path)} is ${kind}, not a file.`);
}

function tooLarge(path: string, size: number, limit: number): ConfinementError {
  return new ConfinementError('too-large', `${JSON.stringify(path)} has ${size} bytes or more, the limit is ${limit}. Work on a part of it, for instance by a command.`);
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'it may not be accessed', EPERM: 'it may not be changed', EROFS: 'it is read-only', ENOSPC: 'the disk is full', EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'its name is too long', ENOTEMPTY: 'the folder is not empty: remove what is in it first', EEXIST: 'it was made by someone else at the same moment: read it, then try again',
  ETXTBSY: 'it is a program that runs', EMFILE: 'too many files are open: try again', ENXIO: 'it is not a plain file', ELOOP: 'it became a link meanwhile',
};

function translated(error: unknown, path: string): ConfinementError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new ConfinementError('failed', `${JSON.stringify(path)}: ${words[code ?? ''] ?? message}.`, { cause: error });
}
