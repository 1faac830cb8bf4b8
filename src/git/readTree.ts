/** Files of a commit, read from the objects and never from a checkout. Owns: exact names, links as their targets. Refuses: to follow a link. */
import type { ArchiveContext } from './archiveContext.ts';
import { pathText } from './bytePath.ts';
import { records } from './runGit.ts';

interface TreeEntry { readonly mode: string; readonly blob: string; readonly path: string }

async function entries(context: ArchiveContext, commit: string, args: readonly string[], path: string | null): Promise<readonly TreeEntry[]> {
  const { stdout } = await context.plumbing({ args: ['ls-tree', '-z', '--full-tree', ...args, '--end-of-options', commit, ...(path === null ? [] : ['--', path])] });
  return records(stdout).map((entry) => {
    const [mode = '', , blob = ''] = entry.slice(0, entry.indexOf('\t')).split(' ');
    return { mode, blob, path: entry.slice(entry.indexOf('\t') + 1) };
  });
}

/** See Archive.listFiles: submodules are no files. */
export async function listFiles(context: ArchiveContext, commit: string): Promise<readonly string[]> {
  return (await entries(context, commit, ['-r'], null)).filter(({ mode }) => mode !== '160000').map(({ path }) => pathText(path));
}

/** See Archive.readFile: null when there is no file of exactly this name; of a symbolic link its target. */
export async function readFile(context: ArchiveContext, commit: string, path: string): Promise<Uint8Array | null> {
  if (path.split('/').some((segment) => ['', '.', '..'].includes(segment))) return null;
  // A name that is no UTF-8 cannot be an argument: such a name is looked for as pathText writes it.
  const candidates = /\\x[0-9a-f]{2}/.test(path) ? await entries(context, commit, ['-r'], null) : await entries(context, commit, [], path);
  const entry = candidates.find((candidate) => pathText(candidate.path) === path && (candidate.mode.startsWith('100') || candidate.mode === '120000'));
  return entry ? (await context.plumbing({ args: ['cat-file', 'blob', entry.blob] })).stdout : null;
}
