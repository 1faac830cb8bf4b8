/** Head and tail of a long text, with a line between that says how much is missing. Pure. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.floor(limit / 3);
  const tail = limit - head;
  return `${text.slice(0, head)}\n… (${text.length - limit} characters left out) …\n${text.slice(text.length - tail)}`;
}
