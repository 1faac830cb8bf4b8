/** Looking at a text as tokens. Owns: splitting outside of brackets, and what counts as a literal. Refuses: to know one language only. */

export type Tokens = readonly string[];

const opening = new Set(['(', '[', '{', '${']);
const closing = new Set([')', ']', '}']);

/** At each separator that stands outside of brackets. */
export function split(tokens: Tokens, separators: readonly string[]): readonly Tokens[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (opening.has(token)) depth += 1;
    else if (closing.has(token)) depth -= 1;
    if (depth === 0 && separators.includes(token)) parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  return parts;
}

export function withoutParentheses(tokens: Tokens): Tokens {
  let inner = tokens;
  while (inner[0] === '(' && inner.at(-1) === ')' && closes(inner)) inner = inner.slice(1, -1);
  return inner;
}

/** Whether the first parenthesis is closed by the last one, and holds no list. */
function closes(tokens: Tokens): boolean {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    if (depth === 0 && at < tokens.length - 1) return false;
  }
  return split(tokens.slice(1, -1), [',']).length === 1;
}

const literal = /^(["'`].*|[bfru]{0,2}["'].*|-?\d.*|true|false|null|undefined|None|True|False|nil|NaN|Infinity|\/.+\/[a-z]*)$/s;
const between = new Set(['[', ']', '{', '}', '(', ')', ',', ':', '-', '+', '*', '&', '!', '=>', 'vec']);

/** A string with a value put into it is none. */
const isLiteral = (token: string): boolean => literal.test(token) && !(token.startsWith('`') && token.includes('${')) && !/^[bru]?f["']/.test(token);

/** Nothing in it comes from the code: literals, and lists and objects of them. */
export function isPureLiteral(tokens: Tokens): boolean {
  return tokens.some(isLiteral) && tokens.every((token, at) => isLiteral(token) || between.has(token) || (tokens[at + 1] === ':' && /^\w+$/.test(token)));
}

/** The literals of a text that say something: a comparison with them can be recognised elsewhere. */
export function literalsIn(tokens: Tokens): Tokens {
  return tokens.filter((token) => isLiteral(token));
}

const constructors = /^(new|vec|Some|Ok|Err|None|String|from|to_string|to_owned|into|Date|Set|Map|BigInt|RegExp|Decimal|int|string|float64|byte|bool|map|Vec|self)$/;

/** How many names of the code a text uses: what is expected uses fewer than what is looked at. */
function namesIn(tokens: Tokens): number {
  return tokens.filter((token, at) => /^[A-Za-z_$][\w$]*$/.test(token) && !isLiteral(token) && !constructors.test(token) && tokens[at + 1] !== ':').length + tokens.filter((token) => token === '(').length;
}

/** Which of two compared texts is the expectation. A name such as `expected` or `want` says so itself. */
export function likelyExpected(left: Tokens, right: Tokens, first: boolean): 'left' | 'right' {
  const says = (tokens: Tokens): boolean => /^(expected|want|wanted|exp)\w*$/i.test(tokens.at(-1) ?? '') || /^(expected|want|wanted)\w*$/i.test(tokens[0] ?? '');
  if (says(left) !== says(right)) return says(left) ? 'left' : 'right';
  const difference = namesIn(left) - namesIn(right);
  if (difference !== 0) return difference < 0 ? 'left' : 'right';
  return first ? 'left' : 'right';
}
