import { fitsName } from '../core/namePattern.ts';

/**
 * Whether a path lies in a declared scope. Only the globs that plans use: `*` within a name, `**` across folders, a folder with or without "/".
 * Matched segment by segment without regular expressions, so that no plan can make it slow.
 */
export function insideScope(path: string, scope: readonly string[]): boolean {
  return scope.some((glob) => matches(glob.replace(/\/+$/, '/**').split('/'), path.split('/')) || matches([...glob.split('/'), '**'], path.split('/')));
}

function matches(glob: readonly string[], path: readonly string[]): boolean {
  // Which prefixes of the path the glob so far can match: one pass per segment, never exponential.
  let reachable = new Set([0]);
  for (const segment of glob) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (segment === '**') for (let end = at; end <= path.length; end += 1) next.add(end);
      else if (at < path.length && fitsName(segment, path[at] ?? '')) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(path.length);
}
