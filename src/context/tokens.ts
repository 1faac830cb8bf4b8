/** How much a text costs, before anybody counted: an estimate that is the same everywhere. Pure. Source: providers say about four characters of English or code a token. */

const bytesPerToken = 4;

export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

/** UTF-8 bytes, so that scripts of several bytes a letter, which cost about a token each, count for more. */
export function tokensOf(text: string): number {
  return tokensOfBytes(new TextEncoder().encode(text).length);
}

/** The beginning of a text that costs no more, cut at the end of a line where there is one near. */
export function cutToTokens(text: string, tokens: number): string {
  const bytes = new TextEncoder().encode(text);
  if (tokensOfBytes(bytes.length) <= tokens) return text;
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, Math.max(0, tokens) * bytesPerToken)).replace(/�+$/, '');
  const end = head.lastIndexOf('\n');
  return end > head.length / 2 ? head.slice(0, end) : head;
}
