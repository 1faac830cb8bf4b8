/**
 * The workflows that a task can be started with: the built-in ones, those of the repository's base commit, and its Zenflow ones.
 * Owns: how one is named and which of two with one name counts: the repository's own before the built-in one; a Zenflow file never takes
 * the place of either. Refuses: to read a workflow from the checkout, and one with a mistake in it.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TreelineError } from '../client/treelineError.ts';
import { ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import type { Trigger } from '../core/trigger.ts';
import type { Workflow } from '../core/workflow.ts';
import { readZenflowSettings, zenflowSettingsPath } from '../core/zenflowSettings.ts';
import type { Archive } from '../ports/archive.ts';
import type { Mistake } from '../workflows/mistake.ts';
import { readWorkflow } from '../workflows/readWorkflow.ts';
import type { ReadOptions, ReadWorkflow } from '../workflows/readWorkflow.ts';
import { zenflowToYaml } from '../workflows/zenflow/convert.ts';

export const ownFolder = '.treeline/workflows/';
export const zenflowFolder = '.zenflow/workflows/';
const yamlEnding = /\.ya?ml$/;
const markdownEnding = /\.md$/;

export type Origin = 'built-in' | 'repository' | 'zenflow';
/** One workflow file. `path`: in the repository, or the file's name of a built-in one. */
export interface Shelved { readonly id: string; readonly path: string; readonly from: Origin; readonly text: string }
/** Where a repository's files are read from: a commit, or the checkout. Paths have "/" and begin at the repository's top. */
export interface RepositoryFiles { list(): Promise<readonly string[]>; read(path: string): Promise<string> }

/** A workflow that offers triggers, as it is at a commit. */
export interface Offer { readonly id: string; readonly name: string; readonly hash: string; readonly request: string; readonly triggers: readonly Trigger[] }

export interface Shelf {
  /** Built-in first. Files with mistakes are left out: they are named when somebody asks for them. */
  list(commit: string): Promise<{ name: string; id: string; description: string }[]>;
  /** By id, name, or path in the repository. Rejects with a TreelineError: `unknown-workflow`, `invalid-file` with every mistake. */
  find(commit: string, wanted: string): Promise<FoundWorkflow>;
  /** Workflows that something may start, by id; files with mistakes offer nothing. */
  offers(commit: string): Promise<readonly Offer[]>;
}

export interface FoundWorkflow {
  readonly id: string;
  readonly workflow: Workflow;
  /** Of all texts that it is made of (REQ-WORKFLOW-05). */
  readonly hash: string;
  /** Those of them that are the repository's. */
  readonly own: readonly { readonly path: string; readonly text: string }[];
}

/** `folder`: of the built-in workflows. */
export function createShelf(folder: string, archive: Pick<Archive, 'listFiles' | 'readFile'>): Shelf {
  const at = (commit: string): RepositoryFiles => ({ list: () => archive.listFiles(commit), read: async (path) => Buffer.from(await archive.readFile(commit, path) ?? []).toString('utf8') });
  return {
    list: async (commit) => {
      const rack = await openRack(folder, at(commit));
      return rack.all.flatMap((entry) => {
        const read = rack.read(entry);
        return read.ok ? [{ name: read.value.workflow.name, id: entry.id, description: read.value.workflow.description }] : [];
      });
    },
    offers: async (commit) => {
      const rack = await openRack(folder, at(commit));
      return rack.all.flatMap((entry): Offer[] => {
        const read = rack.read(entry);
        // Of two with one id, the one counts that `find` gives.
        if (!read.ok || read.value.triggers.length === 0 || rack.find(entry.id) !== entry) return [];
        return [{ id: entry.id, name: read.value.workflow.name, hash: hashOf(read.value), request: read.value.request, triggers: read.value.triggers }];
      });
    },
    find: async (commit, wanted) => {
      const rack = await openRack(folder, at(commit));
      const entry = rack.find(wanted);
      if (!entry) throw new TreelineError('unknown-workflow', `There is no workflow "${wanted}" in this repository's base commit.`, `There are: ${rack.all.map(({ id }) => id).join(', ')}. A file of yours belongs in a commit, under ${ownFolder}.`);
      const read = rack.read(entry);
      if (!read.ok) throw new TreelineError('invalid-file', `${entry.path}: ${read.refusal.map(({ line, message, fix }) => `line ${line}: ${message}. ${fix}`).join(' ')}`, 'Mend these lines in a commit, then start from that.');
      return { id: entry.id, workflow: read.value.workflow, hash: hashOf(read.value), own: rack.own(entry, read.value) };
    },
  };
}

