/** The pick lists behind the buttons of New Task. Owns: what is offered. Refuses: a choice that is not one of the engine's. */
import * as vscode from 'vscode';
import { withoutIcons } from '../plain.ts';
import { branchesOf } from './branches.ts';
import { agentsText, readAgents, workflowOf } from './launchChoice.ts';
import type { Inspection, LaunchChoice } from './launchChoice.ts';
import { alwaysText, specItems } from './specChoice.ts';
import type { SpecChoice } from './specChoice.ts';
import { upstreamItems } from './upstreamChoice.ts';
import type { UpstreamChoice } from './upstreamChoice.ts';
import type { RunView } from '../../protocol/runView.ts';

export async function chooseWorkflow(choice: LaunchChoice, inspection: Inspection): Promise<LaunchChoice> {
  const current = workflowOf(choice, inspection)?.id;
  const items = inspection.workflows.map((workflow) => ({ label: withoutIcons(workflow.name), description: workflow.id === current ? vscode.l10n.t('current') : '', detail: withoutIcons(workflow.description), id: workflow.id }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('New Task · Workflow'), matchOnDetail: true });
  return picked ? { ...choice, workflow: picked.id } : choice;
}

/** Any branch, tag or commit can be typed; the engine says when there is none. */
export async function chooseBase(choice: LaunchChoice, directory: string): Promise<LaunchChoice> {
  const branches = await branchesOf(directory);
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { base: string | null }>();
  pick.title = vscode.l10n.t('New Task · Base');
  pick.placeholder = vscode.l10n.t('Branch, tag or commit that the task starts from');
  const known = [{ label: vscode.l10n.t('Current branch'), base: null }, ...branches.map((name) => ({ label: withoutIcons(name), iconPath: new vscode.ThemeIcon('git-branch'), base: name }))];
  pick.items = known;
  pick.onDidChangeValue((value) => {
    const typed = value.trim();
    pick.items = typed === '' || branches.includes(typed) ? known : [...known, { label: withoutIcons(typed), description: vscode.l10n.t('as typed'), base: typed }];
  });
  const base = await new Promise<string | null | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]?.base));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return base === undefined ? choice : { ...choice, base };
}

export async function chooseAgents(choice: LaunchChoice, inspection: Inspection): Promise<LaunchChoice> {
  interface Item extends vscode.QuickPickItem { readonly agents: LaunchChoice['agents'] | null }
  const byKeys: Item = { label: vscode.l10n.t('By Your Keys'), description: vscode.l10n.t('whatever your keys allow'), agents: {} };
  const demo: Item = { label: vscode.l10n.t('Demo Agent'), description: vscode.l10n.t('scripted, no key, no network; in this sample only'), agents: { implementer: ['demo'] } };
  const typed: Item = { label: vscode.l10n.t('Other…'), description: vscode.l10n.t('write them, for all roles or for each'), agents: null };
  const picked = await vscode.window.showQuickPick([...(inspection.sample ? [demo] : []), byKeys, typed], { title: vscode.l10n.t('New Task · Agents'), placeHolder: vscode.l10n.t('Now: {0}', agentsText(choice.agents)) });
  if (!picked) return choice;
  if (picked.agents) return { ...choice, agents: picked.agents };
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Task · Agents'), ignoreFocusOut: true, placeHolder: 'anthropic:MODEL   or   implementer=anthropic:MODEL reviewer=openai:MODEL',
    prompt: vscode.l10n.t('One agent for all roles, or role=agent for each; a comma separates what to fall back to.'),
    value: Object.entries(choice.agents).map(([role, chain]) => `${role}=${chain.join(',')}`).join(' '),
    validateInput: (value) => {
      const read = readAgents(value);
      return read.ok ? undefined : read.why;
    },
  });
  const read = text === undefined ? null : readAgents(text);
  return read?.ok ? { ...choice, agents: read.agents } : choice;
}

export async function chooseUpstream(current: UpstreamChoice | null, views: readonly RunView[]): Promise<UpstreamChoice | null> {
  const picked = await vscode.window.showQuickPick(upstreamItems(views), { title: vscode.l10n.t('New Task · Other Tasks'), placeHolder: vscode.l10n.t('When it starts, and on what it stands'), matchOnDetail: true });
  return picked ? picked.upstream : current;
}

/** Ticks instead of a list of paths; the button gives the choice back to the request. */
export async function chooseSpecs(specs: SpecChoice): Promise<void> {
  if (!specs.look) await specs.refresh();
  const { look } = specs;
  if (!look) return;
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly path: string; readonly picked: boolean }>();
  pick.title = vscode.l10n.t('New Task · Specs');
  pick.placeholder = alwaysText(look);
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.items = [...specItems(look)];
  pick.selectedItems = pick.items.filter((item) => item.picked);
  pick.buttons = [{ iconPath: new vscode.ThemeIcon('discard'), tooltip: vscode.l10n.t('Choose by the Request') }];
  const picked = await new Promise<readonly string[] | null | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems.map((item) => item.path)));
    pick.onDidTriggerButton(() => resolve(null));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  if (picked !== undefined) await specs.pick(picked);
}
