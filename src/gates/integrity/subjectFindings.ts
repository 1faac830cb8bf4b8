/**
 * What a test is about: that it still asserts what the code gives and not a stand-in, and that it still runs with the values it had.
 * Owns: how either is recognised. Refuses: to compare assertions (`compareAssertions.ts`), and mocks by their libraries (`aroundFindings.ts`).
 */
import { posix } from 'node:path';
import { counts, type Assertion } from './assertion.ts';
import { isTestPath } from './fileRole.ts';
import type { Found } from './finding.ts';
import type { Matched, Matching, Placed } from './matchTests.ts';
import { declaresFake, tableOf } from './namedValues.ts';
import { literalsIn } from './tokens.ts';

const standIn = /(^|[/._-])(fakes?|mocks?|stubs?|dumm(y|ies)|doubles?|__mocks__)([/._-]|$)/i;

/** The code under test replaced by a function of the test, or of its support. */
export function subjectFindings({ before, after }: Matched, assertions: readonly Assertion[]): readonly Found[] {
  const names = new Map(assertions.filter((assertion) => counts(assertion) && assertion.relation !== 'called').flatMap((assertion) => {
    const [name = '', next] = assertion.subject.replace(/^(await|new|not|!) /, '').split(' ');
    return /^[A-Za-z_$][\w$]*$/.test(name) && (next === '(' || next === '.') ? [[name, assertion] as const] : [];
  }));
  const base = { kind: 'subject-mocked' as const, file: after.file, by: after.of.parsed ? 'parser' as const : 'pattern' as const, severity: 'high' as const };
  for (const [name, assertion] of names) {
    const [was, is] = [before.of.imports.get(name), after.of.imports.get(name)];
    if (declaresFake(name, after.test.body) && !declaresFake(name, before.test.body)) return [{ ...base, line: assertion.line, before: was ?? null, after: assertion.text, why: `"${name}", which is asserted, is made by the test itself: it no longer says anything of the code.` }];
    if (was === undefined || !ofCode(was, before)) continue;
    if (is === undefined && after.of.defined.has(name) && !before.of.defined.has(name)) return [{ ...base, line: assertion.line, before: was, after: assertion.text, why: `"${name}" came from "${was}" and is now defined beside the test: it no longer says anything of the code.` }];
    if (is !== undefined && is !== was && !ofCode(is, after)) return [{ ...base, line: assertion.line, before: was, after: is, why: `"${name}" came from "${was}" and comes now from "${is}", which stands beside the tests.` }];
  }
  // What comes to be asserted by way of a name: `got := Add(1, 2)`.
  const called = new Set(before.test.calls.map((call) => call.name));
  const fake = after.test.calls.find((call) => called.has(call.name) && !names.has(call.name) && !before.of.defined.has(call.name) && declaresFake(call.name, after.test.body) && !declaresFake(call.name, before.test.body));
  return fake ? [{ ...base, severity: 'medium', line: fake.line, before: null, after: fake.text, why: `"${fake.name}" is made by the test itself now: what it gives says nothing of the code.` }] : [];
}

/** Whether a module is code, and no support of tests. */
function ofCode(module: string, { file }: Placed): boolean {
  const path = module.startsWith('.') && module.includes('/') ? posix.join(posix.dirname(file), module) : module.replaceAll('.', '/');
  return !standIn.test(module) && !isTestPath(path) && !/^(tests?|spec)(\/|$)/.test(path);
}

/** A test that is run with many values and has lost some. */
export function tableFindings(matching: Matching, codeChanged: boolean): readonly Found[] {
  const elsewhere = new Set(matching.fresh.flatMap(({ test, of }) => [...literalsIn([...test.values, ...test.body]), ...(test.many ? of.literals : [])]));
  return matching.pairs.flatMap(({ before, after }): readonly Found[] => {
    if (!before.test.many || !after.test.many || !after.of.parsed || !before.of.parsed) return [];
    const [was, is] = [tableOf(before.test, before.of), tableOf(after.test, after.of)];
    const [lost, gained] = [without(was, is), without(is, was)];
    const missing = lost.filter((value) => !elsewhere.has(value));
    const title = after.test.path.join(' › ');
    const base = { file: after.file, line: after.test.line, before: lost.slice(0, 12).join(', '), after: gained.slice(0, 12).join(', ') || null, by: 'parser' as const };
    if (missing.length === 0) return [];
    if (is.length === 0) return unseenTable(after) ? [{ ...base, kind: 'assertion-removed', severity: 'medium', why: `Values that "${title}" was run with are gone, and those that it is run with now stand elsewhere.` }]
      : after.test.values.length <= 4 || after.test.values.join(' ').includes('[ ]') ? [{ ...base, kind: 'test-emptied', severity: 'high', why: `"${title}" is run with no values any more.` }] : [];
    if (gained.length === 0) return [{ ...base, kind: 'assertion-removed', severity: 'medium', why: `Values that "${title}" was run with are gone.` }];
    return [{ ...base, kind: 'expectation-changed', severity: 'medium', why: `Values that "${title}" is run with were changed${codeChanged ? ' together with the code under test' : ''}.` }];
  });
}

/** It is run with what comes from another file, or from a function: nobody sees here that it is nothing. */
function unseenTable({ test, of }: Placed): boolean {
  return test.values.some((token) => of.imports.has(token) || of.defined.has(token));
}

function without(from: readonly string[], other: readonly string[]): readonly string[] {
  const rest = [...other];
  return from.filter((value) => {
    const at = rest.indexOf(value);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
