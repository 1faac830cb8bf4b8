/**
 * What an attempt changed, as a multi-file diff of two commits that never moves.
 * Owns: which attempt a step's newest work is. Refuses: to show a worktree: agents write there while somebody reads.
 */
import * as vscode from 'vscode';
import { plain } from '../plain.ts';
import { byRisk } from '../review/changedFile.ts';
import { compare } from '../review/compared.ts';
import type { Desk } from '../review/desk.ts';
import type { RevisionFiles } from '../review/revisionFiles.ts';
import type { Row } from '../rows/row.ts';
import type { RunCommands } from './runCommands.ts';

export async function showChanges(desk: Desk, files: RevisionFiles, runs: RunCommands, row?: Row): Promise<void> {
  const done = (step: { readonly attempts: readonly { readonly commit: string | null }[] }): boolean => step.attempts.some((attempt) => attempt.commit !== null);
  const view = await runs.pick(row, vscode.l10n.t('The changes of which task?'), (candidate) => candidate.steps.some(done));
  const repository = view && desk.repositories.of(view.task);
  if (!view || !repository) return;
  const steps = view.steps.filter((step) => done(step) && (row?.about.at == null || step.id === row.about.at || step.parent === row.about.at));
  const step = steps.length <= 1 ? steps[0] : (await vscode.window.showQuickPick(steps.map((one) => ({ label: plain(one.title, 80), description: plain(one.id, 60), one })), { title: vscode.l10n.t('Show Changes') }))?.one;
  const attempt = step?.attempts.findLast((candidate) => candidate.commit !== null);
  if (!step || attempt?.commit == null) return steps.length === 0 ? void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was changed there yet.')) : undefined;
  try {
    const pair = { task: view.task, of: `${step.id}#${attempt.n}`, from: attempt.start, to: attempt.commit };
    const compared = byRisk(await repository.ask('changes', { from: pair.from, to: pair.to })).map((file) => compare(pair, file));
    await files.preload(compared.flatMap(([, old, now]) => [old, now].filter((uri) => uri !== undefined)));
    await vscode.commands.executeCommand('vscode.changes', vscode.l10n.t('{0}, attempt {1}', plain(step.title, 60), attempt.n), compared);
  } catch (error) {
    await desk.report.error(vscode.l10n.t('The changes could not be read'), error);
  }
}
