/**
 * What became of a test's assertions: kept, said otherwise, weaker, lost.
 * Owns: when two assertions say the same, and when one says less. Refuses: to know tests: it is given two lists.
 */
import type { Assertion } from './assertion.ts';
import { counts } from './assertion.ts';
import type { Found } from './finding.ts';
import { literalsIn } from './tokens.ts';

export interface Comparison {
  /** The same subject, looked at otherwise. */
  readonly changed: readonly { readonly before: Assertion; readonly after: Assertion }[];
  readonly lost: readonly Assertion[];
  readonly surplus: readonly Assertion[];
}

const literals = (assertion: Assertion): readonly string[] => literalsIn((assertion.expected ?? '').split(' ').filter((token) => token !== '')).map((token) => token.replaceAll('_', ''));
const demanded = (assertion: Assertion): string => `${assertion.relation} ${String(assertion.negated)} ${assertion.expected ?? ''} ${assertion.tolerance ?? ''}`;

/** Pairs off what says the same, then what looks at the same subject; `after` holds what it takes where nothing is lost. */
export function compareAssertions(before: readonly Assertion[], after: readonly Assertion[]): Comparison {
  const rest = [...after];
  const changed: Comparison['changed'][number][] = [];
  const take = (from: readonly Assertion[], fits: (old: Assertion, now: Assertion) => boolean, keep: boolean): readonly Assertion[] => from.filter((old) => {
    const at = rest.findIndex((now) => fits(old, now));
    const [now] = at < 0 ? [] : rest.splice(at, 1);
    if (now && (keep || placedWorse(old, now) || (now.constant && !old.constant) || disguised(old, now) !== null || softened(old, now))) changed.push({ before: old, after: now });
    return !now;
  });
  const real = before.filter(counts);
  const moved = take(real, (old, now) => old.subject === now.subject && demanded(old) === demanded(now) && !placedWorse(old, now) && !softened(old, now), false);
  const hidden = take(moved, (old, now) => old.subject === now.subject && demanded(old) === demanded(now), false);
  const resubjected = take(hidden, (old, now) => old.expected !== null && demanded(old) === demanded(now) && counts(now) && now.strength > old.strength - 10, false);
  const looked = take(resubjected, (old, now) => old.subject === now.subject && old.subject !== '', true);
  const lost = take(looked, (old, now) => old.subject !== '' && ` ${now.subject} `.includes(` ${old.subject} `), true);
  return { changed, lost, surplus: rest };
}

function placedWorse(before: Assertion, after: Assertion): boolean {
  return (!before.swallowed && after.swallowed) || (!before.unreachable && after.unreachable) || sometimesOnly(before, after);
}

/** "Is true" that became "is true or something like it". */
function softened(before: Assertion, after: Assertion): boolean {
  return before.relation === 'holds' && after.relation === 'holds' && before.strength - after.strength >= 10;
}

/** One that is put into a loop may ask there which row it is for. */
function sometimesOnly(before: Assertion, after: Assertion): boolean {
  return !before.conditional && after.conditional && (!after.repeated || before.repeated);
}

/**
 * Whether another assertion makes sure of what a lost one did: the same demand, or what was expected stands in a comparison that pins
 * down as much (several fields in one object, several values in a loop whose table is `near`).
 */
export function coveredBy(lost: Assertion, candidate: Assertion, near: readonly string[]): boolean {
  if (!counts(candidate) || candidate.constant) return false;
  if (lost.expected !== null && demanded(lost) === demanded(candidate)) return true;
  // To come to "it must not come here" the code has to have failed to fail.
  if (lost.relation === 'throws' && candidate.relation === 'unreached') return true;
  if (lost.subject === candidate.subject && lost.relation === candidate.relation && lost.negated === candidate.negated && lost.expected === candidate.expected) return true;
  const wanted = literals(lost);
  const asStrong = candidate.strength >= lost.strength - 10 || (candidate.relation === 'custom' && candidate.strength >= Math.min(lost.strength, 75));
  if (!asStrong || wanted.length === 0) return false;
  const has = new Set([...literals(candidate), ...(candidate.relation === 'custom' ? literalsIn(`${candidate.subject} ${candidate.expected ?? ''}`.split(' ')) : []), ...(candidate.repeated || candidate.expected === null || literals(candidate).length === 0 ? near.map((token) => token.replaceAll('_', '')) : [])]);
  return wanted.every((literal) => has.has(literal));
}

