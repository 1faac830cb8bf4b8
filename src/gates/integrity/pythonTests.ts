/**
 * Tests of Python: pytest and unittest, with nose's and numpy's assertions.
 * Owns: what is collected as a test, and how it is skipped and multiplied. Refuses: to follow an import.
 */
import { conditions, demandsOf, type Demand } from './assertion.ts';
import { checksIn, isNever, isUnused, shortText, type Dialect } from './checks.ts';
import { childOf, namedChildren, textOf, tokensOf, walk, type SyntaxNode } from './syntax.ts';
import type { Helper, Limit, Mock, Skip, TestCase, TestFile } from './testFile.ts';
import { split } from './tokens.ts';

interface Around { readonly path: readonly string[]; readonly skip: Skip | null; readonly many: boolean; readonly values: readonly string[]; readonly collected: boolean }

/** @param mayBeOne whether assertions outside of every test make the file a test */
export function readPython(root: SyntaxNode, mayBeOne: boolean): Omit<TestFile, 'constants' | 'literals'> {
  const tests: TestCase[] = [];
  const helpers: Helper[] = [];
  const defined = new Set<string>();
  const limits: Limit[] = [];

  const visit = (node: SyntaxNode, around: Around, decorators: readonly SyntaxNode[]): void => {
    switch (node.type) {
      case 'decorated_definition': {
        const definition = childOf(node, 'definition');
        if (definition) visit(definition, around, namedChildren(node).filter((child) => child.type === 'decorator'));
        return;
      }
      case 'class_definition': {
        const name = textOf(childOf(node, 'name') ?? node);
        const body = childOf(node, 'body');
        const bases = textOf(childOf(node, 'superclasses') ?? node.children[0] ?? node);
        const own = body ? markSkip(body) : null;
        // pytest does not collect a class that has a constructor.
        const constructed = body !== undefined && !/TestCase/.test(bases) && namedChildren(body).some((child) => child.type === 'function_definition' && textOf(childOf(child, 'name') ?? child) === '__init__');
        const inner = { ...decorated(decorators, around), path: [...around.path, name], collected: !constructed && (name.startsWith('Test') || name.endsWith('Test') || name.endsWith('Tests') || /TestCase|Test\b/.test(bases)) };
        for (const child of body ? namedChildren(body) : []) visit(child, { ...inner, skip: inner.skip ?? own }, []);
        return;
      }
      case 'function_definition': {
        const name = textOf(childOf(node, 'name') ?? node);
        const body = childOf(node, 'body');
        if (!body) return;
        defined.add(name);
        limits.push(...limitsOf(decorators, name));
        const checks = checksIn(body, dialect);
        if (!/^test/.test(name) || !around.collected) {
          if (checks.assertions.length > 0) helpers.push({ name, line: node.line, broken: node.broken, ...checks });
          return;
        }
        const inner = decorated(decorators, around);
        const subtests = [...walk(body)].some((child) => child.type === 'with_statement' && /subTest|subtests\.test/.test(textOf(child).slice(0, 80)));
        // Of two with one name the later one is run.
        const path = [...around.path, name];
        const earlier = tests.findIndex((test) => test.path.join('\0') === path.join('\0'));
        if (earlier >= 0) tests.splice(earlier, 1);
        tests.push({
          ...checks, title: name, path, line: node.line, body: tokensOf(body), skip: inner.skip ?? skipIn(body), focused: null,
          many: inner.many || subtests, values: inner.values, broken: node.broken,
        });
        return;
      }
      case 'if_statement': {
        const condition = childOf(node, 'condition');
        for (const child of namedChildren(node)) visit(child, condition && child.field === 'consequence' ? { ...around, skip: around.skip ?? { how: `if ${shortText(condition)}`, conditional: !isNever(condition), line: node.line } } : around, []);
        return;
      }
      case 'block': case 'else_clause': case 'try_statement': case 'module':
        for (const child of namedChildren(node)) visit(child, around, []);
    }
  };
  visit(root, { path: [], skip: markSkip(root), many: false, values: [], collected: true }, []);
  const loose = checksIn(root, { ...dialect, isTest: (node) => node.type === 'function_definition' || node.type === 'class_definition' });
  if (mayBeOne && tests.length === 0 && loose.assertions.length > 0) tests.push({ ...loose, title: '', path: [], line: 1, body: tokensOf(root), skip: null, focused: null, many: false, values: [], broken: root.broken });
  return { tests, helpers, mocks: mocksIn(root), imports: importsOf(root), limits, defined, parsed: true, broken: root.broken };
}

