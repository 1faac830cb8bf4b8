/**
 * What a change does to tests: removed, skipped, focused, emptied; their assertions lost, weakened, made constant; expectations changed.
 * Owns: which explanation is believed (moved, renamed, split, merged, made a table, gone with what it tested) and the severity of the rest.
 * Refuses: to know a language.
 */
import { counts, type Assertion } from './assertion.ts';
import { compareAssertions, coveredBy, coveredTogether, implied, judgeChange, withinWhole, type Comparison } from './compareAssertions.ts';
import { namedAsTests } from './fileRole.ts';
import type { Found } from './finding.ts';
import { resolveHelpers, type Resolved } from './helpers.ts';
import { matchTests, type FilePair, type Matched, type Matching, type Placed } from './matchTests.ts';
import { withValues } from './namedValues.ts';
import { subjectFindings, tableFindings } from './subjectFindings.ts';
import type { Helper } from './testFile.ts';
import { looksAtTheSame, type Surroundings } from './sameThing.ts';
import { literalsIn } from './tokens.ts';

export interface TestContext {
  /** Whether code that is no test changed, too. */
  readonly codeChanged: boolean;
  /** Words that stood in code that is no test, and are nowhere in it now. */
  readonly vanished: ReadonlySet<string>;
}

interface Compared extends Comparison { readonly pair: Matched; readonly before: Resolved; readonly after: Resolved }

export function testFindings(files: readonly FilePair[], context: TestContext): readonly Found[] {
  const matching = matchTests(files);
  const helpersOf = { before: resolveHelpers(files.map((file) => file.before)), after: resolveHelpers(files.map((file) => file.after)) };
  const resolve = (side: 'before' | 'after', { test, of }: Placed): Resolved => {
    const found = helpersOf[side](test);
    return { ...found, assertions: withValues(found.assertions, test, of) };
  };
  const compared = matching.pairs.map((pair): Compared => {
    const [before, after] = [resolve('before', pair.before), resolve('after', pair.after)];
    return { pair, before, after, ...compareAssertions(before.assertions, after.assertions) };
  });
  const fresh = matching.fresh.map((placed) => ({ placed, assertions: resolve('after', placed).assertions }));
  // What head tests assert beyond what their counterparts did: where assertions of others may have gone.
  const pool: Pool = new Map([
    ...compared.flatMap(({ pair, surplus }) => surplus.map((assertion) => [assertion, surroundingsOf(pair.after)] as const)),
    ...fresh.flatMap(({ placed, assertions }) => assertions.map((assertion) => [assertion, surroundingsOf(placed)] as const)),
  ]);
  const helpers = helperPairs(files);
  return [
    ...matching.gone.flatMap((placed) => goneFinding(placed, resolve('before', placed), pool, matching, context)),
    ...compared.flatMap((one) => [...stateFindings(one.pair), ...subjectFindings(one.pair, one.after.assertions), ...assertionFindings(one, pool, context)]),
    ...tableFindings(matching, context.codeChanged),
    ...fresh.flatMap(({ placed }) => freshFindings(placed)),
    ...helpers.flatMap(({ file, before, after }) => helperFindings(file, before, after, context)),
  ];
}

/** Literals that a test works with: its own, and of a table wherever in its file that stands. */
const nearOf = ({ test, of }: Placed): readonly string[] => (test.many ? [...literalsIn(test.values), ...of.literals] : literalsIn([...test.values, ...test.body]));

const surroundingsOf = (placed: Placed): Surroundings => ({ body: placed.test.body, subjects: placed.test.assertions.map(({ subject }) => subject), near: nearOf(placed), many: placed.test.many });

type Pool = Map<Assertion, Surroundings>;

const parsed = (...placed: readonly Placed[]): boolean => placed.every((one) => one.of.parsed && !one.test.broken);

