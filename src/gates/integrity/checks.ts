/**
 * Collects the assertions of a piece of code with where they stand: caught, conditional, in a loop, behind the end.
 * Owns: that walk, the same for all languages. Refuses: to know one: a dialect says what its nodes mean.
 */
import { conditions, type Assertion, type Demand, type Place } from './assertion.ts';
import { childOf, namedChildren, textOf, tokensOf, type SyntaxNode } from './syntax.ts';
import type { Checks } from './testFile.ts';

export interface Dialect {
  /** Null: no assertion. `inside`: what of it may hold more of them. */
  readonly assertion: (node: SyntaxNode) => { readonly demands: readonly Demand[]; readonly inside?: readonly SyntaxNode[] } | null;
  /** Name of the function that a node calls. */
  readonly called: (node: SyntaxNode) => string | null;
  /** A test of its own: not looked into. */
  readonly isTest: (node: SyntaxNode) => boolean;
  /** Types of nodes. An `if` has fields condition, consequence and alternative. */
  readonly ifs: ReadonlySet<string>;
  readonly loops: ReadonlySet<string>;
  readonly branches: ReadonlySet<string>;
  /** A statement that makes the test fail. */
  readonly fails: (statement: SyntaxNode) => boolean;
  /** What a node runs without its failures being heard of. */
  readonly swallowed: (node: SyntaxNode) => SyntaxNode | null;
  /** A statement after which nothing of its list is run. */
  readonly ends: (statement: SyntaxNode) => boolean;
}

const free: Place = { swallowed: false, conditional: false, repeated: false, unreachable: false };

export function checksIn(body: SyntaxNode, dialect: Dialect): Checks {
  const assertions: Assertion[] = [];
  const calls: Checks['calls'][number][] = [];
  const add = (node: SyntaxNode, demands: readonly Demand[], place: Place): void => {
    for (const demand of demands) assertions.push({ ...demand, ...place, line: node.line, text: shortText(node) });
  };

  const visit = (node: SyntaxNode, place: Place): void => {
    if (node !== body && dialect.isTest(node)) return;
    const found = dialect.assertion(node);
    if (found) {
      add(node, found.demands, place);
      for (const inner of found.inside ?? []) children(inner, place);
      return;
    }
    const name = dialect.called(node);
    if (name !== null) calls.push({ name, text: tokensOf(node).join(' '), line: node.line });
    if (dialect.ifs.has(node.type)) return branch(node, place);
    const hushed = dialect.swallowed(node);
    const inner = { ...place, repeated: place.repeated || dialect.loops.has(node.type), conditional: place.conditional || dialect.branches.has(node.type) };
    for (const child of sequence(node, dialect)) visit(child.node, { ...inner, swallowed: inner.swallowed || child.node === hushed, unreachable: inner.unreachable || child.after });
  };
  const children = (node: SyntaxNode, place: Place): void => {
    visit(node, place);
  };

  /** `if (got != want) { t.Errorf(…) }` is an assertion written out. */
  const branch = (node: SyntaxNode, place: Place): void => {
    const [condition, consequence] = [childOf(node, 'condition'), childOf(node, 'consequence')];
    const failing = condition && consequence && statementsOf(consequence).some((statement) => dialect.fails(statement));
    if (failing) add(node, conditions(tokensOf(condition), true), place);
    for (const child of node.children) {
      if (failing && child === consequence) continue;
      visit(child, { ...place, conditional: place.conditional || (!failing && (child.field === 'consequence' || child.field === 'alternative')) });
    }
  };

  visit(body, free);
  return { assertions, calls };
}

function sequence(node: SyntaxNode, dialect: Dialect): readonly { readonly node: SyntaxNode; readonly after: boolean }[] {
  let after = false;
  return node.children.map((child) => {
    const here = { node: child, after };
    after ||= dialect.ends(child);
    return here;
  });
}

/** The statements of a block, however the grammar nests them. */
export function statementsOf(block: SyntaxNode): readonly SyntaxNode[] {
  const inner = namedChildren(block).flatMap((child) => (child.type === 'statement_list' ? namedChildren(child) : [child]));
  return block.type.includes('block') || block.type === 'statement_list' ? inner : [block];
}

/** One line of it, for a person. */
export function shortText(node: SyntaxNode): string {
  const text = textOf(node).replace(/\s+/g, ' ').trim();
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
