/**
 * What a make target runs, read without make.
 * Owns: rules, simple variables, `include`. Refuses: to expand functions and to choose between the branches of a condition: both count.
 */

export interface MakeRule { readonly needs: readonly string[]; readonly recipe: readonly string[] }
export interface Makefile { readonly rules: ReadonlyMap<string, MakeRule>; readonly first: string | null; readonly includes: readonly string[] }

/** A rule for a target is added to what other rules for it say. Recipe lines are without `@`, `-` and `+`, their variables put in. */
export function parseMakefile(text: string): Makefile {
  const variables = new Map<string, string>([['MAKE', 'make']]);
  const rules = new Map<string, { needs: string[]; recipe: string[] }>();
  const includes: string[] = [];
  let current: readonly string[] = [];
  let first: string | null = null;
  for (const line of text.replace(/\\\r?\n\s*/g, ' ').split(/\r?\n/)) {
    const assignment = /^\s*(?:export\s+|override\s+)?([A-Za-z_][\w.-]*)\s*(\?=|::?:?=|\+=|=)\s*(.*?)\s*(?:#.*)?$/.exec(line);
    const include = /^\s*-?include\s+(.+)$/.exec(line);
    const rule = /^([^\s#:=][^:=#]*?)\s*::?(?![=:])\s*([^;#]*)(?:;\s*(.*))?(?:#.*)?$/.exec(line);
    if (line.startsWith('\t')) {
      const command = expanded(line.trim().replace(/^[@+-]+\s*/, ''), variables);
      if (command !== '') for (const target of current) rules.get(target)?.recipe.push(command);
    } else if (assignment?.[1] !== undefined) {
      const [, name, kind = '', value = ''] = assignment;
      if (kind === '+=') variables.set(name, `${variables.get(name) ?? ''} ${value}`.trim());
      else if (kind !== '?=' || !variables.has(name)) variables.set(name, value);
    } else if (include?.[1] !== undefined) {
      includes.push(...expanded(include[1], variables).split(/\s+/));
    } else if (rule?.[1] !== undefined) {
      current = expanded(rule[1], variables).split(/\s+/).filter((name) => name !== '');
      const needs = expanded(rule[2] ?? '', variables).split(/[\s|]+/).filter((name) => name !== '');
      for (const target of current) {
        const known = rules.get(target) ?? { needs: [], recipe: [] };
        known.needs.push(...needs);
        if (rule[3] !== undefined && rule[3] !== '') known.recipe.push(expanded(rule[3], variables));
        rules.set(target, known);
        if (first === null && !target.startsWith('.')) first = target;
      }
    }
  }
  return { rules, first, includes };
}

/** `$(NAME)`, `${NAME}` and `$$`. A name that is not known, and a call of a function, stay as they are written. */
function expanded(text: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > 10 || text.length > 20_000) return text;
  return text.replace(/\$(?:\$|\(([\w.-]+)\)|\{([\w.-]+)\})/g, (whole, round: string | undefined, curly: string | undefined) => {
    if (whole === '$$') return '$';
    const value = variables.get(round ?? curly ?? '');
    return value === undefined ? whole : expanded(value, variables, depth + 1);
  });
}
