/**
 * Tests of Go: `testing`, with testify, gomega, quicktest and is.
 * Owns: what is a test, and how it is skipped and multiplied. Refuses: to follow an import.
 */
import { demandsOf, type Demand } from './assertion.ts';
import { checksIn, isUnused, shortText, statementsOf, type Dialect } from './checks.ts';
import { relationOf } from './relations.ts';
import { childOf, namedChildren, textOf, tokensOf, walk, type SyntaxNode } from './syntax.ts';
import { emptyFile, type Helper, type Skip, type TestCase, type TestFile } from './testFile.ts';
import { split, type Tokens } from './tokens.ts';

export function readGo(root: SyntaxNode): TestFile {
  const tests: TestCase[] = [];
  const helpers: Helper[] = [];
  const defined = new Set<string>();
  const constrained = buildConstraint(root);
  for (const node of root.children) {
    if (node.type !== 'function_declaration' && node.type !== 'method_declaration') continue;
    const name = textOf(childOf(node, 'name') ?? node);
    const body = childOf(node, 'body');
    if (!body) continue;
    defined.add(name);
    const checks = checksIn(body, dialect);
    if (!isTestName(name, node)) {
      if (checks.assertions.length > 0) helpers.push({ name, line: node.line, broken: node.broken, ...checks });
      continue;
    }
    add(tests, node, body, { path: [name], skip: constrained, many: false, values: [] });
  }
  return { ...emptyFile, tests, helpers, defined, imports: importsOf(root), broken: root.broken };
}

function isTestName(name: string, node: SyntaxNode): boolean {
  if (!/^(Test|Fuzz|Benchmark|Example)(?![a-z])/.test(name)) return false;
  return name.startsWith('Example') || node.type === 'method_declaration' || /\*testing\.(T|B|F|M)\b|\*check\.C\b/.test(textOf(childOf(node, 'parameters') ?? node));
}

interface Around { readonly path: readonly string[]; readonly skip: Skip | null; readonly many: boolean; readonly values: readonly string[] }

/** A test and the subtests in it. */
function add(tests: TestCase[], node: SyntaxNode, body: SyntaxNode, around: Around): void {
  const { path } = around;
  const skip = around.skip ?? skipIn(body);
  const inner = subtests(body);
  const many = around.many || inner.some(({ name, repeated }) => repeated || name === null) || /\bfor\b/.test(textOf(body));
  const values = many ? [...around.values, ...[...walk(body)].filter((child) => child.type === 'composite_literal').flatMap(tokensOf)] : [];
  tests.push({ ...checksIn(body, dialect), title: path.at(-1) ?? '', path, line: node.line, body: tokensOf(body), skip, focused: null, many, values, broken: node.broken });
  for (const { call, name, block, repeated } of inner) {
    if (name !== null) add(tests, call, block, { path: [...path, name], skip, many: repeated, values: repeated ? values : [] });
  }
}

interface Subtest { readonly call: SyntaxNode; /** Null: made up while it runs. */ readonly name: string | null; readonly block: SyntaxNode; readonly repeated: boolean }

function subtests(body: SyntaxNode): readonly Subtest[] {
  const found: Subtest[] = [];
  const visit = (node: SyntaxNode, repeated: boolean): void => {
    const run = node === body ? null : subtest(node);
    if (run) {
      found.push({ ...run, repeated });
      return;
    }
    for (const child of node.children) visit(child, repeated || node.type === 'for_statement');
  };
  visit(body, false);
  return found;
}

function subtest(node: SyntaxNode): Omit<Subtest, 'repeated'> | null {
  if (node.type !== 'call_expression') return null;
  const callee = childOf(node, 'function');
  const [name, literal] = namedChildren(childOf(node, 'arguments') ?? node);
  if (callee?.type !== 'selector_expression' || !/^(Run|It|Describe|Context)$/.test(textOf(childOf(callee, 'field') ?? callee)) || literal?.type !== 'func_literal' || !name) return null;
  const block = childOf(literal, 'body');
  return block ? { call: node, name: /string_literal/.test(name.type) ? textOf(name).slice(1, -1) : null, block } : null;
}

