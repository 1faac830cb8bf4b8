/**
 * What an expression means: its type where it is written, its value where it runs. Pure and total: what is missing is empty, equal to
 * nothing but itself; nothing throws, and nothing is converted.
 * Owns: the rules of types and values. Refuses: regular expressions, arithmetic, anything that can run for long.
 */
import { parse } from './expressionSyntax.ts';
import type { Expression, ExpressionMistake, FunctionName } from './expressionSyntax.ts';
import type { Value, ValueType } from './workflow.ts';

/** `any`: an element of a list, of which only the run knows more. */
export type ExpressionType = ValueType | { readonly type: 'any' };
type Types = Readonly<Record<string, ExpressionType>>;

/** What a place in a workflow may look at. */
export interface TypeEnvironment {
  readonly inputs: Types;
  /** Steps by the id that is written there, with their outputs. */
  readonly steps: Readonly<Record<string, Types>>;
  /** Null: no fan-out here. */
  readonly matrix: Types | null;
}

/** The same when the run gets there. Undefined: there is no such thing (yet). */
export interface Values {
  input(name: string): Value | undefined;
  outcome(step: string): Value | undefined;
  output(step: string, name: string): Value | undefined;
  matrix(name: string): Value | undefined;
  readonly task: { readonly id: string; readonly request: string; readonly title: string };
  readonly round: number;
  /** Each need ended well; one of the steps before ended badly. */
  success(): boolean;
  failure(): boolean;
}

const text = { type: 'string' } as const, numeric = { type: 'number' } as const, truth = { type: 'boolean' } as const, list = { type: 'list' } as const, any = { type: 'any' } as const;
const outcomes = { type: 'enum', values: ['success', 'failure', 'skipped'] } as const satisfies { type: 'enum'; values: readonly string[] };

/** Every mistake of an expression, with its place. `expected`: the type that is needed there; null: any. */
export function check(written: string, environment: TypeEnvironment, expected: ValueType['type'] | null): readonly ExpressionMistake[] {
  const parsed = parse(written);
  return parsed.ok ? checkExpression(parsed.value, environment, expected) : [parsed.refusal];
}

export function checkExpression(expression: Expression, environment: TypeEnvironment, expected: ValueType['type'] | null): readonly ExpressionMistake[] {
  const found: ExpressionMistake[] = [];
  const type = typeOf(expression, environment, found);
  if (expected !== null) need(expression, type, expected, found);
  return found;
}

/** What an expression gives; its mistakes are added to `found`. */
export function typeOf(expression: Expression, environment: TypeEnvironment, found: ExpressionMistake[]): ExpressionType {
  const wrong = (message: string): ExpressionType => { found.push({ at: expression.at, message }); return any; };
  const named = (types: Types, name: string, what: string): ExpressionType => own(types, name) ?? wrong(`there is no ${what} "${name}"${known(types)}`);
  switch (expression.kind) {
    case 'literal': return typeof expression.value === 'string' ? text : typeof expression.value === 'number' ? numeric : truth;
    case 'list':
      for (const item of expression.items) if (typeOf(item, environment, found).type === 'list') found.push({ at: item.at, message: 'a list holds no lists' });
      return list;
    case 'input': return named(environment.inputs, expression.name, 'input');
    case 'matrix': return environment.matrix === null ? wrong('"matrix" is only there in a step with "for-each"') : named(environment.matrix, expression.name, 'value of the row');
    case 'task': return text;
    case 'round': return numeric;
    case 'outcome': return own(environment.steps, expression.step) ? { type: 'enum', values: [...outcomes.values] } : wrong(noStep(expression.step, environment));
    case 'output': {
      const outputs = own(environment.steps, expression.step);
      return outputs ? named(outputs, expression.name, `output of step "${expression.step}" called`) : wrong(noStep(expression.step, environment));
    }
    case 'not': need(expression.of, typeOf(expression.of, environment, found), 'boolean', found); return truth;
    case 'call': return typeOfCall(expression, environment, found);
    case 'binary': {
      const left = typeOf(expression.left, environment, found), right = typeOf(expression.right, environment, found);
      if (expression.operator === '==' || expression.operator === '!=') comparable(expression, left, right, found);
      else {
        const wanted = expression.operator === '&&' || expression.operator === '||' ? 'boolean' : 'number';
        need(expression.left, left, wanted, found);
        need(expression.right, right, wanted, found);
      }
      return truth;
    }
  }
}

const signatures: Readonly<Record<FunctionName, { readonly given: readonly (ValueType['type'] | 'any' | 'text or list')[]; readonly gives: ExpressionType }>> = {
  contains: { given: ['text or list', 'any'], gives: truth }, startsWith: { given: ['string', 'string'], gives: truth }, endsWith: { given: ['string', 'string'], gives: truth },
  length: { given: ['text or list'], gives: numeric }, empty: { given: ['any'], gives: truth },
  success: { given: [], gives: truth }, failure: { given: [], gives: truth }, always: { given: [], gives: truth },
};

