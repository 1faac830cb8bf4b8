/**
 * The view of triggers, and a person's word about one.
 * Owns: asking the engine what there is while somebody looks. Refuses: to start an engine before somebody looks; to arm without trust.
 */
import * as vscode from 'vscode';
import type { Answer } from '../../protocol/messages.ts';
import type { TriggerAct, TriggerView } from '../../protocol/triggerView.ts';
import { trustedByPerson } from '../launch/trusting.ts';
import { personHere } from '../person.ts';
import { plain, withoutIcons } from '../plain.ts';
import type { Desk } from '../review/desk.ts';
import type { Row } from '../rows/row.ts';
import { RowTree } from '../rows/rowTree.ts';
import { triggerRows } from '../rows/triggerRows.ts';
import type { Repository } from '../runs/repository.ts';

const pauseMs = 500;

export class Triggers implements vscode.Disposable {
  readonly #desk: Desk;
  readonly #tree: RowTree;
  readonly #listeners: vscode.Disposable[];
  readonly #known = new Map<Repository, readonly TriggerView[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#tree = new RowTree('treeline.triggers', () => [...this.#known].flatMap(([repository, triggers]) => triggerRows(triggers, repository.directory, Date.now())));
    this.#listeners = [this.#tree.view.onDidChangeVisibility(() => this.#lookSoon()), desk.repositories.onDidChange(() => this.#lookSoon())];
    this.#lookSoon();
  }

  async act(what: TriggerAct, row?: Row): Promise<void> {
    const { keys, report } = this.#desk;
    const picked = await this.#pick(what, row);
    if (!picked) return;
    const { repository, trigger } = picked;
    try {
      const inspection = what === 'arm' ? await repository.ask('inspect', { base: await repository.branch(), workflow: trigger.workflow }) : null;
      if (inspection && !(await trustedByPerson(inspection, vscode.l10n.t('Trust and Arm')))) return;
      const trust = inspection && !inspection.trusted ? inspection.content.hash : null;
      this.#take(repository, await repository.ask('actOnTrigger', { id: trigger.id, act: what, by: personHere(), keys: what === 'arm' || what === 'resume' ? await keys.all() : {}, trust, workflowTrust: inspection?.workflow?.trusted === false ? inspection.workflow.hash : null }));
      report.said(`${wordOf(what)}: ${plain(trigger.name, 60)}`);
    } catch (error) {
      await report.error(vscode.l10n.t('The trigger was not changed'), error);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const listener of [...this.#listeners, this.#tree]) listener.dispose();
  }

  #lookSoon(): void {
    if (!this.#tree.view.visible) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, pauseMs);
  }

  async #look(): Promise<void> {
    const { repositories, report } = this.#desk;
    if (!vscode.workspace.isTrusted) return;
    for (const repository of repositories.repositories.filter((one) => one.standing === 'ready')) {
      await repository.ask('triggers', {}).then((triggers) => this.#take(repository, triggers), (error: unknown) => report.log.warn(`triggers could not be read: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  #take(repository: Repository, triggers: Answer<'triggers'>): void {
    if (JSON.stringify(this.#known.get(repository)) === JSON.stringify(triggers)) return;
    this.#known.set(repository, triggers);
    void vscode.commands.executeCommand('setContext', 'treeline.triggers', [...this.#known.values()].some((all) => all.length > 0));
    this.#tree.refresh();
  }

  async #pick(what: TriggerAct, row: Row | undefined): Promise<{ repository: Repository; trigger: TriggerView } | undefined> {
    if (!row) await this.#look();
    const fits = { arm: ['off', 'changed'], pause: ['armed'], resume: ['paused'], disarm: ['armed', 'paused', 'changed'] }[what];
    const all = [...this.#known].flatMap(([repository, triggers]) => triggers.map((trigger) => ({ repository, trigger })));
    if (row) return all.find(({ repository, trigger }) => row.id === `trigger/${repository.directory}/${trigger.id}`);
    const fitting = all.filter(({ trigger }) => fits.includes(trigger.state));
    if (fitting.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('There is no such trigger.'));
    return (await vscode.window.showQuickPick(fitting.map((one) => ({ label: withoutIcons(one.trigger.name), description: withoutIcons(one.trigger.words), one })), { placeHolder: whichOf(what) }))?.one;
  }
}

function whichOf(what: TriggerAct): string {
  switch (what) {
    case 'arm': return vscode.l10n.t('Arm which trigger?');
    case 'pause': return vscode.l10n.t('Pause which trigger?');
    case 'resume': return vscode.l10n.t('Resume which trigger?');
    case 'disarm': return vscode.l10n.t('Disarm which trigger?');
  }
}

function wordOf(what: TriggerAct): string {
  switch (what) {
    case 'arm': return vscode.l10n.t('Armed');
    case 'pause': return vscode.l10n.t('Paused');
    case 'resume': return vscode.l10n.t('Resumed');
    case 'disarm': return vscode.l10n.t('Disarmed');
  }
}
