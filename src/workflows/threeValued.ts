/**
 * An expression when only some of its values are known: true, false, or null where it may be either.
 * Owns: that arithmetic; it agrees with `core/expression.ts` wherever everything is known. Refuses: to guess.
 */
import type { Expression } from '../core/expressionSyntax.ts';
import type { Value } from '../core/workflow.ts';

export interface Known {
  /** Of a look-up (`inputs.x`, `steps.a.outputs.y`); null: it may be anything. */
  readonly value: (key: string) => { readonly value: Value | undefined } | null;
  /** The step cannot have run: its outcome is `skipped`, its outputs are empty. */
  readonly skipped: (step: string) => boolean;
  readonly success: () => boolean | null;
}

/** What is looked up, as a key; null: no look-up. */
export function keyOf(part: Expression): string | null {
  switch (part.kind) {
    case 'input': return `inputs.${part.name}`;
    case 'output': return `steps.${part.step}.outputs.${part.name}`;
    default: return null;
  }
}

type Maybe = { readonly value: Value | undefined } | null;

export function judge(expression: Expression, known: Known): boolean | null {
  const found = valueOf(expression, known);
  return found === null ? null : found.value === true;
}

function valueOf(expression: Expression, known: Known): Maybe {
  switch (expression.kind) {
    case 'literal': return { value: expression.value };
    case 'output': return known.skipped(expression.step) ? { value: undefined } : known.value(keyOf(expression) ?? '');
    case 'input': return known.value(keyOf(expression) ?? '');
    case 'outcome': return known.skipped(expression.step) ? { value: 'skipped' } : null;
    case 'not': { const inner = judge(expression.of, known); return inner === null ? null : { value: !inner }; }
    case 'call': return called(expression, known);
    case 'binary': return binary(expression, known);
    case 'list': case 'matrix': case 'task': case 'round': return null;
  }
}

function called({ name, given }: Extract<Expression, { kind: 'call' }>, known: Known): Maybe {
  if (name === 'always') return { value: true };
  if (name === 'success') { const well = known.success(); return well === null ? null : { value: well }; }
  if (name === 'failure') return null;
  const [first] = given.map((argument) => valueOf(argument, known));
  if (name === 'empty' && first) return { value: first.value === undefined || first.value === '' || (Array.isArray(first.value) && first.value.length === 0) };
  return null;
}

function binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, known: Known): Maybe {
  if (operator === '&&' || operator === '||') {
    const [one, other] = [judge(left, known), judge(right, known)];
    const settles = operator === '||';
    if (one === settles || other === settles) return { value: settles };
    return one === null || other === null ? null : { value: !settles };
  }
  const [one, other] = [valueOf(left, known), valueOf(right, known)];
  if (!one || !other) return null;
  if (operator === '==' || operator === '!=') return Array.isArray(one.value) || Array.isArray(other.value) ? null : { value: (one.value === other.value) === (operator === '==') };
  if (typeof one.value !== 'number' || typeof other.value !== 'number') return { value: false };
  switch (operator) {
    case '<': return { value: one.value < other.value };
    case '<=': return { value: one.value <= other.value };
    case '>': return { value: one.value > other.value };
    case '>=': return { value: one.value >= other.value };
  }
}