/** A whole that is now compared part by part. */
export function coveredTogether(lost: Assertion, candidates: readonly Assertion[]): boolean {
  const wanted = literals(lost);
  const has = new Set(candidates.filter((candidate) => counts(candidate) && candidate.strength >= lost.strength - 10).flatMap(literals));
  return wanted.length > 1 && wanted.every((literal) => has.has(literal));
}

/** A part of what is now compared as a whole. */
export function withinWhole(lost: Assertion, surplus: readonly Assertion[]): boolean {
  return surplus.some((whole) => counts(whole) && whole.strength >= 90 && (whole.relation === 'equal' || whole.relation === 'snapshot') && whole.subject !== '' && whole.subject !== lost.subject && ` ${lost.subject} `.includes(` ${whole.subject} `));
}

/** "It is there" needs not be said of what is compared as a whole, or in its parts. */
export function implied(lost: Assertion, kept: readonly Assertion[]): boolean {
  const bare = lost.strength <= 45 && (lost.relation === 'exists' || lost.relation === 'holds' || lost.relation === 'equal' || lost.relation === 'type' || (lost.relation === 'throws' && lost.negated));
  const inner = lost.relation === 'throws' ? lost.subject.replace(/^\( \) => \{? ?/, '').replace(/ ?\}?$/, '') : lost.subject;
  if (!bare && lost.relation !== 'length') return false;
  return kept.some((assertion) => counts(assertion) && assertion.strength >= Math.max(60, lost.strength) && inner !== '' && ` ${assertion.subject} `.includes(` ${inner} `));
}

export type Verdict = Pick<Found, 'kind' | 'severity' | 'why'> | null;

/** What it means that `after` stands where `before` stood. `near`: all literals of the test now. */
export function judgeChange(before: Assertion, after: Assertion, near: readonly string[]): Verdict {
  if (after.constant && !before.constant) return { kind: 'assertion-constant', severity: 'high', why: 'This assertion cannot fail any more, whatever the code does.' };
  if (!before.swallowed && after.swallowed) return { kind: 'assertion-weakened', severity: 'high', why: 'Its failure is now caught and forgotten.' };
  if (!before.unreachable && after.unreachable) return { kind: 'assertion-weakened', severity: 'high', why: 'The test now ends before it comes to this assertion.' };
  const weaker = weakening(before, after) ?? disguised(before, after);
  if (weaker) return weaker;
  if (sometimesOnly(before, after)) return { kind: 'assertion-weakened', severity: 'medium', why: 'It is now made only when a condition holds.' };
  if (after.strength > before.strength + 10 || before.relation === 'custom' || after.relation === 'custom') return null;
  return sameExpectation(before, after, near) ? null : changedExpectation(before);
}

const lossy = /^(abs|Abs|fabs|round|floor|ceil|trunc|Boolean|bool|sort|sorted|toSorted|set|lower|upper|toLowerCase|toUpperCase|ToLower|ToUpper|to_lowercase|to_uppercase|trim|strip|Trim|TrimSpace|unwrap_or_default)$/;
const instead = /^(\?|\?\?|\|\||or|else|unwrap_or|unwrap_or_else|map_or|get|getattr|getOrElse)$/;

