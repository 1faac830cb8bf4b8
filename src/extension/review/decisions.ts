/**
 * What a person decides at a checkpoint: approve, request changes, reject, and going to the next one.
 * Owns: asking for what a decision needs (reasons, ticks), and binding it to the commit that was shown. Refuses: to approve
 * anything that is not what the person saw; the engine is told the commit and has the last word.
 */
import * as vscode from 'vscode';
import type { Act } from '../../protocol/messages.ts';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { branchName, line, short } from '../figures.ts';
import { personHere } from '../person.ts';
import { plain, withoutIcons } from '../plain.ts';
import { needs } from '../rows/needsYouRows.ts';
import type { Row } from '../rows/row.ts';
import { aboutWord } from '../rows/stateWords.ts';
import { codeOf } from '../runs/repository.ts';
import { commentsOf } from './draft.ts';
import type { Desk } from './desk.ts';
import { openAt } from './edited.ts';
import type { EditedFiles } from './editedFiles.ts';

interface Target { readonly view: RunView; readonly checkpoint: CheckpointView; /** Seen by the person. */ readonly commit: string; readonly inReview: boolean }

export class Decisions {
  readonly #desk: Desk;
  readonly #edits: EditedFiles;

  constructor(desk: Desk, edits: EditedFiles) {
    this.#desk = desk;
    this.#edits = edits;
  }

