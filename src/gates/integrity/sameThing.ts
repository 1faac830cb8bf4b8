/**
 * Whether an assertion that is gone from one test and stands in another one looks at the same thing there: by the names and values that it
 * looks at, and by what was done to the test's own variables before.
 * Owns: which names are a test's own, and what is done to them. Refuses: to compare what is demanded (`compareAssertions.ts`).
 */
import { literalsIn, type Tokens } from './tokens.ts';

/** A test's body; `subjects`: what its assertions look at; `near`: literals that it works with; `many`: it is run with a table of them. */
export interface Surroundings { readonly body: Tokens; readonly subjects: readonly string[]; readonly near: Tokens; readonly many: boolean }

const isName = (token: string): boolean => /^[A-Za-z_$][\w$]*$/.test(token);
/** Words that say nothing of what is looked at. */
const plain = /^(await|async|new|return|typeof|function|self|this|not|true|false|null|undefined|None|True|False|nil)$/;
const shortest = 3;

/** @param subject what the lost assertion looks at, as tokens with blanks between them */
export function looksAtTheSame(subject: string, before: Surroundings, after: Surroundings): boolean {
  const tokens = subject.split(' ').filter((token) => token !== '');
  const own = declaredIn(before.body);
  const has = new Set([...after.body, ...after.near]);
  const foreign = (part: Tokens): readonly string[] => [...part.filter((token) => isName(token) && !own.has(token) && !plain.test(token)), ...literalsIn(part)];
  if (!foreign(tokens).every((token) => has.has(token))) return false;
  const names = new Set(tokens.filter((token) => own.has(token)));
  if (names.size === 0) return true;
  const parts = doneTo(names, before);
  // Where values come from a table, the same is done with other words.
  if (after.many) return parts.every((part) => foreign(part).filter(isName).every((token) => has.has(token)));
  const text = ` ${after.body.join(' ')} `;
  return parts.every((part) => text.includes(` ${part.join(' ')} `));
}

/** Names that a body gives to something itself. */
function declaredIn(body: Tokens): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [at, token] of body.entries()) {
    const [before, next] = [body[at - 1] ?? '', body[at + 1] ?? ''];
    if (!isName(token)) continue;
    if (/^(const|let|var|mut)$/.test(before) || (next === ':=' || (next === '=' && !/^[.,(]$/.test(before)))) found.add(token);
  }
  return found;
}

/** What a body does to these names before it looks at anything: each part from one of them to the next, without the name that it makes. */
function doneTo(names: ReadonlySet<string>, { body, subjects }: Surroundings): readonly Tokens[] {
  const looks = subjects.map((subject) => subject.split(' ')).flatMap((subject) => placesOf(subject, body).map((from) => ({ from, to: from + subject.length })));
  const starts = new Set(looks.map(({ from }) => from));
  const parts: Tokens[] = [];
  for (const [at, token] of body.entries()) {
    if (!names.has(token) || looks.some(({ from, to }) => at >= from && at < to)) continue;
    const next = body.findIndex((other, place) => place > at && (names.has(other) || starts.has(place) || /^(const|let|var)$/.test(other)));
    const part = withoutEnd(body.slice(isMade(body, at + 1) ? at + 2 : at, next < 0 ? body.length : next));
    if (part.length >= shortest) parts.push(part);
  }
  return parts;
}

const isMade = (body: Tokens, at: number): boolean => /^:?=$/.test(body[at] ?? '');

/** Where a body looks at a subject, and does not make it. */
function placesOf(subject: Tokens, body: Tokens): readonly number[] {
  return body.flatMap((_, at) => (subject.every((token, offset) => body[at + offset] === token) && !isMade(body, at + subject.length) ? [at] : []));
}

/** Without what begins the next statement: `assert . equal (`, `await`, `expect (`. */
function withoutEnd(part: Tokens): Tokens {
  const end = [...part];
  while (/^(await|return|assert)$/.test(end.at(-1) ?? '')) end.pop();
  if (end.at(-1) === '(') {
    let at = end.length - 2;
    if (end[at] === '!') at -= 1;
    while (at > 1 && isName(end[at] ?? '') && end[at - 1] === '.') at -= 2;
    if (isName(end[at] ?? '')) end.length = at;
  }
  while (/^(await|return|assert|;|\)|\}|,)$/.test(end.at(-1) ?? '') && (end.at(-1) === ';' || isName(end.at(-1) ?? '') || opens(end) < 0)) end.pop();
  return end;
}

/** How many more brackets are opened than closed. */
function opens(part: Tokens): number {
  return part.reduce((sum, token) => sum + (/^[([{]$|^\$\{$/.test(token) ? 1 : /^[)\]}]$/.test(token) ? -1 : 0), 0);
}