/** `pytestmark = pytest.mark.skip(…)`, `__test__ = False`, `pytest.skip(allow_module_level=True)` of a module or a class. */
function markSkip(body: SyntaxNode): Skip | null {
  for (const statement of namedChildren(body)) {
    if (statement.type !== 'expression_statement') continue;
    const text = textOf(statement);
    if (/^pytestmark\s*=/.test(text)) {
      const skip = skipOf(text, statement.line);
      if (skip) return skip;
    }
    if (/\bpytest\.importorskip\(/.test(text)) return { how: shortText(statement), conditional: true, line: statement.line };
    if (/^__test__\s*=\s*False/.test(text) || /^pytest\.skip\(/.test(text) || /^collect_ignore\w*\s*=/.test(text)) return { how: shortText(statement), conditional: false, line: statement.line };
  }
  return null;
}

function skipOf(text: string, line: number): Skip | null {
  const how = text.replace(/\s+/g, ' ').slice(0, 160);
  if (/\bmark\.skip\b(?!if)|\bunittest\.skip\b(?!If|Unless)|^@?skip\b(?!If|Unless)|\bexpectedFailure\b|\bmark\.xfail\b/.test(text)) return { how, conditional: /\bxfail\(\s*(condition\s*=|[a-z_.]+\s*[<>=]|sys\.|os\.)/.test(text), line };
  const condition = /\b(?:skipif|skipIf|skipUnless)\s*\(\s*([^,)]*)/.exec(text);
  if (condition) return { how, conditional: !/^(True|1)$/.test(condition[1] ?? '') || /skipUnless/.test(text), line };
  return /\bmark\.(disabled|ignore)\b|\bnottest\b/.test(text) ? { how, conditional: false, line } : null;
}

function decorated(decorators: readonly SyntaxNode[], around: Around): Around {
  let inner = around;
  for (const decorator of decorators) {
    const text = textOf(decorator);
    const skip = skipOf(text.slice(1), decorator.line);
    if (skip) inner = { ...inner, skip: inner.skip ?? skip };
    if (/parametrize|parameterized|ddt|\bdata\(|\bgiven\(|\bcases?\(/.test(text)) inner = { ...inner, many: true, values: [...inner.values, ...tokensOf(decorator)] };
  }
  return inner;
}

/** `pytest.skip(…)`, `self.skipTest(…)`, `raise unittest.SkipTest`, `pytest.xfail()` in a test's body. */
function skipIn(body: SyntaxNode): Skip | null {
  for (const node of walk(body)) {
    const text = node.type === 'call' || node.type === 'raise_statement' ? textOf(node) : '';
    if (!/^(pytest\.(skip|xfail)|self\.skipTest|cls\.skipTest|raise (unittest\.)?SkipTest|raise pytest\.skip)/.test(text)) continue;
    const direct = namedChildren(body).some((statement) => statement === node || (statement.type === 'expression_statement' && statement.children.includes(node)));
    return { how: shortText(node), conditional: !direct, line: node.line };
  }
  return null;
}

const dialect: Dialect = {
  isTest: (node) => node.type === 'class_definition' || (node.type === 'function_definition' && /^test/.test(textOf(childOf(node, 'name') ?? node))),
  assertion: (node) => {
    if (node.type === 'assert_statement') return { demands: asserted(node) };
    if (node.type === 'with_statement') return context(node);
    if (node.type !== 'call') return null;
    const demands = called(node);
    return demands && { demands, inside: namedChildren(childOf(node, 'arguments') ?? node).filter((argument) => argument.type === 'lambda') };
  },
  called: (node) => {
    const callee = node.type === 'call' ? childOf(node, 'function') : undefined;
    return callee ? textOf(callee.type === 'attribute' ? childOf(callee, 'attribute') ?? callee : callee) : null;
  },
  ifs: new Set(['if_statement']),
  loops: new Set(['for_statement', 'while_statement']),
  branches: new Set(['case_clause', 'conditional_expression']),
  fails: (statement) => /^(raise AssertionError|raise Exception|pytest\.fail\(|self\.fail\()/.test(textOf(statement)),
  swallowed: (node) => {
    if (node.type === 'try_statement') {
      const last = node.children.find((child) => child.type === 'finally_clause');
      if (last && namedChildren(last).flatMap((child) => (child.type === 'block' ? namedChildren(child) : [child])).some((statement) => statement.type === 'return_statement')) return childOf(node, 'body') ?? null;
      const handlers = node.children.filter((child) => child.type === 'except_clause' || child.type === 'except_group_clause');
      return handlers.some(hushes) ? childOf(node, 'body') ?? null : null;
    }
    return node.type === 'with_statement' && /^with (contextlib\.)?suppress\(\s*(AssertionError|Exception|BaseException)|^with (pytest\.|self\.)?(raises|assertRaises)\(\s*\(?(AssertionError|Exception|BaseException)\b/.test(textOf(node)) ? childOf(node, 'body') ?? null : null;
  },
  detached: (node, body) => {
    if (node.type !== 'function_definition' || /^test/.test(textOf(childOf(node, 'name') ?? node))) return null;
    const registered = node.source.slice(0, node.start).trimEnd().split('\n').at(-1)?.trim().startsWith('@') === true;
    return !registered && isUnused(textOf(childOf(node, 'name') ?? node), body) ? childOf(node, 'body') ?? null : null;
  },
  ends: (statement) => statement.type === 'return_statement' || statement.type === 'raise_statement',
};

/** Catches a failed assertion and goes on as if nothing was. */
function hushes(handler: SyntaxNode): boolean {
  const [head = ''] = textOf(handler).split('\n');
  const catches = /^except\s*:|^except\s*\(?[^:]*\b(AssertionError|Exception|BaseException)\b/.test(head);
  return catches && ![...walk(handler)].some((inner) => inner.type === 'raise_statement' || (inner.type === 'assert_statement' && asserted(inner).some((demand) => !demand.constant && demand.strength > 40)) || (inner.type === 'call' && (called(inner)?.some((demand) => !demand.constant) === true || /^(pytest|self)\.fail\(/.test(textOf(inner)))));
}

function asserted(node: SyntaxNode): readonly Demand[] {
  const [condition] = namedChildren(node);
  if (!condition) return [];
  // `assert (x, "why")` is a tuple, and a tuple is true.
  if (condition.type === 'tuple') return [{ ...never, subject: tokensOf(condition).join(' ') }];
  return conditions(tokensOf(condition), false);
}

const never: Demand = { relation: 'holds', subject: '', expected: null, negated: false, strength: 0, constant: true, wildcards: 0, tolerance: null };

/** `with pytest.raises(ValueError, match="x"):` and what unittest has of the kind. */
function context(node: SyntaxNode): { readonly demands: readonly Demand[]; readonly inside: readonly SyntaxNode[] } | null {
  const body = childOf(node, 'body');
  const item = [...walk(node)].find((child) => child.type === 'call' && /(^|\.)(raises|warns|assertRaises\w*|assertWarns\w*|assertLogs|deprecated_call)\(/.test(textOf(child)) && child.start < (body?.start ?? node.end));
  if (!item || !body) return null;
  const args = namedChildren(childOf(item, 'arguments') ?? item).map(tokensOf);
  const [error = [], ...more] = args;
  // Any exception at all is what is expected where a class of all exceptions is named.
  const demands = demandsOf('raises', tokensOf(body), [error, ...more], false) ?? [];
  return { demands: demands.map((demand) => ({ ...demand, strength: more.length > 0 ? 78 : demand.strength === 78 ? 70 : 45 })), inside: [body] };
}

function called(node: SyntaxNode): readonly Demand[] | null {
  const callee = childOf(node, 'function');
  if (!callee) return null;
  const name = textOf(callee.type === 'attribute' ? childOf(callee, 'attribute') ?? callee : callee);
  const object = callee.type === 'attribute' ? childOf(callee, 'object') : undefined;
  const args = split(tokensOf(childOf(node, 'arguments') ?? node).slice(1, -1), [',']).filter((part) => part.length > 0);
  const values = args.filter((argument) => argument[1] !== '=' || /^(places|delta|rtol|atol|abs|rel|match)$/.test(argument[0] ?? ''));
  if (/^(pytest|self)$/.test(object ? textOf(object) : '') && name === 'fail') return [{ ...never, relation: 'unreached', strength: 45, constant: false }];
  if (name === 'raises' && object && textOf(object) === 'pytest') return demandsOf('raises', args[1] ?? [], args.slice(0, 1), false);
  if (!/^assert/.test(name)) return null;
  if (/^assert_(any_call|called|has_calls|not_called|awaited)/.test(name) && object) return demandsOf(name, tokensOf(object), args, false);
  if (name === 'assert_that' && values[1]) {
    const inner = split(values[1].slice(2, -1), [',']).filter((part) => part.length > 0);
    return demandsOf(values[1][0] ?? '', values[0] ?? [], inner, false);
  }
  if (/^assert_?raises/i.test(name)) return demandsOf('raises', values.slice(1).flat(), values.slice(0, 1), false);
  return demandsOf(name, null, values, false);
}

function importsOf(root: SyntaxNode): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  for (const node of walk(root)) {
    if (node.type !== 'import_statement' && node.type !== 'import_from_statement') continue;
    const module = childOf(node, 'module_name');
    for (const name of node.children.filter((child) => child.field === 'name')) {
      const [whole, alias] = name.type === 'aliased_import' ? [textOf(childOf(name, 'name') ?? name), textOf(childOf(name, 'alias') ?? name)] : [textOf(name), textOf(name)];
      imports.set(alias, module ? `${textOf(module)}.${whole}` : whole);
    }
  }
  return imports;
}

/** `@patch("app.calc.total")`, `mocker.patch(…)`, `monkeypatch.setattr(calc, "total", …)`, `patch.object(calc, "total")`. */
function mocksIn(root: SyntaxNode): readonly Mock[] {
  return [...walk(root)].flatMap((node): readonly Mock[] => {
    if (node.type !== 'call') return [];
    const callee = textOf(childOf(node, 'function') ?? node);
    const args = namedChildren(childOf(node, 'arguments') ?? node);
    const [first, second] = args;
    if (!first || !/(^|\.)(patch|patch\.object|setattr)$/.test(callee) || /^setattr$/.test(callee)) return [];
    if (/wraps\s*=/.test(textOf(node))) return [];
    const plain = (argument: SyntaxNode): string => textOf(argument).replace(/^["']|["']$/g, '');
    const target = first.type === 'string' ? plain(first) : second?.type === 'string' ? `${textOf(first)}.${plain(second)}` : null;
    return target === null ? [] : [{ target, partial: false, line: node.line, text: shortText(node) }];
  });
}

function limitsOf(decorators: readonly SyntaxNode[], where: string): readonly Limit[] {
  return decorators.flatMap((decorator): readonly Limit[] => {
    const text = textOf(decorator);
    const found = /\b(timeout|flaky|retry)\b[^(]*\((?:[^)]*?\b(?:reruns|max_runs|tries|times)\s*=\s*)?(\d+)/.exec(text);
    return found ? [{ what: found[1] === 'timeout' ? 'timeout' : 'retries', value: Number(found[2]), line: decorator.line, text, where }] : [];
  });
}