/** Every file that there is, read once. */
export interface Rack {
  readonly all: readonly Shelved[];
  /** By path, id, or the name that a person reads. */
  find(wanted: string): Shelved | undefined;
  read(entry: Shelved): Result<ReadWorkflow, readonly Mistake[]>;
  /** What the reader of this entry may know of the others. */
  around(entry: Pick<Shelved, 'id' | 'from'>): Required<ReadOptions>;
  /** The repository's files among the texts that a workflow is made of. */
  own(entry: Shelved, read: ReadWorkflow): readonly { readonly path: string; readonly text: string }[];
}

export async function openRack(folder: string, files: RepositoryFiles): Promise<Rack> {
  const paths = await files.list();
  const builtIn = await Promise.all((await readdir(folder)).filter((name) => yamlEnding.test(name)).sort().map(async (name): Promise<Shelved> => ({ id: name.replace(yamlEnding, ''), path: name, from: 'built-in', text: await readFile(join(folder, name), 'utf8') })));
  const own = await Promise.all(paths.filter((path) => path.startsWith(ownFolder) && yamlEnding.test(path)).map(async (path): Promise<Shelved> => ({ id: basename(path).replace(yamlEnding, ''), path, from: 'repository', text: await files.read(path) })));
  const taken = new Set([...builtIn, ...own].map((entry) => entry.id));
  const zenflow = await Promise.all(paths.filter((path) => path.startsWith(zenflowFolder) && markdownEnding.test(path)).map(async (path): Promise<Shelved> => {
    const id = basename(path).replace(markdownEnding, '');
    return { id: taken.has(id) ? `zenflow-${id}` : id, path, from: 'zenflow', text: await files.read(path) };
  }));
  const verified = zenflow.length > 0 && paths.includes(zenflowSettingsPath) && isVerified(await files.read(zenflowSettingsPath));
  const all = [...builtIn, ...own, ...zenflow];
  const byId = (id: string): Shelved | undefined => own.findLast((entry) => entry.id === id) ?? all.find((entry) => entry.id === id);
  const around = (entry: Pick<Shelved, 'id' | 'from'>): Required<ReadOptions> => surroundingsOf(entry, all, byId, verified);
  const read = (entry: Shelved): Result<ReadWorkflow, readonly Mistake[]> => readShelved(entry, around(entry), verified);
  return {
    all, read, around,
    own: (entry, { texts }) => texts.flatMap(({ id }) => { const used = id === '' ? entry : entry.from === 'built-in' ? undefined : byId(id); return used && used.from !== 'built-in' ? [{ path: used.path, text: used.text }] : []; }),
    find: (wanted) => {
      const said = wanted.replace(/^\.\//, '');
      return all.find((entry) => entry.path === said) ?? byId(said) ?? all.find((entry) => { const found = read(entry); return found.ok && found.value.workflow.name.toLowerCase() === said.toLowerCase(); });
    },
  };
}

function inYaml({ from, text, id }: Shelved, verified: boolean): Result<string, readonly Mistake[]> {
  return from === 'zenflow' ? zenflowToYaml(text, id, verified) : ok(text);
}

/** A built-in workflow uses built-in ones only: what a repository names alike does not get into it. */
function surroundingsOf(entry: Pick<Shelved, 'id' | 'from'>, all: readonly Shelved[], byId: (id: string) => Shelved | undefined, verified: boolean): Required<ReadOptions> {
  const fitting = entry.from === 'built-in' ? all.filter((other) => other.from === 'built-in') : all;
  return {
    id: entry.id, known: fitting.map((other) => other.id),
    resolve: (id) => {
      const used = entry.from === 'built-in' ? fitting.find((other) => other.id === id) : byId(id);
      const text = used && inYaml(used, verified);
      return text?.ok ? text.value : null;
    },
  };
}

function readShelved(entry: Shelved, around: Required<ReadOptions>, verified: boolean): Result<ReadWorkflow, readonly Mistake[]> {
  const yaml = inYaml(entry, verified);
  if (!yaml.ok) return yaml;
  const read = readWorkflow(yaml.value, around);
  return read.ok ? ok({ ...read.value, texts: read.value.texts.map((one) => (one.id === '' ? { id: '', text: entry.text } : one)) }) : read;
}

export function isVerified(settings: string): boolean {
  const read = readZenflowSettings(settings);
  return read.ok && read.value.verification !== null;
}

/** REQ-WORKFLOW-05: of its text, and of the texts that it uses. */
function hashOf({ texts }: ReadWorkflow): string {
  const [own, ...used] = texts;
  return createHash('sha256').update(used.length === 0 ? own?.text ?? '' : JSON.stringify(texts)).digest('hex');
}
