/**
 * An assertion of a test, in one shape for every language and framework, so that two of them can be compared.
 * Owns: how a call's name and arguments, or a condition, become such shapes; which assertions can never fail.
 * Refuses: to know a syntax tree: it is given tokens.
 */
import { isPureLiteral, likelyExpected, split, withoutParentheses, type Tokens } from './tokens.ts';
import { negatedStrength, relationOf, type Relation } from './relations.ts';

export interface Demand {
  readonly relation: Relation;
  readonly negated: boolean;
  /** What is looked at, as tokens with a space between. */
  readonly subject: string;
  /** What it is compared with; null where the relation has nothing to compare with. */
  readonly expected: string | null;
  readonly strength: number;
  /** It cannot fail, whatever the code does. */
  readonly constant: boolean;
  /** How often anything at all will do inside of what is expected: `expect.anything()`, `mock.ANY`. */
  readonly wildcards: number;
  /** Of a comparison of numbers: how far off they may be, where it is written down. */
  readonly tolerance: number | null;
}

/** Where an assertion stands in its test. */
export interface Place {
  /** Its failure is caught and forgotten. */
  readonly swallowed: boolean;
  /** It is made only when something holds. */
  readonly conditional: boolean;
  /** It is made once for each of several values. */
  readonly repeated: boolean;
  /** The test ends before it. */
  readonly unreachable: boolean;
}

export interface Assertion extends Demand, Place { readonly line: number; readonly text: string }

/** An assertion that says something when it is reached. */
export const counts = (assertion: Assertion): boolean => assertion.strength > 0 && !assertion.swallowed && !assertion.unreachable;

/**
 * @param subject what the chain began with (`expect(x)`), or null when it is among `args`
 * @param expectedFirst which argument is expected where neither looks like it
 * @returns null for a name that no framework has
 */
export function demandsOf(name: string, subject: Tokens | null, args: readonly Tokens[], negated: boolean, expectedFirst = false): readonly Demand[] | null {
  const named = relationOf(name, negated);
  if (named === null) return null;
  // "In" says first what is contained.
  const turned = subject === null && args.length > 1 && /^(assert_?)?(not_?|is_?)?in$/i.test(name);
  const looked = subject ?? args[turned ? 1 : 0] ?? [];
  const rest = subject === null ? (turned ? args.slice(0, 1) : args.slice(1)) : args;
  if (named.relation === 'holds') return conditions(looked, named.negated);
  if (named.literal !== null) return [compared(looked, [named.literal], named.negated, named.strength)];
  if (named.relation === 'equal') return subject === null ? equality(args, named.negated, named.strength, expectedFirst) : against(looked, rest[0] ?? [], named.negated, named.strength);
  if (named.relation === 'close') return [closeness(looked, rest, name, named.negated, named.strength)];
  if (named.relation === 'throws') return [throwing(looked, rest, named.negated)];
  const expected = rest.map(text).join(' , ');
  const demand = plain(named.relation, looked, expected === '' ? null : expected, named.negated, named.strength);
  if (named.relation === 'order' && /^(0|1)$/.test(expected) && /great|above|atleast|gt|ge|least|positive/i.test(name.replaceAll('_', ''))) {
    const always = expected === '0' && sized.test(text(looked)) && /equal|atleast|gte|^ge$|least/i.test(name.replaceAll('_', ''));
    return [always ? { ...demand, strength: 0, constant: true } : { ...demand, strength: 42 }];
  }
  return [named.relation === 'contains' && (text(rest[0] ?? []) === '""' || text(looked) === '""') ? { ...demand, strength: 0, constant: true } : demand];
}

function equality(args: readonly Tokens[], negated: boolean, strength: number, expectedFirst: boolean): readonly Demand[] {
  const [left = [], right = []] = args;
  const [subject, expected] = likelyExpected(left, right, expectedFirst) === 'left' ? [right, left] : [left, right];
  return against(subject, expected, negated, strength);
}

/** A comparison with `true` says what the other side says. */
function against(subject: Tokens, expected: Tokens, negated: boolean, strength: number): readonly Demand[] {
  const said = text(withoutParentheses(expected)).toLowerCase();
  if ((said === 'true' || said === 'false') && !isPureLiteral(subject)) {
    return conditions(subject, negated !== (said === 'false')).map((demand) => (demand.relation === 'holds' ? { ...demand, strength: 55 } : demand));
  }
  if (subject[0] === 'typeof') return [plain('type', subject.slice(1), text(expected), negated, 50)];
  if (subject[0] === 'type' && subject[1] === '(') return [plain('type', subject.slice(2, -1), text(expected), negated, 50)];
  const demand = compared(subject, expected, negated, strength);
  return [sized.test(text(subject)) ? { ...demand, relation: 'length', strength: Math.min(demand.strength, 62) } : demand];
}

/** `x.length`, `len(x)`, `x.len()`. */
const sized = /^len \( .* \)$|\. (length|size)$|\. (len|count|size|length) \( \)$/;

