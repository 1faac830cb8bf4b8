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
      else if (at < path.length && matchesName(segment, path[at] ?? '')) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(path.length);
}

function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === name;
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
