/**
 * Puts one tree's meaning of a gate into another tree's checkout (I12: the head judged by the base's definition).
 * Owns: which files are changed for it. Refuses: to touch anything that has the same meaning already.
 */
import { ConfinementError, type ConfinedFiles } from '../ports/sandbox.ts';
import type { Meaning } from './definition.ts';
import { sectionRowOf } from './runnerConfiguration.ts';
import { withSections } from './settingSections.ts';

const sizeLimit = 4_000_000;

/**
 * Makes each of `names` mean in the checkout what it means in `meaning`; a name that is not there is removed.
 * @returns the files written or removed, relative to the checkout
 */
export async function putMeaning(files: ConfinedFiles, meaning: Meaning, names: readonly string[]): Promise<readonly string[]> {
  const keys = names.filter((name) => name.includes('#'));
  const manifests = [...new Set(keys.map((name) => name.slice(0, name.indexOf('#'))))];
  const plain = names.filter((name) => !name.includes('#'));
  for (const path of plain) await putFile(files, path, bytesOf(meaning.get(path) ?? null));
  for (const name of keys) await putSections(files, name, meaning);
  for (const path of manifests.filter((manifest) => manifest.endsWith('.json'))) await putKeys(files, path, meaning, keys.filter((name) => name.startsWith(`${path}#`)));
  return [...plain, ...manifests];
}

const bytesOf = (text: string | null): Uint8Array | null => (text === null ? null : new TextEncoder().encode(text));

/** Lays one file into a checkout; null: takes it away, there or not. */
export async function putFile(files: ConfinedFiles, path: string, bytes: Uint8Array | null): Promise<void> {
  if (bytes !== null) return files.write(path, bytes);
  try {
    await files.remove(path);
  } catch (error) {
    if (!(error instanceof ConfinementError && error.reason === 'missing')) throw error;
  }
}

async function putSections(files: ConfinedFiles, name: string, meaning: Meaning): Promise<void> {
  const path = name.slice(0, name.indexOf('#'));
  const row = sectionRowOf(path, name.slice(path.length + 1));
  if (row === null) return;
  const bytes = await files.read(path, sizeLimit);
  await files.write(path, new TextEncoder().encode(withSections(bytes === null ? '' : new TextDecoder().decode(bytes), row.sections, meaning.get(name) ?? null)));
}

async function putKeys(files: ConfinedFiles, path: string, meaning: Meaning, names: readonly string[]): Promise<void> {
  const bytes = await files.read(path, sizeLimit);
  const manifest = objectIn(bytes === null ? '{}' : new TextDecoder().decode(bytes));
  // A package.json that cannot be read stays: the command will fail on it, as it would for anyone.
  if (manifest === null) return;
  for (const name of names) {
    const keys = name.slice(path.length + 1).split(/\.(.*)/s).filter((part) => part !== '');
    const text = meaning.get(name);
    put(manifest, keys, text === undefined ? undefined : keys[0] === 'scripts' ? text : JSON.parse(text));
  }
  await files.write(path, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
}

function put(manifest: Record<string, unknown>, [first, second]: readonly string[], value: unknown): void {
  if (first === undefined) return;
  const inner = second === undefined ? manifest : { ...(typeof manifest[first] === 'object' ? manifest[first] : {}) } as Record<string, unknown>;
  const key = second ?? first;
  if (value === undefined) Reflect.deleteProperty(inner, key);
  else Object.defineProperty(inner, key, { value, enumerable: true, configurable: true, writable: true });
  if (second !== undefined) manifest[first] = inner;
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}
