/**
 * A map of the repository in so many tokens: folders with how much is in them, files that say how it is built, what sources offer.
 * Owns: what is worth its place. Deterministic: the same tree and budget give the same bytes. Refuses: what belongs to others or is made by machines.
 */
import type { BaseTree, TreeFile } from '../ports/library.ts';
import { byCodeUnits } from './catalogue.ts';
import { exportedNames, importedNames, isSource } from './exportedNames.ts';
import { cutToTokens, tokensOf } from './tokens.ts';

const skipped = /(^|\/)(node_modules|bower_components|vendor|third_party|dist|build|out|target|coverage|\.git|__pycache__|generated|__generated__|__snapshots__)\//;
const noSource = /(^|\/)(tests?|specs?|__tests__|fixtures|testdata|examples?|migrations)\/|[._-](test|spec|min|d|pb|generated)\.\w+$|_test\.go$|_pb2\.py$/i;
const keyFile = /(^|\/)(package\.json|tsconfig\.json|pyproject\.toml|setup\.py|requirements\.txt|Cargo\.toml|go\.(mod|work)|pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|Gemfile|composer\.json|CMakeLists\.txt|Makefile|justfile|Taskfile\.ya?ml|Dockerfile|(docker-)?compose\.ya?ml|mix\.exs|Package\.swift|.+\.(csproj|sln)|README\.md|CONTRIBUTING\.md)$|^\.github\/workflows\/[^/]+\.ya?ml$|^\.treeline\/.+\.ya?ml$/;
/** A name that says only that its folder begins here. */
const entry = /^(index|main|mod|lib|__init__|app)$/;
const maxNames = 10;
const maxSources = 1_500;
const maxSourceBytes = 100_000;
const maxBytesRead = 12_000_000;
const shares = { folders: 0.35, keys: 0.15 } as const;

/** Empty for no tokens or no files. */
export async function repositoryMap(tree: BaseTree, files: readonly TreeFile[], tokens: number): Promise<string> {
  const own = files.filter(({ path }) => !skipped.test(path));
  if (tokens <= 0 || own.length === 0) return '';
  const head = `${own.length} files${endingsOf(own)}`;
  const folders = folderLines(own, tokens * shares.folders);
  const keys = fitted(own.filter(({ path }) => keyFile.test(path)).map(({ path }) => path).toSorted((left, right) => depthOf(left) - depthOf(right) || byCodeUnits(left, right)), tokens * shares.keys).toSorted(byCodeUnits);
  const above = [head, ...(folders.length > 0 ? ['', 'Folders (files in them):', ...folders] : []), ...(keys.length > 0 ? ['', 'Files that say how it is built and run:', ...keys] : [])].join('\n');
  const room = tokens - tokensOf(above) - 12;
  const offers = room <= 0 ? [] : fitted((await offered(tree, own)).map(({ path, names }) => `${path}: ${names.slice(0, maxNames).join(', ')}${names.length > maxNames ? ', …' : ''}`), room).toSorted(byCodeUnits);
  return cutToTokens([above, ...(offers.length > 0 ? ['', 'What sources offer, those that others use most:', ...offers] : [])].join('\n'), tokens);
}

/** `: .ts 120, .md 14`: the most frequent endings. */
function endingsOf(files: readonly TreeFile[]): string {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const ending = /\.[A-Za-z0-9]{1,8}$/.exec(path)?.[0];
    if (ending !== undefined) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const most = [...counts].toSorted(([left, a], [right, b]) => b - a || byCodeUnits(left, right)).slice(0, 6);
  return most.length === 0 ? '' : `: ${most.map(([ending, count]) => `${ending} ${count}`).join(', ')}`;
}

/** The upper folders first, the fuller before the emptier, as many as there is room for; shown as a tree. */
function folderLines(files: readonly TreeFile[], tokens: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const { path } of files) for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) counts.set(path.slice(0, at), (counts.get(path.slice(0, at)) ?? 0) + 1);
  const line = (folder: string): string => `${'  '.repeat(depthOf(folder))}${folder.slice(folder.lastIndexOf('/') + 1)}/ ${counts.get(folder) ?? 0}`;
  const order = [...counts].toSorted(([left, a], [right, b]) => depthOf(left) - depthOf(right) || b - a || byCodeUnits(left, right)).map(([folder]) => folder);
  const kept = new Set<string>();
  let left = tokens;
  for (const folder of order) {
    const cost = (line(folder).length + 1) / 4;
    const above = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : null;
    if (cost > left || (above !== null && !kept.has(above))) continue;
    left -= cost;
    kept.add(folder);
  }
  // "/" comes before everything else in a name, so that a folder is followed by what is in it.
  return [...kept].toSorted((one, other) => byCodeUnits(one.replaceAll('/', '\u0001'), other.replaceAll('/', '\u0001'))).map(line);
}

/** Sources with what they offer, those that most others bring in first. */
async function offered(tree: BaseTree, files: readonly TreeFile[]): Promise<readonly { readonly path: string; readonly names: readonly string[] }[]> {
  const candidates = files.filter((file) => !file.link && isSource(file.path) && !noSource.test(file.path) && (file.bytes ?? maxSourceBytes) < maxSourceBytes)
    .map((file) => ({ ...file, depth: depthOf(file.path) })).toSorted((left, right) => left.depth - right.depth || byCodeUnits(left.path, right.path));
  const read: TreeFile[] = [];
  let bytes = 0;
  for (const file of candidates) {
    if (read.length === maxSources || bytes + (file.bytes ?? 0) > maxBytesRead) break;
    bytes += file.bytes ?? 0;
    read.push(file);
  }
  const contents = await tree.contents([...new Set(read.map(({ hash }) => hash))]);
  const decoder = new TextDecoder();
  const users = new Map<string, number>();
  const owners = new Map<string, number>();
  const sources = read.flatMap(({ path, hash }) => {
    const content = contents.get(hash);
    if (content === undefined) return [];
    const text = decoder.decode(content);
    for (const name of importedNames(path, text)) users.set(name, (users.get(name) ?? 0) + 1);
    const stem = stemOf(path);
    owners.set(stem, (owners.get(stem) ?? 0) + 1);
    const names = exportedNames(path, text);
    return names.length > 0 ? [{ path, names, stem }] : [];
  });
  const worth = ({ stem }: { readonly stem: string }): number => (users.get(stem) ?? 0) / (owners.get(stem) ?? 1);
  return sources.toSorted((left, right) => worth(right) - worth(left) || depthOf(left.path) - depthOf(right.path) || byCodeUnits(left.path, right.path));
}

/** By what others name it: the folder's name for `index.ts` and its like. */
function stemOf(path: string): string {
  const names = path.split('/');
  const name = (names.at(-1) ?? '').replace(/\..*$/, '');
  return entry.test(name) ? names.at(-2) ?? name : name;
}

function depthOf(path: string): number {
  let depth = 0;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth += 1;
  return depth;
}

function fitted(lines: readonly string[], tokens: number): readonly string[] {
  const kept: string[] = [];
  let left = tokens;
  for (const line of lines) {
    const cost = (line.length + 1) / 4;
    if (cost > left) break;
    left -= cost;
    kept.push(line);
  }
  return kept;
}
