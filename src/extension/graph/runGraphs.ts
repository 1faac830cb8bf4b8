/**
 * Runs as graphs: one panel for each run that a person asked to see.
 * Owns: the panels, what they are told and when, and their coming back after a reload. Refuses: to open one by itself; to take the
 * focus.
 */
import * as vscode from 'vscode';
import * as z from 'zod';
import { runGraph } from '../../protocol/graph.ts';
import type { FromGraphPage, Graph } from '../../protocol/graph.ts';
import type { RunView } from '../../protocol/runView.ts';
import { plain } from '../plain.ts';
import type { Desk } from '../review/desk.ts';
import type { About, Row } from '../rows/row.ts';
import type { RunCommands } from '../runs/runCommands.ts';
import { cleaned, GraphPanel, openGraph } from './graphPanel.ts';
import { wordsOfPage } from './graphPage.ts';

const stateSchema = z.object({ task: z.string() });

export class RunGraphs implements vscode.Disposable {
  readonly #desk: Desk;
  readonly #runs: RunCommands;
  readonly #folder: vscode.Uri;
  readonly #open = new Map<string, GraphPanel>();
  readonly #listener: vscode.Disposable;

  constructor(desk: Desk, runs: RunCommands, extension: vscode.Uri) {
    this.#desk = desk;
    this.#runs = runs;
    this.#folder = extension;
    this.#listener = desk.repositories.onDidChange(() => { for (const open of this.#open.values()) open.tellSoon(); });
  }

  /** Beside nothing: in the column where the person is, and their own click. */
  async show(row?: Row): Promise<void> {
    const view = await this.#runs.pick(row, vscode.l10n.t('Show the graph of which task?'), () => true);
    if (!view) return;
    const there = this.#open.get(view.task);
    if (there) return there.reveal(false);
    this.#fill(view.task, openGraph(titleOf(view), 'here'));
  }

  /** Takes a panel that the editor kept over a reload; false: it was not of a run. */
  adopt(panel: vscode.WebviewPanel, state: unknown): boolean {
    const parsed = stateSchema.safeParse(state);
    if (!parsed.success || this.#open.has(parsed.data.task)) return false;
    this.#fill(parsed.data.task, panel);
    return true;
  }

  dispose(): void {
    this.#listener.dispose();
    for (const panel of [...this.#open.values()]) panel.dispose();
  }

  #fill(task: string, panel: vscode.WebviewPanel): void {
    this.#open.set(task, new GraphPanel(panel, {
      folder: this.#folder, warn: (message) => this.#desk.report.log.warn(message), closed: () => void this.#open.delete(task),
      tell: async () => {
        const view = this.#desk.repositories.view(task);
        const graph: Graph = view ? cleaned(runGraph(view)) : { title: vscode.l10n.t('Task {0} is not here', plain(task, 40)), subtitle: '', live: false, nodes: [], edges: [] };
        return { title: view ? titleOf(view) : panel.title, message: { type: 'graph', graph, words: wordsOfPage(), state: { task } } };
      },
      hear: (message) => this.#hear(task, message),
    }));
  }

  async #hear(task: string, message: Exclude<FromGraphPage, { type: 'ready' }>): Promise<void> {
    if (message.type === 'action') return;
    const view = this.#desk.repositories.view(task);
    const node = view && runGraph(view).nodes.find((candidate) => candidate.id === message.node);
    if (!view || !node) return;
    const checkpoint = view.checkpoints.findLast((candidate) => candidate.step === node.id);
    const about: About = { task: view.task, at: node.id, checkpoint: checkpoint?.state === 'open' ? checkpoint.id : null, commit: checkpoint?.commit ?? null };
    const opens = message.type === 'log' ? 'log' : node.opens;
    if (opens === 'checkpoint') await vscode.commands.executeCommand('treeline.review.open', { about });
    else if (opens === 'changes') await vscode.commands.executeCommand('treeline.run.changes', { about });
    else if (opens === 'log') await vscode.commands.executeCommand('treeline.run.log', { about });
    else this.#desk.report.said(vscode.l10n.t('Nothing to open yet: {0}', plain(node.title, 60)));
  }
}

const titleOf = (view: RunView): string => vscode.l10n.t('Graph: {0}', plain(view.title, 40));
