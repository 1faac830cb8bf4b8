/**
 * What changed between two versions of a workflow's files, for a person who approved the first.
 * Owns: the form (unified), and that it never takes long. Refuses: to colour or to clean it.
 */
import { createTwoFilesPatch } from 'diff';

/** A rewritten file is shown whole instead: the search for what stayed takes seconds. */
const editLimit = 400;

/** Unified difference of one file; `before` null: it is new, and each of its lines is an added one. */
export function differenceOf(path: string, before: string | null, after: string): string {
  if (before === null) return [`new file ${path}`, ...after.split('\n').map((line) => `+${line}`)].join('\n');
  const patch = createTwoFilesPatch(path, path, before, after, 'approved', 'now', { context: 3, maxEditLength: editLimit });
  if (patch !== undefined) return patch.split('\n').slice(1).join('\n').trimEnd();
  return [`${path} was rewritten (${before.split('\n').length} lines before). It is now:`, ...after.split('\n').map((line) => `+${line}`)].join('\n');
}
