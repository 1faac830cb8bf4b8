/**
 * Assertions of JavaScript and TypeScript: expect of jest, vitest, jasmine, chai and playwright; assert of Node and chai; should; the
 * context objects of node:test, ava, tap and QUnit; supertest and cypress.
 * Owns: how a chain of calls becomes demands. Refuses: to say which test they belong to.
 */
import { demandsOf, type Demand } from './assertion.ts';
import { isUnused, type Dialect } from './checks.ts';
import { relationOf } from './relations.ts';
import { childOf, namedChildren, textOf, tokensOf, walk, type SyntaxNode } from './syntax.ts';

export interface Link { readonly name: string; readonly args: readonly SyntaxNode[] | null }

/** `expect(x).not.toBe(3)` → expect(x), not, toBe(3). Null where it begins with something without a name. */
export function chainOf(node: SyntaxNode): readonly Link[] | null {
  switch (node.type) {
    case 'identifier': case 'this': return [{ name: textOf(node), args: null }];
    case 'await_expression': case 'parenthesized_expression': case 'non_null_expression': {
      const [inner] = namedChildren(node);
      return inner ? chainOf(inner) : null;
    }
    case 'member_expression': {
      const [object, property] = [childOf(node, 'object'), childOf(node, 'property')];
      const before = object ? chainOf(object) ?? [{ name: '', args: null }] : null;
      return before && property ? [...before, { name: textOf(property), args: null }] : null;
    }
    case 'subscript_expression': {
      const [object, index] = [childOf(node, 'object'), childOf(node, 'index')];
      const before = object ? chainOf(object) : null;
      return before && index?.type === 'string' ? [...before, { name: textOf(index).slice(1, -1), args: null }] : null;
    }
    case 'call_expression': {
      const [callee, given] = [childOf(node, 'function'), childOf(node, 'arguments')];
      const before = callee ? chainOf(callee) : null;
      const last = before?.at(-1);
      if (!before || !last) return null;
      const types = childOf(node, 'type_arguments');
      const args = [...(types ? [types] : []), ...(given ? (given.type === 'template_string' ? [given] : namedChildren(given)) : [])];
      return last.args === null ? [...before.slice(0, -1), { name: last.name, args }] : [...before, { name: '', args }];
    }
    default: return null;
  }
}

const assertionModules = /^(node:)?assert(\/strict)?$|^(chai|ava|tap|tape|uvu\/assert|power-assert|expect|unexpected|@jest\/globals|vitest|@playwright\/test|bun:test|should|@std\/assert|jsr:@std\/assert.*|https:\/\/deno\.land\/std.*assert.*)$/;
const contexts = /^(t|tt|ctx|context|tap|test|QUnit|assert|st)$/;

/** Names under which a file knows assertions: local name → name in its module. */
export function assertionNames(imports: ReadonlyMap<string, { readonly module: string; readonly name: string }>): ReadonlyMap<string, string> {
  const names = new Map([['expect', 'expect'], ['assert', 'assert'], ['should', 'should'], ['expectTypeOf', 'expect'], ['assertType', 'expect']]);
  for (const [local, { module, name }] of imports) {
    if (!assertionModules.test(module)) continue;
    names.set(local, name === '*' || name === 'default' ? (module === 'expect' ? 'expect' : 'assert') : name);
  }
  return names;
}

/** Null: the chain is no assertion. */
function demandsOfChain(links: readonly Link[], names: ReadonlyMap<string, string>, node: SyntaxNode): readonly Demand[] | null {
  const [first] = links;
  const last = links.at(-1);
  if (!first || !last) return null;
  const root = names.get(first.name);
  const negated = links.filter((link) => link.name === 'not' || link.name === 'isNot').length % 2 === 1;
  const args = (last.args ?? []).map(tokensOf);
  if (root === 'expect' && links.slice(0, 2).some((link) => link.args !== null)) return expectation(links, negated);
  const should = links.findIndex((link, at) => at > 0 && (link.name === 'should' || (link.name === 'expect' && link.args !== null)));
  if (should > 0) return asked(links, should, negated, node);
  if (root === undefined) {
    const inner = links[1]?.name === 'assert' && links.length > 2;
    if (!inner && !(contexts.test(first.name) && links.length === 2)) return null;
    return last.args !== null && (inner || /^(is|not|true|false|ok|equal|deepEqual|same|notSame|truthy|falsy|throws|throwsAsync|notThrows|rejects|like|regex|snapshot|match|strictEqual|deepStrictEqual|notEqual|equals|type|hasProp|error|notOk|propEqual|step|fail|pass)$/.test(last.name)) ? demandsOf(last.name, null, args, negated) : null;
  }
  if (last.args === null || (root === 'assert' && links.length > 3)) return null;
  const name = links.length === 1 ? root : last.name;
  if (name === 'fail' || name === 'pass') return [name === 'fail' ? { ...nothing(''), relation: 'unreached', strength: 45, constant: false } : nothing('')];
  return demandsOf(name, null, args.slice(0, relationOf(name)?.relation === 'close' ? 4 : 3), negated) ?? (root === 'assert' && !bookkeeping.test(name) ? [custom(name, args.map((tokens) => tokens.join(' ')).join(' , '))] : null);
}

