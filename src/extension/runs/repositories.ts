/**
 * All repositories of the window: which folder is one, and where a task belongs.
 * Owns: following folders, trust and the appearance of an engine. Refuses: to look into a folder more than once at a time.
 */
import * as vscode from 'vscode';
import type { RunView } from '../../protocol/runView.ts';
import { Repository } from './repository.ts';
import type { Standing, Surroundings } from './repository.ts';

export class Repositories implements vscode.Disposable {
  readonly #around: Omit<Surroundings, 'changed' | 'isTrusted'>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #byFolder = new Map<string, { readonly repository: Repository; readonly watchers: vscode.Disposable[] }>();
  readonly #listeners: vscode.Disposable[] = [];
  /** Fires after any change of any run; listeners gather changes themselves. */
  readonly onDidChange = this.#changed.event;
  /** Resolves when every folder that was there at the start has been read. */
  readonly ready: Promise<void>;

  constructor(around: Omit<Surroundings, 'changed' | 'isTrusted'>) {
    this.#around = around;
    this.#listeners.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#follow()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#follow()),
    );
    this.ready = this.#follow();
  }

  /** Each run once, also when two folders belong to one repository. */
  get views(): readonly RunView[] {
    const all = new Map<string, RunView>();
    for (const repository of this.repositories) {
      for (const view of repository.views) if ((all.get(view.task)?.seq ?? -1) < view.seq) all.set(view.task, view);
    }
    return [...all.values()];
  }

  get repositories(): readonly Repository[] {
    return [...this.#byFolder.values()].map((entry) => entry.repository);
  }

  /** Where the folders stand together: one repository is enough. */
  get standing(): Standing {
    const all = this.repositories.map((repository) => repository.standing);
    return all.includes('ready') ? 'ready' : all.includes('unread') ? 'unread' : 'none';
  }

  of(task: string): Repository | undefined {
    return this.repositories.find((repository) => repository.view(task));
  }

  view(task: string): RunView | undefined {
    return this.of(task)?.view(task);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    for (const folder of this.#byFolder.keys()) this.#forget(folder);
    this.#changed.dispose();
  }

  /** Brings the set in line with the window's folders and follows each. */
  async #follow(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file').map((folder) => folder.uri.fsPath);
    for (const folder of this.#byFolder.keys()) if (!folders.includes(folder)) this.#forget(folder);
    for (const folder of folders) {
      if (this.#byFolder.has(folder)) continue;
      const repository = new Repository(folder, { ...this.#around, changed: () => this.#changed.fire(), isTrusted: () => vscode.workspace.isTrusted });
      this.#byFolder.set(folder, { repository, watchers: [] });
    }
    await Promise.all([...this.#byFolder.values()].map(async ({ repository, watchers }) => {
      await repository.follow();
      if (watchers.length === 0) watchers.push(...this.#watch(repository));
    }));
    this.#changed.fire();
  }

  /** Somebody else's launch (the command line, another window) makes an engine appear; in Restricted Mode the journals alone are read again. */
  #watch(repository: Repository): vscode.Disposable[] {
    const place = repository.commonDir === null
      ? new vscode.RelativePattern(vscode.Uri.file(repository.directory), '.git')
      : new vscode.RelativePattern(vscode.Uri.file(repository.commonDir), 'treeline/{engine.json,runs/*.jsonl}');
    const watcher = vscode.workspace.createFileSystemWatcher(place);
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.#lookAgain(repository), 500);
    };
    return [watcher, watcher.onDidCreate(look), watcher.onDidChange(look), new vscode.Disposable(() => clearTimeout(timer))];
  }

  async #lookAgain(repository: Repository): Promise<void> {
    const entry = this.#byFolder.get(repository.directory);
    const knew = repository.commonDir;
    if (!repository.isConnected) await repository.follow();
    if (!entry || knew === repository.commonDir) return;
    // `git init` made it a repository: from now on its journals are watched.
    for (const watcher of entry.watchers.splice(0)) watcher.dispose();
    entry.watchers.push(...this.#watch(repository));
  }

  #forget(folder: string): void {
    const entry = this.#byFolder.get(folder);
    this.#byFolder.delete(folder);
    for (const watcher of entry?.watchers ?? []) watcher.dispose();
    void entry?.repository.close();
  }
}
