/**
 * Unfinished work in a parsed text: code that says that it is not implemented, functions that do nothing, functions that take values and always
 * give the same one, notes of what is left to do. Owns: what counts as one, and what stands where others are meant to fill in.
 * Refuses: to say which are new.
 */
import { shortText } from './checks.ts';
import type { Mark } from './mark.ts';
import { childOf, isComment, namedChildren, textOf, tokensOf, type SyntaxNode } from './syntax.ts';

/** Where a piece of code stands. */
interface Around {
  /** A member of something whose shape others say: a class with ancestors, a trait, an object that is handed over; or abstract. */
  readonly excused: boolean;
  /** An abstract method, or of a class that others fill in: to say "not implemented" is its work. */
  readonly abstract: boolean;
  /** Directly in what a module hands out: that is its work, however it is written. */
  readonly handedOut: boolean;
  /** In a function, or one of several alternatives. */
  readonly within: boolean;
  readonly inTests: boolean;
}

const note = /^[^\w`'"@]*(?:(?:TODO|FIXME|XXX)\b(?![`'"])|(?:[Tt]odo|[Ff]ixme)\s*[:(]|@(?:todo|TODO)\b)/;
const noteInWords = /^[^\w`'"]*(?:this (?:is|method|function) (?:a stub|not (?:yet )?implemented)|not (?:yet )?implemented|(?:stub|placeholder)(?: implementation| for now|\s*[:.]|\s*$))/i;
const saidInCode = /not (?:yet )?implemented|unimplemented|\bTODO\b|["'`](?:this is )?(?:a )?stub/i;
/** What a member that others have to fill in says, and what a server answers. */
const saidOnPurpose = /\b(?:must|should|has to|have to|needs to) (?:be )?(?:implement|overrid)|subclass|abstract|\b501\b/i;
const abstractName = /Base|Abstract|Interface|Mixin|Protocol/;
const meantSo = /noop|no_op|empty|ignore|unused|dummy|nothing|^_|^constructor$|^init$|^main$/i;
const alwaysSo = /^(?:null|none|always|never|default|fake|mock)/i;
const idleOwner = /noop|no_op|null|nil|empty|dummy|discard|silent|mute|fake|mock|stub/i;
const saysHook = /overrid|subclass|\bhook\b|called (?:when|by|if|after|before|once)|no-?op|does nothing|by default/i;
const saysWhy = /intention|nothing|no-?op|empty|ignore|needed|optional|default|unused|on purpose/i;

/** A line of a comment that says so; of every language. */
export const isNote = (said: string): boolean => note.test(said) || noteInWords.test(said);

/** One that asks the reader to think, and leaves nothing to do. */
export const isConcern = (said: string): boolean => /^[^\w]*XXX\b/.test(said);

export function unfinishedIn(root: SyntaxNode): readonly Mark[] {
  const found: Mark[] = [];
  const visit = (node: SyntaxNode, around: Around, owner: SyntaxNode | null): void => {
    const inside = aroundOf(node, around, root.source);
    if (!inside.inTests) found.push(...marksOf(node, inside), ...functionMarks(node, owner, around));
    for (const [at, child] of node.children.entries()) {
      const tests = child.type === 'mod_item' && (/^mod tests?\b/.test(textOf(child)) || /cfg\(test\)/.test(attributesBefore(node.children, at)));
      visit(child, tests ? { ...inside, inTests: true } : inside, node);
    }
  };
  visit(root, { excused: false, abstract: false, handedOut: false, within: false, inTests: false }, null);
  return found;
}

function attributesBefore(siblings: readonly SyntaxNode[], at: number): string {
  let text = '';
  for (let index = at - 1; index >= 0 && siblings[index]?.type === 'attribute_item'; index -= 1) text += textOf(siblings[index] as SyntaxNode);
  return text;
}

function aroundOf(node: SyntaxNode, around: Around, source: string): Around {
  switch (node.type) {
    case 'class_declaration': case 'class': case 'abstract_class_declaration': case 'class_definition': {
      const name = textOf(childOf(node, 'name') ?? node).slice(0, 100);
      const above = `${textOf(childOf(node, 'superclasses') ?? node.children.find(({ type }) => type === 'class_heritage') ?? { ...node, end: node.start })}`;
      const filled = new RegExp(String.raw`\(\s*(?:\w+\.)?${name}\s*[,)]|extends\s+${name}\b`).test(source);
      return { ...around, excused: above !== '' || idleOwner.test(name), abstract: node.type === 'abstract_class_declaration' || abstractName.test(name) || filled || /\b(?:ABC|ABCMeta|Protocol)\b/.test(above) };
    }
    case 'impl_item': return { ...around, excused: childOf(node, 'trait') !== undefined, abstract: false };
    case 'trait_item': return { ...around, excused: true, abstract: true };
    case 'object': return { ...around, excused: !around.handedOut, handedOut: false };
    case 'assignment_expression': return { ...around, handedOut: /^module\.exports\s*=/.test(textOf(node)) };
    case 'function_declaration': case 'generator_function_declaration': case 'method_definition': case 'function_definition': case 'function_item': case 'method_declaration': case 'arrow_function': case 'function_expression':
    case 'if_statement': case 'try_statement': return { ...around, within: true };
    case 'decorated_definition': return /@\s*(?:[\w.]+\.)?(?:abstract\w*|overload)/.test(textOf(node).split(/\n\s*(?:async\s+)?def\b/, 1)[0] ?? '') ? { ...around, excused: true, abstract: true } : around;
    default: return around;
  }
}

function marksOf(node: SyntaxNode, { abstract }: Around): readonly Mark[] {
  const stub = (said: string, asks = false): readonly Mark[] => (asks || (saidInCode.test(said) && !/\b501\b/.test(said)) ? [{ kind: 'stub', text: shortText(node), line: node.line, wide: false, excused: abstract || saidOnPurpose.test(said) }] : []);
  switch (node.type) {
    case 'call_expression': return /^panic\(/.test(textOf(node)) ? stub(textOf(node)) : [];
    case 'throw_statement': return stub(textOf(node));
    case 'raise_statement': {
      const said = textOf(node), asks = /NotImplementedError/.test(said);
      // With a reason of its own it says what is not supported, not what is left to do.
      return stub(said, asks).map((mark) => (asks && /NotImplementedError\s*\(\s*[^)\s]/.test(said) && !saidInCode.test(said.replace('NotImplementedError', '')) ? { ...mark, excused: true } : mark));
    }
    case 'macro_invocation': return stub('', /^(?:std::)?(?:unimplemented|todo)!/.test(textOf(node)));
    // An error that is given back instead of thrown.
    case 'return_statement': return /^return\b[^;{}]*(?:errors\.New|fmt\.Errorf|Promise\.reject)\(/.test(textOf(node)) ? stub(textOf(node)) : [];
    default: return [];
  }
}

const isExcused = ({ excused, abstract, within }: Around): boolean => excused || abstract || within;

interface Named { readonly name: string; readonly body: SyntaxNode; readonly parameters: SyntaxNode | undefined; readonly owner: string }

/** A function with a name: declared, kept in a constant, or handed out by its module. */
function namedFunction(node: SyntaxNode, owner: SyntaxNode | null): Named | null {
  const isFunction = /^(function_declaration|generator_function_declaration|method_definition|function_definition|function_item|method_declaration)$/.test(node.type);
  const isValue = /^(arrow_function|function_expression)$/.test(node.type);
  const body = childOf(node, 'body');
  if (!body || (!isFunction && !isValue)) return null;
  const parameters = childOf(node, 'parameters') ?? childOf(node, 'parameter');
  if (isFunction) return { name: textOf(childOf(node, 'name') ?? node).slice(0, 100), body, parameters, owner: textOf(childOf(node, 'receiver') ?? { ...node, end: node.start }) };
  switch (owner?.type) {
    case 'variable_declarator': return { name: textOf(childOf(owner, 'name') ?? owner).slice(0, 100), body, parameters, owner: '' };
    case 'assignment_expression': {
      const left = textOf(childOf(owner, 'left') ?? owner);
      return /^(?:module\.)?exports(?:\.\w+)*$/.test(left) ? { name: left.replace(/^module\./, '').replace(/^exports\./, ''), body, parameters, owner: '' } : null;
    }
    case 'pair': return { name: textOf(childOf(owner, 'key') ?? owner).slice(0, 100), body, parameters, owner: '' };
    case 'export_statement': return { name: 'default', body, parameters, owner: '' };
    default: return null;
  }
}

function functionMarks(node: SyntaxNode, owner: SyntaxNode | null, around: Around): readonly Mark[] {
  const found = namedFunction(node, owner);
  if (!found || meantSo.test(found.name)) return [];
  const { name, body, parameters } = found;
  const idle = idleOwner.test(found.owner);
  const statements = statementsOf(body);
  // Many callbacks are meant to do nothing, and are written where they are handed over.
  if (statements !== null && statements.length === 0) return /^(arrow_function|function_expression)$/.test(node.type) && owner?.type === 'pair' ? [] : [{ kind: 'empty', text: name, line: node.line, wide: takesNothing(parameters) || isExcused(around) || idle || saysSo(body), excused: around.abstract }];
  const value = statements === null ? body : givenBack(statements);
  if (value === null || !isConstant(value)) return [];
  const wide = takesNothing(parameters) || isExcused(around) || idle || alwaysSo.test(name) || found.owner !== '' || saysSo(body);
  return [{ kind: 'constant', text: name, line: node.line, wide, shown: textOf(value).replace(/\s+/g, ' ') }];
}

/** Null: the body is an expression. */
function statementsOf(body: SyntaxNode): readonly SyntaxNode[] | null {
  if (!/^(statement_block|block)$/.test(body.type)) return null;
  const statements = namedChildren(body).flatMap((statement) => (statement.type === 'statement_list' ? namedChildren(statement) : [statement]));
  return statements.filter((statement) => !/^(pass_statement|ellipsis)$/.test(statement.type) && !/^(\.\.\.|[rb]?"""[^]*"""|[rb]?'''[^]*'''|"[^"\n]*"|'[^'\n]*')$/.test(statement.type === 'expression_statement' ? textOf(statement).trim() : ''));
}

/** What the only statement gives back. */
function givenBack(statements: readonly SyntaxNode[]): SyntaxNode | null {
  const [only, more] = statements;
  if (!only || more) return null;
  if (only.type === 'return_statement' || only.type === 'return_expression') return namedChildren(only).length === 1 ? namedChildren(only)[0] ?? null : null;
  if (only.type === 'expression_statement') {
    const inside = namedChildren(only)[0];
    return inside?.type === 'return_expression' ? namedChildren(inside)[0] ?? null : null;
  }
  // The last expression of a block in Rust.
  return only.type.endsWith('_statement') ? null : only;
}

const literal = /^(?:number|string|true|false|null|undefined|none|integer|float|nil|\w+_literal|template_string)$/;
const emptyValue = /^(?:None|Ok\(\(\)\)|Vec::new\(\)|String::new\(\)|Default::default\(\)|vec!\[\]|Promise\.resolve\((?:null|undefined|true|false|\d+)?\)|new (?:Map|Set|Array|Object)\(\)|\w+\{\})$/;
const longestConstant = 60;

/** A value that is written out, and short: a table or a configuration is somebody's work. */
function isConstant(node: SyntaxNode): boolean {
  const text = textOf(node);
  if (text.length > longestConstant) return false;
  if (emptyValue.test(text)) return true;
  if (literal.test(node.type)) return node.type !== 'composite_literal' && node.type !== 'func_literal' && !node.children.some(({ type }) => /interpolation|substitution/.test(type));
  if (/^(unary_expression|unary_operator|parenthesized_expression|expression_list|array|list|tuple|array_expression)$/.test(node.type)) return namedChildren(node).every(isConstant);
  return /^(object|dictionary|set)$/.test(node.type) && namedChildren(node).length === 0;
}

/** Nothing, or nothing that it looks at by its own word. */
function takesNothing(parameters: SyntaxNode | undefined): boolean {
  if (!parameters) return true;
  const named = parameters.type === 'identifier' ? [parameters] : namedChildren(parameters).filter(({ type }) => !/^(self_parameter|keyword_separator|positional_separator)$/.test(type));
  return named.every((parameter) => /^(?:_|&?(?:mut )?_|self\b|cls\b|this\b)/.test(textOf(parameter).trim()) || tokensOf(parameter).length === 0);
}

/** A body that says that it is meant so, or when it is called: whoever wants more fills it in. */
function saysSo(body: SyntaxNode): boolean {
  return body.children.some((child) => (isComment(child) && saysWhy.test(textOf(child))) || (/^(?:expression_statement|string)$/.test(child.type) && /^[rb]?["']/.test(textOf(child).trim()) && saysHook.test(textOf(child))));
}
