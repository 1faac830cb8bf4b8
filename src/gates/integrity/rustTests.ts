/**
 * Tests of Rust: `#[test]` and what stands for it (tokio, async-std, rstest, test_case, proptest), with the macros of std and of common crates.
 * Owns: what is a test, and how it is ignored and multiplied. Refuses: to expand a macro.
 */
import { conditions, demandsOf, type Demand } from './assertion.ts';
import { checksIn, isUnused, type Dialect } from './checks.ts';
import { childOf, namedChildren, textOf, tokensOf, walk, type SyntaxNode } from './syntax.ts';
import { emptyFile, type Helper, type Skip, type TestCase, type TestFile } from './testFile.ts';
import { split } from './tokens.ts';

interface Around { readonly path: readonly string[]; readonly skip: Skip | null; readonly inTests: boolean }

export function readRust(root: SyntaxNode): TestFile {
  const tests: TestCase[] = [];
  const helpers: Helper[] = [];
  const defined = new Set<string>();
  const visit = (list: SyntaxNode, around: Around): void => {
    let attributes: SyntaxNode[] = [];
    for (const node of namedChildren(list)) {
      if (node.type === 'attribute_item') {
        attributes.push(node);
        continue;
      }
      const own = { ...around, skip: around.skip ?? skipOf(attributes) };
      const body = childOf(node, 'body');
      const name = textOf(childOf(node, 'name') ?? childOf(node, 'type') ?? node);
      if (body && (node.type === 'mod_item' || node.type === 'impl_item')) visit(body, { ...own, path: [...around.path, name], inTests: around.inTests || attributes.some((attribute) => /cfg\(.*\btest\b/.test(textOf(attribute))) });
      else if (body && node.type === 'function_item') {
        defined.add(name);
        const checks = checksIn(body, dialect);
        if (attributes.some(isTest)) {
          const values = attributes.flatMap((attribute) => (/^#\[(case|test_case|values|rstest)/.test(textOf(attribute)) ? tokensOf(attribute) : []));
          // Where any panic will do, that of a failed assertion does, too.
          const hushed = attributes.some((attribute) => /^#\[should_panic\]$/.test(textOf(attribute)));
          tests.push({ ...checks, assertions: [...checks.assertions.map((assertion) => (hushed && assertion.relation !== 'unreached' ? { ...assertion, swallowed: true } : assertion)), ...panics(attributes, node)], title: name, path: [...around.path, name], line: node.line, body: tokensOf(body), skip: own.skip, focused: null, many: values.length > 0 || /#\[(case|values)/.test(textOf(node)), values, broken: node.broken });
        } else if (checks.assertions.length > 0 && around.inTests) helpers.push({ name, line: node.line, broken: node.broken, ...checks });
      }
      attributes = [];
    }
  };
  // A file of tests/ has no `cfg(test)` around its helpers; in other files an assertion outside of tests belongs to the code.
  const own = [...walk(root)].some((node) => node.type === 'attribute_item' && isTest(node)) && !/#\[cfg\(test\)\]/.test(root.source);
  visit(root, { path: [], skip: null, inTests: own });
  return { ...emptyFile, tests, helpers, defined, broken: root.broken };
}

const isTest = (attribute: SyntaxNode): boolean => /^#\[(?:[\w:]+::)?(test|rstest|test_case|quickcheck|bench|case|wasm_bindgen_test|sqlx::test|proptest)\b/.test(textOf(attribute));

function skipOf(attributes: readonly SyntaxNode[]): Skip | null {
  for (const attribute of attributes) {
    const text = textOf(attribute);
    if (/^#\[ignore\b/.test(text)) return { how: text, conditional: false, line: attribute.line };
    const said = /^#\[cfg\((.*)\)\]$/s.exec(text)?.[1]?.trim();
    // `all(test, feature = "slow")` is `test` and something more.
    const condition = said?.replace(/^all\(\s*test\s*,\s*(.*?),?\s*\)$/s, '$1').replace(/^all\((.*?)\s*,\s*test\s*,?\)$/s, '$1');
    if (condition !== undefined && !/\btest\b/.test(condition)) return { how: text, conditional: !/^(FALSE|false|any\(\)|never|feature\s*=\s*"(never|disabled|skip|ignore|none)\w*")$/.test(condition), line: attribute.line };
    if (/^#\[cfg_attr\(.*\bignore\b/.test(text)) return { how: text, conditional: true, line: attribute.line };
  }
  return null;
}

/** `#[should_panic(expected = "…")]` is an assertion about the whole test. */
function panics(attributes: readonly SyntaxNode[], test: SyntaxNode): TestCase['assertions'] {
  return attributes.filter((attribute) => /^#\[should_panic/.test(textOf(attribute))).flatMap((attribute) => {
    const expected = /expected\s*=\s*("(?:[^"\\]|\\.)*")/.exec(textOf(attribute))?.[1];
    return (demandsOf('panics', [textOf(childOf(test, 'name') ?? test)], expected === undefined ? [] : [[expected]], false) ?? [])
      .map((demand) => ({ ...demand, swallowed: false, conditional: false, repeated: false, unreachable: false, line: attribute.line, text: textOf(attribute) }));
  });
}

const dialect: Dialect = {
  isTest: (node) => node.type === 'function_item',
  assertion: (node) => {
    if (node.type !== 'macro_invocation') return null;
    const demands = invoked(node);
    return demands && { demands };
  },
  called: (node) => {
    if (node.type === 'macro_invocation') return textOf(childOf(node, 'macro') ?? node);
    const callee = node.type === 'call_expression' ? childOf(node, 'function') : undefined;
    return callee ? textOf(callee.type === 'field_expression' ? childOf(callee, 'field') ?? callee : callee).split('::').at(-1) ?? null : null;
  },
  ifs: new Set(['if_expression']),
  loops: new Set(['for_expression', 'while_expression', 'loop_expression']),
  branches: new Set(['match_arm']),
  fails: (statement) => /^(panic|unreachable)!/.test(textOf(statement)),
  swallowed: (node) => (node.type === 'call_expression' && /(^|::)catch_unwind$/.test(textOf(childOf(node, 'function') ?? node)) ? childOf(node, 'arguments') ?? null : null),
  detached: (node, body) => {
    if (node.type === 'let_declaration') {
      const [pattern, value] = [childOf(node, 'pattern'), childOf(node, 'value')];
      return pattern && value?.type === 'closure_expression' && isUnused(textOf(pattern), body) ? value : null;
    }
    const spawned = node.type === 'call_expression' && /(^|::)spawn$/.test(textOf(childOf(node, 'function') ?? node)) && !body.some((token) => /^(join|await|scope|recv)$/.test(token));
    return spawned ? childOf(node, 'arguments') ?? null : null;
  },
  ends: (statement) => statement.type === 'expression_statement' && namedChildren(statement)[0]?.type === 'return_expression',
};

function invoked(node: SyntaxNode): readonly Demand[] | null {
  const name = textOf(childOf(node, 'macro') ?? node).split('::').at(-1) ?? '';
  const tree = node.children.find((child) => child.type === 'token_tree');
  const args = split(tree ? tokensOf(tree).slice(1, -1) : [], [',']).filter((part) => part.length > 0);
  if (/^(panic|unreachable)$/.test(name)) return [{ relation: 'unreached', subject: '', expected: null, negated: false, strength: 45, constant: false, wildcards: 0, tolerance: null }];
  if (!/^(debug_|prop_)?assert/.test(name)) return null;
  if (/^(debug_|prop_)?assert$/.test(name)) return conditions(args[0] ?? [], false);
  if (/assert_matches$/.test(name)) return demandsOf('like', args[0] ?? [], args.slice(1, 2), false);
  if (/snapshot$/.test(name)) return demandsOf(args.length > 1 && args.at(-1)?.[0] === '@' ? 'inline_snapshot' : 'snapshot', args[0] ?? [], args.slice(-1), false);
  return demandsOf(name, null, args.slice(0, /relative|approx|ulps|abs_diff|float/.test(name) ? 3 : 2), false);
}
