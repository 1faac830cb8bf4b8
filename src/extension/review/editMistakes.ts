/**
 * What is wrong with a plan, at its lines, while a person writes it. The engine says what; any text is a document.
 * Owns: the diagnostics of edited files. Refuses: rules of its own, and a word about a text that is not there any more.
 */
import * as vscode from 'vscode';
import type { Answer } from '../../protocol/messages.ts';
import { plain } from '../plain.ts';
import type { Desk } from './desk.ts';
import { editScheme, editedOf } from './edited.ts';

type Mistakes = Answer<'mistakes'>;

const pauseMs = 300;

export class EditMistakes implements vscode.Disposable {
  readonly #desk: Desk;
  readonly #checkpointOf: (uri: vscode.Uri) => string | null;
  readonly #drawn = vscode.languages.createDiagnosticCollection('treeline.edit');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #listeners: vscode.Disposable[];

  /** `checkpointOf`: the one that a text is written for; null: that of its step which is open. */
  constructor(desk: Desk, checkpointOf: (uri: vscode.Uri) => string | null) {
    this.#desk = desk;
    this.#checkpointOf = checkpointOf;
    this.#listeners = [
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
    ];
    for (const document of vscode.workspace.textDocuments) this.#soon(document);
  }

  /** Asks, and draws the answer where the text is still the one in the editor. Rejects as the engine does. */
  async look(uri: vscode.Uri, text: string): Promise<Mistakes> {
    const edited = editedOf(uri);
    const repository = edited && this.#desk.repositories.of(edited.task);
    if (!edited || !repository) return [];
    const mistakes = await repository.ask('mistakes', { task: edited.task, checkpoint: this.#checkpointOf(uri) ?? edited.step, text });
    const document = vscode.workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri.toString());
    if (document?.getText() === text) this.#drawn.set(uri, mistakes.map((mistake) => diagnosticOf(document, mistake)));
    return mistakes;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const one of [...this.#listeners, this.#drawn]) one.dispose();
  }

  #soon({ uri }: vscode.TextDocument): void {
    if (uri.scheme !== editScheme) return;
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.set(uri.toString(), setTimeout(() => {
      const document = vscode.workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri.toString());
      if (document) this.look(uri, document.getText()).catch((error: unknown) => this.#desk.report.log.warn(`mistakes in ${uri.path} could not be looked for: ${String(error)}`));
    }, pauseMs));
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#drawn.delete(uri);
  }
}

function diagnosticOf(document: vscode.TextDocument, { line, message }: Mistakes[number]): vscode.Diagnostic {
  const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(Math.min(line, document.lineCount) - 1);
  const diagnostic = new vscode.Diagnostic(range.with(range.start.with({ character: firstNonWhitespaceCharacterIndex })), plain(message, 400), vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Treeline';
  return diagnostic;
}