/** What an object of assertions is told about the test itself: how many to expect, that it is over, what goes before it. */
const bookkeeping = /^(plan|end|endAll|comment|diagnostic|log|timeout|timeoutAfter|teardown|before|after|beforeEach|afterEach|setTimeout|async|expect|verifySteps)$/;

/** `expect(x)….matcher(y)`, and chai's properties. A matcher that is not called, or none at all, says nothing. */
function expectation(links: readonly Link[], negated: boolean): readonly Demand[] {
  const at = links[0]?.args !== null ? 0 : 1;
  const subject = links[at]?.args?.flatMap((argument, index) => (index === 0 ? tokensOf(argument) : [])) ?? [];
  const chain = links.slice(at + 1);
  const matcher = chain.at(-1);
  if (at === 0 && chain.length === 0) return [nothing(subject.join(' '))];
  if (!matcher) return [nothing(subject.join(' '))];
  if (matcher.args === null && /^to[A-Z]/.test(matcher.name)) return [nothing(subject.join(' '))];
  const throwing = chain.some((link) => link.name === 'rejects') && matcher.name !== 'toThrow' && matcher.name !== 'toThrowError';
  const args = (matcher.args ?? []).map(tokensOf);
  return demandsOf(throwing ? 'rejects' : matcher.name, subject, args, negated) ?? [{ ...custom(matcher.name, args.map((tokens) => tokens.join(' ')).join(' , ')), subject: subject.join(' '), negated }];
}

/** `x.should.equal(3)`, `cy.get(…).should('have.text', 'x')`, `request(app).get('/').expect(200)`. */
function asked(links: readonly Link[], at: number, negated: boolean, node: SyntaxNode): readonly Demand[] | null {
  const own = links[at];
  if (!own) return null;
  const subject = links.slice(0, at).map((link) => (link.args === null ? link.name : `${link.name} ( ${link.args.map((argument) => tokensOf(argument).join(' ')).join(' , ')} )`)).join(' . ');
  if (own.name === 'expect') return links.flatMap((link) => (link.name === 'expect' && link.args ? requested(link.args) : [])).map((expected) => ({ ...custom('expect', expected), relation: 'equal', strength: 90, subject }));
  if (own.args !== null) {
    const [said, ...rest] = own.args.map((argument) => tokensOf(argument));
    const words = (said?.[0] ?? '').replaceAll('"', '').split('.');
    return demandsOf(words.at(-1) ?? '', [subject], rest, words.includes('not')) ?? [{ ...custom('should', textOf(node)), subject }];
  }
  const matcher = links.at(-1);
  if (!matcher || matcher === own) return null;
  return demandsOf(matcher.name, [subject], (matcher.args ?? []).map(tokensOf), negated) ?? [{ ...custom(matcher.name, ''), subject, negated }];
}

/** What supertest is told to expect: a status and a body are two demands; who is called at the end is none. */
function requested(args: readonly SyntaxNode[]): readonly string[] {
  const words = args.map((argument) => tokensOf(argument).join(' '));
  const demanded = words.length > 1 && /^(done|cb|callback|next|end|fn|\( \) => \{ \})$/.test(words.at(-1) ?? '') ? words.slice(0, -1) : words;
  return /^\d{3}$/.test(demanded[0] ?? '') ? demanded : [demanded.join(' , ')];
}

const custom = (name: string, expected: string): Demand => ({ relation: 'custom', subject: name, expected, negated: false, strength: 75, constant: false, wildcards: 0, tolerance: null });
const nothing = (subject: string): Demand => ({ ...custom('', ''), subject, strength: 0, constant: true });

