/**
 * Marks that a text carries: directives that switch a check off, unfinished work, ends of the process. Each as often as it stands there.
 * Owns: what counts as one, by parser where there is one and else line by line. Refuses: to say which are new.
 */
import { shortText } from './checks.ts';
import type { Mark } from './mark.ts';
import { childOf, isComment, namedChildren, textOf, walk, type SyntaxNode } from './syntax.ts';
import { isConcern, isNote, unfinishedIn } from './unfinished.ts';

const directive = /@ts-(?:ignore|nocheck|expect-error)\b|\b(?:eslint|tslint|oxlint|stylelint)[-:]disable|\bbiome-ignore|\bdeno-lint-ignore|\b(?:istanbul|c8|v8) ignore|#\s*noqa|#\s*type:\s*ignore|#\s*pylint:\s*disable|#\s*pyright:\s*ignore|#\s*mypy:\s*ignore|#\s*pragma:\s*no cover|#\s*nosec|(?:ruff|flake8):\s*noqa|\/\/\s*nolint|\/\/\s*#nosec|\bNOLINT\b|@SuppressWarnings|#pragma warning disable|rubocop:disable/;
const fileWide = /@ts-nocheck|\/\*\s*(?:eslint|oxlint)-disable\s*\*\/|(?:flake8|ruff):\s*noqa|mypy:\s*ignore-errors|istanbul ignore file|c8 ignore file/;
const exits = /^(?:process\.(?:exit|reallyExit)\((?:0|)\)|(?:sys\.exit|exit|quit)\((?:0|)\)|os\._exit\(0\)|os\.Exit\(0\)|(?:std::)?process::exit\(0\)|Deno\.exit\((?:0|)\))$/;

const hookOfPytest = /^def (pytest_(?:collection_modifyitems|itemcollected|pycollect_\w+|ignore_collect|runtest_(?:makereport|protocol|call|setup)|pyfunc_call|exception_interact))\b/;
/** What makes a failure something else. */
const setsOutcome = /\.outcome\s*=(?!=)|\bforce_(?:result|exception)\s*\(|\.excinfo\s*=(?!=)|\bwasxfail\s*=(?!=)|setattr\s*\([^)]*["'](?:outcome|excinfo|wasxfail)["']/;

/** `root` null: read line by line. */
export function marksIn(text: string, root: SyntaxNode | null): readonly Mark[] {
  return root === null ? byLine(text) : [...[...walk(root)].flatMap(marksOf), ...unfinishedIn(root)].sort((left, right) => left.line - right.line);
}

function marksOf(node: SyntaxNode): readonly Mark[] {
  if (isComment(node)) return inComment(textOf(node), node.line);
  const text = (): string => shortText(node);
  switch (node.type) {
    case 'attribute_item': case 'inner_attribute_item':
      return /^#!?\[(allow|cfg_attr\([^)]*allow)\b/.test(textOf(node)) ? [{ kind: 'lint', text: text(), line: node.line, wide: node.type === 'inner_attribute_item' }] : [];
    case 'call_expression': case 'call': {
      const said = textOf(node).replace(/\s+/g, '');
      return exits.test(said) ? [{ kind: 'exit', text: text(), line: node.line, wide: /_exit|reallyExit/.test(said) }] : [];
    }
    case 'assignment_expression': case 'assignment': case 'augmented_assignment':
      if (/^(?:collect_ignore(?:_glob)?\s*\+?=|test\w*\s*=\s*None$)/.test(textOf(node))) return [{ kind: textOf(node).startsWith('test') ? 'override' : 'hook', text: text(), line: node.line, wide: true }];
      if (node.type === 'assignment_expression' && /^(?:(?:globalThis|global|window)\s*\.\s*)?(?:expect|assert|it|test|describe)(?:\.\w+)?$/.test(textOf(childOf(node, 'left') ?? node)) && replacing.test(childOf(node, 'right')?.type ?? '')) return [{ kind: 'override', text: text(), line: node.line, wide: /\b(it|test|describe)$/.test(textOf(childOf(node, 'left') ?? node)) }];
      return /^(?:process\.exitCode|session\.exitstatus)=0;?$/.test(textOf(node).replace(/\s+/g, '')) ? [{ kind: 'exit', text: text(), line: node.line, wide: false }] : [];
    case 'delete_statement': return /^del test\w*$/.test(textOf(node)) ? [{ kind: 'override', text: text(), line: node.line, wide: true }] : [];
    case 'variable_declarator': return overriding(node, childOf(node, 'value'));
    case 'function_declaration': return [...overriding(node, node), ...(/^func TestMain\(/.test(textOf(node)) && !/\.Run\(\)/.test(textOf(node)) ? [{ kind: 'override' as const, text: 'func TestMain', line: node.line, wide: true }] : [])];
    case 'function_definition': return ofPytest(node);
    default: return [];
  }
}

/** A hook that sets what became of a test is another one than that which only looks. */
function ofPytest(node: SyntaxNode): readonly Mark[] {
  const name = hookOfPytest.exec(textOf(node))?.[1];
  if (name === undefined) return [];
  const sets = setsOutcome.test(textOf(node));
  return [{ kind: 'hook', text: sets ? `${name} sets what became of a test` : `def ${name}`, line: node.line, wide: !sets }];
}

const replacing = /^(arrow_function|function_expression|function_declaration|object)$/;

/** The words by which tests are declared and assert, made anew in the file itself. */
function overriding(node: SyntaxNode, value: SyntaxNode | undefined): readonly Mark[] {
  const name = textOf(childOf(node, 'name') ?? node);
  const empty = (): boolean => value !== undefined && namedChildren(childOf(value, 'body') ?? value).length === 0;
  if (!value || !/^(expect|assert|it|test|describe)$/.test(name) || !replacing.test(value.type) || (/^(it|test|describe)$/.test(name) && !empty())) return [];
  return [{ kind: 'override', text: shortText(node), line: node.line, wide: /^(it|test|describe)$/.test(name) }];
}

function inComment(text: string, line: number): readonly Mark[] {
  return text.split('\n').flatMap((row, at): readonly Mark[] => {
    const said = row.trim();
    if (directive.test(said)) return [{ kind: 'lint', text: said.slice(0, 160), line: line + at, wide: fileWide.test(said) }];
    return isNote(said) ? [{ kind: 'stub', text: said.slice(0, 160), line: line + at, wide: true, excused: isConcern(said) }] : [];
  });
}

function byLine(text: string): readonly Mark[] {
  return text.split('\n').flatMap((row, at): readonly Mark[] => {
    const comment = /(?:\/\/|#|\/\*|^\s*\*|--|<!--).*$/.exec(row)?.[0];
    return comment === undefined ? [] : inComment(comment, at + 1);
  });
}
