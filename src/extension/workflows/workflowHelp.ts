/**
 * The client of the program that helps to write workflow files: mistakes, quick fixes, completion and hover come through the editor's
 * own language client.
 * Owns: when that program is started (a workflow file is open) and what else is asked of it. Refuses: to start it for nothing; to show
 * anything by itself: what goes wrong with it is in the log.
 */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { FileGraph, FileGraphParams } from '../../protocol/workflowHelp.ts';
import type { Report } from '../report.ts';

export const workflowLanguage = 'treeline-workflow';
const projectFile = '**/.treeline/project.yaml';

export class WorkflowHelp implements vscode.Disposable {
  readonly #report: Report;
  readonly #extension: string;
  readonly #listener: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<void>();
  #client: Promise<LanguageClient> | undefined;
  /** A workflow file was typed in, or changed on disk. */
  readonly onDidChange = this.#changed.event;

  constructor(report: Report, extensionPath: string) {
    this.#report = report;
    this.#extension = extensionPath;
    const startFor = (document: vscode.TextDocument): void => { if (isWorkflow(document) || isProjectFile(document)) void this.#started(); };
    this.#listener = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument(startFor),
      vscode.workspace.onDidChangeTextDocument(({ document }) => { if (isWorkflow(document)) this.#changed.fire(); }),
    );
    vscode.workspace.textDocuments.forEach(startFor);
  }

  /** Null: it is no workflow file, or no help is to be had (the log says why). */
  async graph(params: FileGraphParams): Promise<FileGraph | null> {
    try {
      const [client, { fileGraphRequest, fileGraphSchema }] = await Promise.all([this.#started(), import('../../protocol/workflowHelp.ts')]);
      return fileGraphSchema.nullable().parse(await client.sendRequest(fileGraphRequest, params));
    } catch (error) {
      this.#report.log.warn(`the graph of ${params.uri} could not be made: ${String(error)}`);
      return null;
    }
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
    void this.#client?.then((client) => client.dispose()).catch(() => undefined);
  }

  #started(): Promise<LanguageClient> {
    this.#client ??= this.#start().catch((error: unknown) => {
      this.#report.log.error(`help for workflow files could not be started: ${String(error)}`);
      this.#client = undefined;
      throw error;
    });
    // Whoever only wants it to be there is told by the log.
    this.#client.catch(() => undefined);
    return this.#client;
  }

  async #start(): Promise<LanguageClient> {
    // Loaded with the first workflow file: it is as large as the rest of the extension.
    const { LanguageClient, RevealOutputChannelOn, TransportKind } = await import('vscode-languageclient/node');
    const watcher = vscode.workspace.createFileSystemWatcher('**/.treeline/workflows/*.{yaml,yml}');
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) event(() => this.#changed.fire());
    const client = new LanguageClient('treeline.workflows', 'Treeline Workflows', { module: join(this.#extension, 'dist', 'workflowServer.js'), transport: TransportKind.ipc }, {
      documentSelector: [{ scheme: 'file', language: workflowLanguage }, { scheme: 'file', pattern: projectFile }], synchronize: { fileEvents: watcher }, outputChannel: this.#report.log, revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
    });
    await client.start();
    return client;
  }
}

function isProjectFile(document: vscode.TextDocument): boolean {
  return vscode.languages.match({ scheme: 'file', pattern: projectFile }, document) > 0;
}

export function isWorkflow(document: vscode.TextDocument): boolean {
  return document.languageId === workflowLanguage && document.uri.scheme === 'file';
}
