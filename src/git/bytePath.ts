/**
 * Names of files between git (bytes) and the ports (text). Inside this room a path is a "byte path": one character per byte, nothing lost.
 * Owns: the way out and the way back. Refuses: to lose a byte: what is no UTF-8 is shown as `\xHH`, a backslash in such a name doubled.
 */

/** Where bytes, characters and UTF-8 are the same. */
const plain = /^[\x00-\x7f]*$/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A byte path as text for people and models. */
export function pathText(bytePath: string): string {
  if (plain.test(bytePath)) return bytePath;
  try {
    return strict.decode(Buffer.from(bytePath, 'latin1'));
  } catch {
    return bytePath.replace(/[\\\x80-\xff]/g, (character) => (character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16)}`));
  }
}

/** Text as a byte path. */
export function bytePath(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** A byte path below a folder, as the file system takes it. */
export function onDisk(folder: string, path: string): Buffer | string {
  if (plain.test(path)) return `${folder}/${path}`;
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
}
