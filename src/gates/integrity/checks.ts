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
  /** What a node holds that nobody waits for, or starts at all. `body`: the tokens of the whole test. */
  readonly detached: (node: SyntaxNode, body: readonly string[]) => SyntaxNode | null;
  /** A statement after which nothing of its list is run. */
  readonly ends: (statement: SyntaxNode) => boolean;
}

const free: Place = { swallowed: false, conditional: false, repeated: false, unreachable: false };

export function checksIn(body: SyntaxNode, dialect: Dialect): Checks {
  const assertions: Assertion[] = [];
  const calls: Checks['calls'][number][] = [];
  const whole = tokensOf(body);
  const add = (node: SyntaxNode, demands: readonly Demand[], place: Place): void => {
    for (const demand of demands) assertions.push({ ...demand, ...place, line: node.line, text: shortText(node) });
  };

  const visit = (node: SyntaxNode, place: Place): void => {
    if (node !== body && dialect.isTest(node)) return;
    const found = dialect.assertion(node);
    if (found) {
      add(node, found.demands, place);
      const hushed = dialect.swallowed(node);
      for (const inner of found.inside ?? []) visit(inner, { ...place, swallowed: place.swallowed || inner === hushed });
      return;
    }
    const name = dialect.called(node);
    if (name !== null) calls.push({ name, text: tokensOf(node).join(' '), line: node.line });
    if (dialect.ifs.has(node.type)) return branch(node, place);
    const [hushed, lost] = [dialect.swallowed(node), dialect.detached(node, whole)];
    const loop = dialect.loops.has(node.type);
    const inner = { ...place, repeated: place.repeated || loop, conditional: place.conditional || dialect.branches.has(node.type), unreachable: place.unreachable || (loop && isIdle(node)) };
    for (const child of sequence(node, dialect)) visit(child.node, { ...inner, swallowed: inner.swallowed || child.node === hushed, unreachable: inner.unreachable || child.after || child.node === lost, conditional: inner.conditional || child.maybe });
  };

  /** `if (got != want) { t.Errorf(…) }` is an assertion written out. */
  const branch = (node: SyntaxNode, place: Place): void => {
    const [condition, consequence] = [childOf(node, 'condition'), childOf(node, 'consequence')];
    const failing = condition && consequence && statementsOf(consequence).some((statement) => dialect.fails(statement));
    if (failing) add(node, conditions(tokensOf(condition), true), place);
    const never = condition !== undefined && isNever(condition);
    for (const child of node.children) {
      if (failing && child === consequence) continue;
      visit(child, { ...place, unreachable: place.unreachable || (never && child === consequence), conditional: place.conditional || (!failing && !never && (child.field === 'consequence' || child.field === 'alternative')) });
    }
  };

  visit(body, free);
  return { assertions, calls };
}

/** `after`: the list has ended before it; `maybe`: it may have, under a condition. */
function sequence(node: SyntaxNode, dialect: Dialect): readonly { readonly node: SyntaxNode; readonly after: boolean; readonly maybe: boolean }[] {
  let [after, maybe] = [false, false];
  return node.children.map((child) => {
    const here = { node: child, after, maybe };
    after ||= dialect.ends(child);
    maybe ||= leavesSometimes(child, dialect);
    return here;
  });
}

/** `if (!process.env.CI) return;` */
function leavesSometimes(statement: SyntaxNode, dialect: Dialect): boolean {
  const own = dialect.ifs.has(statement.type) ? statement : statement.type === 'expression_statement' ? namedChildren(statement).find((child) => dialect.ifs.has(child.type)) : undefined;
  const [condition, consequence] = own ? [childOf(own, 'condition'), childOf(own, 'consequence')] : [];
  if (!condition || !consequence || isNever(condition)) return false;
  const last = statementsOf(consequence).at(-1);
  return last !== undefined && !dialect.fails(last) && (dialect.ends(last) || /^continue\b/.test(textOf(last)));
}

/** Whether a name stands only where it is made: a function that nobody calls. `_` is never meant to be used. */
export const isUnused = (name: string, tokens: readonly string[]): boolean => name === '_' || tokens.filter((token) => token === name).length < 2;

/** A condition that never holds, as it is written. */
export function isNever(condition: SyntaxNode): boolean {
  return /^\(*\s*(?:false|False|0|null|None|undefined|!\s*true|not True|!\s*1|cfg!\(any\(\)\))\s*\)*$/.test(textOf(condition).trim());
}

/** A loop over nothing, as it is written. */
function isIdle(loop: SyntaxNode): boolean {
  const range = loop.children.find((child) => child.type === 'range_clause') ?? loop;
  const over = childOf(range, 'right') ?? childOf(loop, 'value');
  const condition = childOf(loop, 'condition');
  return (over !== undefined && /^(?:\[\]|\(\)|\{\}|set\(\)|list\(\)|range\(0\)|\[\][\w.]+\{\}|vec!\[\])$/.test(textOf(over).replace(/\s+/g, ''))) || (condition !== undefined && /while/.test(loop.type) && isNever(condition));
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
