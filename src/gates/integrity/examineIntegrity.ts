/**
 * The integrity guard over two commits: reads the texts of what changed from their trees, never from a checkout, and looks at them.
 * Owns: which files are worth a look, how much of a large change is looked at, and that it is done once. Refuses: verdicts.
 */
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { integrityFindingSchema } from '../../core/integrity.ts';
import type { ChangedFile } from '../../ports/archive.ts';
import type { BaseTree, TreeFile } from '../../ports/library.ts';
import type { Log } from '../../ports/system.ts';
import { hashOf } from '../canonical.ts';
import type { GateStore } from '../gateStore.ts';
import { isOtherSource, isTestPath, languageOf, manifestsOf } from './fileRole.ts';
import { findIntegrity, type Integrity } from './findIntegrity.ts';
import { loadParsers, type GrammarFile } from './grammars.ts';
import { ignorePatterns } from './ignorePatterns.ts';
import { movedTestSchema } from './movedTests.ts';
import { readPair, type ReadPair } from './readPair.ts';
import type { Parse } from './syntax.ts';

export interface IntegrityTools { readonly tree: BaseTree; readonly grammars: GrammarFile; readonly store: Pick<GateStore, 'get' | 'put'>; readonly log: Log }

/** `tracked`: every path of the head. */
export interface Change { readonly base: string; readonly head: string; readonly changes: readonly ChangedFile[]; readonly tracked: ReadonlySet<string> }

/** Increased when the same texts would give other findings. */
const version = 8;
const fileLimit = 1_000_000;
const sumLimit = 24_000_000;
const filesLimit = 2_000;

/** Rejects only by the signal's reason, and with what the archive rejects with. */
export async function examineIntegrity(change: Change, tools: IntegrityTools, signal: AbortSignal): Promise<Integrity> {
  const parse = await loadParsers(tools.grammars).catch((error: unknown) => {
    tools.log.warn(`tests are read line by line, since the parsers could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  });
  const key = hashOf({ integrity: version, base: change.base, head: change.head, parsed: parse !== null });
  const known = readFindings(await tools.store.get(key));
  if (known) return known;
  const found = await examine(change, parse, tools, signal);
  await tools.store.put(key, JSON.stringify(found));
  return found;
}

const keptSchema = z.object({ findings: z.array(integrityFindingSchema), moved: z.array(movedTestSchema) });

function readFindings(text: string | null): Integrity | null {
  try {
    return text === null ? null : keptSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function examine({ base, head, changes, tracked }: Change, parse: Parse | null, { tree }: IntegrityTools, signal: AbortSignal): Promise<Integrity> {
  const worth = changes.filter((change) => isWorthALook(change.path) || (change.previous !== null && isWorthALook(change.previous)));
  const ignoreFiles = [...tracked].filter((path) => /(^|\/)\.gitignore$/.test(path)).sort().slice(0, 50);
  const [was, is] = await Promise.all([
    tree.files(base, worth.map((change) => change.previous ?? change.path)), tree.files(head, [...new Set([...worth.map(({ path }) => path), ...ignoreFiles])]),
  ].map(async (files) => new Map((await files).map((file) => [file.path, file]))));
  const sides = worth.map((change) => ({ change, before: change.status === 'added' ? undefined : was?.get(change.previous ?? change.path), after: change.status === 'deleted' ? undefined : is?.get(change.path) }));
  const chosen = withinLimits(sides);
  const ignoring = ignoreFiles.flatMap((path) => is?.get(path) ?? []);
  const contents = await tree.contents([...new Set([...chosen.flatMap(({ before, after }) => [before, after]), ...ignoring].flatMap((file) => (file && mayRead(file) ? [file.hash] : [])))]);
  const text = (file: TreeFile | undefined): string | null => (file && contents.has(file.hash) ? new TextDecoder().decode(contents.get(file.hash)) : null);

  const files: ReadPair[] = [];
  for (const { change, before, after } of chosen) {
    signal.throwIfAborted();
    files.push(readPair({ path: change.path, previous: change.status === 'renamed' ? change.previous : null, before: textOr(before, text), after: textOr(after, text) }, parse));
    // Others in this process want to be heard, too.
    await setImmediate();
  }
  return findIntegrity({
    files, tracked, unread: sides.filter((side) => !chosen.includes(side)).map(({ change }) => change.path), parsed: parse !== null,
    ignored: ignorePatterns(new Map(ignoring.map((file) => [file.path, text(file) ?? '']))),
  });
}

/** A lock file only has to have changed. */
function textOr(file: TreeFile | undefined, text: (file: TreeFile) => string | null): string | null {
  if (file === undefined) return null;
  return manifestsOf(file.path) === null ? text(file) : '';
}

const mayRead = (file: TreeFile): boolean => !file.link && file.bytes !== null && file.bytes <= fileLimit && manifestsOf(file.path) === null;

const isWorthALook = (path: string): boolean => languageOf(path) !== null || isOtherSource(path) || !/\.(md|mdx|txt|rst|adoc|png|jpe?g|gif|svg|ico|webp|pdf|woff2?|ttf|eot|mp[34]|zip|gz|tgz|wasm|map|css|scss|less|html?|csv|tsv|parquet|sqlite|db|bin)$/i.test(path);

interface Sides { readonly change: ChangedFile; readonly before: TreeFile | undefined; readonly after: TreeFile | undefined }

/** Tests first where not everything can be read. */
function withinLimits(sides: readonly Sides[]): readonly Sides[] {
  const fits = sides.filter(({ before, after }) => [before, after].every((file) => file === undefined || mayRead(file) || manifestsOf(file.path) !== null));
  let sum = 0;
  return [...fits].sort((left, right) => Number(isTestPath(right.change.path)) - Number(isTestPath(left.change.path))).slice(0, filesLimit).filter(({ before, after }) => {
    sum += (before?.bytes ?? 0) + (after?.bytes ?? 0);
    return sum <= sumLimit;
  });
}
