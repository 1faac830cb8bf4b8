/**
 * What can be done with a run outside a checkpoint: cancel, retry, waive a red gate, read a log, go to its worktree.
 * Owns: asking which run and what for. Refuses: to end anything without a question.
 */
import * as vscode from 'vscode';
import type { Act } from '../../protocol/messages.ts';
import { redAt } from '../../protocol/redAt.ts';
import type { RunView } from '../../protocol/runView.ts';
import { line } from '../figures.ts';
import { personHere } from '../person.ts';
import { plain, withoutIcons } from '../plain.ts';
import { askReason } from '../review/decisions.ts';
import type { Desk } from '../review/desk.ts';
import type { Row } from '../rows/row.ts';
import { isOver, runWord } from '../rows/stateWords.ts';
import { codeOf } from './repository.ts';

export class RunCommands {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async cancel(row?: Row): Promise<void> {
    const view = await this.pick(row, vscode.l10n.t('Cancel which task?'), (candidate) => !isOver(candidate.state));
    if (!view) return;
    const cancel = vscode.l10n.t('Cancel Task');
    const chosen = await vscode.window.showWarningMessage(vscode.l10n.t('Cancel "{0}"?', plain(view.title, 80)), { modal: true, detail: vscode.l10n.t('Its agents stop. Its commits are kept under refs/treeline for 14 days; your files are not touched.') }, cancel);
    if (chosen === cancel) await this.#act(view, { kind: 'cancel', by: personHere() }, vscode.l10n.t('The task was not cancelled'), vscode.l10n.t('Cancelled: {0}', plain(view.title, 60)));
  }

