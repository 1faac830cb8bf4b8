/**
 * How a refusal or a failure reaches the person: what was tried, what was found, what next; the whole of it in the log.
 * Owns: the log channel and error messages. Refuses: a bare stack trace, and a second message for the same trouble.
 */
import * as vscode from 'vscode';
import { plain } from './plain.ts';

export class Report implements vscode.Disposable {
  readonly log: vscode.LogOutputChannel;

  constructor() {
    this.log = vscode.window.createOutputChannel('Treeline', { log: true });
  }

  /** After something that the person asked for did not work. */
  async error(tried: string, error: unknown, ...actions: string[]): Promise<string | undefined> {
    const next = error instanceof Error && 'next' in error && typeof error.next === 'string' ? error.next : '';
    const message = error instanceof Error ? error.message : String(error);
    this.log.error(`${tried}: ${message} ${next}`);
    const showLog = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showErrorMessage([plain(`${tried}: ${message}.`.replace(/\.\.$/, '.'), 500), plain(next, 300)].filter(Boolean).join(' '), ...actions, showLog);
    if (chosen === showLog) this.log.show();
    return chosen;
  }

  /** A word about what was just done, where it disturbs nobody. */
  said(message: string): void {
    this.log.info(message);
    vscode.window.setStatusBarMessage(`$(check) ${message}`, 5000);
  }

  dispose(): void {
    this.log.dispose();
  }
}
