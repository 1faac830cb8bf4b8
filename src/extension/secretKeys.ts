/**
 * Keys of model providers: kept in the editor's SecretStorage or taken from its environment, handed to the engine with a run.
 * Owns: where they are. Refuses: to write one anywhere else: no setting, no file, no log.
 */
import * as vscode from 'vscode';
import type { Keys } from '../protocol/messages.ts';

const providers = [
  { label: 'Anthropic', name: 'ANTHROPIC_API_KEY', also: ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'], example: 'sk-ant-…' },
  { label: 'OpenAI', name: 'OPENAI_API_KEY', also: ['OPENAI_BASE_URL'], example: 'sk-…' },
] as const;

const place = (name: string): string => `treeline.key.${name}`;
const launchedPlace = 'treeline.launched';

export class SecretKeys {
  readonly #secrets: vscode.SecretStorage;
  readonly #state: vscode.Memento;

  constructor(context: Pick<vscode.ExtensionContext, 'secrets' | 'workspaceState'>) {
    this.#secrets = context.secrets;
    this.#state = context.workspaceState;
  }

  /** What a launch hands over: stored keys first, then those of the environment that the editor was started with. */
  async all(): Promise<Keys> {
    const keys: Record<string, string> = {};
    for (const { name, also } of providers) {
      const stored = await this.#secrets.get(place(name));
      for (const one of [name, ...also]) {
        const value = one === name && stored !== undefined ? stored : process.env[one];
        if (value !== undefined && value !== '') keys[one] = value;
      }
    }
    return keys;
  }

  /** Only for runs that this window's person launched here: other clients bound their own. */
  async ofLaunched(task: string): Promise<Keys> {
    return this.#launched.includes(task) ? this.all() : {};
  }

  async remember(task: string): Promise<void> {
    await this.#state.update(launchedPlace, [...this.#launched.filter((other) => other !== task), task].slice(-100));
  }

  /** Asks which provider and for its key; an empty one removes it. True when something changed. */
  async set(): Promise<boolean> {
    const picked = await vscode.window.showQuickPick(
      await Promise.all(providers.map(async (provider) => ({
        label: provider.label, provider,
        description: (await this.#secrets.get(place(provider.name))) !== undefined ? vscode.l10n.t('stored') : process.env[provider.name] ? vscode.l10n.t('from the environment') : vscode.l10n.t('none'),
      }))),
      { title: vscode.l10n.t('Set Key'), placeHolder: vscode.l10n.t('Key of which provider?') },
    );
    if (!picked) return false;
    const { label, name, example } = picked.provider;
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t('Key of {0}', label), password: true, ignoreFocusOut: true, placeHolder: example,
      prompt: vscode.l10n.t('Kept in the secret storage of VS Code, handed only to the engine. Leave empty to remove it.'),
    });
    if (key === undefined) return false;
    if (key.trim() === '') await this.#secrets.delete(place(name));
    else await this.#secrets.store(place(name), key.trim());
    return true;
  }

  get #launched(): readonly string[] {
    const stored: unknown = this.#state.get(launchedPlace);
    return Array.isArray(stored) ? stored.filter((item): item is string => typeof item === 'string') : [];
  }
}
