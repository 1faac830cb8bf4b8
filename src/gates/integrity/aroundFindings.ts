/**
 * What a change does around the tests: the code under test replaced, more time, more tries, files needed that git ignores, snapshots.
 * Owns: how each is recognised. Refuses: to know a language.
 */
import { posix } from 'node:path';
import { counts } from './assertion.ts';
import { isSnapshot } from './fileRole.ts';
import type { Found } from './finding.ts';
import type { ReadPair } from './readPair.ts';
import type { Limit, Mock, TestCase, TestFile } from './testFile.ts';

const byOf = (pair: ReadPair): 'parser' | 'pattern' => (pair.after.file.parsed ? 'parser' : 'pattern');

/** A test whose own subject is replaced tests the replacement. */
export function mockFindings(pair: ReadPair): readonly Found[] {
  const known = new Set(pair.before.file.mocks.map((mock) => mock.target));
  return [...forAll(pair, known), ...foreignAssertions(pair), ...subjectsMocked(pair, known)];
}

/** A fixture that no test asks for, and that replaces something for each of them. */
function forAll(pair: ReadPair, known: ReadonlySet<string>): readonly Found[] {
  const always = /autouse\s*=\s*True/;
  if (!/(^|\/)conftest\.py$/.test(pair.change.path) || !always.test(pair.change.after ?? '')) return [];
  return pair.after.file.mocks.filter((mock) => !known.has(mock.target) && !/^(os|sys|time|datetime|random|requests|socket|subprocess|logging)\b/.test(mock.target))
    .map((mock) => ({ kind: 'subject-mocked', file: pair.change.path, line: mock.line, before: null, after: mock.text, severity: 'medium', by: byOf(pair), why: `"${mock.target}" may be replaced for every test.` }));
}

const assertionModule = /^(node:)?assert(\/strict)?$|^(chai|expect|vitest|power-assert|should|@jest\/globals|bun:test)$/;

/** Where a library asserted, a file of the repository does now. */
function foreignAssertions(pair: ReadPair): readonly Found[] {
  return ['assert', 'expect'].flatMap((name): readonly Found[] => {
    const [was, is] = [pair.before.file.imports.get(name), pair.after.file.imports.get(name)];
    if (was === undefined || is === undefined || !assertionModule.test(was) || !/^[./]/.test(is)) return [];
    return [{ kind: 'assertion-weakened', file: pair.change.path, line: lineWith(pair.change.after ?? '', is), before: was, after: is, severity: 'medium', by: byOf(pair), why: `"${name}" came from "${was}" and comes now from "${is}": what it asserts is not known.` }];
  });
}

function lineWith(text: string, part: string): number | null {
  const at = text.split('\n').findIndex((row) => row.includes(part));
  return at < 0 ? null : at + 1;
}

function subjectsMocked(pair: ReadPair, known: ReadonlySet<string>): readonly Found[] {
  return pair.after.file.mocks.filter((mock) => !known.has(mock.target)).flatMap((mock): readonly Found[] => {
    const names = calledAs(mock, pair.after.file);
    const subject = names.length === 0 ? undefined : testsNear(mock, pair.after.file.tests).flatMap((test) => test.assertions).find((assertion) => counts(assertion) && assertion.relation !== 'called' && names.some((name) => ` ${assertion.subject}`.includes(` ${name} (`)));
    if (!subject) return [];
    const severity = mock.partial || pair.change.before === null ? 'medium' : 'high';
    return [{ kind: 'subject-mocked', file: pair.change.path, line: mock.line, before: null, after: mock.text, severity, by: byOf(pair), why: `What is asserted ("${subject.text}") is replaced by the test itself: it no longer says anything of the code.` }];
  });
}

/** How a test calls what a mock replaces, as tokens. */
function calledAs(mock: Mock, file: TestFile): readonly string[] {
  const locals = [...file.imports].filter(([, module]) => sameModule(module, mock.target));
  if (locals.length > 0) return locals.flatMap(([local]) => [local, ...membersOf(local, file)]);
  const parts = mock.target.split('.');
  const last = parts.at(-1) ?? '';
  if (parts.length < 2 || last === '') return [];
  const owner = parts.at(-2) ?? '';
  const direct = file.imports.get(last)?.endsWith(last) ? [last] : [];
  return [...direct, `${owner} . ${last}`];
}

const sameModule = (one: string, other: string): boolean => one.replace(/\.\w+$/, '') === other.replace(/\.\w+$/, '') || one === other;

function membersOf(local: string, file: TestFile): readonly string[] {
  const found = new Set<string>();
  for (const test of file.tests) for (const [at, token] of test.body.entries()) if (token === local && test.body[at + 1] === '.') found.add(`${local} . ${test.body[at + 2] ?? ''}`);
  return [...found];
}

/** Of a module all tests; of a single function the test that it stands in, or above. */
function testsNear(mock: Mock, tests: readonly TestCase[]): readonly TestCase[] {
  if (!/\.\w+$/.test(mock.target) || mock.target.includes('/')) return tests;
  const before = tests.filter((test) => test.line <= mock.line).at(-1);
  const after = tests.find((test) => test.line > mock.line && test.line - mock.line <= 6);
  return [before, after].filter((test) => test !== undefined);
}

