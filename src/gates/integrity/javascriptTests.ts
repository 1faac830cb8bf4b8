/**
 * Tests of JavaScript and TypeScript: mocha, jest, vitest, node:test, jasmine, ava, tap, QUnit, playwright, Deno, bun.
 * Owns: which calls are tests and suites, and how they are skipped, focused and multiplied. Refuses: to follow an import.
 */
import { checksIn, isNever, isUnused, shortText } from './checks.ts';
import { assertionNames, chainOf, javascriptDialect, type Link } from './javascriptChecks.ts';
import { functionsOf, importsOf, limitsIn, mocksIn, numberOf, optionsIn } from './javascriptSurroundings.ts';
import { childOf, namedChildren, textOf, tokensOf, walk, type SyntaxNode } from './syntax.ts';
import type { Limit, Skip, TestCase, TestFile } from './testFile.ts';

const testWords = new Map([
  ['it', 'test'], ['test', 'test'], ['specify', 'test'], ['Scenario', 'test'], ['describe', 'suite'], ['context', 'suite'], ['suite', 'suite'], ['module', 'suite'],
  ['xit', 'test'], ['xtest', 'test'], ['xspecify', 'test'], ['fit', 'test'], ['ftest', 'test'], ['xdescribe', 'suite'], ['xcontext', 'suite'], ['fdescribe', 'suite'], ['fcontext', 'suite'],
] as const);
const carriers = /^(t|tt|st|tap|ctx|Deno|QUnit|bun)$/;
/** What may follow such a word. Anything else (`test.beforeEach`, `test.step`, a variable of that name) is something else. */
const modifiers = /^(|skip|only|todo|each|for|concurrent|sequential|serial|parallel|failing|fails|fixme|skipIf|runIf|todoIf|if|describe|suite|test|it|cb|shuffle|module)$/;

interface Around { readonly path: readonly string[]; readonly skip: Skip | null; readonly focused: number | null; readonly many: boolean; readonly values: readonly string[] }

interface Declared { readonly kind: 'test' | 'suite'; readonly words: readonly string[]; readonly given: readonly SyntaxNode[]; readonly tables: readonly SyntaxNode[]; readonly skip: Skip | null; readonly maybe: boolean }

/** @param mayBeOne whether assertions outside of every test make the file a test */
export function readJavaScript(root: SyntaxNode, mayBeOne: boolean): Omit<TestFile, 'constants' | 'literals'> {
  const imports = importsOf(root);
  const aliases = aliasesIn(root);
  const known = new Map<SyntaxNode, Declared | null>();
  const declared = (node: SyntaxNode): Declared | null => {
    if (node.type !== 'call_expression') return null;
    const seen = known.get(node);
    const own = seen === undefined ? declaration(node, aliases) : seen;
    known.set(node, own);
    return own;
  };
  const dialect = javascriptDialect(assertionNames(imports), (node) => declared(node) !== null);
  const tests: TestCase[] = [];
  const limits: Limit[] = [];
  let allTokens: readonly string[] | undefined;

  const visit = (node: SyntaxNode, around: Around): void => {
    const found = declared(node);
    if (!found) {
      const names = node.type === 'function_declaration' || node.type === 'variable_declarator' ? (allTokens ??= tokensOf(root)) : [];
      const unused = uncalled(node, names);
      const looped = /^(for_statement|for_in_statement|while_statement)$/.test(node.type) || (node.type === 'call_expression' && /\.(forEach|map)$/.test(textOf(childOf(node, 'function') ?? node)));
      const inner = looped ? { ...around, many: true, values: [...around.values, ...loopValues(node)] } : around;
      let left: Skip | null = unused;
      for (const child of node.children) {
        visit(child, { ...inner, skip: inner.skip ?? left ?? guardOf(node, child) });
        if (child.type === 'return_statement' && node.type === 'statement_block') left ??= { how: shortText(child), conditional: false, line: child.line };
      }
      return;
    }
    const own = entered(node, found, around);
    const body = bodyOf(found.given);
    if (found.kind === 'suite') {
      const skipping = body === null ? null : skipIn(body, true);
      if (body) visit(body, { ...own, skip: own.skip ?? skipping });
      limits.push(...(body ? limitsIn(directly(body), '') : []));
      return;
    }
    const title = own.path.at(-1) ?? '';
    tests.push({
      ...checksIn(body ?? node, dialect), title, path: own.path, line: node.line, body: body ? tokensOf(body) : [], many: own.many, values: own.values, broken: node.broken, focused: own.focused,
      skip: own.skip ?? (body === null ? { how: shortText(node), conditional: false, line: node.line } : skipIn(body, false)),
    });
    limits.push(...limitsIn(body ? [...walk(body)] : [], title), ...limitsOf(found, title));
    if (body) visit(body, own);
  };
  visit(root, { path: [], skip: null, focused: null, many: false, values: [] });

  const helpers = functionsOf(root, (node) => declared(node)?.kind === 'test').map(({ name, body, line }) => ({ name, line, broken: body.broken, ...checksIn(body, dialect) }));
  const loose = checksIn(root, dialect);
  if (mayBeOne && tests.length === 0 && !isModule(root) && loose.assertions.length > 0) tests.push({ ...loose, title: '', path: [], line: 1, body: tokensOf(root), skip: null, focused: null, many: false, values: [], broken: root.broken });
  return {
    tests, helpers: helpers.filter((helper) => helper.assertions.length > 0), mocks: mocksIn(root), limits: [...limits, ...limitsIn(outside(root, declared), '')],
    imports: new Map([...imports].map(([local, { module }]) => [local, module])), defined: new Set(helpers.map((helper) => helper.name)), parsed: true, broken: root.broken,
  };
}