function compared(subject: Tokens, expected: Tokens, negated: boolean, strength: number): Demand {
  const [looked, wanted] = [text(subject), text(expected)];
  const itself = looked === wanted && looked !== '';
  const constant = itself ? !subject.includes('(') || isPureLiteral(subject) : isPureLiteral(subject) && isPureLiteral(expected);
  const nothing = /^(null|nil|None|undefined)$/.test(wanted);
  const full = nothing ? Math.min(strength, /^(err|error|e)$/i.test(looked) ? 45 : 90) : anything.test(wanted) ? 40 : strength;
  return { ...plain('equal', subject, wanted, negated, negated ? negatedStrength('equal', full) : full), ...(constant ? { constant, strength: 0 } : {}) };
}

function plain(relation: Relation, subject: Tokens, expected: string | null, negated: boolean, strength: number): Demand {
  const constant = isPureLiteral(subject) && (expected === null || isPureLiteral(tokensIn(expected)));
  return { relation, subject: text(subject), expected, negated, strength: constant ? 0 : strength, constant, wildcards: wildcardsIn(expected ?? ''), tolerance: null };
}

const anything = /^(expect \. anything \( \)|(mock \. )?ANY|jasmine \. anything \( \)|mock \. Anything|sinon \. match \. any)$/;

function wildcardsIn(text: string): number {
  return text.match(/\bexpect \. (anything|any|objectContaining|arrayContaining|stringMatching|stringContaining)\b|\bANY\b|\bjasmine \. any\w*|\bmock \. (Anything|AnythingOfType)\b|\bmatch \. any\b/g)?.length ?? 0;
}

/** An error that is named or described pins more down than any error; the class of all errors pins nothing down. */
function throwing(subject: Tokens, rest: readonly Tokens[], negated: boolean): Demand {
  const described = rest.filter((tokens) => !/^(Exception|BaseException|Error|AssertionError|Throwable|\(\) => .*|None)$/.test(text(tokens)));
  const expected = rest.map(text).join(' , ');
  return { ...plain('throws', subject, expected === '' ? null : expected, negated, described.length > 0 && !negated ? 78 : 45), constant: false };
}

function closeness(first: Tokens, rest: readonly Tokens[], name: string, negated: boolean, strength: number): Demand {
  const [subject, expected] = likelyExpected(first, rest[0] ?? [], false) === 'left' ? [rest[0] ?? [], first] : [first, rest[0] ?? []];
  const options = rest.slice(1).map(text).join(' , ');
  const words = name.replaceAll('_', '').toLowerCase();
  const digits = words.includes('tobecloseto') ? Number(options === '' ? 2 : options) : Number(/places = (\d+)/.exec(options)?.[1] ?? (words === 'assertalmostequal' && options === '' ? 7 : Number.NaN));
  const tolerance = Number.isNaN(digits) ? numberIn(options) : 0.5 * 10 ** -digits;
  return { ...compared(subject, expected, negated, strength), relation: 'close', expected: text(expected), tolerance };
}

function numberIn(text: string): number | null {
  const found = [...text.matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?/gi)].map((match) => Number(match[0]));
  return found.length > 0 ? Math.max(...found) : null;
}

const comparisons = new Set(['===', '==', '!==', '!=', '<', '>', '<=', '>=', 'is', 'in', 'instanceof']);

/** What holds when a condition does (or, negated, does not): a conjunction is several demands. */
export function conditions(given: Tokens, negated: boolean): readonly Demand[] {
  const tokens = withoutParentheses(given);
  const [first] = tokens;
  if (tokens.length === 0) return [{ ...plain('holds', [], null, negated, 0), constant: true }];
  for (const [words, joins] of [[['||', 'or'], negated], [['&&', 'and'], !negated]] as const) {
    const parts = split(tokens, words);
    if (parts.length < 2) continue;
    if (joins) return parts.flatMap((part) => conditions(part, negated));
    return [oneOf(tokens, parts.map((part) => conditions(part, negated)))];
  }
  if (first === 'not' || (first === '!' && split(tokens.slice(1), [...comparisons]).length === 1)) return conditions(tokens.slice(1), !negated);
  return [comparison(tokens, negated)];
}

/** Any of several is enough: as strong as the weakest, and constant as soon as one is always so. */
function oneOf(tokens: Tokens, ways: readonly (readonly Demand[])[]): Demand {
  const always = ways.some((way) => way.every((demand) => demand.constant && !isFalse(demand)));
  const strength = Math.min(...ways.map((way) => Math.max(...way.map((demand) => demand.strength))), 60);
  return { ...plain('holds', tokens, null, false, always ? 0 : strength), constant: always };
}

const isFalse = (demand: Demand): boolean => demand.relation === 'holds' && /^(false|False|0|null|None|nil|undefined)$/.test(demand.subject) !== demand.negated;

