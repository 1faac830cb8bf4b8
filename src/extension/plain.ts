/**
 * Text of models, repositories and processes, made safe to show (I14).
 * Owns: what is taken out of it. Refuses: to decide where it is shown; every label, tooltip and document goes through here.
 */
import { plainText } from '../core/plainText.ts';

/** One line of at most `limit` characters, with an ellipsis where it was cut. */
export function plain(text: string, limit = 200): string {
  const line = plainText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}

/** Many lines, line ends and tabs kept. */
export function plainLines(text: string): string {
  return plainText(text);
}

/** One line that Markdown shows as it is: no link, image, code, heading, or HTML. */
export function markdownText(text: string, limit = 400): string {
  return plain(text, limit).replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&:$@/]/g, String.raw`\$&`);
}

/** For places where the editor turns `$(name)` into an icon: quick picks and the status bar. */
export function withoutIcons(text: string): string {
  return plain(text).replaceAll('$(', '$ (');
}
