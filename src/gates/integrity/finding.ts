/** Makes findings. Owns: their ids, their length, and that what only a pattern saw is never high. Refuses: to look for any. */
import type { IntegrityFinding, IntegrityKind } from '../../core/integrity.ts';
import { hashOf } from '../canonical.ts';
import { shortened } from '../boundedText.ts';

export interface Found {
  readonly kind: IntegrityKind; readonly file: string; readonly line: number | null;
  /** Titles of the test, joined. */
  readonly test?: string;
  readonly before?: string | null; readonly after?: string | null;
  readonly why: string; readonly severity: IntegrityFinding['severity']; readonly by?: IntegrityFinding['by'];
}

const oneLine = (text: string | null | undefined): string | null => (text === null || text === undefined ? null : shortened(text.replace(/\s+/g, ' ').trim(), 300));

/** With ids; the same found twice in a file is numbered, in the order of the text. */
export function findings(found: readonly Found[]): readonly IntegrityFinding[] {
  const seen = new Map<string, number>();
  return found.map((one) => {
    const by = one.by ?? 'parser';
    const severity = by === 'pattern' && one.severity === 'high' ? 'medium' : one.severity;
    const [before, after] = [oneLine(one.before), oneLine(one.after)];
    const content = hashOf({ kind: one.kind, file: one.file, before, after }).slice(0, 10);
    const count = (seen.get(content) ?? 0) + 1;
    seen.set(content, count);
    return { id: count === 1 ? content : `${content}-${count}`, kind: one.kind, file: one.file, line: one.line, ...(one.test === undefined ? {} : { test: one.test }), before, after, why: one.why, severity, by };
  });
}
