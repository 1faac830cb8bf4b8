/** A diff for a provider: files that are never sent are named in it, and nothing of their content is there. Owns: where a file of a unified diff begins. Pure. */

export function withoutWithheld(diff: string, withheld: (path: string) => string | null): string {
  return diff.split(/^(?=diff --git )/m).map((part) => {
    if (!part.startsWith('diff --git ')) return part;
    const why = pathsOf(part).map(withheld).find((reason) => reason !== null);
    if (why === undefined) return part;
    // The last line of a diff that was cut says so; content never begins with "[".
    const cut = /^\[cut: .*\n?/m.exec(part)?.[0] ?? '';
    return `${part.slice(0, part.indexOf('\n'))}\n(not shown: never sent to a provider, ${why})\n${cut}`;
  }).join('');
}

/** Both names of a file, from whichever lines of its head have them. */
function pathsOf(part: string): readonly string[] {
  const [head = ''] = part.split(/^@@ /m, 1);
  const [first = ''] = head.split('\n', 1);
  const named = [...head.matchAll(/^(?:--- |\+\+\+ |rename from |rename to |copy from |copy to )(.*)$/gm)].map((match) => match[1] ?? '');
  // Without such lines (a mode, an empty or binary file) both names are the same: half of the first line each.
  const both = first.slice('diff --git '.length);
  const half = both.startsWith('"') ? /^("(?:[^"\\]|\\.)*")/.exec(both)?.[1] ?? '' : both.slice(0, (both.length - 1) / 2);
  return [...named, half].map(unquoted).filter((path) => path !== '/dev/null').map((path) => path.replace(/^[ab]\//, ''));
}

/** git quotes names with special characters as C does, bytes in octal. */
function unquoted(name: string): string {
  const text = name.replace(/\t$/, '');
  if (!text.startsWith('"') || !text.endsWith('"')) return text;
  const simple: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  const bytes = [...text.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)].flatMap(([, octal, escaped, plain]) => {
    if (octal !== undefined) return [Number.parseInt(octal, 8)];
    return escaped === undefined ? [...new TextEncoder().encode(plain)] : [simple[escaped] ?? escaped.charCodeAt(0)];
  });
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
