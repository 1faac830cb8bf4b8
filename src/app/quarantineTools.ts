/**
 * What `treeline quarantine` does: the entries in the project file of a person's checkout, read, put in and taken out.
 * Owns: that one file, written as a whole. Refuses: to write through a link, and to commit: what counts is what the base commit says.
 */
import { lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { TreelineError } from '../client/treelineError.ts';
import type { QuarantineEntry } from '../core/quarantine.ts';
import { parseProjectFile, projectFilePath } from '../gates/projectFile.ts';
import { quarantineOf, withEntry, withoutEntry } from '../gates/quarantineEntries.ts';
import { ProjectFileError } from '../ports/examiners.ts';
import type { QuarantineDocument } from '../protocol/quarantineDocument.ts';

interface Words { readonly test?: string | undefined; readonly reason?: string | undefined; readonly until?: string | undefined; readonly gate?: string | undefined }

/** @param today as 2026-12-31. Rejects with a TreelineError. */
export async function quarantineAnswer(repository: string, verb: string | undefined, { test, reason, until, gate }: Words, today: string): Promise<QuarantineDocument> {
  const file = join(repository, projectFilePath);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  try {
    if (verb === 'list') return document(text, today, null);
    if (verb === 'add' && test !== undefined && reason !== undefined && until !== undefined) return await put(repository, file, added(text, { test, reason, until, gate: gate ?? null, since: today }, today), today, 'added');
    if (verb === 'remove' && test !== undefined) return await put(repository, file, removed(text, test, gate ?? null), today, 'removed');
  } catch (error) {
    if (!(error instanceof ProjectFileError)) throw error;
    throw new TreelineError('invalid-file', error.message, 'Mend these lines of the file in your checkout, or what you gave, and try again.', { cause: error });
  }
  throw new TreelineError('invalid-request', `"quarantine ${verb ?? ''}" is not understood.`, 'Use: list, add --test ID --reason TEXT --until DAY, or remove --test ID.');
}

function added(text: string | null, entry: QuarantineEntry, today: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(entry.until) && entry.until < today) throw new TreelineError('invalid-request', `${entry.until} is over already: today is ${today}.`, 'Give the last day on which the test may fail: --until 2030-01-31.');
  return withEntry(text, entry);
}

function removed(text: string | null, test: string, gate: string | null): string {
  const without = withoutEntry(text, test, gate);
  if (without === null) throw new TreelineError('invalid-request', `${projectFilePath} has no quarantine for "${test}"${gate === null ? '' : ` in gate ${gate}`}.`, 'See which there are: treeline quarantine.');
  return without;
}

async function put(repository: string, file: string, text: string, today: string, changed: 'added' | 'removed'): Promise<QuarantineDocument> {
  await mkdir(dirname(file), { recursive: true });
  // What the repository made a link of leads somewhere else.
  const inside = relative(await realpath(repository), await realpath(dirname(file))) === dirname(projectFilePath);
  const link = await lstat(file).then((found) => !found.isFile(), () => false);
  if (!inside || link) throw new TreelineError('unwritable', `${projectFilePath} is a link, or lies in one.`, 'Replace it by a file.');
  await writeFile(file, text);
  return document(text, today, changed);
}

function document(text: string | null, today: string, changed: QuarantineDocument['changed']): QuarantineDocument {
  const entries = text === null ? [] : quarantineOf(parseProjectFile(new TextEncoder().encode(text)));
  return { schema: 'treeline/quarantine/1', path: projectFilePath, entries: entries.map((entry) => ({ ...entry, over: entry.until < today })), changed };
}
