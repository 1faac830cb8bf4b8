/**
 * One workspace folder's runs: read from disk at first, then live from the engine.
 * Owns: the views of its runs and the one handle on its engine. Refuses: to speak to any engine, and to start one, while the
 * folder is not trusted; to start one for looking only.
 */
import type { ConnectOptions, EngineClient, ProgressNotice, RunsOnDisk } from '../../client/engineClient.ts';
import { checkedOutBranch } from '../../client/repository.ts';
import type { Answer, Keys, Params, RequestName } from '../../protocol/messages.ts';
import type { RunView } from '../../protocol/runView.ts';
import { isOver } from '../rows/stateWords.ts';
import { t } from '../words.ts';

/** `none`: the folder is in no git repository; `unread`: not looked at yet. */
export type Standing = 'unread' | 'none' | 'ready';

/** What a repository needs from the window around it. */
export interface Surroundings {
  readonly read: (directory: string) => Promise<RunsOnDisk>;
  readonly connect: (options: ConnectOptions) => Promise<EngineClient>;
  readonly engineBundle: string;
  readonly version: string;
  readonly isTrusted: () => boolean;
  readonly log: (message: string) => void;
  readonly changed: () => void;
  /** Credentials to offer for a run that this window launched; empty for others. */
  readonly keysFor: (task: string) => Promise<Keys>;
}

const finished = (view: RunView): boolean => isOver(view.state) || view.state === 'failed';

export class Repository {
  readonly directory: string;
  standing: Standing = 'unread';
  /** `<git common dir>`, once known: what windows of one repository have in common. */
  commonDir: string | null = null;
  /** Runs whose journal cannot be read, in words. */
  unreadable: readonly { readonly task: string; readonly message: string }[] = [];
  readonly #around: Surroundings;
  readonly #views = new Map<string, RunView>();
  readonly #progress = new Set<(progress: ProgressNotice) => void>();
  #connecting: Promise<EngineClient> | null = null;
  #closed = false;

  constructor(directory: string, around: Surroundings) {
    this.directory = directory;
    this.#around = around;
  }

  /** The branch checked out in this folder, which is not the engine's own where the folder is a linked worktree. */
  branch(): Promise<string | null> {
    return checkedOutBranch(this.directory).catch(() => null);
  }

  get views(): readonly RunView[] {
    return [...this.#views.values()];
  }

  /** Live, or about to be: what is on disk need not be looked at. */
  get isConnected(): boolean {
    return this.#connecting !== null;
  }

  view(task: string): RunView | undefined {
    return this.#views.get(task);
  }

  /** Reads what is on disk, then follows the engine: one that runs, or a new one when a run is unfinished. Never rejects. */
  async follow(): Promise<void> {
    await this.read();
    if (this.standing !== 'ready' || !this.#around.isTrusted() || this.#connecting) return;
    try {
      await this.#connect(this.views.some((view) => !finished(view)));
    } catch (error) {
      if (codeOf(error) !== 'not-running') this.#around.log(String(error));
    }
  }

  /** Looks at the journals as plain files. Never rejects: a folder without git is a standing, not an error. */
  async read(): Promise<void> {
    try {
      const found = await this.#around.read(this.directory);
      this.commonDir = found.commonDir;
      this.unreadable = found.unreadable;
      this.standing = 'ready';
      for (const { task } of found.unreadable) this.#views.delete(task);
      for (const view of found.runs) this.#put(view);
    } catch (error) {
      this.standing = codeOf(error) === 'not-a-repository' || codeOf(error) === 'no-folder' ? 'none' : 'ready';
      this.#around.log(String(error));
    }
    this.#around.changed();
  }

  /** Asks the engine, and starts it where none runs. Rejects with a TreelineError, and in Restricted Mode without asking anybody. */
  async ask<Name extends RequestName>(name: Name, params: Params<Name>): Promise<Answer<Name>> {
    if (!this.#around.isTrusted()) throw new Error(t('this folder is in Restricted Mode'));
    const client = await this.#connect(true);
    return client.request(name, params);
  }

  /** Takes a view that an answer brought, unless a newer one is here. */
  take(view: RunView): void {
    this.#put(view);
    this.#around.changed();
  }

  onProgress(listener: (progress: ProgressNotice) => void): () => void {
    this.#progress.add(listener);
    return () => void this.#progress.delete(listener);
  }

  /** Lets go; the engine and its agents go on. */
  async close(): Promise<void> {
    this.#closed = true;
    const connecting = this.#connecting;
    this.#connecting = null;
    await connecting?.then((client) => client.close()).catch(() => undefined);
  }

  #connect(start: boolean): Promise<EngineClient> {
    this.#connecting ??= this.#open(start).catch((error: unknown) => {
      this.#connecting = null;
      throw error;
    });
    // A look that found no engine must not answer somebody who wants one started.
    return start ? this.#connecting.catch((error: unknown) => {
      if (codeOf(error) !== 'not-running') throw error;
      return (this.#connecting ??= this.#open(true).catch((again: unknown) => {
        this.#connecting = null;
        throw again;
      }));
    }) : this.#connecting;
  }

  async #open(start: boolean): Promise<EngineClient> {
    const { engineBundle, version, log, connect } = this.#around;
    const client = await connect({ directory: this.directory, engineBundle, clientName: 'vscode', version, start, log });
    client.onRunChanged((view) => this.take(view));
    client.onProgress((progress) => {
      for (const listener of this.#progress) listener(progress);
    });
    void client.closed.then((error) => {
      this.#connecting = null;
      if (this.#closed) return;
      if (error) log(`${error.message} ${error.next}`);
      // An engine that we did not start has gone: where work is left, this window starts the next one.
      if (error && !start) void this.follow();
      this.#around.changed();
    });
    const { runs } = await client.request('subscribe', { task: null });
    for (const view of runs) this.#put(view);
    this.commonDir = client.commonDir;
    this.standing = 'ready';
    await this.#offerKeys(client);
    this.#around.changed();
    return client;
  }

  /** Keys live in the engine's memory only. After its crash the client offers them again, after a reload of this window it is us. */
  async #offerKeys(client: EngineClient): Promise<void> {
    for (const view of this.views.filter((candidate) => !finished(candidate))) {
      const keys = await this.#around.keysFor(view.task);
      if (Object.keys(keys).length > 0) await client.request('offerKeys', { task: view.task, keys }).catch((error: unknown) => this.#around.log(String(error)));
    }
  }

  #put(view: RunView): void {
    const known = this.#views.get(view.task);
    if (!known || known.seq <= view.seq) this.#views.set(view.task, view);
  }
}

/** The closed code of a TreelineError, without loading its class. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