/** `t.Skip()`: before anything else it skips always; under an `if` only sometimes. */
function skipIn(body: SyntaxNode): Skip | null {
  for (const node of walk(body)) {
    if (node.type !== 'call_expression' || !/^\w+\.(Skip|SkipNow|Skipf)\(/.test(textOf(node))) continue;
    const direct = statementsOf(body).some((statement) => statement === node || statement.children.includes(node));
    const inSubtest = subtests(body).some(({ block }) => block.start <= node.start && node.end <= block.end);
    if (!inSubtest) return { how: shortText(node), conditional: !direct, line: node.line };
  }
  return null;
}

/** A constraint on top of the file decides whether its tests are built at all. */
function buildConstraint(root: SyntaxNode): Skip | null {
  for (const node of root.children) {
    if (node.type === 'package_clause') return null;
    const constraint = node.type === 'comment' ? /^\/\/go:build\s+(.+)$/.exec(textOf(node)) : null;
    if (constraint) return { how: textOf(node), conditional: !/^(ignore|never|false|disabled|skip|none|todo)$/.test((constraint[1] ?? '').trim()), line: node.line };
  }
  return null;
}

const failing = /^(?:[\w.]+\.)?(Error|Errorf|Fatal|Fatalf|Fail|FailNow|FailNowf)\(|^panic\(/;

const dialect: Dialect = {
  isTest: (node) => (subtest(node)?.name ?? null) !== null,
  assertion: (node) => {
    if (node.type === 'if_statement') return difference(node);
    if (node.type !== 'call_expression') return null;
    const demands = called(node);
    return demands && { demands, inside: namedChildren(childOf(node, 'arguments') ?? node).filter((argument) => argument.type === 'func_literal') };
  },
  called: (node) => {
    const callee = node.type === 'call_expression' ? childOf(node, 'function') : undefined;
    return callee ? textOf(callee.type === 'selector_expression' ? childOf(callee, 'field') ?? callee : callee) : null;
  },
  ifs: new Set(['if_statement']),
  loops: new Set(['for_statement']),
  branches: new Set(['expression_case', 'type_case', 'communication_case']),
  fails: (statement) => failing.test(textOf(statement)),
  swallowed: () => null,
  detached: (node, body) => {
    if (node.type === 'go_statement') return body.some((token) => /^(Wait|<-|Done|select)$/.test(token)) ? null : namedChildren(node)[0] ?? null;
    if (node.type !== 'short_var_declaration' && node.type !== 'assignment_statement') return null;
    const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
    return left && right && /^func\(/.test(textOf(right)) && isUnused(textOf(left), body) ? right : null;
  },
  ends: (statement) => statement.type === 'return_statement',
};

/** `if diff := cmp.Diff(want, got); diff != "" { t.Fatal(diff) }` compares the two. */
function difference(node: SyntaxNode): { readonly demands: readonly Demand[] } | null {
  const consequence = childOf(node, 'consequence');
  const head = childOf(node, 'initializer') ?? childOf(node, 'condition');
  const diff = head ? [...walk(head)].find((child) => child.type === 'call_expression' && /^(cmp|deep|pretty|diff)\.\w*(Diff|Equal|Compare)\(/.test(textOf(child))) : undefined;
  if (!diff || !consequence || !statementsOf(consequence).some((statement) => failing.test(textOf(statement)))) return null;
  const args = split(tokensOf(childOf(diff, 'arguments') ?? diff).slice(1, -1), [',']).filter((part) => part.length > 0);
  const demands = demandsOf('equal', null, args.slice(0, 2), false, true);
  return demands && { demands };
}

function called(node: SyntaxNode): readonly Demand[] | null {
  const callee = childOf(node, 'function');
  if (callee?.type !== 'selector_expression') return null;
  const name = textOf(childOf(callee, 'field') ?? callee);
  const operand = textOf(childOf(callee, 'operand') ?? callee);
  const args = split(tokensOf(childOf(node, 'arguments') ?? node).slice(1, -1), [',']).filter((part) => part.length > 0);
  if (/^(t|tb|b)$/.test(operand)) return failing.test(textOf(node)) ? [{ relation: 'unreached', subject: '', expected: null, negated: false, strength: 45, constant: false, wildcards: 0, tolerance: null }] : null;
  const matched = /^(?:g\.|gomega\.|o\.)?(Expect|Ω|Eventually|Consistently)\s*\(/.test(operand) && /^(To|NotTo|ToNot|Should|ShouldNot)$/.test(name);
  if (matched) {
    const subject = split(tokensOf(childOf(callee, 'operand') ?? callee).slice(2, -1), [','])[0] ?? [];
    return matcher(args[0] ?? [], subject, /Not/.test(name));
  }
  if (/^(Assert|Check)$/.test(name) && /^(c|qt|quicktest)$/.test(operand)) {
    const [subject, check, ...rest] = operand === 'c' ? args : args.slice(1);
    const shaped = check?.at(-1) === ')' ? split(check.slice(check.indexOf('(') + 1, -1), [',']) : null;
    return shaped ? demandsOf(check?.[2] ?? '', null, shaped, false) : demandsOf(check?.at(-1) ?? '', subject ?? [], rest, false);
  }
  if (!/^(assert|require|is|s|suite|a|r|must|assertions|ts)$|\.(Require|Assert)\(\)$/.test(operand) || relationOf(base(name)) === null) return null;
  const own = /^(assert|require|must)$/.test(operand) ? args.slice(1) : args;
  if (/^(Implements|IsType)$/.test(base(name))) return demandsOf('type', own[1] ?? [], own.slice(0, 1), false);
  if (/^(Len)$/.test(base(name))) return demandsOf('len', own[0] ?? [], own.slice(1, 2), false);
  if (/^(Regexp|NotRegexp)$/.test(base(name))) return demandsOf('regexp', own[1] ?? [], own.slice(0, 1), base(name) === 'NotRegexp');
  return demandsOf(base(name), null, own.slice(0, /Delta|Epsilon/.test(name) ? 3 : /^(True|False|Nil|NotNil|NoError|Error|Empty|NotEmpty|Zero|NotZero|Positive|Negative|Panics|NotPanics)f?$/.test(name) ? 1 : 2), false, true);
}

/** `Equalf` says what `Equal` says. */
const base = (name: string): string => (/^(Nilf?|Leaf|Half)$/.test(name) ? name.replace(/f$/, '') : name.replace(/(?<=[a-z])f$/, '')).replace(/^(Must|Should)(?=[A-Z])/, '');

function matcher(tokens: Tokens, subject: Tokens, negated: boolean): readonly Demand[] | null {
  const open = tokens.indexOf('(');
  const name = tokens[open - 1] ?? '';
  const args = split(tokens.slice(open + 1, -1), [',']).filter((part) => part.length > 0);
  if (/^(Not)$/.test(name)) return matcher(args[0] ?? [], subject, !negated);
  return demandsOf(name, subject, args, negated);
}

function importsOf(root: SyntaxNode): ReadonlyMap<string, string> {
  const specs = [...walk(root)].filter((node) => node.type === 'import_spec');
  return new Map(specs.map((spec) => {
    const path = textOf(childOf(spec, 'path') ?? spec).replaceAll('"', '');
    const name = childOf(spec, 'name');
    return [name ? textOf(name) : path.split('/').at(-1) ?? path, path] as const;
  }));
}
