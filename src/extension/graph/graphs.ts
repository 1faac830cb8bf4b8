/**
 * Graphs of runs and of workflow files, whichever are asked for.
 * Owns: that what draws them is loaded with the first one, and whose a panel is that comes back after a reload. Refuses: to open one by itself.
 */
import * as vscode from 'vscode';
import type { Play } from '../../protocol/workflowHelp.ts';
import type { Report } from '../report.ts';
import type { Desk } from '../review/desk.ts';
import type { Row } from '../rows/row.ts';
import type { RunCommands } from '../runs/runCommands.ts';
import type { WorkflowHelp } from '../workflows/workflowHelp.ts';
import type { FileGraphs } from './fileGraphs.ts';
import { graphViewType } from './graphPage.ts';
import type { RunGraphs } from './runGraphs.ts';

interface Kinds { readonly runs: RunGraphs; readonly files: FileGraphs }

export class Graphs implements vscode.Disposable {
  readonly #make: () => Promise<Kinds>;
  readonly #serializer: vscode.Disposable;
  #kinds: Promise<Kinds> | undefined;

  constructor({ desk, runs, help, report, folder }: { readonly desk: Desk; readonly runs: RunCommands; readonly help: WorkflowHelp; readonly report: Report; readonly folder: vscode.Uri }) {
    this.#make = async () => {
      const [{ RunGraphs }, { FileGraphs }] = await Promise.all([import('./runGraphs.ts'), import('./fileGraphs.ts')]);
      return { runs: new RunGraphs(desk, runs, folder), files: new FileGraphs(help, report, folder) };
    };
    this.#serializer = vscode.window.registerWebviewPanelSerializer(graphViewType, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const kinds = await this.#loaded();
        if (!kinds.runs.adopt(panel, state) && !kinds.files.adopt(panel, state)) panel.dispose();
      },
    });
  }

  async showRun(row?: Row): Promise<void> {
    await (await this.#loaded()).runs.show(row);
  }

  async showFile(address: unknown, play: Play | null): Promise<void> {
    await (await this.#loaded()).files.show(address, play);
  }

  dispose(): void {
    this.#serializer.dispose();
    void this.#kinds?.then(({ runs, files }) => { runs.dispose(); files.dispose(); });
  }

  #loaded(): Promise<Kinds> {
    return (this.#kinds ??= this.#make());
  }
}
