/**
 * New Task: one box, a sentence, Enter. Workflow, agents and base stand in its title, specifications below it; all are changed by its buttons.
 * Owns: the way from the keystroke to the engine's `launch`. Refuses: to run a repository's commands that the person has not
 * seen and trusted; to lose the sentence when something else is needed first.
 */
import * as vscode from 'vscode';
import type { Launch } from '../../protocol/messages.ts';
import { personHere } from '../person.ts';
import { plain } from '../plain.ts';
import type { Desk } from '../review/desk.ts';
import { codeOf } from '../runs/repository.ts';
import type { Repository } from '../runs/repository.ts';
import { chooseAgents, chooseBase, chooseSpecs, chooseUpstream, chooseWorkflow } from './choices.ts';
import { askInputs } from './askInputs.ts';
import { agentsOf, launchPrompt, launchTitle, readChoice, workflowOf } from './launchChoice.ts';
import { trustedByPerson } from './trusting.ts';
import type { Inspection, LaunchChoice } from './launchChoice.ts';
import { SpecChoice, specsText } from './specChoice.ts';
import type { UpstreamChoice } from './upstreamChoice.ts';

const place = 'treeline.launchChoice';

export class NewTask {
  readonly #desk: Desk;
  readonly #state: vscode.Memento;
  /** A sentence that did not become a task yet. */
  #text = '';

  constructor(desk: Desk, state: vscode.Memento) {
    this.#desk = desk;
    this.#state = state;
  }

  /** `workflow`: id of the one that is chosen already, and where it is written. */
  async open(workflow?: WantedWorkflow): Promise<void> {
    await this.#desk.repositories.ready;
    const repository = await this.#repository(workflow);
    if (!repository) return;
    const choice = readChoice(this.#state.get(place));
    const form = new Form(this.#desk, repository, workflow ? { ...choice, workflow: workflow.id } : choice, workflow);
    await vscode.commands.executeCommand('setContext', 'treeline.task.editing', true);
    const accepted = await form.ask(this.#text);
    await vscode.commands.executeCommand('setContext', 'treeline.task.editing', false);
    this.#text = form.text;
    await this.#state.update(place, form.choice);
    if (accepted) await this.#launch(repository, form.choice, accepted);
  }

  async #launch(repository: Repository, choice: LaunchChoice, { request, inspection, specs, upstream: chosen }: Accepted): Promise<void> {
    const { repositories, keys, report } = this.#desk;
    const base = choice.base ?? await repository.branch();
    const wanted = workflowOf(choice, inspection)?.id ?? null;
    const upstream = chosen && { task: chosen.task, how: chosen.how };
    const seen = await repository.ask('inspect', { base, workflow: wanted, upstream }).catch((error: unknown) => void report.error(vscode.l10n.t('The task was not started'), error));
    if (!seen || !(await trustedByPerson(seen, vscode.l10n.t('Trust and Run')))) return;
    const inputs = await askInputs(seen.workflow?.inputs ?? {});
    if (!inputs) return;
    const launch: Launch = {
      request, workflow: wanted, base, specs, inputs, agents: agentsOf(choice, inspection.sample),
      budget: { usd: ownSetting('budget.maxUsdPerTask'), minutes: ownSetting('budget.maxMinutesPerTask') }, yes: [],
      sandbox: ownSetting('sandbox.mode'), trust: seen.trusted ? null : seen.content.hash, workflowTrust: seen.workflow?.trusted === false ? seen.workflow.hash : null, keys: await keys.all(), by: personHere(), upstream,
    };
    try {
      const { task } = await vscode.window.withProgress({ location: { viewId: 'treeline.runs' } }, () => repository.ask('launch', launch));
      this.#text = '';
      await keys.remember(task);
      const view = await repository.ask('show', { task });
      repository.take(view);
      report.said(repositories.views.filter((view) => view.state === 'running').length > 1 ? vscode.l10n.t('Task started, in parallel with the others: {0}', plain(request, 60)) : vscode.l10n.t('Task started: {0}', plain(request, 60)));
      if (view.budget.usd !== null && view.unpriced.length > 0) report.said(vscode.l10n.t('The price of {0} is not known: the limit of {1} holds by an estimate.', plain(view.unpriced.map(({ agent }) => agent).join(', '), 100), `$${view.budget.usd}`));
      if (view.notes.length > 0) report.said(plain(view.notes.join(' '), 400));
    } catch (error) {
      const setKey = vscode.l10n.t('Set Key…');
      const keyless = codeOf(error) === 'no-agent';
      const chosen = await report.error(vscode.l10n.t('The task was not started'), error, ...(keyless ? [setKey] : []));
      if (chosen === setKey && (await keys.set())) await this.open();
    }
  }

  async #repository(workflow?: WantedWorkflow): Promise<Repository | undefined> {
    const { repositories } = this.#desk;
    const all = repositories.repositories.filter((repository) => repository.standing === 'ready');
    const around = all.filter(({ directory }) => workflow?.path.startsWith(directory) === true && /^[\\/]/.test(workflow.path.slice(directory.length)));
    const usable = around.length > 0 ? around : all;
    if (usable.length <= 1) {
      if (usable.length === 0) void this.#noRepository();
      return usable[0];
    }
    const names = usable.map((repository) => ({ label: repository.directory.split(/[/\\]/).at(-1) ?? repository.directory, description: repository.directory, repository }));
    return (await vscode.window.showQuickPick(names, { title: vscode.l10n.t('New Task'), placeHolder: vscode.l10n.t('In which repository?') }))?.repository;
  }

  async #noRepository(): Promise<void> {
    if ((vscode.workspace.workspaceFolders ?? []).length === 0) {
      const open = vscode.l10n.t('Open Folder');
      if ((await vscode.window.showInformationMessage(vscode.l10n.t('A task needs a folder with a git repository. No folder is open.'), open)) === open) await vscode.commands.executeCommand('vscode.openFolder');
      return;
    }
    const initialize = vscode.l10n.t('Initialize Repository');
    const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('A task needs a git repository, and this folder is in none.'), initialize);
    if (chosen === initialize) await vscode.commands.executeCommand('git.init');
  }
}

