/** Text of others inside a prompt: always fenced and named, never loose (I14). Owns: a fence that no content can close. Refuses: to change the text. */

/** `name` says what it is; the fence is longer than any run of back-ticks in the text. */
export function quoted(name: string, text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(Math.max(3, longest + 1));
  // A file may be called anything; its name stays on its line.
  const label = name.replace(/[\p{Cc}`]/gu, '?');
  return `${fence}${label}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}
