/**
 * The workflows that a task can be started with: the built-in ones and those of the repository's base commit.
 * Owns: how one is named. Refuses: to read a workflow from the checkout, and one with a mistake in it.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TreelineError } from '../client/treelineError.ts';
import type { Result } from '../core/result.ts';
import type { Workflow } from '../core/workflow.ts';
import type { Archive } from '../ports/archive.ts';
import type { Mistake } from '../workflows/mistake.ts';
import { readWorkflow } from '../workflows/readWorkflow.ts';
import type { ReadWorkflow } from '../workflows/readWorkflow.ts';

const ownFolder = '.treeline/workflows/';
const ending = /\.ya?ml$/;

export interface Shelf {
  /** Built-in first. Files with mistakes are left out: they are named when somebody asks for them. */
  list(commit: string): Promise<{ name: string; id: string; description: string }[]>;
  /** By id, name, or path in the repository. Rejects with a TreelineError: `unknown-workflow`, `invalid-file` with every mistake. */
  find(commit: string, wanted: string): Promise<{ readonly workflow: Workflow; readonly hash: string }>;
}

interface Entry { readonly id: string; readonly path: string; readonly text: () => Promise<string> }

/** `folder`: of the built-in workflows. */
export function createShelf(folder: string, archive: Pick<Archive, 'listFiles' | 'readFile'>): Shelf {
  async function entries(commit: string): Promise<readonly Entry[]> {
    const builtIn = (await readdir(folder)).filter((name) => ending.test(name)).sort();
    const own = (await archive.listFiles(commit)).filter((path) => path.startsWith(ownFolder) && ending.test(path));
    return [
      ...builtIn.map((name) => ({ id: name.replace(ending, ''), path: name, text: () => readFile(join(folder, name), 'utf8') })),
      ...own.map((path) => ({ id: basename(path).replace(ending, ''), path, text: async () => Buffer.from(await archive.readFile(commit, path) ?? []).toString('utf8') })),
    ];
  }
  return {
    list: async (commit) => {
      const all = await entries(commit);
      const read = await reading(all);
      return all.flatMap((entry) => { const result = read(entry); return result.ok ? [{ name: result.value.workflow.name, id: entry.id, description: result.value.workflow.description }] : []; });
    },
    find: async (commit, wanted) => {
      const all = await entries(commit);
      const read = await reading(all);
      const said = wanted.replace(/^\.\//, '');
      const named = all.find((entry) => entry.path === said) ?? all.findLast((entry) => entry.id === said) ?? all.find((entry) => { const result = read(entry); return result.ok && result.value.workflow.name.toLowerCase() === said.toLowerCase(); });
      if (!named) throw new TreelineError('unknown-workflow', `There is no workflow "${wanted}" in this repository's base commit.`, `There are: ${all.map((entry) => entry.id).join(', ')}. A file of yours belongs in a commit, under ${ownFolder}.`);
      const result = read(named);
      if (!result.ok) throw new TreelineError('invalid-file', `${named.path}: ${result.refusal.map(({ line, message, fix }) => `line ${line}: ${message}. ${fix}`).join(' ')}`, 'Mend these lines in a commit, then start from that.');
      return { workflow: result.value.workflow, hash: hashOf(result.value) };
    },
  };
}

/** Every text at hand, so that one workflow can use another. */
async function reading(entries: readonly Entry[]): Promise<(entry: Entry) => Result<ReadWorkflow, readonly Mistake[]>> {
  const texts = new Map(await Promise.all(entries.map(async (entry) => [entry, await entry.text()] as const)));
  const resolve = (id: string): string | null => { const named = entries.findLast((entry) => entry.id === id); return named ? texts.get(named) ?? null : null; };
  return (entry) => readWorkflow(texts.get(entry) ?? '', { resolve, id: entry.id, known: entries.map(({ id }) => id) });
}

/** REQ-WORKFLOW-05: of its text, and of the texts that it uses. */
function hashOf({ texts }: ReadWorkflow): string {
  const [own, ...used] = texts;
  return createHash('sha256').update(used.length === 0 ? own?.text ?? '' : JSON.stringify(texts)).digest('hex');
}