/** It gives functions to others and is no program: what tests call (`export const check = …`, `module.exports = { check }`). */
function isModule(root: SyntaxNode): boolean {
  return namedChildren(root).some((node) => node.type === 'export_statement' || /^(module\.exports|exports\.\w+)\s*=\s*(\w+|\{[\w\s,]*\});?$/.test(textOf(node)));
}

/** A function that makes tests and that nobody calls. */
function uncalled(node: SyntaxNode, tokens: readonly string[]): Skip | null {
  const [name, own] = [childOf(node, 'name'), node.type === 'function_declaration' ? node : node.type === 'variable_declarator' ? childOf(node, 'value') : undefined];
  if (!name || !own || !/^(function_declaration|arrow_function|function_expression)$/.test(own.type) || !isUnused(textOf(name), tokens) || /export\s+(default\s+)?(async\s+)?(const\s+)?$/.test(node.source.slice(Math.max(0, node.start - 30), node.start))) return null;
  return { how: `"${textOf(name)}" is never called`, conditional: false, line: node.line };
}

/** What a test is declared under: `if (x) it(…)`, `x && it(…)`. */
function guardOf(node: SyntaxNode, child: SyntaxNode): Skip | null {
  const condition = node.type === 'if_statement' ? childOf(node, 'condition') : node.type === 'binary_expression' && textOf(childOf(node, 'operator') ?? node) === '&&' ? childOf(node, 'left') : undefined;
  if (!condition || !(child.field === 'consequence' || child.field === 'alternative' || child.field === 'right')) return null;
  const never = isNever(condition);
  return never && child.field === 'alternative' ? null : { how: `if ${shortText(condition)}`, conditional: !never, line: node.line };
}

/** Other names for the words of tests: `const maybe = slow ? it : it.skip`. */
function aliasesIn(root: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const aliases = new Map<string, SyntaxNode>();
  for (const node of walk(root)) {
    const [name, value] = node.type === 'variable_declarator' ? [childOf(node, 'name'), childOf(node, 'value')] : [];
    if (name?.type === 'identifier' && value && !testWords.has(textOf(name) as 'it') && words(value).length > 0 && (value.type === 'ternary_expression' || value.type === 'member_expression' || value.type === 'identifier' || value.type === 'call_expression')) aliases.set(textOf(name), value);
  }
  return aliases;
}