/** The same is demanded, of something that says less of the code: with what is expected as its fallback, or after a part of it was taken away. */
function disguised(before: Assertion, after: Assertion): Verdict {
  if (before.expected === null || after.expected !== before.expected || before.subject === after.subject) return null;
  const [was, is] = [new Set(before.subject.split(' ')), after.subject.split(' ')];
  const wanted = new Set(before.expected.split(' '));
  if (is.some((token) => instead.test(token) && !was.has(token)) && is.some((token) => wanted.has(token) && !was.has(token) && /\d|["'`]|true|false/i.test(token))) return { kind: 'assertion-weakened', severity: 'high', why: 'What is expected is now the fallback of what is looked at: it comes out even where the code gives nothing.' };
  const through = is.find((token) => lossy.test(token) && !was.has(token));
  return through === undefined ? null : { kind: 'assertion-weakened', severity: 'medium', why: `It is now looked at through "${through}", which hides a difference.` };
}

function changedExpectation(before: Assertion): Verdict {
  return before.relation === 'snapshot' ? { kind: 'snapshot-rewritten', severity: 'medium', why: 'The inline snapshot was rewritten: what the code gives now is taken as what it should give.' }
    : { kind: 'expectation-changed', severity: 'medium', why: '' };
}

function weakening(before: Assertion, after: Assertion): Verdict {
  if (after.expected !== null && after.expected === after.subject && before.expected !== before.subject) return { kind: 'assertion-weakened', severity: 'high', why: 'It now compares what the code gives with the same again.' };
  if (after.wildcards > before.wildcards) return { kind: 'assertion-weakened', severity: 'high', why: 'A part of what was expected may now be anything.' };
  const drop = before.strength - after.strength;
  // "No error" is "the error is nil".
  if (before.relation === 'equal' && before.expected === 'nil' && after.relation === 'throws' && after.negated) return null;
  if ((drop >= 35 && after.strength <= 65) || (after.strength <= 42 && before.strength >= 60)) return { kind: 'assertion-weakened', severity: 'high', why: `${inWords(before)} became ${inWords(after)}: much more passes now.` };
  // Where the code answers with a boolean, as it mostly does, nothing is lost.
  if (softened(before, after)) return { kind: 'assertion-weakened', severity: 'low', why: '"is exactly true" became "is true or something like it".' };
  if (drop >= 10) return { kind: 'assertion-weakened', severity: 'medium', why: `${inWords(before)} became ${inWords(after)}.` };
  if (before.tolerance !== null && after.tolerance !== null && after.tolerance > before.tolerance) {
    return { kind: 'assertion-weakened', severity: after.tolerance >= before.tolerance * 100 ? 'high' : 'medium', why: `The tolerance grew from ${before.tolerance} to ${after.tolerance}.` };
  }
  return null;
}

/** The same values, however they are written or named. */
function sameExpectation(before: Assertion, after: Assertion, near: readonly string[]): boolean {
  if (before.expected === after.expected && before.negated === after.negated) return true;
  // The same error, described more closely.
  if (before.relation === 'throws' && after.relation === 'throws' && before.negated === after.negated && (before.expected === null || after.expected?.startsWith(`${before.expected} ,`) === true)) return true;
  if (before.negated !== after.negated || before.relation !== after.relation) return before.relation !== after.relation;
  const [was, is] = [literals(before), literals(after)];
  if (is.length === 0) return was.every((literal) => near.some((token) => token.replaceAll('_', '') === literal));
  return was.length === is.length && [...was].sort().join() === [...is].sort().join() && (was.length > 0 || before.expected === after.expected);
}

function inWords(assertion: Assertion): string {
  const not = assertion.negated ? 'not ' : '';
  switch (assertion.relation) {
    case 'equal': return `"is ${not}exactly this"`;
    case 'holds': return `"is ${not}true or something like it"`;
    case 'exists': return `"is ${not}there"`;
    case 'order': return '"is beyond a bound"';
    case 'contains': return `"does ${not}contain"`;
    case 'partial': return '"has these parts"';
    case 'length': return '"has this many"';
    case 'type': return '"is of this type"';
    case 'close': return '"is about this"';
    case 'throws': return assertion.negated ? '"does not fail"' : assertion.strength > 45 ? '"fails with this error"' : '"fails with any error"';
    case 'called': return '"was called"';
    case 'snapshot': return '"is as in the snapshot"';
    case 'unreached': return '"is never reached"';
    case 'custom': return '"passes a check of its own"';
  }
}