export function javascriptDialect(names: ReadonlyMap<string, string>, isTest: (node: SyntaxNode) => boolean): Dialect {
  const demands = (node: SyntaxNode): readonly Demand[] | null => {
    if (node.type !== 'call_expression' && node.type !== 'member_expression') return null;
    const links = chainOf(node);
    // What follows a promise is looked into by itself: it may swallow what comes before.
    return links && !/^(then|catch|finally)$/.test(links.at(-1)?.name ?? '') ? demandsOfChain(links, names, node) : null;
  };
  const fails = (node: SyntaxNode): boolean => node.type === 'throw_statement' || /^(?:await )?(?:(?:assert|expect|t)\s*\.\s*(?:fail|unreachable)|done)\s*\(|^(?:assert(?:\.ok)?|t\.ok)\(\s*(?:false|0|null|!1)\b|^expect\((true|false)\)\.to\w+\((?!\1)/.test(textOf(node)) || /^(reject|done|fail|process\.exit|callback|next)\(/.test(textOf(node));
  // "Something was caught" is true of a failed assertion, too.
  const handles = (handler: SyntaxNode): boolean => [...walk(handler)].some((inner) => fails(inner) || demands(inner)?.some((demand) => !demand.constant && demand.strength > 45) === true);
  return {
    isTest,
    assertion: (node) => {
      const found = demands(node);
      return found && { demands: found, inside: functionsIn(node) };
    },
    called: (node) => {
      if (node.type !== 'call_expression') return null;
      const callee = childOf(node, 'function');
      return callee?.type === 'identifier' ? textOf(callee) : callee?.type === 'member_expression' ? textOf(childOf(callee, 'property') ?? callee) : null;
    },
    ifs: new Set(['if_statement']),
    loops: new Set(['for_statement', 'for_in_statement', 'while_statement', 'do_statement']),
    branches: new Set(['switch_case', 'ternary_expression']),
    fails: (statement) => statement.type === 'throw_statement' || (statement.type === 'expression_statement' && /^(assert|expect|t)\.(fail|unreachable)\(|^fail\(/.test(textOf(statement))),
    swallowed: (node) => {
      if (node.type === 'try_statement') {
        const [handler, finalizer] = [childOf(node, 'handler'), childOf(node, 'finalizer')];
        const leaves = finalizer !== undefined && namedChildren(childOf(finalizer, 'body') ?? finalizer).some((statement) => statement.type === 'return_statement');
        return leaves || (handler && !handles(handler)) ? childOf(node, 'body') ?? null : null;
      }
      const callee = node.type === 'call_expression' ? childOf(node, 'function') : undefined;
      if (callee?.type !== 'member_expression' || textOf(childOf(callee, 'property') ?? callee) !== 'catch') return null;
      const [handler] = namedChildren(childOf(node, 'arguments') ?? node);
      return handler && (/function/.test(handler.type) ? !handles(handler) : /^(console\.\w+|(\w+\.)?noop|undefined)$/.test(textOf(handler))) ? callee : null;
    },
    detached,
    ends: (statement) => statement.type === 'return_statement' || statement.type === 'throw_statement',
  };
}

const goesOn = /\b(?:done|resolve\w*|reject\w*|finish\w*|callback|cb|next|end|release|signal|notify)\b|\b(?:res|ok|r)\s*\(/;

/** A function that nobody calls; what runs after the test has ended: a timer, a promise that is not awaited. */
function detached(node: SyntaxNode, body: readonly string[]): SyntaxNode | null {
  if (node.type === 'variable_declarator' || node.type === 'function_declaration') {
    const [name, own] = [childOf(node, 'name'), node.type === 'function_declaration' ? childOf(node, 'body') : childOf(node, 'value')];
    return name && own && (node.type === 'function_declaration' || /^(arrow_function|function_expression)$/.test(own.type)) && isUnused(textOf(name), body) ? own : null;
  }
  const [call] = node.type === 'expression_statement' ? namedChildren(node) : [];
  if (call?.type !== 'call_expression') return null;
  const names = (chainOf(call) ?? []).map((link) => link.name);
  if (/^(setTimeout|setImmediate|setInterval|queueMicrotask)$/.test(names.join('.')) || names.join('.') === 'process.nextTick') return goesOn.test(textOf(call)) ? null : call;
  if (names[0] === 'cy' || names[0] === 'browser') return null;
  if (names.includes('then')) return goesOn.test(textOf(call)) ? null : call;
  return (names[0] === 'expect' && names.some((name) => name === 'resolves' || name === 'rejects')) || /^assert(\.strict)?\.(rejects|doesNotReject)$/.test(names.join('.')) ? call : null;
}

/** Functions that are given to an assertion: `assert.rejects(async () => { … })` may assert more inside. */
function functionsIn(node: SyntaxNode): readonly SyntaxNode[] {
  const given = childOf(node, 'arguments');
  return given ? namedChildren(given).filter((argument) => argument.type === 'arrow_function' || argument.type === 'function_expression') : [];
}
