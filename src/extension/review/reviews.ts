/**
 * Reviews as the editor's multi-file diffs: opens one, and knows which one the person is looking at.
 * Owns: the tabs of reviews and the context keys of their commands. Refuses: to open anything by itself, to decide anything.
 */
import * as vscode from 'vscode';
import * as z from 'zod';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import type { Repositories } from '../runs/repositories.ts';
import { pagesOf } from './changedFile.ts';
import type { ChangedFile } from './changedFile.ts';
import { checkpointDocument, readingsOf } from './checkpointDocument.ts';
import { compare } from './compared.ts';
import type { Compared } from './compared.ts';
import { planDocument } from './planDocument.ts';
import { addressOf } from './revision.ts';
import type { RevisionFiles } from './revisionFiles.ts';
import { roundBefore } from './roundBefore.ts';
import { reviewOfTab, reviewTitle } from './reviewTitle.ts';
import type { OpenReview } from './reviewTitle.ts';

const place = 'treeline.reviews';
const storedSchema = z.array(z.object({ title: z.string(), task: z.string(), checkpoint: z.string(), commit: z.string(), page: z.number(), pages: z.number() }));


export class Reviews implements vscode.Disposable {
  readonly #repositories: Repositories;
  readonly #files: RevisionFiles;
  readonly #state: vscode.Memento;
  readonly #listeners: vscode.Disposable[];
  readonly #opened = new vscode.EventEmitter<{ readonly view: RunView; readonly checkpoint: CheckpointView }>();
  /** After a review was opened, or found open when the window came back. */
  readonly onDidOpen = this.#opened.event;
  readonly #closed = new vscode.EventEmitter<{ readonly task: string; readonly checkpoint: string }>();
  /** After the last tab of a review was closed. */
  readonly onDidClose = this.#closed.event;
  #keys = '';

