/**
 * Names of branches, refs and folders made from ids. Pure. Owns: that whatever a task or unit is called, its names are safe for git and every file system,
 * and that two ids never share one. Refuses: nothing: an id that cannot be used as it is gets a short hash.
 */
import { createHash } from 'node:crypto';

const longest = 60;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d|head|integration)$/i;

/** One path segment: letters, digits, `.`, `_`, `-`; unchanged when it was safe already. */
export function safeSegment(text: string): string {
  const kept = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/\.{2,}/g, '.').replace(/^[-.]+|[-.]+$/g, '').replace(/\.lock$/i, '-lock').slice(0, longest).replace(/[-.]+$/, '');
  const safe = kept === text && kept !== '' && !reserved.test(kept) && !kept.includes('__');
  return safe ? kept : `${kept.replaceAll('__', '_') || 'unit'}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** `implement/parser` → `implement/parser`, safe for a ref. */
function unitPath(unit: string): string {
  return unit.split('/').map(safeSegment).join('/');
}

/** `implement/parser` → `implement__parser`, one folder. */
export function unitFolder(unit: string): string {
  return unit.split('/').map(safeSegment).join('__');
}

/** Branches of ours start with this: `treeline/`, or `treeline-/` where the person has a branch `treeline` that is in the way. */
export function branchPrefix(branches: readonly string[], task: string): string {
  const other = `refs/heads/treeline-/${safeSegment(task)}/`;
  const taken = branches.includes('refs/heads/treeline') || branches.some((branch) => branch.startsWith(other));
  return taken ? other : `refs/heads/treeline/${safeSegment(task)}/`;
}

/**
 * A full branch name for a unit that clashes with none that is there: not the same, and neither a folder of the other.
 * @param branches full names of those that are there
 */
export function freeBranch(branches: readonly string[], task: string, unit: string): string {
  const wanted = `${branchPrefix(branches, task)}${unitPath(unit)}`;
  const clashes = (name: string): boolean => branches.some((branch) => branch === name || branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`));
  let name = wanted;
  for (let n = 2; clashes(name); n += 1) {
    // A unit that is a folder of another's branch cannot be helped by a suffix at its end.
    name = branches.some((branch) => name.startsWith(`${branch}/`)) ? `${branchPrefix(branches, task)}${unitFolder(unit)}-${n}` : `${wanted}-${n}`;
  }
  return name;
}

/** Full name of a private ref of a task: `attempts/<unit>/<n>`, `snapshots/<unit>/<id>`, `rescue/…`. */
export function privateRef(task: string, ...segments: readonly (string | number)[]): string {
  return ['refs/treeline', safeSegment(task), ...segments.map((segment) => (typeof segment === 'number' ? String(segment) : unitFolder(segment)))].join('/');
}
