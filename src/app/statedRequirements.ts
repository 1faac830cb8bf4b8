/**
 * What `verify` can know of requirements: those of the specifications that somebody names, else those that the change itself brings.
 * Owns: which of them a test has to show. Refuses: to guess at what a change was asked to do.
 */
import { TreelineError } from '../client/treelineError.ts';
import type { StatedRequirements } from '../core/completeness.ts';
import { placeOf } from '../context/place.ts';
import type { Archive } from '../ports/archive.ts';
import type { SpecLibrary } from '../ports/library.ts';

/** More than a change brings; each is looked for in every test's name. */
const most = 300;

/** @param specs paths and globs of specifications; empty: nobody named any @throws TreelineError where none is found by them */
export async function statedRequirements(tools: { readonly archive: Pick<Archive, 'changes'>; readonly library: Pick<SpecLibrary, 'look' | 'changes'> }, base: string, commit: string, specs: readonly string[]): Promise<StatedRequirements> {
  if (specs.length > 0) {
    const { files } = await tools.library.look(commit, '', specs);
    const chosen = files.filter((file) => file.chosen && !file.always);
    if (chosen.length === 0) throw new TreelineError('invalid-request', `No specification of the head is found by ${specs.map((glob) => `"${glob}"`).join(', ')}.`, 'Look at "treeline specs" for those that are there.');
    const wanted = chosen.flatMap(({ requirements }) => requirements.map(({ id, file, line }) => ({ requirement: id, file, line }))).slice(0, most);
    return { by: 'person', wanted, all: wanted.map(({ requirement }) => requirement) };
  }
  const touched = (await tools.archive.changes(base, commit)).some(({ path }) => { const kind = placeOf(path)?.kind; return kind === 'requirements' || kind === 'document'; });
  const changes = touched ? await tools.library.changes(base, commit, []) : [];
  const wanted = changes.flatMap(({ path, requirements }) => requirements.filter(({ change }) => change === 'added').map(({ id }) => ({ requirement: id, file: path, line: null }))).slice(0, most);
  return { by: 'change', wanted, all: wanted.length === 0 ? [] : [...new Set([...wanted.map(({ requirement }) => requirement), ...changes.flatMap(({ states }) => states)])].slice(0, most) };
}
