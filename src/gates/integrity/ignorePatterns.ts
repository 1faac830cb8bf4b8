/** What git ignores, from the ignore files of a tree. Owns: their grammar (gitignore(5)). Refuses: what lies outside of the tree. */
import { minimatch } from 'minimatch';

interface Rule { readonly patterns: readonly string[]; readonly keeps: boolean }

/** @param files path of each ignore file → its text */
export function ignorePatterns(files: ReadonlyMap<string, string>): (path: string) => boolean {
  const rules = [...files].sort(([left], [right]) => left.split('/').length - right.split('/').length).flatMap(([path, text]) => rulesOf(path.slice(0, path.lastIndexOf('/') + 1), text));
  return (path) => {
    let ignored = false;
    for (const { patterns, keeps } of rules) if (patterns.some((pattern) => minimatch(path, pattern, { dot: true, nonegate: true, nocomment: true }))) ignored = !keeps;
    return ignored;
  };
}

function rulesOf(folder: string, text: string): readonly Rule[] {
  return text.split('\n').slice(0, 2_000).flatMap((row): readonly Rule[] => {
    const line = row.replace(/\r$/, '').replace(/(?<!\\)\s+$/, '');
    if (line === '' || line.startsWith('#') || (line.match(/\*+/g) ?? []).length > 8) return [];
    const keeps = line.startsWith('!');
    const said = line.replace(/^!/, '').replace(/^\\/, '');
    const inner = said.replace(/\/$/, '');
    // A slash at the start or in the middle ties it to its folder.
    const own = inner.includes('/') ? `${folder}${inner.replace(/^\//, '')}` : `${folder}**/${inner}`;
    return [{ keeps, patterns: said.endsWith('/') ? [`${own}/**`] : [own, `${own}/**`] }];
  });
}
