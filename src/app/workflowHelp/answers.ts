/**
 * What the help says, in the words of the Language Server Protocol.
 * Owns: from offsets to positions, from our kinds to the protocol's; every text is cleaned here before it leaves (I14).
 * Refuses: to look at files (see `openFiles.ts`).
 */
import { CodeActionKind, CompletionItemKind, DiagnosticSeverity, InsertTextFormat, MarkupKind } from 'vscode-languageserver';
import type { CodeAction, CompletionItem, Diagnostic, Hover, Position, Range, TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { plainText } from '../../core/plainText.ts';
import { parseProjectFile } from '../../gates/projectFile.ts';
import { ProjectFileError } from '../../ports/examiners.ts';
import type { Play, FileGraph } from '../../protocol/workflowHelp.ts';
import { suggestionsAt } from '../../workflows/help/complete.ts';
import type { Suggestion } from '../../workflows/help/complete.ts';
import { hoverAt } from '../../workflows/help/hover.ts';
import { mendings, spanOfMistake } from '../../workflows/help/mend.ts';
import type { Edit } from '../../workflows/help/mend.ts';
import { outcomesOf } from '../../workflows/help/outcomes.ts';
import type { Span } from '../../workflows/help/written.ts';
import type { Mistake } from '../../workflows/mistake.ts';
import { playWorkflow } from '../playWorkflow.ts';
import { fileGraph } from './fileGraph.ts';
import type { Look } from './openFiles.ts';
import { endWords, playedGraph } from './playedGraph.ts';

type Text = Pick<TextDocument, 'positionAt' | 'offsetAt'>;

const rangeOf = (text: Text, { from, to }: Span): Range => ({ start: text.positionAt(from), end: text.positionAt(to) });
const editOf = (text: Text, edit: Edit): TextEdit => ({ range: rangeOf(text, edit), newText: edit.text });

/** Source of every diagnostic; what a person sees behind its message. */
const source = 'treeline';

export function diagnosticsOf({ part, file }: Look, text: Text): Diagnostic[] {
  return part.mistakes.map((mistake) => diagnosticOf(mistake, rangeOf(text, spanOfMistake(file, mistake))));
}

/** Mistakes of `.treeline/project.yaml`, each at its line: that is all that its reader knows. */
export function projectDiagnostics(document: Pick<TextDocument, 'getText'>): Diagnostic[] {
  const lines = document.getText().split(/\r?\n/);
  try {
    parseProjectFile(Buffer.from(document.getText()));
    return [];
  } catch (error) {
    if (!(error instanceof ProjectFileError)) throw error;
    return error.mistakes.map(({ line, message }) => {
      const text = lines[line - 1] ?? '';
      const start = text.length - text.trimStart().length;
      return { range: { start: { line: line - 1, character: start }, end: { line: line - 1, character: Math.max(start, text.trimEnd().length) } }, severity: DiagnosticSeverity.Error, source, message: plainText(message) };
    });
  }
}

function diagnosticOf({ message, fix, code }: Mistake, range: Range): Diagnostic {
  return { range, severity: DiagnosticSeverity.Error, code, source, message: plainText(`${message}. ${fix}`) };
}

/** One action for each way out of each mistake in the range; asked for "fix all", the likeliest way of each mistake at once. */
export function actionsAt({ part, file }: Look, text: Text, uri: string, range: Range, only: readonly string[] | undefined): CodeAction[] {
  const found = part.mistakes.map((mistake) => ({ mistake, range: rangeOf(text, spanOfMistake(file, mistake)), ways: mendings(file, mistake) }));
  const wanted = (kind: string): boolean => only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));
  const changes = (edits: readonly Edit[]): CodeAction['edit'] => ({ changes: { [uri]: edits.map((edit) => editOf(text, edit)) } });
  const fixes = wanted(CodeActionKind.QuickFix) ? found.filter((one) => meets(one.range, range)).flatMap(({ mistake, range: at, ways }) => ways.map((way, index): CodeAction => (
    { title: plainText(way.title), kind: CodeActionKind.QuickFix, diagnostics: [diagnosticOf(mistake, at)], isPreferred: index === 0, edit: changes(way.edits) ?? {} }))) : [];
  if (only === undefined || !wanted(CodeActionKind.SourceFixAll)) return fixes;
  const all: Edit[] = [];
  for (const { ways: [first] } of found) if (first?.edits.every((edit) => all.every((other) => edit.to < other.from || edit.from > other.to)) === true) all.push(...first.edits);
  return all.length === 0 ? fixes : [...fixes, { title: 'Mend all mistakes with one likely way out', kind: CodeActionKind.SourceFixAll, edit: changes(all) ?? {} }];
}

