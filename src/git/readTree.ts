/** Files of a commit, read from the objects and never from a checkout. Owns: exact names, links as their targets. Refuses: to follow a link. */
import { GitError } from '../ports/archive.ts';
import type { BaseTree, TreeFile } from '../ports/library.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { pathText } from './bytePath.ts';
import { records } from './runGit.ts';

interface TreeEntry { readonly mode: string; readonly blob: string; readonly path: string }

async function entries(context: Pick<ArchiveContext, 'plumbing'>, commit: string, args: readonly string[], path: string | null): Promise<readonly TreeEntry[]> {
  const { stdout } = await context.plumbing({ args: ['ls-tree', '-z', '--full-tree', ...args, '--end-of-options', commit, ...(path === null ? [] : ['--', path])] });
  return records(stdout).map((entry) => {
    const [mode = '', , blob = ''] = entry.slice(0, entry.indexOf('\t')).split(' ');
    return { mode, blob, path: entry.slice(entry.indexOf('\t') + 1) };
  });
}

/** See Archive.listFiles: submodules are no files. */
export async function listFiles(context: Pick<ArchiveContext, 'plumbing'>, commit: string): Promise<readonly string[]> {
  return (await entries(context, commit, ['-r'], null)).filter(({ mode }) => mode !== '160000').map(({ path }) => pathText(path));
}

/** See Archive.readFile: null when there is no file of exactly this name; of a symbolic link its target. */
export async function readFile(context: Pick<ArchiveContext, 'plumbing'>, commit: string, path: string): Promise<Uint8Array | null> {
  if (path.split('/').some((segment) => ['', '.', '..'].includes(segment))) return null;
  // A name that is no UTF-8 cannot be an argument: such a name is looked for as pathText writes it.
  const candidates = /\\x[0-9a-f]{2}/.test(path) ? await entries(context, commit, ['-r'], null) : await entries(context, commit, [], path);
  const entry = candidates.find((candidate) => pathText(candidate.path) === path && (candidate.mode.startsWith('100') || candidate.mode === '120000'));
  return entry ? (await context.plumbing({ args: ['cat-file', 'blob', entry.blob] })).stdout : null;
}

/** One `git cat-file` may answer for so many objects. */
const batch = 2_000;

/** See BaseTree. */
export function createBaseTree(context: Pick<ArchiveContext, 'plumbing'>): BaseTree {
  return {
    files: async (commit, only) => {
      if (only?.length === 0) return [];
      const { stdout } = await context.plumbing({ args: ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', commit, ...(only && canBeNamed(only) ? ['--', ...new Set(only)] : [])] });
      const files = records(stdout).flatMap((entry): readonly TreeFile[] => {
        const tab = entry.indexOf('\t');
        const [mode = '', , hash = '', size = ''] = entry.slice(0, tab).split(/ +/);
        return mode === '160000' ? [] : [{ path: pathText(entry.slice(tab + 1)), hash, bytes: Number.isNaN(Number(size)) ? null : Number(size), link: mode === '120000' }];
      });
      // The name of a file may be that of a folder here.
      const wanted = only && new Set(only);
      return files.filter(({ path }) => wanted?.has(path) ?? true).toSorted((left, right) => (left.path < right.path ? -1 : 1));
    },
    contents: async (hashes) => {
      const found = new Map<string, Uint8Array>();
      for (let from = 0; from < hashes.length; from += batch) await readMany(context, hashes.slice(from, from + batch), found);
      return found;
    },
  };
}

/** Whether git takes them as arguments, word for word: few enough, and none with bytes that are no UTF-8 (see pathText) or with magic. */
function canBeNamed(paths: readonly string[]): boolean {
  return paths.length <= 500 && paths.every((path) => path.length <= 200 && !path.startsWith(':') && !/\\x[0-9a-f]{2}/.test(path));
}

async function readMany(context: Pick<ArchiveContext, 'plumbing'>, asked: readonly string[], found: Map<string, Uint8Array>): Promise<void> {
  const { stdout, cut } = await context.plumbing({ args: ['cat-file', '--batch'], input: new TextEncoder().encode(`${asked.join('\n')}\n`) });
  if (!cut) return readBatch(stdout, found);
  // More than one answer may carry: an object that is too much alone is left out as if it were not there.
  const half = Math.ceil(asked.length / 2);
  if (asked.length > 1) for (const part of [asked.slice(0, half), asked.slice(half)]) await readMany(context, part, found);
}

/** `<id> blob <size>\n<content>\n` for each object, `<id> missing\n` for one that is not there. */
function readBatch(output: Buffer, found: Map<string, Uint8Array>): void {
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [hash = '', kind = '', size = ''] = output.toString('latin1', at, end < 0 ? output.length : end).split(' ');
    at = end + 1;
    if (kind === 'missing') continue;
    if (end < 0 || !/^\d+$/.test(size)) throw new GitError('failed', `git cat-file --batch answered ${JSON.stringify(`${hash} ${kind}`.slice(0, 100))}`, 'Check the repository with: git fsck.');
    if (kind === 'blob') found.set(hash, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
}
