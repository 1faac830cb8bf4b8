/**
 * Evidence in Test Explorer: run → gate → test, read when somebody opens a node.
 * Owns: the test controller, which is there while a run has evidence, and the results that fill it. Refuses: to run a test, to open a view,
 * to take the focus, and to read anything before somebody looks.
 */
import * as vscode from 'vscode';
import type { Judged } from '../../client/readJudged.ts';
import type { RunView } from '../../protocol/runView.ts';
import { line } from '../figures.ts';
import { plain, plainLines } from '../plain.ts';
import type { Report } from '../report.ts';
import { addressOf } from '../review/revision.ts';
import { runWord } from '../rows/stateWords.ts';
import type { Repositories } from '../runs/repositories.ts';
import { evidenceMark, gateNodes, provenRuns, testNodes, whereLine, worktreeOf, type GateNode, type TestNode } from './provenTests.ts';
import { documentOf, logOf } from './readProof.ts';

/** Also in package.json. */
const controllerId = 'treeline.evidence';
const pauseMs = 300;

interface OpenRun { readonly item: vscode.TestItem; /** The evidence that its gates were read for; null: nobody has opened it. */ mark: string | null; gates: readonly GateNode[]; all: readonly Judged[]; reading: Promise<void> }

export class TestTree implements vscode.Disposable {
  readonly #repositories: Repositories;
  readonly #report: Report;
  readonly #listener: vscode.Disposable;
  readonly #runs = new Map<string, OpenRun>();
  #controller: vscode.TestController | undefined;
  /** Whether the editor has asked for the first level. */
  #asked = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(repositories: Repositories, report: Report) {
    this.#repositories = repositories;
    this.#report = report;
    this.#listener = repositories.onDidChange(() => {
      this.#timer ??= setTimeout(() => this.#follow(), pauseMs);
    });
  }

  /** Brings the run's newest verdict of a unit or step into sight, because a person asked for it. False: there is none. */
  async lookAt(task: string, at: string | null): Promise<boolean> {
    this.#asked = true;
    this.#follow();
    const run = this.#runs.get(task);
    if (!run) return false;
    await this.#openRun(task, run);
    const fitting = run.gates.find(({ judged }) => at !== null && (judged.at === at || judged.at.startsWith(`${at}/`))) ?? run.gates.find(({ judged }) => judged.of === 'candidate') ?? run.gates[0];
    await vscode.commands.executeCommand('vscode.revealTestInExplorer', fitting ? run.item.children.get(fitting.id) ?? run.item : run.item);
    return true;
  }

  /** What an item of the tree is about; undefined: it is none of ours. */
  aboutItem(item: vscode.TestItem): { readonly task: string; readonly judged: Judged | null } | undefined {
    const chain: vscode.TestItem[] = [];
    for (let one: vscode.TestItem | undefined = item; one; one = one.parent) chain.unshift(one);
    const [top, below] = chain;
    const run = top && this.#runs.get(top.id);
    return run && run.item === top ? { task: top.id, judged: run.gates.find(({ id }) => id === below?.id)?.judged ?? null } : undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listener.dispose();
    this.#forget();
  }

  #follow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { shown, left } = provenRuns(this.#repositories.views);
    if (shown.length === 0) return this.#forget();
    this.#controller ??= this.#open();
    if (this.#asked) this.#fillRuns(this.#controller, shown, left);
  }

  #open(): vscode.TestController {
    const controller = vscode.tests.createTestController(controllerId, 'Treeline');
    controller.resolveHandler = async (item) => {
      if (!item) {
        this.#asked = true;
        return this.#follow();
      }
      const run = this.#runs.get(item.parent?.id ?? item.id);
      if (run?.item === item) await this.#openRun(item.id, run);
      else if (run) await this.#openGate(item, run);
    };
    return controller;
  }

  #forget(): void {
    this.#controller?.dispose();
    this.#controller = undefined;
    this.#asked = false;
    this.#runs.clear();
  }

  #fillRuns(controller: vscode.TestController, views: readonly RunView[], left: number): void {
    const known = new Set(views.map(({ task }) => task));
    for (const task of this.#runs.keys()) if (!known.has(task)) this.#runs.delete(task);
    const items = views.map((view, index) => {
      const run = this.#runs.get(view.task) ?? this.#newRun(controller, view.task);
      // All of it in the label: where an item has a description, screen readers hear that and not its label.
      run.item.label = line(plain(view.title, 100), runWord(view));
      run.item.sortText = sortText(index);
      if (run.mark !== null && run.mark !== evidenceMark(view)) void this.#openRun(view.task, run);
      return run.item;
    });
    controller.items.replace(left > 0 ? [...items, moreItem(controller, left)] : items);
  }

  #newRun(controller: vscode.TestController, task: string): OpenRun {
    const item = controller.createTestItem(task, task);
    item.canResolveChildren = true;
    const run: OpenRun = { item, mark: null, gates: [], all: [], reading: Promise.resolve() };
    this.#runs.set(task, run);
    return run;
  }

  /** One reading at a time. Never rejects: what went wrong stands at the node. */
  #openRun(task: string, run: OpenRun): Promise<void> {
    run.reading = run.reading.then(() => this.#readRun(task, run)).catch((error: unknown) => this.#say(run.item, error));
    return run.reading;
  }

  async #readRun(task: string, run: OpenRun): Promise<void> {
    const [repository, view] = [this.#repositories.of(task), this.#repositories.view(task)];
    if (!repository || !view || run.mark === evidenceMark(view)) return;
    run.mark = evidenceMark(view);
    const { readJudged } = await import('../../client/readJudged.ts');
    run.all = await readJudged(repository.directory, task);
    const controller = this.#controller;
    if (!controller) return;
    const { shown, left } = gateNodes(run.all);
    run.gates = shown;
    const fresh = new Map<GateNode, vscode.TestItem>();
    const items = shown.map((node, index) => {
      const item = run.item.children.get(node.id) ?? controller.createTestItem(node.id, '');
      if (item.parent === undefined) fresh.set(node, item);
      item.label = line(node.label, node.description);
      item.canResolveChildren = true;
      item.sortText = sortText(index);
      return item;
    });
    run.item.children.replace(left > 0 ? [...items, moreItem(controller, left)] : items);
    if (fresh.size > 0) this.#giveGates(controller, run, fresh);
    // Red that was repaired is drawn as what it was, not as what is.
    controller.invalidateTestResults(shown.flatMap((node) => (node.superseded ? run.item.children.get(node.id) ?? [] : [])));
  }

  #giveGates(controller: vscode.TestController, run: OpenRun, fresh: ReadonlyMap<GateNode, vscode.TestItem>): void {
    const results = this.#results(controller, [...fresh.values()], run.item.label);
    for (const [node, item] of fresh) {
      results.appendOutput(`${line(node.label, node.description)}\r\n`, undefined, item);
      giveGate(results, item, node);
    }
    results.end();
  }

  async #openGate(item: vscode.TestItem, run: OpenRun): Promise<void> {
    const [node, controller, view, repository] = [run.gates.find(({ id }) => id === item.id), this.#controller, this.#repositories.view(run.item.id), this.#repositories.of(run.item.id)];
    if (!node || !controller || !view || !repository) return;
    try {
      const document = await documentOf(repository.directory, node.judged);
      const log = await logOf(repository.directory, node.gate);
      const { shown, left } = testNodes(document?.gates.find(({ id }) => id === node.gate.id)?.tests ?? [], node.gate, node.judged.evidence);
      const addresses = await this.#addresses(view, node, run, shown);
      const tests = shown.map((test, index) => testItem(controller, test, index, addresses.get(test.place?.file ?? '')));
      item.children.replace(left > 0 ? [...tests, moreItem(controller, left)] : tests);
      item.error = document ? undefined : vscode.l10n.t('No document of it is kept any more: what follows is what the journal has, with the first failures only.');
      const results = this.#results(controller, [item], line(node.label, whereLine(node.judged)));
      results.appendOutput(outputOf(node, log));
      giveGate(results, item, node);
      for (const [index, test] of shown.entries()) if (tests[index]) give(results, tests[index], test, addresses.get(test.place?.file ?? '') ?? null);
      results.end();
      if (node.superseded) controller.invalidateTestResults(item);
    } catch (error) {
      this.#say(item, error);
    }
  }

  /** File of a test → where it is shown: in the worktree while the work is there, else as it was judged. */
  async #addresses(view: RunView, { judged }: GateNode, run: OpenRun, tests: readonly TestNode[]): Promise<ReadonlyMap<string, vscode.Uri>> {
    const worktree = worktreeOf(view, judged, run.all);
    const files = [...new Set(tests.flatMap(({ place }) => place?.file ?? []))];
    return new Map(await Promise.all(files.map(async (file) => {
      const frozen = vscode.Uri.from(addressOf(file, { show: 'file', task: view.task, commit: judged.evidence.commit, of: judged.evidence.id, side: 'old' }));
      if (worktree === null) return [file, frozen] as const;
      const there = vscode.Uri.joinPath(vscode.Uri.file(worktree), file);
      return [file, await vscode.workspace.fs.stat(there).then(() => there, () => frozen)] as const;
    })));
  }

  /**
   * `preserveFocus` keeps every view closed, whatever the person set for tests that they run; `continuous` does the same for the box that would
   * open over a failing line; not persisted, for the editor would bring results back for which there is no item yet.
   */
  #results(controller: vscode.TestController, items: readonly vscode.TestItem[], name: string): vscode.TestRun {
    return controller.createTestRun(new vscode.TestRunRequest(items, undefined, undefined, true, true), name, false);
  }

  #say(item: vscode.TestItem, error: unknown): void {
    this.#report.log.error(String(error));
    item.error = vscode.l10n.t('The evidence could not be read: {0}', plain(error instanceof Error ? error.message : String(error), 300));
  }
}

