/**
 * One file's change as unified-diff lines for a terminal. Pure.
 * Owns: the caps (comparing a rewritten large file takes seconds). Refuses: binary content and what is over the caps, in words.
 */
import { formatPatch, structuredPatch } from 'diff';
import type { Paint } from './paint.ts';
import { plain, plainLines } from './plain.ts';

const sizeLimit = 256 * 1024;
const editLimit = 2_000;
const lineLimit = 1_000;

/** `before`/`after` null: the file is not there. */
export function diffLines(path: string, before: Uint8Array | null, after: Uint8Array | null, paint: Paint): string[] {
  const name = plain(path, 300);
  const said = (why: string): string[] => [paint.strong(name), `  ${why}`];
  if ((before?.byteLength ?? 0) > sizeLimit || (after?.byteLength ?? 0) > sizeLimit) return said('too large to be shown here: look at it in the editor, or with git');
  if (isBinary(before) || isBinary(after)) return said('binary');
  const patch = structuredPatch(before ? `a/${name}` : '/dev/null', after ? `b/${name}` : '/dev/null', text(before), text(after), undefined, undefined, { context: 3, maxEditLength: editLimit });
  if (!patch) return said('rewritten: too much changed to be shown here');
  if (patch.hunks.length === 0) return said('no change of content');
  const lines = plainLines(formatPatch(patch)).split('\n').slice(1);
  const shown = lines.slice(0, lineLimit).map((line) => colour(line, paint));
  return lines.length > lineLimit ? [...shown, paint.quiet(`… ${lines.length - lineLimit} more lines`)] : shown;
}

function colour(line: string, paint: Paint): string {
  if (line.startsWith('---') || line.startsWith('+++')) return paint.strong(line);
  if (line.startsWith('@@')) return paint.quiet(line);
  return line.startsWith('+') ? paint.good(line) : line.startsWith('-') ? paint.bad(line) : line;
}

const text = (content: Uint8Array | null): string => (content ? new TextDecoder().decode(content) : '');
const isBinary = (content: Uint8Array | null): boolean => content?.subarray(0, 8_000).includes(0) ?? false;
