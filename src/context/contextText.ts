/**
 * The text that every agent of a task gets first: rules, specifications, their requirement ids, the map. Pure.
 * Owns: the order of the parts and the budget. The same files in the same order give the same bytes: no clock, no score, no request is in it.
 * Refuses: to cut silently: what is left out is said in the text.
 */
import { quoted } from '../core/quoted.ts';
import type { Requirement } from '../ports/library.ts';
import type { Spec } from './catalogue.ts';
import { maxFileTokens } from './choice.ts';
import { orderOfNested } from './place.ts';
import { cutToTokens, tokensOf } from './tokens.ts';

/** Tokens of the whole context, and of the map in it (0: no map). */
export interface Limits { readonly tokens: number; readonly mapTokens: number }

export interface ContextParts {
  /** In their order: rules of the whole repository before those of a part. */
  readonly rules: readonly Spec[];
  readonly specs: readonly Spec[];
  /** Empty: none. */
  readonly map: string;
  readonly remarks: readonly string[];
  readonly limits: Limits;
}

/** Less than this of a file is not worth its place. */
const leastTokens = 300;
/** Of the budget, for rules that hold for a part of the repository only. */
const nestedShare = 0.25;

export function contextText({ rules, specs, map, remarks, limits }: ContextParts): { readonly text: string; readonly files: readonly string[] } {
  const files: string[] = [];
  const leftOut: string[] = [];
  const mapPart = map === '' ? [] : [quoted('repository-map', map)];
  let left = limits.tokens - mapPart.reduce((sum, part) => sum + tokensOf(part), 0);
  const taken = (spec: Spec, most: number): string[] => {
    const room = Math.min(maxFileTokens, most, left);
    if (spec.tokens > room && room < leastTokens) {
      leftOut.push(`${spec.path} (about ${spec.tokens} tokens)`);
      return [];
    }
    const cut = cutToTokens(spec.text, room);
    const rest = spec.text.length - cut.length;
    const part = quoted(spec.path, rest > 0 ? `${cut}\n… (cut: ${rest} more characters of this file do not fit the budget of ${limits.tokens} tokens; read it with your tools where it matters)` : cut);
    left -= tokensOf(part) + 1;
    files.push(spec.path);
    return [part];
  };
  const whole = rules.filter((rule) => rule.order < orderOfNested);
  const nested = rules.filter((rule) => !whole.includes(rule));
  const parts = whole.flatMap((rule) => taken(rule, limits.tokens));
  let nestedLeft = limits.tokens * nestedShare;
  const partial = nested.flatMap((rule) => {
    const before = left;
    const part = taken(rule, nestedLeft);
    nestedLeft -= before - left;
    return part;
  });
  if (partial.length > 0) parts.push('The following rules hold below their own folder only; where rules differ, those nearest to a file win.', ...partial);
  const used: Spec[] = [];
  for (const spec of specs) {
    const part = taken(spec, limits.tokens);
    if (part.length > 0) used.push(spec);
    parts.push(...part);
  }
  parts.push(...idLines(used.flatMap((spec) => spec.requirements)), ...mapPart);
  if (leftOut.length > 0) parts.push(`Left out, since the context has a budget of ${limits.tokens} tokens; read them with your tools where they matter: ${leftOut.join(', ')}.`);
  return { text: [...parts, ...remarks].join('\n\n'), files };
}

/** Ids by file; where the text does not show one, the line that it stands for. */
function idLines(requirements: readonly Requirement[]): readonly string[] {
  const byFile = new Map<string, string[]>();
  for (const { file, id, label, line } of requirements) {
    const ids = byFile.get(file) ?? [];
    ids.push(label === null ? `${id} (line ${line})` : id);
    byFile.set(file, ids);
  }
  if (byFile.size === 0) return [];
  return [`Requirement ids, as plans and tests name them:\n${[...byFile].map(([file, ids]) => `${file}: ${ids.join(', ')}`).join('\n')}`];
}