  /** Opens what waits longest, and from an open review the one after it. */
  async next(): Promise<void> {
    const open = needs(this.#desk.repositories.views).filter((need) => need.kind === 'checkpoint');
    const active = this.#desk.reviews.active;
    const after = open.findIndex(({ view, checkpoint }) => view.task === active?.task && checkpoint.id === active.checkpoint) + 1;
    const need = open[after % Math.max(1, open.length)];
    if (!need) return void vscode.window.setStatusBarMessage(vscode.l10n.t('Nothing waits for a review.'), 4000);
    await this.#open(need.view, need.checkpoint);
  }

  async open(row?: Row): Promise<void> {
    const view = row && this.#desk.repositories.view(row.about.task);
    const checkpoint = view?.checkpoints.find((candidate) => candidate.id === row?.about.checkpoint) ?? view?.checkpoints.find((candidate) => candidate.state === 'open');
    if (!view || !checkpoint) return this.next();
    await this.#open(view, checkpoint);
  }

  /** From a review that is out of date, or from an edited document: what is there now. */
  async openNewest(): Promise<void> {
    const { repositories, reviews } = this.#desk;
    const edited = this.#edits.active;
    const view = repositories.view(reviews.active?.task ?? edited?.task ?? '');
    const checkpoint = openAt(view, edited?.step ?? '') ?? view?.checkpoints.find((candidate) => candidate.state === 'open');
    if (view && checkpoint) await this.#open(view, checkpoint);
    else void vscode.window.setStatusBarMessage(vscode.l10n.t('Nothing waits for a review.'), 4000);
  }

  /** Everything that the policy let pass with nobody looking; what is picked is opened as it was. */
  async showPassed(): Promise<void> {
    const passed = this.#desk.repositories.views.flatMap((view) => view.checkpoints.flatMap((checkpoint) => (checkpoint.passed === null ? [] : [{ view, checkpoint, risks: checkpoint.passed }])))
      .sort((left, right) => (right.checkpoint.decidedAt ?? 0) - (left.checkpoint.decidedAt ?? 0));
    if (passed.length === 0) return void vscode.window.showInformationMessage(vscode.l10n.t('No checkpoint passed without a person.'));
    const picked = await vscode.window.showQuickPick(passed.map((one) => ({ label: withoutIcons(one.view.title), description: withoutIcons(`${one.checkpoint.step} · ${one.checkpoint.by ?? ''}`), detail: withoutIcons(one.risks.join(' · ')) || vscode.l10n.t('Nothing spoke against it.'), one })), { title: vscode.l10n.t('Passed With Nobody Looking'), matchOnDescription: true, matchOnDetail: true });
    if (picked) await this.#desk.reviews.open(picked.one.view, picked.one.checkpoint);
  }

  async nextPage(): Promise<void> {
    const active = this.#desk.reviews.active;
    const view = this.#desk.repositories.view(active?.task ?? '');
    const checkpoint = view?.checkpoints.find((candidate) => candidate.id === active?.checkpoint);
    if (active && view && checkpoint) await this.#open(view, checkpoint, active.page + 1);
  }

  async approve(row?: Row): Promise<void> {
    const target = await this.#target(row);
    if (!target || !(await this.#draftsMayStay(target)) || !(await this.#editMayStay(target))) return;
    const { view, checkpoint } = target;
    const waivers = await this.#waivers(view, checkpoint);
    if (!waivers) return;
    const ticks = await this.#ticks(checkpoint);
    if (!ticks) return;
    const commit = checkpoint.kind === 'choice' ? await chosen(checkpoint) : target.commit;
    if (commit === undefined) return;
    const act: Act = { kind: 'approve', checkpoint: checkpoint.id, commit, waivers, ticks, by: personHere() };
    const done = checkpoint.kind === 'merge' ? vscode.l10n.t('Merge into {0} approved: {1}', branchName(view.target), plain(view.title, 60)) : vscode.l10n.t('{0} approved: {1}', aboutWord(checkpoint), plain(view.title, 60));
    await this.#act(target, act, vscode.l10n.t('The approval was not given'), done);
  }

  /** Sends every draft of this review, and a general remark, as one turn of the agents. */
  async requestChanges(row?: Row): Promise<void> {
    const target = await this.#target(row);
    if (!target) return;
    const drafts = this.#desk.comments.drafts(target.view.task, target.checkpoint.id);
    const general = await vscode.window.showInputBox({
      title: vscode.l10n.t('Request Changes · {0}', withoutIcons(target.view.title)), ignoreFocusOut: true,
      prompt: drafts.length === 0 ? vscode.l10n.t('What should change? The agents get it as one turn.')
        : drafts.length === 1 ? vscode.l10n.t('Sends your comment as one turn. Anything to add? Enter sends it.')
          : vscode.l10n.t('Sends your {0} comments as one turn. Anything to add? Enter sends them.', drafts.length),
      validateInput: (value) => (drafts.length === 0 && value.trim() === '' ? { message: vscode.l10n.t('Say what should change, or comment on lines of the review first.'), severity: vscode.InputBoxValidationSeverity.Info } : undefined),
    });
    if (general === undefined) return;
    const comments = commentsOf(drafts, general);
    const act: Act = { kind: 'request-changes', checkpoint: target.checkpoint.id, comments, by: personHere() };
    await this.#act(target, act, vscode.l10n.t('The comments were not sent'), vscode.l10n.t('Changes requested: {0}', plain(target.view.title, 60)));
  }

  async reject(row?: Row): Promise<void> {
    const target = await this.#target(row);
    if (!target) return;
    const title = withoutIcons(target.view.title);
    const reason = await vscode.window.showInputBox({
      title: vscode.l10n.t('Reject · {0}', title), prompt: vscode.l10n.t('Why? The reason is kept with the task.'), ignoreFocusOut: true,
      validateInput: (value) => (value.trim() === '' ? { message: vscode.l10n.t('A reason is needed.'), severity: vscode.InputBoxValidationSeverity.Info } : undefined),
    });
    if (reason === undefined) return;
    const reject = vscode.l10n.t('Reject');
    const chosen = await vscode.window.showWarningMessage(vscode.l10n.t('Reject "{0}"?', plain(target.view.title, 80)), { modal: true, detail: target.checkpoint.kind === 'amendment' ? vscode.l10n.t('The task goes on with the plan that it has.') : vscode.l10n.t('The task ends. Its commits are kept under refs/treeline for 14 days; your files are not touched.') }, reject);
    if (chosen !== reject) return;
    const act: Act = { kind: 'reject', checkpoint: target.checkpoint.id, reason: reason.trim(), by: personHere() };
    await this.#act(target, act, vscode.l10n.t('It was not rejected'), vscode.l10n.t('Rejected: {0}', plain(target.view.title, 60)));
  }

  async #open(view: RunView, checkpoint: CheckpointView, page = 0): Promise<void> {
    try {
      await vscode.window.withProgress({ location: { viewId: 'treeline.needsYou' } }, () => this.#desk.reviews.open(view, checkpoint, page));
    } catch (error) {
      await this.#desk.report.error(vscode.l10n.t('The review could not be opened'), error);
    }
  }

  /** The row's checkpoint, or that of the review in front; says so when it is not open any more. */
  async #target(row?: Row): Promise<Target | null> {
    const active = this.#desk.reviews.active;
    const about = row ? row.about : active;
    if (!about) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Open a review first: Go to Next Checkpoint.'));
      return null;
    }
    const view = this.#desk.repositories.view(about.task);
    const checkpoint = view?.checkpoints.find((candidate) => candidate.id === about.checkpoint);
    if (!view || !checkpoint || about.commit === null) return null;
    if (checkpoint.state !== 'open') {
      await this.#moved(view, checkpoint);
      return null;
    }
    return { view, checkpoint, commit: about.commit, inReview: !row };
  }

  /** Never a silent approval of something else: says what became of it and offers what is there now. */
  async #moved(view: RunView, seen: CheckpointView): Promise<void> {
    const open = view.checkpoints.find((checkpoint) => checkpoint.state === 'open');
    const before = vscode.l10n.t('What you reviewed ({0}) is not open any more.', short(seen.commit));
    if (!open) return void vscode.window.showWarningMessage(before);
    const show = vscode.l10n.t('Open the New Review');
    const now = open.base === seen.base ? vscode.l10n.t('It is {0} now.', short(open.commit)) : vscode.l10n.t('{0} moved from {1} to {2}; it was merged and tested again as {3}.', branchName(view.target), short(seen.base), short(open.base), short(open.commit));
    if ((await vscode.window.showWarningMessage(`${before} ${now}`, show)) === show) await this.#open(view, open);
  }