/** Only what the person set here, never a default of the manifest: what is not said counts as the settings file of the command line has it. */
function ownSetting<Value>(name: string): Value | null {
  return vscode.workspace.getConfiguration('treeline').inspect<Value>(name)?.globalValue ?? null;
}

/** A workflow of a file that the person has in front of them. `path`: absolute. */
export interface WantedWorkflow { readonly id: string; readonly path: string }

interface Accepted { readonly request: string; readonly inspection: Inspection; readonly specs: string[]; readonly upstream: UpstreamChoice | null }

/** One showing of the box: it stays, with its text, while a pick list of a button is in front. */
class Form {
  text = '';
  choice: LaunchChoice;
  #upstream: UpstreamChoice | null = null;
  readonly #desk: Desk;
  readonly #repository: Repository;
  readonly #box = vscode.window.createInputBox();
  readonly #workflow = { iconPath: new vscode.ThemeIcon('type-hierarchy-sub'), tooltip: vscode.l10n.t('Change Workflow') };
  readonly #agents = { iconPath: new vscode.ThemeIcon('hubot'), tooltip: vscode.l10n.t('Change Agents') };
  readonly #base = { iconPath: new vscode.ThemeIcon('git-branch'), tooltip: vscode.l10n.t('Change Base') };
  readonly #tasks = { iconPath: new vscode.ThemeIcon('link'), tooltip: vscode.l10n.t('Start After, or Stand On, Another Task') };
  readonly #specs: SpecChoice;
  readonly #wanted: WantedWorkflow | undefined;
  #inspection: Inspection | null = null;
  #specsButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('book') };
  #inspecting: Promise<void> = Promise.resolve();
  #choosing = false;

