/**
 * Reads lcov's trace files (geninfo(1): `SF`, `DA`, `end_of_record`), as c8, nyc, jest, vitest, node and grcov write them.
 * Owns: the reading. A file that is named twice has the sum of its hits.
 */
import { addHit, type Hits } from './coverage.ts';
import { relativeFile } from './finding.ts';

/** Null: not one record. */
export function readLcov(text: string, root: string): Hits | null {
  const hits: Hits = new Map();
  let file: string | null = null;
  let records = 0;
  for (const line of text.split(/\r?\n/)) {
    const data = /^DA:(\d+),(-?\d+)/.exec(line);
    if (line.startsWith('SF:')) {
      file = relativeFile(line.slice(3).trim(), root);
      if (!hits.has(file)) hits.set(file, new Map());
    } else if (data && file !== null) {
      addHit(hits, file, Number(data[1]), Math.max(0, Number(data[2])));
    } else if (line === 'end_of_record') {
      file = null;
      records += 1;
    }
  }
  return records === 0 ? null : hits;
}
