/**
 * Which lines a change added or edited, read from a unified diff.
 * Owns: the reading. Deleted lines have no place in the head and are not in it.
 */

/** File → line numbers in the head. */
export type ChangedLines = ReadonlyMap<string, ReadonlySet<number>>;

export function changedLines(diff: string): ChangedLines {
  const found = new Map<string, Set<number>>();
  let lines: Set<number> | null = null;
  let left = { old: 0, new: 0 };
  let at = 0;
  for (const row of diff.split('\n')) {
    if (left.old > 0 || left.new > 0) {
      if (row.startsWith('+')) lines?.add(at);
      if (row.startsWith('+') || row.startsWith(' ')) at += 1;
      left = { old: left.old - (row.startsWith('-') || row.startsWith(' ') ? 1 : 0), new: left.new - (row.startsWith('+') || row.startsWith(' ') ? 1 : 0) };
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row);
    const file = /^\+\+\+ (?:"b\/(.*)"|b\/(.*?))\t?$/.exec(row);
    if (hunk) {
      left = { old: Number(hunk[1] ?? 1), new: Number(hunk[3] ?? 1) };
      at = Number(hunk[2]);
    } else if (file) {
      const name = file[1] === undefined ? file[2] ?? '' : unquoted(file[1]);
      lines = found.get(name) ?? new Set();
      found.set(name, lines);
    } else if (row.startsWith('diff --git ')) lines = null;
  }
  return found;
}

/** git quotes names with unusual bytes as C does. */
function unquoted(name: string): string {
  const bytes = [...name.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)].flatMap(([, octal, escaped, plain]) => {
    if (octal !== undefined) return [Number.parseInt(octal, 8)];
    if (escaped !== undefined) return [...new TextEncoder().encode({ n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' }[escaped] ?? escaped)];
    return [...new TextEncoder().encode(plain)];
  });
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
