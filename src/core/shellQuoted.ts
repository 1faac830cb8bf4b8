/** A text as one word of a POSIX shell. Owns: which characters need no quotes. Refuses: to quote where none are needed, for people read it. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
