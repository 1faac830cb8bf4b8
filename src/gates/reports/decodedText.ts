/**
 * A report's bytes as text: tools write UTF-8, UTF-16 with a mark (PowerShell's `>`), or the encoding that an XML declaration names.
 * Owns: which of them it is. Never fails: what cannot be decoded becomes U+FFFD.
 */
const marks: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' }, { bytes: [0xff, 0xfe], encoding: 'utf-16le' }, { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

export function decodedText(bytes: Uint8Array): string {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, index) => bytes[index] === byte));
  return decoder(mark?.encoding ?? declared(bytes)).decode(bytes);
}

function declared(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  if (/^<\0\?\0/.test(head)) return 'utf-16le';
  return /^\s*<\?xml[^>]*\bencoding=["']([A-Za-z0-9_.-]{1,40})["']/.exec(head)?.[1] ?? 'utf-8';
}

/** The text is decoded already by what reads it, so a declaration of UTF-16 without UTF-16's bytes means nothing. */
function decoder(encoding: string): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder();
  }
}