  constructor(repositories: Repositories, files: RevisionFiles, state: vscode.Memento) {
    this.#repositories = repositories;
    this.#files = files;
    this.#state = state;
    const update = (): void => this.#update();
    this.#listeners = [vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      this.#update();
      if (closed.length > 0) this.#sayClosed(closed);
    }), vscode.window.tabGroups.onDidChangeTabGroups(update), repositories.onDidChange(update)];
    void repositories.ready.then(() => this.#restored());
  }

  /** The review in front of the person. */
  get active(): OpenReview | undefined {
    const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    return label === undefined ? undefined : reviewOfTab(label, this.#stored);
  }

  /** Opens a checkpoint, frozen at its commits. Rejects with a TreelineError when the engine cannot give its files. */
  async open(view: RunView, checkpoint: CheckpointView, page = 0): Promise<void> {
    const repository = this.#repositories.of(view.task);
    if (!repository) return;
    const changes = checkpoint.kind !== 'merge' && checkpoint.kind !== 'review' ? [] : await repository.ask('changes', { from: checkpoint.base, to: checkpoint.commit });
    const size = vscode.workspace.getConfiguration('treeline').get<number>('review.maxFilesPerEditor', 30);
    const pages = pagesOf(changes, Math.max(1, size));
    const shown = Math.min(page, pages.length - 1);
    const compared = (pages[shown] ?? []).map((file) => compare({ task: view.task, of: checkpoint.id, from: checkpoint.base, to: checkpoint.commit }, file));
    if (shown === 0) compared.unshift(...await this.#documents(view, checkpoint, changes, pages.length));
    await this.#files.preload(compared.flatMap(([, old, now]) => [old, now].filter((uri) => uri !== undefined)));
    const title = reviewTitle(view, checkpoint, shown, pages.length);
    await this.#remember({ title, task: view.task, checkpoint: checkpoint.id, commit: checkpoint.commit, page: shown, pages: pages.length });
    await vscode.commands.executeCommand('vscode.changes', title, compared);
    this.#opened.fire({ view, checkpoint });
    this.#update();
  }

  /** Closes the tabs of a checkpoint that was decided: what is over is not shown as if it were open. */
  async close(task: string, checkpoint: string): Promise<void> {
    const tabs = allTabs().filter((tab) => {
      const review = reviewOfTab(tab.label, this.#stored);
      return review?.task === task && review.checkpoint === checkpoint;
    });
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    this.#opened.dispose();
    this.#closed.dispose();
  }

  #shown(tabs: readonly vscode.Tab[] = allTabs()): OpenReview[] {
    return tabs.map((tab) => reviewOfTab(tab.label, this.#stored)).filter((review) => review !== undefined);
  }

  #sayClosed(tabs: readonly vscode.Tab[]): void {
    const still = this.#shown();
    for (const { task, checkpoint } of this.#shown(tabs)) {
      if (!still.some((review) => review.task === task && review.checkpoint === checkpoint)) this.#closed.fire({ task, checkpoint });
    }
  }

  async #documents(view: RunView, checkpoint: CheckpointView, changes: readonly ChangedFile[], pages: number): Promise<Compared[]> {
    const about = { task: view.task, commit: checkpoint.commit, of: checkpoint.id, side: 'new' } as const;
    const brief = vscode.Uri.from(addressOf('CHECKPOINT.md', { ...about, show: 'brief' }));
    this.#files.write(brief, checkpointDocument({ view, checkpoint, changes, page: 0, pages }));
    const earlier = roundBefore(view, checkpoint) !== null;
    if (checkpoint.kind === 'document') {
      const at = (name: string, side: 'old' | 'new'): vscode.Uri => vscode.Uri.from(addressOf(name, { ...about, show: 'document', side }));
      const name = checkpoint.subject ?? 'DOCUMENT.md';
      const [old, now, ...others] = [at(name, 'old'), at(name, 'new'), ...readingsOf(view, checkpoint).map((reading) => at(reading.name, 'new'))] as const;
      await this.#files.preload(earlier ? [old, now, ...others] : [now, ...others]);
      return [[brief, undefined, brief], [now, earlier ? old : undefined, now], ...others.map((uri): Compared => [uri, undefined, uri])];
    }
    if (checkpoint.amendment) {
      const [before, after] = (['old', 'new'] as const).map((side) => vscode.Uri.from(addressOf('PLAN.md', { ...about, show: 'plan', side })));
      if (before) this.#files.write(before, planDocument(checkpoint.amendment.before));
      if (after) this.#files.write(after, planDocument(checkpoint.amendment.after));
      return [[brief, undefined, brief], ...(after ? [[after, before, after] satisfies Compared] : [])];
    }
    if (checkpoint.kind !== 'plan') return [[brief, undefined, brief]];
    const plan = vscode.Uri.from(addressOf('PLAN.md', { ...about, show: 'plan' }));
    this.#files.write(plan, planDocument(view.plan));
    const old = vscode.Uri.from(addressOf('PLAN.md', { ...about, show: 'plan', side: 'old' }));
    if (earlier) await this.#files.preload([old]);
    return [[brief, undefined, brief], [plan, earlier ? old : undefined, plan]];
  }

  #restored(): void {
    for (const { task, checkpoint: id } of this.#shown()) {
      const view = this.#repositories.view(task);
      const checkpoint = view?.checkpoints.find((candidate) => candidate.id === id);
      if (view && checkpoint) this.#opened.fire({ view, checkpoint });
    }
    this.#update();
  }

  #update(): void {
    const review = this.active;
    const view = review && this.#repositories.view(review.task);
    const shown = view?.checkpoints.find((checkpoint) => checkpoint.id === review?.checkpoint);
    const state = shown?.state;
    const keys = {
      'treeline.review.active': review !== undefined,
      'treeline.review.open': state === 'open',
      'treeline.review.editable': state === 'open' && (shown?.kind === 'plan' || shown?.kind === 'document'),
      'treeline.review.outdated': state !== undefined && state !== 'open' && (view?.checkpoints.some((checkpoint) => checkpoint.state === 'open') ?? false),
      'treeline.review.hasNextPage': review !== undefined && review.page + 1 < review.pages,
    };
    // Every change of a tab comes here: the editor is told only of what differs.
    if (this.#keys === JSON.stringify(keys)) return;
    this.#keys = JSON.stringify(keys);
    for (const [key, value] of Object.entries(keys)) void vscode.commands.executeCommand('setContext', key, value);
  }

  get #stored(): readonly OpenReview[] {
    return storedSchema.safeParse(this.#state.get(place)).data ?? [];
  }

  async #remember(review: OpenReview): Promise<void> {
    await this.#state.update(place, [...this.#stored.filter((other) => other.title !== review.title), review].slice(-50));
  }
}

const allTabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
