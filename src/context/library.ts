/**
 * The spec context of a task: the project's rules and specifications, read from the base commit's tree, never from the checkout.
 * Owns: that the same commit and choice give the same bytes (provider caches hang on that), and what is kept in memory between questions.
 * Refuses: what is never sent, whoever asks for it.
 */
import { createHash } from 'node:crypto';
import type { BaseTree, SpecLibrary, SpecLook } from '../ports/library.ts';
import { readCatalogue, readPicked } from './catalogue.ts';
import type { Catalogue, Spec } from './catalogue.ts';
import { choose, noSpecs, pick } from './choice.ts';
import { contextText } from './contextText.ts';
import type { Limits } from './contextText.ts';
import { withheldBy } from './neverSend.ts';
import type { NeverSend } from './neverSend.ts';
import { repositoryMap } from './repositoryMap.ts';
import { requirementsOf } from './requirements.ts';
import { specChanges } from './specChanges.ts';
import { tokensOf } from './tokens.ts';

export interface LibraryOptions {
  readonly tree: BaseTree;
  /** As the user's settings are now. */
  readonly limits: () => Limits;
  /** What is never sent beside the built-in list: the user's, and what the commit's project file adds. Rejects where that cannot be understood. */
  readonly neverSend: (commit: string) => Promise<readonly NeverSend[]>;
}

const maxKept = 16;
const maxCommits = 4;
const maxNamed = 20;

export function createLibrary({ tree, limits, neverSend }: LibraryOptions): SpecLibrary {
  // Every attempt of a task asks for the same; a commit never changes, but the user's settings may.
  const catalogues = createKeep<Catalogue>(maxCommits);
  const maps = createKeep<string>(maxCommits);
  const contexts = createKeep<Awaited<ReturnType<SpecLibrary['contextOf']>>>(maxKept);

  const rulesOf = async (commit: string): Promise<{ readonly key: string; readonly added: readonly NeverSend[] }> => {
    const added = await neverSend(commit);
    return { added, key: JSON.stringify([commit, added]) };
  };
  const catalogueOf = async (commit: string): Promise<{ readonly key: string; readonly catalogue: Catalogue }> => {
    const { key, added } = await rulesOf(commit);
    return { key, catalogue: await catalogues(key, () => readCatalogue(tree, commit, withheldBy(added))) };
  };
  const mapOf = ({ key, catalogue }: { readonly key: string; readonly catalogue: Catalogue }, { mapTokens }: Limits): Promise<string> => maps(JSON.stringify([key, mapTokens]), () => repositoryMap(tree, catalogue.files, mapTokens));

  /** The files of a choice; those that lie nowhere special are read for it. */
  async function specsOf(catalogue: Catalogue, paths: readonly string[]): Promise<{ readonly specs: readonly Spec[]; readonly unread: readonly string[] }> {
    const byPath = new Map(catalogue.specs.map((spec) => [spec.path, spec]));
    const picked = await readPicked(tree, catalogue, paths.filter((path) => !byPath.has(path)));
    for (const spec of picked.specs) byPath.set(spec.path, spec);
    return { specs: paths.flatMap((path) => byPath.get(path) ?? []).filter((spec) => !spec.always), unread: picked.unread };
  }

  const contextOf: SpecLibrary['contextOf'] = async (commit, choice) => {
    const found = await catalogueOf(commit);
    const limit = limits();
    return contexts(JSON.stringify([found.key, limit, choice]), async () => {
      const { paths, remarks } = pick(found.catalogue, choice);
      const { specs, unread } = await specsOf(found.catalogue, paths);
      const rules = found.catalogue.specs.filter((spec) => spec.always);
      const told = contextText({ rules, specs, map: await mapOf(found, limit), remarks: [...remarks, ...unreadLine(unread)], limits: limit });
      return { ...told, hash: hashOf([...rules, ...specs].filter(({ path }) => told.files.includes(path))) };
    });
  };

  return {
    contextOf,
    look: async (commit, request, choice) => {
      const found = await catalogueOf(commit);
      const { catalogue } = found;
      const limit = limits();
      const map = await mapOf(found, limit);
      const rules = catalogue.specs.filter((spec) => spec.always);
      const others = catalogue.specs.filter((spec) => !spec.always);
      const picked = choice.length === 0 ? null : pick(catalogue, choice);
      const { specs: named, unread } = picked && !picked.onlyLess ? await specsOf(catalogue, picked.paths) : { specs: [], unread: [] };
      const bare = contextText({ rules, specs: [], map, remarks: [], limits: limit });
      const reasons = picked && !picked.onlyLess ? new Map(named.map(({ path }) => [path, { chosen: true, why: 'picked' }]))
        : choose(others.filter(({ path }) => picked === null || !picked.less(path)), request, limit.tokens - tokensOf(bare.text));
      const files = [...rules.map((spec) => ({ ...spec, chosen: true, why: 'always in' })), ...[...others, ...named.filter((spec) => !others.includes(spec))].map((spec) => ({ ...spec, ...(reasons.get(spec.path) ?? { chosen: false, why: 'not picked' }) }))];
      const chosen = files.filter((file) => file.chosen && !file.always).map(({ path }) => path);
      const pinned = chosen.length > 0 || others.length === 0 ? chosen : noSpecs;
      const { text } = await contextOf(commit, pinned);
      const { repeated } = requirementsOf(files.filter((file) => file.requirements.length > 0 && file.chosen));
      const look: SpecLook = {
        files: files.map(({ text: _, headings: __, order: ___, ...file }) => file), tokens: tokensOf(text), mapTokens: tokensOf(map), budget: limit.tokens, choice: pinned, withheld: catalogue.withheld,
        remarks: [...(picked?.remarks ?? []), ...unreadLine([...catalogue.unread, ...unread]), ...repeated.map(({ id, file, line }) => `${id} is the name of something else already: ${file}:${line} does not count.`)],
      };
      return look;
    },
    changes: async (from, to, choice) => {
      const at = async (commit: string): Promise<readonly Spec[]> => {
        const { catalogue } = await catalogueOf(commit);
        const { specs } = await specsOf(catalogue, pick(catalogue, choice).paths);
        return [...catalogue.specs.filter((spec) => spec.always), ...specs];
      };
      return specChanges(await at(from), await at(to));
    },
    withheld: async (commit) => withheldBy((await rulesOf(commit)).added),
  };
}

/** The same for the same files with the same contents. */
function hashOf(specs: readonly Spec[]): string {
  return createHash('sha256').update(specs.map(({ path, hash }) => `${hash} ${path}\n`).sort().join('')).digest('hex');
}

function unreadLine(unread: readonly string[]): readonly string[] {
  return unread.length === 0 ? [] : [`Not read: ${unread.slice(0, maxNamed).join(', ')}${unread.length > maxNamed ? ` and ${unread.length - maxNamed} more` : ''}.`];
}

/** Remembers the newest answers; a failed one is asked for again next time. */
function createKeep<Value>(most: number): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, Promise<Value>>();
  return (key, make) => {
    const known = kept.get(key);
    if (known) return known;
    const made = make();
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return made;
  };
}