const sortText = (index: number): string => String(index).padStart(6, '0');

function moreItem(controller: vscode.TestController, left: number): vscode.TestItem {
  const item = controller.createTestItem('\u{10ffff}more', vscode.l10n.t('… and {0} more, not shown', left));
  item.sortText = 'more';
  return item;
}

function testItem(controller: vscode.TestController, test: TestNode, index: number, uri: vscode.Uri | undefined): vscode.TestItem {
  const item = controller.createTestItem(test.id, line(test.description, test.label, test.from), uri);
  item.sortText = sortText(index);
  if (uri && test.place) item.range = rangeOf(test.place.line);
  return item;
}

const rangeOf = (at: number | null): vscode.Range => new vscode.Range((at ?? 1) - 1, 0, (at ?? 1) - 1, 0);

/** What was superseded does not count: red that was repaired would make its whole run look red. */
function giveGate(results: vscode.TestRun, item: vscode.TestItem, node: GateNode): void {
  if (node.superseded) results.skipped(item);
  else give(results, item, node, null);
}

/** Puts what became of it at the item. */
function give(results: vscode.TestRun, item: vscode.TestItem, node: GateNode | TestNode, uri: vscode.Uri | null): void {
  switch (node.outcome) {
    case 'passed': return results.passed(item, 'gate' in node ? node.gate.evidence.durationMs : undefined);
    case 'skipped': return results.skipped(item);
    case 'failed': return results.failed(item, messageOf(node, uri));
    case 'errored': return results.errored(item, messageOf(node, uri));
  }
}

function messageOf(node: GateNode | TestNode, uri: vscode.Uri | null): vscode.TestMessage {
  const compared = 'compared' in node ? node.compared : null;
  const text = node.message || node.description;
  const message = compared ? vscode.TestMessage.diff(text, compared.expected, compared.actual) : new vscode.TestMessage(text);
  if (uri && 'place' in node && node.place) message.location = new vscode.Location(uri, rangeOf(node.place.line));
  return message;
}

/** Of the kept log its end; of a run that was taken from the cache the last lines that the journal has. A terminal wants CRLF. */
function outputOf({ gate, label, description }: GateNode, log: { readonly text: string; readonly cut: boolean } | null): string {
  const head = [line(label, description), ...(log === null ? [gate.evidence.cached ? vscode.l10n.t('Taken from the cache; its last lines:') : vscode.l10n.t('No log is kept; its last lines:')] : log.cut ? [vscode.l10n.t('Only the end of the log is shown.')] : [])];
  return `${[...head, '', plainLines(log?.text ?? gate.evidence.tail)].join('\n')}\n`.replaceAll('\n', '\r\n');
}
