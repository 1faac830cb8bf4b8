/**
 * A parsed text as plain data: what the guard's readers look at, whichever parser made it.
 * Owns: the shape of a node and the few ways to look at it. Refuses: to know a language.
 */

export interface SyntaxNode {
  /** The grammar's name: `call_expression`, `identifier`, `ERROR`. */
  readonly type: string;
  /** The name that the parent has for it, or null. */
  readonly field: string | null;
  readonly named: boolean;
  /** Offsets in `source`, in UTF-16 units. */
  readonly start: number; readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly children: readonly SyntaxNode[];
  /** Somewhere inside the parser had to guess. */
  readonly broken: boolean;
  /** The whole text that was parsed. */
  readonly source: string;
}

/** Languages with a parser. JavaScript is read by the grammar of `tsx`, which knows all of it. */
export type Language = 'typescript' | 'tsx' | 'python' | 'go' | 'rust';

/** Null: too large, too deep, or it took the parser too many steps. Never throws. */
export type Parse = (language: Language, text: string) => SyntaxNode | null;

export const textOf = (node: SyntaxNode): string => node.source.slice(node.start, node.end);

export const childOf = (node: SyntaxNode, field: string): SyntaxNode | undefined => node.children.find((child) => child.field === field);

export const namedChildren = (node: SyntaxNode): readonly SyntaxNode[] => node.children.filter((child) => child.named && !isComment(child));

export const isComment = (node: SyntaxNode): boolean => node.type === 'comment' || node.type === 'line_comment' || node.type === 'block_comment' || node.type === 'html_comment';

/** The node and everything in it, from outside in, in the order of the text. */
export function* walk(root: SyntaxNode): Generator<SyntaxNode, undefined, undefined> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (let at = node.children.length - 1; at >= 0; at -= 1) waiting.push(node.children[at] as SyntaxNode);
  }
}

const whole = /^(string|template_string|string_literal|raw_string_literal|interpreted_string_literal|rune_literal|char_literal|regex|concatenated_string)$/;

/**
 * The text as tokens, without comments, layout, and commas and semicolons that mean nothing: two texts with the same tokens say the same.
 * A string is one token, with quotes of one kind.
 */
export function tokensOf(node: SyntaxNode): readonly string[] {
  const tokens: string[] = [];
  collect(node, tokens);
  return tokens.filter((token, at) => token !== ';' && !(token === ',' && (at === tokens.length - 1 || /^[)\]}]$/.test(tokens[at + 1] ?? ''))));
}

function collect(node: SyntaxNode, tokens: string[]): void {
  if (isComment(node)) return;
  if (whole.test(node.type)) tokens.push(sameQuotes(textOf(node)));
  else if (node.children.length === 0) {
    const text = textOf(node).trim();
    if (text !== '') tokens.push(text);
  } else {
    // Where layout is the structure, it is part of what is said.
    const byLayout = node.type === 'block' && textOf(node.children[0] ?? node) !== '{';
    if (byLayout) tokens.push('{');
    for (const child of node.children) collect(child, tokens);
    if (byLayout) tokens.push('}');
  }
}

function sameQuotes(text: string): string {
  const match = /^(['`])([^'"`\\$\n]*)\1$/.exec(text);
  return match ? `"${match[2]}"` : text;
}