function typeOfCall(call: Extract<Expression, { kind: 'call' }>, environment: TypeEnvironment, found: ExpressionMistake[]): ExpressionType {
  const { given, gives } = signatures[call.name];
  const types = call.given.map((argument) => typeOf(argument, environment, found));
  if (types.length !== given.length) found.push({ at: call.at, message: `${call.name}() takes ${given.length === 0 ? 'nothing' : `${given.length} value${given.length === 1 ? '' : 's'}`}, not ${types.length}` });
  given.forEach((wanted, index) => {
    const [argument, type] = [call.given[index], types[index]];
    if (!argument || !type || wanted === 'any') return;
    if (wanted !== 'text or list') need(argument, type, wanted, found);
    else if (!['string', 'enum', 'list', 'any'].includes(type.type)) found.push({ at: argument.at, message: `${call.name}() looks at text or a list, not at ${aOrAn(type)}` });
  });
  if (call.name === 'contains' && types[0] && types[0].type !== 'list' && types[0].type !== 'any' && call.given[1] && types[1]) need(call.given[1], types[1], 'string', found);
  return gives;
}

function need(expression: Expression, type: ExpressionType, wanted: ValueType['type'], found: ExpressionMistake[]): void {
  if (type.type === 'any' || type.type === wanted || (wanted === 'string' && type.type === 'enum') || (wanted === 'enum' && type.type === 'string')) return;
  found.push({ at: expression.at, message: `${aOrAn({ type: wanted })} is needed here, this is ${aOrAn(type)}` });
}

function aOrAn({ type }: { readonly type: ExpressionType['type'] }): string {
  return `${type === 'enum' ? 'an' : 'a'} ${type}`;
}

/** Two things that can never be equal are a slip of the pen. */
function comparable(expression: Extract<Expression, { kind: 'binary' }>, left: ExpressionType, right: ExpressionType, found: ExpressionMistake[]): void {
  if (left.type === 'any' || right.type === 'any') return;
  const plain = (type: ExpressionType): string => (type.type === 'enum' ? 'string' : type.type);
  if (plain(left) !== plain(right)) { found.push({ at: expression.at, message: `${aOrAn(left)} and ${aOrAn(right)} are never equal` }); return; }
  for (const [type, other] of [[left, expression.right], [right, expression.left]] as const) {
    if (type.type === 'enum' && other.kind === 'literal' && !type.values.some((value) => value === other.value)) found.push({ at: other.at, message: `it is never '${String(other.value)}'; it is one of ${type.values.join(', ')}` });
  }
}

function own<Item>(record: Readonly<Record<string, Item>>, name: string): Item | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function known(record: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(record);
  return names.length > 0 ? `; there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 12).join(', ')}` : '';
}

function noStep(step: string, environment: TypeEnvironment): string {
  return `no step before this one is called "${step}"${known(environment.steps)}`;
}

/** The value of an expression. Undefined: empty. */
export function evaluate(expression: Expression, values: Values): Value | undefined {
  switch (expression.kind) {
    case 'literal': return expression.value;
    case 'list': return expression.items.flatMap((item) => evaluate(item, values) ?? []);
    case 'input': return values.input(expression.name);
    case 'matrix': return values.matrix(expression.name);
    case 'task': return values.task[expression.field];
    case 'round': return values.round;
    case 'outcome': return values.outcome(expression.step);
    case 'output': return values.output(expression.step, expression.name);
    case 'not': return !holds(expression.of, values);
    case 'call': return called(expression.name, expression.given.map((argument) => evaluate(argument, values)), values);
    case 'binary': break;
  }
  const { operator } = expression;
  if (operator === '&&') return holds(expression.left, values) && holds(expression.right, values);
  if (operator === '||') return holds(expression.left, values) || holds(expression.right, values);
  const left = evaluate(expression.left, values), right = evaluate(expression.right, values);
  if (operator === '==') return equal(left, right);
  if (operator === '!=') return !equal(left, right);
  if (typeof left !== 'number' || typeof right !== 'number') return false;
  switch (operator) {
    case '<': return left < right;
    case '<=': return left <= right;
    case '>': return left > right;
    case '>=': return left >= right;
  }
}

/** Only `true` holds: nothing else is taken for it. */
export function holds(expression: Expression, values: Values): boolean {
  return evaluate(expression, values) === true;
}

function equal(left: Value | undefined, right: Value | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right)) return left.length === right.length && left.every((item, index) => item === right[index]);
  return left === right;
}

function called(name: FunctionName, [first, second]: readonly (Value | undefined)[], values: Values): Value {
  switch (name) {
    case 'contains': return Array.isArray(first) ? first.some((item) => item === second) : typeof first === 'string' && typeof second === 'string' && first.includes(second);
    case 'startsWith': return typeof first === 'string' && typeof second === 'string' && first.startsWith(second);
    case 'endsWith': return typeof first === 'string' && typeof second === 'string' && first.endsWith(second);
    case 'length': return typeof first === 'string' || Array.isArray(first) ? first.length : 0;
    case 'empty': return first === undefined || first === '' || (Array.isArray(first) && first.length === 0);
    case 'success': return values.success();
    case 'failure': return values.failure();
    case 'always': return true;
  }
}

/** Everything inside an expression, itself first. */
export function parts(expression: Expression): readonly Expression[] {
  const inner = expression.kind === 'list' ? expression.items : expression.kind === 'call' ? expression.given
    : expression.kind === 'not' ? [expression.of] : expression.kind === 'binary' ? [expression.left, expression.right] : [];
  return [expression, ...inner.flatMap(parts)];
}
