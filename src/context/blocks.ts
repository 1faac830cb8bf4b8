/**
 * A Markdown text as the blocks that requirements are written in: headings, list items, paragraphs, table rows, each on one line.
 * Owns: what is no text: front matter, comments, fenced code (but Gherkin). Pure, one pass. Refuses: to be a Markdown renderer.
 */

export interface Block {
  readonly kind: 'heading' | 'item' | 'paragraph' | 'row';
  /** Of a heading, from 1. */
  readonly level: number;
  /** Of a numbered item: `3`, `1.2`; null otherwise. */
  readonly number: string | null;
  /** Joined by single spaces; of a row its cells, joined by " | ". */
  readonly text: string;
  readonly cells: readonly string[];
  /** Of its first line, from 1. */
  readonly line: number;
}

const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const asciidocHeading = /^(={1,6})\s+(\S.*)$/;
const item = /^\s*(?:[-*+•]|\(?(\d{1,3}(?:\.\d{1,3})*)[.)]|(\d{1,3}(?:\.\d{1,3})+))\s+(.*)$/;
const fence = /^\s*(`{3,}|~{3,})\s*([\w-]*)/;
/** A line that begins something of its own inside a paragraph. */
const keyword = /^\s*(?:\*\*|__)?(?:Given|When|Then|And|But|Scenario(?: Outline)?|Example|Feature|Background|Rule|While|If|Where)\b/;

interface Open { kind: Block['kind']; level: number; number: string | null; parts: string[]; cells: readonly string[]; line: number }

export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: Open | null = null;
  const close = (): void => {
    if (open) blocks.push({ ...open, text: open.parts.join(' ').replace(/\s+/g, ' ').trim(), kind: open.kind, cells: open.cells });
    open = null;
  };
  const begin = (kind: Block['kind'], first: string, line: number, more: Partial<Open> = {}): void => {
    close();
    open = { kind, level: 0, number: null, parts: [first], cells: [], line, ...more };
  };
  let fenced: { readonly mark: string; readonly read: boolean } | null = null;
  let commented = false;
  for (const [index, raw] of linesOf(text).entries()) {
    const line = index + 1;
    const mark = fence.exec(raw);
    if (fenced) {
      if (mark && mark[2] === '' && (mark[1] ?? '').startsWith(fenced.mark)) fenced = null;
      else if (fenced.read && raw.trim() !== '') begin('paragraph', raw.trim(), line);
      continue;
    }
    const { shown, inside } = withoutComments(raw, commented);
    commented = inside;
    if (mark && !commented && mark[1]) {
      close();
      fenced = { mark: mark[1], read: /^(gherkin|feature|cucumber)$/i.test(mark[2] ?? '') };
      continue;
    }
    if (shown.trim() === '') {
      close();
      continue;
    }
    const titled = heading.exec(shown) ?? asciidocHeading.exec(shown);
    const listed = item.exec(shown);
    if (titled) {
      begin('heading', titled[2] ?? '', line, { level: (titled[1] ?? '').length });
      close();
    } else if (/^\s*\|.*\|\s*$/.test(shown)) {
      const cells = shown.trim().slice(1, -1).split('|').map((cell) => cell.trim());
      if (!cells.every((cell) => /^:?-*:?$/.test(cell))) begin('row', cells.join(' | '), line, { cells });
      close();
    } else if (listed) begin('item', listed[3] ?? '', line, { number: listed[1] ?? listed[2] ?? null });
    else if (open !== null && !(isParagraph(open) && keyword.test(shown))) (open as Open).parts.push(unbroken(shown));
    else begin('paragraph', unbroken(shown), line);
  }
  close();
  return blocks;
}

const isParagraph = (open: Open): boolean => open.kind === 'paragraph';

/** Without a hard break and without the sign of a quotation. */
function unbroken(line: string): string {
  return line.trim().replace(/^(>\s*)+/, '').replace(/(\\|<br\s*\/?>)$/i, '');
}

/** Front matter stays as empty lines, so that line numbers hold. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== '---') return lines;
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  return end < 0 ? lines : lines.map((line, index) => (index <= end ? '' : line));
}

function withoutComments(line: string, inside: boolean): { readonly shown: string; readonly inside: boolean } {
  let shown = '';
  let rest = line;
  let within = inside;
  for (;;) {
    const at = rest.indexOf(within ? '-->' : '<!--');
    if (at < 0) return { shown: within ? shown : shown + rest, inside: within };
    if (!within) shown += rest.slice(0, at);
    rest = rest.slice(at + (within ? 3 : 4));
    within = !within;
  }
}

/** `key: value` lines of the front matter; nothing nested. */
export function frontMatter(text: string): Readonly<Record<string, string>> {
  const found = /^---[ \t]*\r?\n([^]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text.slice(0, 8_000));
  const pairs = (found?.[1] ?? '').split(/\r?\n/).flatMap((line) => {
    const pair = /^([A-Za-z][\w-]*):\s*(.*?)\s*$/.exec(line);
    return pair ? [[pair[1] ?? '', (pair[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')] as const] : [];
  });
  return Object.fromEntries(pairs);
}
