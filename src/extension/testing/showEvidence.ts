/**
 * From a row, a review or the palette to what its verdict stands on: EVIDENCE.md, or its node in Test Explorer.
 * Owns: which verdict a row means. Refuses: to open either by itself.
 */
import * as vscode from 'vscode';
import type { Judged } from '../../client/readJudged.ts';
import type { RunView } from '../../protocol/runView.ts';
import { withoutIcons } from '../plain.ts';
import type { Desk } from '../review/desk.ts';
import { addressOf } from '../review/revision.ts';
import type { Row } from '../rows/row.ts';
import { judgementLine } from '../rows/verdictWords.ts';
import type { RunCommands } from '../runs/runCommands.ts';
import { evidenceMark, whereLine } from './provenTests.ts';
import type { TestTree } from './testTree.ts';

export class ShowEvidence {
  readonly #desk: Desk;
  readonly #runs: RunCommands;
  readonly #tree: TestTree;

  constructor(desk: Desk, runs: RunCommands, tree: TestTree) {
    this.#desk = desk;
    this.#runs = runs;
    this.#tree = tree;
  }

  /** The newest verdict of the row's step; of Test Explorer's item its own; from the palette the person picks one. */
  async open(thing?: Row | vscode.TestItem): Promise<void> {
    const item = thing && 'children' in thing && !('about' in thing) ? this.#tree.aboutItem(thing) : undefined;
    const row = thing && 'about' in thing ? thing : undefined;
    const view = item ? this.#desk.repositories.view(item.task) : await this.#pickRun(row);
    const repository = view && this.#desk.repositories.of(view.task);
    if (!view || !repository) return;
    try {
      const { readJudged } = await import('../../client/readJudged.ts');
      const judged = item?.judged ?? await this.#pick(view, await readJudged(repository.directory, view.task), row?.about.at ?? null);
      if (!judged) return;
      const uri = vscode.Uri.from(addressOf('EVIDENCE.md', { show: 'evidence', task: view.task, commit: judged.evidence.commit, of: judged.evidence.id, side: 'old' }));
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    } catch (error) {
      await this.#desk.report.error(vscode.l10n.t('The evidence could not be read'), error);
    }
  }

  async reveal(row?: Row): Promise<void> {
    const view = await this.#pickRun(row);
    if (view && !(await this.#tree.lookAt(view.task, row?.about.at ?? null))) this.#none();
  }

  #pickRun(row: Row | undefined): Promise<RunView | undefined> {
    return this.#runs.pick(row, vscode.l10n.t('The evidence of which task?'), (view) => evidenceMark(view) !== '');
  }

  async #pick(view: RunView, all: readonly Judged[], at: string | null): Promise<Judged | undefined> {
    const own = all.filter((judged) => judged.at === at || judged.at.startsWith(`${at ?? ''}/`));
    // A checkpoint or a merge stands on what was found of the candidate.
    const newest = own.at(-1) ?? all.findLast(({ of }) => of === 'candidate');
    if (at !== null || all.length <= 1) return (at === null ? all[0] : newest) ?? this.#none();
    const choices = all.toReversed().map((judged) => ({ label: withoutIcons(whereLine(judged)), description: judgementLine(judged.evidence), judged }));
    return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Show Evidence · {0}', withoutIcons(view.title)) }))?.judged;
  }

  #none(): undefined {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing has been judged there yet.'));
  }
}
