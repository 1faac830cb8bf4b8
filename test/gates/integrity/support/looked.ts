/** Shows the guard a small change and says in short what it found: `high test-skipped`, in the order of the text. */
import { grammarFiles } from '../../../../src/app/grammarFiles.ts';
import type { IntegrityFinding } from '../../../../src/core/integrity.ts';
import { findIntegrity, type Integrity, type IntegrityInput } from '../../../../src/gates/integrity/findIntegrity.ts';
import { loadParsers } from '../../../../src/gates/integrity/grammars.ts';
import { readPair } from '../../../../src/gates/integrity/readPair.ts';
import type { Parse } from '../../../../src/gates/integrity/syntax.ts';

let parse: Parse | null = null;

/** To be called before the first look. */
export async function openParsers(): Promise<void> {
  parse = await loadParsers(grammarFiles(import.meta.filename));
}

/** Path → text before and after; null: there is none. */
export type Change = Readonly<Record<string, readonly [before: string | null, after: string | null]>>;

export const looked = (change: Change, more: Partial<IntegrityInput> = {}): readonly IntegrityFinding[] => integrityOf(change, more).findings;

/** Tests that are the same under another name. */
export const movedIn = (change: Change): Integrity['moved'] => integrityOf(change).moved;

function integrityOf(change: Change, more: Partial<IntegrityInput> = {}): Integrity {
  const files = Object.entries(change).map(([path, [before, after]]) => readPair({ path, previous: null, before, after }, parse));
  return findIntegrity({ files, ignored: () => false, tracked: new Set(), unread: [], parsed: true, ...more });
}

export const inShort = (findings: readonly IntegrityFinding[]): readonly string[] => findings.map(({ kind, severity }) => `${severity} ${kind}`).sort();

export interface Row { readonly name: string; readonly change: Change; readonly expected: readonly string[] }