export function limitFindings(pair: ReadPair): readonly Found[] {
  const titles = new Set(['', ...pair.before.file.tests.map((test) => test.title)]);
  if (pair.change.before === null) return [];
  return largest(pair.after.file.limits).flatMap((limit): readonly Found[] => {
    const was = largest(pair.before.file.limits).find((old) => old.what === limit.what && old.where === limit.where);
    if (!titles.has(limit.where) || (was && limit.value <= was.value)) return [];
    const base = { file: pair.change.path, line: limit.line, before: was?.text ?? null, after: limit.text, by: byOf(pair) };
    if (limit.what === 'retries') return limit.value > 0 ? [{ ...base, kind: 'retries-raised', severity: 'medium', why: 'A test that fails is now tried again: one that passes only sometimes counts as passed.' }] : [];
    const much = limit.value === Number.POSITIVE_INFINITY || (was !== undefined && limit.value >= was.value * 10);
    return [{ ...base, kind: 'timeout-raised', severity: much ? 'medium' : 'low', why: limit.value === Number.POSITIVE_INFINITY ? 'There is no time limit any more.' : 'More time is given.' }];
  });
}

function largest(limits: readonly Limit[]): readonly Limit[] {
  const byPlace = new Map<string, Limit>();
  for (const limit of limits) {
    const key = `${limit.what} ${limit.where}`;
    if ((byPlace.get(key)?.value ?? -1) < limit.value) byPlace.set(key, limit);
  }
  return [...byPlace.values()];
}

/** Snapshots say what the code gave once: rewritten ones say what it gives now. */
export function snapshotFindings(pair: ReadPair): readonly Found[] {
  const { path, before, after, previous } = pair.change;
  if (!isSnapshot(path) || before === null || before === after) return [];
  const base = { kind: 'snapshot-rewritten' as const, file: after === null ? previous ?? path : path, line: null, by: 'parser' as const };
  if (after === null) return [{ ...base, before: path, after: null, severity: 'medium', why: 'The snapshot is gone: the next run takes what the code gives then.' }];
  const [was, is] = [entriesOf(before), entriesOf(after)];
  const changed = [...was].filter(([name, text]) => is.has(name) && is.get(name) !== text).map(([name]) => name);
  const gone = [...was.keys()].filter((name) => !is.has(name));
  return [
    ...changed.slice(0, 20).map((name): (typeof base & Found) => ({ ...base, before: was.get(name) ?? null, after: is.get(name) ?? null, severity: 'medium', why: `The snapshot ${name} was rewritten: what the code gives now is taken as what it should give.` })),
    ...(gone.length > 0 ? [{ ...base, before: gone.slice(0, 5).join(', '), after: null, severity: 'low' as const, why: `${gone.length} snapshots are gone.` }] : []),
  ];
}

function entriesOf(text: string): ReadonlyMap<string, string> {
  const entries = [...text.matchAll(/^exports\[`((?:[^`\\]|\\.)*)`\] = `((?:[^`\\]|\\.)*)`;$/gm)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
  const named = [...text.matchAll(/^# name: (.+)\n([^]*?)(?=^# ---|(?![^]))/gm)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
  return new Map(entries.length > 0 ? entries : named.length > 0 ? named : [['as a whole', text]]);
}

/** A fresh checkout has no file that git ignores. Only told: gates are run on such a checkout, and show what comes of it. */
export function ignoredFindings(pair: ReadPair, ignored: (path: string) => boolean, tracked: ReadonlySet<string>): readonly Found[] {
  const folder = posix.dirname(pair.change.path);
  return pair.after.strings.flatMap(({ text: said, line }): readonly Found[] => {
    if (!/^[\w./@-]+$/.test(said) || !/[./]/.test(said) || said.startsWith('/') || (pair.change.before ?? '').includes(said)) return [];
    const places = said.startsWith('.') ? [posix.normalize(posix.join(folder, said))] : [posix.normalize(said), posix.normalize(posix.join(folder, said))];
    const found = places.find((place) => !place.startsWith('..') && !exists(place, tracked) && ignored(place) && !/(^|\/)(node_modules|dist|build|target|out|lib|coverage|__pycache__|\.venv)(\/|$)/.test(place));
    return found === undefined ? [] : [{ kind: 'ignored-file-needed', file: pair.change.path, line, before: null, after: said, severity: 'low', why: `"${found}" is ignored by git: a fresh checkout does not have it.` }];
  });
}

function exists(path: string, tracked: ReadonlySet<string>): boolean {
  if (['', '.js', '.ts', '.mjs', '.cjs', '.json', '.tsx', '.jsx', '/index.js', '/index.ts'].some((ending) => tracked.has(`${path}${ending}`))) return true;
  const folder = `${path.replace(/\/$/, '')}/`;
  for (const file of tracked) if (file.startsWith(folder)) return true;
  return false;
}
