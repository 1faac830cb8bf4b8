/**
 * A change as it would land: where its base has moved on since they parted, the tree of both together, made in a store of its own.
 * Owns: how the two stand to one another. Refuses: the person's store and refs: nothing of this is left when it is closed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveContext } from './archiveContext.ts';
import { writeCommit } from './commits.ts';
import { mergeCommits } from './merges.ts';
import { isAncestor } from './refs.ts';
import { line, records } from './runGit.ts';
import { foldersOf } from './scratch.ts';

/** How `head` stands to `base`. `since`: commits that the base has and the head has not, newest first, some of them. */
export interface Standing { readonly mergeBase: string | null; readonly moved: boolean; readonly since: readonly { readonly commit: string; readonly subject: string }[] }

const commitsShown = 20;

/** `mergeBase` null: they share no history that is here. `moved`: the base has commits that the head has not. */
export async function standingOf(context: ArchiveContext, base: string, head: string): Promise<Standing> {
  if (await isAncestor(context, base, head)) return { mergeBase: base, moved: false, since: [] };
  const found = await context.plumbing({ args: ['merge-base', base, head], accept: [0, 1] });
  if (found.code !== 0) return { mergeBase: null, moved: false, since: [] };
  const { stdout } = await context.plumbing({ args: ['log', '-z', `--max-count=${commitsShown}`, '--no-show-signature', '--format=%H %s', '--end-of-options', `${head}..${base}`] });
  const since = records(stdout).map((entry) => ({ commit: entry.slice(0, entry.indexOf(' ')), subject: Buffer.from(entry.slice(entry.indexOf(' ') + 1), 'latin1').toString() }));
  return { mergeBase: line(found), moved: true, since };
}

/** A place for objects that nobody keeps; it reads from the person's. Who opens, closes. */
export async function openOwnStore(context: ArchiveContext): Promise<{ readonly path: string; close(): Promise<void> }> {
  const folders = foldersOf(context);
  const path = await folders.make(tmpdir());
  for (const folder of ['info', 'pack']) await mkdir(join(path, folder), { mode: 0o700 });
  await writeFile(join(path, 'info/alternates'), context.objectFolders.map((folder) => `${folder}\n`).join(''), { mode: 0o600 });
  return { path, close: () => folders.remove(path) };
}

export type MergedOnto = { readonly kind: 'clean'; readonly commit: string; readonly tree: string } | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** As git would merge them, as one commit on `base`: the same id for the same two. No merge driver has a say. Writes into the store that the context has. */
export async function mergedOnto(context: ArchiveContext, base: string, head: string): Promise<MergedOnto> {
  const merged = await mergeCommits(context, base, head);
  if (merged.kind === 'conflict') return merged;
  const when = Number(line(await context.plumbing({ args: ['log', '-1', '--format=%ct', '--end-of-options', head] }))) * 1_000;
  return { ...merged, commit: await writeCommit(context, { tree: merged.tree, parents: [base], message: `${head} on ${base}`, at: when }) };
}
