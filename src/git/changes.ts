/**
 * What changed between two commits, honestly: no attribute, replace ref, filter, textconv or index flag has a say. Owns: the list with its marks,
 * and the text of the diff. Refuses: to leave a file out without saying so.
 */
import type { ChangedFile } from '../ports/archive.ts';
import { attributesFirst } from './archiveContext.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { pathText } from './bytePath.ts';
import { caseTwins, hides, nameMarks, showHidden } from './marks.ts';
import { listFiles } from './readTree.ts';
import { records } from './runGit.ts';

const scanBytes = 16 * 1024 * 1024;
const largeBytes = 10 * 1024 * 1024;
const common = ['--full-index', '--no-ext-diff', '--no-textconv', '--no-color', '--find-renames', '--ignore-submodules=none'];

interface RawChange { readonly letter: string; readonly modes: readonly [string, string]; readonly blob: string; readonly path: string; readonly previous: string | null }

/** See Archive.changes. Files with changed attributes come first: they say how the others would have been shown. */
export async function changes(context: Pick<ArchiveContext, 'plumbing'>, from: string, to: string): Promise<readonly ChangedFile[]> {
  const parts = records((await context.plumbing({ args: ['diff-tree', '-r', '-z', '--raw', '--numstat', ...common, from, to, '--'] })).stdout);
  const { raw, counts } = parseRaw(parts);
  const hiding = await blobsThatHide(context, from, to);
  const twins = raw.some(({ letter }) => letter === 'A' || letter === 'R') ? caseTwins(await listFiles(context, to)) : new Set<string>();
  const large = await largeBlobs(context, raw.filter(({ letter, modes }) => letter !== 'D' && modes[1] !== '160000').map(({ blob }) => blob));
  const files = raw.map((change) => changedFile(change, counts.get(change.path) ?? null, { hiding, twins, large }));
  const first = (file: ChangedFile): number => (file.marks.includes('attributes') ? 0 : 1);
  return files.sort((left, right) => first(left) - first(right));
}

function changedFile(change: RawChange, count: Count | null, { hiding, twins, large }: { hiding: Hiding; twins: ReadonlySet<string>; large: ReadonlySet<string> }): ChangedFile {
  const { letter, modes: [before, after], blob } = change;
  const path = pathText(change.path);
  const marks = [...nameMarks(path)];
  if (change.previous !== null) marks.push(...nameMarks(pathText(change.previous)));
  if (before === '120000' || after === '120000') marks.push('symlink');
  if (before === '160000' || after === '160000') marks.push('submodule');
  if (letter === 'A' ? after === '100755' : letter !== 'D' && before !== after) marks.push('mode');
  if (count?.added === null) marks.push('binary');
  if (large.has(blob)) marks.push('large');
  if (hiding.blobs.has(blob)) marks.push('invisible-characters');
  if (hiding.cut && !hiding.seen.has(blob) && letter !== 'D') marks.push('not-scanned');
  if (twins.has(path)) marks.push('case-twin');
  const status = letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : letter === 'R' ? 'renamed' : 'modified';
  return { path, previous: change.previous === null ? null : pathText(change.previous), status, added: count?.added ?? null, removed: count?.removed ?? null, marks: [...new Set(marks)] };
}

interface Count { readonly added: number | null; readonly removed: number | null }

/** Reads `--raw --numstat -z`: all raw entries, then all counts. */
export function parseRaw(parts: readonly string[]): { readonly raw: readonly RawChange[]; readonly counts: ReadonlyMap<string, Count> } {
  const raw: RawChange[] = [];
  const counts = new Map<string, Count>();
  let at = 0;
  while (parts[at]?.startsWith(':') === true) {
    const [before = '', after = '', , blob = '', status = ''] = (parts[at] ?? '').slice(1).split(' ');
    const renamed = status.startsWith('R') || status.startsWith('C');
    const path = parts[at + (renamed ? 2 : 1)] ?? '';
    raw.push({ letter: status.charAt(0), modes: [before, after], blob, path, previous: renamed ? parts[at + 1] ?? '' : null });
    at += renamed ? 3 : 2;
  }
  while (at < parts.length) {
    const [added = '', removed = '', ...rest] = (parts[at] ?? '').split('\t');
    const name = rest.join('\t');
    const number = (text: string): number | null => (text === '-' ? null : Number(text));
    counts.set(name === '' ? parts[at + 2] ?? '' : name, { added: number(added), removed: number(removed) });
    at += name === '' ? 3 : 1;
  }
  return { raw, counts };
}

