/**
 * A configuration file as a flat list of settings: JSON with comments, YAML, TOML, INI, and objects in a JavaScript or TypeScript file.
 * Owns: how each is read. Refuses: to run a configuration, and aliases that multiply.
 */
import { parseDocument } from 'yaml';
import { namedChildren, childOf, textOf, tokensOf, walk, type SyntaxNode } from './syntax.ts';

export interface Settings {
  /** `coverageThreshold.global.lines` → `90`. Members of a list are numbered. */
  readonly values: ReadonlyMap<string, string>;
  /** Whether a parser read it. */
  readonly parsed: boolean;
}

const sizeLimit = 400_000;
const settingsLimit = 5_000;

export function settingsOf(path: string, text: string | null): Settings {
  if (text === null || text.length > sizeLimit) return { values: new Map(), parsed: text === null };
  if (/\.(json|jsonc|json5)$|\.(nycrc|c8rc|swcrc|babelrc|eslintrc)$/.test(path) || /^\s*\{/.test(text)) return ofYaml(withoutComments(text));
  if (/\.ya?ml$|\.taprc$/.test(path)) return ofYaml(text);
  return { values: bySections(text), parsed: /\.(toml|ini|cfg)$|\.(coveragerc|flake8|pylintrc)$/.test(path) };
}

/** JSON is YAML, but for tabs between its parts, which this parser takes, and comments. */
function ofYaml(text: string): Settings {
  try {
    const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
    if (document.errors.length > 0) return { values: bySections(text), parsed: false };
    const values = new Map<string, string>();
    flatten(document.toJS({ maxAliasCount: 20 }), '', values);
    return { values, parsed: true };
  } catch {
    return { values: bySections(text), parsed: false };
  }
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (into.size > settingsLimit) return;
  if (typeof value !== 'object' || value === null) {
    into.set(path, String(value));
    return;
  }
  for (const [key, member] of Object.entries(value)) flatten(member, path === '' ? key : `${path}.${key}`, into);
}

/** Outside of strings only. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (part) => (part.startsWith('"') ? part : ' ')).replace(/,(\s*[}\]])/g, '$1');
}

/** `[section]` and `key = value`, of TOML and INI; a list over several lines becomes one value. */
function bySections(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let [section, key] = ['', ''];
  for (const row of text.split('\n').slice(0, settingsLimit)) {
    const line = row.replace(/\s[#;].*$/, '').replace(/^[#;].*$/, '');
    const head = /^\s*\[+\s*([^\]]+?)\s*\]+\s*$/.exec(line);
    const pair = /^([\w."'-]+)\s*[=:]\s*(.*)$/.exec(line.trim());
    if (head) [section, key] = [`${head[1] ?? ''}.`, ''];
    else if (pair && !(/^\s/.test(row) && key !== '' && /^[[({]?$/.test(values.get(key) ?? ''))) {
      key = `${section}${(pair[1] ?? '').replaceAll(/["']/g, '')}`;
      values.set(key, (pair[2] ?? '').replaceAll(/^["']|["']$/g, ''));
    } else if (key !== '' && line.trim() !== '') values.set(key, `${values.get(key) ?? ''} ${line.trim()}`.trim());
  }
  return values;
}

/** Literal members of the objects in a program, by their keys; a call stands for its arguments. */
export function settingsOfProgram(root: SyntaxNode): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const visit = (node: SyntaxNode, path: string): void => {
    if (values.size > settingsLimit) return;
    if (node.type === 'pair') {
      const [key, value] = [childOf(node, 'key'), childOf(node, 'value')];
      const own = key ? `${path === '' ? '' : `${path}.`}${textOf(key).replaceAll(/["'`[\]]/g, '')}` : path;
      if (value) visit(value, own);
    } else if (node.type === 'array' && path !== '') {
      const members = namedChildren(node);
      if (members.some((member) => member.type === 'object' || member.type === 'array')) members.forEach((member, at) => visit(member, `${path}.${at}`));
      else members.forEach((member, at) => values.set(`${path}.${at}`, textOf(member).replaceAll(/^["'`]|["'`]$/g, '')));
    } else if (node.type === 'object' || path === '' || ![...walk(node)].some((inner) => inner !== node && inner.type === 'pair')) {
      if (node.type !== 'object' && path !== '') values.set(path, tokensOf(node).join(' ').replaceAll(/^["'`]|["'`]$/g, ''));
      else for (const child of node.children) visit(child, path);
    } else for (const child of node.children) visit(child, path);
  };
  visit(root, '');
  return values;
}
