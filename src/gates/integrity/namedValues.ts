/**
 * Values that are given a name before they are compared: constants of a file, literals of a test.
 * Owns: which name stands for which literal, and assertions said with the literals themselves. Refuses: to run code, and names that are set twice.
 */
import type { Assertion } from './assertion.ts';
import { childOf, namedChildren, textOf, tokensOf, type SyntaxNode } from './syntax.ts';
import type { TestCase, TestFile } from './testFile.ts';
import { isPureLiteral, literalsIn, type Tokens } from './tokens.ts';

const constantsAtMost = 500;

/** What a text makes once, outside of every function but those that hold a suite, and fills with literals; an empty list, too. */
export function constantsIn(root: SyntaxNode): ReadonlyMap<string, Tokens> {
  const found = new Map<string, Tokens>();
  const add = (name: SyntaxNode | undefined, value: SyntaxNode | undefined): void => {
    if (!name || !value || found.size >= constantsAtMost) return;
    const tokens = tokensOf(value);
    // Suites may use one name twice: what either holds is told.
    if ((literalsIn(tokens).length > 0 && !tokens.includes('=>')) || tokens.join(' ') === '[ ]') found.set(textOf(name), [...found.get(textOf(name)) ?? [], ...tokens]);
  };
  const visit = (node: SyntaxNode): void => {
    switch (node.type) {
      case 'variable_declarator': case 'const_item': case 'static_item': return add(childOf(node, 'name'), childOf(node, 'value'));
      case 'const_spec': case 'var_spec': return add(childOf(node, 'name'), childOf(node, 'value'));
      case 'assignment': return add(childOf(node, 'left'), childOf(node, 'right'));
      case 'program': case 'module': case 'source_file': case 'lexical_declaration': case 'variable_declaration': case 'export_statement': case 'expression_statement':
      case 'const_declaration': case 'var_declaration': case 'var_spec_list': case 'mod_item': case 'declaration_list':
        return namedChildren(node).forEach(visit);
      case 'call_expression': return suiteBody(node).forEach(visit);
    }
  };
  visit(root);
  return found;
}

/** What stands in `describe('…', () => { … })`. */
function suiteBody(call: SyntaxNode): readonly SyntaxNode[] {
  if (!/^(describe|suite|context)\b/.test(textOf(call))) return [];
  const given = namedChildren(childOf(call, 'arguments') ?? call).filter(({ type }) => type === 'arrow_function' || type === 'function_expression');
  return given.flatMap((own) => namedChildren(childOf(own, 'body') ?? own));
}

const changes = /^(=|\+=|-=|\*=|\/=|\+\+|--|\|\|=|\?\?=|&&=|:=|<<=|>>=)$/;
const goesOn = /^([-+*/%.[(?|&^]|\?\?|\|\||&&|\?\.|or|and|if|\*\*|<<|>>|<|>|==|===|!=|!==|as)$/;

/** Names of a test's body that stand for one literal, and are set once: `const sum = 3`. */
function literalNames(body: Tokens): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const unsure = new Set<string>();
  for (const [at, token] of body.entries()) {
    if (!/^[A-Za-z_$][\w$]*$/.test(token)) continue;
    const [before, next] = [body[at - 1] ?? '', body[at + 1] ?? ''];
    if (/^(\+\+|--|&|&mut|mut|nonlocal|global|\.)$/.test(before)) unsure.add(token);
    if (!changes.test(next)) continue;
    const value = body[at + 2] ?? '';
    // `{ sum = 3 }` and `f(sum = 3)` are something else.
    const declares = next === '=' || next === ':=';
    // In Python alone a value goes on with "if".
    const after = body[at + 3] ?? '';
    const goes = goesOn.test(after) && (after !== 'if' || (next === '=' && !/^(const|let|var)$/.test(before)));
    if (!declares || found.has(token) || !isPureLiteral([value]) || goes || /^[(,[]$/.test(before)) unsure.add(token);
    else found.set(token, value);
  }
  return new Map([...found].filter(([name]) => !unsure.has(name)));
}

const isName = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text) && !isPureLiteral([text]);

/**
 * Assertions as they would be without names: what is expected by name is expected by value, and what is looked at is no longer the code's
 * where its name stands for a literal.
 */
export function withValues(assertions: readonly Assertion[], test: Pick<TestCase, 'body'>, file: Pick<TestFile, 'constants'>): readonly Assertion[] {
  const local = literalNames(test.body);
  return assertions.map((assertion): Assertion => {
    const looksAtLiteral = isName(assertion.subject) && local.has(assertion.subject) && !assertion.constant;
    const wanted = assertion.expected !== null && isName(assertion.expected) ? local.get(assertion.expected) ?? file.constants.get(assertion.expected)?.join(' ') : undefined;
    const named = wanted === undefined ? assertion : { ...assertion, expected: wanted };
    return looksAtLiteral && (named.expected === null || isPureLiteral(named.expected.split(' '))) ? { ...named, constant: true, strength: 0 } : named;
  });
}

/** Literals that a test is run with: those of its table, wherever in its file that stands, without the names of its rows. */
export function tableOf(test: Pick<TestCase, 'values'>, file: Pick<TestFile, 'constants'>): Tokens {
  const tokens = test.values.flatMap((token, at) => (test.values[at - 1] !== '.' && file.constants.has(token) ? file.constants.get(token) ?? [] : [token]));
  return literalsIn(tokens.filter((_, at) => !(tokens[at - 1] === ':' && /^"?(name|desc|description|title|label|id|message|msg)"?$/i.test(tokens[at - 2] ?? '')) && !(tokens[at - 1] === '=' && /^(ids?|reason|name)$/.test(tokens[at - 2] ?? '')) && !(tokens[at - 1] === '(' && /^parametrize$/.test(tokens[at - 2] ?? ''))));
}

/** Whether a text of this kind declares a name as a function, or as something that stands in for code. */
export function declaresFake(name: string, body: Tokens): boolean {
  return body.some((token, at) => {
    if (token !== name) return false;
    const [before, next] = [body[at - 1] ?? '', body[at + 1] ?? ''];
    if (/^(function|def|fn|func)$/.test(before)) return true;
    if (next !== '=' && next !== ':=') return false;
    const value = body.slice(at + 2, at + 8).join(' ');
    return /^(async )?(function\b|lambda\b|func \(|\( .*\) =>|\( \) =>|\w+ =>|\|)|^(jest|vi) \. fn|^sinon \. (stub|fake)|^(mock \. )?(Magic|Async)?Mock \(|^create_autospec \(|^(new (\( )?|& )?Mock\w*/.test(value) || (value.startsWith('(') && body.slice(at + 2, at + 40).join(' ').split(')')[1]?.trimStart().startsWith('=>') === true);
  });
}
