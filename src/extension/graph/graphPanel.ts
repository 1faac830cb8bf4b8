/**
 * One panel with the graph's page in it. Owns: the page's frame and policy, when it is told something, and that nothing is told twice.
 * Refuses: to open by itself; to know what is drawn; messages of another shape.
 */
import * as vscode from 'vscode';
import * as z from 'zod';
import { fromGraphPageSchema } from '../../protocol/graph.ts';
import type { FromGraphPage, Graph, ToGraphPage } from '../../protocol/graph.ts';
import { plain } from '../plain.ts';
import { graphPage, graphViewType } from './graphPage.ts';

const pauseMs = 200;

export interface GraphAround {
  /** Files of the extension. */
  readonly folder: vscode.Uri;
  /** What the page is told now; null: nothing new. */
  readonly tell: () => Promise<{ readonly title: string; readonly message: ToGraphPage } | null>;
  readonly hear: (message: Exclude<FromGraphPage, { type: 'ready' }>) => Promise<void>;
  readonly warn: (message: string) => void;
  readonly closed: () => void;
}

/** In the column where the person is, which gets the focus; or beside it, which does not. */
export function openGraph(title: string, where: 'here' | 'beside'): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(graphViewType, title, where === 'here' ? vscode.ViewColumn.Active : { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, {});
}

export class GraphPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #around: GraphAround;
  #told = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(panel: vscode.WebviewPanel, around: GraphAround) {
    this.#panel = panel;
    this.#around = around;
    const { webview } = panel;
    const file = (...path: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(around.folder, ...path)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(around.folder, 'dist'), vscode.Uri.joinPath(around.folder, 'media', 'graph')] };
    panel.onDidDispose(() => { clearTimeout(this.#timer); around.closed(); });
    panel.onDidChangeViewState(() => this.tellSoon());
    webview.onDidReceiveMessage((message: unknown) => {
      const parsed = fromGraphPageSchema.safeParse(message);
      if (!parsed.success) return around.warn(`a message of the graph was not understood: ${z.prettifyError(parsed.error)}`);
      if (parsed.data.type !== 'ready') return void around.hear(parsed.data);
      this.#told = '';
      void this.tell();
    });
    webview.html = graphPage({ nonce: crypto.randomUUID(), source: webview.cspSource, script: file('dist', 'graph.js'), style: file('media', 'graph', 'graph.css'), language: vscode.env.language });
  }

  tellSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.tell();
    }, pauseMs);
  }

  /** A hidden panel is told when it is seen again. */
  async tell(): Promise<void> {
    const next = this.#panel.visible ? await this.#around.tell() : null;
    const text = JSON.stringify(next?.message);
    if (!next || text === this.#told) return;
    this.#told = text;
    this.#panel.title = next.title;
    void this.#panel.webview.postMessage(next.message);
  }

  /** `quietly`: without the focus. */
  reveal(quietly: boolean): void {
    this.#panel.reveal(undefined, quietly);
  }

  dispose(): void {
    this.#panel.dispose();
  }
}

/** Texts of models, repositories and processes lose what hides or reorders before they leave. */
export function cleaned(graph: Graph): Graph {
  return { ...graph, title: plain(graph.title, 120), subtitle: plain(graph.subtitle, 200), nodes: graph.nodes.map((node) => ({ ...node, title: plain(node.title, 120), detail: plain(node.detail, 400), agent: plain(node.agent, 80) })) };
}
