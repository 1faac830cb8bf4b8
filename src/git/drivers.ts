/**
 * Programs that git runs by names of a repository's choice: filters and merge drivers. Owns: telling the person's own from the repository's,
 * switching the latter off, and stopping where a changed file would need one (I7). Refuses: to run a driver that anything but the person's own scope defines.
 */
import { createHash } from 'node:crypto';
import { GitError } from '../ports/archive.ts';
import { pathText } from './bytePath.ts';
import { personalScopes, type ConfigEntry } from './config.ts';
import { bytesOf, records, type GitCall, type GitOutput } from './runGit.ts';

const filterKeys = ['clean', 'smudge', 'process', 'required'];

function driverOf(key: string, kind: 'filter' | 'merge'): string | null {
  const last = key.lastIndexOf('.');
  return key.startsWith(`${kind}.`) && last > kind.length ? key.slice(kind.length + 1, last) : null;
}

/** Filters that the person's own scope defines, as settings to take over. */
export function personalFilters(entries: readonly ConfigEntry[]): readonly ConfigEntry[] {
  return entries.filter((entry) => personalScopes.includes(entry.scope) && driverOf(entry.key, 'filter') !== null && filterKeys.includes(entry.key.slice(entry.key.lastIndexOf('.') + 1)));
}

export function personalFilterNames(entries: readonly ConfigEntry[]): ReadonlySet<string> {
  return new Set(personalFilters(entries).flatMap((entry) => driverOf(entry.key, 'filter') ?? []));
}

/** Drivers that only the repository's own configuration defines or changes: named to the person, never run. */
export function foreignDrivers(entries: readonly ConfigEntry[]): { readonly filters: readonly string[]; readonly merges: readonly string[] } {
  const foreign = entries.filter((entry) => !personalScopes.includes(entry.scope));
  const names = (kind: 'filter' | 'merge'): string[] => [...new Set(foreign.flatMap((entry) => driverOf(entry.key, kind) ?? []))].sort();
  return { filters: names('filter'), merges: names('merge') };
}

/**
 * Environment that switches foreign drivers off in the person's own repository. By GIT_CONFIG_COUNT and not by `-c`, which cuts at the first `=`
 * and so would miss a driver with one in its name. An empty `merge.X.driver` is fatal to git, `false` is a clean conflict.
 */
export function driversOff(entries: readonly ConfigEntry[]): Readonly<Record<string, string>> {
  const { filters, merges } = foreignDrivers(entries);
  const own = personalFilters(entries);
  const pairs = [
    ...filters.flatMap((name) => filterKeys.map((key): [string, string] => {
      const full = `filter.${name}.${key}`;
      return [full, own.findLast((entry) => entry.key === full)?.value ?? (key === 'required' ? 'false' : '')];
    })),
    ...merges.map((name): [string, string] => [`merge.${name}.driver`, 'false']),
  ];
  if (pairs.length === 0) return {};
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(pairs.length)], ...pairs.flatMap(([key, value], at): [string, string][] => [[`GIT_CONFIG_KEY_${at}`, key], [`GIT_CONFIG_VALUE_${at}`, value]])]);
}

/** Of everything that configures a filter, in whatever scope: a landing compares it with what it was at the start (I9). */
export function filterFingerprint(entries: readonly ConfigEntry[]): string {
  const about = entries.filter((entry) => entry.key.startsWith('filter.')).map(({ scope, key, value }) => [scope, key, value]);
  return createHash('sha256').update(JSON.stringify(about)).digest('hex');
}

/**
 * Filters that attributes put on paths.
 * @param git runs where the attributes are: in a work tree with an index
 * @returns byte path → filter, for those that have one
 */
export async function filtersOn(git: (call: Omit<GitCall, 'cwd'>) => Promise<GitOutput>, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const parts = records((await git({ args: ['check-attr', '-z', '--stdin', 'filter'], input: bytesOf(paths) })).stdout);
  const found = new Map<string, string>();
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [path = '', , filter = ''] = parts.slice(at, at + 3);
    if (!['unspecified', 'unset', 'set'].includes(filter)) found.set(path, filter);
  }
  return found;
}

/** Throws `unsupported-filter` when a path is under a filter that is not the person's own. */
export function refuseForeignFilters(found: ReadonlyMap<string, string>, own: ReadonlySet<string>): void {
  const foreign = [...found].filter(([, filter]) => !own.has(filter));
  if (foreign.length === 0) return;
  const names = [...new Set(foreign.map(([, filter]) => `"${pathText(filter)}"`))].join(', ');
  const paths = foreign.slice(0, 5).map(([path]) => pathText(path)).join(', ');
  throw new GitError('unsupported-filter', `changed files are under the filter ${names}, which is not in your own git configuration: ${paths}${foreign.length > 5 ? ` and ${foreign.length - 5} more` : ''}`,
    'If you trust the filter, define it in your own configuration (git config --global filter.…), otherwise take the attribute away; then retry');
}