  constructor(desk: Desk, repository: Repository, choice: LaunchChoice, wanted?: WantedWorkflow) {
    this.#desk = desk;
    this.#repository = repository;
    this.choice = choice;
    this.#wanted = wanted;
    this.#specs = new SpecChoice(async ({ request, picked }) => {
      await this.#inspecting;
      if (!this.#inspection) throw new Error('the repository cannot be looked at');
      const { base, sample } = this.#inspection;
      const workflow = workflowOf(this.choice, this.#inspection)?.id;
      const keyNames = Object.keys(await desk.keys.all());
      return repository.ask('specs', { base: base.commit, request, specs: [...(picked ?? [])], agents: agentsOf(this.choice, sample), keyNames, since: null, requirements: false, ...(workflow === undefined ? {} : { workflow }) });
    }, () => this.#draw());
  }

  async ask(text: string): Promise<Accepted | null> {
    const box = this.#box;
    box.value = text;
    box.placeholder = vscode.l10n.t('What should be done? One sentence is enough.');
    box.ignoreFocusOut = true;
    this.#inspect();
    try {
      return await new Promise<Accepted | null>((resolve) => {
        box.onDidTriggerButton((button) => void this.#change(button));
        // Enter and whatever opens over the box right after it may arrive together: what was accepted counts.
        let accepting: Promise<void> = Promise.resolve();
        box.onDidHide(() => {
          if (!this.#choosing) void accepting.then(() => resolve(null));
        });
        box.onDidAccept(() => { accepting = this.#accept().then((accepted) => { if (accepted) resolve(accepted); }); });
        box.onDidChangeValue((value) => {
          this.text = value;
          box.validationMessage = undefined;
          this.#specs.typed(value);
        });
        this.text = text;
        this.#specs.typed(text);
        this.#draw();
        box.show();
      });
    } finally {
      this.#specs.dispose();
      box.dispose();
    }
  }

  async #accept(): Promise<Accepted | null> {
    const request = this.#box.value.trim();
    if (request === '') {
      this.#box.validationMessage = { message: vscode.l10n.t('Say what should be done.'), severity: vscode.InputBoxValidationSeverity.Info };
      return null;
    }
    this.#box.enabled = false;
    await this.#inspecting;
    this.#box.enabled = true;
    if (this.#inspection && this.#saysOfWanted(this.#inspection)) return null;
    return this.#inspection && { request, inspection: this.#inspection, specs: this.#specs.choiceFor(request), upstream: this.#upstream };
  }

  async #change(button: vscode.QuickInputButton): Promise<void> {
    this.#choosing = true;
    await this.#inspecting;
    const before = this.choice.base, below = this.#upstream;
    if (this.#inspection && button === this.#workflow) this.choice = await chooseWorkflow(this.choice, this.#inspection);
    if (this.#inspection && button === this.#agents) this.choice = await chooseAgents(this.choice, this.#inspection);
    if (button === this.#base) this.choice = await chooseBase(this.choice, this.#repository.directory);
    if (button === this.#tasks) this.#upstream = await chooseUpstream(this.#upstream, this.#repository.views);
    if (button === this.#specsButton) await chooseSpecs(this.#specs);
    this.#choosing = false;
    if (this.choice.base !== before || this.#upstream !== below) this.#inspect();
    if (button === this.#agents || button === this.#base || button === this.#tasks) void this.#specs.refresh();
    this.#draw();
    this.#box.show();
  }

  /** Asks the engine what a launch would do here; a remembered base that has gone gives way to the current branch. */
  #inspect(): void {
    this.#inspection = null;
    this.#box.busy = true;
    this.#inspecting = this.#repository.branch().then((branch) => this.#repository.ask('inspect', { base: this.choice.base ?? branch, upstream: this.#upstream && { task: this.#upstream.task, how: this.#upstream.how } })).then((inspection) => {
      this.#inspection = inspection;
      this.#saysOfWanted(inspection);
    }, async (error: unknown) => {
      if (this.#upstream !== null) {
        // It ended while the box was open: the sentence stays, and the task would start now.
        this.#upstream = null;
        this.#box.validationMessage = { message: error instanceof Error ? plain(error.message, 200) : '', severity: vscode.InputBoxValidationSeverity.Warning };
        this.#inspection = await this.#repository.ask('inspect', { base: this.choice.base }).catch(() => null);
        if (this.#inspection) return;
      }
      if (codeOf(error) === 'unknown-base' && this.choice.base !== null) {
        const gone = this.choice.base;
        this.choice = { ...this.choice, base: null };
        this.#inspection = await this.#repository.ask('inspect', { base: null }).catch(() => null);
        if (this.#inspection) this.#box.validationMessage = { message: vscode.l10n.t('There is no "{0}"; the task starts from the current branch.', plain(gone, 60)), severity: vscode.InputBoxValidationSeverity.Warning };
        if (this.#inspection) return;
      }
      this.#box.hide();
      await this.#desk.report.error(vscode.l10n.t('A task cannot be started here'), error);
    }).finally(() => {
      this.#box.busy = false;
      this.#draw();
    });
  }

  /** A task runs what is in a commit: true when the wanted workflow is in none, and another must not take its place unseen. */
  #saysOfWanted({ workflows, dirty }: Inspection): boolean {
    const wanted = this.#wanted;
    if (!wanted || this.choice.workflow !== wanted.id) return false;
    const missing = !workflows.some(({ id }) => id === wanted.id);
    const changed = dirty.some((path) => wanted.path.replaceAll('\\', '/').endsWith(`/${path}`));
    if (missing) this.#box.validationMessage = { message: vscode.l10n.t('"{0}" is in no commit without mistakes yet. A task runs what is committed: commit the file, or choose another workflow.', plain(wanted.id, 60)), severity: vscode.InputBoxValidationSeverity.Error };
    else if (changed) this.#box.validationMessage = { message: vscode.l10n.t('"{0}" has changes that are not committed. The task runs it as it is committed.', plain(wanted.id, 60)), severity: vscode.InputBoxValidationSeverity.Warning };
    return missing;
  }

  #draw(): void {
    this.#box.title = launchTitle(this.choice, this.#inspection, this.#upstream);
    this.#box.prompt = launchPrompt(this.#inspection, this.#desk.repositories.views.filter((view) => view.state === 'running').length, this.#specs.look, this.#upstream);
    this.#drawButtons();
  }

  /** Only when the words change: a button that is set again loses the focus. */
  #drawButtons(): void {
    const tooltip = this.#specs.look ? vscode.l10n.t('Change {0}', specsText(this.#specs.look)) : vscode.l10n.t('Change Specs');
    if (this.#specsButton.tooltip === tooltip) return;
    this.#specsButton = { iconPath: new vscode.ThemeIcon('book'), tooltip };
    this.#box.buttons = [this.#workflow, this.#agents, this.#base, this.#tasks, this.#specsButton];
  }
}
