/**
 * What stands above a workflow file: Run, Dry Run, Graph. Pure but for the editor's own types.
 * Owns: where they stand. Refuses: Run in Restricted Mode; the other two only read text.
 */
import * as vscode from 'vscode';

export class HeadLenses implements vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor() {
    vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire());
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const at = document.positionAt(Math.max(0, document.getText().search(/^name:/m)));
    const lens = (title: string, tooltip: string, command: string): vscode.CodeLens => new vscode.CodeLens(new vscode.Range(at, at), { title, tooltip, command, arguments: [document.uri.toString()] });
    return [
      ...(vscode.workspace.isTrusted ? [lens(`$(play) ${vscode.l10n.t('Run')}`, vscode.l10n.t('Start a task with this workflow'), 'treeline.workflow.run')] : []),
      lens(`$(debug-alt-small) ${vscode.l10n.t('Dry Run')}`, vscode.l10n.t('Show the path that it takes, without agents and commands'), 'treeline.workflow.dryRun'),
      lens(`$(type-hierarchy) ${vscode.l10n.t('Graph')}`, vscode.l10n.t('Show this file as a graph while it is written'), 'treeline.workflow.graph'),
    ];
  }
}