function goneFinding(placed: Placed, checks: Resolved, pool: Pool, matching: Matching, context: TestContext): readonly Found[] {
  const { test } = placed;
  const title = test.path.join(' › ') || placed.file;
  const base = { kind: 'test-removed' as const, file: placed.file, line: test.line, before: title, after: null, by: placed.of.parsed ? 'parser' as const : 'pattern' as const };
  if (test.skip && !test.skip.conditional) return [{ ...base, severity: 'low', why: `The test "${title}" is gone; it was skipped before.` }];
  const real = checks.assertions.filter(counts);
  if (real.length > 0 && real.every((assertion) => taken(assertion, surroundingsOf(placed), pool))) return [{ ...base, severity: 'low', why: `The test "${title}" is gone; other tests assert what it did.` }];
  const body = test.body.join(' ');
  if (test.body.length > 0 && matching.pairs.some((pair) => pair.before.test.body.join(' ') === body)) return [{ ...base, severity: 'low', why: `The test "${title}" is gone; another one has the same body.` }];
  const values = new Set(literalsIn(test.body));
  const table = values.size === 0 ? undefined : [...matching.pairs.map((pair) => pair.after), ...matching.fresh].find((candidate) => {
    const near = new Set(nearOf(candidate));
    return candidate.test.many && [...values].every((value) => near.has(value) || near.has(value.replace(/["'`]/g, '"')));
  });
  if (table) return [{ ...base, severity: 'low', why: `The test "${title}" is gone; the table of "${table.test.title}" holds its values.` }];
  const subject = test.body.find((token) => context.vanished.has(token) || context.vanished.has(token.replaceAll(/^["'`]|["'`]$/g, '')));
  if (subject !== undefined) return [{ ...base, severity: 'medium', why: `The test "${title}" was removed together with "${subject}", which it tested.` }];
  const instead = matching.fresh.filter((candidate) => candidate.file === placed.file).flatMap((candidate) => candidate.test.assertions.filter(counts));
  if (real.length > 0 && instead.length >= real.length) return [{ ...base, severity: 'medium', why: `The test "${title}" is gone; new ones stand in its file that assert something else.` }];
  return [{ ...base, severity: parsed(placed) ? 'high' : 'medium', why: `The test "${title}" was removed.` }];
}

/** Takes an assertion out of the pool that makes sure of what this one did. */
function taken(lost: Assertion, from: Surroundings, pool: Pool): boolean {
  for (const [candidate, there] of pool) {
    if (!coveredBy(lost, candidate, there.near) || !looksAtTheSame(lost.subject, from, there)) continue;
    // One that compares a whole, or many in a loop, stands for more than one.
    if (candidate.expected === lost.expected && !candidate.repeated) pool.delete(candidate);
    return true;
  }
  return false;
}

function stateFindings({ before, after, how }: Matched): readonly Found[] {
  const found: Found[] = [];
  const [was, is] = [before.test, after.test];
  const title = is.path.join(' › ');
  const sure = parsed(before, after);
  const base = { file: after.file, by: after.of.parsed ? 'parser' as const : 'pattern' as const };
  if (how === 'renamed' && was.path.join() !== is.path.join()) found.push({ ...base, kind: 'test-removed', line: is.line, before: was.path.join(' › '), after: title, severity: 'low', why: `The test was renamed, its body is the same.` });
  const [named, nowNamed] = before.file === after.file ? [null, null] : [namedAsTests(before.file), namedAsTests(after.file)];
  if (named === 'yes' && nowNamed !== null && nowNamed !== 'yes') found.push({ ...base, kind: nowNamed === 'no' ? 'test-removed' : 'test-skipped', line: is.line, before: before.file, after: after.file, severity: sure && nowNamed === 'no' ? 'high' : 'medium', why: nowNamed === 'no' ? `No runner takes "${after.file}" for tests by its name.` : `"${after.file}" is built on one platform only.` });
  if (is.skip && (!was.skip || (was.skip.conditional && !is.skip.conditional))) {
    const severity = is.skip.conditional ? 'medium' : sure ? 'high' : 'medium';
    found.push({ ...base, kind: 'test-skipped', line: is.skip.line, before: was.skip?.how ?? null, after: is.skip.how, severity, why: `The test "${title}" is ${is.skip.conditional ? 'skipped when a condition holds' : 'not run any more'}.` });
  }
  if (is.focused !== null && was.focused === null) found.push({ ...base, kind: 'test-focused', line: is.focused, after: title, severity: sure ? 'high' : 'medium', why: `Only "${title}" is run: the other tests are left out.` });
  return found;
}

function freshFindings({ file, test, of }: Placed): readonly Found[] {
  const base = { file, by: of.parsed ? 'parser' as const : 'pattern' as const };
  const title = test.path.join(' › ');
  return [
    ...(test.focused === null ? [] : [{ ...base, kind: 'test-focused' as const, line: test.focused, after: title, severity: 'high' as const, why: `Only "${title}" is run: the other tests are left out.` }]),
    ...(test.skip ? [{ ...base, kind: 'test-skipped' as const, line: test.skip.line, after: test.skip.how, severity: 'low' as const, why: `The new test "${title}" is not run.` }] : []),
    ...test.assertions.filter((assertion) => assertion.constant && assertion.relation !== 'unreached').slice(0, 1).map((assertion) => ({ ...base, kind: 'assertion-constant' as const, line: assertion.line, after: assertion.text, severity: 'low' as const, why: 'This assertion of a new test cannot fail.' })),
  ];
}

function assertionFindings(one: Compared, pool: Pool, context: TestContext): readonly Found[] {
  const { pair, before, after } = one;
  // A test that is not run any more is said to be just that.
  if (pair.after.test.skip && !pair.after.test.skip.conditional) return [];
  const near = nearOf(pair.after);
  const title = pair.after.test.path.join(' › ');
  const sure = parsed(pair.before, pair.after);
  const own = one.changed.flatMap((change) => changeFinding(pair.after.file, change, pair.after.of.literals, sure, context, title));
  const kept = after.assertions;
  const remaining = one.lost.filter((assertion) => !implied(assertion, kept) && !kept.some((candidate) => candidate !== assertion && one.surplus.includes(candidate) && coveredBy(assertion, candidate, near)) && !coveredTogether(assertion, one.surplus) && !withinWhole(assertion, one.surplus) && !taken(assertion, surroundingsOf(pair.before), pool));
  if (remaining.length === 0) return own;
  // A call of a function that is not seen here may make sure of it.
  const was = new Set(pair.before.test.body);
  const unseen = after.unknown.some((name) => !was.has(name) && pair.after.of.imports.has(name));
  const severe = (lost: readonly Assertion[]): 'high' | 'medium' => (sure && !unseen && !lost.every((assertion) => assertion.subject.split(' ').some((token) => context.vanished.has(token))) ? 'high' : 'medium');
  const by = pair.after.of.parsed ? 'parser' as const : 'pattern' as const;
  if (!kept.some(counts)) {
    const [first] = one.surplus.filter((assertion) => assertion.constant);
    if (first) return [...own, { kind: 'assertion-constant', file: pair.after.file, line: first.line, before: remaining[0]?.text ?? null, after: first.text, severity: severe(remaining), by, why: `The test "${title}" asserts nothing any more that could fail.` }];
    return [...own, { kind: 'test-emptied', file: pair.after.file, line: pair.after.test.line, before: remaining.map((assertion) => assertion.text).join(' '), after: null, severity: severe(remaining), by, why: `The test "${title}" asserts nothing any more.` }];
  }
  const spare = new Set(one.surplus.filter((assertion) => !assertion.swallowed || assertion.constant));
  // Where something else is asserted instead the test was rewritten, not thinned.
  const rewritten = one.surplus.some((assertion) => counts(assertion) && assertion.strength >= 60);
  const fewer = kept.filter(counts).length < before.assertions.filter(counts).length;
  return [...own, ...[...remaining].sort((left, right) => right.strength - left.strength).flatMap((lost): readonly Found[] => {
    const instead = counterpart(lost, [...spare]);
    if (instead) spare.delete(instead);
    const base = { file: pair.after.file, before: lost.text, by };
    // The copies of what is now run with many values.
    const copy = pair.after.test.many && !pair.before.test.many && kept.some((candidate) => counts(candidate) && candidate.relation === lost.relation && candidate.strength >= lost.strength);
    if (!instead && copy) return [{ ...base, kind: 'assertion-removed', line: pair.after.test.line, after: null, severity: 'medium', why: `"${title}" is now run with many values; not all that it asserted before are among them.` }];
    if (!instead && lost.strength <= 45) return [{ ...base, kind: 'assertion-removed', line: pair.after.test.line, after: null, severity: fewer ? 'medium' : 'low', why: `An assertion of "${title}" is gone that said little.` }];
    if (!instead) return [{ ...base, kind: 'assertion-removed', line: pair.after.test.line, after: null, severity: rewritten ? 'medium' : severe([lost]), why: `An assertion of "${title}" is gone.` }];
    const verdict = judgeChange(lost, instead, pair.after.of.literals);
    if (verdict === null) return [];
    const capped = verdict.kind === 'assertion-constant' ? severe([lost]) : verdict.severity === 'high' ? 'medium' : verdict.kind === 'expectation-changed' ? 'medium' : verdict.severity;
    return [{ ...base, test: title, kind: verdict.kind, line: instead.line, after: instead.text, severity: capped, why: verdict.why || expectationWords(context) }];
  })];
}

/** What most likely stands in its place: what demands the same, else what demands as much, else whatever there is. */
function counterpart(lost: Assertion, spare: readonly Assertion[]): Assertion | undefined {
  return spare.find((candidate) => candidate.relation === lost.relation && candidate.strength >= lost.strength) ?? spare.find((candidate) => candidate.strength >= lost.strength) ?? spare.find((candidate) => candidate.constant) ?? spare[0];
}

function changeFinding(file: string, { before, after }: Comparison['changed'][number], near: readonly string[], sure: boolean, context: TestContext, test?: string): readonly Found[] {
  const verdict = judgeChange(before, after, near);
  if (verdict === null) return [];
  return [{ kind: verdict.kind, file, line: after.line, ...(test === undefined ? {} : { test }), before: before.text, after: after.text, severity: sure || verdict.severity !== 'high' ? verdict.severity : 'medium', why: verdict.why || expectationWords(context) }];
}

const expectationWords = (context: TestContext): string => (context.codeChanged
  ? 'The expectation was changed together with the code under test: the test no longer says whether that code still does what it did.'
  : 'The expectation was changed, and no code that it tests.');

interface HelperPair { readonly file: FilePair; readonly before: Helper; readonly after: Helper }

/** Functions with assertions that many tests may call, by name. */
function helperPairs(files: readonly FilePair[]): readonly HelperPair[] {
  return files.flatMap((file) => byName(file.before.helpers).flatMap((before) => {
    const after = byName(file.after.helpers).find((helper) => helper.name === before.name)
      ?? (file.after.defined.has(before.name) ? { name: before.name, line: 1, broken: file.after.broken, assertions: [], calls: [] } : undefined);
    return after ? [{ file, before, after }] : [];
  }));
}

/** Several of one name (hooks, members of a table) count as one. */
function byName(helpers: readonly Helper[]): readonly Helper[] {
  const names = [...new Set(helpers.map((helper) => helper.name))];
  return names.map((name) => {
    const own = helpers.filter((helper) => helper.name === name);
    return { name, line: own[0]?.line ?? 1, broken: own.some((helper) => helper.broken), assertions: own.flatMap((helper) => helper.assertions), calls: own.flatMap((helper) => helper.calls) };
  });
}

function helperFindings(file: FilePair, before: Helper, after: Helper, context: TestContext): readonly Found[] {
  const { changed, lost, surplus } = compareAssertions(before.assertions, after.assertions);
  const near = literalsIn(after.assertions.flatMap((assertion) => `${assertion.subject} ${assertion.expected ?? ''}`.split(' ')));
  const sure = !before.broken && !after.broken && file.before.parsed && file.after.parsed;
  const rest = lost.filter((assertion) => !implied(assertion, after.assertions) && !surplus.some((candidate) => coveredBy(assertion, candidate, near)));
  const emptied = after.assertions.filter(counts).length === 0 && after.calls.length <= before.calls.length;
  return [
    ...changed.flatMap((change) => changeFinding(file.path, change, near, sure, context)),
    ...rest.slice(surplus.length).map((assertion): Found => ({
      kind: emptied ? 'test-emptied' : 'assertion-removed', file: file.path, line: after.line, before: assertion.text, after: null, severity: sure && emptied ? 'high' : 'medium', by: file.after.parsed ? 'parser' : 'pattern',
      why: `"${before.name}", which tests call, ${emptied ? 'asserts nothing any more' : 'asserts less than it did'}.`,
    })),
  ];
}
