/**
 * Text with `${{ expression }}` in it. Owns: where an expression begins and ends, and how a value is written. Refuses: to quote or to
 * trust: whoever passes the text on knows what it is for.
 */
import { checkExpression, evaluate } from './expression.ts';
import type { TypeEnvironment, Values } from './expression.ts';
import { parse } from './expressionSyntax.ts';
import type { Expression, ExpressionMistake } from './expressionSyntax.ts';
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';
import type { Value } from './workflow.ts';

/** Literal text, and expressions with the place that they begin at. */
export type Template = readonly (string | { readonly at: number; readonly expression: Expression })[];

const opening = '${{', closing = '}}';

function parseTemplate(text: string): Result<Template, ExpressionMistake> {
  const found: Template[number][] = [];
  let from = 0;
  for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, from)) {
    if (at > from) found.push(text.slice(from, at));
    const inner = at + opening.length;
    const end = endOf(text, inner);
    if (end < 0) return refuse({ at, message: 'the "${{" that begins here is not closed with "}}"' });
    const parsed = parse(text.slice(inner, end));
    if (!parsed.ok) return refuse({ at: inner + parsed.refusal.at, message: parsed.refusal.message });
    found.push({ at: inner, expression: parsed.value });
    from = end + closing.length;
  }
  return ok(from < text.length ? [...found, text.slice(from)] : found);
}

/** Where the expression's "}}" stands: not inside of its quoted text. */
function endOf(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') { if (character === quote) quote = ''; } else if (character === '\'' || character === '"') quote = character;
    else if (text.startsWith(closing, at)) return at;
  }
  return -1;
}

export function checkTemplate(text: string, environment: TypeEnvironment): readonly ExpressionMistake[] {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return [parsed.refusal];
  return parsed.value.flatMap((part) => (typeof part === 'string' ? [] : checkExpression(part.expression, environment, null).map((mistake) => ({ ...mistake, at: part.at + mistake.at }))));
}

/** A template that cannot be read (it was checked when it was compiled) is given as it is. */
export function render(text: string, values: Values): string {
  const parsed = parseTemplate(text);
  return parsed.ok ? parsed.value.map((part) => (typeof part === 'string' ? part : written(evaluate(part.expression, values)))).join('') : text;
}

/** A list is written with commas; what is empty is written as nothing. */
function written(value: Value | undefined): string {
  return value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value);
}