async function largeBlobs(context: Pick<ArchiveContext, 'plumbing'>, blobs: readonly string[]): Promise<ReadonlySet<string>> {
  if (blobs.length === 0) return new Set();
  const { stdout } = await context.plumbing({ args: ['cat-file', '--batch-check=%(objectname) %(objectsize)'], input: Buffer.from(blobs.map((blob) => `${blob}\n`).join('')) });
  return new Set(stdout.toString().split('\n').map((entry) => entry.split(' ')).filter(([, size]) => Number(size) > largeBytes).map(([blob = '']) => blob));
}

interface Hiding { readonly blobs: ReadonlySet<string>; readonly seen: ReadonlySet<string>; readonly cut: boolean }

/** New blobs whose added lines hold characters that hide. */
async function blobsThatHide(context: Pick<ArchiveContext, 'plumbing'>, from: string, to: string): Promise<Hiding> {
  const { stdout, cut } = await context.plumbing({ args: ['diff-tree', '-r', '-p', '--unified=0', '--text', ...common, from, to, '--'], limit: scanBytes });
  const blobs = new Set<string>();
  const seen = new Set<string>();
  for (const section of sections(stdout)) {
    const blob = /^index [0-9a-f]+\.\.([0-9a-f]+)/m.exec(section)?.[1] ?? '';
    seen.add(blob);
    if (isBinary(section)) continue;
    const added = bodyOf(section).split('\n').filter((entry) => entry.startsWith('+')).map((entry) => Buffer.from(entry.slice(1), 'latin1').toString());
    if (added.some(hides)) blobs.add(blob);
  }
  return { blobs, seen, cut };
}

/** Sections of a patch, one per file, each byte one character. A line of content never starts with `d`, but what comes after a CR in it may: no `^` here. */
function sections(patch: Buffer): readonly string[] {
  return patch.toString('latin1').split(/(?<=\n)(?=diff --git )/);
}

/** What a section holds below its head: nothing where a file only got another name or mode. */
function bodyOf(section: string): string {
  const [, ...hunks] = section.split('\n@@');
  return hunks.join('\n');
}

/** Whether a section's content is nothing to read: mostly not text. One NUL does not make a script unreadable. */
function isBinary(section: string): boolean {
  const text = Buffer.from(bodyOf(section).slice(0, 64_000), 'latin1').toString();
  const strange = text.match(/[\x00-\x08\x0e-\x1f\ufffd]/g)?.length ?? 0;
  return strange > text.length / 10;
}

/** See Archive.diff. */
export async function diff(context: Pick<ArchiveContext, 'plumbing'>, from: string, to: string, limit: number): Promise<string> {
  const { stdout, cut } = await context.plumbing({ args: ['diff-tree', '-r', '-p', '--text', `-O${attributesFirst}`, ...common, from, to, '--'], limit: Math.max(limit * 4, 1024 * 1024) });
  const shown = sections(stdout).map((section) => {
    if (!isBinary(section)) return showHidden(Buffer.from(section, 'latin1').toString());
    return `${showHidden(Buffer.from(section.slice(0, section.indexOf('\n@@')), 'latin1').toString())}\nBinary content: not shown.\n`;
  });
  const text = shown.join('');
  if (!cut && text.length <= limit) return text;
  const kept = text.slice(0, limit);
  const whole = kept.slice(0, kept.lastIndexOf('\n') + 1);
  const all = await changes(context, from, to);
  const inside = (whole.match(/(?<=^|\n)diff --git /g) ?? []).length;
  return `${whole}[cut: this diff is longer than ${limit} characters; ${Math.max(0, all.length - inside)} of ${all.length} changed files are not shown, and the last one shown may be incomplete]\n`;
}
