/**
 * The spec context of a task: the project's rules and specifications, read from the base commit's tree, never from the checkout.
 * Owns: their order, their size, and that the same commit and choice give the same bytes (provider caches hang on that).
 * Refuses: to cut silently: what was left out is said in the text.
 */
import { quoted } from '../core/quoted.ts';
import type { Archive } from '../ports/archive.ts';
import type { Library } from '../ports/library.ts';
import { chosenFiles } from './chosenFiles.ts';
import { requirementIds } from './requirementIds.ts';

/** Characters. Four make about one token. */
const maxFile = 60_000;
const maxAll = 200_000;
const maxKept = 16;

export function createLibrary(archive: Pick<Archive, 'listFiles' | 'readFile'>): Library {
  // Every attempt of a task asks for the same; a commit never changes.
  const kept = new Map<string, Promise<{ readonly text: string; readonly files: readonly string[] }>>();
  return {
    contextOf: (commit, globs) => {
      const key = JSON.stringify([commit, ...globs]);
      const known = kept.get(key);
      if (known) return known;
      const made = makeContext(archive, commit, globs);
      kept.set(key, made);
      made.catch(() => kept.delete(key)); // a failed reading is tried again next time
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
      return made;
    },
  };
}

async function makeContext(archive: Pick<Archive, 'listFiles' | 'readFile'>, commit: string, globs: readonly string[]): Promise<{ readonly text: string; readonly files: readonly string[] }> {
  const chosen = chosenFiles(await archive.listFiles(commit), globs);
  const parts: string[] = [];
  const used: string[] = [];
  const left: string[] = [];
  const requirements: string[] = [];
  let size = 0;
  for (const file of [...chosen.rules, ...chosen.specs]) {
    const text = textOf(await archive.readFile(commit, file));
    if (text === null) left.push(`${file} (no text)`);
    else if (size + Math.min(text.length, maxFile) > maxAll) left.push(`${file} (${text.length} characters)`);
    else {
      const cut = text.length > maxFile ? `${text.slice(0, maxFile)}\n… (${text.length - maxFile} more characters of this file were left out)` : text;
      size += cut.length;
      parts.push(quoted(file, cut));
      used.push(file);
      const ids = chosen.specs.includes(file) ? requirementIds(text) : [];
      if (ids.length > 0) requirements.push(`${file}: ${ids.join(', ')}`);
    }
  }
  if (requirements.length > 0) parts.push(`Requirement ids:\n${requirements.join('\n')}`);
  if (left.length > 0) parts.push(`Left out, since the context may have ${maxAll} characters of text; read them with your tools where they matter: ${left.join(', ')}.`);
  return { text: [...parts, ...chosen.remarks].join('\n\n'), files: used };
}

/** Null: missing or binary. */
function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.includes(0)) return null;
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
  return text.trim() === '' ? null : text;
}