  /** Goes on where something stands still; asks first for the key or the budget that it stands still for. */
  async retry(row?: Row): Promise<void> {
    const view = await this.pick(row, vscode.l10n.t('Retry which task?'), (candidate) => candidate.state === 'failed' || candidate.state === 'waiting' || candidate.failures.length > 0);
    if (!view) return;
    if (view.waiting?.for === 'key' && Object.keys(await this.#desk.keys.all()).length === 0 && !(await this.#desk.keys.set())) return;
    const budget = view.waiting?.for === 'budget' ? await this.#budget(view) : null;
    if (budget === undefined) return;
    const act: Act = { kind: 'retry', at: row?.about.at ?? null, budget, by: personHere() };
    await this.#act(view, act, vscode.l10n.t('It was not tried again'), vscode.l10n.t('Trying again: {0}', plain(view.title, 60)));
  }

  /** Does stale work again, under the specifications as they are now. */
  async rerun(row?: Row): Promise<void> {
    const view = await this.pick(row, vscode.l10n.t('Run again which task?'), (candidate) => candidate.stale.length > 0);
    if (!view) return;
    const at = row?.about.at ?? (view.stale.length === 1 ? view.stale[0]?.at : (await vscode.window.showQuickPick(view.stale.map((one) => ({ label: withoutIcons(one.at), detail: withoutIcons(one.why), at: one.at })), { title: vscode.l10n.t('Run Which Step Again?') }))?.at);
    if (at === undefined) return;
    await this.#act(view, { kind: 'retry', at, budget: null, by: personHere() }, vscode.l10n.t('It was not run again'), vscode.l10n.t('Runs again under the new specifications: {0}', plain(at, 60)));
  }

  /** Lets a red or broken gate pass where no checkpoint is open, with a reason for each. */
  async waive(row?: Row): Promise<void> {
    const view = await this.pick(row, vscode.l10n.t('Waive a gate of which task?'), (candidate) => candidate.state === 'failed' || candidate.waiting?.for === 'gate');
    if (!view) return;
    const at = row?.about.at ?? view.failures[0]?.at ?? view.waiting?.at;
    const red = redAt(view, at);
    if (red.length === 0) return void vscode.window.showInformationMessage(vscode.l10n.t('No gate of this task stands red now.'));
    const waivers: { gate: string; reason: string }[] = [];
    for (const gate of red) {
      const reason = await askReason(gate.id, `${gate.verdict} (${gate.reason})`);
      if (reason === undefined) return;
      waivers.push({ gate: gate.id, reason });
    }
    const act: Act = { kind: 'approve', checkpoint: null, commit: null, waivers, ticks: [], by: personHere() };
    await this.#act(view, act, vscode.l10n.t('The gate was not waived'), vscode.l10n.t('Gate waived: {0}', plain(view.title, 60)));
  }

  async openWorktree(row?: Row): Promise<void> {
    const view = await this.pick(row, vscode.l10n.t('Open a worktree of which task?'), (candidate) => candidate.worktrees.length > 0);
    if (!view) return;
    const all = view.worktrees.filter((worktree) => row?.about.at == null || worktree.unit === row.about.at || worktree.unit.startsWith(`${row.about.at}/`));
    const choices = all.length > 0 ? all : view.worktrees;
    const worktree = choices.length === 1 ? choices[0] : (await vscode.window.showQuickPick(choices.map((one) => ({ label: withoutIcons(one.unit), description: withoutIcons(one.branch), detail: one.path, one })), { title: vscode.l10n.t('Open Worktree') }))?.one;
    if (!worktree) return void vscode.window.showInformationMessage(vscode.l10n.t('This task has no worktree now.'));
    const inWindow = { label: vscode.l10n.t('Open in New Window'), iconPath: new vscode.ThemeIcon('empty-window') };
    const inTerminal = { label: vscode.l10n.t('Open in Terminal'), iconPath: new vscode.ThemeIcon('terminal') };
    const how = await vscode.window.showQuickPick([inWindow, inTerminal], { title: vscode.l10n.t('Open Worktree · {0}', withoutIcons(worktree.branch)), placeHolder: worktree.path });
    if (how === inWindow) await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(worktree.path), { forceNewWindow: true });
    if (how === inTerminal) vscode.window.createTerminal({ name: plain(worktree.branch, 60), cwd: worktree.path, iconPath: new vscode.ThemeIcon('git-branch') }).show();
  }

  /** The run that a row belongs to, or one that the person picks; a single fitting one is not asked for. */
  async pick(row: Row | undefined, placeHolder: string, fits: (view: RunView) => boolean): Promise<RunView | undefined> {
    const { repositories, reviews } = this.#desk;
    if (row) return repositories.view(row.about.task);
    const active = repositories.view(reviews.active?.task ?? '');
    if (active && fits(active)) return active;
    const fitting = repositories.views.filter(fits);
    if (fitting.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('There is no such task.'));
    if (fitting.length <= 1) return fitting[0];
    const picked = await vscode.window.showQuickPick(fitting.map((view) => ({ label: withoutIcons(view.title), description: line(runWord(view), view.task), view })), { placeHolder });
    return picked?.view;
  }

  async #budget(view: RunView): Promise<RunView['budget'] | undefined> {
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t('Raise the Budget · {0}', withoutIcons(view.title)), ignoreFocusOut: true, value: view.budget.usd === null ? '' : String(view.budget.usd * 2),
      prompt: vscode.l10n.t('New limit in US dollars for the whole task. Leave empty for none.'),
      validateInput: (value) => (value.trim() === '' || Number(value) > 0 ? undefined : vscode.l10n.t('An amount such as 10 or 2.50.')),
    });
    return text === undefined ? undefined : { usd: text.trim() === '' ? null : Number(text), minutes: null };
  }

  async #act(view: RunView, act: Act, failed: string, done: string): Promise<void> {
    const { repositories, keys, report } = this.#desk;
    const repository = repositories.of(view.task);
    if (!repository) return;
    try {
      const answer = await repository.ask('act', { task: view.task, act, keys: act.kind === 'retry' ? await keys.all() : {} });
      repository.take(answer.view);
      report.said(done);
    } catch (error) {
      await report.error(failed, error);
      if (codeOf(error) === 'ended') await repository.read();
    }
  }
}
