/**
 * Text of models, repositories and processes, made safe to show (I14).
 * Owns: what is taken out of it. Refuses: to decide where it is shown; every label, tooltip and document goes through here.
 */

/** Controls but tab and line end, and what hides or reorders the text around it (bidi, zero width, fillers). */
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu;

/** One line of at most `limit` characters, with an ellipsis where it was cut. */
export function plain(text: string, limit = 200): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll(unseen, '').trim();
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}

/** Many lines, line ends and tabs kept. */
export function plainLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(unseen, '');
}

/** One line that Markdown shows as it is: no link, image, code, heading, or HTML. */
export function markdownText(text: string, limit = 400): string {
  return plain(text, limit).replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&:$@/]/g, String.raw`\$&`);
}

/** For places where the editor turns `$(name)` into an icon: quick picks and the status bar. */
export function withoutIcons(text: string): string {
  return plain(text).replaceAll('$(', '$ (');
}
