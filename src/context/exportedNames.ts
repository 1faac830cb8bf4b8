/**
 * What a source file offers to others, by light parsing: names that stand at the beginning of a line as its language exports them.
 * Owns: the table of languages. Pure, linear. Refuses: to be a parser: what it misses is missing from a map, nothing else.
 */

interface Language {
  /** First group: one name, or a list of names in braces. */
  readonly exported: readonly RegExp[];
  /** Lines that bring in other files. */
  readonly imported: RegExp;
}

const script: Language = {
  exported: [
    /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|var|interface|type|enum|namespace)\s+([A-Za-z_$][\w$]*)/gm,
    /^export\s*(?:type\s*)?\{([^}]{1,2000})\}/gm, /^(?:module\.)?exports\.([A-Za-z_$][\w$]*)\s*=/gm, /^module\.exports\s*=\s*\{([^}]{1,2000})\}/gm,
  ],
  imported: /^\s*(?:import|export|\}\s*from)\b[^\n]{0,300}?["']([^"'\n]+)["']|\brequire\(\s*["']([^"'\n]+)["']/gm,
};
const jvm: Language = {
  exported: [/^(?:(?:public|internal|open|abstract|sealed|data|final|static|partial|inline|value|case|export)\s+){0,5}(?:class|interface|enum(?:\s+class)?|record|object|struct|trait|protocol|actor)\s+([A-Z]\w*)/gm],
  imported: /^\s*(?:import|using)\s+(?:static\s+)?([\w.]+)/gm,
};
const c: Language = {
  exported: [/^(?:typedef\s+)?(?:class|struct|union|enum(?:\s+class)?|namespace)\s+([A-Za-z_]\w*)\s*(?:[:{]|final\b|$)/gm, /^#define\s+([A-Z][A-Z0-9_]{2,})\b/gm],
  imported: /^\s*#\s*include\s*"([^"\n]+)"/gm,
};

const languages: Readonly<Record<string, Language>> = {
  ts: script, tsx: script, mts: script, cts: script, js: script, jsx: script, mjs: script, cjs: script,
  py: { exported: [/^(?:async\s+def|def|class)\s+([A-Za-z]\w*)/gm], imported: /^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))/gm },
  go: { exported: [/^(?:func\s+(?:\([^)\n]{0,100}\)\s*)?|type\s+|var\s+|const\s+)([A-Z]\w*)/gm], imported: /^\s*(?:import\s+)?(?:\w+\s+)?"([^"\n]+)"/gm },
  rs: { exported: [/^pub(?:\([^)\n]{0,40}\))?\s+(?:(?:async|unsafe|const|extern)\s+){0,3}(?:fn|struct|enum|trait|type|mod|const|static|union)\s+([A-Za-z_]\w*)/gm], imported: /^\s*(?:pub\s+)?use\s+([\w:]+)/gm },
  rb: { exported: [/^\s{0,2}(?:class|module)\s+([A-Z][\w:]*)/gm, /^def\s+(?:self\.)?([a-z_]\w*[?!]?)/gm], imported: /^\s*require(?:_relative)?\s+["']([^"'\n]+)["']/gm },
  php: { exported: [/^(?:(?:abstract|final|readonly)\s+){0,3}(?:class|interface|trait|enum|function)\s+([A-Za-z_]\w*)/gm], imported: /^use\s+([\w\\]+)/gm },
  java: jvm, kt: jvm, scala: jvm, cs: jvm, swift: jvm, h: c, hpp: c, hh: c,
};

const maxNames = 24;

export function isSource(path: string): boolean {
  return Object.hasOwn(languages, endingOf(path));
}

/** In the order of the text, each once. */
export function exportedNames(path: string, text: string): readonly string[] {
  const found = (languages[endingOf(path)]?.exported ?? []).flatMap((form) => [...text.matchAll(form)].flatMap((match) => {
    const said = match[1] ?? '';
    const names = match[0].includes('{') ? said.split(',').map((part) => /^\s*(?:type\s+)?(?:[\w$]+\s+as\s+)?([A-Za-z_$][\w$]*)/.exec(part)?.[1] ?? '') : [said];
    return names.filter((name) => name !== '' && name !== 'default').map((name) => ({ name, at: match.index }));
  }));
  return [...new Set(found.toSorted((left, right) => left.at - right.at).map(({ name }) => name))].slice(0, maxNames);
}

/** The last names of what a file brings in: `../core/plan.ts` → `plan`. Each once. */
export function importedNames(path: string, text: string): readonly string[] {
  const language = languages[endingOf(path)];
  if (!language) return [];
  const found = new Set<string>();
  for (const match of text.matchAll(language.imported)) {
    const said = match.slice(1).find((group) => group !== undefined) ?? '';
    const parts = said.replace(/\.(tsx?|jsx?|[mc][tj]s|hpp|hh|h|rb)$/, '').split(/[/.\\]|::/).filter((part) => part !== '');
    const last = parts.at(-1);
    if (last !== undefined) found.add(last);
  }
  return [...found];
}

function endingOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
