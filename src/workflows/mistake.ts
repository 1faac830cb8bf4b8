/**
 * A mistake in a workflow file: where it is, what is wrong, and how to mend it.
 * Owns: its shape, the closed list of kinds, and the guess at what was meant, in words and as a change (`way.ts`). Refuses: a mistake without a place or without a way out.
 */

import { rename } from './way.ts';
import type { Way } from './way.ts';

export type MistakeCode =
  /** The text is no YAML, or hostile. */ | 'yaml'
  /** A key, type or word that the file's schema does not have. */ | 'schema'
  /** A workflow that is used: not there, in a circle, too deep, or itself wrong. */ | 'use'
  /** A step, artifact, input or gate that is not there, or stands twice. */ | 'reference' | 'double'
  /** Steps that wait for one another. */ | 'circle'
  /** An expression that cannot be read, or does not fit. */ | 'expression'
  /** A step that can never begin. */ | 'never' | 'unreachable'
  /** Steps that do not go together: a merge without a gate, a choice without a checkpoint. */ | 'rule';

export interface Place { /** From 1. */ readonly line: number; /** From 1, in UTF-16 units as editors count. */ readonly column: number }
export interface Mistake extends Place { readonly code: MistakeCode; readonly message: string; /** What to do, as a sentence. */ readonly fix: string; /** The same as changes of the file, the likeliest first; none where only a person knows. */ readonly ways?: readonly Way[] }

/** In the order of the file; what stands at one place in the order it was found. */
export function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  return [...mistakes].sort((left, right) => left.line - right.line || left.column - right.column);
}

/** The word of `known` that `word` most likely was meant to be, or null. Distance counts a letter put in, left out, changed or swapped as one. */
export function meant(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const apart = distance(word.toLowerCase(), candidate.toLowerCase());
    if (apart < least && apart < word.length) [best, least] = [candidate, apart];
  }
  return best;
}

/** A change of `word` to what was meant, or to each word that there is when they are few. */
export function ways(word: string, known: Iterable<string>, most = 6): readonly Way[] {
  const all = [...new Set(known)].filter((one) => one !== '' && one !== word);
  const guess = meant(word, all);
  return (guess !== null ? [guess] : all.length <= most ? all : []).map((by) => rename(word, by));
}

/** "Did you mean x?", or which words there are. */
export function didYouMean(word: string, known: Iterable<string>, otherwise: string): string {
  const guess = meant(word, known);
  return guess === null ? otherwise : `Did you mean "${guess}"?`;
}

function distance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

/** A word of a file inside a message: on one line, never longer than a line (I14). */
export function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
