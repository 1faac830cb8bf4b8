/**
 * Which findings of the head are new: the baseline of static gates, as a pure function.
 * Owns: what makes two findings the same: file (through renames), rule, message, and what the line *says*, not its number: code above it may
 * have moved it. A line that was edited and keeps its finding is known by its neighbours. Each finding of the base excuses at most one.
 */
import type { Finding } from './finding.ts';

/** The lines of a file at a commit, or null where it is not there or no text. */
export type LinesOf = (file: string) => Promise<readonly string[] | null>;

export interface ComparedFindings { readonly fresh: readonly Finding[]; readonly known: readonly Finding[]; /** On the base and not on the head. */ readonly fixed: number }

interface Placed { readonly finding: Finding; readonly what: string; readonly text: string; readonly around: readonly string[] }

/** @param renames new path → the one it had on the base */
export async function compareFindings(
  base: { readonly findings: readonly Finding[]; readonly lines: LinesOf }, head: { readonly findings: readonly Finding[]; readonly lines: LinesOf }, renames: ReadonlyMap<string, string>,
): Promise<ComparedFindings> {
  const [before, after] = await Promise.all([placed(base, new Map()), placed(head, renames)]);
  const left = new Set(before);
  const matched = new Set<Placed>();
  const match = (same: (one: Placed, other: Placed) => boolean): void => {
    const byWhat = Map.groupBy(left, (candidate) => candidate.what);
    for (const found of after) {
      if (matched.has(found)) continue;
      const twin = byWhat.get(found.what)?.find((candidate) => left.has(candidate) && same(candidate, found));
      if (twin === undefined) continue;
      left.delete(twin);
      matched.add(found);
    }
  };
  match((one, other) => one.text === other.text && one.finding.line === other.finding.line);
  match((one, other) => one.text === other.text);
  match((one, other) => one.around.some((line, index) => line.trim() !== '' && line === other.around[index]));
  return { fresh: after.filter((found) => !matched.has(found)).map(({ finding }) => finding), known: [...matched].map(({ finding }) => finding), fixed: left.size };
}

async function placed({ findings, lines }: { readonly findings: readonly Finding[]; readonly lines: LinesOf }, renames: ReadonlyMap<string, string>): Promise<readonly Placed[]> {
  const texts = new Map<string, readonly string[] | null>();
  for (const file of new Set(findings.map((finding) => finding.file))) texts.set(file, await lines(file));
  return findings.map((finding) => {
    const all = texts.get(finding.file) ?? [];
    const at = (offset: number): string => (finding.line === null ? '' : all[finding.line - 1 + offset] ?? '').trim();
    return { finding, what: JSON.stringify([renames.get(finding.file) ?? finding.file, finding.rule, steady(finding.message)]), text: at(0), around: [at(-1), at(1)] };
  });
}

/** A message without the numbers of lines and columns that it names. */
function steady(message: string): string {
  return message.replace(/\b(lines?|columns?|at) \d+(:\d+)?/gi, '$1').replace(/:\d+:\d+|\(\d+,\d+\)/g, '');
}
