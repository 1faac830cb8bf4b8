/**
 * Which paths a file tool may name. Pure. Owns the rules about words: absolute paths, `..`, git's own folder in any spelling that some file
 * system takes for it (threat T33). What links and races do is descriptorWalk's matter.
 */
import { ConfinementError } from '../ports/sandbox.ts';

/** Characters that HFS+ ignores in names. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const deviceOfWindows = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?$/i;

/**
 * @param roots spellings of the root: as it was given, and its real path
 * @param path relative to the root, or absolute below it
 * @returns names from the root down; none for the root itself
 * @throws ConfinementError `outside` or `protected`
 */
export function namesIn(roots: readonly string[], path: string, windows: boolean): readonly string[] {
  const shown = JSON.stringify(path);
  if (path.includes('\0')) throw new ConfinementError('outside', `${shown} is not a path: it holds a NUL character.`);
  const separator = windows ? /[/\\]/ : /\//;
  const absolute = path.startsWith('/') || (windows && /^([A-Za-z]:|\\)/.test(path));
  const root = absolute ? roots.find((spelling) => path === spelling || (path.startsWith(spelling) && separator.test(path[spelling.length] ?? ''))) : '';
  if (root === undefined) throw new ConfinementError('outside', `${shown} lies outside the worktree ${roots[0] ?? ''}. Name a path relative to it.`);
  const names = path.slice(root.length).split(separator).filter((name) => name !== '' && name !== '.');
  for (const name of names) {
    if (name === '..') throw new ConfinementError('outside', `${shown} goes up by "..". Name the path from the top of the worktree.`);
    refuseProtected(name, shown);
    if (windows && (deviceOfWindows.test(name) || name.includes(':'))) throw new ConfinementError('not-a-file', `${shown} names a device or a stream of Windows.`);
  }
  return names;
}

/** @throws ConfinementError `protected` when git, on any of its platforms, could take the name for `.git` */
export function refuseProtected(name: string, shown: string): void {
  if (name.split('\\').some(isGit)) throw new ConfinementError('protected', `${shown} belongs to git. The engine commits; tools never touch ".git".`);
}

function isGit(name: string): boolean {
  const plain = name.replace(ignoredByHfs, '').normalize('NFKC').toLowerCase().split(':')[0]?.replace(/[. ]+$/, '') ?? '';
  return plain === '.git' || /^git~\d+$/.test(plain);
}
