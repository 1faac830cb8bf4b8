/**
 * Line coverage per file, in one shape for every tool: which lines ran, and which could have and did not.
 * Owns: the shape, how it is kept (ranges, since a run is kept for its tree), and how two reports of a file become one.
 */
import * as z from 'zod';

/** `1-5,8`: line numbers, ascending. */
const ranges = z.string().regex(/^(\d+(-\d+)?(,\d+(-\d+)?)*)?$/);
export const coverageSchema = z.record(z.string(), z.object({ ran: ranges, missed: ranges }));
export type Coverage = z.infer<typeof coverageSchema>;

/** Hits of lines as they are read: file → line → how often. */
export type Hits = Map<string, Map<number, number>>;

export function addHit(hits: Hits, file: string, line: number, count: number): void {
  const lines = hits.get(file) ?? new Map<number, number>();
  hits.set(file, lines);
  lines.set(line, (lines.get(line) ?? 0) + count);
}

export function coverageOf(hits: Hits): Coverage {
  return Object.fromEntries([...hits].sort(([left], [right]) => (left < right ? -1 : 1)).map(([file, lines]) => {
    const numbers = (ran: boolean): readonly number[] => [...lines].filter(([, count]) => count > 0 === ran).map(([line]) => line).sort((left, right) => left - right);
    return [file, { ran: toRanges(numbers(true)), missed: toRanges(numbers(false)) }];
  }));
}

function toRanges(lines: readonly number[]): string {
  const found: [number, number][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Whether a line lies in ranges; `null` of nothing. */
export function inRanges(text: string, line: number): boolean {
  return text !== '' && text.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return from !== undefined && to !== undefined && from <= line && line <= to;
  });
}
