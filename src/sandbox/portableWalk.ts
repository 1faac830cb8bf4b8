/**
 * Finds a file below a root by real paths, where there is no /proc (macOS, Windows). Owns the same answers as descriptorWalk for whatever lies
 * still. Does not hold against a program that swaps folders for links at the same time: no such program is confined there anyway.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ConfinementError } from '../ports/sandbox.ts';
import { namesIn } from './confinedPath.ts';
import type { Place, WalkRequest } from './place.ts';

const mostLinks = 40;

/** See `Walk`. */
export async function portableWalk(request: WalkRequest): Promise<Place | null> {
  const shown = JSON.stringify(request.names.join('/'));
  const close = async (): Promise<void> => undefined;
  const flags = constants.O_NOFOLLOW ?? 0; // not on Windows
  const check = (path: string): string => {
    const below = relative(request.root, path);
    if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) throw new ConfinementError('outside', `${shown} leads out of the worktree by a link. Name a file inside of it.`);
    namesIn([request.root], below, process.platform === 'win32');
    return path;
  };
  let path = join(request.root, ...request.names);
  for (let links = 0; links <= mostLinks; links += 1) {
    if (path === request.root) return { entry: { path, stats: await lstat(path) }, slot: null, flags, close };
    const folder = await realFolder(dirname(path), request, check);
    if (folder === null) return null;
    const slot = check(join(folder, path.slice(dirname(path).length).replaceAll(sep, '')));
    const stats = await lstat(slot).catch(absentIsNull);
    if (stats === null) return { entry: null, slot, flags, close };
    if (!stats.isSymbolicLink() || !request.followLast) return { entry: { path: slot, stats }, slot, flags, close };
    path = resolve(folder, await readlink(slot));
    if (path === request.given) path = request.root;
    else if (path.startsWith(request.given + sep)) path = join(request.root, path.slice(request.given.length));
    check(path);
  }
  throw new ConfinementError('outside', `${shown} leads through more than ${mostLinks} links.`);
}

/** The real path of a folder below the root; null when it is missing and not to be made. */
async function realFolder(folder: string, request: WalkRequest, check: (path: string) => string): Promise<string | null> {
  const found = await realpath(folder).catch(absentIsNull);
  if (found !== null) {
    if ((await lstat(check(found))).isDirectory()) return found;
    if (request.makeFolders) throw new ConfinementError('not-a-file', `${JSON.stringify(request.names.join('/'))} cannot be made: a file on the way is not a folder.`);
    return null;
  }
  const parent = await realFolder(dirname(folder), request, check);
  if (parent === null || !request.makeFolders) return null;
  const made = check(join(parent, folder.slice(dirname(folder).length).replaceAll(sep, '')));
  await mkdir(made).catch((error: unknown) => { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; });
  return check(await realpath(made));
}

function absentIsNull(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
