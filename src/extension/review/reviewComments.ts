/**
 * Comments in a review: drafts of the person, kept until they are sent together, and findings of the reviewing agent.
 * Owns: the comment threads. Refuses: to send anything by itself; to show a finding as anything but plain text.
 */
import * as vscode from 'vscode';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { markdownText, plain } from '../plain.ts';
import type { Repositories } from '../runs/repositories.ts';
import { carriedOver, draftsOf, readDrafts } from './draft.ts';
import type { Draft } from './draft.ts';
import { addressOf, pathOf, revisionOf } from './revision.ts';

const place = 'treeline.drafts';

interface Remark extends vscode.Comment { readonly thread: vscode.CommentThread; readonly draft: string | null; /** As written. */ readonly text: string }

export class ReviewComments implements vscode.Disposable {
  readonly #repositories: Repositories;
  readonly #state: vscode.Memento;
  readonly #threads = new Map<string, vscode.CommentThread>();
  readonly #findings = new Map<string, vscode.CommentThread[]>();
  #controller: vscode.CommentController | undefined;

  constructor(repositories: Repositories, state: vscode.Memento) {
    this.#repositories = repositories;
    this.#state = state;
  }

  drafts(task: string, checkpoint: string): readonly Draft[] {
    return draftsOf(this.#all, task, checkpoint);
  }

  /** Shows the drafts and findings of a review that is open; drafts of an earlier round come along. */
  async show(view: RunView, checkpoint: CheckpointView): Promise<void> {
    const before = this.#all, after = carriedOver(before, view.task, checkpoint);
    for (const draft of before.filter((one) => !after.includes(one))) {
      this.#threads.get(placeOf(draft))?.dispose();
      this.#threads.delete(placeOf(draft));
    }
    await this.#store(after);
    this.#controller ??= this.#open();
    for (const draft of this.drafts(view.task, checkpoint.id)) this.#showDraft(draft);
    this.#showFindings(view, checkpoint);
  }

  /** "Add Comment": the text becomes a draft at its line. */
  async add(reply: vscode.CommentReply): Promise<void> {
    const revision = revisionOf(reply.thread.uri);
    const checkpoint = revision && this.#repositories.view(revision.task)?.checkpoints.find((candidate) => candidate.id === revision.of);
    const text = reply.text.trim();
    if (!revision || revision.show === 'evidence' || !checkpoint || text === '') return;
    const { uri, range } = reply.thread;
    const line = (range?.end.line ?? 0) + 1;
    const document = vscode.workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri.toString());
    const draft: Draft = {
      id: crypto.randomUUID(), task: revision.task, checkpoint: checkpoint.id, step: checkpoint.step, show: revision.show, path: pathOf(uri), commit: revision.commit, side: revision.side,
      line, text, quote: revision.show === 'file' || !document ? '' : plain(document.lineAt(Math.min(line, document.lineCount) - 1).text, 120),
    };
    await this.#store([...this.#all, draft]);
    this.#threads.set(placeOf(draft), reply.thread);
    this.#showDraft(draft);
  }

  async delete(remark: Remark): Promise<void> {
    await this.#store(this.#all.filter((draft) => draft.id !== remark.draft));
    this.#without(remark.thread, remark.draft);
  }

  edit(remark: Remark): void {
    this.#replace(remark, { mode: vscode.CommentMode.Editing, body: remark.text });
  }

  cancelEdit(remark: Remark): void {
    this.#replace(remark, { mode: vscode.CommentMode.Preview, body: bodyOf(remark.text) });
  }

  async saveEdit(remark: Remark): Promise<void> {
    const text = (typeof remark.body === 'string' ? remark.body : remark.body.value).trim();
    if (text === '') return this.delete(remark);
    await this.#store(this.#all.map((draft) => (draft.id === remark.draft ? { ...draft, text } : draft)));
    this.#replace(remark, { mode: vscode.CommentMode.Preview, text, body: bodyOf(text) });
  }

