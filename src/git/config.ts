/**
 * The person's git configuration as data. Owns: reading it with scopes, and which of it a git dir of ours takes over (an allow-list).
 * Refuses: to take a setting that can run something, but for filters of the person's own scope.
 */
import type { Git } from './runGit.ts';

export interface ConfigEntry { readonly scope: string; readonly key: string; readonly value: string }

export async function readConfig(git: Git, directory: string, environment: Readonly<Record<string, string>>): Promise<readonly ConfigEntry[]> {
  const { stdout } = await git({ args: ['config', '--show-scope', '-z', '--list'], cwd: directory, environment });
  return parseConfig(stdout.toString()).filter((entry) => entry.scope !== 'command');
}

/** Reads `config --show-scope -z --list`: scope NUL key LF value NUL; a key without LF is true. */
export function parseConfig(text: string): readonly ConfigEntry[] {
  const parts = text.split('\0');
  const entries: ConfigEntry[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [scope = '', pair = ''] = [parts[at], parts[at + 1]];
    const cut = pair.indexOf('\n');
    entries.push({ scope, key: cut === -1 ? pair : pair.slice(0, cut), value: cut === -1 ? 'true' : pair.slice(cut + 1) });
  }
  return entries;
}

/** The value that git would take: the last one. Keys are compared as git gives them: section and name in lower case. */
export function settingOf(entries: readonly ConfigEntry[], key: string, scopes?: readonly string[]): string | null {
  return entries.findLast((entry) => entry.key === key && (scopes === undefined || scopes.includes(entry.scope)))?.value ?? null;
}

/** Scopes that only the person (or who runs the machine) writes. */
export const personalScopes: readonly string[] = ['system', 'global'];

const takenOver = ['core.autocrlf', 'core.eol', 'core.filemode', 'core.symlinks', 'core.ignorecase', 'core.precomposeunicode', 'core.longpaths', 'core.sharedrepository'];

export interface GitDirConfig {
  readonly bare: boolean;
  /** File with the person's own attributes, or null. */
  readonly attributesFile: string | null;
  /** Folder of LFS objects, so that a filter of the person's finds them. */
  readonly lfs: string | null;
  /** Values of `filter.<name>.<key>` to take over. */
  readonly filters: readonly ConfigEntry[];
  readonly name: string | null;
  readonly email: string | null;
}

/** Text of the `config` of a git dir of ours. */
export function gitDirConfigText(entries: readonly ConfigEntry[], own: GitDirConfig): string {
  const format = settingOf(entries, 'extensions.objectformat');
  const pairs: [section: string, name: string, value: string | null][] = [
    ['core', 'repositoryformatversion', format === null ? '0' : '1'], ['core', 'bare', String(own.bare)], ['core', 'logallrefupdates', 'false'],
    ...takenOver.map((key): [string, string, string | null] => ['core', key.slice('core.'.length), settingOf(entries, key)]),
    ['core', 'attributesfile', own.attributesFile], ['core', 'excludesfile', own.bare ? null : ''], ['extensions', 'objectformat', format], ['lfs', 'storage', own.lfs],
    ...own.filters.map(({ key, value }): [string, string, string] => [`filter "${escaped(key.slice('filter.'.length, key.lastIndexOf('.')))}"`, key.slice(key.lastIndexOf('.') + 1), value]),
    ['user', 'name', own.name], ['user', 'email', own.email], ['gc', 'auto', '0'],
  ];
  return pairs.flatMap(([section, name, value]) => (value === null ? [] : [`[${section}]\n\t${name} = "${escaped(value)}"\n`])).join('');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
