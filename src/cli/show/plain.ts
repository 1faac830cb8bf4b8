/**
 * Text of models, repositories and processes, made safe for a terminal (I14).
 * Owns: what is taken out of it: controls (escape sequences with them) and what hides or reorders the text around it.
 */

const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu;
/** Whole escape sequences (colours, titles, links), so that no half of one stays behind as text. */
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** One line of at most `limit` characters, with an ellipsis where it was cut. */
export function plain(text: string, limit = 200): string {
  const line = text.replaceAll(sequences, '').replaceAll(/\s+/g, ' ').replaceAll(unseen, '').trim();
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}

/** Many lines; line ends and tabs are kept. */
export function plainLines(text: string): string {
  return text.replaceAll(sequences, '').replaceAll('\r\n', '\n').replaceAll(unseen, '').trimEnd();
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