  /** A finding becomes a comment of the person's own, to be sent with the others. */
  async adopt(thread: vscode.CommentThread): Promise<void> {
    const [finding] = thread.comments as readonly Remark[];
    if (!finding || !this.#controller) return;
    const { uri, range } = thread;
    const own = this.#controller.createCommentThread(uri, range ?? new vscode.Range(0, 0, 0, 0), []);
    this.resolve(thread);
    await this.add({ thread: own, text: finding.text });
  }

  resolve(thread: vscode.CommentThread): void {
    thread.state = vscode.CommentThreadState.Resolved;
    thread.contextValue = 'resolved';
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
  }

  /** After they were sent. */
  async clear(task: string, checkpoint: string): Promise<void> {
    const sent = this.drafts(task, checkpoint).map((draft) => draft.id);
    this.hide(task, checkpoint);
    await this.#store(this.#all.filter((draft) => !sent.includes(draft.id)));
  }

  /** Takes the threads of a review away that is not open any more; its drafts stay, and come again with it. */
  hide(task: string, checkpoint: string): void {
    for (const draft of this.drafts(task, checkpoint)) {
      this.#threads.get(placeOf(draft))?.dispose();
      this.#threads.delete(placeOf(draft));
    }
    for (const thread of this.#findings.get(`${task}/${checkpoint}`) ?? []) thread.dispose();
    this.#findings.delete(`${task}/${checkpoint}`);
  }

  dispose(): void {
    this.#controller?.dispose();
  }

  #open(): vscode.CommentController {
    const controller = vscode.comments.createCommentController('treeline.review', vscode.l10n.t('Treeline Review'));
    controller.options = { prompt: vscode.l10n.t('Comment on this line'), placeHolder: vscode.l10n.t('What should change here? Request Changes sends all comments together.') };
    controller.commentingRangeProvider = {
      provideCommentingRanges: (document) => {
        const revision = revisionOf(document.uri);
        if (!revision || revision.show === 'log' || revision.side === 'old') return [];
        const open = this.#repositories.view(revision.task)?.checkpoints.some((checkpoint) => checkpoint.id === revision.of && checkpoint.state === 'open');
        return open ? [new vscode.Range(0, 0, document.lineCount - 1, 0)] : [];
      },
    };
    return controller;
  }

  #showDraft(draft: Draft): void {
    const key = placeOf(draft);
    const uri = vscode.Uri.from(addressOf(draft.path, { show: draft.show, task: draft.task, commit: draft.commit, of: draft.checkpoint, side: draft.side }));
    const thread = this.#threads.get(key) ?? this.#controller?.createCommentThread(uri, new vscode.Range(draft.line - 1, 0, draft.line - 1, 0), []);
    if (!thread) return;
    this.#threads.set(key, thread);
    if ((thread.comments as readonly Remark[]).some((comment) => comment.draft === draft.id)) return;
    thread.label = vscode.l10n.t('Draft, not sent yet');
    thread.contextValue = 'draft';
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    thread.comments = [...thread.comments, remarkOf(thread, draft.id, draft.text, vscode.l10n.t('You'), 'draft')];
  }

  #showFindings(view: RunView, checkpoint: CheckpointView): void {
    const key = `${view.task}/${checkpoint.id}`;
    if (checkpoint.kind === 'plan' || view.reviews.length === 0 || this.#findings.has(key)) return;
    this.#findings.set(key, view.reviews.flatMap(({ by, review }) => review.findings.map((finding) => ({ by, finding }))).flatMap(({ by, finding }) => {
      const uri = vscode.Uri.from(addressOf(finding.file, { show: 'file', task: view.task, commit: checkpoint.commit, of: checkpoint.id, side: 'new' }));
      const thread = this.#controller?.createCommentThread(uri, new vscode.Range(finding.line - 1, 0, finding.line - 1, 0), []);
      if (!thread) return [];
      thread.canReply = false;
      thread.label = vscode.l10n.t('Finding ({0})', finding.severity);
      thread.contextValue = 'finding';
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
      thread.comments = [remarkOf(thread, null, finding.message, plain(by, 60), 'finding')];
      return [thread];
    }));
  }

  #without(thread: vscode.CommentThread, draft: string | null): void {
    thread.comments = (thread.comments as readonly Remark[]).filter((comment) => comment.draft !== draft);
    if (thread.comments.length > 0) return;
    for (const [key, known] of this.#threads) if (known === thread) this.#threads.delete(key);
    thread.dispose();
  }

  #replace(remark: Remark, change: Partial<Remark>): void {
    remark.thread.comments = (remark.thread.comments as readonly Remark[]).map((comment) => (comment.draft === remark.draft ? { ...comment, ...change } : comment));
  }

  get #all(): readonly Draft[] {
    return readDrafts(this.#state.get(place));
  }

  async #store(drafts: readonly Draft[]): Promise<void> {
    await this.#state.update(place, drafts);
  }
}

const placeOf = (draft: Draft): string => [draft.task, draft.checkpoint, draft.show, draft.side, draft.path, draft.line].join('\n');

/** Shown as it was written: what looks like a link or an image in it is none. */
const bodyOf = (text: string): vscode.MarkdownString => new vscode.MarkdownString(text.split('\n').map((part) => markdownText(part, 4000)).join('\n\n'));

function remarkOf(thread: vscode.CommentThread, draft: string | null, text: string, author: string, contextValue: string): Remark {
  return { thread, draft, text, body: bodyOf(text), mode: vscode.CommentMode.Preview, author: { name: author }, contextValue };
}