/** The words of a test's callee: `test`, `describe`, `skip`. Of `a ? it : it.skip` those of both. */
function words(node: SyntaxNode): readonly string[] {
  if (node.type === 'parenthesized_expression') return namedChildren(node).flatMap(words);
  if (node.type === 'ternary_expression') {
    const both = ['consequence', 'alternative'].map((field) => words(childOf(node, field) ?? node.children[0] ?? node));
    return both.every((side) => side.length > 0) ? both.flat() : [];
  }
  const names = chainOf(node)?.map((link) => link.name) ?? [];
  const own = carriers.test(names[0] ?? '') && names.length > 1 ? names.slice(1) : names;
  return testWords.has(own[0] as 'it') ? own : [];
}

function declaration(node: SyntaxNode, aliases: ReadonlyMap<string, SyntaxNode>): Declared | null {
  const callee = childOf(node, 'function');
  const alias = callee?.type === 'identifier' ? aliases.get(textOf(callee)) : undefined;
  const maybe = (alias ?? (callee?.type === 'parenthesized_expression' ? namedChildren(callee)[0] : undefined))?.type === 'ternary_expression';
  const chain: readonly Link[] | null = alias || maybe ? [...words(alias ?? callee ?? node).map((name) => ({ name, args: null })), { name: '', args: namedChildren(childOf(node, 'arguments') ?? node) }] : chainOf(node);
  if (!chain) return null;
  const links = carriers.test(chain[0]?.name ?? '') && chain.length > 1 ? chain.slice(1) : chain;
  const names = links.map((link) => link.name);
  const word = testWords.get(names[0] as 'it');
  const last = links.at(-1);
  if (word === undefined || !last?.args || !names.slice(1).every((name) => modifiers.test(name))) return null;
  // `it.each(table)` alone is not yet a test.
  if (/^(each|for|skipIf|runIf|if)$/.test(last.name)) return null;
  const kind = names.includes('describe') || names.includes('suite') ? 'suite' : word;
  const given = last.args;
  const [title] = given;
  if (!title || (bodyOf(given) === null && !(kind === 'test' && given.length <= 2 && /^(template_)?string$/.test(title.type)))) return null;
  if (/function/.test(title.type) && given.length > 1) return null;
  const tables = links.flatMap((link) => (link.name === 'each' || link.name === 'for' ? link.args ?? [] : []));
  return { kind, words: names, given, tables, skip: skipOf(links, given, node, maybe), maybe };
}

function entered(node: SyntaxNode, found: Declared, around: Around): Around {
  const [title] = found.given;
  const named = title?.type === 'object' ? optionsIn(title).get('name') ?? title : title;
  const focus = found.words.some((word) => word === 'only' || /^(fit|ftest|fdescribe|fcontext)$/.test(word)) || found.given.some((argument) => argument.type === 'object' && textOf(optionsIn(argument).get('only') ?? argument) === 'true');
  return {
    path: [...around.path, named ? titleOf(named) : ''], skip: around.skip ?? found.skip, focused: around.focused ?? (focus ? node.line : null),
    many: around.many || found.tables.length > 0, values: [...around.values, ...found.tables.flatMap(tokensOf)],
  };
}

const titleOf = (node: SyntaxNode): string => (/^(template_)?string$/.test(node.type) ? textOf(node).slice(1, -1) : tokensOf(node).join(' '));

function bodyOf(given: readonly SyntaxNode[]): SyntaxNode | null {
  const callback = given.findLast((argument) => /^(arrow_function|function_expression|generator_function)$/.test(argument.type)) ?? given.flatMap((argument) => (argument.type === 'call_expression' ? namedChildren(childOf(argument, 'arguments') ?? argument) : [])).find((argument) => /^(arrow_function|function_expression)$/.test(argument.type));
  if (callback) return childOf(callback, 'body') ?? null;
  const option = given[0]?.type === 'object' ? optionsIn(given[0]).get('fn') : undefined;
  return option ? childOf(option, 'body') ?? null : null;
}

