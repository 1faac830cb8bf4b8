/**
 * Workflow files as graphs, beside the text that is being typed, and as a dry run of it.
 * Owns: the panels, what was chosen to come of which step, and their coming back after a reload.
 * Refuses: to open one by itself; to take the focus from the text; to start anything: a dry run is played from the text alone.
 */
import * as vscode from 'vscode';
import * as z from 'zod';
import type { FromGraphPage, Graph, ToGraphPage } from '../../protocol/graph.ts';
import { playSchema } from '../../protocol/workflowHelp.ts';
import type { FileGraph, Play } from '../../protocol/workflowHelp.ts';
import { plain } from '../plain.ts';
import type { Report } from '../report.ts';
import { t } from '../words.ts';
import { isWorkflow } from '../workflows/workflowHelp.ts';
import type { WorkflowHelp } from '../workflows/workflowHelp.ts';
import { cleaned, GraphPanel, openGraph } from './graphPanel.ts';
import { wordsOfPage } from './graphPage.ts';
import { outcomeItems, withOutcome } from './outcomes.ts';
import type { Chosen } from './outcomes.ts';

const stateSchema = z.object({ file: z.string(), play: z.string().transform((text, context) => { try { return JSON.parse(text) as unknown; } catch { context.addIssue('no JSON'); return z.NEVER; } }).pipe(playSchema.nullable()) });

interface Open { readonly uri: string; readonly panel: GraphPanel; play: Play | null; /** The last graph that could be made, and what was found with it. */ last: FileGraph | null }

export class FileGraphs implements vscode.Disposable {
  readonly #help: WorkflowHelp;
  readonly #report: Report;
  readonly #folder: vscode.Uri;
  readonly #open = new Map<string, Open>();
  readonly #listener: vscode.Disposable;

  constructor(help: WorkflowHelp, report: Report, extension: vscode.Uri) {
    this.#help = help;
    this.#report = report;
    this.#folder = extension;
    this.#listener = help.onDidChange(() => { for (const { panel } of this.#open.values()) panel.tellSoon(); });
  }

  /** `address`: of a workflow file; without it, the one in front. */
  async show(address: unknown, play: Play | null): Promise<void> {
    const uri = fileOf(address);
    if (uri === null) return;
    const there = this.#open.get(uri);
    if (there) {
      there.play = play;
      there.panel.reveal(true);
      return there.panel.tell();
    }
    this.#fill(uri, openGraph(titleOf(uri), 'beside'), play);
  }

  /** Takes a panel that the editor kept over a reload; false: it was not of a file. */
  adopt(panel: vscode.WebviewPanel, state: unknown): boolean {
    const parsed = stateSchema.safeParse(state);
    if (!parsed.success || this.#open.has(parsed.data.file)) return false;
    this.#fill(parsed.data.file, panel, parsed.data.play);
    return true;
  }

  dispose(): void {
    this.#listener.dispose();
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }

  #fill(uri: string, panel: vscode.WebviewPanel, play: Play | null): void {
    const open: Open = {
      uri, play, last: null, panel: new GraphPanel(panel, {
        folder: this.#folder, warn: (message) => this.#report.log.warn(message), closed: () => void this.#open.delete(uri), tell: () => this.#told(open), hear: (message) => this.#hear(open, message),
      }),
    };
    this.#open.set(uri, open);
  }

  async #told(open: Open): Promise<{ title: string; message: ToGraphPage }> {
    const found = await this.#help.graph({ uri: open.uri, play: open.play });
    // Half a line is no YAML for a moment: the last graph stays.
    if (found?.graph) open.last = found;
    const graph: Graph = open.last?.graph ? cleaned(open.last.graph) : { title: nameOf(open.uri), subtitle: '', live: false, nodes: [], edges: [] };
    const actions = [
      { id: 'dryRun', title: t('Dry Run'), pressed: open.play !== null },
      ...(open.play ? [{ id: 'chance', title: t('By Chance'), pressed: open.play.seed !== null }, ...(open.play.outcomes.length > 0 ? [{ id: 'reset', title: t('Reset'), pressed: false }] : [])] : []),
    ];
    return {
      title: titleOf(open.uri),
      message: {
        type: 'graph', graph: { ...graph, subtitle: plain(subtitleOf(found, open.play), 300) }, actions, state: { file: open.uri, play: JSON.stringify(open.play) },
        words: { ...wordsOfPage(), help: open.play ? t('Arrows move, Enter chooses what comes of a step') : t('Arrows move, Enter goes to the line') },
      },
    };
  }

  async #hear(open: Open, message: Exclude<FromGraphPage, { type: 'ready' }>): Promise<void> {
    if (message.type === 'action') {
      const { play } = open;
      if (message.id === 'dryRun') open.play = play ? null : { outcomes: [], seed: null };
      else if (message.id === 'chance' && play) open.play = { ...play, seed: (play.seed ?? 0) + 1 };
      else if (message.id === 'reset') open.play = { outcomes: [], seed: null };
      return open.panel.tell();
    }
    const node = open.last?.graph?.nodes.find(({ id }) => id === message.node);
    const step = open.last?.steps.find(({ id }) => id === message.node) ?? open.last?.steps.find(({ id }) => id === node?.parent);
    if (!node || !step) return;
    if (message.type === 'log' || !open.play) return goTo(open.uri, step.line);
    const chosen = await choose({ ...step, id: node.id }, node.title, open.play.outcomes);
    if (!chosen) return;
    if (chosen.kind === 'line') return goTo(open.uri, step.line);
    open.play = { ...open.play, outcomes: withOutcome(open.play.outcomes, node.id, chosen) };
    await open.panel.tell();
  }
}

async function choose(step: FileGraph['steps'][number], title: string, now: readonly string[]): Promise<Chosen | null> {
  const heading = t('Dry Run · {0}', plain(title, 60));
  const picked = await vscode.window.showQuickPick([...outcomeItems(step, now)], { title: heading, placeHolder: t('What comes of it?') });
  if (!picked || picked.asks === null) return picked?.chosen ?? null;
  const value = await vscode.window.showInputBox({ title: heading, prompt: t('Value of the output {0}', plain(picked.asks, 60)) });
  return value === undefined ? null : { kind: 'output', name: picked.asks, value };
}

/** The person's own click leads into the text. */
async function goTo(uri: string, line: number): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  const column = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri)?.viewColumn;
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(at, at), viewColumn: column ?? vscode.ViewColumn.One });
}

function fileOf(address: unknown): string | null {
  if (typeof address === 'string') return address;
  const document = vscode.window.activeTextEditor?.document;
  return document && isWorkflow(document) ? document.uri.toString() : null;
}

const nameOf = (uri: string): string => decodeURIComponent(uri.split('/').at(-1) ?? uri);
const titleOf = (uri: string): string => t('Graph: {0}', plain(nameOf(uri), 40));

/** What is the matter with the file, or how the dry run ended. */
function subtitleOf(found: FileGraph | null, play: Play | null): string {
  const [first] = found?.mistakes ?? [];
  if (!found) return t('cannot be read');
  if (first) return [found.mistakes.length === 1 ? t('1 mistake, line {0}: {1}', first.line, first.message) : t('{0} mistakes, the first in line {1}: {2}', found.mistakes.length, first.line, first.message), play ? t('a dry run needs a file without mistakes') : ''].filter(Boolean).join(' · ');
  if (!found.played || !play) return t('no mistakes');
  return [play.seed === null ? t('Dry run') : t('Dry run by chance {0}', play.seed), found.played.words, ...play.outcomes, ...found.played.refused].join(' · ');
}
