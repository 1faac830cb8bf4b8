/** `*` stands for any run of characters within a name. Pure; linear for each part of the pattern, no regular expressions: none can be slow. */
export function fitsName(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const { first, last } = endsOf(pattern);
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of pattern.split('*').slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** Whether a name can fit both patterns. */
export function namesMeet(left: string, right: string): boolean {
  if (!left.includes('*')) return fitsName(right, left);
  if (!right.includes('*')) return fitsName(left, right);
  // The ends decide: what stands between two `*` can always be put one after another.
  const one = endsOf(left), other = endsOf(right);
  return (one.first.startsWith(other.first) || other.first.startsWith(one.first)) && (one.last.endsWith(other.last) || other.last.endsWith(one.last));
}

/** What stands before the first "*" of a pattern that has one, and behind the last. */
function endsOf(pattern: string): { readonly first: string; readonly last: string } {
  return { first: pattern.slice(0, pattern.indexOf('*')), last: pattern.slice(pattern.lastIndexOf('*') + 1) };
}

/**
 * After how many names of a path a pattern can end, one element for each name: `**` stands for any number of them, the others for what `fits` says.
 * One pass for each segment over which prefixes of the path can be reached: never exponential.
 */
export function reachedEnds<Segment>(pattern: readonly (Segment | '**')[], names: readonly string[], fits: (segment: Segment, name: string) => boolean): ReadonlySet<number> {
  let reachable = new Set([0]);
  for (const segment of pattern) {
    const next = new Set<number>();
    for (const at of reachable) {
      const name = names[at];
      if (segment === '**') for (let end = at; end <= names.length; end += 1) next.add(end);
      else if (name !== undefined && fits(segment, name)) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable;
}
