/**
 * Globs of people and repositories: `*`, `?`, `[a-z]` within a name, `**` across folders, `{a,b}`.
 * Owns: their meaning. Matched name by name without regular expressions, so that no glob can make it slow. Pure.
 * Refuses: what it would not understand, with why: a glob that silently matches nothing protects nothing.
 */
import { reachedEnds } from '../core/namePattern.ts';

export type Glob = { readonly ok: true; readonly matches: (path: string) => boolean } | { readonly ok: false; readonly problem: string };

const maxLength = 300;
const maxAlternatives = 64;

/**
 * `below`: a glob that names a folder stands for everything in it, one without "/" for a name anywhere, as in .gitignore.
 * `ignoreCase`: for file systems that do.
 */
export function compileGlob(glob: string, how: { readonly below?: boolean; readonly ignoreCase?: boolean } = {}): Glob {
  const problem = problemOf(glob);
  if (problem !== null) return { ok: false, problem };
  const alternatives = expanded(glob);
  if (alternatives === null) return { ok: false, problem: `its braces are not closed, or mean more than ${maxAlternatives} globs` };
  const fold = (text: string): string => (how.ignoreCase === true ? text.toLowerCase() : text);
  const patterns = alternatives.map((one) => segmentsOf(fold(one), how.below === true));
  return {
    ok: true,
    matches: (path) => {
      const names = fold(path).split('/');
      return patterns.some((pattern) => matchesPath(pattern, names, how.below === true));
    },
  };
}

function problemOf(glob: string): string | null {
  if (glob.trim() === '') return 'it is empty';
  if (glob.length > maxLength) return `it is longer than ${maxLength} characters`;
  if (/[@!+?*]\(/.test(glob)) return 'patterns such as +(…) are not understood';
  if (glob.split('/').includes('..')) return 'it leads out of the repository by ".."';
  return glob.includes('\\') ? 'paths are written with "/", and "\\" is not understood' : null;
}

/** `a{b,c}d` → `abd`, `acd`; null: not closed, or too many. A brace without a comma stands for itself. */
function expanded(glob: string): readonly string[] | null {
  const done: string[] = [];
  const open = [glob];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (done.length + open.length > maxAlternatives) return null;
    const group = /\{([^{}]*,[^{}]*)\}/.exec(one);
    if (group) for (const part of (group[1] ?? '').split(',').reverse()) open.push(`${one.slice(0, group.index)}${part}${one.slice(group.index + group[0].length)}`);
    else if (/\{[^{}]*,/.test(one)) return null;
    else done.push(one);
  }
  return done;
}

/** A name as single characters, `?`, `*` and whole classes `[…]`; `**`: any number of names. */
type Segment = '**' | readonly string[];

function segmentsOf(glob: string, below: boolean): readonly Segment[] {
  const names = glob.split('/').filter((name) => name !== '' && name !== '.');
  const segments = names.map((name): Segment => (name === '**' ? name : tokensOf(name)));
  return below && segments.length === 1 && !glob.startsWith('/') ? ['**', ...segments] : segments;
}

/** A bracket that is not closed stands for itself. */
function tokensOf(name: string): readonly string[] {
  return name.match(/\[[!^]?\]?[^\]]*\]|\*+|[^]/g)?.map((token) => (token.startsWith('*') ? '*' : token)) ?? [];
}

function matchesPath(pattern: readonly Segment[], names: readonly string[], below: boolean): boolean {
  const reachable = reachedEnds(pattern, names, matchesName);
  return below ? [...reachable].some((end) => end > 0) : reachable.has(names.length);
}

/** Two pointers and the last star: as many steps as both are long together, times each other at worst. */
function matchesName(tokens: readonly string[], name: string): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    const one = tokens[token];
    if (one === '*') {
      star = token;
      resume = at;
      token += 1;
    } else if (one !== undefined && fits(one, name[at] ?? '')) {
      at += 1;
      token += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      token = star + 1;
    } else return false;
  }
  return tokens.slice(token).every((one) => one === '*');
}

function fits(token: string, character: string): boolean {
  if (token === '?' || token === character) return true;
  if (token.length < 3) return false;
  const inverted = token[1] === '!' || token[1] === '^';
  const members = token.slice(inverted ? 2 : 1, -1);
  const inside = [...members.matchAll(/([^])-([^])|([^])/g)].some(([, from, to, one]) => (one === undefined ? character >= (from ?? '') && character <= (to ?? '') : one === character));
  return inside !== inverted;
}
