/** Head and tail of a long text, with a line between that says how much is missing. Pure. `head`: the share of `limit` (characters) that its beginning gets. */
export function headAndTail(text: string, limit: number, head = 1 / 3): string {
  if (text.length <= limit) return text;
  const begins = Math.floor(limit * head), ends = limit - begins;
  return `${text.slice(0, begins)}\n… (${text.length - limit} characters left out) …\n${text.slice(text.length - ends)}`;
}
