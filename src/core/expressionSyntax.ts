/**
 * Text of the expression language → a tree. A tokenizer and a Pratt parser, no regular expression on foreign text.
 * Owns: the grammar, and the position of a mistake. Refuses: what is longer than 2,000 characters or nested deeper than 32.
 *   inputs.x · steps.ID.outcome · steps.ID.outputs.x · matrix.x · task.id · task.request · task.title · round · 'text' "text" 3 -1.5 true false [a, b]
 *   ! && || == != < <= > >= ( ) · contains startsWith endsWith length empty success failure always
 */
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';
import type { Scalar } from './workflow.ts';

export const functionNames = ['contains', 'startsWith', 'endsWith', 'length', 'empty', 'success', 'failure', 'always'] as const;
export type FunctionName = (typeof functionNames)[number];
export type Operator = '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** `at`: characters from the start of the text. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'input' | 'matrix'; readonly name: string }
  | { readonly kind: 'outcome'; readonly step: string }
  | { readonly kind: 'output'; readonly step: string; readonly name: string }
  | { readonly kind: 'task'; readonly field: 'id' | 'request' | 'title' }
  | { readonly kind: 'round' }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly given: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression });

export interface ExpressionMistake { readonly at: number; readonly message: string }

interface Token { readonly at: number; readonly kind: 'text' | 'number' | 'word' | 'sign' | 'end'; readonly text: string }

const expressionLimit = 2_000;
const depthLimit = 32;
/** How strongly an operator binds its operands. */
const binding: Readonly<Record<Operator, number>> = { '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 4, '<=': 4, '>': 4, '>=': 4 };
const signs = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '!', '(', ')', '[', ']', ',', '.'] as const;

class Mistake extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export function parse(text: string): Result<Expression, ExpressionMistake> {
  try {
    if (text.length > expressionLimit) throw new Mistake(expressionLimit, `an expression has at most ${expressionLimit} characters`);
    return ok(new Parser(tokens(text)).whole());
  } catch (error) {
    if (error instanceof Mistake) return refuse({ at: error.at, message: error.message });
    throw error;
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';
const isLetter = (character: string): boolean => (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character === '_';
const isSpace = (character: string): boolean => character === ' ' || character === '\t' || character === '\n' || character === '\r';

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (isSpace(character)) { at += 1; continue; }
    const token = character === '\'' || character === '"' ? quotedText(text, at)
      : isDigit(character) || (character === '-' && isDigit(text[at + 1] ?? '')) ? run(text, at, 'number', (next) => isDigit(next) || next === '.')
        : isLetter(character) ? run(text, at, 'word', (next) => isLetter(next) || isDigit(next) || next === '-' || next === '/')
          : sign(text, at);
    found.push(token.token);
    at = token.end;
  }
  return [...found, { at: text.length, kind: 'end', text: '' }];
}

interface Read { readonly token: Token; readonly end: number }

/** A doubled quote stands for one, as in YAML. */
function quotedText(text: string, at: number): Read {
  const quote = text[at];
  let value = '';
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] !== quote) value += text[end] ?? '';
    else if (text[end + 1] === quote) { value += quote; end += 1; } else return { token: { at, kind: 'text', text: value }, end: end + 1 };
  }
  throw new Mistake(at, 'the text that begins here is not closed');
}

function run(text: string, at: number, kind: 'number' | 'word', more: (character: string) => boolean): Read {
  let end = at + 1;
  while (end < text.length && more(text[end] ?? '')) end += 1;
  return { token: { at, kind, text: text.slice(at, end) }, end };
}

