/**
 * All rules and specifications of one commit. Owns: finding and reading them, many at once, and which content is withheld.
 * Refuses: to read what is withheld, what is huge, and links that lead out of the tree.
 */
import { posix } from 'node:path';
import type { BaseTree, FoundSpec, TreeFile } from '../ports/library.ts';
import { namedRule, pickedPlace, placeOf, rulesInSettings, zenflowSettings } from './place.ts';
import type { Place } from './place.ts';
import { readSpec } from './readSpec.ts';
import { tokensOfBytes } from './tokens.ts';

export interface Spec extends FoundSpec { readonly text: string; readonly headings: readonly string[]; /** Order among the rules. */ readonly order: number }

export interface Catalogue {
  readonly commit: string;
  /** Rules first, in their order, then the others by path. */
  readonly specs: readonly Spec[];
  /** All files of the commit but those withheld. */
  readonly files: readonly TreeFile[];
  readonly withheld: number;
  /** What lies where a specification lies and could not be read, with why. */
  readonly unread: readonly string[];
}

const maxBytes = 1_000_000;
const maxSpecs = 4_000;
const maxTotalBytes = 64_000_000;
const maxHops = 5;

/** `withheld`: see neverSend.ts. */
export async function readCatalogue(tree: BaseTree, commit: string, withheld: (path: string) => string | null): Promise<Catalogue> {
  const all = await tree.files(commit);
  const files = all.filter(({ path }) => withheld(path) === null);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const settings = byPath.get(zenflowSettings);
  const named = settings ? rulesInSettings(await textOfFile(tree, settings) ?? '') : [];
  const isNamed = (path: string): boolean => named.some((name) => path === name || (path.startsWith(`${name}/`) && /\.(md|mdc|txt)$/.test(path)));
  const found = files.flatMap((file) => {
    const place = placeOf(file.path) ?? (named.length > 0 && isNamed(file.path) ? namedRule : null);
    return place ? [{ file, place }] : [];
  }).toSorted((left, right) => left.place.order - right.place.order || byCodeUnits(left.file.path, right.file.path));
  const { specs, unread } = await readSpecs(tree, found.slice(0, maxSpecs), byPath);
  const more = found.length > maxSpecs ? [`${found.length - maxSpecs} more files: only ${maxSpecs} are read`] : [];
  return { commit, specs, files, withheld: all.length - files.length, unread: [...unread, ...more] };
}

/** Files that a person picks although they lie nowhere special. */
export async function readPicked(tree: BaseTree, catalogue: Catalogue, paths: readonly string[]): Promise<{ readonly specs: readonly Spec[]; readonly unread: readonly string[] }> {
  const byPath = new Map(catalogue.files.map((file) => [file.path, file]));
  const wanted = paths.flatMap((path) => byPath.get(path) ?? []).slice(0, maxSpecs);
  return readSpecs(tree, wanted.map((file) => ({ file, place: pickedPlace })), byPath);
}

async function readSpecs(tree: BaseTree, found: readonly { readonly file: TreeFile; readonly place: Place }[], byPath: ReadonlyMap<string, TreeFile>): Promise<{ readonly specs: readonly Spec[]; readonly unread: readonly string[] }> {
  const links = found.filter(({ file }) => file.link).map(({ file }) => file);
  const targets = links.length === 0 ? new Map<string, Uint8Array>() : await tree.contents([...byPath.values()].filter((file) => file.link).map(({ hash }) => hash));
  const unread: string[] = [];
  let total = 0;
  const readable = found.flatMap(({ file, place }) => {
    const real = followed(file, byPath, targets);
    if (real === null) unread.push(`${file.path} (a link that leads to no file that may be read)`);
    else if (real.bytes === null) unread.push(`${file.path} (its content is not here: a partial clone)`);
    else if (real.bytes > maxBytes || total + real.bytes > maxTotalBytes) unread.push(`${file.path} (${real.bytes} bytes)`);
    else {
      total += real.bytes;
      return [{ file, place, real }];
    }
    return [];
  });
  const contents = await tree.contents([...new Set(readable.map(({ real }) => real.hash))]);
  const seen = new Set<string>();
  const specs: Spec[] = [];
  for (const { file, place, real } of readable) {
    const text = textOf(contents.get(real.hash));
    if (text === null) unread.push(`${file.path} (no text)`);
    // One file under several names (CLAUDE.md → AGENTS.md) says everything once.
    else if (text.trim() !== '' && !(place.kind === 'rules' && seen.has(`${posix.dirname(file.path)} ${real.hash}`))) {
      if (place.kind === 'rules') seen.add(`${posix.dirname(file.path)} ${real.hash}`);
      const { kind, format, order } = place;
      specs.push({ path: file.path, kind, format, bytes: real.bytes ?? 0, tokens: tokensOfBytes(real.bytes ?? 0), hash: real.hash, text, order, ...readSpec(file.path, text, place) });
    }
  }
  return { specs, unread: unread.toSorted(byCodeUnits) };
}

/** The file itself, or the one that a link leads to inside the tree; null: it leads out, in a circle, or to what is withheld. */
function followed(file: TreeFile, byPath: ReadonlyMap<string, TreeFile>, targets: ReadonlyMap<string, Uint8Array>): TreeFile | null {
  let at: TreeFile | undefined = file;
  for (let hop = 0; hop < maxHops && at?.link === true; hop += 1) {
    const target: string = new TextDecoder().decode(targets.get(at.hash) ?? new Uint8Array());
    at = byPath.get(posix.normalize(posix.join(posix.dirname(at.path), target)));
  }
  return at === undefined || at.link ? null : at;
}

async function textOfFile(tree: BaseTree, file: TreeFile): Promise<string | null> {
  if (file.link || file.bytes === null || file.bytes > maxBytes) return null;
  return textOf((await tree.contents([file.hash])).get(file.hash));
}

/** Null: missing or binary. */
function textOf(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined || bytes.includes(0)) return null;
  return new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
}

/** The same everywhere, whatever the machine's language. */
export function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
