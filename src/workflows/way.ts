/**
 * A way out of a mistake that a program can go for a person: changes of the file, in the file's own terms.
 * Owns: the closed list of changes, and the ways that several checks offer. Refuses: to know where things stand in the text (see
 * `help/mend.ts`, which carries them out).
 */
type Path = readonly (string | number)[];

export type Change =
  /** Characters of the text; for what is no YAML yet. */ | { readonly do: 'text'; readonly from: number; readonly to: number; readonly text: string }
  /** The next `word` from the mistake's place on becomes another one. */ | { readonly do: 'replace'; readonly word: string; readonly by: string }
  /** The value at a path is written anew; `text` is YAML on one line. */ | { readonly do: 'write'; readonly path: Path; readonly text: string }
  /** A key with its value, or an entry of a list, is taken out. */ | { readonly do: 'remove'; readonly path: Path }
  /** The map at a path gets one more key, or the key that it has gets this value. */ | { readonly do: 'put'; readonly path: Path; readonly key: string; readonly text: string }
  /** The step at a path waits for one more. */ | { readonly do: 'need'; readonly path: Path; readonly id: string }
  /** A step of its own before the one at a path; `lines` are its keys. */ | { readonly do: 'step'; readonly path: Path; readonly lines: readonly string[] };

export interface Way { /** What the person chooses by. */ readonly title: string; readonly changes: readonly Change[] }

export const rename = (word: string, by: string): Way => ({ title: `Change to "${by}"`, changes: [{ do: 'replace', word, by }] });
export const write = (path: Path, text: string, title = `Write ${text}`): Way => ({ title, changes: [{ do: 'write', path, text }] });
export const takeOut = (path: Path): Way => ({ title: `Take "${String(path.findLast((part) => typeof part === 'string') ?? 'it')}" out`, changes: [{ do: 'remove', path }] });
export const put = (path: Path, key: string, text: string): Way => ({ title: `Add "${key}: ${text}"`, changes: [{ do: 'put', path, key, text }] });
export const need = (path: Path, id: string): Way => ({ title: `Add "${id}" to the needs`, changes: [{ do: 'need', path, id }] });
