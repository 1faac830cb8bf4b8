/**
 * Entries of `quarantine:` in the text of a project file, put in and taken out with all else left as it is written.
 * Owns: that text. Refuses: to write a file, and a text that is no project file afterwards (ProjectFileError).
 */
import { isSeq, parseDocument, type Document } from 'yaml';
import type { QuarantineEntry } from '../core/quarantine.ts';
import { parseProjectFile, type ProjectFile } from './projectFile.ts';

/** As the evidence has them. */
export function quarantineOf(project: ProjectFile): QuarantineEntry[] {
  return (project.quarantine ?? []).map(({ test, gate, reason, since, until }) => ({ test, gate: gate ?? null, reason, since: since ?? null, until }));
}

/** With the entry in place of one for the same test and gate, else as the last one. @param text null: there is no file yet */
export function withEntry(text: string | null, { test, gate, reason, since, until }: QuarantineEntry): string {
  const without = withoutEntry(text, test, gate) ?? text;
  const document = parsed(without);
  const entry = document.createNode({ test, ...(gate === null ? {} : { gate }), reason, ...(since === null ? {} : { since }), until });
  if (isSeq(document.get('quarantine'))) document.addIn(['quarantine'], entry);
  else document.set('quarantine', document.createNode([entry]));
  return checked(document.toString(plainly));
}

/** Null: it has no such entry. @param gate null: whichever gate the entry is for */
export function withoutEntry(text: string | null, test: string, gate: string | null): string | null {
  const entries = quarantineOf(text === null ? {} : parseProjectFile(new TextEncoder().encode(text)));
  const at = entries.findIndex((entry) => entry.test === test && (gate === null || entry.gate === gate));
  if (at < 0) return null;
  const document = parsed(text);
  document.deleteIn(entries.length === 1 ? ['quarantine'] : ['quarantine', at]);
  return checked(document.toString(plainly));
}

const plainly = { lineWidth: 0, flowCollectionPadding: true } as const;

function parsed(text: string | null): Document {
  parseProjectFile(new TextEncoder().encode(text ?? ''));
  const document: Document = parseDocument(text ?? '');
  if (document.contents === null) document.contents = document.createNode({});
  return document;
}

function checked(text: string): string {
  parseProjectFile(new TextEncoder().encode(text));
  return text.trim() === '{}' ? '' : text;
}
