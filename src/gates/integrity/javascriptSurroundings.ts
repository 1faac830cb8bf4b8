/** What stands around the tests of a JavaScript text: imports, functions, mocks, limits. Owns: how they are written. Refuses: tests. */
import { shortText } from './checks.ts';
import { chainOf } from './javascriptChecks.ts';
import { childOf, namedChildren, textOf, walk, type SyntaxNode } from './syntax.ts';
import type { Limit, Mock } from './testFile.ts';

const unquoted = (node: SyntaxNode): string => textOf(node).replace(/^['"`]|['"`]$/g, '');

/** Local name → where it comes from. A namespace or a whole module has the name `*`. */
export function importsOf(root: SyntaxNode): ReadonlyMap<string, { readonly module: string; readonly name: string }> {
  const imports = new Map<string, { module: string; name: string }>();
  for (const node of walk(root)) {
    if (node.type === 'import_statement') {
      const source = childOf(node, 'source');
      if (!source) continue;
      const module = unquoted(source);
      for (const inner of walk(node)) {
        if (inner.type === 'import_specifier') imports.set(textOf(childOf(inner, 'alias') ?? childOf(inner, 'name') ?? inner), { module, name: textOf(childOf(inner, 'name') ?? inner) });
        else if (inner.type === 'namespace_import') imports.set(textOf(namedChildren(inner)[0] ?? inner), { module, name: '*' });
        else if (inner.type === 'import_clause') for (const child of namedChildren(inner)) if (child.type === 'identifier') imports.set(textOf(child), { module, name: 'default' });
      }
    } else if (node.type === 'variable_declarator') {
      const [name, value] = [childOf(node, 'name'), childOf(node, 'value')];
      const module = value ? required(value) : null;
      if (!name || module === null) continue;
      if (name.type === 'identifier') imports.set(textOf(name), { module, name: '*' });
      else for (const property of namedChildren(name)) {
        const [from, to] = [childOf(property, 'key') ?? property, childOf(property, 'value') ?? property];
        imports.set(textOf(to), { module, name: textOf(from) });
      }
    }
  }
  return imports;
}

/** `require('x')`, `await import('x')`, `require('x').strict`: the module. */
function required(value: SyntaxNode): string | null {
  const chain = chainOf(value);
  const call = chain?.find((link) => link.args !== null) ?? null;
  if (chain && call && chain[0] === call && call.name === 'require') return call.args?.[0] ? unquoted(call.args[0]) : null;
  return /^(?:await )?import\(\s*['"]([^'"]+)['"]\s*\)/.exec(textOf(value))?.[1] ?? null;
}

/** Every function with a name (and hooks, under theirs) but the bodies of tests. */
export function functionsOf(root: SyntaxNode, isTest: (node: SyntaxNode) => boolean): readonly { readonly name: string; readonly body: SyntaxNode; readonly line: number }[] {
  const found: { name: string; body: SyntaxNode; line: number }[] = [];
  const visit = (node: SyntaxNode): void => {
    if (isTest(node)) return;
    const value = node.type === 'variable_declarator' || node.type === 'pair' || node.type === 'public_field_definition' ? childOf(node, 'value') : node;
    const callback = node.type === 'call_expression' ? hook(node) : null;
    const body = callback ?? (value && /^(function_declaration|generator_function_declaration|method_definition|arrow_function|function_expression)$/.test(value.type) ? childOf(value, 'body') : undefined);
    const name = callback ? textOf(childOf(node, 'function') ?? node) : textOf(childOf(node, 'name') ?? childOf(node, 'key') ?? node);
    const named = callback !== null || ['function_declaration', 'generator_function_declaration', 'method_definition', 'variable_declarator', 'pair', 'public_field_definition'].includes(node.type);
    if (body && named) found.push({ name, body, line: node.line });
    node.children.forEach(visit);
  };
  visit(root);
  return found;
}

function hook(node: SyntaxNode): SyntaxNode | null {
  const callee = childOf(node, 'function');
  if (callee?.type !== 'identifier' || !/^(before|after)(Each|All)?$/.test(textOf(callee))) return null;
  const callback = namedChildren(childOf(node, 'arguments') ?? node).find((argument) => /function/.test(argument.type));
  return callback ? childOf(callback, 'body') ?? null : null;
}

/** Name → value of an object's properties. A method stands for its function. */
export function optionsIn(object: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  return new Map(namedChildren(object).flatMap((pair) => {
    const [key, value] = pair.type === 'method_definition' ? [childOf(pair, 'name'), pair] : [childOf(pair, 'key'), childOf(pair, 'value')];
    return key && value ? [[unquoted(key), value] as const] : [];
  }));
}

/** `30_000`, `30 * 1000`. Null: not written down as a number. */
export function numberOf(node: SyntaxNode): number | null {
  const text = textOf(node).replaceAll('_', '').trim();
  if (text === 'Infinity') return Number.POSITIVE_INFINITY;
  return /^\d+(\.\d+)?(e\d+)?(\s*\*\s*\d+)*$/.test(text) ? text.split('*').reduce((product, factor) => product * Number(factor), 1) : null;
}

export function limitsIn(nodes: readonly SyntaxNode[], where: string): readonly Limit[] {
  return nodes.flatMap((node): readonly Limit[] => {
    if (node.type !== 'call_expression') return [];
    const chain = chainOf(node) ?? [];
    const [first, second] = chain;
    const [argument] = second?.args ?? [];
    if (!first || !second || chain.length !== 2 || !argument || !/^(this|jest|vi|test|it|t|mocha|jasmine)$/.test(first.name)) return [];
    const what = /^(timeout|setTimeout|setDefaultTimeout)$/.test(second.name) ? 'timeout' : /^(retries|retryTimes)$/.test(second.name) ? 'retries' : null;
    const value = numberOf(argument);
    // No limit at all is the largest one.
    return what && value !== null ? [{ what, value: what === 'timeout' && value === 0 ? Number.POSITIVE_INFINITY : value, line: node.line, text: shortText(node), where }] : [];
  });
}

export function mocksIn(root: SyntaxNode): readonly Mock[] {
  return [...walk(root)].flatMap((node): readonly Mock[] => {
    if (node.type !== 'call_expression') return [];
    const chain = chainOf(node) ?? [];
    const [first, second] = chain;
    const [target, name] = second?.args ?? [];
    if (!first || !second || !target) return [];
    const text = textOf(node);
    if (/^(jest|vi|mock|td|vitest)$/.test(first.name) && chain.length === 2 && /^(mock|doMock|unstable_mockModule|module|replace|replaceEsm|setMock)$/.test(second.name) && /string|call_expression/.test(target.type)) {
      return [{ target: unquoted(target).replace(/^import\(['"]|['"]\)$/g, ''), partial: /requireActual|importActual|importOriginal|\.\.\.\s*actual/i.test(text), line: node.line, text: shortText(node) }];
    }
    const replaces = (/^(spyOn|method|stub|replaceProperty)$/.test(second.name) && /^(jest|vi|sinon|mock|sandbox|t)$/.test(first.name)) && name !== undefined && /string/.test(name.type);
    const replaced = replaces && (second.name === 'stub' || second.name === 'method' ? (second.args?.length ?? 0) > 2 || chain.length > 2 || second.name === 'stub' : chain.some((link) => /^mock(Return|Resolved|Rejected|Implementation)/.test(link.name)));
    return replaced ? [{ target: `${textOf(target)}.${unquoted(name)}`, partial: false, line: node.line, text: shortText(node) }] : [];
  });
}
