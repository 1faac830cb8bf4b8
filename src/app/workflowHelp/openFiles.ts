/**
 * Workflow files as a person sees them: what is being typed before what is on disk, with the built-in ones.
 * Owns: which repository a file belongs to, and one reading of it for each state of all open files.
 * Refuses: files outside of `.treeline/workflows`; to keep what is on disk: it is read again when something changed.
 */
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseProjectFile, projectFilePath } from '../../gates/projectFile.ts';
import type { InputType } from '../../workflows/workflowFile.ts';
import type { Around, UsableWorkflow } from '../../workflows/help/complete.ts';
import { written } from '../../workflows/help/written.ts';
import type { Written } from '../../workflows/help/written.ts';
import type { Part } from '../../workflows/part.ts';
import { createReader } from '../../workflows/part.ts';
import { checkoutFiles, readSome } from '../checkoutFiles.ts';
import { openRack, ownFolder } from '../workflowShelf.ts';
import type { Rack, RepositoryFiles } from '../workflowShelf.ts';

/** One file as it is now. */
export interface Look {
  readonly text: string;
  readonly part: Part;
  readonly file: Written;
  /** Made when it is first asked for: it reads every other workflow. */
  readonly around: Around;
}
/** Texts that are open, by address. */
export interface OpenTexts { get(uri: string): string | undefined; all(): readonly { readonly uri: string; readonly text: string }[] }

export interface OpenFiles {
  /** Null: no workflow file, or not there. */
  look(uri: string): Promise<Look | null>;
  /** Something was typed, opened, closed or changed on disk. */
  changed(): void;
}

/** `builtIn`: folder of the built-in workflows. */
export function createOpenFiles(builtIn: string, open: OpenTexts): OpenFiles {
  let looks = new Map<string, Promise<Look | null>>();
  let racks = new Map<string, Promise<Rack>>();
  const lastRead = new Map<string, Part>();
  const rackOf = (root: string): Promise<Rack> => {
    const known = racks.get(root) ?? openRack(builtIn, seenFiles(root, open));
    racks.set(root, known);
    return known;
  };
  const take = async (uri: string): Promise<Look | null> => {
    const place = placeOf(uri);
    const text = place && (open.get(uri) ?? await readSome(place.path).catch(() => null));
    if (!place || text === null) return null;
    const rack = await rackOf(place.root);
    const { resolve: resolveUsed, known, id } = rack.around({ id: place.id, from: 'repository' });
    const read = (given: string): Part => createReader(resolveUsed, known).part(given, id);
    const part = read(text);
    // Half a line is no YAML for a moment: then help goes on with the steps that there were.
    if (part.outline.nodes.length > 0) lastRead.set(uri, part);
    return {
      text, part, file: written(text),
      // What could be read as it stands need not be read again with the mark in it.
      around: { read: (marked) => { const made = part.outline.nodes.length > 0 ? part : read(marked); return made.outline.nodes.length > 0 ? made : lastRead.get(uri) ?? made; }, get workflows() { return usable(rack, place.id); }, gates: await gatesOf(place.root, open) },
    };
  };
  return {
    look: (uri) => {
      const known = looks.get(uri) ?? take(uri);
      looks.set(uri, known);
      return known;
    },
    changed: () => { looks = new Map(); racks = new Map(); },
  };
}

/** The repository around a workflow file, the file in it, and its id. */
function placeOf(uri: string): { readonly root: string; readonly path: string; readonly id: string } | null {
  if (!uri.startsWith('file:')) return null;
  const path = fileURLToPath(uri);
  const root = resolve(path, '..', '..', '..');
  const inside = path.replaceAll('\\', '/').endsWith(`/${ownFolder}${basename(path)}`);
  return inside && /\.ya?ml$/.test(path) ? { root, path, id: basename(path).replace(/\.ya?ml$/, '') } : null;
}

function seenFiles(root: string, open: OpenTexts): RepositoryFiles {
  const disk = checkoutFiles(root);
  const typed = new Map<string, string>(open.all().flatMap(({ uri, text }) => { const place = placeOf(uri); return place?.root === root ? [[`${ownFolder}${basename(place.path)}`, text] as [string, string]] : []; }));
  return {
    list: async () => [...new Set([...await disk.list(), ...typed.keys()])],
    // What cannot be read holds up nobody: it is empty, and named where it is used.
    read: async (path) => typed.get(path) ?? await disk.read(path).catch(() => ''),
  };
}

/** Ids of the project's gates; none while its file has a mistake. */
async function gatesOf(root: string, open: OpenTexts): Promise<readonly string[]> {
  const path = join(root, projectFilePath);
  const text = open.get(pathToFileURL(path).href) ?? await readSome(path).catch(() => '');
  try {
    return (parseProjectFile(Buffer.from(text)).gates ?? []).map(({ id }) => id);
  } catch {
    return [];
  }
}

function usable(rack: Rack, own: string): readonly UsableWorkflow[] {
  const ids = [...new Set(rack.all.map(({ id }) => id))].filter((id) => id !== own);
  return ids.flatMap((id): UsableWorkflow[] => {
    const entry = rack.find(id);
    const { head } = entry ? createReader(() => null, []).part(entry.text, null) : { head: null };
    if (!entry || !head || entry.from === 'zenflow') return entry ? [{ id, description: 'a Zenflow workflow', inputs: {} }] : [];
    const inputs = Object.fromEntries(Object.entries(head.inputs ?? {}).map(([name, input]) => {
      const short = typeof input === 'string' || Array.isArray(input);
      return [name, [typeText(short ? input : input.type), short ? '' : input.description ?? ''].filter(Boolean).join(': ')];
    }));
    return [{ id, description: head.description, inputs }];
  });
}

function typeText(type: InputType): string {
  return typeof type === 'string' ? type : type.join(' | ');
}
