/**
 * Text of models, repositories and processes, made safe for a terminal (I14).
 * Owns: what is taken out of it: controls (escape sequences with them) and what hides or reorders the text around it.
 */
import { plainText } from '../../core/plainText.ts';

/** One line of at most `limit` characters, with an ellipsis where it was cut. */
export function plain(text: string, limit = 200): string {
  const line = plainText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}

/** Many lines; line ends and tabs are kept. */
export function plainLines(text: string): string {
  return plainText(text).trimEnd();
}

/** Lines of at most `width` characters, broken at spaces, each behind `indent`. Empty lines stay. */
export function wrapped(text: string, width: number, indent: string): string[] {
  return plainLines(text).split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.trim().split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > width - indent.length) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line].map((one) => (one === '' ? '' : `${indent}${one}`));
  });
}
