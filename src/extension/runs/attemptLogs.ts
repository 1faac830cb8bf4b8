/**
 * Logs of agents and gates as read-only documents that grow while somebody looks.
 * Owns: which log an open document shows. Refuses: to open one by itself, and to hold more than the newest part of an endless one.
 */
import * as vscode from 'vscode';
import type { Desk } from '../review/desk.ts';
import { plainLines, withoutIcons } from '../plain.ts';
import { addressOf } from '../review/revision.ts';
import type { RevisionFiles } from '../review/revisionFiles.ts';
import type { Row } from '../rows/row.ts';
import type { RunCommands } from './runCommands.ts';

const keptCharacters = 2_000_000;
const pauseMs = 300;

interface Open { text: string; timer: NodeJS.Timeout | undefined; stop: () => void }

export class AttemptLogs implements vscode.Disposable {
  readonly #desk: Desk;
  readonly #files: RevisionFiles;
  readonly #runs: RunCommands;
  readonly #open = new Map<string, Open>();
  readonly #listener: vscode.Disposable;

  constructor(desk: Desk, files: RevisionFiles, runs: RunCommands) {
    this.#desk = desk;
    this.#files = files;
    this.#runs = runs;
    this.#listener = vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document.uri.toString()));
  }

  /** The newest log of the row's step; from the palette the person picks one. */
  async open(row?: Row): Promise<void> {
    const view = await this.#runs.pick(row, vscode.l10n.t('A log of which task?'), (candidate) => candidate.steps.some((step) => step.logs.length > 0));
    const repository = view && this.#desk.repositories.of(view.task);
    if (!view || !repository) return;
    const at = row?.about.at ?? null;
    const logs = view.steps.filter((step) => at === null || step.id === at || step.parent === at).flatMap((step) => step.logs);
    const log = at !== null ? logs.at(-1) : (await vscode.window.showQuickPick(logs.toReversed().map((id) => ({ label: withoutIcons(id), id })), { title: vscode.l10n.t('Open Log · {0}', withoutIcons(view.title)) }))?.id;
    if (log === undefined) return at === null ? undefined : void vscode.window.showInformationMessage(vscode.l10n.t('There is no log yet.'));
    const uri = vscode.Uri.from(addressOf(`${log.replaceAll(/[/:]/g, ' ')}.log`, { show: 'log', task: view.task, commit: '', of: log, side: 'old' }));
    try {
      const { readLog } = await import('../../client/readRuns.ts');
      const { text } = await readLog(repository.directory, view.task, log);
      this.#forget(uri.toString());
      this.#files.write(uri, text);
      const open: Open = { text, timer: undefined, stop: () => undefined };
      open.stop = repository.onProgress((progress) => {
        if (progress.task === view.task && progress.key === log) this.#grow(uri, open, progress.text);
      });
      this.#open.set(uri.toString(), open);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    } catch (error) {
      await this.#desk.report.error(vscode.l10n.t('The log could not be read'), error);
    }
  }

  dispose(): void {
    this.#listener.dispose();
    for (const key of [...this.#open.keys()]) this.#forget(key);
  }

  #grow(uri: vscode.Uri, open: Open, text: string): void {
    open.text = (open.text + plainLines(text)).slice(-keptCharacters);
    open.timer ??= setTimeout(() => {
      open.timer = undefined;
      this.#files.write(uri, open.text);
    }, pauseMs);
  }

  #forget(key: string): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    clearTimeout(open?.timer);
    open?.stop();
  }
}
