/**
 * Text of others inside a prompt: always fenced and named, never loose (I14). Owns: a fence that no content can close.
 * Refuses: to change the text: code has to arrive as it is.
 */

/** `name` says what it is; the fence is longer than any run of back-ticks in the text. */
export function quoted(name: string, text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${name}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}

/** Head and tail of a long text, with a line between that says how much is missing. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.floor(limit / 3);
  const tail = limit - head;
  return `${text.slice(0, head)}\n… (${text.length - limit} characters left out) …\n${text.slice(text.length - tail)}`;
}
