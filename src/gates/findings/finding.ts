/**
 * What a static check says of a line, in one shape for every tool, and how much of it is kept.
 * Owns: the shape. A file is relative to the checkout; one that lies outside keeps its whole path.
 */
import * as z from 'zod';
import { plainText } from '../../core/plainText.ts';
import { shortened } from '../boundedText.ts';

export const findingSchema = z.object({
  file: z.string(),
  line: z.number().int().nullable(),
  /** The tool's name for what it found: `TS2322`, `no-unused-vars`. */
  rule: z.string(),
  message: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
});
export type Finding = z.infer<typeof findingSchema>;

/** More findings than anybody reads; a report beyond it is damaged. */
export const findingLimit = 20_000;

/** A finding as a reader found it; `root` is the checkout's folder. */
export function findingOf(found: Finding, root: string): Finding {
  return {
    file: relativeFile(found.file, root), line: found.line, rule: shortened(plainText(found.rule).trim(), 200),
    message: shortened(plainText(found.message.replaceAll(`${root}/`, '')).trim(), 1000), severity: found.severity,
  };
}

/** A path as a tool wrote it: a file URL, absolute in the checkout, or relative to it. */
export function relativeFile(path: string, root: string): string {
  const plain = (path.startsWith('file://') ? decoded(path.replace(/^file:\/\/(localhost)?/, '')) : path).replaceAll('\\', '/');
  return plainText((plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : plain).replace(/^(\.\/)+/, ''));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