function skipOf(links: readonly Link[], given: readonly SyntaxNode[], node: SyntaxNode, maybe: boolean): Skip | null {
  const skip = (how: string, conditional: boolean): Skip => ({ how, conditional, line: node.line });
  for (const link of links) {
    const how = links.map((one) => one.name).filter((name) => name !== '').join('.');
    if (/^(skip|todo|failing|fails|fixme|ignore)$/.test(link.name) || /^x(it|test|specify|describe|context)$/.test(link.name)) return skip(how, maybe);
    const condition = link.args?.[0] ? textOf(link.args[0]) : '';
    if (link.name === 'skipIf' && condition !== 'false') return skip(`${how}(${condition})`, condition !== 'true');
    if (link.name === 'runIf' && condition !== 'true') return skip(`${how}(${condition})`, condition !== 'false');
  }
  for (const argument of given) {
    if (argument.type !== 'object') continue;
    for (const name of ['skip', 'todo', 'ignore', 'fails', 'expectFailure']) {
      const value = optionsIn(argument).get(name);
      const said = value ? textOf(value) : 'false';
      if (!/^(false|undefined|null|0|''|"")$/.test(said)) return skip(`${name}: ${said.slice(0, 80)}`, !/^(true|1|['"`].*)$/.test(said));
    }
  }
  return null;
}

/** `this.skip()`, `t.skip()`, `pending()` in a test; in a suite those of its hooks. */
function skipIn(body: SyntaxNode, suite: boolean): Skip | null {
  const look = (node: SyntaxNode, conditional: boolean): Skip | null => {
    if (node.type === 'call_expression' && node !== body) {
      const chain = chainOf(node) ?? [];
      const [first, second] = chain;
      if (first && chain.length === 2 && /^(this|t|tt|ctx|context|test|it)$/.test(first.name) && /^(skip|todo|fixme)$/.test(second?.name ?? '') && second?.args && !second.args.some((argument) => /function/.test(argument.type))) {
        const [condition] = second.args;
        // With a title it declares a test.
        if (/^(test|it)$/.test(first.name) && (suite || second.name === 'todo') && condition && /string/.test(condition.type)) return null;
        const decided = condition === undefined || /string|true/.test(condition.type);
        return { how: shortText(node), conditional: conditional || !decided, line: node.line };
      }
      if (chain.length === 1 && first?.name === 'pending') return { how: shortText(node), conditional, line: node.line };
      const hook = /^(before|beforeAll|beforeEach)$/.test(first?.name ?? '');
      if (suite && !hook && testWords.has(first?.name as 'it')) return null;
    }
    const guarded = conditional || /^(if_statement|ternary_expression|switch_case|binary_expression|catch_clause)$/.test(node.type);
    for (const child of node.children) {
      const found = look(child, guarded);
      if (found) return found;
    }
    return null;
  };
  return look(body, false);
}

function limitsOf(found: Declared, where: string): readonly Limit[] {
  const own = found.given.flatMap((argument, at): readonly Limit[] => {
    if (argument.type === 'object') {
      return [...optionsIn(argument)].flatMap(([name, value]) => {
        const what = name === 'timeout' ? 'timeout' : /^(retry|retries)$/.test(name) ? 'retries' : null;
        const number = numberOf(value);
        return what && number !== null ? [{ what, value: number, line: value.line, text: `${name}: ${textOf(value)}`, where }] : [];
      });
    }
    const number = at === found.given.length - 1 && at > 1 ? numberOf(argument) : null;
    return number === null ? [] : [{ what: 'timeout', value: number, line: argument.line, text: textOf(argument), where }];
  });
  return own;
}

/** What a suite says itself: nodes outside of its tests. */
function directly(body: SyntaxNode): readonly SyntaxNode[] {
  return namedChildren(body).filter((child) => !/\b(it|test|specify|describe|context)\b/.test(textOf(child).slice(0, 40))).flatMap((child) => [...walk(child)]);
}

function outside(root: SyntaxNode, declared: (node: SyntaxNode) => Declared | null): readonly SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (declared(node)) return;
    nodes.push(node);
    node.children.forEach(visit);
  };
  visit(root);
  return nodes;
}

/** The values that a loop runs over, where they are written in it. */
function loopValues(loop: SyntaxNode): readonly string[] {
  const over = loop.type === 'call_expression' ? childOf(loop, 'function') : childOf(loop, 'right') ?? childOf(loop, 'condition');
  return over ? tokensOf(over) : [];
}
