/**
 * Finds a file below a root without ever leaving it, whatever is swapped meanwhile (Linux). Each folder is held open and the next name is looked
 * up in it alone, links are read and followed by us: the manner of openat2(RESOLVE_BENEATH), which Node does not offer, by /proc/self/fd.
 * Owns that a link may lead anywhere inside and nowhere outside. `realpath` and then `open` loses this race.
 */
import { constants } from 'node:fs';
import { mkdir, open, readlink, type FileHandle } from 'node:fs/promises';
import { ConfinementError } from '../ports/sandbox.ts';
import { refuseProtected } from './confinedPath.ts';
import type { Place, WalkRequest } from './place.ts';

/** O_PATH, which Node does not name: finds an entry without opening it, so that a pipe does not block and a device does not notice. */
const findOnly = 0o10000000;
const mostLinks = 40;
/** Looks at an entry: more than this only where someone keeps swapping what lies there. */
const mostLooks = 2000;

/** See `Walk`. */
export async function descriptorWalk(request: WalkRequest): Promise<Place | null> {
  const opened: FileHandle[] = [];
  const close = async (): Promise<void> => { await Promise.all(opened.splice(0).map((handle) => handle.close())); };
  try {
    const place = await walk(request, opened);
    if (place === null) await close();
    return place === null ? null : { ...place, flags: 0, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function walk(request: WalkRequest, opened: FileHandle[]): Promise<Pick<Place, 'entry' | 'slot'> | null> {
  const shown = JSON.stringify(request.names.join('/'));
  const hold = async (path: string, flags: number): Promise<FileHandle> => {
    const handle = await open(path, findOnly | flags);
    opened.push(handle);
    return handle;
  };
  const top = await hold(request.root, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const folders = [top];
  let left = [...request.names];
  for (let links = 0, looks = 0; left.length > 0; looks += 1) {
    if (looks > mostLooks) throw new ConfinementError('failed', `${shown} keeps changing while it is looked for. Try again.`);
    const [name = '', ...rest] = left;
    const folder = folders.at(-1) ?? top;
    if (name === '..') { // only a link says so
      if (folders.length === 1) throw leadsOut(shown);
      folders.pop();
      left = rest;
      continue;
    }
    refuseProtected(name, shown);
    const slot = `${at(folder)}/${name}`;
    const entry = await hold(slot, constants.O_NOFOLLOW).catch(absentIsNull);
    const last = rest.length === 0;
    if (entry === null) {
      if (last) return { entry: null, slot };
      if (!request.makeFolders) return null;
      await mkdir(slot).catch((error: unknown) => { if (code(error) !== 'EEXIST') throw error; });
      continue;
    }
    const stats = await entry.stat();
    if (stats.isSymbolicLink() && (!last || request.followLast)) {
      links += 1;
      if (links > mostLinks) throw new ConfinementError('outside', `${shown} leads through more than ${mostLinks} links.`);
      const target = await readlink(slot).catch(() => null); // no link any more: look again
      if (target === null) continue;
      left = [...namesOf(target, request, shown), ...rest];
      if (target.startsWith('/')) folders.splice(1);
      continue;
    }
    if (last) return { entry: { path: at(entry), stats }, slot };
    if (!stats.isDirectory()) {
      if (!request.makeFolders) return null;
      throw new ConfinementError('not-a-file', `${shown} cannot be made: ${JSON.stringify(name)} on the way is not a folder.`);
    }
    folders.push(entry);
    left = rest;
  }
  const folder = folders.at(-1) ?? top;
  return { entry: { path: at(folder), stats: await folder.stat() }, slot: null };
}

function at(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

/** A link's target as names to walk: from the folder it lies in, or from the root when it is absolute and leads below it. */
function namesOf(target: string, { root, given }: WalkRequest, shown: string): string[] {
  const names = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');
  if (!target.startsWith('/')) return names(target);
  const base = [root, given].find((spelling) => target === spelling || target.startsWith(`${spelling}/`));
  if (base === undefined) throw leadsOut(shown);
  return names(target.slice(base.length));
}

function leadsOut(shown: string): ConfinementError {
  return new ConfinementError('outside', `${shown} leads out of the worktree by a link. Name a file inside of it.`);
}

function absentIsNull(error: unknown): null {
  if (code(error) === 'ENOENT') return null;
  throw error;
}

function code(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
