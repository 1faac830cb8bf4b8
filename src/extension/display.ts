/**
 * What the window shows of all runs: two trees, a badge, one status-bar item, and the context keys of menus and empty states.
 * Owns: bringing them up to date, gently. Refuses: to take the focus, to open anything, to blink.
 */
import * as vscode from 'vscode';
import type { RunView } from '../protocol/runView.ts';
import { needs, needsYouRows } from './rows/needsYouRows.ts';
import { RowTree } from './rows/rowTree.ts';
import { runRows } from './rows/runRows.ts';
import { allClear, badge, runsDescription, statusText } from './rows/summary.ts';
import type { Repositories } from './runs/repositories.ts';

const pauseMs = 100;
/** How often elapsed times are written anew while something runs or waits. */
const tickMs = 15_000;

export class Display implements vscode.Disposable {
  readonly #repositories: Repositories;
  readonly #needsYou: RowTree;
  readonly #runs: RowTree;
  readonly #status: vscode.StatusBarItem;
  readonly #listener: vscode.Disposable;
  readonly #ticker: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #keys = '';

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
    const views = (): readonly RunView[] => repositories.views;
    this.#needsYou = new RowTree('treeline.needsYou', () => needsYouRows(views(), Date.now()));
    this.#runs = new RowTree('treeline.runs', () => runRows(views(), Date.now()));
    this.#status = vscode.window.createStatusBarItem('treeline.status', vscode.StatusBarAlignment.Left, 10);
    this.#status.name = 'Treeline';
    this.#listener = repositories.onDidChange(() => {
      this.#timer ??= setTimeout(() => this.#draw(), pauseMs);
    });
    this.#ticker = setInterval(() => {
      if ((this.#needsYou.view.visible || this.#runs.view.visible) && views().some((view) => view.state === 'running' || view.state === 'waiting')) this.#refreshTrees();
    }, tickMs);
    this.#draw();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#ticker);
    for (const one of [this.#listener, this.#needsYou, this.#runs, this.#status]) one.dispose();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { views, standing } = this.#repositories;
    const waiting = needs(views).length;
    this.#needsYou.view.badge = badge(views);
    // With a message the editor hides the welcome text: "all clear" is only for somebody who has runs.
    this.#needsYou.view.message = views.length > 0 && waiting === 0 ? allClear(views) : '';
    this.#runs.view.description = runsDescription(views);
    this.#runs.view.message = this.#runsMessage(views);
    const said = statusText(views);
    if (said) {
      this.#status.text = said.text;
      this.#status.tooltip = said.tooltip;
      this.#status.accessibilityInformation = { label: said.accessible, role: 'button' };
      this.#status.command = said.needed ? 'treeline.review.next' : 'treeline.needsYou.focus';
      this.#status.show();
    } else this.#status.hide();
    this.#setKeys({ 'treeline.ready': true, 'treeline.repository': standing, 'treeline.runs': views.length > 0, 'treeline.needed': waiting > 0 });
    this.#refreshTrees();
  }

  #runsMessage(views: readonly RunView[]): string {
    const unreadable = this.#repositories.repositories.flatMap((repository) => repository.unreadable);
    if (unreadable.length > 0) return vscode.l10n.t('{0} tasks cannot be read: {1}', unreadable.length, unreadable[0]?.message ?? '');
    if (!vscode.workspace.isTrusted && views.length > 0) return vscode.l10n.t('Restricted Mode: nothing is started until you trust this folder.');
    return '';
  }

  #refreshTrees(): void {
    this.#needsYou.refresh();
    this.#runs.refresh();
  }

  #setKeys(keys: Readonly<Record<string, unknown>>): void {
    if (this.#keys === JSON.stringify(keys)) return;
    this.#keys = JSON.stringify(keys);
    for (const [key, value] of Object.entries(keys)) void vscode.commands.executeCommand('setContext', key, value);
  }
}
