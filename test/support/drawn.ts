/**
 * What is read from the page of a window. These functions run in the browser: each is sent as text, so none may use
 * anything of this file but its argument (that is also why a string cannot stand for one: Playwright would not call it).
 *
 * Owns: the few members of DOM elements that are read, so that the DOM's types need not be in scope of the whole project.
 */

interface DrawnElement {
  readonly textContent: string | null;
  readonly ownerDocument: { readonly activeElement: unknown };
  readonly style: { readonly top: string };
  getAttribute(name: string): string | null;
  querySelector(selector: string): DrawnElement | null;
  getBoundingClientRect(): { readonly top: number; readonly height: number };
}

/** A row of a tree, as it is drawn and as screen readers hear it. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  readonly spoken: string;
  readonly level: number;
}

/** A file of a review: its name, its folder, and A (added), D (deleted), R (renamed) or nothing (modified). */
export interface ReviewedFile {
  readonly name: string;
  readonly folder: string;
  readonly status: string;
}

export const hasFocus = (element: DrawnElement): boolean => element.ownerDocument.activeElement === element;

export const spokenLabels = (elements: DrawnElement[]): string[] => elements.map((element) => element.getAttribute('aria-label') ?? '');

/** Rows from top to bottom: their order in the page is any. */
export const treeRows = (rows: DrawnElement[]): TreeRow[] => rows
  .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
  .map((row) => ({
    label: row.querySelector('.label-name')?.textContent ?? '',
    description: row.querySelector('.label-description')?.textContent ?? '',
    spoken: row.getAttribute('aria-label') ?? '',
    level: Number(row.getAttribute('aria-level')),
  }));

/** Files from top to bottom. Entries that scrolled away stay in the page without height, to be used again. */
export const reviewedFiles = (entries: DrawnElement[]): ReviewedFile[] => entries
  .filter((entry) => entry.getBoundingClientRect().height > 0)
  .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
  .map((entry) => ({
    name: entry.querySelector('.title.modified .label-name')?.textContent || entry.querySelector('.title.original .label-name')?.textContent || '',
    folder: entry.querySelector('.title.modified .label-description')?.textContent ?? '',
    status: entry.querySelector('.status')?.textContent ?? '',
  }));

/** Lines from top to bottom: they are absolutely placed, and spaces are drawn as no-break spaces. */
export const linesOfText = (lines: DrawnElement[]): string => lines
  .sort((one, other) => parseFloat(one.style.top) - parseFloat(other.style.top))
  .map((line) => (line.textContent ?? '').replace(/\u00a0/g, ' ')).join('\n');

/** Comments as [author, text, label]. */
export const comments = (drawn: DrawnElement[]): string[][] => drawn.map((comment) =>
  ['.author', '.comment-body', '.isPending'].map((part) => comment.querySelector(part)?.textContent ?? ''));
