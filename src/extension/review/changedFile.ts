/**
 * What the review shows of a change: its order, its pages, its sums.
 * Owns: risky files first, and how many one editor holds. Refuses: to hide a file; what does not fit is on the next page.
 */
import type { Answer } from '../../protocol/messages.ts';
import { line } from '../figures.ts';
import { plain } from '../plain.ts';
import { t } from '../words.ts';

export type ChangedFile = Answer<'changes'>[number];

/** Marked files first, then by path. */
export function byRisk(files: readonly ChangedFile[]): readonly ChangedFile[] {
  return [...files].sort((left, right) => Number(right.marks.length > 0) - Number(left.marks.length > 0) || (left.path < right.path ? -1 : 1));
}

/** All files in the review's order, at most `size` (≥ 1) in each page; one empty page when nothing changed. */
export function pagesOf(files: readonly ChangedFile[], size: number): readonly (readonly ChangedFile[])[] {
  const ordered = byRisk(files);
  const count = Math.max(1, Math.ceil(ordered.length / size));
  return Array.from({ length: count }, (_, index) => ordered.slice(index * size, (index + 1) * size));
}

/** `3 files, +84 −12`. */
export function sumOf(files: readonly ChangedFile[]): string {
  const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = files.reduce((sum, file) => sum + (file.removed ?? 0), 0);
  return t('{0}, +{1} −{2}', files.length === 1 ? t('1 file') : t('{0} files', files.length), added, removed);
}

const letters = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' } as const;

/** `M src/csv.ts  +12 −3  ⚠ protected`. */
export function fileLine(file: ChangedFile): string {
  const counts = file.added === null || file.removed === null ? t('binary') : `+${file.added} −${file.removed}`;
  const name = file.previous === null || file.previous === file.path ? plain(file.path) : `${plain(file.previous)} → ${plain(file.path)}`;
  return line(`${letters[file.status]}  ${name}`, counts, ...file.marks.map((mark) => `⚠ ${plain(mark, 60)}`));
}
