/**
 * Sections of settings files that many tools share (pyproject.toml, setup.cfg): what one tool's are, and how they are put into another file.
 * Owns: where a section begins and ends (a line that is a header). Refuses: to read what stands in it.
 */

/** Header lines of TOML and INI; a value of several lines may hold a line that looks like one, which then ends the section early on both sides alike. */
const header = /^\s*\[{1,2}\s*([^[\]]+?)\s*\]{1,2}\s*(?:[#;].*)?$/;

interface Section { readonly name: string; readonly lines: readonly string[] }

function sectionsIn(text: string): readonly Section[] {
  const sections: { name: string; lines: string[] }[] = [{ name: '', lines: [] }];
  for (const line of text.split('\n')) {
    const name = header.exec(line)?.[1];
    if (name !== undefined) sections.push({ name: name.replace(/["']/g, ''), lines: [] });
    sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** The sections whose names match, in their order; null where there is none. */
export function sectionsOf(text: string, wanted: RegExp): string | null {
  const found = sectionsIn(text).filter(({ name }) => wanted.test(name));
  return found.length === 0 ? null : `${found.flatMap(({ lines }) => lines).join('\n').trimEnd()}\n`;
}

/** The text with its own matching sections taken out and `sections` put at its end. */
export function withSections(text: string, wanted: RegExp, sections: string | null): string {
  const kept = sectionsIn(text).filter(({ name }) => !wanted.test(name)).flatMap(({ lines }) => lines).join('\n').trimEnd();
  return `${[kept, sections?.trimEnd() ?? ''].filter((part) => part !== '').join('\n\n')}\n`;
}
