/**
 * The extension's entry: puts the parts together and registers them.
 * Owns: nothing but that. Refuses: work of its own; whatever is heavy is loaded when it is first used.
 */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Display } from './display.ts';
import { Graphs } from './graph/graphs.ts';
import { NewTask } from './launch/newTask.ts';
import { Report } from './report.ts';
import { Decisions } from './review/decisions.ts';
import type { Desk } from './review/desk.ts';
import { EditedFiles } from './review/editedFiles.ts';
import { ReviewComments } from './review/reviewComments.ts';
import { Reviews } from './review/reviews.ts';
import { RevisionFiles } from './review/revisionFiles.ts';
import { showChanges } from './runs/attemptChanges.ts';
import { AttemptLogs } from './runs/attemptLogs.ts';
import { Repositories } from './runs/repositories.ts';
import { RunCommands } from './runs/runCommands.ts';
import { SecretKeys } from './secretKeys.ts';
import { ShowEvidence } from './testing/showEvidence.ts';
import { TestTree } from './testing/testTree.ts';
import { speakThrough } from './words.ts';
import { HeadLenses } from './workflows/headLenses.ts';
import { Triggers } from './workflows/triggers.ts';
import { WorkflowHelp, workflowLanguage } from './workflows/workflowHelp.ts';
import { wantedWorkflow } from './workflows/wantedWorkflow.ts';