function meets(one: Range, other: Range): boolean {
  const before = (left: Position, right: Position): boolean => left.line < right.line || (left.line === right.line && left.character < right.character);
  return !before(one.end, other.start) && !before(other.end, one.start);
}

const kinds: Readonly<Record<Suggestion['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property, 'step-kind': CompletionItemKind.Keyword, word: CompletionItemKind.EnumMember, step: CompletionItemKind.Reference, workflow: CompletionItemKind.Module, name: CompletionItemKind.Variable, 'whole-step': CompletionItemKind.Snippet,
};

export function completionsAt(look: Look, text: Text, position: Position): CompletionItem[] {
  return suggestionsAt(look.text, text.offsetAt(position), look.around).map((one, index) => ({
    label: plainText(one.label), kind: kinds[one.kind], detail: plainText(one.detail), documentation: plainText(one.documentation), sortText: String(index).padStart(4, '0'),
    insertTextFormat: InsertTextFormat.Snippet, textEdit: { range: rangeOf(text, one.span), newText: one.insert },
    ...(one.more ? { command: { title: '', command: 'editor.action.triggerSuggest' } } : {}),
  }));
}

export function hoverOf(look: Look, text: Text, position: Position): Hover | null {
  const found = hoverAt(look.file, text.offsetAt(position), look.part, look.around.workflows);
  return found && { contents: { kind: MarkupKind.Markdown, value: plainText(found.markdown) }, range: rangeOf(text, found.span) };
}

/** The file's graph, or that of a dry run of it. */
export function graphOf({ part, file, text }: Look, play: Play | null): FileGraph {
  const readable = part.outline.nodes.length > 0 || part.mistakes.every(({ code }) => code !== 'yaml');
  const lineOf = (id: string): number => {
    const at = part.outline.nodes.findIndex((node) => node.id === id.split('/')[0]);
    return file.line(file.at(['steps', at])?.range?.[0] ?? Math.min(text.length, 0));
  };
  const ids = part.workflow ? part.workflow.steps.map((step) => ({ id: step.id, outcomes: [...outcomesOf(step)] })) : part.outline.nodes.map((node) => ({ id: node.id, outcomes: [] }));
  const played = play === null || !part.workflow ? null : playWorkflow(part.workflow, play.outcomes, play.seed);
  // What was chosen for a step that has gone since does not keep the rest from being played.
  const again = played && !played.ok && part.workflow ? playWorkflow(part.workflow, play?.outcomes.filter((one) => part.workflow !== null && playWorkflow(part.workflow, [one], null).ok) ?? [], play?.seed ?? null) : played;
  const run = again?.ok ? again.value : null;
  return {
    graph: run ? playedGraph(run) : readable ? fileGraph(part, file) : null,
    mistakes: part.mistakes.map(({ line, message }) => ({ line, message })),
    played: run ? { state: run.status, words: endWords(run), refused: played && !played.ok ? [...played.refusal] : [] } : null,
    steps: ids.map(({ id, outcomes }) => ({ id, line: lineOf(id), outcomes })),
  };
}
