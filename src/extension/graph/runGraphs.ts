/**
 * Runs as graphs: one panel for each run that a person asked to see.
 * Owns: the panels, what they are told and when, and their coming back after a reload. Refuses: to open one by itself; to take the
 * focus; messages of another shape.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod';
import { fromGraphPageSchema, runGraph } from '../../protocol/graph.ts';
import type { FromGraphPage, Graph, ToGraphPage } from '../../protocol/graph.ts';
import type { RunView } from '../../protocol/runView.ts';
import { plain } from '../plain.ts';
import type { Desk } from '../review/decisions.ts';
import type { About, Row } from '../rows/row.ts';
import type { RunCommands } from '../runs/runCommands.ts';
import { graphPage, wordsOfPage } from './graphPage.ts';

const viewType = 'treeline.graph';
const pauseMs = 200;
const stateSchema = z.object({ task: z.string() });

interface Open { readonly task: string; readonly panel: vscode.WebviewPanel; told: string; timer: NodeJS.Timeout | undefined }

export class RunGraphs implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #desk: Desk;
  readonly #runs: RunCommands;
  readonly #folder: vscode.Uri;
  readonly #open = new Map<string, Open>();
  readonly #listeners: vscode.Disposable[];

  constructor(desk: Desk, runs: RunCommands, extension: vscode.Uri) {
    this.#desk = desk;
    this.#runs = runs;
    this.#folder = extension;
    this.#listeners = [
      desk.repositories.onDidChange(() => { for (const open of this.#open.values()) this.#tellSoon(open); }),
      vscode.window.registerWebviewPanelSerializer(viewType, this),
    ];
  }

  /** Beside nothing: in the column where the person is, and their own click. */
  async show(row?: Row): Promise<void> {
    const view = await this.#runs.pick(row, vscode.l10n.t('Show the graph of which task?'), () => true);
    if (!view) return;
    const there = this.#open.get(view.task);
    if (there) return there.panel.reveal();
    this.#fill(view.task, vscode.window.createWebviewPanel(viewType, titleOf(view), vscode.ViewColumn.Active, {}));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = stateSchema.safeParse(state);
    if (parsed.success && !this.#open.has(parsed.data.task)) this.#fill(parsed.data.task, panel);
    else panel.dispose();
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }

  #fill(task: string, panel: vscode.WebviewPanel): void {
    const open: Open = { task, panel, told: '', timer: undefined };
    this.#open.set(task, open);
    const { webview } = panel;
    const file = (...path: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(this.#folder, ...path)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.#folder, 'dist'), vscode.Uri.joinPath(this.#folder, 'media', 'graph')] };
    panel.onDidDispose(() => { clearTimeout(open.timer); this.#open.delete(task); });
    panel.onDidChangeViewState(() => this.#tellSoon(open));
    webview.onDidReceiveMessage((message: unknown) => {
      const parsed = fromGraphPageSchema.safeParse(message);
      if (parsed.success) void this.#hear(open, parsed.data);
      else this.#desk.report.log.warn(`a message of the graph was not understood: ${z.prettifyError(parsed.error)}`);
    });
    webview.html = graphPage({ nonce: randomBytes(16).toString('base64'), source: webview.cspSource, script: file('dist', 'graph.js'), style: file('media', 'graph', 'graph.css'), language: vscode.env.language });
  }

  #tellSoon(open: Open): void {
    open.timer ??= setTimeout(() => {
      open.timer = undefined;
      this.#tell(open);
    }, pauseMs);
  }

  /** A hidden panel is told when it is seen again. */
  #tell(open: Open): void {
    const view = this.#desk.repositories.view(open.task);
    if (!open.panel.visible) return;
    const graph: Graph = view ? cleaned(runGraph(view)) : { title: vscode.l10n.t('Task {0} is not here', plain(open.task, 40)), subtitle: '', live: false, nodes: [], edges: [] };
    const text = JSON.stringify(graph);
    if (text === open.told) return;
    open.told = text;
    if (view) open.panel.title = titleOf(view);
    const message: ToGraphPage = { type: 'graph', graph, words: wordsOfPage(), state: { task: open.task } };
    void open.panel.webview.postMessage(message);
  }

  async #hear(open: Open, message: FromGraphPage): Promise<void> {
    if (message.type === 'ready') {
      open.told = '';
      return this.#tell(open);
    }
    const view = this.#desk.repositories.view(open.task);
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

/** Texts of models, repositories and processes lose what hides or reorders before they leave. */
function cleaned(graph: Graph): Graph {
  return { ...graph, title: plain(graph.title, 120), subtitle: plain(graph.subtitle, 80), nodes: graph.nodes.map((node) => ({ ...node, title: plain(node.title, 120), detail: plain(node.detail, 400), agent: plain(node.agent, 80) })) };
}