function comparison(tokens: Tokens, negated: boolean): Demand {
  const [left = [], right = []] = split(tokens, [...comparisons]);
  const at = left.length;
  const operator = tokens[at];
  if (operator === undefined || right.length === 0) return called(tokens, negated);
  let turned = negated !== (operator === '!==' || operator === '!=');
  let [subject, expected] = [left, tokens.slice(at + 1)];
  if (operator === 'is' && expected[0] === 'not') [turned, expected] = [!turned, expected.slice(1)];
  if (operator === 'in' && subject.at(-1) === 'not') [turned, subject] = [!turned, subject.slice(0, -1)];
  if (operator === 'in') return plain('contains', expected, text(subject), turned, 60);
  if (operator === 'instanceof') return plain('type', subject, text(expected), turned, 50);
  const away = /^(?:math \. Abs|Math \. abs|abs|math \. fabs|np \. abs) \(|\. abs \( \)$/.test(text(subject));
  if (away && /^<=?$/.test(operator)) return { ...plain('close', subject, null, turned, 80), tolerance: numberIn(text(expected)), constant: false };
  if (/^[<>]=?$/.test(operator)) return ordered(subject, operator, expected, turned);
  const approx = /^(?:pytest \. )?approx \( (.*) \)$/.exec(text(expected));
  if (approx) {
    const [value = [], ...options] = split(tokensIn(approx[1] ?? ''), [',']);
    return { ...compared(subject, value, turned, 80), relation: 'close', expected: text(value), tolerance: numberIn(options.map(text).join(' , ')) };
  }
  const [demand] = likelyExpected(subject, expected, false) === 'left' ? against(expected, subject, turned, 100) : against(subject, expected, turned, 100);
  return demand ?? plain('holds', tokens, null, negated, 40);
}

/** "Longer than nothing" and "not below zero" are hardly more than "is there". */
function ordered(subject: Tokens, operator: string, expected: Tokens, negated: boolean): Demand {
  const constant = isPureLiteral(subject) && isPureLiteral(expected);
  if (text(expected) === '0' && ((operator === '>=' && !negated) || (operator === '<' && negated)) && sized.test(text(subject))) return { ...plain('order', subject, `${operator} 0`, negated, 0), constant: true };
  const hardly = /^[01]$/.test(text(expected)) && operator.startsWith('>');
  const demand = plain('order', subject, `${operator} ${text(expected)}`, negated, hardly ? 42 : 60);
  return constant ? { ...demand, strength: 0, constant } : demand;
}

const tokensIn = (text: string): Tokens => text.split(' ').filter((token) => token !== '');

/** A condition that is a call whose name says what it compares. */
function called(tokens: Tokens, negated: boolean): Demand {
  const open = openingOfLast(tokens);
  const args = open > 0 ? split(tokens.slice(open + 1, -1), [',']).filter((part) => part.length > 0) : [];
  const name = open > 0 ? tokens[open - 1] ?? '' : '';
  const before = open > 0 && tokens[open - 2] === '.' ? tokens.slice(0, open - 2) : [];
  if (/^(DeepEqual|Equal|EqualFold|equals|isEqual|isDeepStrictEqual|array_equal|eq)$/.test(name)) {
    const pair = args.length >= 2 ? args : [before, args[0] ?? []];
    return equality(pair, negated, 100, false)[0] ?? plain('holds', tokens, null, negated, 40);
  }
  if (/^(is|Is|As)$/.test(name) && args.length >= 2) return compared(args[0] ?? [], args[1] ?? [], negated, 85);
  if (/^(Contains|HasPrefix|HasSuffix|MatchString|includes|startsWith|endsWith|startswith|endswith|contains|contains_key|starts_with|ends_with|has|is_match|test|match|search|fullmatch)$/.test(name)) {
    const outer = args.length >= 2 ? args[0] ?? [] : before;
    return plain('contains', outer, text(args.at(-1) ?? []), negated, 60);
  }
  if (/^(isinstance|issubclass|isArray|isA)$/.test(name)) return plain('type', args[0] ?? before, args.slice(1).map(text).join(' , '), negated, 50);
  if (/^(allclose|isclose|approx_eq|closeTo)$/.test(name)) return closeness(args[0] ?? [], args.slice(1), name, negated, 80);
  if (tokens[0] === 'matches' && tokens[1] === '!') return plain('partial', split(tokens.slice(3, -1), [','])[0] ?? [], split(tokens.slice(3, -1), [',']).slice(1).map(text).join(' , '), negated, 75);
  const demand = plain('holds', tokens, null, negated, 40);
  return isPureLiteral(tokens) ? { ...demand, constant: true, strength: 0 } : demand;
}

/** Index of the parenthesis that the last token closes. */
function openingOfLast(tokens: Tokens): number {
  if (tokens.at(-1) !== ')') return -1;
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at -= 1) {
    if (tokens[at] === ')') depth += 1;
    else if (tokens[at] === '(') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

const text = (tokens: Tokens): string => tokens.join(' ');