  async #act(target: Target, act: Act, failed: string, done: string): Promise<void> {
    const { repositories, reviews, comments, keys, report } = this.#desk;
    const { view, checkpoint } = target;
    const repository = repositories.of(view.task);
    if (!repository) return;
    try {
      const answer = await vscode.window.withProgress({ location: { viewId: 'treeline.needsYou' } }, async () => repository.ask('act', { task: view.task, act, keys: await keys.ofLaunched(view.task) }));
      repository.take(answer.view);
      await comments.clear(view.task, checkpoint.id);
      // Before the word that it is done: who goes on from there must not have a palette closed under their keys.
      await reviews.close(view.task, checkpoint.id);
      report.said(done);
    } catch (error) {
      if (codeOf(error) !== 'void') return void report.error(failed, error);
      report.log.warn(`${failed}: ${String(error)}`);
      const { view: now } = await repository.ask('show', { task: view.task }).then((fresh) => ({ view: fresh }), () => ({ view }));
      repository.take(now);
      await this.#moved(now, checkpoint);
    }
  }

  async #draftsMayStay({ view, checkpoint }: Target): Promise<boolean> {
    const count = this.#desk.comments.drafts(view.task, checkpoint.id).length;
    if (count === 0) return true;
    const approve = vscode.l10n.t('Approve Without Sending');
    const send = vscode.l10n.t('Request Changes');
    const chosen = await vscode.window.showWarningMessage(count === 1 ? vscode.l10n.t('1 comment was not sent.') : vscode.l10n.t('{0} comments were not sent.', count), { modal: true, detail: vscode.l10n.t('An approval sends no comments.') }, approve, send);
    if (chosen === send) await vscode.commands.executeCommand('treeline.review.requestChanges');
    return chosen === approve;
  }

  /** What was written and not sent is not what would be approved. */
  async #editMayStay({ view, checkpoint }: Target): Promise<boolean> {
    const edited = { task: view.task, step: checkpoint.step };
    if (!this.#edits.hasUnsent(edited)) return true;
    const approve = vscode.l10n.t('Approve Without It');
    const chosen = await vscode.window.showWarningMessage(vscode.l10n.t('Your edited version was not sent.'), { modal: true, detail: vscode.l10n.t('An approval takes the version that you reviewed. Edit Document shows yours.') }, approve);
    if (chosen === approve) await this.#edits.forget(edited);
    return chosen === approve;
  }

  async #waivers(view: RunView, checkpoint: CheckpointView): Promise<{ gate: string; reason: string }[] | null> {
    const waivers: { gate: string; reason: string }[] = [];
    for (const gate of checkpoint.needsWaiver) {
      const found = view.evidence?.gates.find((candidate) => candidate.id === gate);
      const reason = await askReason(gate, found ? `${found.verdict} (${found.reason})` : 'not-verified (no-command)');
      if (reason === undefined) return null;
      waivers.push({ gate, reason });
    }
    return waivers;
  }

  async #ticks(checkpoint: CheckpointView): Promise<string[] | null> {
    if (checkpoint.needsTick.length === 0) return [];
    const picked = await vscode.window.showQuickPick(checkpoint.needsTick.map((tick) => ({ label: withoutIcons(tick.id), detail: withoutIcons(tick.why), id: tick.id })), {
      canPickMany: true, ignoreFocusOut: true, title: vscode.l10n.t('Approve needs your own tick'), placeHolder: vscode.l10n.t('Tick each one that you have looked at'),
    });
    if (!picked) return null;
    if (picked.length === checkpoint.needsTick.length) return picked.map((item) => item.id);
    void vscode.window.showInformationMessage(vscode.l10n.t('Not approved: {0} of {1} were ticked.', picked.length, checkpoint.needsTick.length));
    return null;
  }
}

/** Why a gate that is not green may be passed; undefined: not after all. */
export async function askReason(gate: string, verdict: string): Promise<string | undefined> {
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Waive {0}: {1}', plain(gate, 40), verdict), ignoreFocusOut: true, prompt: vscode.l10n.t('Why is it right to go on? The reason is recorded with your name.'),
    validateInput: (value) => (value.trim() === '' ? { message: vscode.l10n.t('A waiver needs a reason.'), severity: vscode.InputBoxValidationSeverity.Info } : undefined),
  });
  return reason?.trim();
}

/** The candidate that a person takes; the best of the ranking stands first. */
async function chosen(checkpoint: CheckpointView): Promise<string | undefined> {
  const items = checkpoint.candidates.map((candidate, at) => ({ label: withoutIcons(`${at + 1}. ${candidate.agent}`), description: withoutIcons(`${candidate.verdict} (${candidate.reason})`), detail: line(short(candidate.commit), vscode.l10n.t('{0} findings', candidate.findings), vscode.l10n.t('{0} files', candidate.files)), commit: candidate.commit }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Take Which Candidate?') }))?.commit;
}