export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  speakThrough((message, ...args) => vscode.l10n.t(message, ...args));
  const report = new Report();
  const keys = new SecretKeys(context);
  const repositories = new Repositories({
    // Loaded when a folder is looked at, after activation: they bring the schemas of everything that comes over the door.
    read: async (directory) => (await import('../client/readRuns.ts')).readRuns(directory),
    connect: async (options) => (await import('../client/connectEngine.ts')).connectEngine(options),
    engineBundle: join(context.extensionPath, 'dist', 'engine.js'), version: String((context.extension.packageJSON as { version: unknown }).version),
    log: (message) => report.log.info(message), keysFor: (task) => keys.ofLaunched(task),
  });
  const files = new RevisionFiles(repositories);
  const reviews = new Reviews(repositories, files, context.workspaceState);
  const comments = new ReviewComments(repositories, context.workspaceState);
  const desk: Desk = { repositories, reviews, comments, keys, report };
  const edits = new EditedFiles(desk, context.workspaceState);
  const decisions = new Decisions(desk, edits);
  const runs = new RunCommands(desk);
  const logs = new AttemptLogs(desk, files, runs);
  const tests = new TestTree(repositories, report);
  const evidence = new ShowEvidence(desk, runs, tests);
  const triggers = new Triggers(desk);
  const help = new WorkflowHelp(report, context.extensionPath);
  const graphs = new Graphs({ desk, runs, help, report, folder: context.extensionUri });
  const newTask = new NewTask(desk, context.workspaceState);

  const commands: Readonly<Record<string, (argument: never) => unknown>> = {
    'treeline.task.new': () => newTask.open(),
    'treeline.review.next': () => decisions.next(),
    'treeline.review.open': (row) => decisions.open(row),
    'treeline.review.openNewest': () => decisions.openNewest(),
    'treeline.review.nextPage': () => decisions.nextPage(),
    'treeline.review.passed': () => decisions.showPassed(),
    'treeline.review.approve': (row) => decisions.approve(row),
    'treeline.review.requestChanges': (row) => decisions.requestChanges(row),
    'treeline.review.requestChangesHere': () => decisions.requestChanges(),
    'treeline.review.reject': (row) => decisions.reject(row),
    'treeline.review.edit': (row) => edits.open(row),
    'treeline.edit.send': () => edits.sendActive(),
    // The editor's own command is off in a multi-file diff (its context key is not set there), but does its work when it is called.
    'treeline.comment.here': () => vscode.commands.executeCommand('workbench.action.addComment'),
    'treeline.comment.add': (reply) => comments.add(reply),
    'treeline.comment.addAndRequest': async (reply) => {
      await comments.add(reply);
      await decisions.requestChanges();
    },
    'treeline.comment.delete': (remark) => comments.delete(remark),
    'treeline.comment.edit': (remark) => comments.edit(remark),
    'treeline.comment.saveEdit': (remark) => comments.saveEdit(remark),
    'treeline.comment.cancelEdit': (remark) => comments.cancelEdit(remark),
    'treeline.comment.adopt': (thread) => comments.adopt(thread),
    'treeline.comment.resolve': (thread) => comments.resolve(thread),
    'treeline.run.cancel': (row) => runs.cancel(row),
    'treeline.run.retry': (row) => runs.retry(row),
    'treeline.run.rerun': (row) => runs.rerun(row),
    'treeline.run.waive': (row) => runs.waive(row),
    'treeline.run.log': (row) => logs.open(row),
    'treeline.run.evidence': (thing) => evidence.open(thing),
    'treeline.run.tests': (row) => evidence.reveal(row),
    'treeline.run.changes': (row) => showChanges(desk, files, runs, row),
    'treeline.run.graph': (row) => graphs.showRun(row),
    'treeline.run.openWorktree': (row) => runs.openWorktree(row),
    'treeline.trigger.arm': (row) => triggers.act('arm', row),
    'treeline.trigger.pause': (row) => triggers.act('pause', row),
    'treeline.trigger.resume': (row) => triggers.act('resume', row),
    'treeline.trigger.disarm': (row) => triggers.act('disarm', row),
    'treeline.workflow.run': (address) => newTask.open(wantedWorkflow(address)),
    'treeline.workflow.dryRun': (address) => graphs.showFile(address, { outcomes: [], seed: null }),
    'treeline.workflow.graph': (address) => graphs.showFile(address, null),
    'treeline.keys.set': (row) => setKey(desk, runs, row),
    'treeline.showLog': () => report.log.show(),
    'treeline.walkthrough': () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#treeline.start`, false),
  };
  context.subscriptions.push(
    report, repositories, files, reviews, comments, edits, logs, tests, graphs, help, triggers, new Display(repositories),
    vscode.languages.registerCodeLensProvider({ scheme: 'file', language: workflowLanguage }, new HeadLenses()),
    reviews.onDidOpen(({ view, checkpoint }) => void comments.show(view, checkpoint)), reviews.onDidClose(({ task, checkpoint }) => comments.hide(task, checkpoint)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void vscode.commands.executeCommand('setContext', 'treeline.restricted', false)),
    // A row, a review's title button and the palette call alike; buttons of an editor hand over its address, which is no row.
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, (argument: unknown) => (needTrust(id) && !vscode.workspace.isTrusted ? askForTrust() : run((argument instanceof vscode.Uri ? undefined : argument) as never)))),
  );
  // Not the editor's own key in `enablement`: after a reload it comes seconds later, and keys would do nothing meanwhile.
  void vscode.commands.executeCommand('setContext', 'treeline.restricted', !vscode.workspace.isTrusted);
  report.log.info(`Treeline was put together in ${(performance.now() - began).toFixed(1)} ms`);
}

const needTrust = (id: string): boolean => !['treeline.showLog', 'treeline.walkthrough', 'treeline.run.log', 'treeline.run.evidence', 'treeline.run.tests', 'treeline.run.graph', 'treeline.workflow.dryRun', 'treeline.workflow.graph'].includes(id) && !id.startsWith('treeline.comment.');

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('This folder is in Restricted Mode: nothing is started in it until you trust it.'), manage);
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}

/** A key that a run waits for lets it go on. */
async function setKey({ keys, report }: Desk, runs: RunCommands, row: Parameters<RunCommands['retry']>[0]): Promise<void> {
  if (!(await keys.set())) return;
  report.said(vscode.l10n.t('Key stored.'));
  if (row) await runs.retry(row);
}
