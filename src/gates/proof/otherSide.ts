/**
 * One side's tests over the other side's sources: which files are laid over a checkout, and what a run of it says of a test.
 * Owns: which files are tests and their support; tests that live in a source (Rust) move alone. Refuses: to run anything.
 */
import type { Outcome } from '../../core/redGreen.ts';
import type { Archive, ChangedFile } from '../../ports/archive.ts';
import type { GateRun } from '../gateRun.ts';
import { isOtherSource, isSnapshot, isTestPath, languageOf } from '../integrity/fileRole.ts';
import { causeOf, type Brings } from './failureCause.ts';

/** Path → text to be laid there; null: nothing is. */
export type Patch = ReadonlyMap<string, Uint8Array | null>;

export interface TestPatches { /** The head's tests, for the base's sources; null: the change has none. */ readonly ofHead: Patch | null; /** The base's tests that the change edits, for the head's sources. */ readonly ofBase: Patch | null }

const isTest = (path: string): boolean => isTestPath(path) || isSnapshot(path);
/** What tests read beside them decides them, too: an expected result in a file of its own. Documents, and all of a folder called `specs` that is not code, are none. */
const isRun = (path: string): boolean => languageOf(path) !== null || isOtherSource(path) || isSnapshot(path) || (isTestPath(path.replace(/(^|\/)specs?\//gi, '$1')) && !/\.(md|mdx|rst|adoc)$/i.test(path));
const filesLimit = 3_000;

export async function testPatches(archive: Pick<Archive, 'readFile'>, base: string, head: string, changes: readonly ChangedFile[]): Promise<TestPatches> {
  const ofHead = new Map<string, Uint8Array | null>();
  const ofBase = new Map<string, Uint8Array | null>();
  const moved = changes.filter(({ path, previous, marks }) => (isTest(path) || (previous !== null && isTest(previous))) && !marks.includes('symlink')).slice(0, filesLimit);
  for (const { path, previous, status } of moved) {
    if (status !== 'added' && status !== 'renamed') ofBase.set(path, await archive.readFile(base, path));
    if (status === 'renamed' && previous !== null) {
      ofBase.set(path, null).set(previous, await archive.readFile(base, previous));
      ofHead.set(previous, null);
    }
    ofHead.set(path, status === 'deleted' ? null : await archive.readFile(head, path));
  }
  for (const { path, status } of changes) {
    if (!path.endsWith('.rs') || status !== 'modified' || ofHead.has(path)) continue;
    const [before, after] = [await archive.readFile(base, path), await archive.readFile(head, path)].map((bytes) => new TextDecoder().decode(bytes ?? new Uint8Array()));
    const own = withTestsOf(before ?? '', after ?? ''), other = withTestsOf(after ?? '', before ?? '');
    if (own !== null) ofHead.set(path, new TextEncoder().encode(own));
    if (other !== null) ofBase.set(path, new TextEncoder().encode(other));
  }
  const runs = (patch: Patch): Patch | null => ([...patch].some(([path]) => isRun(path)) ? patch : null);
  return { ofHead: runs(ofHead), ofBase: runs(ofBase) };
}

/** A Rust source with the tests that another state of it ends with; null: the same, or they do not end it as is customary. */
function withTestsOf(source: string, other: string): string | null {
  const [own, theirs] = [splitTests(source), splitTests(other)];
  if (own === null || theirs === null || theirs.tests === '' || own.tests === theirs.tests) return null;
  return `${own.code.trimEnd()}\n\n${theirs.tests}`;
}

function splitTests(source: string): { readonly code: string; readonly tests: string } | null {
  const starts = [...source.matchAll(/^#\[cfg\(test\)\]\s*\n(?:#\[[^\n]*\]\s*\n)*mod \w+ \{/gm)];
  const [start] = starts;
  if (start === undefined) return { code: source, tests: '' };
  const tests = source.slice(start.index);
  // What is inside of a module is indented: a line of its own that begins otherwise, but the last brace, is other code.
  const outside = tests.trimEnd().split('\n').slice(start[0].split('\n').length, -1).some((line) => /^[^\s/#"]/.test(line));
  return starts.length > 1 || outside || !tests.trimEnd().endsWith('\n}') ? null : { code: source.slice(0, start.index), tests };
}

/**
 * What a run of a patched checkout says of each test.
 * @param expected ids that the run would have if all could be loaded
 */
export function outcomesOf(run: GateRun, expected: ReadonlySet<string>, brings: Brings): (test: string) => Outcome {
  const tests = new Map((run.report?.tests ?? []).map((test) => [test.id, test]));
  // A file or package that does not load is a failed test of its own name; where nothing loads, the output says it.
  const unloaded = [...tests.values()].filter((test) => test.state === 'failed' && !expected.has(test.id));
  return (test) => {
    const own = tests.get(test);
    if (own?.state === 'passed') return { kind: 'passed' };
    if (own?.state === 'failed') return { kind: 'failed', cause: causeOf(own.message, brings), shown: shownOf(own.message) };
    if (own?.state === 'skipped') return { kind: 'absent', shown: 'is skipped there' };
    if (run.end?.kind === 'timed-out') return { kind: 'absent', shown: 'the run took too long' };
    const words = (unloaded.find((one) => test.startsWith(`${one.id} › `)) ?? unloaded.find((one) => one.file !== null && test.startsWith(one.file)) ?? (unloaded.length === 1 ? unloaded[0] : undefined))?.message ?? '';
    for (const text of [words, run.tail]) if (causeOf(text, brings) === 'missing-feature') return { kind: 'failed', cause: 'missing-feature', shown: shownOf(text) };
    return { kind: 'absent', shown: shownOf(words || run.tail) || 'is not in the report' };
  };
}

const shownLines = 12;
function shownOf(text: string): string {
  return text.trim().split('\n').slice(-40).slice(0, shownLines).join('\n');
}
