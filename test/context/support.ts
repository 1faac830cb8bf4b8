/** A tree in memory: path → text, `{ link }` for a link. Contents are counted, so that a test sees what was read. */
import { createHash } from 'node:crypto';
import { createLibrary } from '../../src/context/library.ts';
import type { NeverSend } from '../../src/context/neverSend.ts';
import type { BaseTree, SpecLibrary, TreeFile } from '../../src/ports/library.ts';

export type Files = Readonly<Record<string, string | { readonly link: string }>>;

export function memoryTree(commits: Readonly<Record<string, Files>>): BaseTree & { readonly reads: string[] } {
  const reads: string[] = [];
  const blobs = new Map<string, Uint8Array>();
  const trees = new Map(Object.entries(commits).map(([commit, files]) => [commit, Object.entries(files).map(([path, content]): TreeFile => {
    const bytes = new TextEncoder().encode(typeof content === 'string' ? content : content.link);
    const hash = createHash('sha1').update(bytes).digest('hex');
    blobs.set(hash, bytes);
    return { path, hash, bytes: bytes.length, link: typeof content !== 'string' };
  })]));
  return {
    reads,
    files: async (commit) => (trees.get(commit) ?? []).toSorted((left, right) => (left.path < right.path ? -1 : 1)),
    contents: async (hashes) => {
      reads.push(...hashes);
      return new Map(hashes.flatMap((hash) => (blobs.has(hash) ? [[hash, blobs.get(hash) as Uint8Array] as const] : [])));
    },
  };
}

export interface LibraryGiven { readonly tokens?: number; readonly mapTokens?: number; readonly neverSend?: readonly NeverSend[] }

/** One commit, `c1`, without a map unless one is asked for. */
export function libraryOf(files: Files, given: LibraryGiven = {}): SpecLibrary & { readonly reads: readonly string[] } {
  const tree = memoryTree({ c1: files });
  return { reads: tree.reads, ...createLibrary({ tree, limits: () => ({ tokens: given.tokens ?? 40_000, mapTokens: given.mapTokens ?? 0 }), neverSend: async () => given.neverSend ?? [] }) };
}