function sign(text: string, at: number): Read {
  const found = signs.find((candidate) => text.startsWith(candidate, at));
  if (found !== undefined) return { token: { at, kind: 'sign', text: found }, end: at + found.length };
  const character = text[at] ?? '';
  const hint = character === '=' ? '; equality is "=="' : character === '&' || character === '|' ? `; write "${character}${character}"` : '';
  throw new Mistake(at, `"${character}" is no part of an expression${hint}`);
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(given: readonly Token[]) { this.#tokens = given; }

  whole(): Expression {
    const expression = this.#expression(0);
    const rest = this.#peek();
    if (rest.kind !== 'end') throw new Mistake(rest.at, `${words(rest)} is not expected here`);
    return expression;
  }

  #peek(): Token { return this.#tokens[this.#next] as Token; }
  #take(): Token { const token = this.#peek(); this.#next += token.kind === 'end' ? 0 : 1; return token; }
  #takeSign(text: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    const token = this.#peek();
    if (!this.#takeSign(text)) throw new Mistake(token.at, `"${text}" is expected here, not ${words(token)}`);
  }

  #expression(least: number): Expression {
    this.#depth += 1;
    if (this.#depth > depthLimit) throw new Mistake(this.#peek().at, `nested deeper than ${depthLimit}`);
    let left = this.#operand();
    for (;;) {
      const token = this.#peek();
      const strength = token.kind === 'sign' ? binding[token.text as Operator] : undefined;
      if (strength === undefined || strength <= least) break;
      this.#next += 1;
      left = { kind: 'binary', at: token.at, operator: token.text as Operator, left, right: this.#expression(strength) };
    }
    this.#depth -= 1;
    return left;
  }

  #operand(): Expression {
    const token = this.#take();
    const { at } = token;
    switch (token.kind) {
      case 'text': return { kind: 'literal', at, value: token.text };
      case 'number': return { kind: 'literal', at, value: number(token) };
      case 'word': return this.#word(token);
      case 'end': throw new Mistake(at, 'the expression ends too early');
      case 'sign': break;
    }
    if (token.text === '!') return { kind: 'not', at, of: this.#expression(binding['<']) };
    if (token.text === '(') {
      const inner = this.#expression(0);
      this.#expect(')');
      return inner;
    }
    if (token.text === '[') return { kind: 'list', at, items: this.#many(']') };
    throw new Mistake(at, `${words(token)} is not expected here`);
  }

  #word({ at, text }: Token): Expression {
    if (text === 'true' || text === 'false') return { kind: 'literal', at, value: text === 'true' };
    if (text === 'round') return { kind: 'round', at };
    if (this.#takeSign('(')) {
      const name = functionNames.find((known) => known === text);
      if (name === undefined) throw new Mistake(at, `there is no function "${text}"; there are ${functionNames.join(', ')}`);
      return { kind: 'call', at, name, given: this.#many(')') };
    }
    switch (text) {
      case 'inputs': return { kind: 'input', at, name: this.#part(text) };
      case 'matrix': return { kind: 'matrix', at, name: this.#part(text) };
      case 'task': {
        const field = this.#part(text);
        if (field !== 'id' && field !== 'request' && field !== 'title') throw new Mistake(at, `a task has no "${field}"; it has id, request and title`);
        return { kind: 'task', at, field };
      }
      case 'steps': {
        const step = this.#part(text);
        const what = this.#part(`steps.${step}`);
        if (what === 'outcome') return { kind: 'outcome', at, step };
        if (what !== 'outputs') throw new Mistake(at, `a step has no "${what}"; it has outcome and outputs`);
        return { kind: 'output', at, step, name: this.#part(`steps.${step}.outputs`) };
      }
      default: throw new Mistake(at, `"${text}" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes`);
    }
  }

  #part(of: string): string {
    this.#expect('.');
    const token = this.#take();
    if (token.kind !== 'word') throw new Mistake(token.at, `a name is expected after "${of}."`);
    return token.text;
  }

  #many(end: ')' | ']'): readonly Expression[] {
    const items: Expression[] = [];
    if (this.#takeSign(end)) return items;
    do items.push(this.#expression(0)); while (this.#takeSign(','));
    this.#expect(end);
    return items;
  }
}

function number(token: Token): number {
  const value = Number(token.text);
  if (!Number.isFinite(value)) throw new Mistake(token.at, `"${token.text}" is no number`);
  return value;
}

function words(token: Token): string {
  return token.kind === 'end' ? 'the end' : `"${token.text}"`;
}
